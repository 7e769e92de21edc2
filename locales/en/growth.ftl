# A child under five on the curves of the WHO standards.
growth-weight-for-stature = Weight for length/height
growth-weight-for-age = Weight for age
growth-stature-for-age = Length/height for age
growth-implausible = cannot be right: measure again
growth-severely-wasted = severely wasted
growth-wasted = moderately wasted
growth-severely-underweight = severely underweight
growth-underweight = moderately underweight
growth-severely-stunted = severely stunted
growth-stunted = moderately stunted
growth-normal = normal
growth-risk = at risk of overweight
growth-overweight = overweight
growth-obese = obese
growth-see-stature = see weight for length/height
growth-source = z-scores by the WHO Child Growth Standards (2006). Under two years lying, from two on standing.
growth-no-birth-date = The date of birth is not known to the day: only weight for length or height can be judged.
growth-never = Never measured before the fifth birthday.
growth-outside = outside of the table
growth-at-stature = { $weight } kg at { $stature } cm
growth-weight-at-age = { $n ->
    [one] { $weight } kg at 1 month
   *[other] { $weight } kg at { $n } months
 }
growth-stature-at-age = { $n ->
    [one] { $stature } cm at 1 month
   *[other] { $stature } cm at { $n } months
 }
growth-cm = { $n } cm
growth-months = { $n ->
    [one] 1 month
   *[other] { $n } months
 }

place-growth = A child's growth
next-growth = Left and Right: what is judged; Down and Up: each visit
key-growth = growth of a child

notice-no-growth = growth needs weight and length of a child under five, a girl or a boy
