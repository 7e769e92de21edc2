card-camera = Kamera
card-looking = inatafuta kadi …
card-not-looking = kamera haitazami
card-read-title = Soma kadi ya mgonjwa
card-hold = Shika msimbo wa mraba mbele ya kamera, ukiwa bapa na bila kutikisa.
card-scanner = Kisomaji kinachoandika pia kinafaa: soma, kisha Enter.
card-typed = { $n ->
    [one] herufi { $n } imeandikwa
   *[other] herufi { $n } zimeandikwa
 }
card-look-again = Enter kutazama tena.
card-pin-title = PIN ya mgonjwa
card-pin-why = Kadi imesomwa. Mgeuzie mgonjwa kibodi: ni yeye tu anayejua PIN.
card-pin = PIN
card-once-more = Mara nyingine
card-choose-title = Kadi ya { $name }
card-choose-why = Mgonjwa anachagua PIN ya tarakimu 6 hadi 12, na kuiandika mara mbili.
card-reissue = Kadi aliyokuwa nayo, na ilichosaini, vinakoma daima.
card-name = Kadi ya Aidpost
card-patient = mgonjwa { $id }
card-serial = namba { $id }
card-copy = Upige picha kwa simu ya mgonjwa, au uunakili kwenye karatasi, sasa: hauhifadhiwi popote.
card-ended = { $n ->
    [one] Ridhaa { $n } ya kadi ya zamani imekoma: mgonjwa aisaini upya.
   *[other] Ridhaa { $n } za kadi ya zamani zimekoma: mgonjwa azisaini upya.
 }
card-lost = Kadi iliyopotea hubadilishwa kwa K kwenye skrini ya ridhaa.
card-revoke-title = Kufuta kadi zote za mgonjwa huyu?
card-revoke-what = Hakuna kadi ya { $name } itakayofungua kitu tena, milele, na zilichosaini kimeisha; kompyuta nyingine husikia zinapokutana. Haitengenezwi mpya: k hutengeneza.
notice-cards-revoked = kadi zote za awali zimefutwa: bloku { $seq } ({ $block })
card-too-small = Kadi imetengenezwa. Panua dirisha (angalau 67 kwa 23) uone msimbo wake; hauhifadhiwi popote.

notice-card-read = kadi imesomwa: mgonjwa aandike PIN
notice-card-signed = kadi imesaini: shirika hili linaweza kusoma kwa siku { $days }; 'c' huonyesha na kusitisha
notice-card-pin-differs = hazilingani: mgonjwa aandike PIN tena
card-leave-title = Uondoke bila msimbo?
card-leave-what = Msimbo wa kadi hii haupo mahali pengine: kama hauko kwenye karatasi, mgonjwa atahitaji kadi nyingine.
card-leave-yes = ondoka
card-leave-no = rudi kwenye msimbo
notice-card-waits = imefungwa: msimbo wa kadi mpya hurudi mtu yuleyule akiingia ndani ya saa moja
notice-card-gone = msimbo wa kadi mpya umepotea: kama hauko kwenye karatasi, badilisha kadi (K kwenye skrini ya ridhaa)
card-print-title = Chapisha kadi
card-print-what = Kwenye karatasi, au PDF ya kuchapishwa. Haifungui chochote bila PIN yake. Usiache faili lake ovyo.
notice-card-in-file = kadi ipo kwenye { $path }
notice-card-to-printer = kadi imetumwa kwa printa
