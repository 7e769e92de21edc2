# Les fichiers gardés avec un dossier : lettres, images, résultats.
attachments-title = Fichiers de { $name } : { $n }
attachments-selected = Fichier choisi
attachments-name = Nom
attachments-kind = Genre
attachments-size = Taille
attachments-when = Gardé le
attachments-held = Où
attachments-here = ici
attachments-partly = en partie
attachments-elsewhere = ailleurs
attachments-picture = image
attachments-pdf = PDF
attachments-dicom = radiographie
attachments-text = texte
attachments-sound = son
attachments-film = film
attachments-other = fichier
attachments-by = gardé le { $time } par { $who }, { $org }
attachments-whole = Il est ici en entier : Enter l'écrit dans un fichier.
attachments-missing = { $n } de ses { $of } morceaux sont sur d'autres postes : w les demande.
attachments-linked = Il est dans le dossier lié de { $name }.
attachments-archived = Il est aux archives.
attachments-none = Aucun fichier n'est gardé avec ce dossier.
attachments-none-own = Aucun fichier n'est encore gardé ici : a en garde un, p photographie un papier.
attachments-in-chart = { $n ->
    [one] 1 fichier gardé : f
   *[other] { $n } fichiers gardés : f
 }
attachments-save-title = Écrire { $name }
attachments-save-what = Dans un nouveau fichier, ou dans un dossier sous son propre nom. Quiconque a le fichier le lit.
attachments-asks-first = { $n } morceaux ne sont pas ici : les autres postes sont d'abord interrogés, ce qui prend un moment.
attachments-where = Fichier ou dossier
attachments-no-place = dites où l'écrire : un dossier, ou un nouveau fichier
attachments-add-title = Garder un fichier avec le dossier de { $name }
attachments-add-what = Il est scellé et gardé pour toujours, pour ceux qui peuvent lire ce dossier. 32 Mio au plus.
attachments-file-hint = par exemple /media/cle/lettre.pdf

notice-file-saved = { $name } est écrit : { $path }
notice-file-kept = gardé avec le dossier : bloc { $seq }
notice-pieces-here = il est déjà ici en entier
notice-pieces-came = { $name } est maintenant ici en entier
notice-pieces-wait = { $n } de ses { $of } morceaux manquent encore : ils sont demandés à chaque rencontre

place-attachments = Fichiers d'un patient d'ici
place-attachments-read = Fichiers gardés avec un dossier
next-attachments = Enter écrit le fichier sur une clé, a en garde un, p photographie un papier
next-attachments-read = Enter écrit le fichier sur une clé
busy-pieces = les autres postes sont interrogés …
key-attachments = fichiers
key-save-file = l'écrire
key-want-pieces = le demander
key-attach = en garder un

photograph-title = Photo d'un papier
photograph-before = Caméra
photograph-taken = La photo
photograph-waiting = La caméra démarre …
photograph-stopped = La caméra ne regarde pas. Enter regarde de nouveau.
photograph-not-shown = Ce terminal ne montre pas d'images.
photograph-how = Posez le papier à plat, qu'il remplisse l'image. Enter la prend.
photograph-good = On peut le lire.
photograph-look = Tout y est, et net ? Enter la garde, t la reprend.
photograph-pixels = { $width } sur { $height } pixels
photograph-nowhere = Elle n'est encore gardée nulle part.
photograph-name-hint = par exemple lettre de l'hôpital
photograph-no-name = donnez-lui un nom

notice-no-camera = aucune caméra n'est installée ici : a garde un fichier
place-paper-look = Un papier devant la caméra
place-paper-taken = La photo d'un papier
next-paper-look = que le papier remplisse l'image, puis Enter
next-paper-taken = regardez si on peut la lire, puis Enter
key-photograph = photographier
key-take-picture = prendre la photo
key-keep-picture = la garder
key-take-again = la reprendre
photograph-leave-what = La photo n'est encore gardée nulle part : partir la jette.
photograph-leave-no = revenir à la photo
notice-picture-lost = la photo d'un papier n'a pas été gardée : reprenez-la
