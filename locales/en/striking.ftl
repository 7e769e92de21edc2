# Visits that were written by mistake.
chart-struck = struck out
chart-struck-why = struck out: { $why } ({ $by }, { $at })
chart-struck-elsewhere = came in as written by mistake ({ $at })
chart-struck-what = Nothing of it counts: no measurement, nothing that was coded.
strike-title = Strike this visit out?
strike-visit = { $time }  { $reason } ({ $author })
strike-what = It was written by mistake, on another patient perhaps. Nothing of it counts any more; it stays in the chart, struck out. What was copied from it into the emergency summary stays there: c, then w writes that anew.
strike-why = Why
strike-hint = e.g. it was another patient
strike-again-title = Let this visit stand again?
strike-again-what = What was measured, found and planned at it counts again.

notice-struck = struck out: block { $seq } ({ $block }); x on its line lets it stand again
notice-stands-again = it stands again: block { $seq } ({ $block })
notice-strike-why = say why: whoever reads it later wants to know
notice-visit-struck = that visit is struck out: x lets it stand again
field-struck = struck out
key-strike = strike a visit out, or let it stand again
