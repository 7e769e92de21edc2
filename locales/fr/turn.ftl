# Le tour du patient : des mots simples, qui s'adressent à lui.
turn-title = au tour du patient
turn-instead = Le patient veut lire seul ? Esc, puis Ctrl-T lui confie le poste.
turn-look = Votre carte
turn-hold = Tenez le code carré de votre carte devant la caméra, bien à plat, sans bouger.
turn-scan = Ou lisez-le avec le lecteur, puis Entrée.
notice-turn-no-camera = La caméra ne voit pas votre carte. Scannez-la, ou demandez de l'aide.
turn-pin = Votre PIN
turn-pin-how = Tapez le PIN de votre carte. Personne d'autre ne doit le voir. Puis Entrée.
turn-record = Votre dossier
turn-sharing = Qui peut le lire
turn-readers = Qui l'a lu
turn-page = { $name } · page { $n } sur { $of }
turn-allergies = Vous ne supportez pas
turn-problems = Vos maladies
turn-medicines = Vos médicaments
turn-vaccines = Vos vaccins
turn-no-vaccine = Aucun vaccin n'est encore noté.
turn-from-elsewhere = vient d'ailleurs
turn-unreadable = { $n ->
    [one] { $n } note ne s'ouvre pas ici : demandez au personnel.
   *[other] { $n } notes ne s'ouvrent pas ici : demandez au personnel.
 }
turn-no-visit = Aucune consultation n'est encore notée.
turn-written-by = écrit par { $staff }, { $org }
turn-keeps = { $org } garde votre dossier et le lit pour vous soigner.
turn-nobody = Personne d'autre ne peut le lire.
turn-may-read = peut lire : { $parts }
turn-for-treatment = pour vous soigner
turn-for-payment = pour payer vos soins
turn-for-research = pour la recherche, sans votre nom
turn-for-public-health = pour compter les maladies, sans votre nom
turn-for-emergency = en urgence, sans vous demander
turn-until = jusqu'au { $day }
turn-no-end = jusqu'à ce que vous l'arrêtiez
turn-emergency = En urgence, d'autres peuvent voir vos allergies, médicaments, maladies et votre groupe sanguin.
turn-no-emergency = Vous avez choisi que d'autres ne voient rien, même en urgence.
turn-nobody-read = Personne ne l'a encore lu.
turn-read-own = Vous l'avez lu vous-même, avec votre carte.
turn-read = { $staff } de { $org } l'a lu
turn-read-file = { $staff } de { $org } l'a emporté dans un fichier
turn-read-refused = { $staff } de { $org } a voulu le lire, et n'a pas pu
turn-stop-title = Ne plus partager ?
turn-stop-what = { $org } ne lira plus rien de nouveau sur vous.
turn-stop-before = Ce qui a déjà été lu ne peut pas être repris. Vous pourrez l'autoriser de nouveau.

place-turn = Le patient lit son dossier
place-turn-look = Le patient montre sa carte
place-turn-pin = Le patient tape son PIN
next-turn-look = montrez votre carte ; Esc quand vous avez fini
next-turn-pin = tapez votre PIN, puis Entrée
next-turn = Droite : page suivante ; Esc quand vous avez fini
busy-turn = un instant …
key-turn = confier le poste au patient
key-turn-done = j'ai fini
key-turn-next = page suivante
key-turn-before = page d'avant
key-turn-down = plus bas
key-turn-up = plus haut
key-turn-stop = ne plus partager

notice-turn-over = le patient a fini : identifiez-vous
notice-turn-idle = le tour du patient est fini : aucune touche depuis deux minutes
notice-turn-time = le tour du patient est fini : un quart d'heure est passé
notice-turn-nobody = personne d'autre ne peut lire votre dossier
notice-turn-stopped = { $org } ne lira plus rien de nouveau sur vous

# What the node says to a patient.
node-card-pin = PIN faux : que le patient le retape ; après cinq erreurs ce poste attend de plus en plus longtemps
node-card-revoked = cette carte a été déclarée perdue ou copiée et n'ouvre plus rien : gardez-la, et que le centre du patient en fasse une nouvelle
node-card-nothing = la carte n'ouvre encore rien de ce dossier ici : demandez au centre qui le garde
node-turn-over = le tour du patient est fini : un membre du personnel en commence un autre
