consent-title = Consentement de { $name }
consent-who-read = Qui a lu
consent-none = Rien n'est partagé. g autorise un organisme à lire.
consent-nobody = personne encore
consent-may-read = Peut lire
consent-for = Pour
consent-parts = Parties
consent-until = Jusqu'au
consent-standing = État
consent-no-end = sans fin
consent-read = lu
consent-refused = refusé
consent-opted-out = Pas de résumé d'urgence pour d'autres organismes.
consent-tell = À DIRE AU PATIENT : urgence { $time }, { $staff } de { $org }
consent-stop-title = Ne plus partager ?
consent-stop-what = { $org } ne pourra plus rien lire de { $name }, même par ce qui s'autorise ailleurs en ce moment. Ce qui a déjà été lu ne peut pas être repris.
consent-stop-yes = ne plus partager avec { $org }
consent-stop-no = garder

standing-in-force = en vigueur
standing-revoked = arrêté
standing-expired = terminé
standing-not-yet = pas encore
standing-parent = fini en amont
standing-untrusted = non fiable

grant-title = { $name } autorise la lecture
grant-org = Organisme
grant-purpose = Pour quoi
grant-days = Nombre de jours
grant-days-hint = vide : jusqu'à l'arrêt
grant-no-part = cochez au moins une partie du dossier avec Space
grant-not-days = jours : « { $typed } » n'est pas un nombre de jours : écrivez par exemple 30, ou laissez vide

notice-no-other-org = aucun autre organisme n'est connu ici
notice-select-grant = choisissez ce qui est en vigueur avec Up et Down, puis s
notice-granted = { $org } peut maintenant lire
notice-stopped = partage arrêté : bloc { $seq } ({ $block })
