summary-allergies = Mzio
summary-medicines = Dawa
summary-problems = Matatizo
summary-none = hakuna kilichoandikwa
summary-blood-group = Kundi la damu
summary-not-tested = halijapimwa
summary-write-title = Muhtasari wa dharura wa { $name }
summary-write-what = Anachopaswa kujua asiyewahi kumwona mgonjwa. Kila mwanachama anaweza kuufungua wakati wa dharura, isipokuwa mgonjwa alikataa; hauna jina. Huchukua nafasi ya wa awali wa shirika lako.
summary-others = Muhtasari ambazo mashirika mengine pia huhifadhi: { $n }
summary-from-visits = Imejazwa na yaliyoandikwa kwenye ziara hapa. Hakikisha: lazima iwe sahihi na kamili, na kila mwanachama anaweza kuiona.
summary-from-visits-others = Imejazwa na yaliyoandikwa kwenye ziara hapa. Hakikisha: lazima iwe sahihi na kamili, na kila mwanachama anaweza kuiona. Mashirika mengine yanahifadhi { $n } zaidi.
summary-list-hint = moja baada ya jingine, na ; katikati
notice-summary-kept = muhtasari wa dharura umehifadhiwa: bloku { $seq } ({ $block })

emergency-title = DHARURA · { $name }
emergency-opened = { $minutes ->
    [one] Limefunguliwa bila ridhaa; imeandikwa kama bloku { $block }. Dakika { $minutes } imebaki.
   *[other] Limefunguliwa bila ridhaa; imeandikwa kama bloku { $block }. Dakika { $minutes } zimebaki.
 }
emergency-no-summary = Hakuna muhtasari wa dharura unaofunguka hapa.
emergency-visits = Mahudhurio
emergency-no-visit = hakuna hudhurio ambalo shirika hili lina ufunguo wake

glass-title = Fungua kwa dharura
glass-what = Rekodi ya { $name } inafunguka bila ridhaa.
glass-recorded = Kwanza inaandikwa kwa jina lako. Mgonjwa anaambiwa, na mtu mwingine anakagua.
glass-reason = Sababu
glass-note = Nini kilitokea (wanaokagua tu ndio wanaosoma hili)

reviews-title = Yaliyofunguliwa kwa dharura
reviews-none = hakuna rekodi iliyofunguliwa kwa dharura
reviews-said = Yaliyosemwa
reviews-by = { $verdict }, asema { $staff } wa { $org }, { $time }
reviews-not-told = Mgonjwa hajaambiwa bado.
reviews-overdue = UMECHELEWA
reviews-review-due = wa kukaguliwa
reviews-not-reviewed = haujakaguliwa
reviews-when = Lini
reviews-whose = Rekodi ya
reviews-opened-by = Alifungua
reviews-of = Wa
reviews-review = Ukaguzi

review-title = Ukaguzi: { $verdict }
review-why = Kwa nini (mashirika husika tu ndio yanayosoma hili)
review-told = mgonjwa ameambiwa
review-stays = Inabaki katika leja kwa jina lako.

notice-say-why = andika kwa maneno machache kwa nini: mkaguzi atasoma
notice-glass-recorded = imeandikwa: mgonjwa anaambiwa, na mtu mwingine anakagua
notice-review-own = ulifungua mwenyewe: mtu mwingine lazima akague
notice-review-other-org = shirika jingine linakagua hili
notice-reviewed = umekaguliwa: upo katika leja, ambapo mgonjwa pia anauona
