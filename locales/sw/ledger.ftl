ledger-title = Leja
ledger-trust = Uaminifu
ledger-gap = PENGO: bloku { $held } kati ya { $known } za { $device } ({ $org }) zipo hapa; { $by } amezisaini
ledger-clock = SAA: ya { $device } ({ $org }) si sahihi: { $time }
ledger-doubtful = MASHAKA: { $all }.
ledger-forked = { $n } imegawanyika
ledger-two-things = { $n } amesema mambo mawili
ledger-quarantined = { $n ->
    [one] bloku { $n } karantini
   *[other] bloku { $n } karantini
 }
ledger-gaps = { $n } zenye mapengo
ledger-clocks = { $n ->
    [one] saa { $n } si sahihi
   *[other] saa { $n } si sahihi
 }
ledger-withheld = { $n ->
    [one] bloku { $n } bila funguo
   *[other] bloku { $n } bila funguo
 }
ledger-says = inasema { $said }
ledger-after-says = baada ya { $after }, inasema { $said }
ledger-says-before = inasema { $said }, kabla ya { $before }
ledger-between = baada ya { $after }, inasema { $said }, kabla ya { $before }
ledger-selected = { $block }: { $doubt }; { $time }
ledger-only-here = { $block } ipo hapa tu.
ledger-also-on = { $block } ipo pia kwenye { $names }.
ledger-fork = MGAWANYIKO: { $what }
ledger-no-fork = Hakuna mgawanyiko unaojulikana.
ledger-undamaged = Kurasa { $pages } na bloku { $blocks } zimekaguliwa: hakuna uharibifu.
ledger-damaged = Kurasa { $pages } na bloku { $blocks } zimekaguliwa: { $n } zimeharibika.
ledger-logs = Kumbukumbu ({ $n })
ledger-terminal = Kompyuta
ledger-org = Shirika
ledger-blocks = Bloku
ledger-last = Mwisho, saa yake
ledger-newest = Bloku, { $n } za karibuni kati ya { $total }
ledger-mark-doubtful = MASHAKA
ledger-mark-only-here = hapa tu
ledger-block = Bloku
ledger-kind = Aina
ledger-number = Na.
ledger-clock-time = Saa yake
ledger-bytes = Baiti

notice-adopt-other-org = mtabibu wa shirika lililoiandika ndiye huikubali
notice-adopt-select = chagua bloku iliyo karantini kwa Up na Down, kisha bonyeza a
notice-adopted = imekubaliwa: inahesabika tena, kwa jina lako
notice-verified = kurasa { $pages } na bloku { $blocks } zimekaguliwa: hakuna uharibifu
notice-check-stopped = ukaguzi umesimamishwa
notice-damage = { $n ->
    [one] uharibifu umepatikana mahali { $n }: umetajwa chini ya Uaminifu
   *[other] uharibifu umepatikana mahali { $n }: umetajwa chini ya Uaminifu
 }

prove-title = Uthibitisho kuwa bloku { $block } ni ya mwisho
prove-what = Mwenye faili na alama ya muungano huu anaweza kuukagua bila mtandao: aidpost verify --proof FAILI.
prove-hint = faili jipya
prove-no-file = andika uthibitisho uende wapi
notice-proved = imeandikwa: { $path }
