"""The same FHIR resources from one node to another: two PouchDB nodes and two Aidpost terminals, in turns.

usage: run.py AIDPOST PACKAGES FHIR_FOLDER RESOURCES SLOW_RESOURCES ROUNDS

PACKAGES holds node_modules. Needs root: each pair runs in network namespaces of its own, where every byte is counted,
headers included. Ends with 1 when a limit is missed.
"""
import json, os, statistics, subprocess as sp, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
LINK = os.path.join(HERE, "../../tests/mesh/slow_link.py")
AIDPOST, PACKAGES, FHIR = (os.path.abspath(p) for p in sys.argv[1:4])
RESOURCES, SLOW, ROUNDS = (int(n) for n in sys.argv[4:7])
# kbit/s there and back, ms one way, part lost, seed
SHAPE = ("44", "64", "375", "0.05", "7")
LEAST_FASTER, MOST_BYTES = 5.0, 0.8
# Seconds that a slow link may take.
LONGEST = 1800
missed = False


def sh(*args):
    sp.run(args, check=True, stdout=sp.DEVNULL)


def said(args, **more):
    r = sp.run(args, capture_output=True, text=True, stdin=sp.DEVNULL, **more)
    if r.returncode:
        sys.exit(f"{' '.join(args)}: {r.stderr}")
    return r.stdout


def measured(args, **more):
    """Output, seconds and largest resident bytes of a process."""
    start = time.monotonic()
    with tempfile.TemporaryFile("w+") as out:
        p = sp.Popen(args, stdout=out, stdin=sp.DEVNULL, **more)
        _, status, usage = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        if p.returncode:
            sys.exit(f"{' '.join(args)} ended with {p.returncode}: {out.read()}")
        return out.read(), time.monotonic() - start, usage.ru_maxrss * 1024


def peak(p):
    with open(f"/proc/{p.pid}/status") as f:
        return next(int(l.split()[1]) * 1024 for l in f if l.startswith("VmHWM:"))


class Net:
    """One namespace with its loopback, or two that a slow link joins."""

    def __init__(self, slow):
        names = [f"bs{os.getpid()}-{i}" for i in range(2 if slow else 1)]
        self.names, self.link = names, None
        for n in names:
            sh("ip", "netns", "add", n)
            sh("ip", "-n", n, "link", "set", "lo", "up")
        if slow:
            taps = [f"bs{os.getpid() % 100000}x{i}" for i in (0, 1)]
            self.link = sp.Popen(["python3", LINK, *taps, *SHAPE], stdin=sp.PIPE, stdout=sp.PIPE, text=True)
            assert self.link.stdout.readline().strip() == "ready"
            for i, (n, t) in enumerate(zip(names, taps)):
                sh("ip", "link", "set", t, "address", f"02:00:00:00:00:{i:02x}", "netns", n)
                sh("ip", "-n", n, "addr", "add", f"10.77.0.{i + 1}/24", "dev", t)
                sh("ip", "-n", n, "link", "set", t, "up")
                sh("ip", "-n", n, "neigh", "replace", f"10.77.0.{2 - i}", "lladdr", f"02:00:00:00:00:{1 - i:02x}",
                   "dev", t, "nud", "permanent")

    def at(self, side):
        return ["ip", "netns", "exec", self.names[side if self.link else 0]]

    def ip(self, side):
        return f"10.77.0.{side + 1}" if self.link else "127.0.0.1"

    def say(self, word):
        self.link.stdin.write(word + "\n")
        self.link.stdin.flush()

    def count(self):
        """Bytes on the wire since this was last asked (slow link), or so far (loopback)."""
        if self.link:
            self.say("count")
            return int(self.link.stdout.readline())
        lines = said(self.at(0) + ["cat", "/proc/net/dev"]).splitlines()
        return int(next(l for l in lines if l.strip().startswith("lo:")).split(":")[1].split()[0])

    def close(self):
        if self.link:
            self.link.stdin.close()
            self.link.wait()
        for n in self.names:
            sp.run(["ip", "netns", "del", n])


def pouch(work, net):
    """Seconds, bytes on the wire, resident bytes of both sides."""
    env = dict(os.environ, NODE_PATH=f"{PACKAGES}/node_modules")
    js = ["node", f"{HERE}/pouch.js"]
    os.makedirs(f"{work}/pouch-from")
    said(js + ["load", f"{work}/pouch-from/clinic", f"{work}/resources.ndjson"], env=env)
    serve = net.at(0) + js + ["serve", f"{work}/pouch-from", net.ip(0), "5984"]
    server = sp.Popen(serve, stdout=sp.PIPE, text=True, env=env)
    try:
        assert server.stdout.readline().strip() == "ready"
        before = net.count()
        pull = net.at(1) + js + ["pull", f"{work}/pouch-to", f"http://{net.ip(0)}:5984/clinic", "1000"]
        out, _, memory = measured(pull, env=env)
        bytes_ = net.count() - (0 if net.link else before)
        done = json.loads(out)
        return done["ms"] / 1000, bytes_, [peak(server), memory], done["docs"]
    finally:
        server.terminate()
        server.wait()


