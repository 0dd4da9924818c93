"""Every stored question with its defaults on the review's graph, in rdflib beside pyoxigraph: the rows and the times.

python benchmarks/engines.py [--seconds N] [NAME …]

rdflib needs minutes for some of them, so each is asked in a process of its own, which is ended after --seconds. Rows
are compared in their order, numbers by value. Exits with 1 where rows differ or rdflib fails; a question that reached
the limit is named and counts as not compared.
"""

from __future__ import annotations

import argparse
import multiprocessing
import re
import time
from decimal import Decimal
from typing import TYPE_CHECKING

import pyoxigraph as ox
import rdflib

from cartkg.build import build
from cartkg.queries.answers import Answer, plain
from cartkg.queries.stored import stored_queries
from cartkg.rdf.serialise import is_module_header

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from cartkg.rdf.store import Graph

Rows = list[tuple[str, ...]]
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_FORKED = multiprocessing.get_context("fork")  # the child finds the parsed graph in its memory


def by_value(text: str) -> str:
    """A number in one spelling; anything else as it is."""
    if not _NUMBER.fullmatch(text):
        return text
    number = Decimal(text)
    return str(number.quantize(1) if number == number.to_integral() else number.normalize())


def in_rdflib(graph: Graph) -> rdflib.Graph:
    """The union of the named graphs, with literals as they are written."""
    rdflib.NORMALIZE_LITERALS = False
    triples = dict.fromkeys(quad.triple for quad in graph.quads() if not is_module_header(quad))
    return rdflib.Graph().parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), format="nt")


def answer(graph: rdflib.Graph, text: str, sender: Connection) -> None:
    """Ask rdflib and send the rows with the seconds it took, or what went wrong."""
    started = time.perf_counter()
    try:
        rows = [tuple("" if term is None else by_value(str(term)) for term in row) for row in graph.query(text)]
        sender.send((rows, time.perf_counter() - started))
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is the finding
        sender.send((f"{type(error).__name__}: {error}", time.perf_counter() - started))


def ask_rdflib(graph: rdflib.Graph, text: str, seconds: float) -> tuple[Rows | str | None, float]:
    """The rows, or an error as text, or None at the limit; and the seconds it took."""
    receiver, sender = _FORKED.Pipe(duplex=False)
    child = _FORKED.Process(target=answer, args=(graph, text, sender), daemon=True)
    child.start()
    sender.close()
    try:
        if not receiver.poll(seconds):
            return None, seconds
        return receiver.recv()
    except EOFError:
        return "its process ended without an answer", 0
    finally:
        child.kill()
        child.join()


def difference(ours: Rows, theirs: Rows | str) -> str:
    """What differs, in a line; nothing where nothing does."""
    if isinstance(theirs, str):
        return theirs
    if ours == theirs:
        return ""
    first = next((number for number, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] != pair[1]), None)
    if first is None:
        return f"{len(ours)} rows, rdflib {len(theirs)}"
    return f"row {first + 1}: {ours[first]}, rdflib {theirs[first]}"


def main() -> int:
    """Ask every stored question, or those named, and print differences and times."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    graph = build()
    copy = in_rdflib(graph)
    list(copy.query("SELECT * { ?a ?b ?c } LIMIT 1"))  # the grammar is put together on first use
    found, limited = 0, []
    names = options.names or list(stored_queries())
    print(f"{'query':<44}{'pyoxigraph s':>13}{'rdflib s':>10}")
    for name in names:
        text = stored_queries()[name].text
        started = time.perf_counter()
        ours = [tuple(by_value(plain(term)) for term in row) for row in Answer.read(graph.select(text)).rows]
        taken = time.perf_counter() - started
        theirs, seconds = ask_rdflib(copy, text, options.seconds)
        wrong = "" if theirs is None else difference(ours, theirs)
        found += bool(wrong)
        limited += [name] if theirs is None else []
        remark = "limit" if theirs is None else wrong
        print(f"{name:<44}{taken:>13.3f}{seconds:>10.2f}  {remark}".rstrip(), flush=True)
    if limited:
        print(f"not compared, longer than {options.seconds:g} s in rdflib: {', '.join(limited)}")
    print(f"{found} differences in {len(names) - len(limited)} queries")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main())
