role-registrar = accueil
role-nurse = infirmier
role-clinician = clinicien
role-pharmacist = pharmacien
role-lab = laboratoire
role-researcher = chercheur
role-insurer = assureur
role-bureau = bureau de santé
role-admin = admin

purpose-treatment = soins
purpose-payment = paiement
purpose-research = recherche
purpose-public-health = santé publ.
purpose-emergency = urgence

part-general = général
part-sexual-reproductive = santé sexuelle
part-mental-health = santé mentale
part-hiv = VIH
part-genetic = génétique
part-administrative = administratif
part-emergency = résumé d'urgence

gender-female = féminin
gender-male = masculin
gender-other = autre
gender-unknown = inconnu

vital-temperature = Température
vital-heart-rate = Pouls
vital-breathing = Respiration
vital-systolic = TA systolique
vital-diastolic = TA diastol.
vital-oxygen = SpO2
vital-weight = Poids
vital-height = Taille

kind-governance = gouvernance
kind-records = dossiers
kind-consent = consent.
kind-keys = clés
kind-audit = audit
kind-cosignature = cosignat.
kind-summary = résumé
kind-rights = droits
kind-attachment = pièce

reason-cannot-answer = le patient ne peut pas répondre
reason-danger = danger de mort : pas le temps de demander
reason-no-guardian = personne pouvant décider pour le patient n'est joignable
reason-other = un autre motif, écrit ci-dessous

verdict-justified = justifié
verdict-unjustified = injustifié
dimension-gender = sexe
dimension-age = âge
dimension-year = année
dimension-fever = fièvre
dimension-all = tous
heading-fever = fièvre
heading-no-fever = sans fièvre
heading-unknown-age = inconnu
org-clinic = dispensaire
org-hospital = hôpital
org-research = recherche
org-insurer = assureur
org-bureau = bureau de santé

doubt-fork = après une bifurcation de son journal
doubt-cutoff = après la suspension de son poste
doubt-expelled = après l'exclusion de son organisme
doubt-uncertified = d'un poste pas encore certifié

field-name = nom
field-birth-year = année naissance
field-gender = sexe
field-village = village
field-phone = téléphone
field-time = heure
field-reason = motif
field-note = note

bad-empty = { $field } : vide, à remplir
bad-too-long = { $field } : trop long, au plus { $most } caractères
bad-unprintable = { $field } : caractères impossibles à montrer, tapez de nouveau
bad-not-a-number = { $field } : « { $typed } » n'est pas un nombre : écrivez par exemple { $example }
bad-impossible = { $field } : { $value } { $unit } est impossible ({ $low } à { $high }) : vérifiez l'unité et les chiffres
bad-twice = { $field } : donné deux fois, gardez une valeur
bad-pressure = tension artérielle : la valeur basse doit être sous la haute
bad-birth-year = année de naissance { $year } impossible
relation-mother = mère
relation-father = père
relation-grandparent = grand-parent
relation-sibling = sœur ou frère
relation-relative = parent
relation-spouse = épouse ou époux
relation-child = fille ou fils
relation-guardian = tuteur
