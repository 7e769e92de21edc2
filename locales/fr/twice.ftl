# Qui est peut-être inscrit deux fois, et deux dossiers côte à côte.
twice-of = Qui est peut-être la même personne que { $name }
twice-count = Peut-être inscrits deux fois ({ $n }) ; { $of } patients comparés
twice-comparing = Peut-être inscrits deux fois : { $n } patients comparés sur { $of } …
twice-none = Personne ne semble inscrit deux fois ici. Esc revient.
twice-none-like = Personne d'autre ici ne semble être cette personne. Esc revient.
twice-none-yet = personne encore …
twice-alike = Semblable
twice-one = L'un
twice-other = L'autre
twice-why = Pourquoi
twice-linked = liés
twice-linked-what = Quelqu'un a dit que c'est une personne : chaque dossier montre les deux.
twice-reading = Enter ouvre les deux dossiers côte à côte : chaque lecture est inscrite au registre.
twice-beside = Deux dossiers côte à côte ({ $why })
twice-reason = Pourquoi
twice-same = Une personne : { $first } et { $second }
twice-same-what = Désormais chaque dossier montre les deux. Rien n'est déplacé, et cela se reprend.
twice-same-hint = p. ex. a montré deux cartes ; peut rester vide
twice-back = Défaire le lien : { $first } et { $second }
twice-back-what = Chaque dossier ne montre plus que le sien. Rien n'est perdu ; on peut lier à nouveau.
twice-not = Deux personnes : { $first } et { $second }
twice-not-what = On ne les propose plus comme une personne. On peut tout de même les lier plus tard.
twice-not-hint = p. ex. sœurs ; peut rester vide

notice-twice-stopped = tous n'ont pas été comparés : { $why }
notice-linked = liés : bloc { $seq } ({ $block }) ; chaque dossier montre les deux
notice-not-linked = noté : deux personnes : bloc { $seq } ({ $block })

place-twice = Peut-être inscrits deux fois
place-beside = Deux dossiers côte à côte
next-twice = Enter montre deux dossiers côte à côte ; rien n'est lié sans vous
next-beside = comparez, demandez au patient, puis l pour une personne ou u pour deux
key-twice = qui est peut-être inscrit deux fois
key-twice-chart = qui est peut-être la même personne
key-compare = comparer
key-same = une personne
key-not-same = deux personnes
