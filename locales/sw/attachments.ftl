# Faili zilizohifadhiwa na rekodi ya mgonjwa: barua, picha, majibu.
attachments-title = Faili za { $name }: { $n }
attachments-selected = Faili lililochaguliwa
attachments-name = Jina
attachments-kind = Aina
attachments-size = Ukubwa
attachments-when = Tarehe
attachments-held = Mahali
attachments-here = hapa
attachments-partly = nusu hapa
attachments-elsewhere = kwingine
attachments-picture = picha
attachments-pdf = PDF
attachments-dicom = eksirei
attachments-text = maandishi
attachments-sound = sauti
attachments-film = filamu
attachments-other = faili
attachments-by = lilihifadhiwa { $time } na { $who }, { $org }
attachments-whole = Lote liko hapa: Enter huliandika katika faili.
attachments-missing = Vipande { $n } kati ya { $of } viko kwenye kompyuta nyingine: w huviomba.
attachments-linked = Liko katika rekodi iliyounganishwa ya { $name }.
attachments-archived = Liko katika hifadhi ya kale.
attachments-none = Hakuna faili lililohifadhiwa na rekodi hii.
attachments-none-own = Bado hakuna faili lililohifadhiwa hapa: a huhifadhi moja, p hupiga karatasi picha.
attachments-in-chart = { $n ->
    [one] Faili 1 limehifadhiwa: f
   *[other] Faili { $n } zimehifadhiwa: f
 }
attachments-save-title = Andika { $name }
attachments-save-what = Katika faili jipya, au katika folda kwa jina lake. Yeyote mwenye faili anaisoma.
attachments-asks-first = Vipande { $n } haviko hapa: kompyuta nyingine huombwa kwanza, na huchukua muda.
attachments-where = Faili au folda
attachments-no-place = sema pa kuliandika: folda, au faili jipya
attachments-add-title = Hifadhi faili na rekodi ya { $name }
attachments-add-what = Hufungwa kwa siri na kuhifadhiwa daima, kwa yeyote anayeruhusiwa kusoma rekodi hii. Si zaidi ya MiB 32.
attachments-file-hint = kama /media/usb/barua.pdf

notice-file-saved = { $name } limeandikwa: { $path }
notice-file-kept = limehifadhiwa na rekodi: bloku { $seq }
notice-pieces-here = lote liko hapa tayari
notice-pieces-came = { $name } sasa liko hapa lote
notice-pieces-wait = vipande { $n } kati ya { $of } bado havipo: huombwa katika kila mkutano

place-attachments = Faili za mgonjwa wa hapa
place-attachments-read = Faili zilizohifadhiwa na rekodi
next-attachments = Enter huandika faili kwenye flashi, a huhifadhi, p hupiga karatasi picha
next-attachments-read = Enter huandika faili kwenye flashi
busy-pieces = kompyuta nyingine zinaombwa …
key-attachments = faili
key-save-file = liandike
key-want-pieces = liombe
key-attach = hifadhi

photograph-title = Picha ya karatasi
photograph-before = Kamera
photograph-taken = Picha
photograph-waiting = Kamera inaanza …
photograph-stopped = Kamera haitazami. Enter hutazama tena.
photograph-not-shown = Skrini hii haionyeshi picha.
photograph-how = Laza karatasi, ijaze picha yote. Enter huipiga.
photograph-good = Inasomeka.
photograph-look = Je, yote ipo na inaonekana wazi? Enter huihifadhi, t huipiga tena.
photograph-pixels = pikseli { $width } kwa { $height }
photograph-nowhere = Bado haijahifadhiwa popote.
photograph-name-hint = kama barua ya hospitali
photograph-no-name = ipe jina

notice-no-camera = hakuna kamera hapa: a huhifadhi faili badala yake
place-paper-look = Karatasi mbele ya kamera
place-paper-taken = Picha ya karatasi
next-paper-look = karatasi ijaze picha yote, kisha bonyeza Enter
next-paper-taken = tazama kama inasomeka, kisha bonyeza Enter
key-photograph = piga picha
key-take-picture = piga picha
key-keep-picture = ihifadhi
key-take-again = piga tena
photograph-leave-what = Picha haijahifadhiwa popote: kutoka kutaitupa.
photograph-leave-no = rudi kwenye picha
notice-picture-lost = picha ya karatasi haikuhifadhiwa: piga tena
