finding-problem = Problema
finding-medicine = Medicina
finding-vaccine = Vacuna
finding-allergy = Alergia
finding-next = Próxima consulta
finding-plan = Plan
finding-report = Informe
finding-document = Documento
finding-result = Resultado
finding-procedure = Procedimiento
finding-request = Solicitud
finding-words = en palabras: { $typed }

visit-found = Hallado, dado
visit-found-what = un problema, medicina, vacuna o alergia: escriba unas letras
visit-found-more = … { $n } más
visit-next = Vuelve
visit-next-how = 14d, 2s, 3m o una fecha
visit-next-expected = se espera el { $day }

bad-unpicked = «{ $typed }» aún no está anotado: Enter elige una línea, Esc borra
bad-next-day = escriba 14d, 2s, 3m o una fecha
bad-next-past = ese día no es posterior a esta consulta
bad-next-far = faltan más de tres años

notice-finding-added = anotado: { $kind }: { $what }; Backspace lo retira
notice-finding-twice = ya está anotado: { $kind }: { $what }
notice-finding-full = no caben más: escriba el resto en la nota
notice-finding-back = retirado: { $what }; Esc lo deja fuera, Enter elige otra línea

place-visit-find = Códigos de una consulta
key-finding-pick = anotar
key-finding-clear = borrar
next-visit-find = Enter anota la línea; las últimas guardan sus propias palabras

# Who is to come back.
patients-search-due = Buscar a quien se espera
patients-due-count = Esperados o atrasados ({ $n }); Ctrl-N muestra los demás
patients-due = Esperados o atrasados
patients-due-none = No se espera a nadie. Ctrl-N muestra los pacientes de cada día.
patients-due-unfit = Ningún esperado coincide. Esc borra la búsqueda, Ctrl-N muestra los pacientes de cada día.
patients-expected = Se espera
patients-not-expected = sin día fijado
patients-due-today = hoy, { $day }
patients-overdue = ATRASO desde { $day }
key-due = a quién se espera
next-due = el día más reciente primero; ! atrasado, • hoy
work-due = pacientes esperados
work-due-today = { $n } hoy
work-due-before = { $n } de días anteriores: búsquelos
