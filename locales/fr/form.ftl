form-patient = Identifiant
form-patient-hint = 32 signes, comme sur la liste ou le papier
form-not-a-patient = « { $typed } » n'est pas un identifiant de patient : il a 32 signes, 0 à 9 et a à f, comme dans la liste des patients
form-from = Premier jour
form-to = Dernier jour
form-not-a-day = « { $typed } » n'est pas un jour : écrivez par exemple 01/03/2026
form-leave-what = Rien n'a encore été envoyé : ce qui a été tapé ici est perdu.
notice-typed-lost = verrouillé ; un formulaire à moitié rempli est à remplir de nouveau
