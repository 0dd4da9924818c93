"""What differs between two states of the graph, blind to how blank nodes are called, for readers and for programs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pyoxigraph as ox

from ..rdf.blank_nodes import components, has_blank, named
from ..rdf.foreign import read_quads
from ..rdf.serialise import is_module_header
from ..rdf.vocabulary import BASE, INDIVIDUALS, PREFIXES, expand, lexical, shorten, type_
from ..remote.copies import by_value
from ..tables.schema import curated_tables

_LOCATORS = INDIVIDUALS + "locators/"
_DEFINITION_COPY = "http://purl.obolibrary.org/obo/IAO_0000115"
_REPLACED_BY = "http://purl.obolibrary.org/obo/IAO_0100001"
_DEPRECATED, _LABEL, _LOCATOR = expand("owl:deprecated").value, expand("rdfs:label").value, expand("ck:locator").value
_IDENTIFIER = expand("dcterms:identifier")
_TERMS = {
    expand(f"owl:{kind}").value
    for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty", "Ontology")
}
_SKIPPED = ("inferred", "derived", "queries")
_HEADINGS = {
    (kind, status): f"{name} {status}"
    for kind, name in (("term", "Terms"), ("row", "Facts"))
    for status in ("added", "removed", "deprecated", "changed")
}


@dataclass(frozen=True, slots=True)
class Change:
    """One property of a node: what it said before and what it says now."""

    property: str
    column: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A term or a row that was added, removed, deprecated or changed."""

    kind: str
    status: str
    iri: str
    label: str
    file: str = ""
    places: tuple[str, ...] = ()
    replaced_by: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """Everything that differs; `vanished` are own IRIs that are gone, or deprecated without a successor that exists."""

    entries: tuple[Entry, ...] = ()
    axioms: tuple[tuple[str, str], ...] = ()
    mappings: tuple[tuple[str, str], ...] = ()
    vanished: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """True where nothing differs."""
        return not (self.entries or self.axioms or self.mappings)

    def select(self, kind: str, status: str) -> list[Entry]:
        """The entries of a kind and status, in order."""
        return [entry for entry in self.entries if (entry.kind, entry.status) == (kind, status)]


@dataclass
class State:
    """What a graph says, by node and property; each value as it is compared and as it is shown."""

    nodes: dict[str, dict[str, dict[str, str]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(dict)))
    axioms: dict[str, str] = field(default_factory=dict)
    mappings: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, quads: Iterable[ox.Quad]) -> State:
        """Read quads; what is derived, copied at release, or only says how files are divided is left out."""
        state, blank = cls(), []
        for quad in quads:
            home = lexical(quad.graph_name).rsplit("/", 1)[-1]
            if home in _SKIPPED or quad.predicate.value == _DEFINITION_COPY or is_module_header(quad):
                continue
            if has_blank(quad.triple):
                blank.append(by_value(quad.triple))
            else:
                state._ground(quad)
        for component in components(blank):
            state._structure(component)
        return state

    def _ground(self, quad: ox.Quad) -> None:
        subject, predicate = lexical(quad.subject), quad.predicate
        if predicate.value.startswith(PREFIXES["skos"]) and predicate.value.endswith("Match"):
            text = f"{_name(subject)} {_name(predicate.value)} {_name(lexical(quad.object))}"
            self.mappings[text] = text
        elif predicate != _IDENTIFIER or subject.startswith((INDIVIDUALS, PREFIXES["ck"])):
            key = str(by_value(quad.triple).object)
            self.nodes[subject][predicate.value][key] = _shown(quad.object)

    def _structure(self, component: list[ox.Triple]) -> None:
        """An expression belongs to the node that it hangs on; what hangs on none is an axiom of its own."""
        words = sorted(
            {
                _shown(term)
                for triple in component
                for term in (triple.predicate, triple.object)
                if not isinstance(term, ox.BlankNode) and not lexical(term).startswith(PREFIXES["rdf"])
            }
        )
        triples = list(named(component))
        owners = [triple for triple in triples if isinstance(triple.subject, ox.NamedNode)]
        for triple in owners:
            self.nodes[triple.subject.value][triple.predicate.value][str(triple.object)] = f"({' '.join(words)})"  # type: ignore[union-attr]
        if not owners:
            self.axioms["\n".join(sorted(map(str, triples)))] = " ".join(words)

    def values(self, iri: str, predicate: str) -> dict[str, str]:
        """What a node says by a property, each value as it is compared and as it is shown."""
        return self.nodes.get(iri, {}).get(predicate, {})

    def kind(self, iri: str) -> str:
        """Whether a node is a term of the ontology, a row, or a place in the source."""
        if iri.startswith(_LOCATORS):
            return "place"
        types = set(map(_bare, self.values(iri, type_.value)))
        return "term" if iri.startswith(PREFIXES["ck"]) or types & _TERMS else "row"

    def label(self, iri: str) -> str:
        """The label of a node, or its IRI."""
        return min(self.values(iri, _LABEL).values(), default=_name(iri))

    def one(self, iri: str, predicate: str) -> str:
        """The first value of a property, as a bare text; empty without one."""
        return _bare(min(self.values(iri, predicate), default=""))

    def deprecated(self, iri: str) -> bool:
        """True where a node says that it should not be used any more."""
        return self.one(iri, _DEPRECATED) == "true"


