card-camera = Cámara
card-looking = buscando una tarjeta …
card-not-looking = la cámara no mira
card-read-title = Leer una tarjeta
card-hold = Ponga el código cuadrado ante la cámara, plano y quieto.
card-scanner = También sirve un lector que teclea: lea y pulse Enter.
card-typed = { $n ->
    [one] { $n } carácter escrito
   *[other] { $n } caracteres escritos
 }
card-look-again = Enter para mirar otra vez.
card-pin-title = El PIN del paciente
card-pin-why = La tarjeta está leída. Gire el teclado hacia el paciente: solo él sabe el PIN.
card-pin = PIN
card-once-more = Otra vez
card-choose-title = Una tarjeta para { $name }
card-choose-why = El paciente elige un PIN de 6 a 12 cifras y lo escribe dos veces.
card-reissue = La tarjeta que tenía, y lo que firmó, termina para siempre.
card-name = Tarjeta Aidpost
card-patient = paciente { $id }
card-serial = serie { $id }
card-copy = Fotografíelo con el teléfono del paciente, o cópielo en papel, ahora: no se guarda en ningún sitio.
card-ended = { $n ->
    [one] Ha terminado { $n } consentimiento de la tarjeta anterior: que el paciente lo firme de nuevo.
   *[other] Han terminado { $n } consentimientos de la tarjeta anterior: que el paciente los firme de nuevo.
 }
card-lost = Una tarjeta perdida se repone con K en la pantalla de consentimiento.
card-revoke-title = ¿Anular toda tarjeta de este paciente?
card-revoke-what = Ninguna tarjeta de { $name } abre ya nada, para siempre, y lo que firmaron terminó; los otros equipos se enteran al encontrarse. No se hace otra: k hace una.
notice-cards-revoked = toda tarjeta anterior está anulada: bloque { $seq } ({ $block })
card-too-small = La tarjeta está hecha. Agrande la ventana (al menos 67 por 23) para ver su código; no se guarda en ningún sitio.

notice-card-read = la tarjeta está leída: que el paciente escriba el PIN
notice-card-signed = la tarjeta firmó: esta organización puede leer { $days } días; «c» lo muestra y lo termina
notice-card-pin-differs = no coinciden: que el paciente escriba el PIN otra vez
card-leave-title = ¿Salir sin el código?
card-leave-what = El código de esta tarjeta no está en ningún otro sitio: si no está en papel, hará falta otra tarjeta.
card-leave-yes = salir
card-leave-no = volver al código
notice-card-waits = bloqueado: el código de la nueva tarjeta vuelve si la misma persona entra antes de una hora
notice-card-gone = el código de una nueva tarjeta se perdió: si no está en papel, reponga la tarjeta (K, pantalla de consentimiento)
card-print-title = Imprimir la tarjeta
card-print-what = En papel, o en PDF para imprimir. No abre nada sin su PIN. No deje por ahí un archivo con ella.
notice-card-in-file = la tarjeta está en { $path }
notice-card-to-printer = la tarjeta se envió a la impresora
