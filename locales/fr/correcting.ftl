# Corriger ce qui est écrit, et les versions qu'il y a eu.
correct-who = Corriger qui c'est : { $name }
correct-visit = Corriger la consultation du { $time } : { $name }
correct-was = avant : { $what }
correct-was-empty = avant : rien
correct-note-changed = la note est changée
correct-nothing = Rien n'est encore changé.
correct-changes = { $n ->
    [one] Un champ change. Ctrl-S signe la correction.
   *[other] { $n } champs changent. Ctrl-S signe la correction.
}
correct-kept = Ce qui était écrit est gardé : H dans le dossier montre chaque version.
correct-leave-title = Partir sans enregistrer ?
correct-leave-what = La correction n'est pas enregistrée : ce qui est tapé ici est jeté.
correct-leave-yes = partir
correct-leave-no = continuer
chart-corrected = corrigé depuis ; ce qui était écrit est gardé
chart-who-corrected = corrigé

history-visit = Versions d'une consultation de { $name } ({ $n })
history-who = Versions de qui c'est : { $name } ({ $n })
history-when = Écrite
history-by = Par
history-state = État
history-stands = en vigueur
history-replaced = remplacée
history-changed = Ce que cette version a changé
history-first = C'est la première version : elle n'a rien changé.
history-only = Il n'y a qu'une version : rien n'a été corrigé.
history-same = Rien ne diffère de la version d'avant.
history-before = avant :
history-now = depuis :

notice-nothing-changed = rien n'est changé : changez un champ, ou sortez avec Esc
notice-corrected = corrigé : bloc { $seq } ({ $block }) ; ce qui était écrit est gardé
notice-perhaps-corrected = on ne sait pas si la correction a été enregistrée : regardez d'abord le dossier ({ $why })
notice-correction-kept = verrouillé ; la correction est gardée comme brouillon : rouvrez-la dans le dossier
notice-no-visit = il n'y a pas encore de consultation : n écrit la première
notice-names-no-visit = ce n'est pas une consultation : choisissez-en une dans la liste
notice-visit-not-ours = { $org } a écrit cette consultation et peut seul la corriger : écrivez la vôtre à ce sujet
notice-visit-from-elsewhere = cette consultation vient d'ailleurs et reste comme elle est : écrivez la vôtre à ce sujet
notice-decide-first = cette consultation a été écrite à deux endroits à la fois : choisissez d'abord, avec d

place-correct = Correction
place-history = Versions d'un écrit
next-correct = changez ce qui est faux ; ce qui diffère dit ce qu'il y avait
next-history = rien de ce qui a été remplacé n'est perdu ; Esc revient au dossier
key-correct-visit = corriger cette consultation
key-correct-who = corriger qui est le patient
key-save-correction = signer
key-history = versions de cette consultation
key-read-on = lire la suite d'une longue consultation
key-who-history = versions de qui est le patient
key-version-before = version d'avant
key-version-after = version d'après
