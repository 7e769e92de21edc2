summary-allergies = Allergies
summary-medicines = Médicaments
summary-problems = Problèmes
summary-none = rien d'écrit
summary-blood-group = Groupe sanguin
summary-not-tested = non testé
summary-write-title = Résumé d'urgence de { $name }
summary-write-what = Ce que doit savoir qui n'a jamais vu le patient. Tout membre peut l'ouvrir en urgence, sauf refus du patient ; il ne contient pas de nom. Il remplace ce que votre organisme gardait.
summary-others = Résumés que d'autres organismes gardent aussi : { $n }
summary-from-visits = Rempli avec ce qui a été écrit aux consultations ici. Vérifiez : ce doit être juste et complet, et tout membre peut le voir.
summary-from-visits-others = Rempli avec ce qui a été écrit aux consultations ici. Vérifiez : ce doit être juste et complet, et tout membre peut le voir. D'autres organisations en gardent { $n } de plus.
summary-list-hint = l'un après l'autre, avec ; entre eux
notice-summary-kept = résumé d'urgence gardé : bloc { $seq } ({ $block })

emergency-title = URGENCE · { $name }
emergency-opened = { $minutes ->
    [one] Ouvert sans consentement ; inscrit au bloc { $block }. Reste { $minutes } minute.
   *[other] Ouvert sans consentement ; inscrit au bloc { $block }. Restent { $minutes } minutes.
 }
emergency-no-summary = Aucun résumé d'urgence ne s'ouvre ici.
emergency-visits = Consultations
emergency-no-visit = aucune consultation dont cet organisme ait la clé

glass-title = Ouvrir en urgence
glass-what = Le dossier de { $name } s'ouvre sans consentement.
glass-recorded = C'est d'abord inscrit sous votre nom. Le patient en est informé, et une autre personne donne son avis.
glass-reason = Motif
glass-note = Ce qui s'est passé (seuls ceux qui donnent un avis le lisent)

reviews-title = Ouverts en urgence
reviews-none = aucun dossier n'a été ouvert en urgence
reviews-said = Ce qui a été dit
reviews-by = { $verdict } selon { $staff } de { $org }, { $time }
reviews-not-told = Le patient n'a pas encore été informé.
reviews-overdue = EN RETARD
reviews-review-due = avis à donner
reviews-not-reviewed = sans avis
reviews-when = Quand
reviews-whose = Dossier de
reviews-opened-by = Ouvert par
reviews-of = De
reviews-review = Avis

review-title = Avis : { $verdict }
review-why = Pourquoi (seuls les organismes concernés le lisent)
review-told = le patient a été informé
review-stays = Cela reste au registre sous votre nom.

notice-say-why = écrivez en quelques mots pourquoi : quelqu'un le lira pour donner son avis
notice-glass-recorded = inscrit : le patient en est informé, et une autre personne donne son avis
notice-review-own = vous l'avez ouvert vous-même : une autre personne doit donner l'avis
notice-review-other-org = l'avis revient à un autre organisme
notice-reviewed = avis donné : il est au registre, où le patient le voit aussi
