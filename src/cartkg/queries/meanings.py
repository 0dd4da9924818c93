"""What people's words stand for: rows by their names, here and elsewhere, by identifiers, or by a part of a name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from ..errors import UsageError
from ..rdf.vocabulary import PREFIXES, expand, row_name
from .answers import Source
from .called import (
    PREFIXES_OF_ROWS,
    Names,
    named,
    named_so,
    names_elsewhere,
    names_of_nodes,
    records_elsewhere,
)
from .codes import is_property
from .names import MEANT, bare, did_you_mean, holds, misspelt, spelled_alike, suggestion
from .stored import Parameter

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
  VALUES ?kind { %s } ?thing a ?kind ; %s "not stated" ; rdfs:label ?label . %s
} ORDER BY ?label
"""
_LISTED = PREFIXES_OF_ROWS + "SELECT DISTINCT ?number WHERE { ?paper ck:referenceNumber ?number }"
_MISPRINTS = (
    PREFIXES_OF_ROWS
    + """
SELECT DISTINCT ?number ?meant ?label WHERE {
  ?study ck:misprintedNumber ?number ; ck:likelyReport/ck:referenceNumber ?meant ; rdfs:label ?label
} ORDER BY ?number ?label
"""
)
_LABEL = "SELECT ?label WHERE { %s rdfs:label ?label } ORDER BY ?label"
_BELOW = "SELECT ?node ?other WHERE { ?other ck:countsAs|ck:filedUnder ?node } ORDER BY ?node ?other"
UNSTATED = "not stated"
_PART = re.compile(r"[^\W\d_]{3}|\d{4}")  # what may be taken as a part of a name holds so many letters, or a year
_SHOWN = 8


