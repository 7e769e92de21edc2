mesh-title = Réseau
mesh-this = Ce poste
mesh-down = Le lien est coupé : rien n'est envoyé ni reçu. l le remet.
mesh-metered-soon = Lien facturé à l'usage : coupé jusqu'au prochain tour, bientôt.
mesh-metered-next = Lien facturé à l'usage : coupé jusqu'au prochain tour, dans { $time }.
mesh-up = Le lien est actif : { $addresses }
mesh-all-elsewhere = Tout ce qui est ici est aussi sur un autre poste.
mesh-only-here = { $n ->
    [one] { $n } bloc n'est qu'ici : perdu si ce poste l'est.
   *[other] { $n } blocs ne sont qu'ici : perdus si ce poste l'est.
 }
mesh-waiting = { $n ->
    [one] { $n } bloc n'est ici que par son en-tête : son contenu viendra plus tard.
   *[other] { $n } blocs ne sont ici que par leurs en-têtes : leur contenu viendra plus tard.
 }
mesh-ticket = Ticket : { $ticket }
mesh-ticket-title = Ticket de ce poste
mesh-ticket-how = Un autre poste l'entre avec 'aidpost sync --ticket' pour rencontrer celui-ci.
mesh-ticket-too-small = Le code demande une fenêtre d'au moins { $wide } sur { $high } ; 'aidpost status --qr' l'affiche aussi.
mesh-limits = Réglages : { $all }.
mesh-limit-up = envoie au plus { $n } kbit/s
mesh-limit-down = reçoit au plus { $n } kbit/s
mesh-limit-metered = facturé à l'usage, actif toutes les { $n } min
mesh-limit-relay = relais { $address }
mesh-limit-own = garde les dossiers de ses propres patients
mesh-limit-district = garde les dossiers de ses propres patients et de { $orgs }
mesh-limit-files = les fichiers quand on les ouvre
mesh-others = Autres postes ({ $n })
mesh-others-at = Autres postes ({ $n }), celui choisi à { $address }
mesh-no-other = Aucun autre poste n'est encore certifié dans ce consortium.
mesh-terminal = Poste
mesh-org = Organisme
mesh-last-met = Rencontré
mesh-lacks = Il manque
mesh-bytes = Octets
mesh-left = Reste
mesh-address = Adresse
mesh-nothing = rien
mesh-never = jamais
mesh-last-sync = Dernière synchronisation depuis cet écran
mesh-no-sync = aucune encore : s rencontre les autres maintenant
mesh-met = { $peer } : { $sent } envoyés, { $received } reçus, { $bytes } octets, { $millis } ms
mesh-problem = { $peer } : { $problem }
mesh-out-title = Clé : écrire un paquet
mesh-in-title = Clé : lire les paquets
mesh-out-what = Scellé pour les autres postes : le porteur ne peut pas le lire.
mesh-in-what = Lit chaque paquet du dossier qui est pour ce poste.
mesh-folder = Dossier

notice-busy = encore occupé : attendez un instant
notice-folder = tapez le dossier de la clé, par exemple /media/stick
notice-nobody-met = aucun poste rencontré : aucun n'a d'adresse connue ou n'est joignable
notice-terminals = { $n ->
    [one] { $n } poste
   *[other] { $n } postes
 }
notice-bundles = { $n ->
    [one] { $n } paquet
   *[other] { $n } paquets
 }
notice-met = { $terminals } : { $sent } blocs envoyés, { $received } nouveaux reçus
notice-met-some = { $terminals } : { $sent } blocs envoyés, { $received } nouveaux reçus ; { $missed } sans réponse
notice-link-up = le lien est actif : on peut rencontrer les autres postes
notice-link-down = le lien est coupé : rien n'est envoyé ni reçu
notice-no-ticket = il n'y a pas de ticket tant que le lien est coupé : l le remet
notice-carried-out = { $path } écrit : { $blocks } blocs pour { $terminals }, { $bytes } octets
notice-no-bundle = aucun paquet pour ce poste dans ce dossier
notice-mesh-stopped = arrêté : ce qui est déjà passé reste, et rien n'est à moitié fait
notice-carried-in = { $bundles } : { $new } nouveaux blocs
