"""Run a caller's own SPARQL in a process of its own, which has limits and can be stopped.

No engine can be interrupted from within, and a few kilobytes of query can bring one down: so the process that
asks is never the one that evaluates. The child opens the store, then gives up the right to open anything else.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import NoReturn

import pyoxigraph as ox

from ..errors import LimitError, UsageError
from ..rdf.store import Graph, asked, names_graphs
from ..rdf.vocabulary import graph_name
from .answers import Answer
from .policy import check

_NOT_SPARQL = 2
_FAILED = 3
_PROBLEMS = {_NOT_SPARQL: "not valid SPARQL", _FAILED: "can not be answered"}
_MEGABYTE = 1 << 20
_TRIPLE = ("subject", "predicate", "object")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may use: seconds of time, megabytes of memory, megabytes of answer."""

    seconds: float = 10
    memory: int = 2048
    answer: int = 64


DEFAULTS = Limits()


def run(graph: Graph, text: str, name: str = "query", limits: Limits = DEFAULTS) -> Answer:
    """Run SPARQL text; the triples of CONSTRUCT and DESCRIBE come as rows, that of ASK as one truth value.

    UsageError for what is not valid or not allowed, LimitError for what takes too long, too much memory or gives
    too much.
    """
    form = check(text, name, {graph_name(known).value for known in graph.manifest.graphs})
    command = [
        sys.executable,
        "-c",
        f"from {__name__} import evaluate; evaluate()",
        str(graph.stored(named=names_graphs(text))),
    ]
    try:
        given = text.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"{name}: {error.object[error.start]!r} is half of a character, which is not text") from None
    with subprocess.Popen(  # noqa: S603
        [*command, str(limits.memory), str(limits.answer)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as child:  # fmt: skip
        try:
            out, err = child.communicate(given, timeout=limits.seconds)
        except BaseException as error:
            # Whoever is interrupted, from a notebook say, must not leave the query running behind.
            child.kill()
            child.communicate()
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            remedy = "narrow the query, or give it more with --timeout"
            raise LimitError(f"{name}: no answer within {limits.seconds:g} seconds; {remedy}") from None
    if problem := _PROBLEMS.get(child.returncode):
        raise UsageError(f"{name}: {problem}: {err.decode(errors='replace').strip()}")
    if child.returncode:
        raise LimitError(
            f"{name}: the query needs more than {limits.memory} MB of memory or gives more than {limits.answer} MB of "
            "answer; narrow it, add LIMIT, or give it more with --memory"
        )
    return _read(form, out)


def _read(form: str, out: bytes) -> Answer:
    if form in {"CONSTRUCT", "DESCRIBE"}:
        triples = ox.parse(out, format=ox.RdfFormat.N_TRIPLES)
        return Answer(_TRIPLE, tuple((found.subject, found.predicate, found.object) for found in triples))
    found = ox.parse_query_results(out, format=ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        return Answer(("answer",), ((ox.Literal(bool(found)),),))
    return Answer.read(found)


def evaluate() -> None:
    """Read a query from stdin, write its results to stdout: what the child process does."""
    path, memory, most = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    text = sys.stdin.buffer.read().decode()
    store = ox.Store.read_only(path)
    _give_up_rights(memory)
    try:
        found = asked(store, text)
        if isinstance(found, ox.QueryTriples):
            results = found.serialize(format=ox.RdfFormat.N_TRIPLES)
        else:
            results = found.serialize(format=ox.QueryResultsFormat.JSON)
    except (SyntaxError, ValueError, OSError, RuntimeError) as error:
        sys.stderr.write(str(error))
        _end(_NOT_SPARQL if isinstance(error, SyntaxError) else _FAILED)
    except MemoryError:
        _end(1)
    if len(results or b"") > most * _MEGABYTE:
        _end(1)
    sys.stdout.buffer.write(results or b"")
    _end(0)


def _end(code: int) -> NoReturn:
    """Leave at once: what would run at exit could open no file, and its complaint would read as the engine's."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _give_up_rights(memory: int) -> None:
    """No new file or socket, no core file and bounded memory from here on, where the system knows such limits."""
    try:
        import resource
    except ImportError:  # pragma: no cover
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory * _MEGABYTE, memory * _MEGABYTE))
