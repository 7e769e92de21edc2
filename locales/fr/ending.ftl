# Dire que quelque chose est fini, et ce qui est fini dans un dossier.
ended-stopped = arrêté
ended-resolved = guéri
ended-cancelled = annulé
ended-mistaken = écrit par erreur
ends-stopped = arrêté : il n'est plus pris
ends-resolved = guéri : c'est fini
ends-cancelled = annulé : le patient ne doit pas venir ce jour-là
ends-mistaken = écrit par erreur : cela n'a jamais été

ending-title = Ce qui est en cours : { $name } ({ $n })
ending-kind = Genre
ending-what = Quoi
ending-since = Vu le
ending-how = Comment est-ce fini ?
ending-sure = Signer que c'est fini ?
ending-kept = Ce qui était écrit reste dans l'historique.

notice-nothing-stands = rien de codé ici n'est en cours : ni problème, médicament, allergie, vaccin ou prochaine consultation
notice-ended = { $how } : bloc { $seq } ({ $block }) ; ce qui était écrit est gardé

place-ending = Ce qui est fini
next-ending = choisissez ce qui est fini, puis Enter ; rien n'est encore signé
next-ending-how = choisissez comment, puis Enter ; rien n'est encore signé
key-end-item = quelque chose est fini
key-ending-pick = choisir
