conflict-none = Hakuna kilichobaki cha kuamua. Esc hurudi kwenye rekodi.
conflict-title = { $name }: { $what }, limeandikwa mahali pawili
conflict-title-of = { $name }: { $what }, limeandikwa mahali pawili, 1 kati ya { $n }
conflict-visit = hudhurio
conflict-patient = mgonjwa ni nani
conflict-left = kushoto
conflict-right = kulia
conflict-not-trusted = HALIAMINIKI
conflict-nothing = (hakuna)
conflict-differs = Tofauti
conflict-whole = Hili limetoka kwingine na linachukuliwa lote: ● ni toleo litakalobaki.
conflict-fields = ● ni kitakachobaki. Kisichochukuliwa kinabaki katika historia.
conflict-several = ● ni kitakachobaki. Matoleo { $n }: v huonyesha jingine upande wa kulia.

notice-no-conflict = hakuna cha rekodi hii kilichohaririwa mahali pawili kwa pamoja
notice-decided = imeamuliwa: bloku { $seq } ({ $block })
notice-decided-more = imeamuliwa: bloku { $seq } ({ $block }); bado kuna uamuzi mwingine: bonyeza d
