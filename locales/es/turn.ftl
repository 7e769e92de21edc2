# El turno del paciente: palabras sencillas, dirigidas a él.
turn-title = turno del paciente
turn-instead = ¿El paciente quiere leer a solas? Esc, y Ctrl-T le entrega el terminal.
turn-look = Su tarjeta
turn-hold = Ponga el código cuadrado de su tarjeta ante la cámara, plano y quieto.
turn-scan = O escanéelo, y pulse Intro.
notice-turn-no-camera = La cámara no ve su tarjeta. Escanéela, o pida ayuda.
turn-pin = Su PIN
turn-pin-how = Escriba el PIN de su tarjeta. Nadie más debe verlo. Después pulse Intro.
turn-record = Su historia
turn-sharing = Quién puede leerla
turn-readers = Quién la ha leído
turn-page = { $name } · página { $n } de { $of }
turn-allergies = Usted no tolera
turn-problems = Sus enfermedades
turn-medicines = Sus medicinas
turn-vaccines = Sus vacunas
turn-no-vaccine = Aún no hay ninguna vacuna escrita.
turn-from-elsewhere = vino de otro lugar
turn-unreadable = { $n ->
    [one] 1 nota no se abre aquí: pregunte al personal.
   *[other] { $n } notas no se abren aquí: pregunte al personal.
 }
turn-no-visit = Aún no hay ninguna consulta escrita.
turn-written-by = escrito por { $staff }, { $org }
turn-keeps = { $org } guarda su historia y la lee para atenderle.
turn-nobody = Nadie más puede leerla.
turn-may-read = puede leer: { $parts }
turn-for-treatment = para atenderle
turn-for-payment = para pagar su atención
turn-for-research = para investigar, sin su nombre
turn-for-public-health = para contar enfermedades, sin su nombre
turn-for-emergency = en una urgencia, sin preguntarle
turn-until = hasta el { $day }
turn-no-end = hasta que usted lo pare
turn-emergency = En una urgencia, otros pueden ver sus alergias, medicinas, enfermedades y grupo sanguíneo.
turn-no-emergency = Usted eligió que otros no vean nada, ni en una urgencia.
turn-nobody-read = Nadie la ha leído aún.
turn-read-own = Usted mismo la leyó, con su tarjeta.
turn-read = { $staff } de { $org } la leyó
turn-read-file = { $staff } de { $org } se la llevó en un archivo
turn-read-refused = { $staff } de { $org } quiso leerla, y no pudo
turn-stop-title = ¿Dejar de compartir?
turn-stop-what = { $org } no leerá nada nuevo de usted.
turn-stop-before = Lo que ya se leyó no se puede recuperar. Puede permitirlo otra vez más tarde.

place-turn = El paciente lee su historia
place-turn-look = El paciente muestra su tarjeta
place-turn-pin = El paciente escribe su PIN
next-turn-look = muestre su tarjeta; Esc cuando termine
next-turn-pin = escriba su PIN y pulse Intro
next-turn = Derecha: página siguiente; Esc cuando termine
busy-turn = un momento …
key-turn = entregar el terminal al paciente
key-turn-done = he terminado
key-turn-next = página siguiente
key-turn-before = página anterior
key-turn-down = más abajo
key-turn-up = más arriba
key-turn-stop = dejar de compartir

notice-turn-over = el paciente ha terminado: identifíquese
notice-turn-idle = el turno del paciente terminó: nadie pulsó una tecla en dos minutos
notice-turn-time = el turno del paciente terminó: pasó un cuarto de hora
notice-turn-nobody = nadie más puede leer su historia
notice-turn-stopped = { $org } no leerá nada nuevo de usted

# What the node says to a patient.
node-card-pin = PIN equivocado: que el paciente lo escriba otra vez; tras cinco errores este terminal espera cada vez más
node-card-revoked = esta tarjeta se declaró perdida o copiada y ya no abre nada: guárdela, y que el centro del paciente haga otra
node-card-nothing = la tarjeta aún no abre nada de esta historia aquí: pregunte al centro que la guarda
node-turn-over = el turno del paciente terminó: alguien del personal empieza otro
