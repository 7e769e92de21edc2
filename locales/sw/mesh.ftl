mesh-title = Mtandao
mesh-this = Kompyuta hii
mesh-down = Kiungo kimezimwa: hakuna kinachotumwa wala kupokelewa. l hukiwasha.
mesh-metered-soon = Kiungo kinachopimwa data: kimezimwa hadi mzunguko ujao, hivi karibuni.
mesh-metered-next = Kiungo kinachopimwa data: kimezimwa hadi mzunguko ujao, baada ya { $time }.
mesh-up = Kiungo kimewashwa: { $addresses }
mesh-all-elsewhere = Kila kilicho hapa kipo pia kwenye kompyuta nyingine.
mesh-only-here = { $n ->
    [one] Bloku { $n } ipo hapa tu: itapotea kompyuta hii ikipotea.
   *[other] Bloku { $n } zipo hapa tu: zitapotea kompyuta hii ikipotea.
 }
mesh-waiting = { $n ->
    [one] bloku { $n } ipo hapa kwa kichwa tu: yaliyomo yatakuja baadaye.
   *[other] bloku { $n } zipo hapa kwa vichwa tu: yaliyomo yatakuja baadaye.
 }
mesh-ticket = Tiketi: { $ticket }
mesh-ticket-title = Tiketi ya kompyuta hii
mesh-ticket-how = Kompyuta nyingine huiingiza kwa 'aidpost sync --ticket', ili ikutane na hii.
mesh-ticket-too-small = Msimbo unahitaji dirisha la angalau { $wide } kwa { $high }; 'aidpost status --qr' pia huuonyesha.
mesh-limits = Mipangilio: { $all }.
mesh-limit-up = hutuma si zaidi ya kbit/s { $n }
mesh-limit-down = hupokea si zaidi ya kbit/s { $n }
mesh-limit-metered = kinapimwa data, huwashwa kila dak { $n }
mesh-limit-relay = relei { $address }
mesh-limit-own = huhifadhi rekodi za wagonjwa wake tu
mesh-limit-district = huhifadhi rekodi za wagonjwa wake na za { $orgs }
mesh-limit-files = faili zinapofunguliwa
mesh-others = Kompyuta nyingine ({ $n })
mesh-others-at = Kompyuta nyingine ({ $n }), iliyochaguliwa ipo { $address }
mesh-no-other = Hakuna kompyuta nyingine iliyothibitishwa katika muungano huu bado.
mesh-terminal = Kompyuta
mesh-org = Shirika
mesh-last-met = Zilikutana
mesh-lacks = Imekosa
mesh-bytes = Baiti
mesh-left = Imebaki
mesh-address = Anwani
mesh-nothing = hakuna
mesh-never = kamwe
mesh-last-sync = Usawazishaji wa mwisho kutoka skrini hii
mesh-no-sync = bado: s hukutana na nyingine sasa
mesh-met = { $peer }: zimetumwa { $sent }, zimepokelewa { $received }, baiti { $bytes }, ms { $millis }
mesh-problem = { $peer }: { $problem }
mesh-out-title = Flashi: andika kifurushi
mesh-in-title = Flashi: soma vifurushi
mesh-out-what = Kimefungwa kwa kompyuta nyingine: anayekibeba hawezi kukisoma.
mesh-in-what = Husoma kila kifurushi cha folda kilicho cha kompyuta hii.
mesh-folder = Folda

notice-busy = bado ina kazi: subiri kidogo
notice-folder = andika folda ya flashi, kama /media/stick
notice-nobody-met = hakuna kompyuta iliyopatikana: hakuna yenye anwani inayojulikana au inayofikika
notice-terminals = { $n ->
    [one] kompyuta { $n }
   *[other] kompyuta { $n }
 }
notice-bundles = { $n ->
    [one] kifurushi { $n }
   *[other] vifurushi { $n }
 }
notice-met = { $terminals }: bloku { $sent } zimetumwa, mpya { $received } zimepokelewa
notice-met-some = { $terminals }: bloku { $sent } zimetumwa, mpya { $received } zimepokelewa; { $missed } hazikufikiwa
notice-link-up = kiungo kimewashwa: kompyuta nyingine zinaweza kukutana
notice-link-down = kiungo kimezimwa: hakuna kinachotumwa wala kupokelewa
notice-no-ticket = hakuna tiketi wakati kiungo kimezimwa: l hukiwasha
notice-carried-out = imeandikwa { $path }: bloku { $blocks } kwa { $terminals }, baiti { $bytes }
notice-no-bundle = hakuna kifurushi cha kompyuta hii katika folda hiyo
notice-mesh-stopped = imesimamishwa: kilichokwisha kupita kinabaki, na hakuna kilichobaki nusu
notice-carried-in = { $bundles }: bloku mpya { $new }
