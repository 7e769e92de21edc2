# Une mesure au fil du temps.
vitals-pressure = Tension
vitals-title = { $n ->
    [one] { $name }, { $unit } : { $n } valeur
   *[other] { $name }, { $unit } : { $n } valeurs
 }
vitals-never = jamais mesuré
vitals-reference = Valeurs de référence
vitals-between = { $low } à { $high } { $unit }
vitals-at-least = au moins { $low } { $unit }
vitals-at-most = au plus { $high } { $unit }
vitals-no-range = aucune connue
vitals-source-news = NEWS2 pour adultes, Royal College of Physicians, 2017
vitals-source-who = OMS, hypertension de l'adulte, 2021 ; minimum : celui de la fiche
vitals-source-pals = Pediatric Advanced Life Support, 2006
vitals-source-form = ce que la fiche de consultation tient pour habituel
vitals-above = ▲ au-dessus de la référence
vitals-below = ▼ au-dessous de la référence
vitals-within = dans la référence

place-vitals = Signes vitaux au fil du temps
next-vitals = Gauche, Droite : la mesure ; Haut, Bas : la valeur ; PgUp, PgDn : le temps
key-vitals = courbes
key-measure-next = suivante
key-measure-before = mesure précédente
key-older-value = avant
key-newer-value = valeur après
key-zoom-in = plus près
key-zoom-out = plus large
key-whole-time = tout
key-earlier = temps d'avant
key-later = temps d'après

notice-nothing-measured = aucun signe vital n'est encore noté : n ouvre une consultation
