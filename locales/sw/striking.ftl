# Mahudhurio yaliyoandikwa kwa makosa.
chart-struck = limefutwa
chart-struck-why = limefutwa: { $why } ({ $by }, { $at })
chart-struck-elsewhere = lilikuja kama lililoandikwa kwa makosa ({ $at })
chart-struck-what = Hakuna chake kinachohesabiwa: wala kipimo, wala kilichoandikwa kwa msimbo.
strike-title = Ufute hudhurio hili?
strike-visit = { $time }  { $reason } ({ $author })
strike-what = Liliandikwa kwa makosa, labda kwa mgonjwa mwingine. Hakuna chake kinachohesabiwa tena; linabaki katika rekodi, limefutwa. Yaliyonakiliwa kutoka humo kwenye muhtasari wa dharura hubaki huko: c, kisha w huandika upya.
strike-why = Kwa nini
strike-hint = k.m. alikuwa mgonjwa mwingine
strike-again-title = Hudhurio hili lirudi?
strike-again-what = Kilichopimwa, kilichopatikana na kilichopangwa kinahesabiwa tena.

notice-struck = limefutwa: bloku { $seq } ({ $block }); x kwenye mstari wake hulirudisha
notice-stands-again = linahesabiwa tena: bloku { $seq } ({ $block })
notice-strike-why = sema kwa nini: atakayelisoma baadaye atataka kujua
notice-visit-struck = hudhurio hilo limefutwa: x hulirudisha
field-struck = limefutwa
key-strike = futa hudhurio, au lirudishe
