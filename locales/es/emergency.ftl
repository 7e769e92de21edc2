summary-allergies = Alergias
summary-medicines = Medicinas
summary-problems = Problemas
summary-none = nada escrito
summary-blood-group = Grupo sanguíneo
summary-not-tested = sin analizar
summary-write-title = Resumen de urgencia de { $name }
summary-write-what = Lo que debe saber quien nunca vio al paciente. Todo miembro puede abrirlo en una urgencia, salvo que el paciente se negara; no lleva nombre. Sustituye lo que su organización guardaba.
summary-others = Resúmenes que otras organizaciones también guardan: { $n }
summary-from-visits = Rellenado con lo escrito en las visitas aquí. Compruébelo: debe ser correcto y completo, y todo miembro puede verlo.
summary-from-visits-others = Rellenado con lo escrito en las visitas aquí. Compruébelo: debe ser correcto y completo, y todo miembro puede verlo. Otras organizaciones guardan { $n } más.
summary-list-hint = uno tras otro, con ; entre ellos
notice-summary-kept = resumen de urgencia guardado: bloque { $seq } ({ $block })

emergency-title = URGENCIA · { $name }
emergency-opened = { $minutes ->
    [one] Abierta sin consentimiento; anotado en el bloque { $block }. Queda { $minutes } minuto.
   *[other] Abierta sin consentimiento; anotado en el bloque { $block }. Quedan { $minutes } minutos.
 }
emergency-no-summary = Aquí no se abre ningún resumen de urgencia.
emergency-visits = Consultas
emergency-no-visit = ninguna consulta cuya clave tenga esta organización

glass-title = Abrir por urgencia
glass-what = La historia de { $name } se abre sin consentimiento.
glass-recorded = Antes se anota a su nombre. Se informa al paciente, y otra persona lo revisa.
glass-reason = Motivo
glass-note = Qué pasó (solo lo leen quienes lo revisan)

reviews-title = Abiertas por urgencia
reviews-none = ninguna historia se abrió por urgencia
reviews-said = Lo que se dijo
reviews-by = { $verdict } según { $staff } de { $org }, { $time }
reviews-not-told = Aún no se ha informado al paciente.
reviews-overdue = ATRASADA
reviews-review-due = por revisar
reviews-not-reviewed = sin revisar
reviews-when = Cuándo
reviews-whose = Historia de
reviews-opened-by = Abierta por
reviews-of = De
reviews-review = Revisión

review-title = Revisión: { $verdict }
review-why = Por qué (solo lo leen las organizaciones implicadas)
review-told = se ha informado al paciente
review-stays = Queda en el registro a su nombre.

notice-say-why = escriba en pocas palabras por qué: alguien lo leerá al revisar
notice-glass-recorded = anotado: se informa al paciente, y otra persona lo revisa
notice-review-own = la abrió usted: debe revisarla otra persona
notice-review-other-org = esta la revisa otra organización
notice-reviewed = revisada: está en el registro, donde también la ve el paciente
