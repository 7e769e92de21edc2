finding-problem = Problem
finding-medicine = Medicine
finding-vaccine = Vaccine
finding-allergy = Allergy
finding-next = Next visit
finding-plan = Plan
finding-report = Report
finding-document = Document
finding-result = Result
finding-procedure = Procedure
finding-request = Request
finding-words = in words: { $typed }

visit-found = Found, given
visit-found-what = a problem, medicine, vaccine or allergy: type a few letters
visit-found-more = … { $n } more
visit-next = Next visit
visit-next-how = 14d, 2w, 3m or a date
visit-next-expected = expected on { $day }

bad-unpicked = '{ $typed }' is not on the visit yet: pick a line with Enter, or clear it with Esc
bad-next-day = write it like 14d, 2w, 3m, or a date
bad-next-past = that day is not after this visit
bad-next-far = that is more than three years away

notice-finding-added = on the visit: { $kind }: { $what }; Backspace takes it back
notice-finding-twice = it is on the visit already: { $kind }: { $what }
notice-finding-full = the visit has as many as fit: write the rest in the note
notice-finding-back = taken back: { $what }; Esc leaves it out, Enter picks another line

place-visit-find = Codes of a visit
key-finding-pick = put on the visit
key-finding-clear = clear
next-visit-find = Enter puts the line on the visit; the last lines keep your own words

# Who is to come back.
patients-search-due = Search who is due
patients-due-count = Due or overdue ({ $n }); Ctrl-N shows the others
patients-due = Due or overdue
patients-due-none = Nobody is due. Ctrl-N shows the patients of every day.
patients-due-unfit = Nobody who is due fits. Esc clears the search, Ctrl-N shows the patients of every day.
patients-expected = Expected
patients-not-expected = no day is set
patients-due-today = today, { $day }
patients-overdue = OVERDUE since { $day }
key-due = who is due
next-due = the latest day first; ! overdue, • today; a visit takes them off the list
work-due = patients due
work-due-today = { $n } today
work-due-before = { $n } on earlier days: look for them
