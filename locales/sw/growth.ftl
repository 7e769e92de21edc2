# Mtoto chini ya miaka mitano kwenye mikondo ya WHO.
growth-weight-for-stature = Uzito kwa urefu
growth-weight-for-age = Uzito kwa umri
growth-stature-for-age = Urefu kwa umri
growth-implausible = haiwezekani: pima tena
growth-severely-wasted = kukonda sana
growth-wasted = kukonda kwa wastani
growth-severely-underweight = uzito pungufu sana
growth-underweight = uzito pungufu kwa wastani
growth-severely-stunted = kudumaa sana
growth-stunted = kudumaa kwa wastani
growth-normal = kawaida
growth-risk = hatari ya uzito kupita
growth-overweight = uzito kupita
growth-obese = unene kupita
growth-see-stature = tazama uzito kwa urefu
growth-source = Alama z kwa viwango vya ukuaji vya WHO (2006). Amelala kabla ya miaka miwili, kisha amesimama.
growth-no-birth-date = Siku ya kuzaliwa haijulikani: uzito kwa urefu tu unaweza kupimwa.
growth-never = Hakupimwa kabla ya miaka mitano.
growth-outside = nje ya jedwali
growth-at-stature = kilo { $weight } kwa sm { $stature }
growth-weight-at-age = { $n ->
    [one] kilo { $weight }, mwezi 1
   *[other] kilo { $weight }, miezi { $n }
 }
growth-stature-at-age = { $n ->
    [one] sm { $stature }, mwezi 1
   *[other] sm { $stature }, miezi { $n }
 }
growth-cm = sm { $n }
growth-months = { $n ->
    [one] mwezi 1
   *[other] miezi { $n }
 }

place-growth = Ukuaji wa mtoto
next-growth = Kushoto, Kulia: kinachopimwa; Chini, Juu: kila hudhurio
key-growth = ukuaji wa mtoto

notice-no-growth = panahitajika uzito na urefu wa mtoto chini ya miaka mitano, wa kike au wa kiume
