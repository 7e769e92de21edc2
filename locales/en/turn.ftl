# A patient's turn at the terminal: plain words, spoken to the patient.
turn-title = a patient's turn
turn-instead = The patient wants to read alone? Esc, then Ctrl-T hands them the terminal.
turn-look = Your card
turn-hold = Hold the square code of your card before the camera. Keep it flat and still.
turn-scan = Or scan it, then press Enter.
notice-turn-no-camera = The camera does not see your card. Scan the card, or ask for help.
turn-pin = Your PIN
turn-pin-how = Type the PIN of your card. Nobody else should see it. Then press Enter.
turn-record = Your record
turn-sharing = Who may read it
turn-readers = Who has read it
turn-page = { $name } · page { $n } of { $of }
turn-allergies = You must not have
turn-problems = Your illnesses
turn-medicines = Your medicines
turn-vaccines = Your vaccines
turn-no-vaccine = No vaccine is written yet.
turn-from-elsewhere = came from elsewhere
turn-unreadable = { $n ->
    [one] 1 entry could not be opened here: ask the staff.
   *[other] { $n } entries could not be opened here: ask the staff.
 }
turn-no-visit = No visit is written yet.
turn-written-by = written by { $staff }, { $org }
turn-keeps = { $org } keeps your record and reads it to treat you.
turn-nobody = Nobody else may read it.
turn-may-read = may read: { $parts }
turn-for-treatment = to treat you
turn-for-payment = to pay for your treatment
turn-for-research = for research, without your name
turn-for-public-health = to count illnesses, without your name
turn-for-emergency = in an emergency, without asking you
turn-until = until { $day }
turn-no-end = until you stop it
turn-emergency = In an emergency, others may see your allergies, medicines, illnesses and blood group.
turn-no-emergency = You chose that others see nothing, not even in an emergency.
turn-nobody-read = Nobody has read it yet.
turn-read-own = You read it yourself, with your card.
turn-read = { $staff } of { $org } read it
turn-read-file = { $staff } of { $org } took it away as a file
turn-read-refused = { $staff } of { $org } wanted to read it, and was refused
turn-stop-title = Stop sharing?
turn-stop-what = { $org } will read nothing new of yours.
turn-stop-before = What they have read already cannot be taken back. You can allow it again later.

place-turn = A patient's own record
place-turn-look = A patient shows their card
place-turn-pin = A patient types their PIN
next-turn-look = show your card; Esc when you are done
next-turn-pin = type your PIN, then Enter
next-turn = Right: next page; Esc when you are done
busy-turn = one moment …
key-turn = hand the terminal to the patient
key-turn-done = I am done
key-turn-next = next page
key-turn-before = page before
key-turn-down = further down
key-turn-up = further up
key-turn-stop = stop sharing

notice-turn-over = the patient is done: sign in
notice-turn-idle = the patient's turn has ended: nobody pressed a key for two minutes
notice-turn-time = the patient's turn has ended: a quarter of an hour is over
notice-turn-nobody = nobody else may read your record
notice-turn-stopped = { $org } may read nothing new of yours

# What the node says to a patient.
node-card-pin = wrong PIN: let the patient type it again; after five wrong ones this terminal waits longer each time
node-card-revoked = this card was reported lost or copied and opens nothing any more: keep it, and let the patient's clinic issue a new one
node-card-nothing = the card opens nothing of this record here yet: ask the clinic that keeps it
node-turn-over = the patient's turn is over: a member of staff begins a new one
