"""Check a release against what FOOPS!, O'FAIRe and the OBO Foundry publish, without a network, and write docs/fair.md.

`docs/fair.tsv` holds the criteria in our own words: how each is checked, and why one is not met or can not be checked.
"""

from __future__ import annotations

import csv
import os
import sys
import tempfile
from collections import Counter
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rdflib import OWL, RDF, RDFS, SKOS, Graph, Namespace, URIRef

from cartkg.queries.formats import markdown

if TYPE_CHECKING:
    from rdflib.term import Node

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "fair.md"
OBO = "http://purl.obolibrary.org/obo/"
CK = "https://w3id.org/cartkg/ontology/"
ONTOLOGY, DATASET = URIRef(CK.rstrip("/")), URIRef("https://w3id.org/cartkg/dataset")
DCTERMS = Namespace("http://purl.org/dc/terms/")
PREFIXES = {
    "bibo": "http://purl.org/ontology/bibo/",
    "cc": "http://creativecommons.org/ns#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": str(DCTERMS),
    "foaf": "http://xmlns.com/foaf/0.1/",
    "mod": "https://w3id.org/mod#",
    "omv": "http://omv.ontoware.org/2005/05/ontology#",
    "owl": str(OWL),
    "schema": "https://schema.org/",
    "vann": "http://purl.org/vocab/vann/",
    "void": "http://rdfs.org/ns/void#",
}
_KINDS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, OWL.NamedIndividual)
_PLAIN = (str(RDF), str(RDFS), str(OWL))
Outcome = tuple[bool, str]


class Criterion(NamedTuple):
    """What a checker asks, how it is checked here, and the reason why it is not met or not checked."""

    tool: str
    id: str
    asks: str
    check: str
    reason: str


def criteria() -> list[Criterion]:
    """All criteria, in the order of the table."""
    with (ROOT / "docs" / "fair.tsv").open(encoding="utf-8", newline="") as stream:
        return [Criterion(**row) for row in csv.DictReader(stream, delimiter="\t")]


