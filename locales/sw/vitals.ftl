# Kipimo kimoja kwa muda.
vitals-pressure = Shinikizo la damu
vitals-title = { $n ->
    [one] { $name }, { $unit }: kipimo 1
   *[other] { $name }, { $unit }: vipimo { $n }
 }
vitals-never = haijapimwa bado
vitals-reference = Kiwango cha kawaida
vitals-between = { $low } hadi { $high } { $unit }
vitals-at-least = angalau { $low } { $unit }
vitals-at-most = si zaidi ya { $high } { $unit }
vitals-no-range = hakijulikani
vitals-source-news = NEWS2 kwa watu wazima, Royal College of Physicians, 2017
vitals-source-who = WHO, shinikizo la juu kwa watu wazima, 2021; kiwango cha chini: cha fomu ya hudhurio
vitals-source-pals = Pediatric Advanced Life Support, 2006
vitals-source-form = kile ambacho fomu ya hudhurio huona ni kawaida
vitals-above = ▲ juu ya kawaida
vitals-below = ▼ chini ya kawaida
vitals-within = ndani ya kawaida

place-vitals = Vipimo kwa muda
next-vitals = Kushoto, Kulia: kipimo; Juu, Chini: thamani; PgUp, PgDn: muda
key-vitals = vipimo
key-measure-next = kingine
key-measure-before = kipimo cha kabla
key-older-value = ya kabla
key-newer-value = thamani ya baadaye
key-zoom-in = karibu
key-zoom-out = mbali
key-whole-time = muda wote
key-earlier = muda wa kabla
key-later = muda wa baadaye

notice-nothing-measured = hakuna kipimo bado: n huandika hudhurio
