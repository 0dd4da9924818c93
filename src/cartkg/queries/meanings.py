"""What people's words stand for: rows by their names, here and elsewhere, by identifiers, or by a part of a name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from ..errors import UsageError
from ..rdf.vocabulary import PREFIXES, expand, grouped, row_name
from ..tables.schema import curated_tables
from .answers import Source
from .names import MEANT, bare, did_you_mean, folded, holds, suggestion, without_stage

_PREFIXES = """
PREFIX ck: <https://w3id.org/cartkg/ontology/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
_NAMES = """
SELECT DISTINCT ?node ?name WHERE {
  %s
  { ?node rdfs:label|skos:altLabel|skos:notation|skos:exactMatch ?name }
  UNION { ?wording ck:wordingOf ?node ; ck:wordingHolds "anywhere" ; ck:wordingAsPrinted ?name }
} ORDER BY ?node ?name
"""
_ELSEWHERE = """
SELECT ?node ?name ?kind ?vocabulary ?reason WHERE {
  %s
  ?record ck:externalNameOf ?node ; ck:nameElsewhere ?name ; ck:kindOfName ?kind ; ck:vocabularyElsewhere ?vocabulary
  OPTIONAL { ?record ck:notUsedBecause ?reason }
} ORDER BY ?node ?name
"""
_NARROWER = """
SELECT ?node ?other ?label WHERE { ?other ck:filedUnder ?node ; rdfs:label ?label } ORDER BY ?node ?label ?other
"""
_WIDER = """
SELECT DISTINCT ?node ?other ?label WHERE {
  { SELECT DISTINCT ?other WHERE { ?group ck:hasDisease ?other } }
  ?node ck:broaderDisease|ck:nextWiderElsewhere ?other . ?other rdfs:label ?label
} ORDER BY ?node ?label ?other
"""
_WIDER_HERE = _WIDER.replace("|ck:nextWiderElsewhere", "")
_SAME = """
SELECT DISTINCT ?node ?other ?label WHERE {
  ?node ck:expressesConstruct/ck:sameCARAs/^ck:expressesConstruct ?other .
  ?other rdfs:label ?label FILTER(?node != ?other)
} ORDER BY ?node ?label ?other
"""
_JOINED = """
SELECT ?node ?other ?label WHERE { ?node ck:joinsDisease ?other . ?other rdfs:label ?label } ORDER BY ?node ?label
"""
_NOT_STATED = """
SELECT DISTINCT ?label WHERE {
  VALUES ?kind { ck:CARTCellProduct ck:Study } ?thing a ?kind ; %s "not stated" ; rdfs:label ?label
} ORDER BY ?label
"""
_LABEL = "SELECT ?label WHERE { %s rdfs:label ?label } ORDER BY ?label"
_BELOW = "SELECT ?node ?other WHERE { ?other ck:countsAs|ck:filedUnder ?node } ORDER BY ?node ?other"
_SHORT = re.compile(r"([a-z]{3,})[- ]([a-z]{3,})")
_END = 3  # letters of the end that names are shortened to
_UNSTATED = "not stated"
_PART = re.compile(r"[^\W\d_]{3}")  # what may be taken as a part of a name holds so many letters on end
_SHOWN = 8


