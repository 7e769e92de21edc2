sign-in-title = Entrer
sign-in-asking = on interroge le nœud …
sign-in-camera = caméra
sign-in-by-face = Entrer par le visage
sign-in-by-pin = Entrer par PIN
sign-in-by-passphrase = Entrer par phrase de passe
sign-in-instead = Tab : PIN ou phrase de passe.
sign-in-never-stored = Aucune image n'est gardée.

mirror-waiting = en attente de la caméra …
mirror-face = La caméra voit un visage. (Pas d'image sur ce terminal.)
mirror-no-face = La caméra ne voit pas de visage. (Pas d'image sur ce terminal.)

tries-left = { $n ->
    [one] { $n } essai restant
   *[other] { $n } essais restants
 }
face-look = Regardez la caméra.
face-locked = Verrouillé.
face-again = Enter pour regarder encore, Tab pour votre PIN.
face-begin = Enter pour entrer par le visage, Tab pour votre PIN.
face-not-recognised = Non reconnu, { $left }.
face-not-live = { $why } ({ $left })
face-can-try = Vous pouvez réessayer.
face-wait = Trop d'essais : attendez { $seconds } s.
face-then = Ensuite, Enter pour regarder encore.

odds-enrolled = Enregistrés ici : { $n }.
odds-attempt = Le visage d'un inconnu passe une fois sur { $n } essais.
odds-comparison = (1 sur { $n } par comparaison)
odds-infrared = Caméra infrarouge exigée.

pin-how = Les lettres trouvent votre nom, les chiffres sont votre PIN.
pin-name = Nom
pin-pin = PIN
pin-nobody = personne de ce nom
pin-new-shift = nouveau service

passphrase-sealed = Ce poste est scellé depuis son démarrage. La première phrase de passe l'ouvre.
passphrase-camera = Tapez votre phrase de passe. Tab après elle revient à la caméra.
passphrase-once = Votre PIN ou votre visage suffira une fois la phrase de passe donnée.
passphrase-login = Nom d'utilisateur
passphrase-passphrase = Phrase de passe
passphrase-until = D'ici là rien ne peut être lu et la synchronisation attend.

notice-login-first = tapez d'abord votre nom d'utilisateur
notice-pin-nobody = personne de ce nom ne peut entrer par PIN : Tab pour votre phrase de passe
notice-pin-first = tapez d'abord votre PIN
notice-pin-needed = votre PIN est nécessaire cette fois
notice-passphrase-needed = votre phrase de passe est nécessaire cette fois
notice-signed-in = session ouverte : { $name }
notice-signed-in-took = session ouverte : { $name } ({ $machine } s, et { $challenge } s pour tourner la tête)
