consent-title = Ridhaa ya { $name }
consent-who-read = Nani amesoma
consent-none = Hakuna kinachoshirikiwa. g huruhusu shirika kusoma.
consent-nobody = hakuna bado
consent-may-read = Anaweza kusoma
consent-for = Kwa ajili ya
consent-parts = Sehemu
consent-until = Hadi
consent-standing = Hali
consent-no-end = daima
consent-read = amesoma
consent-refused = amenyimwa
consent-opted-out = Hakuna muhtasari wa dharura kwa mashirika mengine.
consent-tell = MWAMBIE MGONJWA: dharura { $time }, { $staff } wa { $org }
consent-stop-title = Kuacha kushiriki?
consent-stop-what = { $org } halitaweza kusoma chochote cha { $name } tena, hata kwa kinachoruhusiwa mahali pengine wakati huu. Kilichosomwa tayari hakiwezi kurudishwa.
consent-stop-yes = acha kushiriki na { $org }
consent-stop-no = bakiza

standing-in-force = inatumika
standing-revoked = imesitishwa
standing-expired = imekwisha
standing-not-yet = bado
standing-parent = imekoma juu
standing-untrusted = haiaminiki

grant-title = { $name } anaruhusu kusoma
grant-org = Shirika
grant-purpose = Kwa nini
grant-days = Kwa siku
grant-days-hint = wazi: hadi isitishwe
grant-no-part = weka alama angalau sehemu moja ya faili kwa Space
grant-not-days = siku: '{ $typed }' si idadi ya siku: andika kama 30, au acha wazi

notice-no-other-org = hakuna shirika jingine linalojulikana hapa
notice-select-grant = chagua inayotumika kwa Up na Down, kisha bonyeza s
notice-granted = { $org } sasa linaweza kusoma
notice-stopped = kushiriki kumesitishwa: bloku { $seq } ({ $block })
