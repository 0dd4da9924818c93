"""Find: questions, rows and terms of the graph by words, the likeliest first, with the command that shows each."""

from __future__ import annotations

import math
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from .errors import UsageError
from .queries.answers import Source, read_once
from .queries.asking import ask
from .queries.called import is_said, taking
from .queries.codes import is_property, names_of_codes
from .queries.meanings import Meanings
from .queries.names import SMALL, folded, may_be_name, searched, the_only, words
from .queries.parameters import known_values
from .queries.stored import Parameter, StoredQuery, stored_queries, stored_query, typed
from .rdf.vocabulary import grouped, row_name, shorten

_QUERY = "findable"
_QUESTION, _TERM = "question", "term"
_TABLE = "evidence"
_LATE = {"discrepancies": 1.0, "references": 0.5, _TERM: 0.5, "constructs": 0.2}  # what a reader seldom looks for first
_OF_KIND = {
    "observations": "cartkg trace {}",
    "references": "cartkg query rests-on-reference -p reference_number={}",
}
_LABEL = 1.0  # a word that begins like one of a label counts so much more, and twice that if it is the same
_ENOUGH = 0.6  # of what was asked, by weight, that a row must hold; a question is found by less
_SOME = 0.34
_EXACT = 10  # for the very name of a thing
_ASKED = 2  # for a question, where more than a few words are typed
_FITS = 0.5  # for a question that takes the names among the words as its values
_FEW = 2
_UNHEARD = 0.25  # how much a word that no question holds tells against all of them
_STEM = 5
_LONGEST = 60  # letters of a name
_NAME = 5  # words of a name
_LETTER = re.compile(r"[^\W\d_]")
_NUMBERED = re.compile(r"[^\W\d_]+-\d+\w*")
_MARKS = ".,;:?!()\"'"
_SHORT = 3  # letters of a word that is no part of a name
_LONGEST_TEXT = 1000  # characters to look for
_Word = tuple[tuple[str, ...], ...]  # of something that was typed, the words of each of its names; its own first
Spotted = tuple[dict[str, list[str]], str]  # what `spotted` gives
_LEAST = 0.01  # of what a common word tells, so that questions of nothing but such are told apart
_MANY = 3  # a word that one thing in so many holds tells next to nothing


@dataclass(frozen=True, slots=True)
class Found:
    """A thing that some words lead to: what it is, its name, and the command that shows it."""

    kind: str
    name: str
    label: str
    command: str
    score: float
    iri: str


def find(source: Source, text: str, most: int = 5, known: Spotted | None = None) -> list[Found]:
    """What is found by these words, of each kind at most so many: the likeliest kind first, and of it the likeliest.

    Of one or two words, a thing must hold both; of more, most. Where none does, any of them is enough, if each stands
    somewhere: what nothing holds may be all that is meant. `known` is what `spotted` gave of the text.
    """
    values, rest = known or spotted(source, text)
    things, asked = _things(source), _asked(source, text)
    if not asked:
        return []
    of_question = _asked(source, rest) or asked
    whole = {folded(text), *(folded(" ".join(name)) for word in asked for name in word if len(asked) == 1)}
    fitting = _fitting(values)
    found = _found(things, asked, of_question, whole, fitting, most, _ENOUGH)
    if not found and not _unheard(things, asked):
        found = _found(things, asked, of_question, whole, fitting, most, 0)
    return [replace(one, command=_with(one, values)) if one.kind == _QUESTION else one for one in found]


def spotted(source: Source, text: str) -> Spotted:
    """The values for the tidy table that stand in a text, by parameter, the longest names first; and what else does.

    UsageError for a text that is longer than what people look for.
    """
    if len(text) > _LONGEST_TEXT:
        raise UsageError(f"more than {_LONGEST_TEXT} characters are more than is looked for; give a few words")
    table, meanings = stored_query(_TABLE), Meanings(source)
    values: dict[str, list[str]] = {}
    parts: list[str | None] = [word.strip(_MARKS) for word in text.split()]
    for size in range(min(_NAME, len(parts)), 0, -1):
        for start in range(len(parts) - size + 1):
            taken = [part for part in parts[start : start + size] if part]
            value = " ".join(taken)
            if len(taken) < size or not may_be_name(value) or not _LETTER.search(value):
                continue
            fits = (one.name for one in table.parameters.values() if _is_value(source, meanings, table, one, value))
            if name := next(fits, ""):
                values.setdefault(name, []).append(value)
                parts[start : start + size] = [None] * size
    return values, " ".join(filter(None, parts))


