conflict-none = Il n'y a plus rien à choisir. Esc revient au dossier.
conflict-title = { $name } : { $what }, écrit à deux endroits à la fois
conflict-title-of = { $name } : { $what }, écrit à deux endroits à la fois, 1 sur { $n }
conflict-visit = une consultation
conflict-patient = qui est le patient
conflict-left = à gauche
conflict-right = à droite
conflict-not-trusted = NON FIABLE
conflict-nothing = (rien)
conflict-differs = Diffère
conflict-whole = Ceci vient d'ailleurs et se prend en entier : ● marque la version qui restera.
conflict-fields = ● marque ce qui restera. Le reste est gardé dans l'historique.
conflict-several = ● marque ce qui restera. { $n } versions : v en montre une autre à droite.

notice-no-conflict = rien de ce dossier n'a été modifié à deux endroits à la fois
notice-decided = choisi : bloc { $seq } ({ $block })
notice-decided-more = choisi : bloc { $seq } ({ $block }) ; il reste un choix à faire : d
