# Un niño menor de cinco años en las curvas de la OMS.
growth-weight-for-stature = Peso para la talla
growth-weight-for-age = Peso para la edad
growth-stature-for-age = Talla para la edad
growth-implausible = imposible: mida otra vez
growth-severely-wasted = emaciación grave
growth-wasted = emaciación moderada
growth-severely-underweight = peso muy bajo
growth-underweight = peso bajo moderado
growth-severely-stunted = retraso grave de talla
growth-stunted = retraso moderado de talla
growth-normal = normal
growth-risk = riesgo de sobrepeso
growth-overweight = sobrepeso
growth-obese = obesidad
growth-see-stature = vea peso para la talla
growth-source = Puntuaciones z según los patrones de la OMS (2006). Acostado antes de los dos años, de pie después.
growth-no-birth-date = No se sabe el día de nacimiento: solo se puede juzgar el peso para la talla.
growth-never = Nunca se midió antes de los cinco años.
growth-outside = fuera de la tabla
growth-at-stature = { $weight } kg con { $stature } cm
growth-weight-at-age = { $n ->
    [one] { $weight } kg con 1 mes
   *[other] { $weight } kg con { $n } meses
 }
growth-stature-at-age = { $n ->
    [one] { $stature } cm con 1 mes
   *[other] { $stature } cm con { $n } meses
 }
growth-cm = { $n } cm
growth-months = { $n ->
    [one] 1 mes
   *[other] { $n } meses
 }

place-growth = El crecimiento de un niño
next-growth = Izquierda, Derecha: qué se juzga; Abajo, Arriba: cada consulta
key-growth = crecimiento del niño

notice-no-growth = hacen falta peso y talla de un niño o una niña menor de cinco años
