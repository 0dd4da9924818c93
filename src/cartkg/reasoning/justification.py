"""Justifications: the smallest sets of axioms and facts from which a statement follows by the build's own rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pyoxigraph as ox

from ..rdf.vocabulary import lexical, type_
from .axioms import Axiom
from .entailment import Fact, closure


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
