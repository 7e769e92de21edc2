summary-allergies = Allergies
summary-medicines = Medicines
summary-problems = Problems
summary-none = none written
summary-blood-group = Blood group
summary-not-tested = not tested
summary-write-title = Emergency summary of { $name }
summary-write-what = What somebody who has never seen the patient must know. Every member can open it in an emergency, unless the patient opted out; it holds no name. It replaces what your organisation kept before.
summary-others = Summaries that other organisations keep too: { $n }
summary-from-visits = Filled in with what was written at visits here. Check it: it must be right and whole, and every member may see it.
summary-from-visits-others = Filled in with what was written at visits here. Check it: it must be right and whole, and every member may see it. Other organisations keep { $n } more.
summary-list-hint = one after the other, with ; between
notice-summary-kept = emergency summary kept: block { $seq } ({ $block })

emergency-title = EMERGENCY · { $name }
emergency-opened = { $minutes ->
    [one] Opened without consent; recorded as block { $block }. 1 minute left.
   *[other] Opened without consent; recorded as block { $block }. { $minutes } minutes left.
 }
emergency-no-summary = No emergency summary opens here.
emergency-visits = Visits
emergency-no-visit = no visit whose key this organisation has

glass-title = Open in an emergency
glass-what = The record of { $name } opens without consent.
glass-recorded = It is recorded under your name first. The patient is told, and somebody else reviews it.
glass-reason = Reason
glass-note = What happened (only those who review it can read this)

reviews-title = Opened in emergencies
reviews-none = no record was opened in an emergency
reviews-said = What was said
reviews-by = { $verdict } by { $staff } of { $org }, { $time }
reviews-not-told = The patient has not been told yet.
reviews-overdue = OVERDUE
reviews-review-due = review due
reviews-not-reviewed = not reviewed
reviews-when = When
reviews-whose = Whose record
reviews-opened-by = Opened by
reviews-of = Of
reviews-review = Review

review-title = Review: { $verdict }
review-why = Why (only the organisations concerned can read this)
review-told = the patient has been told
review-stays = It stays on the ledger under your name.

notice-say-why = write in a few words why: a reviewer will read it
notice-glass-recorded = recorded: the patient is told, and somebody else reviews it
notice-review-own = you opened it yourself: somebody else must review it
notice-review-other-org = another organisation reviews this one
notice-reviewed = reviewed: it is on the ledger, where the patient sees it too
