"""Ask: a stored question, or one's own SPARQL, of the graph or of an endpoint; with receipts where wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .confined import Limits
from .errors import UsageError
from .queries import formats, frames, terminal
from .queries.answers import Answer, Source, Value
from .queries.asking import answered, ask
from .queries.binding import bound, in_words
from .queries.policy import check, doubts, unknown_terms
from .queries.receipts import with_receipts
from .queries.sandbox import DEFAULTS, run
from .queries.stored import stored_query
from .rdf.store import Graph
from .rdf.vocabulary import grouped

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

_CODES = "coded-columns"
_FIRST = 20  # rows by which an answer shows itself


@dataclass(frozen=True, repr=False)
class Result:
    """An answer with the question it belongs to; it prints as a table, in notebooks too."""

    source: Source
    question: str
    sparql: str
    answer: Answer
    name: str = ""
    notes: tuple[str, ...] = ()  # how words were taken that may mean more or less

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self.answer.variables

    @property
    def preferred(self) -> tuple[str, ...]:
        """The columns that a reader sees first, as the stored question declares them."""
        return stored_query(self.name).columns if self.name else ()

    def __len__(self) -> int:
        return len(self.answer)

    def __iter__(self) -> Iterator[dict[str, Value]]:
        return iter(self.answer)

    def __repr__(self) -> str:
        first = Answer(self.columns, self.answer.rows[:_FIRST])
        return terminal.to_table(first, preferred=self.preferred, of=len(self))

    def _repr_html_(self) -> str:
        return formats.to_html(Answer(self.columns, self.answer.rows[:_FIRST]))

    def receipts(self) -> Result:
        """The same rows with places, primary papers, flags, question and graph version beside each."""
        return replace(self, answer=with_receipts(self.source, self.answer, self.question, self.sparql))

    def to_csv(self, *, exact: bool = False) -> str:
        """The answer as CSV text; unless `exact`, an apostrophe stands before what a spreadsheet would run."""
        return formats.to_csv(self.answer, exact=exact)

    def to_pandas(self) -> pd.DataFrame:
        """A pandas frame with nullable numbers and categories; ExternalError without the extra `frames`."""
        return frames.to_pandas(self.answer, self._codes(), self.usual())

    def to_polars(self) -> pl.DataFrame:
        """A polars frame with typed columns; ExternalError without the extra `frames`."""
        return frames.to_polars(self.answer, self._codes(), self.usual())

    def usual(self) -> Answer | None:
        """The answer of the same stored question with its defaults, by which empty columns get their type."""
        return ask(self.source, stored_query(self.name).name) if self.name else None

    def _codes(self) -> dict[str, list[str]]:
        """The codes of each column that holds coded terms, in order."""
        rows = self.source.select(stored_query(_CODES).text, keep=True)
        found = grouped((row["column"].value, row["code"].value) for row in rows)
        return {column: list(dict.fromkeys(codes)) for column, codes in found.items()}


def query(
    source: Source, name: str, values: Mapping[str, object] | None = None, *, source_only: bool = False
) -> Result:
    """Ask a stored question; UsageError for an unknown query, parameter or value.

    With `source_only`, values are taken by the names and hierarchies of sources alone.
    """
    given = dict(values or {})
    asked = bound(source, name, given, source_only=source_only)
    question = in_words(name, given, source_only=source_only)
    return Result(source, question, asked.text, answered(source, name, asked, keep=not given), name, asked.notes)


def sparql(source: Source, text: str, name: str = "query", limits: Limits = DEFAULTS, *, force: bool = False) -> Result:
    """Ask one's own SPARQL; UsageError for what is not valid or not allowed, LimitError for what needs too much.

    A term in our namespace that the ontology does not have is a UsageError too, unless forced; `notes` of the result
    say what may mean something else than it seems to.
    """
    if not isinstance(source, Graph) and check(text, name) != "SELECT":
        raise UsageError(f"{name}: of an endpoint only SELECT is asked")
    if not force and (wrong := unknown_terms(text)):
        raise UsageError("\n".join(f"{name}: {one}" for one in wrong))
    answer = run(source, text, name, limits) if isinstance(source, Graph) else Answer.read(source.select(text))
    return Result(source, name, text, answer, notes=tuple(doubts(text)))
