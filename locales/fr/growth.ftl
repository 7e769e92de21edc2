# Un enfant de moins de cinq ans sur les courbes de l'OMS.
growth-weight-for-stature = Poids pour la taille
growth-weight-for-age = Poids pour l'âge
growth-stature-for-age = Taille pour l'âge
growth-implausible = impossible : mesurez de nouveau
growth-severely-wasted = émaciation sévère
growth-wasted = émaciation modérée
growth-severely-underweight = insuffisance pondérale sévère
growth-underweight = insuffisance pondérale modérée
growth-severely-stunted = retard de croissance sévère
growth-stunted = retard de croissance modéré
growth-normal = normal
growth-risk = risque de surpoids
growth-overweight = surpoids
growth-obese = obésité
growth-see-stature = voir poids pour la taille
growth-source = Scores z selon les normes de croissance de l'OMS (2006). Couché avant deux ans, debout ensuite.
growth-no-birth-date = Le jour de naissance n'est pas connu : seul le poids pour la taille peut être jugé.
growth-never = Jamais mesuré avant cinq ans.
growth-outside = hors de la table
growth-at-stature = { $weight } kg pour { $stature } cm
growth-weight-at-age = { $n ->
    [one] { $weight } kg à { $n } mois
   *[other] { $weight } kg à { $n } mois
 }
growth-stature-at-age = { $n ->
    [one] { $stature } cm à { $n } mois
   *[other] { $stature } cm à { $n } mois
 }
growth-cm = { $n } cm
growth-months = { $n ->
    [one] { $n } mois
   *[other] { $n } mois
 }

place-growth = La croissance d'un enfant
next-growth = Gauche, Droite : ce qui est jugé ; Bas, Haut : chaque visite
key-growth = croissance de l'enfant

notice-no-growth = il faut le poids et la taille d'un enfant de moins de cinq ans, fille ou garçon
