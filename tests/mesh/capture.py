"""Counts every packet that is seen on some interfaces, by where it goes.

usage: capture.py INTERFACE…

Says "ready", and then answers "report" on stdin with one line of JSON, a list of [source, destination, protocol, port,
packets, bytes] since the last report. Ends with its stdin.
"""
import ipaddress, json, select, socket, struct, sys

ETH_P_ALL, IPV4, IPV6, VLAN_HEADER = 0x0003, 0x0800, 0x86DD, 14


def to_whom(frame):
    kind = struct.unpack("!H", frame[12:14])[0]
    p = frame[VLAN_HEADER:]
    if kind == IPV4 and len(p) >= 20:
        source, destination, protocol, rest = p[12:16], p[16:20], p[9], p[(p[0] & 15) * 4 :]
    elif kind == IPV6 and len(p) >= 40:
        source, destination, protocol, rest = p[8:24], p[24:40], p[6], p[40:]
    else:
        return ("", "", f"ethernet {kind:04x}", 0)
    port = struct.unpack("!H", rest[2:4])[0] if protocol in (6, 17) and len(rest) >= 4 else 0
    name = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6", 0: "icmpv6"}.get(protocol, str(protocol))
    return (str(ipaddress.ip_address(source)), str(ipaddress.ip_address(destination)), name, port)


def main():
    sockets = []
    for name in sys.argv[1:]:
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 24)
        s.bind((name, 0))
        s.setblocking(False)
        sockets.append(s)
    seen = {}
    print("ready", flush=True)
    while True:
        readable, _, _ = select.select([sys.stdin, *sockets], [], [])
        for s in (s for s in sockets if s in readable):
            while True:
                try:
                    frame, (_, _, direction, *_) = s.recvfrom(65536)
                except BlockingIOError:
                    break
                # What this machine itself sends to the hosts isn't the hosts' doing.
                if direction != socket.PACKET_OUTGOING:
                    key = to_whom(frame)
                    packets, size = seen.get(key, (0, 0))
                    seen[key] = (packets + 1, size + len(frame))
        if sys.stdin in readable:
            line = sys.stdin.readline()
            if not line:
                return
            print(json.dumps([[*k, *v] for k, v in seen.items()]), flush=True)
            seen = {}


main()
