mesh-title = Mesh
mesh-this = This terminal
mesh-down = The link is down: nothing is sent or received. l takes it up.
mesh-metered-soon = Metered: the link is down until the next round, soon.
mesh-metered-next = Metered: the link is down until the next round, in { $time }.
mesh-up = The link is up: { $addresses }
mesh-all-elsewhere = Everything here is also on another terminal.
mesh-only-here = { $n ->
    [one] 1 block is only here: lost if this terminal is.
   *[other] { $n } blocks are only here: lost if this terminal is.
 }
mesh-waiting = { $n ->
    [one] 1 block is here as a header only: its content comes later.
   *[other] { $n } blocks are here as headers only: their content comes later.
 }
mesh-ticket = Ticket: { $ticket }
mesh-ticket-title = Ticket of this terminal
mesh-ticket-how = Another terminal enters it with 'aidpost sync --ticket', to meet this one.
mesh-ticket-too-small = The code needs a window of at least { $wide } by { $high }; 'aidpost status --qr' prints it too.
mesh-limits = Set: { $all }.
mesh-limit-up = sends at most { $n } kbit/s
mesh-limit-down = receives at most { $n } kbit/s
mesh-limit-metered = metered, up every { $n } min
mesh-limit-relay = relay { $address }
mesh-limit-own = keeps the records of own patients
mesh-limit-district = keeps the records of own patients and of { $orgs }
mesh-limit-files = files when they are opened
mesh-others = Other terminals ({ $n })
mesh-others-at = Other terminals ({ $n }), the selected one at { $address }
mesh-no-other = No other terminal is certified in this consortium yet.
mesh-terminal = Terminal
mesh-org = Organisation
mesh-last-met = Last met
mesh-lacks = Lacks
mesh-bytes = Bytes
mesh-left = Left
mesh-address = Address
mesh-nothing = nothing
mesh-never = never
mesh-last-sync = Last sync from this screen
mesh-no-sync = none yet: s meets the others now
mesh-met = { $peer }: sent { $sent }, received { $received }, { $bytes } bytes, { $millis } ms
mesh-problem = { $peer }: { $problem }
mesh-out-title = Courier out: write a bundle
mesh-in-title = Courier in: read bundles
mesh-out-what = Sealed for the other terminals: the carrier cannot read it.
mesh-in-what = Reads every bundle of the folder that is for this terminal.
mesh-folder = Folder

notice-busy = still busy: wait a moment
notice-folder = type the folder of the stick, such as /media/stick
notice-nobody-met = no terminal could be met: none has a known address, or none is reachable
notice-terminals = { $n ->
    [one] 1 terminal
   *[other] { $n } terminals
 }
notice-bundles = { $n ->
    [one] 1 bundle
   *[other] { $n } bundles
 }
notice-met = met { $terminals }: sent { $sent } blocks, received { $received } new
notice-met-some = met { $terminals }: sent { $sent } blocks, received { $received } new; { $missed } not reached
notice-link-up = the link is up: other terminals can be met
notice-link-down = the link is down: nothing is sent or received
notice-no-ticket = there is no ticket while the link is down: l takes it up
notice-carried-out = wrote { $path }: { $blocks } blocks for { $terminals }, { $bytes } bytes
notice-no-bundle = no bundle for this terminal in that folder
notice-mesh-stopped = stopped: what went over so far stays, and nothing is half done
notice-carried-in = read { $bundles }: { $new } new blocks
