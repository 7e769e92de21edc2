finding-problem = Tatizo
finding-medicine = Dawa
finding-vaccine = Chanjo
finding-allergy = Mzio
finding-next = Hudhurio lijalo
finding-plan = Mpango
finding-report = Ripoti
finding-document = Hati
finding-result = Matokeo
finding-procedure = Tiba iliyofanywa
finding-request = Ombi
finding-words = kwa maneno: { $typed }

visit-found = Kilichoonekana
visit-found-what = tatizo, dawa, chanjo au mzio: andika herufi chache
visit-found-more = … { $n } zaidi
visit-next = Arudi
visit-next-how = 14d (siku), 2w (wiki), 3m (miezi) au tarehe
visit-next-expected = anatarajiwa { $day }

bad-unpicked = '{ $typed }' bado haijaandikwa: chagua mstari kwa Enter, au futa kwa Esc
bad-next-day = andika kama 14d, 2w, 3m, au tarehe
bad-next-past = siku hiyo si baada ya hudhurio hili
bad-next-far = ni zaidi ya miaka mitatu

notice-finding-added = imeandikwa: { $kind }: { $what }; Backspace huirudisha
notice-finding-twice = imeshaandikwa: { $kind }: { $what }
notice-finding-full = hakuna nafasi zaidi: andika mengine kwenye maelezo
notice-finding-back = imerudishwa: { $what }; Esc huiacha, Enter huchagua mstari mwingine

place-visit-find = Misimbo ya hudhurio
key-finding-pick = andika
key-finding-clear = futa
next-visit-find = Enter huandika mstari; mistari ya mwisho huweka maneno yako

# Who is to come back.
patients-search-due = Tafuta wanaotarajiwa
patients-due-count = Wanaotarajiwa au waliochelewa ({ $n }); Ctrl-N huonyesha wengine
patients-due = Wanaotarajiwa au waliochelewa
patients-due-none = Hakuna anayetarajiwa. Ctrl-N huonyesha wagonjwa wa kila siku.
patients-due-unfit = Hakuna anayetarajiwa anayelingana. Esc hufuta utafutaji, Ctrl-N huonyesha wagonjwa wa kila siku.
patients-expected = Anatarajiwa
patients-not-expected = hakuna siku
patients-due-today = leo, { $day }
patients-overdue = AMECHELEWA tangu { $day }
key-due = wanaotarajiwa
next-due = siku ya karibuni kwanza; ! amechelewa, • leo
work-due = wanaotarajiwa
work-due-today = { $n } leo
work-due-before = { $n } wa siku zilizopita: watafute
