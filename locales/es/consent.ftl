consent-title = Consentimiento de { $name }
consent-who-read = Quién leyó
consent-none = No se comparte nada. g permite leer a una organización.
consent-nobody = nadie todavía
consent-may-read = Puede leer
consent-for = Para
consent-parts = Partes
consent-until = Hasta
consent-standing = Estado
consent-no-end = sin fin
consent-read = leído
consent-refused = negado
consent-opted-out = Sin resumen de urgencia para otras organizaciones.
consent-tell = AVISE AL PACIENTE: urgencia { $time }, { $staff } de { $org }
consent-stop-title = ¿Dejar de compartir?
consent-stop-what = { $org } ya no podrá leer nada de { $name }, tampoco por lo que se permita en otro sitio en este momento. Lo que ya se leyó no se puede retirar.
consent-stop-yes = dejar de compartir con { $org }
consent-stop-no = mantener

standing-in-force = vigente
standing-revoked = retirado
standing-expired = terminado
standing-not-yet = todavía no
standing-parent = cesó arriba
standing-untrusted = no fiable

grant-title = { $name } permite leer
grant-org = Organización
grant-purpose = Para qué
grant-days = Días
grant-days-hint = vacío: hasta que se retire
grant-no-part = marque al menos una parte de la historia con Space
grant-not-days = días: «{ $typed }» no es un número de días: escríbalo como 30, o déjelo vacío

notice-no-other-org = aquí no se conoce otra organización
notice-select-grant = elija lo vigente con Up y Down, luego pulse s
notice-granted = { $org } ya puede leer
notice-stopped = ya no se comparte: bloque { $seq } ({ $block })
