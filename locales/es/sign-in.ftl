sign-in-title = Entrar
sign-in-asking = preguntando al nodo …
sign-in-camera = cámara
sign-in-by-face = Entrar por el rostro
sign-in-by-pin = Entrar por PIN
sign-in-by-passphrase = Entrar por frase de acceso
sign-in-instead = Tab: PIN o frase de acceso.
sign-in-never-stored = No se guarda ninguna imagen.

mirror-waiting = esperando a la cámara …
mirror-face = La cámara ve un rostro. (Sin imagen en esta terminal.)
mirror-no-face = La cámara no ve ningún rostro. (Sin imagen en esta terminal.)

tries-left = { $n ->
    [one] queda { $n } intento
   *[other] quedan { $n } intentos
 }
face-look = Mire a la cámara.
face-locked = Bloqueado.
face-again = Enter para mirar otra vez, Tab para su PIN.
face-begin = Enter para entrar por el rostro, Tab para su PIN.
face-not-recognised = No reconocido, { $left }.
face-not-live = { $why } ({ $left })
face-can-try = Puede intentarlo de nuevo.
face-wait = Demasiados intentos: espere { $seconds } s.
face-then = Después, Enter para mirar otra vez.

odds-enrolled = Registrados aquí: { $n }.
odds-attempt = El rostro de un extraño pasa una vez en { $n } intentos.
odds-comparison = (1 en { $n } por comparación)
odds-infrared = Se exige cámara infrarroja.

pin-how = Las letras buscan su nombre, las cifras son su PIN.
pin-name = Nombre
pin-pin = PIN
pin-nobody = nadie con ese nombre
pin-new-shift = turno nuevo

passphrase-sealed = Este equipo está sellado desde que arrancó. La primera frase de acceso lo abre.
passphrase-camera = Escriba su frase de acceso. Tab tras ella vuelve a la cámara.
passphrase-once = Su PIN o su rostro bastarán una vez dada la frase de acceso.
passphrase-login = Usuario
passphrase-passphrase = Frase de acceso
passphrase-until = Hasta entonces nada se puede leer y la sincronización espera.

notice-login-first = escriba primero su usuario
notice-pin-nobody = nadie con ese nombre puede entrar por PIN: Tab para su frase de acceso
notice-pin-first = escriba primero su PIN
notice-pin-needed = esta vez hace falta su PIN
notice-passphrase-needed = esta vez hace falta su frase de acceso
notice-signed-in = sesión abierta: { $name }
notice-signed-in-took = sesión abierta: { $name } ({ $machine } s, y { $challenge } s para girar la cabeza)
