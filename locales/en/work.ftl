# What waits for whoever is signed in.
work-title = To do
work-count = To do ({ $n })
work-none = Nothing waits for you. Esc goes to the patients.
work-what = What
work-whose = Whose record
work-more = More
work-draft = visit to finish
work-review = emergency to review
work-overdue = REVIEW OVERDUE
work-conflict = versions to decide
work-asked = record asked for
work-waiting = waiting for an answer
work-opened = opened by { $staff } of { $org }, { $day }
work-asks = { $org }, for { $purpose }, { $day }: ask the patient
work-asked-on = asked on { $day }

place-work = What is to be done
next-work = Enter goes to where it is done
key-work = what is to be done
key-work-open = go there
