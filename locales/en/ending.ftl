# Saying that something is over, and what is over in a chart.
ended-stopped = stopped
ended-resolved = resolved
ended-cancelled = cancelled
ended-mistaken = written by mistake
ends-stopped = stopped: it is taken no more
ends-resolved = resolved: it is over
ends-cancelled = cancelled: the patient is not to come on that day
ends-mistaken = written by mistake: it never was so

ending-title = What stands: { $name } ({ $n })
ending-kind = Kind
ending-what = What
ending-since = Visit of
ending-how = How does it end?
ending-sure = Sign that it is over?
ending-kept = What was written stays in the history.

notice-nothing-stands = nothing that was coded here stands: no problem, medicine, allergy, vaccine or next visit
notice-ended = { $how }: block { $seq } ({ $block }); what was written is kept

place-ending = What is over
next-ending = choose what is over, then Enter; nothing is signed yet
next-ending-how = choose how it ends, then Enter; nothing is signed yet
key-end-item = something is over
key-ending-pick = choose
