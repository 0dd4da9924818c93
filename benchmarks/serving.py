"""Ask a served graph from many sides at once, with hostile queries among the others, and print how it holds.

cartkg serve &  python benchmarks/serving.py http://127.0.0.1:7878 --clients 8 --seconds 60
"""

from __future__ import annotations

import argparse
import contextlib
import random
import statistics
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

_CK = "PREFIX ck: <https://w3id.org/cartkg/ontology/> "
LIGHT = {
    "lookup": _CK + "SELECT ?size { ?cohort a ck:Cohort ; ck:size ?size } ORDER BY ?size LIMIT 20",
    "count": _CK + "SELECT (COUNT(*) AS ?n) { ?x a ck:Observation }",
    "ask": _CK + "ASK { ?x a ck:Study }",
}
PATHS = {"stored": "/queries/evidence.csv?outcome=ORR", "row": "/id/products/tisagenlecleucel.ttl", "page": "/evidence"}
HOSTILE = (
    "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?f",
    "SELECT * " + "{" * 5_000 + "}" * 5_000,
    "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }",
    'SELECT * { BIND("0123456789abcdef" AS ?x0) '
    + " ".join(f"BIND(CONCAT(?x{n}, ?x{n}) AS ?x{n + 1})" for n in range(32))
    + " }",
)


def visit(url: str, end: float, share: float, seed: int) -> list[tuple[str, int, float, bytes]]:
    """What one client asks, in turn, until the end: kind, status, seconds, answer."""
    lots = random.Random(seed)
    found = []
    with httpx.Client(base_url=url, timeout=60) as client:
        while time.monotonic() < end:
            began = time.monotonic()
            if lots.random() < share:
                kind = "hostile"
                answer = client.post("/sparql", data={"query": lots.choice(HOSTILE)})
            elif (kind := lots.choice([*LIGHT, *PATHS])) in LIGHT:
                # Another text each time, so that it is asked and not remembered.
                answer = client.get("/sparql", params={"query": f"{LIGHT[kind]} # {lots.random()}"})
            else:
                answer = client.get(PATHS[kind])
            found.append((kind, answer.status_code, time.monotonic() - began, answer.content))
    return found


def memory(process: int) -> float:
    """Megabytes that a process and those it started hold, what they share counted once."""
    every = [process, *(int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split())]
    total = 0
    for one in every:
        with contextlib.suppress(OSError):  # it was killed at its limit meanwhile
            total += int(Path(f"/proc/{one}/smaps_rollup").read_text().split("Pss:")[1].split()[0])
    return total / 1024


def main() -> None:
    """Ask, and print requests a second, what went wrong, and of each kind its states, median and 95th percentile."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--hostile", type=float, default=0.05, help="share of hostile queries")
    parser.add_argument("--process", type=int, help="the server's, to measure its memory")
    given = parser.parse_args()
    with httpx.Client(base_url=given.url, timeout=60) as client:
        right = {kind: client.get("/sparql", params={"query": text}).content for kind, text in LIGHT.items()}
        right |= {kind: client.get(path).content for kind, path in PATHS.items()}
    end = time.monotonic() + given.seconds
    with ThreadPoolExecutor(given.clients) as threads:
        visits = threads.map(lambda seed: visit(given.url, end, given.hostile, seed), range(given.clients))
        found = [one for visited in visits for one in visited]
    print(f"{len(found) / given.seconds:.1f} requests/s, {given.clients} clients, {given.seconds:g} s")
    wrong = sum(status == httpx.codes.OK and content != right.get(kind, content) for kind, status, _, content in found)
    failed = sum(status not in {200, 503} for kind, status, _, _ in found if kind in right)
    print(f"{wrong} wrong answers, {failed} unexpected states of what is not hostile", end="")
    print(f", {memory(given.process):.0f} MB" if given.process else "")
    kinds = defaultdict(list)
    for kind, *rest in found:
        kinds[kind].append(rest)
        if kind in right:
            kinds["light"].append(rest)
    for kind, rows in sorted(kinds.items()):
        times = sorted(seconds * 1000 for _, seconds, _ in rows)
        states = dict(Counter(status for status, _, _ in rows))
        middle, late = statistics.median(times), times[int(len(times) * 0.95)]
        print(f"{kind:<8} {len(rows):>6} {states}  median {middle:.1f} ms  p95 {late:.1f} ms")


if __name__ == "__main__":
    main()
