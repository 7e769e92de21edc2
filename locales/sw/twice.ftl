# Nani huenda amesajiliwa mara mbili, na rekodi mbili kando kwa kando.
twice-of = Nani huenda ni mtu yuleyule na { $name }
twice-count = Huenda wamesajiliwa mara mbili ({ $n }); wagonjwa { $of } wamelinganishwa
twice-comparing = Huenda wamesajiliwa mara mbili: wagonjwa { $n } kati ya { $of } wamelinganishwa …
twice-none = Hakuna hapa anayeelekea kusajiliwa mara mbili. Esc hurudi.
twice-none-like = Hakuna mwingine hapa anayeelekea kuwa mtu huyu. Esc hurudi.
twice-none-yet = hakuna bado …
twice-alike = Kufanana
twice-one = Mmoja
twice-other = Mwingine
twice-why = Kwa nini
twice-linked = zimeungwa
twice-linked-what = Mtu alisema kuwa ni mtu mmoja: kila rekodi huonyesha zote mbili.
twice-reading = Enter hufungua rekodi zote mbili kando kwa kando: kila kusoma kunaandikwa katika leja.
twice-beside = Rekodi mbili kando kwa kando ({ $why })
twice-reason = Kwa nini
twice-same = Mtu mmoja: { $first } na { $second }
twice-same-what = Kuanzia sasa kila rekodi itaonyesha zote mbili. Hakuna kinachohamishwa, na inaweza kurudishwa.
twice-same-hint = mf. alionyesha kadi mbili; inaweza kuwa wazi
twice-back = Ondoa kiungo: { $first } na { $second }
twice-back-what = Kila rekodi itaonyesha yake tu tena. Hakuna kinachopotea; zinaweza kuungwa upya.
twice-not = Watu wawili: { $first } na { $second }
twice-not-what = Hawatapendekezwa tena kuwa mtu mmoja. Bado wanaweza kuungwa baadaye.
twice-not-hint = mf. ndugu; inaweza kuwa wazi

notice-twice-stopped = si wote waliolinganishwa: { $why }
notice-linked = zimeungwa: bloku { $seq } ({ $block }); kila rekodi huonyesha zote mbili
notice-not-linked = imeandikwa kuwa watu wawili: bloku { $seq } ({ $block })

place-twice = Huenda wamesajiliwa mara mbili
place-beside = Rekodi mbili kando kwa kando
next-twice = Enter huonyesha rekodi mbili kando kwa kando; hakuna kinachoungwa bila wewe
next-beside = linganisha, muulize mgonjwa, kisha l kwa mtu mmoja au u kwa wawili
key-twice = nani huenda amesajiliwa mara mbili
key-twice-chart = nani huenda ni mtu yuleyule
key-compare = linganisha
key-same = mtu mmoja
key-not-same = watu wawili
