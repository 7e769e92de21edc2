ledger-title = Registro
ledger-trust = Confianza
ledger-gap = FALTAN: aquí hay { $held } de { $known } bloques de { $device } ({ $org }); { $by } los ha cofirmado
ledger-clock = RELOJ: el de { $device } ({ $org }) va mal: { $time }
ledger-doubtful = DUDOSO: { $all }.
ledger-forked = { $n } bifurcado
ledger-two-things = { $n } con doble palabra
ledger-quarantined = { $n ->
    [one] { $n } bloque en cuarentena
   *[other] { $n } bloques en cuarentena
 }
ledger-gaps = { $n } con faltas
ledger-clocks = { $n ->
    [one] { $n } reloj mal
   *[other] { $n } relojes mal
 }
ledger-withheld = { $n ->
    [one] { $n } bloque sin sus claves
   *[other] { $n } bloques sin sus claves
 }
ledger-says = dice { $said }
ledger-after-says = tras { $after }, dice { $said }
ledger-says-before = dice { $said }, antes de { $before }
ledger-between = tras { $after }, dice { $said }, antes de { $before }
ledger-selected = { $block }: { $doubt }; { $time }
ledger-only-here = { $block } está solo aquí.
ledger-also-on = { $block } está también en { $names }.
ledger-fork = BIFURCACIÓN: { $what }
ledger-no-fork = No se conoce ninguna bifurcación.
ledger-undamaged = Comprobados { $pages } páginas y { $blocks } bloques: sin daños.
ledger-damaged = Comprobados { $pages } páginas y { $blocks } bloques: { $n } dañados.
ledger-logs = Diarios ({ $n })
ledger-terminal = Equipo
ledger-org = Organización
ledger-blocks = Bloques
ledger-last = Último, su reloj
ledger-newest = Bloques, los { $n } últimos de { $total }
ledger-mark-doubtful = DUDOSO
ledger-mark-only-here = solo aquí
ledger-block = Bloque
ledger-kind = Tipo
ledger-number = N.º
ledger-clock-time = Su reloj
ledger-bytes = Bytes

notice-adopt-other-org = lo adopta un clínico de la organización que lo escribió
notice-adopt-select = elija un bloque en cuarentena con Up y Down, luego pulse a
notice-adopted = adoptado: vuelve a contar, a su nombre
notice-verified = comprobados { $pages } páginas y { $blocks } bloques: sin daños
notice-check-stopped = la comprobación se detuvo
notice-damage = { $n ->
    [one] daño en { $n } lugar: se nombra en Confianza
   *[other] daños en { $n } lugares: se nombran en Confianza
 }

prove-title = Prueba de que el bloque { $block } es definitivo
prove-what = Quien tenga el archivo y la huella de este consorcio puede comprobarla, sin red: aidpost verify --proof ARCHIVO.
prove-hint = un archivo nuevo
prove-no-file = escriba adónde va la prueba
notice-proved = escrito: { $path }
