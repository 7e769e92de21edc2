# Una medida a lo largo del tiempo.
vitals-pressure = Tensión
vitals-title = { $n ->
    [one] { $name }, { $unit }: 1 valor
   *[other] { $name }, { $unit }: { $n } valores
 }
vitals-never = nunca se midió
vitals-reference = Valores de referencia
vitals-between = { $low } a { $high } { $unit }
vitals-at-least = al menos { $low } { $unit }
vitals-at-most = a lo sumo { $high } { $unit }
vitals-no-range = no se conocen
vitals-source-news = NEWS2 para adultos, Royal College of Physicians, 2017
vitals-source-who = OMS, hipertensión en adultos, 2021; mínimo: el de la consulta
vitals-source-pals = Pediatric Advanced Life Support, 2006
vitals-source-form = lo que la consulta toma por habitual
vitals-above = ▲ por encima de la referencia
vitals-below = ▼ por debajo de la referencia
vitals-within = dentro de la referencia

place-vitals = Signos vitales en el tiempo
next-vitals = Izq., Der.: la medida; Arriba, Abajo: cada valor; PgUp, PgDn: el tiempo
key-vitals = curvas
key-measure-next = siguiente
key-measure-before = medida anterior
key-older-value = anterior
key-newer-value = valor posterior
key-zoom-in = más cerca
key-zoom-out = más lejos
key-whole-time = todo
key-earlier = tiempo anterior
key-later = tiempo posterior

notice-nothing-measured = aún no hay ningún signo vital: n escribe una consulta
