"""What rules see to contradict each other, and the smallest sets of axioms and facts from which something follows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import pyoxigraph as ox

from ..rdf.vocabulary import PREFIXES, lexical, type_
from .axioms import Axiom, members
from .entailment import Fact, closure

_OWL = PREFIXES["owl"]


def justify(statement: Fact, axioms: Sequence[Axiom], facts: Sequence[Axiom]) -> tuple[Axiom, ...]:
    """Axioms and facts of which none can be spared for the statement to follow; empty where it does not follow.

    There may be other such sets; of several, the one with the facts nearest to the statement's subject is found.
    """
    wanted = {statement[2]} if statement[1] == type_.value else {statement[1]}
    return contract(_candidates(statement, _relevant(wanted, axioms), facts, axioms), lambda found: statement in found)


def contract(
    candidates: Iterator[list[Axiom]] | list[list[Axiom]], holds: Callable[[set[Fact]], bool]
) -> tuple[Axiom, ...]:
    """The first of growing sets of axioms from which something follows, without all that can be spared."""
    for candidate in candidates:
        if _follows(candidate, holds):
            return tuple(_necessary([], [], candidate, holds))
    return ()


def _follows(given: Sequence[Axiom], holds: Callable[[set[Fact]], bool]) -> bool:
    return holds(closure(dict.fromkeys(triple for axiom in given for triple in axiom.triples)))


def _necessary(
    kept: list[Axiom], added: list[Axiom], rest: list[Axiom], holds: Callable[[set[Fact]], bool]
) -> list[Axiom]:
    """The members of `rest` needed beside `kept`, by halves (QuickXplain); earlier ones are preferred."""
    if added and _follows(kept, holds):
        return []
    if len(rest) == 1:
        return rest
    half = len(rest) // 2
    first, second = rest[:half], rest[half:]
    late = _necessary([*kept, *first], first, second, holds)
    early = _necessary([*kept, *late], late, first, holds)
    return [*early, *late]


def _relevant(wanted: set[str], axioms: Sequence[Axiom]) -> list[Axiom]:
    """The axioms from which something about the wanted names may follow, nearest first."""
    known = set(wanted)
    found: dict[Axiom, None] = {}
    rest = [axiom for axiom in axioms if isinstance(axiom.head.subject, ox.NamedNode)]
    while near := [axiom for axiom in rest if axiom not in found and axiom.concludes & known]:
        found |= dict.fromkeys(near)
        known.update(*(axiom.names for axiom in near))
    return list(found)


def _candidates(
    statement: Fact, relevant: Sequence[Axiom], facts: Sequence[Axiom], axioms: Sequence[Axiom]
) -> Iterator[list[Axiom]]:
    """Growing sets: facts around the statement's subject that the axioms speak of, and at last everything."""
    names = {name for axiom in relevant for name in axiom.names} | {statement[1], statement[2]}
    # A type is about its class, any other fact about its property.
    heads = ((fact, fact.head.object if fact.head.predicate == type_ else fact.head.predicate) for fact in facts)
    usable = [fact for fact, subject_matter in heads if lexical(subject_matter) in names]
    near: dict[Axiom, None] = {}
    reached = {statement[0]}
    while more := [fact for fact in usable if fact not in near and lexical(fact.head.subject) in reached]:
        near |= dict.fromkeys(more)
        reached |= {lexical(fact.head.object) for fact in more if fact.head.predicate != type_}
        yield [*near, *relevant]
    yield [*(near | dict.fromkeys(usable)), *relevant]
    yield [*facts, *axioms]


@dataclass(frozen=True, slots=True, order=True)
class Clash:
    """An individual, the names that exclude each other in it, and how they do so."""

    subject: str
    names: tuple[str, ...]
    how: str


def clash(found: Iterable[Fact]) -> Clash | None:
    """The first contradiction among all that holds; None where there is none that rules can see.

    Seen are disjoint classes, irreflexive and asymmetric properties, and two different values of a functional property.
    """
    return min(_clashes(set(found)), default=None)


def _clashes(found: set[Fact]) -> Iterator[Clash]:
    values: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    lists: dict[str, dict[str, str]] = defaultdict(dict)
    for subject, predicate, value in found:
        values[predicate][subject].add(value)
        lists[subject][predicate] = value
    kinds = values[type_.value]
    disjoint = _pairs(values, lists, "AllDisjointClasses", "members", "disjointWith")
    for subject, classes in kinds.items():
        yield from (Clash(subject, pair, "disjoint") for pair in disjoint & set(combinations(sorted(classes), 2)))
    different = _pairs(values, lists, "AllDifferent", "distinctMembers", "differentFrom")
    for name, classes in list(kinds.items()):
        traits = {kind.removeprefix(_OWL) for kind in classes}
        for subject, objects in values[name].items() if traits else ():
            if "IrreflexiveProperty" in traits and subject in objects:
                yield Clash(subject, (name,), "irreflexive")
            if "AsymmetricProperty" in traits:
                yield from (
                    Clash(min(subject, value), (name,), "asymmetric")
                    for value in objects
                    if subject in values[name].get(value, ())
                )
            if "FunctionalProperty" in traits and different & set(combinations(sorted(objects), 2)):
                yield Clash(subject, (name,), "functional")


def _pairs(
    values: dict[str, dict[str, set[str]]], lists: dict[str, dict[str, str]], kind: str, listed: str, between: str
) -> set[tuple[str, str]]:
    """Pairs of names that an ontology keeps apart, in order."""
    pairs = {(min(one, other), max(one, other)) for one, others in values[_OWL + between].items() for other in others}
    for node, classes in values[type_.value].items():
        if _OWL + kind in classes:
            for start in values[_OWL + listed].get(node, ()):
                pairs |= set(combinations(sorted(members(start, lists)), 2))
    return pairs
