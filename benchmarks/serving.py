"""Ask a served graph from many sides at once, with hostile queries among the others, and print how it holds.

cartkg serve &  python benchmarks/serving.py http://127.0.0.1:7878 --clients 8 --seconds 60
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor

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
                answer = client.get("/sparql", params={"query": LIGHT[kind]})
            else:
                answer = client.get(PATHS[kind])
            found.append((kind, answer.status_code, time.monotonic() - began, answer.content))
    return found


def main() -> None:
    """Ask, and print requests a second, and of each kind its states, median, 95th percentile and different answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--hostile", type=float, default=0.05, help="share of hostile queries")
    given = parser.parse_args()
    end = time.monotonic() + given.seconds
    with ThreadPoolExecutor(given.clients) as threads:
        visits = threads.map(lambda seed: visit(given.url, end, given.hostile, seed), range(given.clients))
        found = [one for visited in visits for one in visited]
    print(f"{len(found) / given.seconds:.1f} requests/s, {given.clients} clients, {given.seconds:g} s")
    kinds = defaultdict(list)
    for kind, *rest in found:
        kinds[kind].append(rest)
    for kind, rows in sorted(kinds.items()):
        times = sorted(seconds * 1000 for _, seconds, _ in rows)
        well = {content for status, _, content in rows if status == httpx.codes.OK}
        states = dict(Counter(status for status, _, _ in rows))
        middle, late = statistics.median(times), times[int(len(times) * 0.95)]
        print(f"{kind:<8} {len(rows):>6} {states}  median {middle:.1f} ms  p95 {late:.1f} ms  answers {len(well)}")


if __name__ == "__main__":
    main()
