"""The constraints of SHACL Core that the shapes use: each gives the values of a node that break it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from decimal import Decimal
from functools import lru_cache

import pyoxigraph as ox

from .vocabulary import PREFIXES, expand, lexical, reachable, type_

Term = ox.NamedNode | ox.BlankNode | ox.Literal
Parameter = tuple[Term, ...]
Check = Callable[[Collection[Term], Parameter, str, "Indexed"], Iterable[Term | str]]
_XSD = PREFIXES["xsd"]
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)")
_DOUBLE = re.compile(_DECIMAL.pattern + r"([eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_ANYTHING = re.compile(r"(?s).*")
DATATYPES = {
    _XSD + "integer": _INTEGER,
    _XSD + "decimal": _DECIMAL,
    _XSD + "double": _DOUBLE,
    _XSD + "float": _DOUBLE,
    _XSD + "string": _ANYTHING,
    PREFIXES["rdf"] + "langString": _ANYTHING,
}
_NUMBERS = {name: form for name, form in DATATYPES.items() if form is not _ANYTHING}
_NUMBERS |= {
    _XSD + name: _INTEGER for name in ("nonNegativeInteger", "positiveInteger", "int", "long", "short", "byte")
}
_SUBCLASS = expand("rdfs:subClassOf").value


class Indexed:
    """Triples by predicate and subject, each once and as written, with the instances of each class."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.values: dict[str, dict[str, dict[Term, None]]] = defaultdict(dict)
        self._terms: dict[str, ox.NamedNode | ox.BlankNode] = {}
        self._typed: dict[str, list[str]] = defaultdict(list)
        self._below: dict[str, list[str]] = defaultdict(list)
        for triple in triples:
            subject, predicate = lexical(triple.subject), triple.predicate.value
            self.values[predicate].setdefault(subject, {})[triple.object] = None  # type: ignore[index]
            if predicate == type_.value:
                self._terms[subject] = triple.subject  # type: ignore[assignment]
                self._typed[lexical(triple.object)].append(subject)
            elif predicate == _SUBCLASS:
                self._below[lexical(triple.object)].append(subject)
        self.members = lru_cache(maxsize=None)(self._members)

    def _members(self, iri: str) -> frozenset[str]:
        """The nodes that have a class or a class below it."""
        return frozenset(node for found in reachable(iri, self._below) for node in self._typed[found])

    def targets(self, classes: Iterable[str], subjects_of: Iterable[str]) -> dict[str, Term]:
        """The nodes that a shape is about, in a fixed order."""
        found = {node for iri in classes for node in self.members(iri)}
        found |= {node for iri in subjects_of for node in self.values.get(iri, ())}
        return {node: self._terms.get(node) or ox.NamedNode(node) for node in sorted(found)}


@lru_cache(maxsize=65536)
def number(term: object) -> Decimal | float | None:
    """The number that a literal stands for, or None."""
    if not isinstance(term, ox.Literal):
        return None
    form = _NUMBERS.get(term.datatype.value)
    if form is None or not form.fullmatch(term.value):
        return None
    return float(term.value) if form is _DOUBLE else Decimal(term.value)


def _at_most(one: Term, other: Term) -> bool:
    """Whether one term is not above the other; False where they can not be compared."""
    low, high = number(one), number(other)
    if isinstance(low, Decimal) and isinstance(high, Decimal):
        return low <= high
    if low is not None and high is not None:
        return float(low) <= float(high)  # a Decimal can not be compared with a float that is not a number
    alike = getattr(one, "datatype", None) == getattr(other, "datatype", None)  # of two texts, or neither a literal
    return (low, high) == (None, None) and alike and lexical(one) <= lexical(other)


def _has_datatype(value: Term, datatype: Parameter) -> bool:
    if not isinstance(value, ox.Literal) or value.datatype != datatype[0]:
        return False
    return bool(DATATYPES[value.datatype.value].fullmatch(value.value))


def _has_language(value: Term, ranges: Parameter) -> bool:
    language = (value.language or "").lower() if isinstance(value, ox.Literal) else ""
    allowed = [lexical(text).lower() for text in ranges]
    return any(language == text or language.startswith(text + "-") for text in allowed)


def _whole(parameter: Parameter) -> int:
    return int(lexical(parameter[0]))


def _each(passes: Callable[[Term, Parameter], bool]) -> Check:
    """The constraint that every value passes by itself."""
    return lambda values, parameter, *_: [value for value in values if not passes(value, parameter)]


def _in_letters(passes: Callable[[str, Parameter], bool]) -> Check:
    """The constraint that the text of every value passes; a blank node has none."""
    return _each(lambda value, parameter: not isinstance(value, ox.BlankNode) and passes(lexical(value), parameter))


def _of_class(values: Collection[Term], iri: Parameter, _: str, indexed: Indexed) -> list[Term]:
    members = indexed.members(lexical(iri[0]))
    return [value for value in values if isinstance(value, ox.Literal) or value.value not in members]


def _beside(passes: Callable[[Term, Term], bool]) -> Check:
    """The constraint that every value passes beside every value of another property."""
    return lambda values, predicate, node, indexed: [
        value
        for value in values
        for other in indexed.values.get(lexical(predicate[0]), {}).get(node, ())
        if not passes(value, other)
    ]


CHECKS: dict[str, Check] = {
    "minCount": lambda values, least, *_: [] if len(values) >= _whole(least) else [""],
    "maxCount": lambda values, most, *_: [] if len(values) <= _whole(most) else [""],
    "datatype": _each(_has_datatype),
    "class": _of_class,
    "minInclusive": _each(lambda value, least: _at_most(least[0], value)),
    "maxInclusive": _each(lambda value, most: _at_most(value, most[0])),
    "minLength": _in_letters(lambda text, least: len(text) >= _whole(least)),
    "pattern": _in_letters(lambda text, pattern: bool(re.search(lexical(pattern[0]), text))),
    "languageIn": _each(_has_language),
    "in": _each(lambda value, allowed: value in allowed),
    "hasValue": lambda values, wanted, *_: [] if wanted[0] in values else [""],
    "disjoint": _beside(lambda value, other: value != other),
    "lessThanOrEquals": _beside(_at_most),
}
