"""Explain: why a statement about an individual holds, by axioms and by facts with the places that print them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import pyoxigraph as ox

from ..errors import UsageError
from ..queries.asking import ask
from ..queries.called import names_of_nodes
from ..queries.names import suggestion
from ..rdf.store import Graph
from ..rdf.vocabulary import PREFIXES, Vocabulary, expand, graph_name, grouped, lexical, row_name, type_
from ..tables.schema import curated_tables
from .axioms import Axiom, Words, axioms, facts, words
from .entailment import Fact, bare, closure, individuals, select_entailments
from .justification import clash, contract, justify

_HOW = {
    "disjoint": "{0} can not be both a {1} and a {2}.",
    "irreflexive": "{0} can not have itself as value of {1}.",
    "asymmetric": "{0} is related by {1} in both directions, which can not be.",
    "functional": "{0} can not have two values of {1}.",
}
_BASIS, _PREMISE, _LABEL = expand("ck:basis"), expand("ck:premise"), expand("rdfs:label")
_CLOSING = "Without any one of these, it does not follow from the others."


@dataclass(frozen=True, slots=True)
class Origin:
    """A row as `table/id`, its basis in a word, and the places it was read or concluded from."""

    row: str
    basis: str
    places: tuple[str, ...]
    premises: tuple[str, ...]

    def __str__(self) -> str:
        if self.premises:
            return f"row {self.row}, {self.basis} from {'; '.join(self.premises)}"
        return f"row {self.row}, {self.basis} in {'; '.join(self.places)}" if self.places else f"row {self.row}"


@dataclass(frozen=True, slots=True)
class Reason:
    """A fact or an axiom in words; a fact with where it comes from."""

    text: str
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why something holds, or that it does not."""

    verdict: Literal["inferred", "asserted", "absent", "contradiction", "consistent"]
    statement: str
    facts: tuple[Reason, ...] = ()
    between: tuple[str, ...] = ()
    axioms: tuple[Reason, ...] = ()
    triples: tuple[ox.Triple, ...] = ()

    @property
    def sound(self) -> bool:
        """True when the statement holds, or nothing contradicts anything."""
        return self.verdict in {"inferred", "asserted", "consistent"}

    def __str__(self) -> str:
        lines = [self.statement]
        for title, reasons in (("What the tables say", self.facts), ("What the ontology says", self.axioms)):
            if reasons:
                lines += ["", f"{title}:", ""]
            shown: set[Origin] = set()
            for reason in reasons:
                lines.append(f"- {reason.text}")
                if reason.origin:
                    told = f"row {reason.origin.row}, as above" if reason.origin in shown else str(reason.origin)
                    lines.append(f"  - {told}")
                    shown.add(reason.origin)
        if self.between:
            lines += ["", "From these follows, on the way:", "", *(f"- {text}" for text in self.between)]
        if self.verdict in {"inferred", "contradiction"}:
            lines += ["", _CLOSING]
        return "\n".join(lines) + "\n"


def explain(graph: Graph, names: Sequence[str]) -> Explanation:
    """Why a statement holds: subject and class, or subject, property and value, by label, id, CURIE or IRI.

    Without names: whether the graph contradicts itself as far as rules can see, and why. A graph that does is shown to,
    whatever was asked, since anything follows from a contradiction. UsageError for unknown and ambiguous names.
    """
    known = _Known(graph)
    statements = known.statements(names)
    if found := known.contradiction():
        return found
    if not statements:
        return Explanation("consistent", "No contradiction that rules can see; `cartkg reason` checks with HermiT.")
    holding = [statement for statement in statements if statement in known.asserted or statement in known.inferred]
    if len(holding) > 1:
        raise UsageError(f"{names[0]!r} may be any of {', '.join(sorted(s for s, _, _ in holding))}; write the IRI")
    if not holding:
        return known.absent(statements)
    return known.holds(holding[0])