class Release:
    """A release folder and the answers to the criteria that can be checked in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ontology = Graph().parse(folder / "ontology.ttl")
        self.about = Graph().parse(folder / "dataset.ttl")

    def outcome(self, check: str) -> Outcome:
        """Whether a criterion is met, with the evidence."""
        word, *rest = check.split()
        match word:
            case "header":
                absent = [name for name in rest if self.ontology.value(ONTOLOGY, _iri(name)) is None]
                return not absent, f"without {', '.join(absent)}" if absent else f"header: {', '.join(rest)}"
            case "either":
                stated = [name for name in rest[1:] if self._stated(name)]
                return len(stated) >= int(rest[0]), f"stated: {', '.join(stated) or 'none'}"
            case "file":
                return (self.folder / rest[0]).is_file(), f"`{rest[0]}`"
        outcome: Outcome = getattr(self, word)()
        return outcome

    def _stated(self, name: str) -> bool:
        return any(True for graph, node in ((self.ontology, ONTOLOGY), (self.about, DATASET))
                   for _ in graph.objects(node, _iri(name)))  # fmt: skip

    @cached_property
    def terms(self) -> set[Node]:
        """Classes, properties and individuals of our own namespace."""
        found = {node for kind in _KINDS for node in self.ontology.subjects(RDF.type, kind)}
        return {node for node in found if str(node).startswith(CK)}

    @cached_property
    def borrowed(self) -> set[Node]:
        """Declared terms of other vocabularies."""
        found = {node for kind in _KINDS for node in self.ontology.subjects(RDF.type, kind)}
        return {n for n in found if isinstance(n, URIRef) and not n.startswith("https://w3id.org/cartkg/")}

    def _share(self, nodes: set[Node], *predicates: URIRef) -> Outcome:
        good = [node for node in nodes if any((node, predicate, None) in self.ontology for predicate in predicates)]
        return len(good) == len(nodes) > 0, f"{len(good)} of {len(nodes)}"

    def persistent_iri(self) -> Outcome:
        """The IRI of the ontology is at w3id.org."""
        return ONTOLOGY.startswith("https://w3id.org/") and self.is_owl()[0], f"<{ONTOLOGY}>"

    def one_iri(self) -> Outcome:
        """One ontology in the file, under the IRI it is published by."""
        found = list(self.ontology.subjects(RDF.type, OWL.Ontology))
        return found == [ONTOLOGY], ", ".join(f"<{node}>" for node in found)

    def version_iri(self) -> Outcome:
        """One version IRI, below that of the ontology."""
        found = list(self.ontology.objects(ONTOLOGY, OWL.versionIRI))
        return len(found) == 1 and found[0] != ONTOLOGY, ", ".join(f"<{node}>" for node in found)

    def open_protocol(self) -> Outcome:
        """All terms are named by https IRIs."""
        return all(str(term).startswith("https://") for term in self.terms), f"{len(self.terms)} https IRIs"

    def serialisations(self) -> Outcome:
        """The ontology in the usual syntaxes, with the same number of triples."""
        forms = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}
        counts = {len(Graph().parse(self.folder / f"ontology.{end}", format=form)) for end, form in forms.items()}
        return len(counts) == 1, f"Turtle, RDF/XML and JSON-LD, {', '.join(map(str, sorted(counts)))} triples each"

    def metadata_vocabularies(self) -> Outcome:
        """Metadata are written in other people's words."""
        used = {
            str(p) for graph, node in ((self.ontology, ONTOLOGY), (self.about, DATASET)) for p in graph.predicates(node)
        }
        names = sorted(prefix for prefix, iri in PREFIXES.items() if any(p.startswith(iri) for p in used))
        return not any(p.startswith(CK) for p in used) and bool(names), ", ".join(names)

    def borrowed_terms(self) -> Outcome:
        """Terms of other vocabularies beside RDF, RDFS and OWL are declared."""
        own = [node for node in self.borrowed if not str(node).startswith(_PLAIN)]
        return len(own) > 0, f"{len(own)} borrowed terms"

    def borrowed_described(self) -> Outcome:
        """Each borrowed term has a label, its origin, and its vocabulary's definition or a note why there is none."""
        shares = [self._share(self.borrowed, p) for p in (RDFS.label, RDFS.isDefinedBy, SKOS.definition)]
        bare = {n for n in self.borrowed if (n, SKOS.definition, None) not in self.ontology}
        told = all((n, SKOS.scopeNote, None) in self.ontology for n in bare)
        said = f"label: {shares[0][1]}; origin: {shares[1][1]}; quoted definition: {shares[2][1]}"
        return shares[0][0] and shares[1][0] and told, said

    def imports_others(self) -> Outcome:
        """Whole vocabularies of others are imported."""
        found = [node for node in self.ontology.objects(ONTOLOGY, OWL.imports) if not str(node).startswith(CK)]
        return bool(found), f"{len(found)} imports of others"

    def labels(self) -> Outcome:
        """Every term has a label."""
        return self._share(self.terms, RDFS.label)

    def definitions(self) -> Outcome:
        """Every term has a definition, as skos:definition and as IAO:0000115."""
        both = [self._share(self.terms, p) for p in (SKOS.definition, URIRef(f"{OBO}IAO_0000115"))]
        return all(good for good, _ in both), f"skos:definition: {both[0][1]}; IAO:0000115: {both[1][1]}"

    def sources(self) -> Outcome:
        """Every term says where it comes from."""
        return self._share(self.terms, DCTERMS.source, RDFS.isDefinedBy)

    def hierarchy(self) -> Outcome:
        """Classes stand under other named classes."""
        below = {c for c, d in self.ontology.subject_objects(RDFS.subClassOf) if isinstance(d, URIRef)}
        classes = {c for c in self.ontology.subjects(RDF.type, OWL.Class) if isinstance(c, URIRef)}
        return len(below) > len(classes) / 2, f"{len(below & classes)} of {len(classes)} classes below another"

    def logical_definitions(self) -> Outcome:
        """Classes are defined by an equivalent class or placed by a restriction."""
        found = {c for c in self.ontology.subjects(OWL.equivalentClass, None) if isinstance(c, URIRef)}
        return len(found) > 0, f"{len(found)} classes with an equivalent class"

    def is_owl(self) -> Outcome:
        """The file is an OWL ontology."""
        return (ONTOLOGY, RDF.type, OWL.Ontology) in self.ontology, "OWL 2"

    def conforms_to(self) -> Outcome:
        """The description names the ontology, and the ontology lies in the same folder, named by the description."""
        named = (DATASET, DCTERMS.conformsTo, ONTOLOGY) in self.about
        dump = any(str(node).endswith("/ontology.ttl") for node in self.about.objects(DATASET, _iri("void:dataDump")))
        return named and dump, "`dataset.ttl`: dcterms:conformsTo, void:dataDump"

    def aligned(self) -> Outcome:
        """There are mappings to identifiers elsewhere."""
        found = [p for _, p, _ in Graph().parse(self.folder / "mappings.ttl") if str(p).endswith("Match")]
        return len(found) > 0, f"{len(found)} mappings"

    def curated_mappings(self) -> Outcome:
        """Each mapping has a justification."""
        rows = [row for file in sorted(self.folder.glob("mappings/*/*.sssom.tsv")) for row in _rows(file)]
        good = [row for row in rows if row["mapping_justification"].startswith("semapv:")]
        return len(good) == len(rows) > 0, f"{len(good)} of {len(rows)} SSSOM rows with a justification"

    def iris_as_values(self) -> Outcome:
        """Licence and versions are IRIs."""
        values = [self.ontology.value(ONTOLOGY, p) for p in (DCTERMS.license, OWL.versionIRI, OWL.priorVersion)]
        return all(isinstance(value, URIRef) for value in values), "licence, version and prior version"

    def obo_iris(self) -> Outcome:
        """Terms have IRIs of the OBO library."""
        found = [term for term in self.terms if str(term).startswith(OBO)]
        return len(found) == len(self.terms), f"{len(found)} of {len(self.terms)} terms"

    def relations(self) -> Outcome:
        """Relations of the Relation Ontology are among the properties."""
        found = [node for node in self.borrowed if str(node).startswith((f"{OBO}RO_", f"{OBO}BFO_000005"))]
        return bool(found), f"{len(found)} relations"

    def distinct_labels(self) -> Outcome:
        """Every term has a label that no other term has."""
        said = Counter(str(self.ontology.value(term, RDFS.label)) for term in self.terms)
        return len(said) == len(self.terms), f"{len(said)} labels of {len(self.terms)} terms"

    def successors(self) -> Outcome:
        """Retired terms are kept, and name what to use instead."""
        old = set(self.ontology.subjects(OWL.deprecated, None))
        good = [term for term in old if self.ontology.value(term, URIRef(f"{OBO}IAO_0100001")) is not None]
        return len(good) == len(old), f"{len(good)} of {len(old)} retired terms name a successor"

    def questions(self) -> Outcome:
        """The questions that it is made to answer go along, each runnable."""
        found = list(self.folder.glob("queries/*/*.rq"))
        return len(found) > 0, f"{len(found)} questions in `queries/`"


