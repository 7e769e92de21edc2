card-camera = Caméra
card-looking = recherche d'une carte …
card-not-looking = la caméra ne regarde pas
card-read-title = Lire une carte
card-hold = Tenez le code carré devant la caméra, à plat et sans bouger.
card-scanner = Une douchette qui tape marche aussi : lisez le code, puis Enter.
card-typed = { $n ->
    [one] { $n } caractère tapé
   *[other] { $n } caractères tapés
 }
card-look-again = Enter pour regarder encore.
card-pin-title = Le PIN du patient
card-pin-why = La carte est lue. Tournez le clavier vers le patient : lui seul connaît le PIN.
card-pin = PIN
card-once-more = Encore une fois
card-choose-title = Une carte pour { $name }
card-choose-why = Le patient choisit un PIN de 6 à 12 chiffres, et le tape deux fois.
card-reissue = Son ancienne carte, et ce qu'elle a signé, prend fin pour toujours.
card-name = Carte Aidpost
card-patient = patient { $id }
card-serial = série { $id }
card-copy = Photographiez-le avec le téléphone du patient, ou copiez-le sur papier, tout de suite : il n'est gardé nulle part.
card-ended = { $n ->
    [one] { $n } consentement de l'ancienne carte a pris fin : faites-le signer de nouveau.
   *[other] { $n } consentements de l'ancienne carte ont pris fin : faites-les signer de nouveau.
 }
card-lost = Une carte perdue se remplace avec K à l'écran du consentement.
card-revoke-title = Mettre fin à toute carte de ce patient ?
card-revoke-what = Aucune carte de { $name } n'ouvre plus rien, pour toujours, et ce qu'elles ont signé a pris fin ; les autres postes l'apprennent en se rencontrant. Il n'en est pas fait d'autre : k en fait une.
notice-cards-revoked = toute carte d'avant est finie : bloc { $seq } ({ $block })
card-too-small = La carte est faite. Agrandissez la fenêtre (au moins 67 sur 23) pour voir son code ; il n'est gardé nulle part.

notice-card-read = la carte est lue : le patient tape son PIN
notice-card-signed = la carte a signé : cet organisme peut lire pendant { $days } jours ; « c » le montre et l'arrête
notice-card-pin-differs = les deux diffèrent : le patient tape de nouveau son PIN
card-leave-title = Partir sans le code ?
card-leave-what = Le code de cette carte n'est nulle part ailleurs : s'il n'est pas sur papier, il faut une autre carte.
card-leave-yes = partir
card-leave-no = revenir au code
notice-card-waits = verrouillé : le code de la nouvelle carte revient si la même personne entre d'ici une heure
notice-card-gone = le code d'une nouvelle carte est perdu : s'il n'est pas sur papier, remplacez la carte (K, écran du consentement)
card-print-title = Imprimer la carte
card-print-what = Sur papier, ou en PDF à imprimer. Elle n'ouvre rien sans son code PIN. Ne laissez pas traîner un fichier où elle est.
notice-card-in-file = la carte est dans { $path }
notice-card-to-printer = la carte est partie à l'imprimante