def _is_value(source: Source, meanings: Meanings, query: StoredQuery, parameter: Parameter, value: str) -> bool:
    """Whether a parameter takes this for a row of its table, or for a code that is no plain word."""
    if parameter.type == "iri":
        part = value[:1].isupper() and max(map(len, value.split())) > _SHORT
        return meanings.is_called(parameter.values, value, part=part)
    if parameter.type != "enum":
        return False
    codes = {code for code in known_values(source, query, parameter) if not code.islower()}
    code, others = the_only(value, names_of_codes(source, parameter))
    return any(folded(one) == folded(value) for one in codes) or (code in codes and not others)


def _fitting(values: Mapping[str, list[str]]) -> frozenset[str]:
    """The questions that take all of these values; none where there are none."""
    table = stored_query(_TABLE).parameters
    wanted = {table[name].values for name in values}
    queries = stored_queries().values() if wanted else ()
    return frozenset(
        one.name for one in queries if wanted <= {parameter.values for parameter in one.parameters.values()}
    )


def _with(found: Found, values: Mapping[str, list[str]]) -> str:
    """The command of a question, with the values that it takes as the tidy table does, or one each."""
    table, query = stored_query(_TABLE).parameters, stored_query(found.name)
    asked: dict[str, list[str]] = {}
    for name, given in values.items():
        same = [one.name for one in query.parameters.values() if one.values == table[name].values]
        if name in same:
            asked[name] = given
        elif len(same) == len(given):
            asked |= {one: [value] for one, value in zip(same, given, strict=True)}
    return command(found.name, asked)


def command(name: str, values: Mapping[str, list[str]]) -> str:
    """What asks a question with these values."""
    return " ".join([f"cartkg query {name}", *(f"-p {shlex.quote(pair)}" for pair in typed(values))])


def unheard(source: Source, text: str) -> list[str]:
    """Those of the words that nothing holds, and names of one of several that none is called: ZUMA-7, beside ZUMA-1."""
    parts = [part.strip(_MARKS) for part in text.split()]
    others = [part for part in parts if _NUMBERED.fullmatch(part) and not is_said(source, part)]
    rest = " ".join(part for part in parts if part not in others)
    return others + [" ".join(word[0]) for word in _unheard(_things(source), _asked(source, rest))]


def _unheard(things: Sequence[Sequence[_Thing]], asked: Sequence[_Word]) -> list[_Word]:
    return [word for word in asked if not any(thing.holds(word) for thing in chain(*things))]


def _asked(source: Source, text: str) -> list[_Word]:
    """What was typed: a name of several words, ide-cel or ide cel, with the other names of the same; else each word.

    So is one word that stands nowhere: the number of a trial.
    """
    asked: list[_Word] = []
    meanings, parts = Meanings(source), text.split()
    while parts:
        for size in (2, 1) if any(len(part) <= _SHORT and part not in SMALL for part in parts[:2]) else (1,):
            typed = tuple(words(run := " ".join(parts[:size])))
            heard = len(typed) == 1 and any(thing.holds((typed,)) for thing in chain(*_things(source)))
            if not heard and (names := meanings.named(run)):
                asked.append((typed, *sorted(tuple(words(name)) for name in names)))
                break
        else:
            asked += [((word,),) for word in words(parts[0]) if word not in SMALL]
        del parts[:size]
    return [*dict.fromkeys(asked)]


def _found(
    things_of: Sequence[Sequence[_Thing]],
    of_rows: Sequence[_Word],
    of_question: Sequence[_Word],
    whole: set[str],
    fitting: frozenset[str],
    most: int,
    enough: float,
) -> list[Found]:
    found: dict[str, list[Found]] = {}
    for things, asked, needed, unknown in zip(
        things_of, (of_question, of_rows), (min(_SOME, enough), enough), (_UNHEARD, 1.0), strict=True
    ):
        few = enough and len(asked) <= _FEW
        holding = {word: [thing for thing in things if thing.holds(word)] for word in asked}
        weights = {word: _weight(len(holding[word]), len(things), unknown) for word in asked}
        words_of = grouped((id(thing), word) for word in asked for thing in holding[word])
        total = sum(weights.values()) or 1.0  # words that most things hold weigh nothing
        for thing in things:
            of_thing = words_of.get(id(thing), ())
            held = sum(weights[word] for word in of_thing)
            if (few and len(of_thing) == len(asked)) or (held and not few and held >= needed * total):
                near = sum(weights[word] * (1 + thing.is_exactly(word)) for word in of_thing if thing.is_called(word))
                score = (held + _LABEL * near) / total
                score += _EXACT * (not whole.isdisjoint(thing.names))
                score += _ASKED * (thing.kind == _QUESTION and len(asked) > _FEW)
                score += _FITS * (thing.kind == _QUESTION and thing.name in fitting)
                score -= _LATE.get(thing.kind, 0.0)
                one = Found(thing.kind, thing.name, thing.label, thing.command, score, thing.iri)
                found.setdefault(thing.kind, []).append(one)
    kinds = [sorted(ones, key=lambda one: (-one.score, len(one.label), one.name))[:most] for ones in found.values()]
    return [one for ones in sorted(kinds, key=lambda ones: (-round(ones[0].score, 1), ones[0].kind)) for one in ones]


