form-patient = Identificador
form-patient-hint = 32 signos, como en la lista o el papel
form-not-a-patient = «{ $typed }» no es un identificador de paciente: tiene 32 signos, de 0 a 9 y de a a f, como en la lista de pacientes
form-from = Primer día
form-to = Último día
form-not-a-day = «{ $typed }» no es un día: escríbalo como 01/03/2026
form-leave-what = Aún no se envió nada: lo escrito aquí se pierde.
notice-typed-lost = bloqueado; un formulario a medio llenar debe llenarse de nuevo
