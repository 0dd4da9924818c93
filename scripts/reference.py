"""Write the HTML reference of the ontology into a folder: `make docs`; needs no network.

`ontology.html` is made by pyLODE from the ontology in one file. `classes.html` adds what that leaves out: every axiom
in full, with the class that a cardinality counts, and the individuals of each class. `index.html` leads to both.
"""

from __future__ import annotations

import subprocess
import sys
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from cartkg.build import build
from cartkg.export import export
from cartkg.rdf.vocabulary import BASE, INDIVIDUALS, Vocabulary, expand, lexical, type_
from cartkg.reasoning.axioms import axioms, words
from cartkg.resources import ontology_files

if TYPE_CHECKING:
    from cartkg.rdf.store import Graph

ROOT = Path(__file__).resolve().parents[1]
PYLODE = ROOT / ".venv-checks" / "bin" / "pylode"
STYLE = (
    "body{font-family:sans-serif;line-height:1.45;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111}"
    "code,.axiom{font-family:monospace}h2{border-bottom:1px solid #bbb;margin-top:2rem}li{margin:.15rem 0}"
    "small{color:#4d4d4d}summary{cursor:pointer}"
)
_DISJOINT = (expand("owl:AllDisjointClasses"), expand("owl:AllDifferent"))


def page(title: str, body: str) -> str:
    """An HTML page of its own, which loads nothing."""
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}<style>{STYLE}</style></head>\n'
        f"<body>\n<h1>{escape(title)}</h1>\n{body}\n</body></html>\n"
    )


def classes_page(graph: Graph) -> str:
    """Every class and property with its definition and axioms, and the individuals of each class."""
    vocabulary = Vocabulary.load(ontology_files())
    quads = list(graph.store)
    labels = _values(quads, "rdfs:label")
    definitions = _values(quads, "skos:definition")
    said: dict[str, list[str]] = {}
    apart: list[str] = []
    for axiom in axioms(vocabulary.triples):
        if axiom.head.object in _DISJOINT:
            apart.append(words(axiom, labels))
        else:
            said.setdefault(lexical(axiom.head.subject), []).append(words(axiom, labels))
    members: dict[str, set[str]] = {}
    for quad in quads:
        if quad.predicate == type_:
            members.setdefault(lexical(quad.object), set()).add(lexical(quad.subject))
    properties = {
        lexical(t.subject)
        for t in vocabulary.triples
        if t.predicate == type_
        and t.object in {expand("owl:ObjectProperty"), expand("owl:DatatypeProperty"), expand("owl:AnnotationProperty")}
    }
    others = set(said) - vocabulary.classes - properties
    lines = ["<p>Axioms are in Manchester syntax with labels. Individuals are listed with those that are inferred.</p>"]
    for heading, terms in (("Classes", vocabulary.classes), ("Properties", properties), ("Controlled terms", others)):
        lines.append(f"<h1>{heading}</h1>")
        for iri in sorted(terms, key=lambda term: (labels.get(term, term).casefold(), term)):
            lines += [
                f'<h2 id="{escape(_local(iri))}">{escape(labels.get(iri, iri))}</h2>',
                f"<p><code>{escape(iri)}</code></p>",
            ]
            lines.append(f"<p>{escape(definitions.get(iri, ''))}</p>")
            lines += ["<ul>", *(f'<li class="axiom">{escape(text)}</li>' for text in said.get(iri, ())), "</ul>"]
            lines += _listed(sorted(members.get(iri, ()), key=lambda one: (labels.get(one, one), one)), labels)
    lines += [
        "<h1>Disjoint and different</h1>",
        "<ul>",
        *(f'<li class="axiom">{escape(text)}</li>' for text in apart),
        "</ul>",
    ]
    return page("Classes, properties and individuals", "\n".join(lines))


def _values(quads: list, curie: str) -> dict[str, str]:  # type: ignore[type-arg]
    found = ((lexical(q.subject), lexical(q.object)) for q in quads if q.predicate == expand(curie))
    return dict(sorted(found, reverse=True))


def _local(iri: str) -> str:
    return iri.rsplit("/", 1)[-1].rsplit("#", 1)[-1]


def _listed(individuals: list[str], labels: dict[str, str]) -> list[str]:
    if not individuals:
        return []
    short = {one: one.removeprefix(INDIVIDUALS).removeprefix(BASE) for one in individuals}
    items = (
        f"<li>{escape(labels.get(one, _local(one)))} <small>{escape(short[one])}</small></li>" for one in individuals
    )
    return [f"<details><summary>{len(individuals)} individuals</summary><ul>", *items, "</ul></details>"]


def index_page() -> str:
    """Where everything is."""
    entries = (
        (
            "ontology.html",
            "Ontology",
            "every class and property, by pyLODE; without qualified cardinalities and individuals",
        ),
        ("classes.html", "Classes, properties and individuals", "every axiom in full, and who belongs to each class"),
        ("ontology.ttl", "Turtle", "the ontology in one file"),
        ("../../docs/model.md", "Model", "one construct and one observation, worked through"),
        ("../../data/README.md", "Data dictionary", "every table and column with its property"),
        ("../../queries/README.md", "Stored queries", "what can be asked"),
    )
    items = (f'<li><a href="{target}">{name}</a>: {text}</li>' for target, name, text in entries)
    return page("cartkg: reference of the ontology", "\n".join(["<ul>", *items, "</ul>"]))


def write(folder: Path, graph: Graph) -> None:
    """Write all pages."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ontology.ttl").write_bytes(export(graph, "turtle", "ontology"))
    subprocess.run([str(PYLODE), "ontology.ttl", "-o", "ontology.html"], cwd=folder, check=True, capture_output=True)
    (folder / "classes.html").write_text(classes_page(graph), encoding="utf-8")
    (folder / "index.html").write_text(index_page(), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]), build())
    print(f"{sys.argv[1]}/index.html")
