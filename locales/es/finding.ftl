finding-problem = Problema
finding-medicine = Medicina
finding-vaccine = Vacuna
finding-allergy = Alergia
finding-next = Próxima consulta
finding-words = en palabras: { $typed }

visit-found = Hallado, dado
visit-found-what = un problema, medicina, vacuna o alergia: escriba unas letras
visit-next = Vuelve
visit-next-how = 14d, 2s, 3m o una fecha
visit-next-expected = se espera el { $day }

bad-unpicked = «{ $typed }» aún no está anotado: Enter elige una línea, Esc borra
bad-next-day = escriba 14d, 2s, 3m o una fecha
bad-next-past = ese día no es posterior a esta consulta
bad-next-far = faltan más de tres años

notice-finding-added = anotado: { $what }
notice-finding-twice = ya está anotado: { $what }
notice-finding-full = no caben más: escriba el resto en la nota
notice-finding-back = retirado: { $what }; Esc lo deja fuera, Enter elige otra línea

place-visit-find = Códigos de una consulta
key-finding-pick = anotar
key-finding-clear = borrar
next-visit-find = Enter anota la línea; las últimas guardan sus propias palabras
