finding-problem = Problème
finding-medicine = Médicament
finding-vaccine = Vaccin
finding-allergy = Allergie
finding-next = Prochaine consultation
finding-words = en toutes lettres : { $typed }

visit-found = Constat, soin
visit-found-what = problème, médicament, vaccin ou allergie : tapez quelques lettres
visit-next = Revient
visit-next-how = 14j, 2s, 3m ou une date
visit-next-expected = attendu(e) le { $day }

bad-unpicked = « { $typed } » n'est pas encore noté : Enter choisit une ligne, Esc efface
bad-next-day = écrivez 14j, 2s, 3m ou une date
bad-next-past = ce jour n'est pas après cette consultation
bad-next-far = c'est dans plus de trois ans

notice-finding-added = noté : { $what }
notice-finding-twice = déjà noté : { $what }
notice-finding-full = il n'y a plus de place : écrivez le reste dans la note
notice-finding-back = repris : { $what } ; Esc l'enlève, Enter choisit une autre ligne

place-visit-find = Codes d'une consultation
key-finding-pick = noter
key-finding-clear = effacer
next-visit-find = Enter note la ligne ; les dernières lignes gardent vos propres mots
