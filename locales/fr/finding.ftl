finding-problem = Problème
finding-medicine = Médicament
finding-vaccine = Vaccin
finding-allergy = Allergie
finding-next = Prochaine consultation
finding-plan = Plan de soins
finding-report = Rapport
finding-document = Document
finding-result = Résultat
finding-procedure = Acte
finding-request = Demande
finding-words = en toutes lettres : { $typed }

visit-found = Constat, soin
visit-found-what = problème, médicament, vaccin ou allergie : tapez quelques lettres
visit-found-more = … encore { $n }
visit-next = Revient
visit-next-how = 14j, 2s, 3m ou une date
visit-next-expected = attendu(e) le { $day }

bad-unpicked = « { $typed } » n'est pas encore noté : Enter choisit une ligne, Esc efface
bad-next-day = écrivez 14j, 2s, 3m ou une date
bad-next-past = ce jour n'est pas après cette consultation
bad-next-far = c'est dans plus de trois ans

notice-finding-added = noté : { $kind } : { $what } ; Backspace le reprend
notice-finding-twice = déjà noté : { $kind } : { $what }
notice-finding-full = il n'y a plus de place : écrivez le reste dans la note
notice-finding-back = repris : { $what } ; Esc l'enlève, Enter choisit une autre ligne

place-visit-find = Codes d'une consultation
key-finding-pick = noter
key-finding-clear = effacer
next-visit-find = Enter note la ligne ; les dernières lignes gardent vos propres mots

# Who is to come back.
patients-search-due = Chercher qui est attendu
patients-due-count = Attendus ou en retard ({ $n }) ; Ctrl-N montre les autres
patients-due = Attendus ou en retard
patients-due-none = Personne n'est attendu. Ctrl-N montre les patients de tous les jours.
patients-due-unfit = Aucun attendu ne correspond. Esc vide la recherche, Ctrl-N montre les patients de tous les jours.
patients-expected = Attendu(e)
patients-not-expected = aucun jour fixé
patients-due-today = aujourd'hui, { $day }
patients-overdue = EN RETARD depuis { $day }
key-due = qui est attendu
next-due = le jour le plus récent d'abord ; ! en retard, • aujourd'hui
work-due = patients attendus
work-due-today = { $n } aujourd'hui
work-due-before = { $n } les jours passés : à rechercher
