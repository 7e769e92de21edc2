"""A slow link between two TAP devices: rate, delay and loss, seeded, and cut on demand.

usage: slow_link.py TAP_A TAP_B KBIT_AB KBIT_BA DELAY_MS LOSS SEED

Makes both devices, says "ready", and then takes commands on stdin: "cut", "join", "count" (answers with the bytes of
Ethernet frames that either side has put on the link since the last count). Ends with its stdin.
"""
import fcntl, heapq, os, random, select, struct, sys, time

TUNSETIFF, TAP_NO_PI = 0x400454CA, 0x1002
# A modem's buffer: what waits longer is dropped.
LONGEST_QUEUE = 3.0


def tap(name):
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name.encode(), TAP_NO_PI))
    return fd


def main():
    name_a, name_b, ab, ba, delay, loss, seed = sys.argv[1:8]
    delay, loss, rng = float(delay) / 1000, float(loss), random.Random(int(seed))
    ends = [tap(name_a), tap(name_b)]
    rates = [float(ab) * 1000 / 8, float(ba) * 1000 / 8]
    free, sent, cut, waiting, n = [0.0, 0.0], 0, False, [], 0
    print("ready", flush=True)
    while True:
        timeout = max(0, waiting[0][0] - time.monotonic()) if waiting else None
        readable, _, _ = select.select([0, *ends], [], [], timeout)
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, to, frame = heapq.heappop(waiting)
            if not cut:
                try:
                    os.write(ends[to], frame)
                except OSError:
                    pass
        for side, fd in enumerate(ends):
            if fd not in readable:
                continue
            frame = os.read(fd, 2048)
            if cut or free[side] - now > LONGEST_QUEUE:
                continue
            sent += len(frame)
            free[side] = max(free[side], now) + len(frame) / rates[side]
            if rng.random() >= loss:
                n += 1
                heapq.heappush(waiting, (free[side] + delay, n, 1 - side, frame))
        if 0 in readable:
            line = sys.stdin.readline()
            if not line:
                return
            if line.strip() == "count":
                print(sent, flush=True)
                sent = 0
            else:
                cut = line.strip() == "cut"
                if cut:
                    waiting.clear()


main()
