# What comes in fixed sets.
role-registrar = registrar
role-nurse = nurse
role-clinician = clinician
role-pharmacist = pharmacist
role-lab = lab
role-researcher = researcher
role-insurer = insurer
role-bureau = bureau
role-admin = admin

purpose-treatment = treatment
purpose-payment = payment
purpose-research = research
purpose-public-health = public-health
purpose-emergency = emergency

part-general = general
part-sexual-reproductive = sexual-reproductive
part-mental-health = mental-health
part-hiv = hiv
part-genetic = genetic
part-administrative = administrative
part-emergency = emergency summary

gender-female = female
gender-male = male
gender-other = other
gender-unknown = unknown

vital-temperature = Temperature
vital-heart-rate = Heart rate
vital-breathing = Breathing
vital-systolic = BP systolic
vital-diastolic = BP diastolic
vital-oxygen = SpO2
vital-weight = Weight
vital-height = Height

kind-governance = governance
kind-records = records
kind-consent = consent
kind-keys = keys
kind-audit = audit
kind-cosignature = cosignature
kind-summary = summary
kind-rights = rights
kind-attachment = attachment

reason-cannot-answer = the patient cannot answer
reason-danger = danger to life: there is no time to ask
reason-no-guardian = nobody who may decide for the patient can be reached
reason-other = another reason, written below

verdict-justified = justified
verdict-unjustified = unjustified
dimension-gender = gender
dimension-age = age
dimension-year = year
dimension-fever = fever
dimension-all = all
heading-fever = fever
heading-no-fever = no fever
heading-unknown-age = not known
org-clinic = clinic
org-hospital = hospital
org-research = research
org-insurer = insurer
org-bureau = health bureau

doubt-fork = past a fork of its log
doubt-cutoff = after its terminal was suspended
doubt-expelled = after its organisation was expelled
doubt-uncertified = from a terminal that is not certified yet

field-name = name
field-birth-year = birth year
field-gender = gender
field-village = village
field-phone = phone
field-time = time
field-reason = reason
field-note = note

bad-empty = { $field } is empty: fill it in
bad-too-long = { $field } is too long: at most { $most } characters
bad-unprintable = { $field } holds characters that cannot be shown: type it again
bad-not-a-number = { $field }: '{ $typed }' is not a number: write it like { $example }
bad-impossible = { $field }: { $value } { $unit } is not possible ({ $low } to { $high }): check the unit and the digits
bad-twice = { $field } is given twice: keep one value
bad-pressure = blood pressure: the lower value must be below the upper one
bad-birth-year = year of birth { $year } is not possible
relation-mother = mother
relation-father = father
relation-grandparent = grandparent
relation-sibling = sister or brother
relation-relative = relative
relation-spouse = wife or husband
relation-child = daughter or son
relation-guardian = guardian
