# Correcting what stands, and the versions that there were.
correct-who = Correct who this is: { $name }
correct-visit = Correct the visit of { $time }: { $name }
correct-was = was { $what }
correct-was-empty = was empty
correct-note-changed = the note is changed
correct-nothing = Nothing is changed yet.
correct-changes = { $n ->
    [one] One field changes. Ctrl-S signs the correction.
   *[other] { $n } fields change. Ctrl-S signs the correction.
}
correct-kept = What stood before is kept: H in the chart shows every version.
correct-leave-title = Leave without saving?
correct-leave-what = The correction isn't saved: what was typed here is thrown away.
correct-leave-yes = leave
correct-leave-no = go on correcting
chart-corrected = corrected since; what stood before is kept
chart-who-corrected = corrected

history-visit = Versions of a visit of { $name } ({ $n })
history-who = Versions of who this is: { $name } ({ $n })
history-when = Written
history-by = By
history-state = State
history-stands = stands
history-replaced = replaced
history-changed = What this version changed
history-first = This is the first version: it changed nothing.
history-only = There is one version: nothing was corrected.
history-same = Nothing differs from the version before.
history-before = before:
history-now = since then:

notice-nothing-changed = nothing is changed: change a field, or leave with Esc
notice-corrected = corrected: block { $seq } ({ $block }); what stood before is kept
notice-perhaps-corrected = it is not known whether the correction was saved: look at the chart first ({ $why })
notice-correction-kept = locked; the correction is kept as a draft: open it again in the chart
notice-no-visit = there is no visit yet: n writes the first
notice-names-no-visit = this is no visit: choose one in the list
notice-visit-not-ours = { $org } wrote that visit, and only they correct it: write a visit of your own about it
notice-visit-from-elsewhere = that visit came from elsewhere and is kept as it came: write a visit of your own about it
notice-decide-first = that visit was written at two places at once: decide first, with d

place-correct = Correcting
place-history = Versions of a record
next-correct = change what is wrong; what differs says what it was
next-history = nothing that was replaced is gone; Esc goes back to the chart
key-correct-visit = correct this visit
key-correct-who = correct who the patient is
key-save-correction = sign it
key-history = versions of this visit
key-read-on = read on in a long visit
key-who-history = versions of who the patient is
key-version-before = version before
key-version-after = version after
