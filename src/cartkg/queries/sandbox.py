"""Run a caller's own SPARQL where it can be stopped, reaches nothing, and takes nothing along when it crashes."""

from __future__ import annotations

import pyoxigraph as ox

from ..confined import Limits, Work, confined
from ..errors import StorageError, UsageError
from ..rdf.store import Graph, asked, names_graphs
from ..rdf.vocabulary import graph_name
from .answers import Answer
from .policy import check

DEFAULTS = Limits()
_TRIPLE = ("subject", "predicate", "object")


def run(graph: Graph, text: str, name: str = "query", limits: Limits = DEFAULTS) -> Answer:
    """Run SPARQL text; the triples of CONSTRUCT and DESCRIBE come as rows, that of ASK as one truth value.

    UsageError for what is not valid or not allowed, LimitError for what takes too long, too much memory or gives
    too much.
    """
    form = check(text, name, {graph_name(known).value for known in graph.manifest.graphs})
    try:
        given = text.encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"{name}: {error.object[error.start]!r} is half of a character, which is not text") from None
    store = graph.stored(named=names_graphs(text))
    return _read(form, confined(f"{__name__}:evaluating", given, name, limits, str(store)))


def _read(form: str, out: bytes) -> Answer:
    if form in {"CONSTRUCT", "DESCRIBE"}:
        triples = ox.parse(out, format=ox.RdfFormat.N_TRIPLES)
        return Answer(_TRIPLE, tuple((found.subject, found.predicate, found.object) for found in triples))
    found = ox.parse_query_results(out, format=ox.QueryResultsFormat.JSON)
    if isinstance(found, ox.QueryBoolean):
        return Answer(("answer",), ((ox.Literal(bool(found)),),))
    return Answer.read(found)


def evaluating(path: str) -> Work:
    """Open a store; the work is to answer a query: what the child does."""
    try:
        store = ox.Store.read_only(path)
    except (OSError, RuntimeError) as error:
        raise StorageError(f"{path} can not be opened: {error}; run the command again") from error

    def evaluate(given: bytes) -> bytes:
        try:
            found = asked(store, given.decode())
            kind = ox.RdfFormat.N_TRIPLES if isinstance(found, ox.QueryTriples) else ox.QueryResultsFormat.JSON
            return bytes(found.serialize(format=kind) or b"")  # type: ignore[arg-type]
        except SyntaxError as error:
            raise UsageError(f"not valid SPARQL: {error}") from error
        except (ValueError, OSError, RuntimeError) as error:
            raise UsageError(f"can not be answered: {error}") from error

    return evaluate