@dataclass
class Meanings:
    """Finds what a word stands for in a graph; `notes` collects what a reader must know of how it was taken.

    With `source_only`, names and hierarchies that no source states are left aside.
    """

    source: Source
    source_only: bool = False
    notes: list[str] = field(default_factory=list)
    _known: dict[str, dict[str, set[str]]] = field(default_factory=dict, repr=False)

    def apart(self) -> Meanings:
        """The same, with notes of its own."""
        return replace(self, notes=[])

    def names(self, table: str | tuple[str, ...] = "") -> dict[str, set[str]]:
        """The nodes that each name stands for, read once."""
        if str(table) not in self._known:
            self._known[str(table)] = names_of_nodes(self.source, table)
        return self._known[str(table)]

    def row(
        self, table: str | tuple[str, ...], value: str, parameter: str, *, wider: bool = False
    ) -> list[ox.NamedNode]:
        """The row of a table that a value names, or any node, with those filed under it; UsageError for none.

        What is `wider` is in the answer, too.
        """
        names = self.names(table)
        prefix, colon, local = value.partition(":")
        written = PREFIXES[prefix] + local if colon and prefix in PREFIXES else value
        found = _named_so(names, written) or self._identified(table, written) or self._elsewhere(table, value)
        if not found and (plain := without_stage(value)) != value:
            found = _named_so(names, plain) or self._elsewhere(table, plain)
            if found:
                self.tell(f"{value} is taken for {self._label(found[0])}: whether it has come back is not told apart")
        if len(found) > 1:
            raise UsageError(f"{parameter}: {value!r} may be any of {', '.join(found)}; write the IRI")
        if not found and len(found := self._part(table, names, value)) == 1:
            self.tell(f"{value} is taken for {self._label(found[0])}")
        if len(found) != 1:
            labels = [name for name, _ in _named(self.source, table, ox.Literal)]
            near = did_you_mean(sorted(map(self._label, found))) or suggestion(value, labels)
            elsewhere = self._of_other_table(table, bare(value))
            hint = near if near.startswith(MEANT) and bare(value) == value else elsewhere or near
            raise UsageError(f"{parameter}: nothing is called {value!r}{hint}")
        found = self._wider_called(value, found[0])
        self._also_elsewhere(table, value, found[0])
        if same := _listed(name for _, name in self._filed(_SAME, found[0])):
            self.tell(f"products with the same CAR, which are not among these: {same}")
        return [ox.NamedNode(one) for one in (found[0], *self._narrower(found[0], kept=wider))]

    def named(self, value: str) -> list[str]:
        """Every name of what is called so, anywhere in the graph."""
        found = {*(_named_so(self.names(), value) or self._elsewhere("", value))}
        return [name for name, nodes in self.names().items() if nodes & found and "://" not in name]

    def _label(self, node: str) -> str:
        rows = self.source.select(_PREFIXES + _LABEL % ox.NamedNode(node))
        return next((row["label"].value for row in rows), row_name(node))

    def _identified(self, table: str | tuple[str, ...], value: str) -> list[str]:
        """The nodes that are the same as what has this identifier elsewhere: an IRI, or what stands at its end."""
        wanted = value.casefold()
        ends = f"/{wanted}", f"/{wanted.replace(':', '_', 1)}"
        return sorted({node for iri, node in _named(self.source, table, ox.NamedNode)
                       if f"/{iri}".casefold().endswith(ends)})  # fmt: skip

    def _records(self, table: str | tuple[str, ...]) -> list[dict[str, str]]:
        """What names elsewhere say of the rows of a table."""
        if self.source_only:
            return []
        rows = self.source.select(_PREFIXES + _ELSEWHERE % _scope(table), keep=True)
        names = [variable.value for variable in rows.variables]
        return [{name: getattr(row[name], "value", "") for name in names} for row in rows]

    def _elsewhere(self, table: str | tuple[str, ...], value: str) -> list[str]:
        """The rows that have this name elsewhere."""
        records = [record for record in self._records(table) if not record["reason"]]
        names = {
            name.casefold(): set(nodes) for name, nodes in grouped((r["name"], r["node"]) for r in records).items()
        }
        found = _named_so(names, value)
        for record in records:
            if len(found) == 1 and record["node"] in found and folded(record["name"]) == folded(value):
                self.tell(f"{value} is {self._label(found[0])}: {record['kind']} by {record['vocabulary']}")
        return found

    def _also_elsewhere(self, table: str | tuple[str, ...], value: str, found: str) -> None:
        """Tell of which other row this is a name elsewhere, although it is not used for it."""
        for record in self._records(table):
            if record["reason"] and record["node"] != found and folded(record["name"]) == folded(value):
                other = self._label(record["node"])
                why = record["reason"].rstrip(".")
                self.tell(f"{record['vocabulary']} also calls {other} {record['name']}, which is not shown: {why}")

    def _part(self, table: str | tuple[str, ...], names: Mapping[str, set[str]], value: str) -> list[str]:
        """The rows with a name that holds these words, without those that another of them takes in."""
        if not _PART.search(value) or any(self._of_other_table(table, one) for one in {value, bare(value)}):
            return []
        found = {node for name, nodes in names.items() if "://" not in name and holds(name, value) for node in nodes}
        found |= {r["node"] for r in self._records(table) if not r["reason"] and holds(r["name"], value)}
        rows = self.source.select(_PREFIXES + _BELOW, keep=True) if len(found) > 1 else ()
        taken_in = {row["other"].value for row in rows
                    if row["node"].value in found and row["node"].value != row["other"].value}  # fmt: skip
        return sorted(found - taken_in)

    def _wider_called(self, value: str, node: str) -> list[str]:
        """A row, or the wider one whose name holds all the words of its own that were typed."""
        for wider, label in self._filed(_WIDER_HERE if self.source_only else _WIDER, node):
            if holds(label, value):
                self.tell(f"{value} is taken for {label}, with {self._label(node)}")
                return [wider]
        return [node]

    def _of_other_table(self, table: str | tuple[str, ...], value: str) -> str:
        """Of which other tables something has this very name."""
        nodes = {node for node in self.names().get(value.casefold(), ()) if row_name(node)}
        tables = sorted({row_name(node).partition("/")[0] for node in nodes})
        return f"; that is one of {', '.join(tables)}, not of {table}" if tables and table else ""

    def beside(
        self, parameter: str, values: str | tuple[str, ...], code: str, codes: Sequence[str], named: Collection[str]
    ) -> None:
        """Tell what stands beside a code: codes that hold it or its name, and of what the source does not say it."""
        if not isinstance(values, str) or code == _UNSTATED:
            return
        derived = values.partition(":")[2][:1].islower()
        if wider := [one for one in codes if one != code and (one in named or (derived and holds(one, code)))]:
            self.tell(f"{parameter}: apart from this stand {_listed(wider)}; repeat -p to take more")
        if derived and _UNSTATED in codes:
            rows = self.source.select(_PREFIXES + _NOT_STATED % expand(values), keep=True)
            if names := _listed(row["label"].value for row in rows):
                self.tell(f"{parameter} is not stated for {names}; -p '{parameter}={_UNSTATED}' shows these")

    def _narrower(self, node: str, *, kept: bool) -> list[str]:
        """What is filed under a node outside the sources; told, as is under what it is filed itself."""
        label = self._label(node)
        joined = [*self._filed(_JOINED, node)]
        parts = [node, *(one for one, _ in joined)]
        narrower = [] if self.source_only else [pair for one in parts for pair in self._filed(_NARROWER, one)]
        wider = _listed((name for _, name in self._filed(_WIDER_HERE if self.source_only else _WIDER, node)), "or")
        if joined:
            self.tell(f"{label} takes in {_listed(name for _, name in joined)}, which it joins")
        if narrower:
            named = _listed(name for _, name in narrower)
            self.tell(f"{label} takes in {named}, filed under it outside the source; --source-only leaves them out")
        if wider:
            taken = "among these" if kept else "not taken in"
            self.tell(f"{label} lies under {wider}: rows that say no more than that are {taken}")
        return [one for one, _ in (*joined, *narrower)]

    def _filed(self, text: str, node: str) -> Iterable[tuple[str, str]]:
        for row in self.source.select(_PREFIXES + text, keep=True):
            if row["node"].value == node:
                yield row["other"].value, row["label"].value

    def tell(self, note: str) -> None:
        """Note something once."""
        if note not in self.notes:
            self.notes.append(note)


