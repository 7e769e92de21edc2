sign-in-title = Sign in
sign-in-asking = asking the node …
sign-in-camera = camera
sign-in-by-face = Sign in by face
sign-in-by-pin = Sign in by PIN
sign-in-by-passphrase = Sign in by passphrase
sign-in-instead = Tab: PIN or passphrase instead.
sign-in-never-stored = Pictures are never stored.

mirror-waiting = waiting for the camera …
mirror-face = The camera sees a face. (No picture on this terminal.)
mirror-no-face = The camera sees no face. (No picture on this terminal.)

tries-left = { $n ->
    [one] 1 try left
   *[other] { $n } tries left
 }
face-look = Look into the camera.
face-locked = Locked.
face-again = Press Enter to look again, or Tab for your PIN.
face-begin = Press Enter to sign in by face, or Tab for your PIN.
face-not-recognised = Not recognised, { $left }.
face-not-live = { $why } ({ $left })
face-can-try = You can try again.
face-wait = Too many attempts: wait { $seconds } s.
face-then = Then press Enter to look again.

odds-enrolled = Enrolled here: { $n }.
odds-attempt = A stranger's face passes once in { $n } tries.
odds-comparison = (1 in { $n } a comparison)
odds-infrared = Infrared camera required.

pin-how = Letters find your name, digits are your PIN.
pin-name = Name
pin-pin = PIN
pin-nobody = nobody of that name
pin-new-shift = new shift

passphrase-sealed = This terminal is sealed since it was started. The first passphrase opens it.
passphrase-camera = Type your passphrase. Tab behind it goes back to the camera.
passphrase-once = Your PIN or face can sign you in once your passphrase was given.
passphrase-login = Login name
passphrase-passphrase = Passphrase
passphrase-until = Until then nothing can be read and sync waits.

notice-login-first = type your login name first
notice-pin-nobody = nobody of that name can sign in by PIN: press Tab for your passphrase
notice-pin-first = type your PIN first
notice-pin-needed = your PIN is needed this time
notice-passphrase-needed = your passphrase is needed this time
notice-signed-in = signed in as { $name }
notice-signed-in-took = signed in as { $name } ({ $machine } s, and { $challenge } s of turning the head)
