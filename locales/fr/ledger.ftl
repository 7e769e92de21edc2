ledger-title = Registre
ledger-trust = Confiance
ledger-gap = MANQUE : { $held } des { $known } blocs de { $device } ({ $org }) sont ici ; { $by } les a cosignés
ledger-clock = HORLOGE : { $device } ({ $org }) est fausse : { $time }
ledger-doubtful = DOUTEUX : { $all }.
ledger-forked = { $n } bifurqué
ledger-two-things = { $n } de double langage
ledger-quarantined = { $n ->
    [one] { $n } bloc en quarantaine
   *[other] { $n } blocs en quarantaine
 }
ledger-gaps = { $n } avec des manques
ledger-clocks = { $n ->
    [one] { $n } horloge fausse
   *[other] { $n } horloges fausses
 }
ledger-withheld = { $n ->
    [one] { $n } bloc sans ses clés
   *[other] { $n } blocs sans leurs clés
 }
ledger-says = dit { $said }
ledger-after-says = après { $after }, dit { $said }
ledger-says-before = dit { $said }, avant { $before }
ledger-between = après { $after }, dit { $said }, avant { $before }
ledger-selected = { $block } : { $doubt } ; { $time }
ledger-only-here = { $block } n'est qu'ici.
ledger-also-on = { $block } est aussi sur { $names }.
ledger-fork = BIFURCATION : { $what }
ledger-no-fork = Aucune bifurcation connue.
ledger-undamaged = { $pages } pages et { $blocks } blocs vérifiés : aucun dommage.
ledger-damaged = { $pages } pages et { $blocks } blocs vérifiés : { $n } abîmés.
ledger-logs = Journaux ({ $n })
ledger-terminal = Poste
ledger-org = Organisme
ledger-blocks = Blocs
ledger-last = Dernier, horloge
ledger-newest = Blocs, les { $n } plus récents sur { $total }
ledger-mark-doubtful = DOUTEUX
ledger-mark-only-here = qu'ici
ledger-block = Bloc
ledger-kind = Genre
ledger-number = N°
ledger-clock-time = Son horloge
ledger-bytes = Octets

notice-adopt-other-org = c'est un clinicien de l'organisme auteur qui l'adopte
notice-adopt-select = choisissez un bloc en quarantaine avec Up et Down, puis a
notice-adopted = adopté : il compte de nouveau, sous votre nom
notice-verified = { $pages } pages et { $blocks } blocs vérifiés : aucun dommage
notice-check-stopped = la vérification est arrêtée
notice-damage = { $n ->
    [one] dommage trouvé à { $n } endroit : il est nommé sous Confiance
   *[other] dommages trouvés à { $n } endroits : ils sont nommés sous Confiance
 }

prove-title = Preuve que le bloc { $block } est définitif
prove-what = Qui a le fichier et l'empreinte de ce consortium peut la vérifier, sans réseau : aidpost verify --proof FICHIER.
prove-hint = un nouveau fichier
prove-no-file = tapez où va la preuve
notice-proved = écrit : { $path }
