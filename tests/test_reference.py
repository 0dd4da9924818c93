"""The HTML reference is made offline, holds every term, and loads nothing from anywhere."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

from cartkg.rdf.vocabulary import BASE, Vocabulary, expand, lexical, type_
from cartkg.reasoning.axioms import axioms
from cartkg.resources import ontology_files

from .test_docs import script
from .tools import check

if TYPE_CHECKING:
    from pathlib import Path

    from cartkg.rdf.store import Graph

KINDS = ("owl:Class", "owl:ObjectProperty", "owl:DatatypeProperty", "owl:AnnotationProperty")


@pytest.fixture(scope="module")
def reference(world: Graph, tmp_path_factory: pytest.TempPathFactory) -> Path:
    check("pylode", "--version")
    folder: Path = tmp_path_factory.mktemp("reference")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
            patch.setenv(name, "http://127.0.0.1:9")  # nothing listens there
        script("reference").write(folder, world)
    return folder


@pytest.fixture(scope="module")
def labels() -> list[str]:
    triples = Vocabulary.load(ontology_files()).triples
    kinds = {expand(kind) for kind in KINDS}
    ours = {lexical(t.subject) for t in triples if t.predicate == type_ and t.object in kinds}
    return [
        lexical(t.object)
        for t in triples
        if t.predicate == expand("rdfs:label") and lexical(t.subject) in ours and lexical(t.subject).startswith(BASE)
    ]


@pytest.mark.parametrize("name", ["ontology.html", "classes.html"])
def test_every_label_of_our_classes_and_properties_is_in_the_reference(
    reference: Path, labels: list[str], name: str
) -> None:
    text = html.unescape((reference / name).read_text(encoding="utf-8"))
    assert len(labels) > 300
    assert [label for label in labels if label not in text] == []


@pytest.mark.parametrize("name", ["ontology.html", "classes.html", "index.html"])
def test_a_page_loads_nothing(reference: Path, name: str) -> None:
    text = (reference / name).read_text(encoding="utf-8")
    for tag in re.findall(r"<(?:script|link|img|iframe|source|object|embed)\b[^>]*>", text):
        assert not re.search(r"""(?:src|href|data)\s*=\s*["'](?!data:)""", tag), tag
    assert not re.search(r"@import|url\((?!['\"]?data:)", text)


def test_each_axiom_stands_in_full_and_each_class_with_its_individuals(reference: Path) -> None:
    text = html.unescape((reference / "classes.html").read_text(encoding="utf-8"))
    assert "second-generation CAR ≡ chimeric antigen receptor and (co-stimulatory domain count value 1)" in text
    assert text.count('class="axiom"') == len(axioms(Vocabulary.load(ontology_files()).triples))
    section = text.partition('id="SecondGenerationCAR"')[2].partition("<h2")[0]
    assert "<li>Alphacel <small>constructs/alphacel</small></li>" in section


def test_the_index_leads_to_what_exists(reference: Path) -> None:
    for target in re.findall(r'href="([^"]+)"', (reference / "index.html").read_text(encoding="utf-8")):
        found = script("reference").ROOT / target.removeprefix("../../") if ".." in target else reference / target
        assert found.exists(), target
