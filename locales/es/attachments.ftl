# Los archivos guardados con una historia: cartas, imágenes, resultados.
attachments-title = Archivos de { $name }: { $n }
attachments-selected = Archivo elegido
attachments-name = Nombre
attachments-kind = Tipo
attachments-size = Tamaño
attachments-when = Guardado
attachments-held = Dónde
attachments-here = aquí
attachments-partly = en parte
attachments-elsewhere = en otro
attachments-picture = imagen
attachments-pdf = PDF
attachments-dicom = radiografía
attachments-text = texto
attachments-sound = sonido
attachments-film = vídeo
attachments-other = archivo
attachments-by = guardado { $time } por { $who }, { $org }
attachments-whole = Está aquí entero: Enter lo escribe en un archivo.
attachments-missing = { $n } de sus { $of } partes están en otros equipos: w las pide.
attachments-linked = Está en la historia enlazada de { $name }.
attachments-archived = Está en el archivo de lo antiguo.
attachments-none = No hay archivos guardados con esta historia.
attachments-none-own = Aún no hay archivos guardados aquí: a guarda uno, p fotografía un papel.
attachments-in-chart = { $n ->
    [one] 1 archivo guardado: f
   *[other] { $n } archivos guardados: f
 }
attachments-save-title = Escribir { $name }
attachments-save-what = En un archivo nuevo, o en una carpeta con su propio nombre. Quien tenga el archivo lo lee.
attachments-asks-first = { $n } partes no están aquí: primero se piden a los otros equipos, lo que tarda un rato.
attachments-where = Archivo o carpeta
attachments-no-place = diga dónde escribirlo: una carpeta, o un archivo nuevo
attachments-add-title = Guardar un archivo con la historia de { $name }
attachments-add-what = Se sella y se guarda para siempre, para quien pueda leer esta historia. 32 MiB como máximo.
attachments-file-hint = como /media/usb/carta.pdf

notice-file-saved = { $name } está escrito: { $path }
notice-file-kept = guardado con la historia: bloque { $seq }
notice-pieces-here = ya está aquí entero
notice-pieces-came = { $name } ya está aquí entero
notice-pieces-wait = aún faltan { $n } de sus { $of } partes: se piden en cada encuentro

place-attachments = Archivos de una paciente de aquí
place-attachments-read = Archivos guardados con una historia
next-attachments = Enter lo escribe en una memoria, a guarda otro, p fotografía un papel
next-attachments-read = Enter escribe el archivo en una memoria
busy-pieces = preguntando a los otros equipos …
key-attachments = archivos
key-save-file = escribirlo
key-want-pieces = pedirlo
key-attach = guardar uno

photograph-title = Foto de un papel
photograph-before = Cámara
photograph-taken = La foto
photograph-waiting = La cámara arranca …
photograph-stopped = La cámara no mira. Enter mira de nuevo.
photograph-not-shown = Este terminal no muestra imágenes.
photograph-how = Ponga el papel plano y que llene la imagen. Enter la toma.
photograph-good = Se puede leer.
photograph-look = ¿Está todo, y nítido? Enter la guarda, t la repite.
photograph-pixels = { $width } por { $height } píxeles
photograph-nowhere = Aún no está guardada en ningún sitio.
photograph-name-hint = como carta del hospital
photograph-no-name = póngale un nombre

notice-no-camera = no hay cámara instalada aquí: a guarda un archivo
place-paper-look = Un papel ante la cámara
place-paper-taken = La foto de un papel
next-paper-look = que el papel llene la imagen, luego Enter
next-paper-taken = mire si se puede leer, luego Enter
key-photograph = fotografiar
key-take-picture = tomar la foto
key-keep-picture = guardarla
key-take-again = repetirla
photograph-leave-what = La foto aún no está guardada: salir la desecha.
photograph-leave-no = volver a la foto
notice-picture-lost = la foto de un papel no se guardó: tómela de nuevo
