visit-title = Nueva consulta: { $name }
visit-title-restored = Nueva consulta: { $name } (borrador recuperado)
visit-reason = Motivo
visit-note = Nota
visit-last = Última consulta
visit-last-value = { $value } · { $day }
visit-first = es la primera consulta
visit-unusual-asked = { $usual }: ¿bien?
usual-between = normal { $low } a { $high }
usual-from = normal desde { $low }
usual-to = normal hasta { $high }
usual-any = sin valores normales conocidos
usual-of = { $range }, { $whose }
usual-adults = adulto
usual-no-age = adulto, sin edad
usual-infant = menos de 1 año
usual-age = { $n } { $n ->
    [one] año
   *[other] años
 }
usual-ages = { $from } a { $to } { $to ->
    [one] año
   *[other] años
 }
visit-impossible = imposible ({ $low } a { $high })
visit-not-a-number = no es un número: escríbalo como { $example }
visit-discard-title = ¿Descartar este borrador?
visit-discard-what = Lo escrito aquí se descarta para siempre.
visit-discard-yes = descartar
visit-discard-no = conservar

notice-unusual = inusual: { $values }: pulse Ctrl-S otra vez si es correcto
notice-unusual-one = inusual: { $value } ({ $usual }): pulse Ctrl-S otra vez si es correcto
notice-measured = { $vital } { $value } { $unit }
notice-nothing-typed = aún no hay nada escrito
notice-discarded = borrador descartado
notice-visit-saved = consulta guardada: bloque { $seq } ({ $block }), { $bytes } bytes sellados
notice-perhaps-saved = no se sabe si la consulta se guardó: mire primero la historia ({ $why })
