"""The Python interface: open a graph or an endpoint, ask it, and take the answer along as a data frame."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING

from . import plot
from .build import build
from .claims import check_claims
from .confined import Limits
from .errors import UsageError
from .find import Found, find
from .plot import Picture
from .queries.answers import Source
from .queries.judging import CheckedClaim
from .queries.stored import StoredQuery, stored_queries, stored_query
from .query import Result, query, sparql
from .rdf.folders import chosen_overlays
from .rdf.store import Graph
from .trace import Trace, trace

if TYPE_CHECKING:
    import rdflib

__all__ = ["KnowledgeGraph", "Result", "connect", "load"]


@dataclass(frozen=True, repr=False)
class KnowledgeGraph:
    """Something that can be asked: the graph on this machine, or an endpoint.

    `graph.ask.` and `graph.plot.` offer the stored questions and the pictures with Tab.
    """

    source: Source

    def __repr__(self) -> str:
        if not isinstance(self.source, Graph):
            return f"KnowledgeGraph at {getattr(self.source, 'url', self.source)}"
        manifest = self.source.manifest
        laid = "".join(f" with {Path(one).name}" for one in manifest.overlays)
        return f"KnowledgeGraph of {Path(manifest.data).name}{laid}: {manifest.quads} triples, {manifest.sha256[:12]}"

    @property
    def ask(self) -> Questions:
        """The stored questions as methods, with underscores for hyphens: `graph.ask.find_studies(phase="II")`."""
        return Questions(self)

    @property
    def plot(self) -> Pictures:
        """The pictures as methods: `graph.plot.forest(outcomes=["CRR"])`; needs the extra `plot`."""
        return Pictures(self._own())

    def find(self, words: str) -> list[Found]:
        """Questions, rows and terms that hold these words, the likeliest kind first."""
        return find(self.source, words)

    def trace(self, observation: str) -> Trace:
        """Everything that bears on one figure, by its id."""
        return trace(self._own(), observation)

    def claims(self, only: str = "") -> tuple[CheckedClaim, ...]:
        """The statements of the prose with the verdicts that follow from the tables, or one of them by its id."""
        return check_claims(self._own(), only)

    def query(self, name: str, /, *, source_only: bool = False, **values: object) -> Result:
        """Ask a stored question; a list as value asks for several; UsageError says what else to write.

        `notes` of the result say how words were taken; with `source_only` only what sources state counts.
        """
        return query(self.source, name, values, source_only=source_only)

    def sparql(self, text: str, *, seconds: float = 10, memory: int = 2048, force: bool = False) -> Result:
        """Ask one's own SPARQL, read-only, within seconds and megabytes; LimitError beyond them."""
        return sparql(self.source, text, "query", Limits(seconds, memory), force=force)

    def queries(self) -> dict[str, StoredQuery]:
        """The stored questions by name."""
        return stored_queries()

    def rdflib(self) -> rdflib.Dataset:
        """A copy of the graph for the rdflib API, with its named graphs; the default graph is their union."""
        from .rdf.in_rdflib import to_rdflib

        return to_rdflib(self._own())

    def _own(self) -> Graph:
        if not isinstance(self.source, Graph):
            raise UsageError("this needs the graph on this machine; `cartkg pull` writes that of an endpoint to a file")
        return self.source


@dataclass(frozen=True)
class Questions:
    """The stored questions, offered with Tab."""

    graph: KnowledgeGraph

    def __dir__(self) -> list[str]:
        return [name.replace("-", "_") for name, query in stored_queries().items() if query.for_readers]

    def __getattr__(self, name: str) -> Question:
        if name.startswith("_"):
            raise AttributeError(name)
        return Question(self.graph, stored_query(name.replace("_", "-")))


class Question:
    """A stored question that can be called with values for its parameters."""

    def __init__(self, graph: KnowledgeGraph, query: StoredQuery) -> None:
        self._graph, self._query = graph, query
        self.__doc__ = f"{query.summary}\n\n{query.description}"
        kinds = [Parameter(name, Parameter.KEYWORD_ONLY, default=one.default) for name, one in query.parameters.items()]
        self.__signature__ = Signature(kinds)

    def __call__(self, **values: object) -> Result:
        return self._graph.query(self._query.name, **values)  # type: ignore[arg-type]

    def __repr__(self) -> str:
        return f"{self._query.name}{self.__signature__}: {self._query.summary}"


@dataclass(frozen=True)
class Pictures:
    """The pictures, offered with Tab; each shows itself in a notebook and writes itself with `save`."""

    graph: Graph

    def __dir__(self) -> list[str]:
        return [name for name in plot.__all__ if name.islower() and name != "render"]

    def __getattr__(self, name: str) -> Callable[..., Picture]:
        if name not in dir(self):
            raise AttributeError(f"there is no picture {name!r}; there are: {', '.join(dir(self))}")
        return partial(_drawn, getattr(plot, name), self.graph)


def _drawn(draw: Callable[..., Picture], graph: Graph, *names: str, **given: object) -> Picture:
    """A picture; what it does not take itself is a value for the question that it draws."""
    own = {name: value for name, value in given.items() if name in signature(draw).parameters}
    if "values" in signature(draw).parameters and "values" not in own:
        own["values"] = {name: value for name, value in given.items() if name not in own}
    return draw(graph, *names, **own)


def load(data: str | Path | None = None, *, with_: Iterable[str | Path] = ()) -> KnowledgeGraph:
    """Open the graph of a data folder, the review's own if none is named; it is built first where needed.

    `with_` names folders of one's own, or sources that are shipped, which are laid over it.
    """
    return KnowledgeGraph(build(Path(data) if data else None, overlays=chosen_overlays(map(str, with_))))


def connect(url: str, *, seconds: float = 60, graphs: Sequence[str] = ()) -> KnowledgeGraph:
    """Open a SPARQL endpoint that holds the graph; name its graphs where their union is not its default graph."""
    from .remote.endpoint import connect as open_endpoint

    return KnowledgeGraph(open_endpoint(url, seconds, tuple(graphs)))
