# Quién puede estar registrado dos veces, y dos historias lado a lado.
twice-of = Quién puede ser la misma persona que { $name }
twice-count = Quizá registrados dos veces ({ $n }); { $of } pacientes comparados
twice-comparing = Quizá registrados dos veces: { $n } de { $of } pacientes comparados …
twice-none = Nadie parece registrado dos veces aquí. Esc vuelve.
twice-none-like = Nadie más aquí parece ser esta persona. Esc vuelve.
twice-none-yet = nadie todavía …
twice-alike = Parecido
twice-one = Una
twice-other = La otra
twice-why = Por qué
twice-linked = enlazados
twice-linked-what = Alguien dijo que son una persona: cada historia muestra las dos.
twice-reading = Enter abre las dos historias lado a lado: cada lectura queda en el registro.
twice-beside = Dos historias lado a lado ({ $why })
twice-reason = Por qué
twice-same = Una persona: { $first } y { $second }
twice-same-what = Desde ahora cada historia muestra las dos. No se mueve nada, y se puede deshacer.
twice-same-hint = p. ej. mostró dos tarjetas; puede quedar vacío
twice-back = Deshacer el enlace: { $first } y { $second }
twice-back-what = Cada historia vuelve a mostrar solo lo suyo. No se pierde nada; se pueden enlazar de nuevo.
twice-not = Dos personas: { $first } y { $second }
twice-not-what = Ya no se proponen como una persona. Aun así se pueden enlazar más tarde.
twice-not-hint = p. ej. hermanas; puede quedar vacío

notice-twice-stopped = no se comparó a todos: { $why }
notice-linked = enlazados: bloque { $seq } ({ $block }); cada historia muestra las dos
notice-not-linked = anotado: dos personas: bloque { $seq } ({ $block })

place-twice = Quizá registrados dos veces
place-beside = Dos historias lado a lado
next-twice = Enter muestra dos historias lado a lado; nada se enlaza sin usted
next-beside = compare, pregunte al paciente y pulse l si es una persona o u si son dos
key-twice = quién puede estar dos veces
key-twice-chart = quién puede ser la misma persona
key-compare = comparar
key-same = una persona
key-not-same = dos personas
