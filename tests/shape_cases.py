"""Variants of nodes on which the shapes are tried: each a base node, changed as one row of a table says."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import rdflib
from rdflib import Literal, URIRef

FIXTURES = Path(__file__).parent / "shapes"
INDIVIDUALS = "https://w3id.org/cartkg/id/"
COLUMNS = ["shape", "base", "change", "fires", "id", "group"]


@dataclass(frozen=True)
class Variant:
    """One row of a table, and the triples of the node that it describes."""

    place: str
    shapes: frozenset[str]
    fires: frozenset[str]
    group: str
    node: URIRef
    triples: frozenset[tuple[rdflib.term.Node, ...]]

    @property
    def table(self) -> str:
        """The table that has the row."""
        return self.place.split(".")[0]


def read_turtle(*files: Path) -> rdflib.Graph:
    """Files of Turtle as one graph; relative IRIs are ids of individuals."""
    graph = rdflib.Graph()
    for file in files:
        graph.parse(data=file.read_text(encoding="utf-8"), format="turtle", publicID=INDIVIDUALS)
    return graph


def read_variants(folder: Path = FIXTURES) -> list[Variant]:
    """The rows of all tables of a folder, as nodes."""
    bases = read_turtle(folder / "world.ttl", folder / "bases.ttl")
    variants: list[Variant] = []
    for file in sorted(folder.glob("*.tsv")):
        with file.open(newline="", encoding="utf-8") as stream:
            rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
            if rows.fieldnames != COLUMNS:
                raise ValueError(f"{file.name}: the columns are {', '.join(COLUMNS)}")
            for row in rows:
                place = f"{file.stem}.{rows.line_num}"
                if None in row or None in row.values():
                    raise ValueError(f"{place}: a row has {len(COLUMNS)} cells")
                number = str(len(variants) + 1)
                cells = {name: cell.strip().replace("{n}", number) for name, cell in row.items()}
                variants.append(_variant(place, number, cells, bases))
    return variants


def groups(variants: list[Variant]) -> list[list[Variant]]:
    """Variants that are read together: all right ones, all wrong ones, and each group to be kept apart."""
    together = defaultdict(list)
    for variant in variants:
        together[variant.group or bool(variant.fires)].append(variant)
    return list(together.values())


def _variant(place: str, number: str, row: dict[str, str], bases: rdflib.Graph) -> Variant:
    node = URIRef(INDIVIDUALS + (row["id"] or f"{row['base'].split('/')[0]}/{place}"))
    base = set(bases.predicate_objects(URIRef(INDIVIDUALS + row["base"])))
    if not base:
        raise ValueError(f"{place}: neither world.ttl nor bases.ttl has a node {row['base']}")
    without, change = re.fullmatch(r"((?:-\S+\s*)*)(.*)", row["change"]).groups()
    changed = _statements(change, bases, place)
    dropped = {bases.namespace_manager.expand_curie(name[1:]) for name in without.split()}
    if unknown := dropped - {predicate for predicate, _ in base}:
        raise ValueError(f"{place}: {row['base']} has no {', '.join(unknown)} to leave out")
    dropped |= {predicate for predicate, _ in changed}
    kept = {(predicate, _numbered(value, number)) for predicate, value in base if predicate not in dropped}
    return Variant(
        place,
        frozenset(row["shape"].split()),
        frozenset(row["fires"].split()),
        row["group"],
        node,
        frozenset((node, predicate, value) for predicate, value in kept | changed),
    )


def _statements(text: str, prefixes: rdflib.Graph, place: str) -> set[tuple[rdflib.term.Node, ...]]:
    """What predicates and objects written as in Turtle say."""
    if not text:
        return set()
    declared = "".join(f"@prefix {name}: <{iri}> . " for name, iri in prefixes.namespaces())
    graph = rdflib.Graph(bind_namespaces="none")
    try:
        graph.parse(data=f"{declared} <> {text} .", format="turtle", publicID=INDIVIDUALS)
    except SyntaxError as error:
        raise ValueError(f"{place}: {text} is no Turtle") from error
    return set(graph.predicate_objects(URIRef(INDIVIDUALS)))


def _numbered(value: rdflib.term.Node, number: str) -> rdflib.term.Node:
    if isinstance(value, Literal) and "{n}" in value:
        return Literal(value.replace("{n}", number), lang=value.language, datatype=value.datatype)
    return value
