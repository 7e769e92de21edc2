conflict-none = No queda nada que elegir. Esc vuelve a la historia.
conflict-title = { $name }: { $what }, escrito en dos sitios a la vez
conflict-title-of = { $name }: { $what }, escrito en dos sitios a la vez, 1 de { $n }
conflict-visit = una consulta
conflict-patient = quién es el paciente
conflict-left = izquierda
conflict-right = derecha
conflict-not-trusted = NO FIABLE
conflict-nothing = (nada)
conflict-differs = Difiere en
conflict-whole = Esto vino de fuera y se toma entero: ● marca la versión que quedará.
conflict-fields = ● marca lo que quedará. Lo demás se conserva en el historial.
conflict-several = ● marca lo que quedará. { $n } versiones: v muestra otra a la derecha.

notice-no-conflict = nada de esta historia se editó en dos sitios a la vez
notice-decided = decidido: bloque { $seq } ({ $block })
notice-decided-more = decidido: bloque { $seq } ({ $block }); queda otra decisión: pulse d
