"""What follows, without Java: types and relations by the ontology's axioms, facts by the rules in `ontology/derive`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from itertools import chain

import pyoxigraph as ox

from ..errors import StorageError
from ..rdf.vocabulary import Vocabulary, expand, graph_name, grouped, lexical, provenance_graph, type_
from ..resources import derivation_rules
from .rules import THING, Rules, Way, compile_rules, node_key, nominal

_OWN = tuple(map(graph_name, ("asserted", "provenance", "external")))  # of the data that lies under all others
_OBJECT_PROPERTY = expand("owl:ObjectProperty")
_TYPE = type_.value
_NONE: frozenset[str] = frozenset()

Fact = tuple[str, str, str]


def individuals(store: ox.Store) -> Iterator[ox.Triple]:
    """What a reasoner reads of a graph: what is asserted and where, of the data and of each source over them."""
    names = {name for name in store.named_graphs() if isinstance(name, ox.NamedNode)}
    homes = ((name, provenance_graph(name)) for name in sorted(names, key=str))
    sources = (pair for pair in homes if pair[1] in names)
    for home in chain(_OWN, *sources):
        for quad in store.quads_for_pattern(None, None, None, home):
            yield quad.triple


def infer(vocabulary: Vocabulary, store: ox.Store) -> Iterator[ox.Triple]:
    """New entailments between named things of a graph, sorted.

    Only types by named classes and values of declared object properties are kept, and only new ones.
    """
    rules = compile_rules(vocabulary.triples)
    known = _Known(rules)
    known.learn(vocabulary.triples)
    subjects = known.learn(individuals(store))
    return select_entailments(known.entailed(), subjects, vocabulary)


def derive(store: ox.Store) -> Iterator[bytes]:
    """Sorted N-Triples of every rule, in the order of its number; to be added to the store before the next is run."""
    for rule in derivation_rules():
        try:
            found = store.query(rule.read_text(encoding="utf-8"), use_default_graph_as_union=True)
        except (SyntaxError, ValueError) as error:
            raise StorageError(f"{rule}: not valid SPARQL: {error}") from error
        if not isinstance(found, ox.QueryTriples):
            raise StorageError(f"{rule}: a rule is a CONSTRUCT")
        lines = (found.serialize(format=ox.RdfFormat.N_TRIPLES) or b"").splitlines(keepends=True)
        yield b"".join(sorted(set(lines)))


def closure(triples: Iterable[ox.Triple]) -> set[Fact]:
    """All that follows by rules from triples, axioms and facts, with what is given, as bare text."""
    given = tuple(triples)
    known = _Known(compile_rules(given))
    known.learn(given)
    return {bare(triple) for triple in given}.union(known.entailed())


def bare(triple: ox.Triple) -> Fact:
    """A triple as bare text."""
    return lexical(triple.subject), lexical(triple.predicate), lexical(triple.object)


def select_entailments(
    derived: Iterable[Fact], subjects: Container[str], vocabulary: Vocabulary
) -> Iterator[ox.Triple]:
    """The part of what a reasoner found that is about these individuals and between named things, sorted."""
    properties = {
        lexical(t.subject) for t in vocabulary.triples if t.predicate == type_ and t.object == _OBJECT_PROPERTY
    }
    kept = {
        (s, p, o)
        for s, p, o in derived
        if s in subjects and ((p == _TYPE and o in vocabulary.classes) or (p in properties and o.startswith("http")))
    }
    return (ox.Triple(ox.NamedNode(s), ox.NamedNode(p), ox.NamedNode(o)) for s, p, o in sorted(kept))


class _Known:
    """Types and relations; each new one sets off the rules that it may complete (semi-naive evaluation)."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._properties, self._related = rules.properties, rules.related
        self._anyway = {way: by_end.get(THING, ()) for way, by_end in rules.steps.items()}
        self._by_end = {way: by_end.keys() - {THING} for way, by_end in rules.steps.items() if by_end.keys() - {THING}}
        self._chains = grouped((name, chain) for chain in rules.chains for name in {*chain[:2]})
        self.types: defaultdict[str, set[str]] = defaultdict(set)
        self._ends: defaultdict[Way, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._todo: list[Fact] = []
        self._names: dict[str, str] = {}
        for value in rules.nominals:
            self._type(value, nominal(value))

    def learn(self, triples: Iterable[ox.Triple]) -> set[str]:
        """Take in what is given, as far as anything follows from it, and say about which things that is."""
        one = self._names.setdefault
        subjects = set()
        for triple in triples:
            predicate = triple.predicate.value
            if predicate == _TYPE or predicate in self._properties:
                subject, value = node_key(triple.subject), node_key(triple.object)
                self._holds((one(subject, subject), predicate, one(value, value)))
                subjects.add(one(subject, subject))
        return subjects

    def entailed(self) -> Iterator[Fact]:
        """What follows and was not given; class expressions and literals are left out."""
        while self._todo:
            fact = self._todo.pop()
            if self._holds(fact) and fact[0][0] not in '_"' and fact[2][0] not in '_"':
                yield fact

    def _holds(self, fact: Fact) -> bool:
        """Take in a fact; False if it was known."""
        subject, predicate, value = fact
        if predicate == _TYPE:
            return self._type(subject, value)
        if predicate in self._related:
            forwards = self._ends[predicate, False][subject]
            if value in forwards:
                return False
            forwards.add(value)
            self._ends[predicate, True][value].add(subject)
        self._step((predicate, False), subject, value)
        self._step((predicate, True), value, subject)
        for first, second, whole in self._chains.get(predicate, ()):
            if predicate == first:
                self._todo += [(subject, whole, end) for end in self._ends[second, False].get(value, ())]
            if predicate == second:
                self._todo += [(start, whole, value) for start in self._ends[first, True].get(subject, ())]
        return True

    def _type(self, node: str, kind: str) -> bool:
        types = self.types[node]
        if kind in types:
            return False
        types.add(kind)
        for parts, whole in self._rules.classes.get(kind, ()):
            if whole not in types and parts <= types:
                self._todo.append((node, _TYPE, whole))
        for (predicate, inverted), start_kind in self._rules.ends.get(kind, ()):
            for start in self._ends[predicate, not inverted].get(node, ()):
                if start_kind not in self.types.get(start, _NONE):
                    self._todo.append((start, _TYPE, start_kind))
        self._todo += [(node, predicate, value) for predicate, value in self._rules.values.get(kind, ())]
        return True

    def _step(self, way: Way, start: str, end: str) -> None:
        types = self.types.get(start, _NONE)
        for kind in self._anyway.get(way, ()):
            if kind not in types:
                self._todo.append((start, _TYPE, kind))
        if way in self._by_end:
            for kind in self._by_end[way] & self.types.get(end, _NONE):
                self._todo += [(start, _TYPE, whole) for whole in self._rules.steps[way][kind] if whole not in types]
        for name in self._rules.above.get(way, ()):
            self._todo.append((start, name, end))