@dataclass
class Meanings:
    """Finds what a word stands for in a graph; `notes` collects what a reader must know of how it was taken.

    With `source_only`, names and hierarchies that no source states are left aside.
    """

    source: Source
    source_only: bool = False
    notes: list[str] = field(default_factory=list)
    implied: dict[str, list[str]] = field(default_factory=dict)  # values of other parameters that words hold
    tried: dict[tuple[object, ...], bool] = field(default_factory=dict)  # which words were found to mean something

    def apart(self) -> Meanings:
        """The same, with notes of its own."""
        return replace(self, notes=[], implied={})

    def row(self, asked: Parameter, value: str) -> list[ox.NamedNode]:
        """The row of its table that a value names, or any node, with those filed under it; UsageError for none."""
        table, parameter = asked.values, asked.name
        names = names_of_nodes(self.source, table)
        prefix, colon, local = value.partition(":")
        written = PREFIXES[prefix] + local if colon and prefix in PREFIXES else value
        found = (
            named_so(names, written)
            or named_so(names, f"{parameter} {value}")
            or self._identified(table, written)
            or self._elsewhere(table, value)
        )
        found = found or self._written_out(table, names, value)
        if len(found) > 1:
            raise UsageError(f"{parameter}: {value!r} may be any of {', '.join(found)}; write the IRI")
        if not found and _PART.search(asked.plain(value)):
            found = self._part(table, names, value) or self._misspelt(table, names, value)
            several = asked.several and 1 < len(found) <= _SHOWN
            if several or len(found) == 1:
                self.tell(f"{value} is taken for {'each of ' * several}{_listed(map(self._label, found))}")
            if several:
                return [term for one in found for term in self.row(asked, one)]
        if len(found) != 1:
            labels = [name for name, _ in named(self.source, table, ox.Literal)]
            labels += [record["name"] for record in self._records(table) if not record["reason"]]
            near = did_you_mean(sorted(map(self._label, found))) or suggestion(value, labels)
            elsewhere = self._of_other_table(table, bare(value))
            hint = near if near.startswith(MEANT) and bare(value) == value else elsewhere or near
            said = "more than one name holds" if found else "nothing is called"
            lacks = f"; {asked.lacks}" if asked.lacks and not found and not hint else ""
            raise UsageError(f"{parameter}: {said} {value!r}{hint}{lacks}")
        found = self._wider_called(value, found[0])
        self._also_elsewhere(table, value, found[0])
        if same := _listed(name for _, name in self._filed(_SAME, found[0])):
            self.tell(f"products with the same CAR, which are not among these: {same}")
        return [ox.NamedNode(one) for one in (found[0], *self._narrower(found[0], kept=asked.wider))]

    def _written_out(self, table: str | tuple[str, ...], names: Names, value: str) -> list[str]:
        """The row whose name this is when one word is written out, which is a name of its own: ALL of B-cell ALL."""
        parts = value.split()
        for place in range(len(parts)) if len(parts) > 1 else ():
            for name in self.named(parts[place]):
                written = " ".join([*parts[:place], name, *parts[place + 1 :]])
                if " " in name and (found := named_so(names, written) or self._elsewhere(table, written)):
                    self.tell(f"{value} is taken for {self._label(found[0])}")
                    return found
        return []

    def is_called(self, table: str | tuple[str, ...], value: str, *, part: bool) -> bool:
        """Whether one row is called so, or has it as `part` of its name."""
        names = names_of_nodes(self.source, table)
        found = named_so(names, value) or self._elsewhere(table, value)
        return len(found or (self._part(table, names, value) if part and _PART.search(value) else ())) == 1

    def named(self, value: str) -> list[str]:
        """Every name of what is called so, or has this number in a registry, anywhere in the graph."""
        names = names_of_nodes(self.source)
        numbered = () if value.isdigit() else self._identified("", value)
        found = {*(named_so(names, value) or numbered or self._elsewhere("", value))}
        return [name for name, nodes in names.items() if nodes & found and "://" not in name] if found else []

    def rows(self, value: str) -> list[tuple[str, str]]:
        """The tables and ids of the rows that are called so."""
        parts = [row_name(node).partition("/") for node in named_so(names_of_nodes(self.source), value)]
        return [(table, row_id) for table, _, row_id in parts if row_id]

    def reference(self, parameter: str, number: str) -> None:
        """Tell that a number of a reference stands in no list, or is printed where another is meant."""
        known = sorted(int(row["number"].value) for row in self.source.select(_LISTED, keep=True))
        if known and int(number) not in known:
            self.tell(f"no list of references has {number}; its numbers run from {known[0]} to {known[-1]}")
        for row in self.source.select(_MISPRINTS, keep=True):
            if int(row["number"].value) == int(number):
                label, meant = row["label"].value, row["meant"].value
                self.tell(f"{number} is printed for {label} where {meant} is probably meant: {parameter}={meant}")

    def _label(self, node: str) -> str:
        rows = self.source.select(PREFIXES_OF_ROWS + _LABEL % ox.NamedNode(node))
        return next((row["label"].value for row in rows), row_name(node))

    def _identified(self, table: str | tuple[str, ...], value: str) -> list[str]:
        """The nodes that are the same as what has this identifier elsewhere: an IRI, or what stands at its end."""
        wanted = value.casefold().replace(" ", "")
        ends = f"/{wanted}", f"/{wanted.replace(':', '_', 1)}"
        return sorted({node for iri, node in named(self.source, table, ox.NamedNode)
                       if f"/{iri}".casefold().endswith(ends)})  # fmt: skip

    def _records(self, table: str | tuple[str, ...]) -> list[dict[str, str]]:
        """What names elsewhere say of the rows of a table."""
        return [] if self.source_only else records_elsewhere(self.source, table)

    def _elsewhere(self, table: str | tuple[str, ...], value: str) -> list[str]:
        """The rows that have this name elsewhere."""
        records = [record for record in self._records(table) if not record["reason"]]
        found = named_so(names_elsewhere(self.source, table), value) if records else []
        for record in records:
            if len(found) == 1 and record["node"] in found and spelled_alike(record["name"], value):
                self.tell(f"{value} is {self._label(found[0])}: {record['kind']} by {record['vocabulary']}")
        return found

    def _also_elsewhere(self, table: str | tuple[str, ...], value: str, found: str) -> None:
        """Tell of which other row this is a name elsewhere, although it is not used for it."""
        for record in self._records(table):
            if record["reason"] and record["node"] != found and spelled_alike(record["name"], value):
                other = self._label(record["node"])
                why = record["reason"].rstrip(".")
                self.tell(f"{record['vocabulary']} also calls {other} {record['name']}, which is not shown: {why}")

    def _part(self, table: str | tuple[str, ...], names: Mapping[str, set[str]], value: str) -> list[str]:
        """The rows with a name that holds these words, without those that another of them takes in."""
        if any(self._of_other_table(table, one) for one in {value, bare(value)}):
            return []
        found = {node for name, nodes in names.items() if "://" not in name and holds(name, value) for node in nodes}
        found |= {r["node"] for r in self._records(table) if not r["reason"] and holds(r["name"], value)}
        rows = self.source.select(PREFIXES_OF_ROWS + _BELOW, keep=True) if len(found) > 1 else ()
        taken_in = {row["other"].value for row in rows
                    if row["node"].value in found and row["node"].value != row["other"].value}  # fmt: skip
        return sorted(found - taken_in)

    def _misspelt(self, table: str | tuple[str, ...], names: Names, value: str) -> list[str]:
        """The row of whose names one is this but for a letter."""
        used = [record for record in self._records(table) if not record["reason"]]
        name = misspelt(
            value, {*(name for name, _ in named(self.source, table, ox.Literal)), *(r["name"] for r in used)}
        )
        return sorted(names.get(name.casefold(), ())) or sorted({r["node"] for r in used if r["name"] == name})

    def _wider_called(self, value: str, node: str) -> list[str]:
        """A row, or the wider one whose name holds all the words of its own that were typed."""
        for wider, label in self._filed(_WIDER_HERE if self.source_only else _WIDER, node):
            if holds(label, value):
                self.tell(f"{value} is taken for {label}, with {self._label(node)}")
                return [wider]
        return [node]

    def _of_other_table(self, table: str | tuple[str, ...], value: str) -> str:
        """Of which other tables something has this very name."""
        nodes = {node for node in names_of_nodes(self.source).get(value.casefold(), ()) if row_name(node)}
        tables = sorted({row_name(node).partition("/")[0] for node in nodes})
        return f"; that is one of {', '.join(tables)}, not of {table}" if tables and table else ""

    def beside(self, parameter: Parameter, code: str, codes: Sequence[str], named: Collection[str]) -> None:
        """Tell which codes stand beside a code, because they hold it or its name."""
        if not isinstance(parameter.values, str) or code == UNSTATED:
            return
        derived = is_property(parameter.values)
        if wider := [one for one in codes if one != code and (one in named or (derived and holds(one, code)))]:
            self.tell(f"{parameter.name}: apart from this stand {_listed(wider)}; give these too, to take them in")

    def unstated(
        self,
        parameter: Parameter,
        terms: Sequence[ox.NamedNode | ox.Literal],
        others: Mapping[str | tuple[str, ...], Sequence[ox.NamedNode | ox.Literal]],
        *,
        of_studies: bool,
    ) -> None:
        """Tell of what the source does not state a property by which an answer is narrowed.

        That are products, and studies where the answer is on these; as far as the `others`, by their property, allow.
        """
        if not is_property(parameter.values) or ox.Literal(UNSTATED) in terms:
            return
        kinds = "ck:CARTCellProduct ck:Study" if of_studies else "ck:CARTCellProduct"
        narrowed = " ".join(
            f"VALUES ?by{place} {{ {' '.join(map(str, found))} }} ?thing {expand(str(values))} ?by{place} ."
            for place, (values, found) in enumerate(others.items())
            if is_property(values)
        )
        if "products" in others and not of_studies:
            narrowed += f" VALUES ?thing {{ {' '.join(map(str, others['products']))} }}"
        text = _NOT_STATED % (kinds, expand(str(parameter.values)), narrowed)
        # What hangs on other values is not kept: there may be any number of them.
        rows = self.source.select(PREFIXES_OF_ROWS + text, keep=not narrowed)
        if names := _listed(row["label"].value for row in rows):
            self.tell(f"{parameter.name} is not stated for {names}; {parameter.name}={UNSTATED} shows these")

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
        for row in self.source.select(PREFIXES_OF_ROWS + text, keep=True):
            if row["node"].value == node:
                yield row["other"].value, row["label"].value

    def tell(self, note: str) -> None:
        """Note something once."""
        if note not in self.notes:
            self.notes.append(note)


def _listed(names: Iterable[str], last: str = "and") -> str:
    found = list(dict.fromkeys(names))
    shown = [*found[:_SHOWN], f"{len(found) - _SHOWN} more"] if len(found) > _SHOWN else found
    return f" {last} ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
