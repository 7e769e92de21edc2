conflict-none = Nothing is left to decide. Esc goes back to the chart.
conflict-title = { $name }: { $what }, written at two places at once
conflict-title-of = { $name }: { $what }, written at two places at once, 1 of { $n }
conflict-visit = a visit
conflict-patient = who the patient is
conflict-left = left
conflict-right = right
conflict-not-trusted = NOT TRUSTED
conflict-nothing = (nothing)
conflict-differs = Differs in
conflict-whole = This came from elsewhere and is taken whole: ● marks the version that will stand.
conflict-fields = ● marks what will stand. What isn't taken is kept in the history.
conflict-several = ● marks what will stand. { $n } versions: v shows another one on the right.

notice-no-conflict = nothing of this record was edited at two places at once
notice-decided = decided: block { $seq } ({ $block })
notice-decided-more = decided: block { $seq } ({ $block }); one more is to be decided: press d
