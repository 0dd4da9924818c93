"""Binding: the SPARQL of a stored question, with values for its parameters in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from ..errors import UsageError
from .answers import Answer, Source, plain
from .columns import column_named, parameter_named
from .meanings import Meanings
from .parameters import TypedValue, cells_meant, terms_of
from .stored import StoredQuery, preset, stored_query, typed

_ELSEWHERE = "elsewhere"  # the parameter of a question that follows the hierarchy elsewhere itself


@dataclass(frozen=True)
class Bound:
    """The text of a stored query with values in it; `notes` say how words were taken that may mean more or less.

    Of its answer, those rows are kept that have one of these values in each of these columns.
    """

    text: str
    notes: tuple[str, ...] = ()
    kept: Mapping[str, Collection[str]] = field(default_factory=dict)

    def left(self, answer: Answer) -> Answer:
        """The rows of an answer that are kept."""
        for column, values in self.kept.items():
            place = answer.variables.index(column)
            answer = Answer(answer.variables, tuple(row for row in answer.rows if plain(row[place]) in values))
        return answer


def bind(source: Source, query: StoredQuery, values: Mapping[str, object], *, source_only: bool = False) -> Bound:
    """A stored query with values in place of its defaults; UsageError names every wrong one."""
    terms: dict[str, list[TypedValue]] = {}
    wrong: list[str] = []
    kept: dict[str, list[str]] = {}
    meanings = Meanings(source, source_only)
    asked = [*values.items()]
    rest = {one: given for one, given in values.items() if not column_named(source, query, one)}
    for written, value in asked:  # which grows by what the values imply
        try:
            if column := column_named(source, query, written, rest if written in values else None):
                kept[written] = cells_meant(meanings, query, column, value)
            else:
                name = parameter_named(query, written)
                if name != written:
                    meanings.tell(f"{written} is taken for the parameter {name}")
                if found := terms_of(meanings, query, name, value):
                    terms[name] = found
        except UsageError as error:
            wrong.append(str(error))
        asked += [pair for pair in meanings.implied.items() if pair not in asked and pair[0] not in values]
    if wrong:
        raise UsageError("\n".join(wrong))
    for name, given in terms.items():
        others = {query.parameters[one].values: found for one, found in terms.items() if one != name}
        meanings.unstated(query.parameters[name], given, others, of_studies=query.of_studies)
    for name in meanings.implied.keys() & values.keys():
        meanings.tell(f"{name}={values[name]} counts, since it is given by itself")
    for name in terms.keys() & query.notes.keys():
        meanings.tell(query.notes[name])
    return Bound(query.with_values(terms), tuple(meanings.notes), kept)


def in_words(name: str, values: Mapping[str, object], *, source_only: bool = False) -> str:
    """What is asked, on one line."""
    return " ".join([name, *typed(values), *["source only"] * source_only])


def bound(source: Source, name: str, values: Mapping[str, object] | None = None, *, source_only: bool = False) -> Bound:
    """The SPARQL that `ask` runs, and how values were taken; with `source_only`, by what sources state alone."""
    query = stored_query(name)
    given = {**preset(name), **(values or {})}
    if source_only and _ELSEWHERE in query.parameters:
        given.setdefault(_ELSEWHERE, "no")
    asked = bind(source, query, given, source_only=source_only) if given else Bound(query.with_values({}))
    return replace(asked, notes=(*asked.notes, query.note)) if query.note else asked