class Terminals:
    """Two terminals of one organisation that have met; the first has taken the resources in."""

    def __init__(self, work, net):
        self.work, self.net = work, net
        self.env = dict(os.environ)
        for who in ("amina", "nila"):
            with open(f"{work}/{who}", "w") as f:
                f.write(f"the passphrase of {who}\n")
        self.run("s0", "amina", "init", "--consortium", "Valley", "--org", "Aruna Clinic")
        self.run("s0", "amina", "staff", "add", "nila", "--name", "Nila", "--role", "nurse", "--new-passphrase-file",
                 f"{work}/nila")
        node = self.node(0)
        try:
            self.run("s0", "amina", "org", "invite", "invite.txt")
            self.run("s1", "amina", "join", "invite.txt", "--device", "ward", "--name", "Amina", "--request", "request.txt")
            self.run("s0", "amina", "device", "certify", "request.txt", "ward.cert", "--yes")
            self.run("s1", "amina", "join", "ward.cert")
            self.run("s1", "amina", "sync", side=1)
        finally:
            node.terminate()
            node.wait()
        self.run("s0", "nila", "import", f"{work}/bundles")

    def command(self, site, who, *args, side=0):
        listen = f"{self.net.ip(side)}:{47601 + side}"
        return self.net.at(side) + [AIDPOST, "--data", f"{self.work}/{site}", "--login", who, "--passphrase-file",
                                    f"{self.work}/{who}", "--camera", "none", "--listen", listen, *args]

    def run(self, site, who, *args, side=0):
        return said(self.command(site, who, *args, side=side), env=self.env, cwd=self.work)

    def node(self, side):
        site = f"s{side}"
        p = sp.Popen(self.command(site, "amina", "node", "--unsealed", side=side), env=self.env, cwd=self.work,
                     stderr=sp.DEVNULL, stdin=sp.DEVNULL)
        while not os.path.exists(f"{self.work}/{site}/node.sock"):
            time.sleep(0.05)
        return p

    def holds(self, side):
        """How many blocks are there, and of how many only the header."""
        held = json.loads(self.run(f"s{side}", "amina", "--json", "status", side=side))["open"]
        return held["blocks"], held["waiting"]

    def hold_the_same(self):
        (here, lacks), (there, misses) = self.holds(0), self.holds(1)
        return here == there and lacks == misses == 0


def aidpost(work, net):
    """The same of two terminals. On a slow link: from the moment that there is one until both hold the same."""
    if net.link:
        net.say("join")
    t = Terminals(work, net)
    if net.link:
        net.say("cut")
    nodes = [t.node(0)]
    try:
        if net.link:
            nodes.append(t.node(1))
            net.count()
            net.say("join")
            start = time.monotonic()
            # Both write a little of their own as they start, so neither's count is known beforehand.
            while not t.hold_the_same():
                time.sleep(0.25)
                if time.monotonic() - start > LONGEST:
                    sys.exit("the terminals do not come to hold the same")
            seconds, bytes_ = time.monotonic() - start, net.count()
            memory = [peak(n) for n in nodes]
        else:
            before = net.count()
            sync = t.command("s1", "amina", "--json", "sync", side=1)
            out, _, memory = measured(sync, env=t.env, cwd=work, stderr=sp.DEVNULL)
            bytes_ = net.count() - before
            # The resources come with the first meeting of the round.
            met = json.loads(out)
            assert all(m["problem"] is None for m in met), met
            seconds = met[0]["millis"] / 1000
            memory = [peak(nodes[0]), memory]
    finally:
        for n in nodes:
            n.terminate()
            n.wait()
    report = json.loads(t.run("s1", "amina", "--json", "verify", side=1))
    assert report["damage"] == [], report
    return seconds, bytes_, memory, report["blocks"]


def turn(side, count, slow):
    with tempfile.TemporaryDirectory() as work:
        said(["python3", f"{HERE}/resources.py", FHIR, str(count), work])
        net = Net(slow)
        try:
            return side(work, net)
        finally:
            net.close()


def show(name, runs):
    seconds, bytes_ = (statistics.median(r[i] for r in runs) for i in (0, 1))
    memory = [max(r[2][i] for r in runs) / 2**20 for i in (0, 1)]
    print(f"  {name:<10}{seconds:>9.2f} s{bytes_ / 1e6:>9.3f} MB{memory[0]:>7.0f} and {memory[1]:.0f} MiB resident, "
          f"{runs[0][3]} {'documents' if name == 'PouchDB' else 'blocks'}", flush=True)
    return seconds, bytes_


def limited(name, value, limit, held):
    global missed
    missed |= not held
    print(f"  {name}: {value:.2f} ({limit}){'' if held else '  MISSED'}", flush=True)


def compare(title, count, slow, rounds):
    print(f"{title}, {count} FHIR resources, {rounds} times in turns", flush=True)
    runs = {pouch: [], aidpost: []}
    for _ in range(rounds):
        for side in runs:
            runs[side].append(turn(side, count, slow))
    theirs, ours = show("PouchDB", runs[pouch]), show("Aidpost", runs[aidpost])
    faster, share = theirs[0] / ours[0], ours[1] / theirs[1]
    if slow:
        print(f"  times as fast: {faster:.2f}")
    else:
        limited("times as fast", faster, f"at least {LEAST_FASTER}, aim 10", faster >= LEAST_FASTER)
    limited("of its bytes", share, f"at most {MOST_BYTES}, aim 0.5", share <= MOST_BYTES)


compare("loopback", RESOURCES, False, ROUNDS)
if SLOW:
    compare("44/64 kbit/s, 750 ms, 5% lost", SLOW, True, 1)
sys.exit(missed)
