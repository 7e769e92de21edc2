# Who may be registered twice, and two records side by side.
twice-of = Who may be the same person as { $name }
twice-count = Who may be registered twice ({ $n }); { $of } patients compared
twice-comparing = Who may be registered twice: { $n } of { $of } patients compared …
twice-none = Nobody here is likely registered twice. Esc goes back.
twice-none-like = Nobody else here is likely this person. Esc goes back.
twice-none-yet = nobody yet …
twice-alike = Alike
twice-one = One
twice-other = The other
twice-why = Why
twice-linked = linked
twice-linked-what = Somebody said that these are one person: each chart shows both records.
twice-reading = Enter opens both records beside each other: each reading is recorded on the ledger.
twice-beside = Two records side by side ({ $why })
twice-reason = Why
twice-same = One person: { $first } and { $second }
twice-same-what = From now on each chart shows both records. Nothing is moved, and it can be taken back.
twice-same-hint = e.g. both cards shown; may stay empty
twice-back = Take the link back: { $first } and { $second }
twice-back-what = Each chart shows its own record again. Nothing is lost, and they can be linked anew.
twice-not = Two people: { $first } and { $second }
twice-not-what = They are no longer proposed as one person. They can be linked later all the same.
twice-not-hint = e.g. sisters; may stay empty

notice-twice-stopped = not everybody was compared: { $why }
notice-linked = linked: block { $seq } ({ $block }); each chart shows both records
notice-not-linked = noted as two people: block { $seq } ({ $block })

place-twice = Who may be registered twice
place-beside = Two records side by side
next-twice = Enter shows two records side by side; nothing is linked without you
next-beside = compare, ask the patient, then l for one person or u for two
key-twice = who may be registered twice
key-twice-chart = who may be the same person
key-compare = compare
key-same = one person
key-not-same = two people
