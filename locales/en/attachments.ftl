# Files kept with a patient's record: letters, pictures, results.
attachments-title = Files of { $name }: { $n }
attachments-selected = Selected file
attachments-name = Name
attachments-kind = Kind
attachments-size = Size
attachments-when = Kept on
attachments-held = Where
attachments-here = here
attachments-partly = partly here
attachments-elsewhere = elsewhere
attachments-picture = picture
attachments-pdf = PDF
attachments-dicom = X-ray, scan
attachments-text = text
attachments-sound = sound
attachments-film = film
attachments-other = file
attachments-by = kept { $time } by { $who }, { $org }
attachments-whole = All of it is here: Enter writes it to a file.
attachments-missing = { $n } of its { $of } pieces are on other terminals: w asks for them.
attachments-linked = It is in the linked record of { $name }.
attachments-archived = It is in the archive.
attachments-none = No file is kept with this record.
attachments-none-own = No file is kept here yet: a keeps one, p photographs a paper.
attachments-in-chart = { $n ->
    [one] 1 file is kept: f
   *[other] { $n } files are kept: f
 }
attachments-save-title = Write out { $name }
attachments-save-what = To a new file, or into a folder under its own name. Anybody who has the file reads it.
attachments-asks-first = { $n } pieces are not here: the other terminals are asked for them first, which takes a while.
attachments-where = File or folder
attachments-no-place = say where to write it: a folder, or a new file
attachments-add-title = Keep a file with the record of { $name }
attachments-add-what = It is sealed and kept for ever, for whoever may read this record. At most 32 MiB.
attachments-file-hint = like /media/stick/letter.pdf

notice-file-saved = { $name } is written: { $path }
notice-file-kept = kept with the record: block { $seq }
notice-pieces-here = all of it is here already
notice-pieces-came = all of { $name } is here now
notice-pieces-wait = { $n } of its { $of } pieces are still missing: they are asked for at every meeting

place-attachments = Files of an own patient
place-attachments-read = Files kept with a record
next-attachments = Enter writes the file to a stick, a keeps another, p photographs a paper
next-attachments-read = Enter writes the file to a stick
busy-pieces = asking the other terminals …
key-attachments = files
key-save-file = write it out
key-want-pieces = ask for it
key-attach = keep a file

photograph-title = Picture of a paper
photograph-before = Camera
photograph-taken = The picture
photograph-waiting = The camera is starting …
photograph-stopped = The camera is not looking. Enter looks again.
photograph-not-shown = This terminal shows no pictures.
photograph-how = Lay the paper flat and let it fill the picture. Enter takes it.
photograph-good = It can be read.
photograph-look = Is all of it there, and sharp? Enter keeps it, t takes it again.
photograph-pixels = { $width } by { $height } pixels
photograph-nowhere = It is kept nowhere yet.
photograph-name-hint = such as letter of the hospital
photograph-no-name = give it a name

notice-no-camera = no camera is set up here: a keeps a file instead
place-paper-look = A paper before the camera
place-paper-taken = A picture of a paper
next-paper-look = let the paper fill the picture, then press Enter
next-paper-taken = look whether it can be read, then press Enter
key-photograph = photograph
key-take-picture = take the picture
key-keep-picture = keep it
key-take-again = take it again
photograph-leave-what = The picture is kept nowhere yet: leaving throws it away.
photograph-leave-no = back to the picture
notice-picture-lost = the picture of a paper was not kept: take it again
