# Corregir lo que está escrito, y las versiones que hubo.
correct-who = Corregir quién es: { $name }
correct-visit = Corregir la consulta del { $time }: { $name }
correct-was = antes: { $what }
correct-was-empty = antes: nada
correct-note-changed = la nota ha cambiado
correct-nothing = Aún no ha cambiado nada.
correct-changes = { $n ->
    [one] Cambia un campo. Ctrl-S firma la corrección.
   *[other] Cambian { $n } campos. Ctrl-S firma la corrección.
}
correct-kept = Lo que había se conserva: H en la historia muestra cada versión.
correct-leave-title = ¿Salir sin guardar?
correct-leave-what = La corrección no está guardada: lo escrito aquí se desecha.
correct-leave-yes = salir
correct-leave-no = seguir corrigiendo
chart-corrected = corregida después; lo que había se conserva
chart-who-corrected = corregido

history-visit = Versiones de una consulta de { $name } ({ $n })
history-who = Versiones de quién es: { $name } ({ $n })
history-when = Escrita
history-by = Por
history-state = Estado
history-stands = vigente
history-replaced = reemplazada
history-changed = Lo que cambió esta versión
history-first = Es la primera versión: no cambió nada.
history-only = Hay una sola versión: no se ha corregido nada.
history-same = Nada difiere de la versión anterior.
history-before = antes:
history-now = desde entonces:

notice-nothing-changed = no ha cambiado nada: cambie un campo, o salga con Esc
notice-corrected = corregido: bloque { $seq } ({ $block }); lo que había se conserva
notice-perhaps-corrected = no se sabe si la corrección se guardó: mire primero la historia ({ $why })
notice-correction-kept = bloqueado; la corrección se conserva como borrador: ábrala otra vez en la historia
notice-no-visit = aún no hay consultas: n escribe la primera
notice-names-no-visit = esto no es una consulta: elija una de la lista
notice-visit-not-ours = { $org } escribió esa consulta y solo ellos la corrigen: escriba una propia sobre ella
notice-visit-from-elsewhere = esa consulta vino de fuera y queda como vino: escriba una propia sobre ella
notice-decide-first = esa consulta se escribió en dos sitios a la vez: decida primero, con d

place-correct = Corrección
place-history = Versiones de un escrito
next-correct = cambie lo que está mal; lo que difiere dice lo que había
next-history = nada de lo reemplazado se pierde; Esc vuelve a la historia
key-correct-visit = corregir esta consulta
key-correct-who = corregir quién es el paciente
key-save-correction = firmar
key-history = versiones de esta consulta
key-read-on = seguir leyendo una consulta larga
key-who-history = versiones de quién es el paciente
key-version-before = versión anterior
key-version-after = versión siguiente