class _Known:
    """The graph as a reasoner sees it."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.vocabulary = Vocabulary.load()
        self._origins = Origins(graph, self.vocabulary)
        given = tuple(individuals(graph.named))
        quads = graph.named.quads_for_pattern
        self.asserted = frozenset(map(bare, given))
        self.inferred = frozenset(bare(q.triple) for q in quads(None, None, None, graph_name("inferred")))
        labels = sorted(quads(None, _LABEL, None, None), key=str, reverse=True)
        self.labels = {lexical(quad.subject): lexical(quad.object) for quad in labels}
        self._words = Words((), self.labels)
        self.axioms = axioms(self.vocabulary.triples)
        self.facts = facts(given, self.vocabulary.triples)

    def _resolve(self, name: str, known: dict[str, set[str]], complaint: str) -> list[str]:
        """The nodes a name may stand for; UsageError where there is none."""
        prefix, colon, local = name.strip().partition(":")
        written = PREFIXES[prefix] + local if colon and prefix in PREFIXES else name.strip()
        found = sorted(known.get(written.casefold(), ()))
        if not found:
            nodes = set[str]().union(*known.values())
            shown = {spelling for node in nodes for spelling in (self._words.of(node), node.rsplit("/", 1)[-1])}
            raise UsageError(f"{complaint} {name!r}{suggestion(name, sorted(shown))}")
        return found

    def statements(self, names: Sequence[str]) -> list[Fact]:
        """The statements that names may stand for; none where there are no names."""
        if not names:
            return []
        known = names_of_nodes(self.graph)
        starts = self._resolve(names[0], _of(known, {s for s, _, _ in self.asserted}), "no row is called")
        match names[1:]:
            case [kind]:
                ends = self._resolve(kind, _with_ends(known, self.vocabulary.classes), "no class is called")
                return [(start, type_.value, end) for start in starts for end in ends]
            case [relation, value]:
                properties = {fact.head.predicate.value for fact in self.facts} - {type_.value}
                properties |= {predicate for _, predicate, _ in self.inferred}
                between = self._resolve(relation, _with_ends(known, properties), "no property of rows is called")
                ends = self._resolve(value, known, "nothing is called")
                return [(start, middle, end) for start in starts for middle in between for end in ends]
            case _:
                raise UsageError("write SUBJECT CLASS, or SUBJECT PROPERTY VALUE")

    def contradiction(self) -> Explanation | None:
        """Why the graph contradicts itself, if it does."""
        ontology = {bare(triple) for triple in self.vocabulary.triples}
        found = clash(ontology | self.asserted | self.inferred)
        if found is None:
            return None
        near = {found.subject}
        near |= {end for s, p, o in self.asserted if p in found.names and found.subject in {s, o} for end in (s, o)}
        beside = [fact for fact in self.facts if near & {lexical(fact.head.subject), lexical(fact.head.object)}]
        speaking = [axiom for axiom in self.axioms if axiom.names & set(found.names)]
        whole = [*self.facts, *self.axioms]
        needed = contract([[*beside, *speaking], whole], lambda holding: clash(holding) is not None)
        named = _HOW[found.how].format(*(self._words.of(iri) for iri in (found.subject, *found.names)))
        return self._explained("contradiction", f"The graph contradicts itself: {named}", needed, None)

    def absent(self, statements: Sequence[Fact]) -> Explanation:
        """That a statement is neither given nor follows, with what does hold of its subject."""
        lines = []
        for subject, predicate, value in statements:
            said = self._words.fact(subject, predicate, value)
            lines.append(f"{said}: this is not stated, and it does not follow.")
            holding = {o for s, p, o in self.asserted | self.inferred if (s, p) == (subject, predicate)}
            shown = sorted(holding - {expand("owl:NamedIndividual").value}, key=self._words.of)
            lines.append(f"What does hold: {self._words.fact(subject, predicate, *shown)}")
        return Explanation("absent", "\n".join(lines))

    def holds(self, statement: Fact) -> Explanation:
        """Why a statement holds that is given or follows."""
        said = self._words.fact(*statement)
        if statement in self.asserted:
            fact = next(fact for fact in self.facts if bare(fact.head) == statement)
            return Explanation("asserted", f"{said}: this is stated.", (self._reason(fact),), (), (), fact.triples)
        needed = justify(statement, self.axioms, self.facts)
        return self._explained("inferred", f"{said}: this follows.", needed, statement)

    def _explained(
        self, verdict: Literal["inferred", "contradiction"], text: str, needed: Sequence[Axiom], statement: Fact | None
    ) -> Explanation:
        given = set(self.facts)
        triples = tuple(dict.fromkeys(triple for axiom in needed for triple in axiom.triples))
        known = {bare(triple) for triple in triples}
        subjects = {subject for subject, _, _ in known}
        follows = map(bare, select_entailments(closure(triples) - known, subjects, self.vocabulary))
        return Explanation(
            verdict,
            text,
            tuple(self._reason(axiom) for axiom in needed if axiom in given),
            tuple(self._words.fact(*fact) for fact in follows if fact != statement),
            tuple(Reason(words(axiom, self.labels)) for axiom in needed if axiom not in given),
            triples,
        )

    def _reason(self, fact: Axiom) -> Reason:
        return Reason(words(fact, self.labels), self._origins.of(bare(fact.head)))


def _of(known: Mapping[str, set[str]], nodes: AbstractSet[str]) -> dict[str, set[str]]:
    """The names of some of the nodes that are known."""
    return {name: found for name, every in known.items() if (found := every & nodes)}


def _with_ends(known: Mapping[str, set[str]], terms: AbstractSet[str]) -> dict[str, set[str]]:
    """Names of terms of the ontology: those they share with all nodes, and the last part of the IRI."""
    named = _of(known, terms)
    for term in terms:
        named.setdefault(term.rsplit("/", 1)[-1].rsplit("#", 1)[-1].casefold(), set()).add(term)
    return named


class Origins:
    """Looks up where facts of a graph come from."""

    def __init__(self, graph: Graph, vocabulary: Vocabulary) -> None:
        self._graph = graph
        self._ways = tuple(way.first for way in vocabulary.ways.values())

    def of(self, fact: Fact) -> Origin:
        """The origin of a fact."""
        row = self._related(fact) or self._inverted(fact) or self._before(fact[0]) or fact[0]
        premises = sorted(self._label(place) for place in self._values(row, _PREMISE))
        basis = next((self._label(node) for node in self._values(row, _BASIS)), "")
        return Origin(row_name(row), basis, tuple(self._places.get(row, ())), tuple(premises))

    @cached_property
    def _places(self) -> dict[str, list[str]]:
        facts = ask(self._graph, "receipts")
        return grouped((str(fact["node"]), str(fact["text"])) for fact in facts if fact["aspect"] == "place")

    def _related(self, fact: Fact) -> str | None:
        """The row that states a relation between two others, with both in its columns."""
        subject, predicate, value = fact
        rules = (
            (table, rule) for table in curated_tables().values() for rule in table.derived if rule.kind == "statement"
        )
        for table, rule in rules if row_name(value) else ():
            columns = [table.columns[name] for name in rule.targets]
            first, relation, second = (expand(column.predicate) for column in columns)
            if columns[0].target == _table(subject):
                text = f"""SELECT ?row {{
                    ?row {first} <{subject}> ; {relation}/{expand(rule.predicate)} <{predicate}> ; {second} <{value}>
                }} ORDER BY ?row LIMIT 1"""
                for row in self._graph.select(text):
                    return lexical(row["row"])
        return None

    def _inverted(self, fact: Fact) -> str | None:
        """The row at the other end, where the fact is the inverse of a cell of it."""
        subject, predicate, value = fact
        table = curated_tables().get(_table(value)) if row_name(value) else None
        own = table and any(
            column.inverse and expand(column.inverse).value == predicate and column.target == _table(subject)
            for column in table.mapped.values()
        )
        return value if own else None

    def _before(self, node: str) -> str | None:
        """The row of which a node stands between it and what a cell of it says."""
        quads = self._graph.store.quads_for_pattern
        found = (quad for way in self._ways for quad in quads(None, way, ox.NamedNode(node), None))
        return next((lexical(quad.subject) for quad in found), None)

    def _values(self, subject: str, predicate: ox.NamedNode) -> set[str]:
        quads = self._graph.store.quads_for_pattern(ox.NamedNode(subject), predicate, None, None)
        return {lexical(quad.object) for quad in quads}

    def _label(self, node: str) -> str:
        return min(self._values(node, _LABEL), default=node.rsplit("/", 1)[-1])


def _table(iri: str) -> str:
    return row_name(iri).partition("/")[0]
