# Les consultations écrites par erreur.
chart-struck = rayée
chart-struck-why = rayée : { $why } ({ $by }, { $at })
chart-struck-elsewhere = reçue comme écrite par erreur ({ $at })
chart-struck-what = Rien n'en compte : aucune mesure, rien de ce qui y était codé.
strike-title = Rayer cette consultation ?
strike-visit = { $time }  { $reason } ({ $author })
strike-what = Elle a été écrite par erreur, peut-être chez un autre patient. Plus rien n'en compte ; elle reste dans le dossier, rayée. Ce qui en a été copié dans le résumé d'urgence y reste : c, puis w l'écrit de nouveau.
strike-why = Pourquoi
strike-hint = p. ex. c'était un autre patient
strike-again-title = Remettre cette consultation ?
strike-again-what = Ce qui y a été mesuré, trouvé et prévu compte de nouveau.

notice-struck = rayée : bloc { $seq } ({ $block }) ; x sur sa ligne la remet
notice-stands-again = elle compte de nouveau : bloc { $seq } ({ $block })
notice-strike-why = dites pourquoi : qui la lira plus tard veut le savoir
notice-visit-struck = cette consultation est rayée : x la remet
field-struck = rayée
key-strike = rayer une consultation, ou la remettre
