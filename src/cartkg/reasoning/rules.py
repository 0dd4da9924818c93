"""The axioms of an ontology as rules over types and relations of individuals: the part of OWL 2 RL that it uses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import pyoxigraph as ox

from ..errors import UsageError
from ..rdf.vocabulary import PREFIXES, expand, lexical, shorten, type_
from .axioms import members

THING = expand("owl:Thing").value
Way = tuple[str, bool]  # a property, from its subjects to its values, or (True) back
_Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

# What says nothing about individuals by these rules: declarations, and what excludes (see justification.py). That the
# two values of a functional property are one thing can not come up: a column of such a property has one value.
_WITHOUT_RULE = frozenset(
    expand(name).value
    for name in (
        "owl:AllDifferent", "owl:AllDisjointClasses", "owl:AnnotationProperty", "owl:AsymmetricProperty", "owl:Class",
        "owl:DatatypeProperty", "owl:FunctionalProperty", "owl:IrreflexiveProperty", "owl:NamedIndividual",
        "owl:ObjectProperty", "owl:Ontology", "owl:Restriction", "owl:deprecated", "owl:differentFrom",
        "owl:disjointWith", "owl:distinctMembers", "owl:imports", "owl:members", "owl:priorVersion", "owl:versionIRI",
        "owl:versionInfo", "rdfs:comment", "rdfs:isDefinedBy", "rdfs:label", "rdfs:seeAlso",
    )
)  # fmt: skip
_EXPRESSIONS = frozenset(
    expand(f"owl:{name}").value
    for name in ("allValuesFrom", "hasValue", "intersectionOf", "onProperty", "someValuesFrom", "unionOf")
)


def node_key(term: _Node) -> str:
    """A term as the rules know it: the IRI of a named thing, anything else as in N-Triples."""
    return term.value if isinstance(term, ox.NamedNode) else str(term)


@dataclass
class Rules:
    """Rules by what sets them off: a type of a thing, or a step from one thing to another."""

    classes: defaultdict[str, list[tuple[frozenset[str], str]]] = field(default_factory=lambda: defaultdict(list))
    """By a class: all classes that a thing must have, and the one it has then."""
    ends: defaultdict[str, list[tuple[Way, str]]] = field(default_factory=lambda: defaultdict(list))
    """By a class of the end of a step: the way, and the class of the start."""
    steps: defaultdict[Way, defaultdict[str, list[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    """By a way: for each class of the end (owl:Thing for any), the classes of the start."""
    values: defaultdict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    """By a class: property and value that its members have."""
    above: defaultdict[Way, list[str]] = field(default_factory=lambda: defaultdict(list))
    """By a way: the properties that hold from start to end too."""
    chains: set[tuple[str, str, str]] = field(default_factory=set)
    """Two properties, one after the other, and the one that holds from start to end; a transitive one is all three."""
    nominals: set[str] = field(default_factory=set)
    """Values that restrictions fix; each is also the class of itself alone."""

    @property
    def properties(self) -> frozenset[str]:
        """The properties from which something can follow, or which can."""
        return frozenset(name for name, _ in self.steps) | self.related

    @property
    def related(self) -> frozenset[str]:
        """The properties of which what holds must be remembered: it can follow, or meet a type or step later."""
        joined = {name for (name, _), by_end in self.steps.items() if by_end.keys() - {THING}}
        below = {name for name, _ in self.above}
        return frozenset(joined | below).union(*self.above.values(), *self.chains)


def compile_rules(triples: Iterable[ox.Triple]) -> Rules:
    """The rules of an ontology; UsageError for an axiom that has none, so that nothing is passed over."""
    return _Compiler(tuple(triples)).rules


class _Compiler:
    def __init__(self, triples: tuple[ox.Triple, ...]) -> None:
        self.rules = Rules()
        self._own: dict[str, dict[str, _Node]] = defaultdict(dict)
        for triple in triples:
            if isinstance(triple.subject, ox.BlankNode):
                self._own[triple.subject.value][triple.predicate.value] = triple.object
        self._read: set[ox.BlankNode] = set()
        for triple in triples:
            self._axiom(triple)

    def _axiom(self, triple: ox.Triple) -> None:
        subject, value, rules = triple.subject, triple.object, self.rules
        match shorten(triple.predicate.value):
            case "rdfs:subClassOf":
                self._below(self._class(subject, left=True), self._class(value))
            case "owl:equivalentClass":
                one, other = self._class(subject, left=True), self._class(value, left=True)
                self._below(one, other)
                self._below(other, one)
            case "rdfs:subPropertyOf":
                rules.above[_named(subject), False].append(_named(value))
            case "owl:inverseOf":
                rules.above[_named(subject), True].append(_named(value))
                rules.above[_named(value), True].append(_named(subject))
            case "rdfs:domain" | "rdfs:range" as end:
                self._step((_named(subject), end == "rdfs:range"), THING, self._class(value))
            case "rdf:type" if value == expand("owl:SymmetricProperty"):
                rules.above[_named(subject), True].append(_named(subject))
            case "rdf:type" if value == expand("owl:TransitiveProperty"):
                rules.chains.add((_named(subject),) * 3)
            case "owl:propertyChainAxiom":
                rules.chains.add((*self._two(value), _named(subject)))
            case name:
                said = lexical(value) if name == "rdf:type" else triple.predicate.value
                known = said in _WITHOUT_RULE or said in _EXPRESSIONS
                if said.startswith((PREFIXES["owl"], PREFIXES["rdfs"])) and not known:
                    raise _unknown(said)

    def _two(self, chain: _Node) -> tuple[str, str]:
        match [_named(one) for one in members(chain, self._own)]:
            case [first, second]:
                return first, second
        raise _unknown("a chain of more than two properties")

    def _class(self, node: _Node, *, left: bool = False) -> str:
        """The key of a class, a class expression with its rules; `left` where members may have to be recognised."""
        if isinstance(node, ox.NamedNode):
            if left and node.value == THING:
                raise _unknown(THING)
            return node.value
        if not isinstance(node, ox.BlankNode):
            raise _unknown(str(node))
        if node not in self._read:
            self._read.add(node)
            self._expression(node, left=left)
        return node_key(node)

    def _expression(self, node: ox.BlankNode, *, left: bool) -> None:
        whole, own = node_key(node), self._own[node.value]
        match sorted(shorten(name) for name in own if name != type_.value):
            case ["owl:intersectionOf"]:
                parts = members(own[expand("owl:intersectionOf").value], self._own)
                classes = frozenset(self._class(part, left=left) for part in parts)
                for one in classes:
                    self.rules.classes[one].append((classes, whole))
                    self._below(whole, one)
            case ["owl:unionOf"]:
                for part in members(own[expand("owl:unionOf").value], self._own):
                    self._below(self._class(part, left=left), whole)
            case ["owl:onProperty", "owl:someValuesFrom"]:
                filler = own[expand("owl:someValuesFrom").value]
                anything = node_key(filler) == THING
                self._step((_property(own), False), THING if anything else self._class(filler, left=left), whole)
            case ["owl:hasValue", "owl:onProperty"]:
                value = node_key(own[expand("owl:hasValue").value])
                self.rules.nominals.add(value)
                self._step((_property(own), False), nominal(value), whole)
                self.rules.values[whole].append((_property(own), value))
            case ["owl:allValuesFrom", "owl:onProperty"] if not left:
                self._step((_property(own), True), whole, self._class(own[expand("owl:allValuesFrom").value]))
            case names:
                raise _unknown(" with ".join(names))

    def _below(self, one: str, other: str) -> None:
        self.rules.classes[one].append((frozenset({one}), other))

    def _step(self, way: Way, end: str, start: str) -> None:
        self.rules.steps[way][end].append(start)
        if end != THING:
            self.rules.ends[end].append((way, start))


def nominal(value: str) -> str:
    """The class that has this value as its only member."""
    return f"={value}"


def _named(node: _Node) -> str:
    if not isinstance(node, ox.NamedNode):
        raise _unknown(f"an axiom about {node}")
    return node.value


def _property(own: dict[str, _Node]) -> str:
    return _named(own[expand("owl:onProperty").value])


def _unknown(what: str) -> UsageError:
    return UsageError(f"the ontology uses {shorten(what)}, for which there is no rule; write one in reasoning/rules.py")
