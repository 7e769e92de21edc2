# Las consultas escritas por error.
chart-struck = tachada
chart-struck-why = tachada: { $why } ({ $by }, { $at })
chart-struck-elsewhere = llegó como escrita por error ({ $at })
chart-struck-what = Nada de ella cuenta: ninguna medida, nada de lo codificado.
strike-title = ¿Tachar esta consulta?
strike-visit = { $time }  { $reason } ({ $author })
strike-what = Se escribió por error, quizá en otro paciente. Ya nada de ella cuenta; queda en la historia, tachada. Lo que se copió de ella al resumen de urgencia sigue allí: c y luego w lo escriben de nuevo.
strike-why = Por qué
strike-hint = p. ej. era otro paciente
strike-again-title = ¿Que esta consulta valga otra vez?
strike-again-what = Lo que se midió, halló y planeó en ella cuenta otra vez.

notice-struck = tachada: bloque { $seq } ({ $block }); x en su línea la restablece
notice-stands-again = vale otra vez: bloque { $seq } ({ $block })
notice-strike-why = diga por qué: quien la lea después querrá saberlo
notice-visit-struck = esa consulta está tachada: x la restablece
field-struck = tachada
key-strike = tachar una consulta, o restablecerla