def read_state(path: Path) -> State:
    """The state that a file holds; it may be compressed."""
    return State.of(read_quads(path))


def compare(old: State, new: State) -> Changes:
    """What has changed from the old state to the new one."""
    entries = [entry for iri in sorted(old.nodes.keys() | new.nodes.keys()) for entry in _entry(iri, old, new)]
    gone = [entry.iri for entry in entries if entry.status == "removed" and entry.iri.startswith(BASE)]
    valid = {iri for iri in new.nodes if new.values(iri, type_.value) and not new.deprecated(iri)}
    stale = [iri for iri in new.nodes if new.deprecated(iri) and new.one(iri, _REPLACED_BY) not in valid]
    return Changes(
        tuple(entries),
        _sided(old.axioms, new.axioms),
        _sided(old.mappings, new.mappings),
        tuple(sorted({*gone, *stale})),
    )


def _sided(old: dict[str, str], new: dict[str, str]) -> tuple[tuple[str, str], ...]:
    gone = (("removed", old[key]) for key in old.keys() - new.keys())
    came = (("added", new[key]) for key in new.keys() - old.keys())
    return tuple(sorted((*gone, *came)))


def _entry(iri: str, old: State, new: State) -> Iterator[Entry]:
    side = new if iri in new.nodes else old
    kind = side.kind(iri)
    if kind == "place":
        return
    table = iri.removeprefix(INDIVIDUALS).partition("/")[0] if iri.startswith(INDIVIDUALS) else ""
    file = f"data/{table}.tsv" if table in curated_tables() else ""
    changes: tuple[Change, ...] = ()
    if iri in old.nodes and iri in new.nodes:
        changes = tuple(_changes(iri, old, new, *_columns(table)))
        if not changes:
            return
        status = "deprecated" if new.deprecated(iri) and not old.deprecated(iri) else "changed"
    else:
        status = "added" if iri in new.nodes else "removed"
    replaced = _name(side.one(iri, _REPLACED_BY))
    places = tuple(sorted(side.label(_bare(key)) for key in side.values(iri, _LOCATOR)))
    yield Entry(kind, status, iri, side.label(iri), file, places, replaced, changes)


def _changes(iri: str, old: State, new: State, derived: set[str], names: dict[str, str]) -> Iterator[Change]:
    for predicate in sorted((old.nodes[iri].keys() | new.nodes[iri].keys()) - derived):
        one, other = old.values(iri, predicate), new.values(iri, predicate)
        if one.keys() != other.keys():
            gone = tuple(sorted(one[key] for key in one.keys() - other.keys()))
            came = tuple(sorted(other[key] for key in other.keys() - one.keys()))
            yield Change(_name(predicate), names.get(predicate, ""), gone, came)


