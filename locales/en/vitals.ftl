# One measurement over time.
vitals-pressure = Blood pressure
vitals-title = { $n ->
    [one] { $name }, { $unit }: 1 value
   *[other] { $name }, { $unit }: { $n } values
 }
vitals-never = never measured
vitals-reference = Reference range
vitals-between = { $low } to { $high } { $unit }
vitals-at-least = at least { $low } { $unit }
vitals-at-most = at most { $high } { $unit }
vitals-no-range = none is known
vitals-source-news = NEWS2 for adults, Royal College of Physicians, 2017
vitals-source-who = WHO on hypertension in adults, 2021; lower end: the visit form's
vitals-source-pals = Pediatric Advanced Life Support, 2006
vitals-source-form = what the visit form takes as usual
vitals-above = ▲ above the reference range
vitals-below = ▼ below the reference range
vitals-within = within the reference range

place-vitals = Vital signs over time
next-vitals = Left, Right: which sign; Up, Down: each value; PgUp, PgDn: later, earlier
key-vitals = vital signs
key-measure-next = next sign
key-measure-before = sign before
key-older-value = older value
key-newer-value = newer value
key-zoom-in = closer
key-zoom-out = wider
key-whole-time = whole time
key-earlier = earlier time
key-later = later time

notice-nothing-measured = no vital sign is written yet: n writes a visit