def _iri(curie: str) -> URIRef:
    prefix, _, name = curie.partition(":")
    return URIRef(PREFIXES[prefix] + name)


def _rows(file: Path) -> list[dict[str, str]]:
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines, delimiter="\t"))


def page(folder: Path) -> str:
    """The page: each criterion, its outcome and the evidence."""
    release, rows, counts = Release(folder), list[tuple[str, ...]](), Counter[tuple[str, str]]()
    for criterion in criteria():
        if criterion.check == "-":
            said, evidence = "not checkable", criterion.reason
        else:
            met, evidence = release.outcome(criterion.check)
            said = "met" if met else "**not met**"
            evidence += "" if met else f"; {criterion.reason}"
        counts[criterion.tool, said] += 1
        rows.append((criterion.tool, criterion.id, criterion.asks, said, evidence))
    tools = dict.fromkeys(criterion.tool for criterion in criteria())
    return "\n".join(
        [
            "<!-- generated by scripts/fair.py; do not edit -->",
            "# FAIR criteria",
            "",
            "What the checkers FOOPS! and O'FAIRe and the OBO Foundry's principles ask of an ontology, in our words,",
            "and what a release folder answers without a network. What needs the network or a portal is listed with",
            "the reason, never counted as met.",
            "The criteria and reasons stand in `fair.tsv`; `tests/test_fair.py` checks each by its name.",
            "",
            markdown(
                ("checker", "met", "not met", "not checkable"),
                ((tool, *(counts[tool, said] for said in ("met", "**not met**", "not checkable"))) for tool in tools),
            ),
            markdown(("checker", "criterion", "asks", "outcome", "evidence or reason"), rows),
        ]
    )


if __name__ == "__main__":
    from cartkg.build import build
    from cartkg.export import export_all

    os.environ["ROBOT_JAR"] = os.devnull  # the functional syntax is not looked at
    with tempfile.TemporaryDirectory() as made:
        export_all(build(), Path(made), tell=lambda message: print(message, file=sys.stderr))
        PAGE.write_text(page(Path(made)), encoding="utf-8")