def _columns(table: str) -> tuple[set[str], dict[str, str]]:
    """What other rows say about the rows of a table, or the build computes; and the column of each property."""
    if table not in curated_tables():
        return set(), {}
    names = {expand(column.predicate).value: name for name, column in curated_tables()[table].mapped.items()}
    inverses = {
        expand(column.inverse).value
        for other in curated_tables().values()
        for column in other.mapped.values()
        if column.inverse
    }
    computed = {expand(rule.predicate).value for rule in curated_tables()[table].derived}
    computed.add(expand("skos:definition").value)  # of rows, composed from their cells
    return (inverses | computed) - names.keys(), names


def _bare(key: str) -> str:
    """The bare text of a term that is given as in N-Triples."""
    return key[1:-1] if key.startswith("<") else key[1:].partition('"')[0]


def _name(iri: str) -> str:
    return f"cartkg:{iri.removeprefix(INDIVIDUALS)}" if iri.startswith(INDIVIDUALS) else shorten(iri)


def _shown(term: object) -> str:
    return _name(term.value) if isinstance(term, ox.NamedNode) else lexical(term)


def to_dict(changes: Changes, old: str, new: str) -> dict[str, object]:
    """Every difference, for programs."""
    return {"old": old, "new": new, "same": changes.same, **asdict(changes)}


def to_markdown(changes: Changes, old: str, new: str) -> str:
    """Every difference, for readers: terms first, then facts with their place, then mappings."""
    counted = [(heading, len(changes.select(*key))) for key, heading in _HEADINGS.items()]
    mapped = Counter(status for status, _ in changes.mappings)
    counted += [(f"Mappings {status}", mapped[status]) for status in ("added", "removed")]
    lines = [f"# Changes from {old} to {new}", ""]
    lines += [f"- {heading}: {number}" for heading, number in counted if number] or ["Nothing differs."]
    for heading, found in _sections(changes):
        lines += ["", f"## {heading}", ""]
        for text, cells in found:
            lines += [f"- {text}", *(f"  - {cell}" for cell in cells)]
    if changes.vanished:
        lines += ["", "## IRIs gone without a replacement", "", *(f"- <{iri}>" for iri in changes.vanished)]
    return "\n".join(lines) + "\n"


def to_text(changes: Changes, shown: int) -> str:
    """How much differs, and the first few of each kind."""
    lines = []
    for heading, found in _sections(changes):
        lines.append(f"{heading}: {len(found)}")
        for text, cells in found[:shown]:
            lines += [f"  {text}", *(f"    {cell}" for cell in cells)]
        if shown and len(found) > shown:
            lines.append(f"  … and {len(found) - shown} more")
    lines += [f"gone without a replacement: {iri}" for iri in changes.vanished]
    return "\n".join(lines or ["no difference"]) + "\n"


def headed(changes: Changes) -> dict[str, list[Entry]]:
    """The terms and rows that differ, under the heading of their kind."""
    return {heading: entries for key, heading in _HEADINGS.items() if (entries := changes.select(*key))}


def _sections(changes: Changes) -> Iterator[tuple[str, list[tuple[str, list[str]]]]]:
    """What differs under the heading of its kind: each entry in a line, with its cells."""
    for heading, entries in headed(changes).items():
        yield heading, [(_line(entry), [_cell(change) for change in entry.changes]) for entry in entries]
    for heading, pairs in (("Axioms on several terms", changes.axioms), ("Mappings", changes.mappings)):
        if pairs:
            yield heading, [(f"{status}: {text}", []) for status, text in pairs]


def _line(entry: Entry) -> str:
    replaced = f"replaced by {entry.replaced_by}" if entry.replaced_by else ""
    return "; ".join(filter(None, (f"{entry.label} <{entry.iri}>", entry.file, *entry.places, replaced)))


def _cell(change: Change) -> str:
    name = f"{change.column} ({change.property})" if change.column else change.property
    return f"{name}: {', '.join(change.before) or '(nothing)'} → {', '.join(change.after) or '(nothing)'}"
