people-title = Équipe
people-count = Équipe ({ $n })
people-mirror = Comme dans un miroir
people-enrolling = Visage de { $name }
people-only-numbers = Seuls des nombres tirés du visage sont gardés, scellés, sur ce seul poste.
people-faces = Visages sur ce poste
people-any-camera = n'importe laquelle
people-odds = { $n ->
    [one] 1 enregistré ; score exigé { $score } ; un inconnu passe { $times } fois sur { $tries }
   *[other] { $n } enregistrés ; score exigé { $score } ; un inconnu passe { $times } fois sur { $tries }
}
people-camera = caméra : { $camera }
people-camera-infrared = caméra : { $camera }, infrarouge exigé
people-raised = deux personnes se ressemblent, le score exigé a été relevé : un PIN peut être demandé plus souvent
people-forget-title = Effacer un visage
people-forget-what = Effacer le visage de { $name } ?
people-forget-gone = Il est détruit et ne peut pas être rétabli.
people-forget-still = Cette personne entre toujours par PIN et phrase de passe.
people-name = Nom
people-role = Rôle
people-face = Visage
people-pin = PIN
people-suspended = suspendu
people-enrolled = enregistré
people-chosen = choisi

proof-title = Votre PIN
proof-why = Ceci change ce que d'autres peuvent faire ou voir : un visage ne suffit pas.
proof-pin = PIN
refresh-title = Votre visage
refresh-barely = Vous avez été reconnu, mais de justesse.
refresh-ask = Ce poste peut-il garder une empreinte récente de votre visage, prise à l'instant ?
refresh-keys = y la garde, n laisse tout comme avant.
new-pin-title = Choisir un PIN
new-pin-why = Six chiffres ou plus. Il vous fait entrer ici quand le visage ne peut pas, et est demandé avant les consentements et les changements.
new-pin-new = Nouveau PIN
new-pin-again = Encore une fois
new-pin-keep = Esc garde l'ancien.
new-pin-later = Esc : pas maintenant ; ce sera redemandé.

notice-more-than-face = un visage ne suffit pas : verrouillez avec Ctrl-L, entrez par phrase de passe et choisissez un PIN
notice-pin-digits = un PIN a au moins { $n } chiffres
notice-pin-differs = les deux diffèrent : tapez de nouveau votre nouveau PIN
notice-pin-set = votre PIN est fixé : il vous fait entrer jusqu'au redémarrage de ce poste
notice-no-face = aucun visage de { $name } n'est enregistré ici
notice-enrol-stopped = arrêté : rien n'a changé
notice-enrolled = { $name } est enregistré(e) avec { $n } images
notice-forgotten = le visage est effacé : il ne fait plus entrer personne
