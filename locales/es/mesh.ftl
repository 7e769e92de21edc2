mesh-title = Red
mesh-this = Este equipo
mesh-down = El enlace está cortado: nada se envía ni se recibe. l lo activa.
mesh-metered-soon = Enlace de uso medido: cortado hasta la próxima ronda, pronto.
mesh-metered-next = Enlace de uso medido: cortado hasta la próxima ronda, en { $time }.
mesh-up = El enlace está activo: { $addresses }
mesh-all-elsewhere = Todo lo de aquí está también en otro equipo.
mesh-only-here = { $n ->
    [one] { $n } bloque está solo aquí: se pierde si se pierde este equipo.
   *[other] { $n } bloques están solo aquí: se pierden si se pierde este equipo.
 }
mesh-waiting = { $n ->
    [one] De { $n } bloque solo está aquí la cabecera: su contenido llegará después.
   *[other] De { $n } bloques solo están aquí las cabeceras: su contenido llegará después.
 }
mesh-ticket = Billete: { $ticket }
mesh-ticket-title = Billete de este equipo
mesh-ticket-how = Otro equipo lo introduce con 'aidpost sync --ticket' para encontrarse con este.
mesh-ticket-too-small = El código necesita una ventana de al menos { $wide } por { $high }; 'aidpost status --qr' también lo muestra.
mesh-limits = Ajustes: { $all }.
mesh-limit-up = envía como máximo { $n } kbit/s
mesh-limit-down = recibe como máximo { $n } kbit/s
mesh-limit-metered = de uso medido, activo cada { $n } min
mesh-limit-relay = relé { $address }
mesh-limit-own = guarda los registros de sus propios pacientes
mesh-limit-district = guarda los registros de sus propios pacientes y de { $orgs }
mesh-limit-files = los archivos cuando se abren
mesh-others = Otros equipos ({ $n })
mesh-others-at = Otros equipos ({ $n }), el elegido en { $address }
mesh-no-other = Aún no hay otro equipo certificado en este consorcio.
mesh-terminal = Equipo
mesh-org = Organización
mesh-last-met = Visto
mesh-lacks = Le falta
mesh-bytes = Bytes
mesh-left = Queda
mesh-address = Dirección
mesh-nothing = nada
mesh-never = nunca
mesh-last-sync = Última sincronización desde esta pantalla
mesh-no-sync = ninguna aún: s busca ahora a los otros
mesh-met = { $peer }: enviados { $sent }, recibidos { $received }, { $bytes } bytes, { $millis } ms
mesh-problem = { $peer }: { $problem }
mesh-out-title = Memoria: escribir un paquete
mesh-in-title = Memoria: leer paquetes
mesh-out-what = Sellado para los otros equipos: quien lo lleva no puede leerlo.
mesh-in-what = Lee cada paquete de la carpeta que sea para este equipo.
mesh-folder = Carpeta

notice-busy = aún ocupado: espere un momento
notice-folder = escriba la carpeta de la memoria, como /media/stick
notice-nobody-met = no se encontró ningún equipo: ninguno tiene dirección conocida o no se alcanza
notice-terminals = { $n ->
    [one] { $n } equipo
   *[other] { $n } equipos
 }
notice-bundles = { $n ->
    [one] { $n } paquete
   *[other] { $n } paquetes
 }
notice-met = { $terminals }: enviados { $sent } bloques, recibidos { $received } nuevos
notice-met-some = { $terminals }: enviados { $sent } bloques, recibidos { $received } nuevos; { $missed } sin respuesta
notice-link-up = el enlace está activo: se puede encontrar a otros equipos
notice-link-down = el enlace está cortado: nada se envía ni se recibe
notice-no-ticket = no hay billete mientras el enlace está cortado: l lo activa
notice-carried-out = escrito { $path }: { $blocks } bloques para { $terminals }, { $bytes } bytes
notice-no-bundle = ningún paquete para este equipo en esa carpeta
notice-mesh-stopped = detenido: lo que ya pasó se queda, y nada queda a medias
notice-carried-in = { $bundles }: { $new } bloques nuevos
