sign-in-title = Ingia
sign-in-asking = inauliza nodi …
sign-in-camera = kamera
sign-in-by-face = Ingia kwa uso
sign-in-by-pin = Ingia kwa PIN
sign-in-by-passphrase = Ingia kwa nenosiri
sign-in-instead = Tab: PIN au nenosiri.
sign-in-never-stored = Picha hazihifadhiwi kamwe.

mirror-waiting = inasubiri kamera …
mirror-face = Kamera inaona uso. (Hakuna picha kwenye skrini hii.)
mirror-no-face = Kamera haioni uso. (Hakuna picha kwenye skrini hii.)

tries-left = { $n ->
    [one] limebaki jaribio { $n }
   *[other] yamebaki majaribio { $n }
 }
face-look = Tazama kamera.
face-locked = Imefungwa.
face-again = Enter kutazama tena, Tab kwa PIN yako.
face-begin = Enter kuingia kwa uso, Tab kwa PIN yako.
face-not-recognised = Hajatambuliwa, { $left }.
face-not-live = { $why } ({ $left })
face-can-try = Unaweza kujaribu tena.
face-wait = Majaribio mengi mno: subiri sekunde { $seconds }.
face-then = Kisha Enter kutazama tena.

odds-enrolled = Waliosajiliwa hapa: { $n }.
odds-attempt = Uso wa mgeni hupita mara moja katika majaribio { $n }.
odds-comparison = (1 kwa { $n } kila ulinganisho)
odds-infrared = Kamera ya infraredi inahitajika.

pin-how = Herufi hutafuta jina lako, tarakimu ni PIN yako.
pin-name = Jina
pin-pin = PIN
pin-nobody = hakuna mwenye jina hilo
pin-new-shift = zamu mpya

passphrase-sealed = Kompyuta hii imefungwa kwa lakiri tangu ilipowashwa. Nenosiri la kwanza huifungua.
passphrase-camera = Andika nenosiri lako. Tab baada yake hurudi kwenye kamera.
passphrase-once = PIN au uso wako vitatosha ukishatoa nenosiri.
passphrase-login = Jina la kuingia
passphrase-passphrase = Nenosiri
passphrase-until = Hadi hapo hakuna kinachosomeka na usawazishaji unasubiri.

notice-login-first = andika kwanza jina lako la kuingia
notice-pin-nobody = hakuna wa jina hilo anayeweza kuingia kwa PIN: Tab kwa nenosiri lako
notice-pin-first = andika kwanza PIN yako
notice-pin-needed = safari hii PIN yako inahitajika
notice-passphrase-needed = safari hii nenosiri lako linahitajika
notice-signed-in = umeingia kama { $name }
notice-signed-in-took = umeingia kama { $name } (sekunde { $machine }, na { $challenge } za kugeuza kichwa)
