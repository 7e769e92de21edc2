# Kusahihisha kilichoandikwa, na matoleo yaliyokuwepo.
correct-who = Sahihisha huyu ni nani: { $name }
correct-visit = Sahihisha hudhurio la { $time }: { $name }
correct-was = ilikuwa { $what }
correct-was-empty = ilikuwa wazi
correct-note-changed = maelezo yamebadilishwa
correct-nothing = Hakuna kilichobadilishwa bado.
correct-changes = { $n ->
    [one] Sehemu moja inabadilika. Ctrl-S husaini sahihisho.
   *[other] Sehemu { $n } zinabadilika. Ctrl-S husaini sahihisho.
}
correct-kept = Kilichokuwepo kinabaki: H katika rekodi huonyesha kila toleo.
correct-leave-title = Uondoke bila kuhifadhi?
correct-leave-what = Sahihisho halijahifadhiwa: kilichoandikwa hapa kitatupwa.
correct-leave-yes = ondoka
correct-leave-no = endelea kusahihisha
chart-corrected = limesahihishwa baadaye; kilichokuwepo kimebaki
chart-who-corrected = imesahihishwa

history-visit = Matoleo ya hudhurio la { $name } ({ $n })
history-who = Matoleo ya huyu ni nani: { $name } ({ $n })
history-when = Limeandikwa
history-by = Na
history-state = Hali
history-stands = linatumika
history-replaced = limebadilishwa
history-changed = Toleo hili lilibadilisha nini
history-first = Hili ni toleo la kwanza: halikubadilisha kitu.
history-only = Kuna toleo moja: hakuna kilichosahihishwa.
history-same = Hakuna tofauti na toleo lililotangulia.
history-before = kabla:
history-now = tangu hapo:

notice-nothing-changed = hakuna kilichobadilishwa: badilisha sehemu, au toka kwa Esc
notice-corrected = imesahihishwa: bloku { $seq } ({ $block }); kilichokuwepo kimebaki
notice-perhaps-corrected = haijulikani kama sahihisho limehifadhiwa: tazama rekodi kwanza ({ $why })
notice-correction-kept = imefungwa; sahihisho limehifadhiwa kama rasimu: lifungue tena kwenye rekodi
notice-no-visit = hakuna hudhurio bado: n huandika la kwanza
notice-names-no-visit = hili si hudhurio: chagua moja katika orodha
notice-visit-not-ours = { $org } waliandika hudhurio hilo na wao tu hulisahihisha: andika lako kuhusu hilo
notice-visit-from-elsewhere = hudhurio hilo limetoka kwingine na linabaki kama lilivyokuja: andika lako kuhusu hilo
notice-decide-first = hudhurio hilo limeandikwa mahali pawili: amua kwanza, kwa d

place-correct = Kusahihisha
place-history = Matoleo ya rekodi
next-correct = badilisha kilicho kibaya; kilicho tofauti husema kilikuwa nini
next-history = hakuna kilichobadilishwa kilichopotea; Esc hurudi kwenye rekodi
key-correct-visit = sahihisha hudhurio hili
key-correct-who = sahihisha mgonjwa ni nani
key-save-correction = saini
key-history = matoleo ya hudhurio hili
key-read-on = kuendelea kusoma hudhurio refu
key-who-history = matoleo ya mgonjwa ni nani
key-version-before = toleo lililotangulia
key-version-after = toleo lililofuata
