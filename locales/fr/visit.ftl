visit-title = Nouvelle consultation : { $name }
visit-title-restored = Nouvelle consultation : { $name } (brouillon repris)
visit-reason = Motif
visit-note = Note
visit-last = Dernière consultation
visit-last-value = { $value } · { $day }
visit-first = c'est la première consultation
visit-unusual-asked = { $usual } : juste ?
usual-between = norme { $low } à { $high }
usual-from = norme dès { $low }
usual-to = norme jusqu'à { $high }
usual-any = pas de norme connue
usual-of = { $range }, { $whose }
usual-adults = adulte
usual-no-age = adulte, sans âge
usual-infant = moins d'un an
usual-age = { $n } { $n ->
    [one] an
   *[other] ans
 }
usual-ages = { $from } à { $to } { $to ->
    [one] an
   *[other] ans
 }
visit-impossible = impossible ({ $low } à { $high })
visit-not-a-number = pas un nombre : écrivez par exemple { $example }
visit-discard-title = Jeter ce brouillon ?
visit-discard-what = Ce qui est tapé ici est jeté pour de bon.
visit-discard-yes = jeter
visit-discard-no = garder

notice-unusual = inhabituel : { $values } : Ctrl-S encore si c'est juste
notice-unusual-one = inhabituel : { $value } ({ $usual }) : Ctrl-S encore si c'est juste
notice-measured = { $vital } { $value } { $unit }
notice-nothing-typed = rien n'est encore tapé
notice-discarded = brouillon jeté
notice-visit-saved = consultation enregistrée : bloc { $seq } ({ $block }), { $bytes } octets scellés
notice-perhaps-saved = on ne sait pas si la consultation a été enregistrée : regardez d'abord le dossier ({ $why })