def _named_so(names: Mapping[str, set[str]], value: str) -> list[str]:
    """The nodes with this name; names that differ in case, blanks, hyphens or spelling only are the same."""
    key, small = folded(value), value.casefold()
    return (
        sorted(names.get(small, ()))
        or sorted({node for name, nodes in names.items() if key and folded(name) == key for node in nodes})
        or _shortened(names, small)
    )


def _shortened(names: Mapping[str, set[str]], value: str) -> list[str]:
    """The one node whose name has this beginning and this end, as nonproprietary names are shortened in print."""
    short = _SHORT.fullmatch(value) or _SHORT.fullmatch(f"{value[:-_END]}-{value[-_END:]}")
    if not short:
        return []
    found = {node for name, nodes in names.items() for node in nodes if name.startswith(short[1])
             and name.endswith(short[2]) and "://" not in name}  # fmt: skip
    return sorted(found) if len(found) == 1 else []


def _listed(names: Iterable[str], last: str = "and") -> str:
    found = list(dict.fromkeys(names))
    shown = [*found[:_SHOWN], f"{len(found) - _SHOWN} more"] if len(found) > _SHOWN else found
    return f" {last} ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _scope(table: str | tuple[str, ...]) -> str:
    return f"?node a {expand(curated_tables()[str(table)].rdf_class)} ." if table else ""


def _named(
    source: Source, table: str | tuple[str, ...], kind: type[ox.NamedNode | ox.Literal]
) -> list[tuple[str, str]]:
    """Names of the rows of a table, each with its node: literals as they are spelled, or IRIs elsewhere."""
    return [
        (name.value, node.value)
        for found in source.select(_PREFIXES + _NAMES % _scope(table), keep=True)
        if isinstance(node := found["node"], ox.NamedNode) and isinstance(name := found["name"], kind)
    ]


def labels_of_rows(source: Source, table: str | tuple[str, ...]) -> list[str]:
    """The labels of the rows of a table, sorted."""
    found = source.select(
        f"{_PREFIXES} SELECT DISTINCT ?label WHERE {{ {_scope(table)} ?node rdfs:label ?label }}", keep=True
    )
    return sorted((row["label"].value for row in found), key=str.casefold)


def names_of_nodes(source: Source, table: str | tuple[str, ...] = "") -> dict[str, set[str]]:
    """The nodes a name may stand for: labels, synonyms, codes, local ids and IRIs, in small letters."""
    names: dict[str, set[str]] = {}
    for name, node in _named(source, table, ox.Literal):
        row_id = row_name(node) or node
        for known in (name, node, row_id, row_id.partition("/")[2] or row_id):
            names.setdefault(known.casefold(), set()).add(node)
    return names
