form-patient = Kitambulisho
form-patient-hint = herufi 32, kama kwenye orodha au karatasi
form-not-a-patient = '{ $typed }' si kitambulisho cha mgonjwa: kina herufi 32, 0 hadi 9 na a hadi f, kama orodha ya wagonjwa inavyoonyesha
form-from = Siku ya kwanza
form-to = Siku ya mwisho
form-not-a-day = '{ $typed }' si siku: andika kama 01/03/2026
form-leave-what = Bado hakuna kilichotumwa: ulichoandika hapa kitatupwa.
notice-typed-lost = imefungwa; fomu iliyojazwa nusu lazima ijazwe tena
