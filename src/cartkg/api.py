"""The Python interface: open a graph or an endpoint, ask it, and take the answer along as a data frame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .build import build
from .errors import UsageError
from .queries.answers import Source
from .queries.sandbox import Limits
from .queries.stored import StoredQuery, stored_queries
from .query import Result, query, sparql
from .rdf.folders import chosen_overlays
from .rdf.store import Graph

if TYPE_CHECKING:
    import rdflib

__all__ = ["KnowledgeGraph", "Result", "connect", "load"]


@dataclass(frozen=True)
class KnowledgeGraph:
    """Something that can be asked: the graph on this machine, or an endpoint."""

    source: Source

    def query(self, name: str, /, *, source_only: bool = False, **values: object) -> Result:
        """Ask a stored question; a list as value asks for several; UsageError says what else to write.

        `notes` of the result say how words were taken; with `source_only` only what sources state counts.
        """
        return query(self.source, name, values, source_only=source_only)

    def sparql(self, text: str, *, seconds: float = 10, memory: int = 2048) -> Result:
        """Ask one's own SPARQL, read-only, within seconds and megabytes; LimitError beyond them."""
        return sparql(self.source, text, "query", Limits(seconds, memory))

    def queries(self) -> dict[str, StoredQuery]:
        """The stored questions by name."""
        return stored_queries()

    def rdflib(self) -> rdflib.Dataset:
        """A copy of the graph for the rdflib API, with its named graphs; the default graph is their union."""
        from .rdf.in_rdflib import to_rdflib

        if not isinstance(self.source, Graph):
            raise UsageError("an endpoint is not copied as a whole; `cartkg pull` writes it to a file")
        return to_rdflib(self.source)


def load(data: str | Path | None = None, *, with_: Iterable[str | Path] = ()) -> KnowledgeGraph:
    """Open the graph of a data folder, the review's own if none is named; it is built first where needed.

    `with_` names folders of one's own, or sources that are shipped, which are laid over it.
    """
    return KnowledgeGraph(build(Path(data) if data else None, overlays=chosen_overlays(map(str, with_))))


def connect(url: str, *, seconds: float = 60, graphs: Sequence[str] = ()) -> KnowledgeGraph:
    """Open a SPARQL endpoint that holds the graph; name its graphs where their union is not its default graph."""
    from .remote.endpoint import connect as open_endpoint

    return KnowledgeGraph(open_endpoint(url, seconds, tuple(graphs)))