@dataclass(frozen=True)
class _Thing:
    """A question, row or term with the words by which it may be found."""

    kind: str
    name: str
    label: str
    command: str
    iri: str
    names: frozenset[str]
    called: str  # words with a blank before and behind each, which is quick to search
    others: str

    def is_exactly(self, word: _Word) -> bool:
        """Whether its label has these very words."""
        return any(all(f" {one} " in self.called for one in name) for name in word)

    def is_called(self, word: _Word) -> bool:
        """Whether its label has words with the same beginning."""
        return any(all(_has(self.called, one) for one in name) for name in word)

    def holds(self, word: _Word) -> bool:
        """Whether any text of it has."""
        return self.is_called(word) or any(all(_has(self.others, one) for one in name) for name in word)


def _has(known: str, word: str) -> bool:
    """Whether there is this word, or one that begins alike: plural and singular, noun and adjective; not TNFRSF17."""
    stem = word[: max(_STEM, len(word) - 2)]
    return f" {word} " in known or (len(stem) >= _STEM and word.isalpha() and f" {stem}" in known)


def _weight(holding: int, things: int, unknown: float) -> float:
    """How much a word tells: the more, the fewer hold it; hardly where many do, so much where none does."""
    return max(_LEAST, math.log(things / (_MANY * holding))) if holding else unknown * math.log(things or 1)


def _spaced(words: Iterable[str]) -> str:
    return f" {' '.join(words)} "


@read_once
def _things(source: Source) -> tuple[list[_Thing], list[_Thing]]:
    """The questions of readers, and the rows and terms that a question or command shows."""
    readers = {query.name: query for query in stored_queries().values() if query.for_readers}
    rows = ask(source, _QUERY)
    texts = grouped(
        (tuple(str(row[name] or "") for name in ("kind", "node", "label", "code")), str(row["text"])) for row in rows
    )
    codes = _codes(source)
    questions, others = [], []
    for (kind, node, label, code), said in texts.items():
        more = _spaced({word for text in said for word in searched(text)})
        if kind != _QUESTION:
            name = row_name(node).partition("/")[2] or shorten(node)
            if (command := _command(codes, kind, name, code)) or kind == _TERM:
                own = said if kind not in _OF_KIND else []  # a figure is found by its product, and not called so
                names = frozenset(folded(one) for one in (label, name, code, *own) if 0 < len(one) <= _LONGEST)
                called = _spaced(words(f"{label} {name} {code}"))
                others.append(_Thing(kind, name, label, command, node, names, called, more))
        elif label in readers:
            summary = readers[label].summary
            called = _spaced(words(f"{label} {summary} {readers[label].tags}"))
            command = f"cartkg query {label}"
            questions.append(_Thing(kind, label, summary, command, node, frozenset({folded(label)}), called, more))
    return questions, others


def _command(codes: Mapping[str, str], kind: str, name: str, code: str) -> str:
    """What shows a row or term: by a command of its own, or the first question that takes it; nothing for others."""
    if kind == _TERM:
        return f"cartkg query {_TABLE} -p {codes[code]}={code}" if code in codes else ""
    if kind in _OF_KIND:
        return _OF_KIND[kind].format(name.rpartition(".")[2])
    return next((f"cartkg query {question} -p {parameter}={name}" for question, parameter in taking(kind)), "")


def _codes(source: Source) -> dict[str, str]:
    """By code, the parameter of the tidy table that takes it."""
    table = stored_query(_TABLE)
    taking = [one for one in table.parameters.values() if one.type == "enum" and not is_property(one.values)]
    return {code: one.name for one in reversed(taking) for code in known_values(source, table, one)}
