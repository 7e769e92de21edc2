# Yanayomsubiri aliyeingia.
work-title = Ya kufanya
work-count = Ya kufanya ({ $n })
work-none = Hakuna kinachokusubiri. Esc huenda kwa wagonjwa.
work-what = Nini
work-whose = Rekodi ya
work-more = Zaidi
work-draft = hudhurio la kumaliza
work-review = dharura ya kukagua
work-overdue = UKAGUZI UMECHELEWA
work-conflict = matoleo ya kuchagua
work-asked = rekodi imeombwa
work-waiting = jibu linasubiriwa
work-opened = ilifunguliwa na { $staff } wa { $org }, { $day }
work-asks = { $org }, kwa { $purpose }, { $day }: muulize mgonjwa
work-asked-on = iliombwa { $day }

place-work = Ya kufanya
next-work = Enter huenda mahali pa kufanyia
key-work = ya kufanya
key-work-open = nenda huko
