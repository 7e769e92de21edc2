role-registrar = msajili
role-nurse = muuguzi
role-clinician = tabibu
role-pharmacist = mfamasia
role-lab = maabara
role-researcher = mtafiti
role-insurer = bima
role-bureau = idara ya afya
role-admin = msimamizi

purpose-treatment = matibabu
purpose-payment = malipo
purpose-research = utafiti
purpose-public-health = afya ya umma
purpose-emergency = dharura

part-general = jumla
part-sexual-reproductive = afya ya uzazi
part-mental-health = afya ya akili
part-hiv = VVU
part-genetic = jeni
part-administrative = utawala
part-emergency = muhtasari wa dharura

gender-female = mwanamke
gender-male = mwanamume
gender-other = nyingine
gender-unknown = haijulikani

vital-temperature = Jotomwili
vital-heart-rate = Mapigo
vital-breathing = Upumuaji
vital-systolic = BP ya juu
vital-diastolic = BP ya chini
vital-oxygen = SpO2
vital-weight = Uzito
vital-height = Urefu

kind-governance = utawala
kind-records = rekodi
kind-consent = ridhaa
kind-keys = funguo
kind-audit = ukaguzi
kind-cosignature = saini
kind-summary = muhtasari
kind-rights = haki
kind-attachment = kiambata

reason-cannot-answer = mgonjwa hawezi kujibu
reason-danger = maisha hatarini: hakuna muda wa kuuliza
reason-no-guardian = hakuna wa kuamua kwa niaba ya mgonjwa anayepatikana
reason-other = sababu nyingine, imeandikwa chini

verdict-justified = ilistahili
verdict-unjustified = haikustahili
dimension-gender = jinsia
dimension-age = umri
dimension-year = mwaka
dimension-fever = homa
dimension-all = wote
heading-fever = homa
heading-no-fever = bila homa
heading-unknown-age = haujulikani
org-clinic = zahanati
org-hospital = hospitali
org-research = utafiti
org-insurer = bima
org-bureau = idara ya afya

doubt-fork = baada ya mgawanyiko wa kumbukumbu yake
doubt-cutoff = baada ya kompyuta yake kusimamishwa
doubt-expelled = baada ya shirika lake kuondolewa
doubt-uncertified = kutoka kompyuta isiyothibitishwa bado

field-name = jina
field-birth-year = mwaka kuzaliwa
field-gender = jinsia
field-village = kijiji
field-phone = simu
field-time = muda
field-reason = sababu
field-note = maelezo

bad-empty = { $field }: ni tupu, jaza
bad-too-long = { $field }: ni ndefu mno, herufi { $most } kwa zaidi
bad-unprintable = { $field }: ina herufi zisizoonekana, andika tena
bad-not-a-number = { $field }: '{ $typed }' si namba: andika kama { $example }
bad-impossible = { $field }: { $value } { $unit } haiwezekani ({ $low } hadi { $high }): angalia kipimo na tarakimu
bad-twice = { $field }: imetolewa mara mbili, bakiza moja
bad-pressure = shinikizo la damu: namba ya chini lazima iwe ndogo kuliko ya juu
bad-birth-year = mwaka wa kuzaliwa { $year } hauwezekani
relation-mother = mama
relation-father = baba
relation-grandparent = babu au bibi
relation-sibling = dada au kaka
relation-relative = ndugu
relation-spouse = mke au mume
relation-child = binti au mwana
relation-guardian = mlezi
