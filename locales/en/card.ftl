card-camera = Camera
card-looking = looking for a card …
card-not-looking = the camera does not look
card-read-title = Read a patient's card
card-hold = Hold the square code before the camera, flat and still.
card-scanner = A scanner that types works too: scan, then Enter.
card-typed = { $n ->
    [one] 1 character typed
   *[other] { $n } characters typed
 }
card-look-again = Press Enter to look again.
card-pin-title = The patient's PIN
card-pin-why = The card is read. Turn the keyboard to the patient: only they know the PIN.
card-pin = PIN
card-once-more = Once more
card-choose-title = A card for { $name }
card-choose-why = The patient chooses a PIN of 6 to 12 digits, and types it twice.
card-reissue = The card they had, and what it signed, ends for ever.
card-name = Aidpost card
card-patient = patient { $id }
card-serial = serial { $id }
card-copy = Photograph it with the patient's phone, or copy it to paper, now: it is kept nowhere.
card-ended = { $n ->
    [one] 1 consent of the old card has ended: let the patient sign it anew.
   *[other] { $n } consents of the old card have ended: let the patient sign them anew.
 }
card-lost = A lost card is replaced with K on the consent screen.
card-revoke-title = End every card of this patient?
card-revoke-what = No card of { $name } opens anything any more, for ever, and what they signed has ended; other terminals hear of it when they meet. No new one is made: k makes one.
notice-cards-revoked = every card of before is ended: block { $seq } ({ $block })
card-too-small = The card is made. Make the window larger (at least 67 by 23) to see its code; it is kept nowhere.

notice-card-read = the card is read: let the patient type the PIN
notice-card-signed = the card signed: this organisation may read for { $days } days; 'c' shows and ends it
notice-card-pin-differs = the two differ: let the patient type the PIN again
card-leave-title = Leave without the code?
card-leave-what = The code of this card is nowhere else: if it is on no paper, the patient needs another card.
card-leave-yes = leave
card-leave-no = back to the code
notice-card-waits = locked: the new card's code comes back when the same person signs in within the hour
notice-card-gone = the code of a new card is gone: if it is on no paper, replace the card (K on the consent screen)
card-print-title = Print the card
card-print-what = On paper or as a PDF, to be printed. It opens nothing without its PIN. A file with it must not be left lying about.
notice-card-in-file = the card is in { $path }
notice-card-to-printer = the card was sent to the printer
