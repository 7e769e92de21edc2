# Decir que algo terminó, y lo que terminó en una historia.
ended-stopped = suspendido
ended-resolved = resuelto
ended-cancelled = anulado
ended-mistaken = escrito por error
ends-stopped = suspendido: ya no se toma
ends-resolved = resuelto: ya pasó
ends-cancelled = anulado: el paciente no tiene que venir ese día
ends-mistaken = escrito por error: nunca fue así

ending-title = Lo que sigue vigente: { $name } ({ $n })
ending-kind = Clase
ending-what = Qué
ending-since = Consulta
ending-how = ¿Cómo termina?
ending-sure = ¿Firmar que terminó?
ending-kept = Lo escrito queda en las versiones.

notice-nothing-stands = nada de lo codificado aquí sigue vigente: ni problema, medicina, alergia, vacuna o próxima consulta
notice-ended = { $how }: bloque { $seq } ({ $block }); lo escrito se conserva

place-ending = Lo que terminó
next-ending = elija lo que terminó, luego Enter; aún no se firma nada
next-ending-how = elija cómo termina, luego Enter; aún no se firma nada
key-end-item = algo terminó
key-ending-pick = elegir
