# Kusema kwamba kitu kimeisha, na kilichoisha katika rekodi.
ended-stopped = imesimamishwa
ended-resolved = imeisha
ended-cancelled = imefutwa
ended-mistaken = iliandikwa kwa makosa
ends-stopped = imesimamishwa: haitumiki tena
ends-resolved = imeisha: haipo tena
ends-cancelled = imefutwa: mgonjwa hatakiwi kuja siku hiyo
ends-mistaken = iliandikwa kwa makosa: haikuwa hivyo kamwe

ending-title = Kinachoendelea: { $name } ({ $n })
ending-kind = Aina
ending-what = Nini
ending-since = Hudhurio la
ending-how = Kinaishaje?
ending-sure = Usaini kwamba kimeisha?
ending-kept = Kilichoandikwa kinabaki katika matoleo.

notice-nothing-stands = hakuna kilichoandikwa hapa kinachoendelea: tatizo, dawa, mzio, chanjo wala hudhurio lijalo
notice-ended = { $how }: bloku { $seq } ({ $block }); kilichoandikwa kimebaki

place-ending = Kilichoisha
next-ending = chagua kilichoisha, kisha Enter; hakuna kilichosainiwa bado
next-ending-how = chagua kinaishaje, kisha Enter; hakuna kilichosainiwa bado
key-end-item = kitu kimeisha
key-ending-pick = chagua
