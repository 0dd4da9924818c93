"""The Python interface: open a graph or an endpoint, ask it, and take the answer along as a data frame."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .queries.sandbox import Limits
from .query import query, sparql

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import pandas as pd
    import polars as pl
    import rdflib

    from .queries.answers import Answer, Source, Value
    from .queries.stored import StoredQuery
    from .query import Asked


@dataclass(frozen=True, repr=False)
class Result:
    """An answer with the question it belongs to; it prints as a table, in notebooks too."""

    asked: Asked
    answer: Answer

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self.answer.variables

    @property
    def sparql(self) -> str:
        """The SPARQL that was run, values included."""
        return self.asked.text

    def __len__(self) -> int:
        return len(self.answer)

    def __iter__(self) -> Iterator[dict[str, Value]]:
        return iter(self.answer)

    def __repr__(self) -> str:
        from .queries.formats import to_table

        return to_table(self.answer)

    def _repr_html_(self) -> str:
        from .queries.formats import to_html

        return to_html(self.answer)

    def receipts(self) -> Result:
        """The same rows with places, primary papers, question and graph version beside each."""
        return Result(self.asked, self.asked.receipts())

    def to_csv(self) -> str:
        """The answer as CSV text."""
        from .queries.formats import to_csv

        return to_csv(self.answer)

    def to_pandas(self) -> pd.DataFrame:
        """A pandas frame with nullable numbers and categories; ExternalError without the extra `frames`."""
        from .queries.frames import to_pandas

        return to_pandas(self.answer, self.asked.codes(), self.asked.usual())

    def to_polars(self) -> pl.DataFrame:
        """A polars frame with typed columns; ExternalError without the extra `frames`."""
        from .queries.frames import to_polars

        return to_polars(self.answer, self.asked.codes(), self.asked.usual())


@dataclass(frozen=True)
class KnowledgeGraph:
    """Something that can be asked: the graph on this machine, or an endpoint."""

    source: Source

    def query(self, name: str, /, **values: object) -> Result:
        """Ask a stored question; a list as value asks for several; UsageError says what else to write."""
        asked = query(self.source, name, values)
        return Result(asked, asked.answer)

    def sparql(self, text: str, *, seconds: float = 10, memory: int = 2048) -> Result:
        """Ask one's own SPARQL, read-only, within seconds and megabytes; LimitError beyond them."""
        asked = sparql(self.source, text, "query", Limits(seconds, memory))
        return Result(asked, asked.answer)

    def queries(self) -> dict[str, StoredQuery]:
        """The stored questions by name."""
        from .queries.stored import stored_queries

        return stored_queries()

    def rdflib(self) -> rdflib.Dataset:
        """A copy of the graph for the rdflib API, with its named graphs; the default graph is their union."""
        from .errors import UsageError
        from .rdf.in_rdflib import to_rdflib
        from .rdf.store import Graph

        if not isinstance(self.source, Graph):
            raise UsageError("an endpoint is not copied as a whole; `cartkg pull` writes it to a file")
        return to_rdflib(self.source)


def load(data: str | Path | None = None) -> KnowledgeGraph:
    """Open the graph of a data folder, the review's own if none is named; it is built first where needed."""
    from .build import build

    return KnowledgeGraph(build(Path(data) if data else None))


def connect(url: str, *, seconds: float = 60, graphs: Sequence[str] = ()) -> KnowledgeGraph:
    """Open a SPARQL endpoint that holds the graph; name its graphs where their union is not its default graph."""
    from .remote.endpoint import connect as open_endpoint

    return KnowledgeGraph(open_endpoint(url, seconds, tuple(graphs)))
