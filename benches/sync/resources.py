"""FHIR bundles repeated with changed identifiers and values, until there are so many resources.

usage: resources.py FOLDER_WITH_BUNDLES COUNT OUT

Writes OUT/bundles/*.json (transactions, as they come) and OUT/resources.ndjson: the same resources one by one.
"""
import glob, hashlib, json, os, re, sys

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def renamed(text, n):
    """Every identifier another one, the same wherever it stands."""
    def other(m):
        h = hashlib.sha256(f"{n} {m[0]}".encode()).hexdigest()
        return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:32]}"
    return UUID.sub(other, text) if n else text


def changed(resource, n):
    """Measured values and names of this repetition."""
    if n == 0:
        return resource
    for q in [resource.get("valueQuantity")] + [c.get("valueQuantity") for c in resource.get("component", [])]:
        if q and isinstance(q.get("value"), (int, float)):
            seed = hashlib.sha256(f"{n} {resource['id']}".encode()).digest()[0]
            q["value"] = round(q["value"] * (1 + (seed - 128) / 2000), 4)
    for name in resource.get("name", []) if resource["resourceType"] == "Patient" else []:
        if "family" in name:
            name["family"] += str(n)
    return resource


def main():
    folder, count, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    os.makedirs(f"{out}/bundles")
    texts = [open(p).read() for p in sorted(glob.glob(f"{folder}/*.json"))]
    left, n, seen = count, 0, set()
    with open(f"{out}/resources.ndjson", "w") as lines:
        while left > 0:
            for i, text in enumerate(texts):
                bundle = json.loads(renamed(text, n))
                entries = []
                for e in bundle["entry"]:
                    # The same practitioners stand in several files.
                    name = (e["resource"]["resourceType"], e["resource"]["id"])
                    if name not in seen and len(entries) < left:
                        seen.add(name)
                        entries.append(e)
                left -= len(entries)
                if not entries:
                    break
                for e in entries:
                    e["resource"] = changed(e["resource"], n)
                    lines.write(json.dumps(e["resource"], separators=(",", ":")) + "\n")
                bundle["entry"] = entries
                with open(f"{out}/bundles/{n:04}-{i}.json", "w") as f:
                    json.dump(bundle, f, separators=(",", ":"))
            n += 1


main()
