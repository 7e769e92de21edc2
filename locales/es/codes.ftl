role-registrar = admisión
role-nurse = enfermería
role-clinician = clínico
role-pharmacist = farmacia
role-lab = laboratorio
role-researcher = investigación
role-insurer = aseguradora
role-bureau = salud pública
role-admin = admin

purpose-treatment = atención
purpose-payment = pago
purpose-research = investigación
purpose-public-health = salud pública
purpose-emergency = urgencia

part-general = general
part-sexual-reproductive = salud sexual
part-mental-health = salud mental
part-hiv = VIH
part-genetic = genética
part-administrative = administrativa
part-emergency = resumen de urgencia

gender-female = femenino
gender-male = masculino
gender-other = otro
gender-unknown = desconocido

vital-temperature = Temperatura
vital-heart-rate = Pulso
vital-breathing = Respiración
vital-systolic = PA sistólica
vital-diastolic = PA diastól.
vital-oxygen = SpO2
vital-weight = Peso
vital-height = Talla

kind-governance = gobierno
kind-records = historias
kind-consent = consent.
kind-keys = claves
kind-audit = auditoría
kind-cosignature = cofirma
kind-summary = resumen
kind-rights = derechos
kind-attachment = adjunto

reason-cannot-answer = el paciente no puede responder
reason-danger = peligro de muerte: no hay tiempo de preguntar
reason-no-guardian = no se alcanza a nadie que decida por el paciente
reason-other = otro motivo, escrito abajo

verdict-justified = justificada
verdict-unjustified = injustificada
dimension-gender = sexo
dimension-age = edad
dimension-year = año
dimension-fever = fiebre
dimension-all = todos
heading-fever = fiebre
heading-no-fever = sin fiebre
heading-unknown-age = desconocida
org-clinic = clínica
org-hospital = hospital
org-research = investigación
org-insurer = aseguradora
org-bureau = salud pública

doubt-fork = tras una bifurcación de su diario
doubt-cutoff = tras la suspensión de su equipo
doubt-expelled = tras la expulsión de su organización
doubt-uncertified = de un equipo aún no certificado

field-name = nombre
field-birth-year = año nacim.
field-gender = sexo
field-village = aldea
field-phone = teléfono
field-time = hora
field-reason = motivo
field-note = nota

bad-empty = { $field }: está vacío, rellénelo
bad-too-long = { $field }: demasiado largo, como mucho { $most } caracteres
bad-unprintable = { $field }: tiene caracteres que no se pueden mostrar, escríbalo otra vez
bad-not-a-number = { $field }: «{ $typed }» no es un número: escríbalo como { $example }
bad-impossible = { $field }: { $value } { $unit } no es posible ({ $low } a { $high }): revise la unidad y las cifras
bad-twice = { $field }: está dos veces, deje un valor
bad-pressure = presión arterial: el valor bajo debe ser menor que el alto
bad-birth-year = el año de nacimiento { $year } no es posible
relation-mother = madre
relation-father = padre
relation-grandparent = abuela o abuelo
relation-sibling = hermana o hermano
relation-relative = familiar
relation-spouse = esposa o esposo
relation-child = hija o hijo
relation-guardian = tutor
