ledger-title = Ledger
ledger-trust = Trust
ledger-gap = GAP: { $held } of { $known } blocks of { $device } ({ $org }) are here; { $by } has cosigned them
ledger-clock = CLOCK: { $device } ({ $org }) is wrong: { $time }
ledger-doubtful = DOUBTFUL: { $all }.
ledger-forked = { $n } forked
ledger-two-things = { $n } said two things
ledger-quarantined = { $n ->
    [one] 1 block in quarantine
   *[other] { $n } blocks in quarantine
 }
ledger-gaps = { $n } with gaps
ledger-clocks = { $n ->
    [one] 1 clock wrong
   *[other] { $n } clocks wrong
 }
ledger-withheld = { $n ->
    [one] 1 block without its keys
   *[other] { $n } blocks without their keys
 }
ledger-says = says { $said }
ledger-after-says = after { $after }, says { $said }
ledger-says-before = says { $said }, before { $before }
ledger-between = after { $after }, says { $said }, before { $before }
ledger-selected = { $block }: { $doubt }; { $time }
ledger-only-here = { $block } is only here.
ledger-also-on = { $block } is also on { $names }.
ledger-fork = FORK: { $what }
ledger-no-fork = No fork is known.
ledger-undamaged = Checked { $pages } pages and { $blocks } blocks: no damage.
ledger-damaged = Checked { $pages } pages and { $blocks } blocks: { $n } damaged.
ledger-logs = Logs ({ $n })
ledger-terminal = Terminal
ledger-org = Organisation
ledger-blocks = Blocks
ledger-last = Last, its clock
ledger-newest = Blocks, newest { $n } of { $total }
ledger-mark-doubtful = DOUBTFUL
ledger-mark-only-here = only here
ledger-block = Block
ledger-kind = Kind
ledger-number = No.
ledger-clock-time = Its clock
ledger-bytes = Bytes

notice-adopt-other-org = a clinician of the organisation that wrote it adopts it
notice-adopt-select = select a block in quarantine with Up and Down, then press a
notice-adopted = adopted: it counts again, under your name
notice-verified = checked { $pages } pages and { $blocks } blocks: no damage
notice-check-stopped = the check was stopped
notice-damage = { $n ->
    [one] damage found in 1 place: it is named under Trust
   *[other] damage found in { $n } places: they are named under Trust
 }

prove-title = Proof that block { $block } is final
prove-what = Whoever has the file and this consortium's fingerprint can check it, without a network: aidpost verify --proof FILE.
prove-hint = a new file
prove-no-file = type where the proof goes
notice-proved = written: { $path }
