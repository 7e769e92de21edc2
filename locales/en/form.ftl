form-patient = Identifier
form-patient-hint = 32 signs, as the list or a paper has it
form-not-a-patient = '{ $typed }' is not a patient's identifier: it has 32 signs, 0 to 9 and a to f, as the list of patients shows it
form-from = First day
form-to = Last day
form-not-a-day = '{ $typed }' is not a day: write it like 2026-03-01
form-leave-what = Nothing was sent yet: what was typed here is thrown away.
notice-typed-lost = locked; a form that was half filled in must be filled in again
