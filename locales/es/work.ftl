# Lo que espera a quien ha entrado.
work-title = Por hacer
work-count = Por hacer ({ $n })
work-none = Nada le espera. Esc lleva a los pacientes.
work-what = Qué
work-whose = Historia de
work-more = Detalles
work-draft = consulta sin terminar
work-review = urgencia por revisar
work-overdue = REVISIÓN ATRASADA
work-conflict = versiones por elegir
work-asked = historia pedida
work-waiting = sin respuesta aún
work-opened = abierta por { $staff } de { $org }, { $day }
work-asks = { $org }, para { $purpose }, { $day }: pregunte al paciente
work-asked-on = pedida el { $day }

place-work = Lo que hay por hacer
next-work = Intro lleva a donde se hace
key-work = lo que hay por hacer
key-work-open = ir allí
