# Ce qui attend la personne identifiée.
work-title = À faire
work-count = À faire ({ $n })
work-none = Rien ne vous attend. Esc mène aux patients.
work-what = Quoi
work-whose = Dossier de
work-more = Détails
work-draft = visite à terminer
work-review = urgence à revoir
work-overdue = REVUE EN RETARD
work-conflict = versions à choisir
work-asked = dossier demandé
work-waiting = réponse attendue
work-opened = ouvert par { $staff } de { $org }, le { $day }
work-asks = { $org }, pour : { $purpose }, le { $day } : demandez au patient
work-asked-on = demandé le { $day }

place-work = Ce qui est à faire
next-work = Entrée mène là où cela se fait
key-work = ce qui est à faire
key-work-open = y aller
