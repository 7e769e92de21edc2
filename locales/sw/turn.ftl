# Zamu ya mgonjwa: maneno rahisi, anayoambiwa yeye.
turn-title = zamu ya mgonjwa
turn-instead = Mgonjwa anataka kusoma mwenyewe? Esc, kisha Ctrl-T humpa kifaa.
turn-look = Kadi yako
turn-hold = Shikilia alama ya mraba ya kadi yako mbele ya kamera, bila kutikisa.
turn-scan = Au iskani, kisha bonyeza Enter.
notice-turn-no-camera = Kamera haioni kadi yako. Iskani kadi, au omba msaada.
turn-pin = PIN yako
turn-pin-how = Andika PIN ya kadi yako. Mtu mwingine asiione. Kisha bonyeza Enter.
turn-record = Rekodi yako
turn-sharing = Nani anaweza kuisoma
turn-readers = Nani ameisoma
turn-page = { $name } · ukurasa { $n } wa { $of }
turn-allergies = Hupaswi kupewa
turn-problems = Magonjwa yako
turn-medicines = Dawa zako
turn-vaccines = Chanjo zako
turn-no-vaccine = Hakuna chanjo iliyoandikwa bado.
turn-from-elsewhere = ilitoka kwingine
turn-unreadable = { $n ->
    [one] Andiko 1 halifunguki hapa: waulize wahudumu.
   *[other] Maandiko { $n } hayafunguki hapa: waulize wahudumu.
 }
turn-no-visit = Hakuna hudhurio lililoandikwa bado.
turn-written-by = imeandikwa na { $staff }, { $org }
turn-keeps = { $org } huhifadhi rekodi yako na huisoma ili kukutibu.
turn-nobody = Hakuna mwingine anayeweza kuisoma.
turn-may-read = anaweza kusoma: { $parts }
turn-for-treatment = ili kukutibu
turn-for-payment = ili kulipia matibabu yako
turn-for-research = kwa utafiti, bila jina lako
turn-for-public-health = kuhesabu magonjwa, bila jina lako
turn-for-emergency = katika dharura, bila kukuuliza
turn-until = hadi { $day }
turn-no-end = hadi wewe uzuie
turn-emergency = Katika dharura, wengine wanaweza kuona mizio, dawa, magonjwa na kundi lako la damu.
turn-no-emergency = Umechagua wengine wasione chochote, hata katika dharura.
turn-nobody-read = Hakuna aliyeisoma bado.
turn-read-own = Uliisoma mwenyewe, kwa kadi yako.
turn-read = { $staff } wa { $org } aliisoma
turn-read-file = { $staff } wa { $org } aliichukua kama faili
turn-read-refused = { $staff } wa { $org } alitaka kuisoma, akakataliwa
turn-stop-title = Acha kushiriki?
turn-stop-what = { $org } haitasoma chochote kipya chako.
turn-stop-before = Kilichosomwa tayari hakiwezi kurudishwa. Unaweza kuruhusu tena baadaye.

place-turn = Mgonjwa asoma rekodi yake
place-turn-look = Mgonjwa aonyesha kadi
place-turn-pin = Mgonjwa aandika PIN
next-turn-look = onyesha kadi yako; Esc ukimaliza
next-turn-pin = andika PIN yako, kisha Enter
next-turn = Kulia: ukurasa unaofuata; Esc ukimaliza
busy-turn = subiri kidogo …
key-turn = mpe mgonjwa kifaa
key-turn-done = nimemaliza
key-turn-next = ukurasa unaofuata
key-turn-before = ukurasa uliotangulia
key-turn-down = chini zaidi
key-turn-up = juu zaidi
key-turn-stop = acha kushiriki

notice-turn-over = mgonjwa amemaliza: ingia
notice-turn-idle = zamu ya mgonjwa imekwisha: hakuna kitufe kwa dakika mbili
notice-turn-time = zamu ya mgonjwa imekwisha: robo saa imepita
notice-turn-nobody = hakuna mwingine anayeweza kusoma rekodi yako
notice-turn-stopped = { $org } haitasoma chochote kipya chako

# What the node says to a patient.
node-card-pin = PIN si sahihi: mgonjwa aiandike tena; baada ya makosa matano kifaa hiki husubiri zaidi kila mara
node-card-revoked = kadi hii iliripotiwa kupotea au kunakiliwa na haifungui chochote tena: ihifadhi, na kliniki ya mgonjwa itoe mpya
node-card-nothing = kadi haifungui chochote cha rekodi hii hapa bado: uliza kliniki inayoihifadhi
node-turn-over = zamu ya mgonjwa imekwisha: mhudumu aanze nyingine
