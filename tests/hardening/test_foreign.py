"""A file of somebody else is read, or refused with the reason; it never brings down who reads it."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from cartkg.errors import CartkgError, LimitError, StorageError, UsageError
from cartkg.queries.stored import shared_parameters
from cartkg.rdf.foreign import parsing, read_quads
from cartkg.rdf.shapes import Result, load_shapes, violations
from cartkg.rdf.vocabulary import Vocabulary, type_
from cartkg.reasoning import entailment
from cartkg.resources import ONTOLOGY_DIRECTORY
from cartkg.tables.sssom import known_prefixes

from . import MANY, SEED, lots_of, tell

if TYPE_CHECKING:
    from collections.abc import Callable

TURTLE = "@prefix a: <http://a/> .\na:b a:c 'é' .\n"
ENTITIES = '<?xml version="1.0"?>\n<!DOCTYPE rdf:RDF [ {} ]>\n'
XML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:a="http://a/">{}</rdf:RDF>'
LAUGHS = '<!ENTITY a "ha"> ' + " ".join(f'<!ENTITY a{n + 1} "&a{n};&a{n};">' for n in range(40))

PIECES = (b"<", b'"', b"[", b"\0", b"\xff", b"&a;", b"<!ENTITY", b"@en--ltr", b"{", b"\\u0000", b"")


def read(folder: Path, name: str, content: bytes | str) -> list[ox.Quad]:
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return read_quads(folder / name)


def read_here(name: str, content: bytes | str) -> bytes:
    """The same work in this process, which a file can bring down."""
    return parsing(name.rpartition(".")[2].lower())(content.encode() if isinstance(content, str) else content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.TTL", TURTLE),
        ("a.ttl", b"\xef\xbb\xbf" + TURTLE.encode()),
        ("a.ttl.gz", gzip.compress(TURTLE.encode(), mtime=0)),
        ("a.owl", TURTLE),
        ("a.nt", "<http://a/b> <http://a/c> 'é' .".replace("'", '"')),
        ("a.rdf", XML.format('<rdf:Description rdf:about="http://a/b"><a:c>é</a:c></rdf:Description>')),
        ("a.owl", XML.format('<rdf:Description rdf:about="http://a/b"><a:c>é</a:c></rdf:Description>')),
        ("a.owl", ENTITIES.format('<!ENTITY a "http://a/" > <!ENTITY owl "http://www.w3.org/2002/07/owl#" >')
                  + XML.format('<rdf:Description rdf:about="&a;b"><a:c>é</a:c></rdf:Description>')),
        ("a.jsonld", '{"@context": {"c": "http://a/c"}, "@id": "http://a/b", "c": "é"}'),
        ("a.trig", f"@prefix a: <http://a/> . a:g {{ {TURTLE.splitlines()[1]} }}"),
    ],
)  # fmt: skip
def test_files_are_read_as_the_field_saves_them(tmp_path: Path, name: str, content: bytes | str) -> None:
    (quad,) = read(tmp_path, name, content)
    assert quad.triple == ox.Triple(ox.NamedNode("http://a/b"), ox.NamedNode("http://a/c"), ox.Literal("é"))
    assert name.endswith(".gz") or read_here(name, content).decode() == f"{quad} .\n"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (
            "a.ttl",
            TURTLE + "<http://a/my b> a:c 1 .",
            r"a\.ttl:3: columns 1 and 16: Invalid IRI .* write a space as %20",
        ),
        (
            "a.rdf",
            XML.format('<rdf:Description rdf:about="http://a/my b"/>'),
            "'http://a/my b': .* write a space as %20",
        ),
        ("a.jsonld", '{"@id": "http://a/my b", "http://a/c": 1}', "'http://a/my b' is no IRI; .* a space as %20"),
        ("a.ttl", TURTLE + "<b> a:c 1 .", "No scheme found .*; write the whole IRI"),
        ("a.nt", "<b> <http://a/c> 1 .", "No scheme found .*; a line is <subject> <property> <object> [.]"),
        ("a.ttl", "b:b b:c 1 .", "The prefix b: has not been declared; declare it with @prefix"),
        ("a.ttl", TURTLE.encode("utf-16"), "it is UTF-16, or no text; save it as UTF-8"),
        ("a.ttl", '<http://a/b> <http://a/c> """' + "(\n" * 100, "or a quotation mark is never closed"),
        ("a.ttl", TURTLE.encode("latin-1"), r"a\.ttl:2: byte 34 is not UTF-8"),
        ("a.ttl", "<http://a/b> <http://a/c> <<( <http://a/b> <http://a/c> 1 )>> .", "holds terms of RDF 1.2"),
        ("a.ttl", "<http://a/b> <http://a/c> 1 {| <http://a/d> 2 |} .", "holds terms of RDF 1.2"),
        ("a.ttl", '<http://a/b> <http://a/c> "x"@en--ltr .', "holds terms of RDF 1.2"),
        ("a.ttl", "<http://a/b> <http://a/c> " + "(" * 200_000 + ")" * 200_000 + " .", "nested more than 64 deep"),
        ("a.jsonld", "[" * 4000 + "]" * 4000, "nested more than 64 deep"),
        ("a.jsonld", '{"@context": "http://127.0.0.1:9/", "@id": "http://a/b"}', "address, which is not fetched"),
        ("a.jsonld", '{"@context": "file:///etc/passwd", "@id": "http://a/b"}', "address, which is not fetched"),
        ("a.rdf", ENTITIES.format(LAUGHS) + XML.format("<a:b>&a40;</a:b>"), "declares more than prefixes of IRIs"),
        ("a.rdf", ENTITIES.format('<!ENTITY a SYSTEM "file:///etc/passwd">') + XML.format(""), "more than prefixes"),
        ("a.rdf", '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/"><x/>', "declares more than prefixes"),
        ("a.ttl", f'<http://a/b> <http://a/c> "{"x" * 1_100_000}" .', "longer than 1048576 characters"),
        ("a.owl", "Prefix(:=<http://a/>)\nOntology(<http://a/>)", "OWL functional or Manchester syntax; save it as"),
        ("a.ttl", "a b c", r"a\.ttl:1: "),
        ("a.txt", TURTLE, r"give a file ending in \.ttl"),
    ],
)
def test_what_can_not_be_read_is_refused_with_the_reason(
    tmp_path: Path, name: str, content: bytes | str, message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        read(tmp_path, name, content)
    if not name.endswith(".txt"):
        with pytest.raises(UsageError, match=message.removeprefix(r"a\.ttl")):
            read_here(name, content)


def derived(rule: Path) -> list[bytes]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(entailment, "derivation_rules", lambda: [rule])
        return list(entailment.derive(ox.Store()))


def judged(shapes: Path) -> list[Result]:
    node = ox.Triple(ox.NamedNode("http://a/b"), type_, ox.NamedNode("http://a/C"))
    return list(violations(load_shapes([shapes]), [node], ox.Store()))


SHAPE = "@prefix sh: <http://www.w3.org/ns/shacl#> . <http://a/s> a sh:NodeShape ; sh:targetClass <http://a/C> ; "


@pytest.mark.parametrize(
    ("reading", "content", "message"),
    [
        (judged, "", "says nothing; put back what was there"),
        (judged, SHAPE, ":1: not valid Turtle: "),
        (judged, f'{SHAPE} sh:pattern "(" .', "http://a/s: its sh:pattern is none: missing"),
        (
            judged,
            f'{SHAPE} sh:sparql [ sh:select "SELECT $this WHER" ] .',
            "http://a/s: its sh:select is not valid SPARQL",
        ),
        (lambda file: Vocabulary.load([file]), "# nothing", "says nothing; put back what was there"),
        (lambda file: Vocabulary.load([file]).label("rdfs:label"), TURTLE, "rdfs:label: has no rdfs:label in the onto"),
        (known_prefixes, "", "is empty; put back what was there"),
        (known_prefixes, "prefix\tiri\tpattern\tname\n", "holds no prefix; put back what was there"),
        (shared_parameters, "", "is no list of parameters: 'NoneType'"),
        (shared_parameters, "a: [", "is no list of parameters: while parsing"),
        (derived, "CONSTRUCT", "not valid SPARQL: error at 1:10"),
        (derived, "ASK {}", "a rule is a CONSTRUCT"),
    ],
)
def test_a_damaged_file_of_ours_is_named(
    tmp_path: Path, reading: Callable[[Path], object], content: str, message: str
) -> None:
    file = tmp_path / "ours.ttl"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(StorageError, match=message):
        reading(file)


def test_a_file_that_brings_down_the_parser_does_not_bring_down_the_reader(tmp_path: Path) -> None:
    nested = "<<( <http://a/b> <http://a/c> " * 50_000 + "1" + " )>>" * 50_000
    with pytest.raises(CartkgError):
        read(tmp_path, "a.nt", f"<http://a/b> <http://a/c> {nested} .")


@pytest.mark.nightly
def test_a_small_file_that_takes_its_parser_long_is_given_up_soon(tmp_path: Path) -> None:
    names = " ".join(f'a:p{number}="x"' for number in range(150_000))
    with pytest.raises(LimitError, match=r"no answer within 10 seconds; give a smaller file, or N-Triples"):
        read(tmp_path, "a.rdf", XML.format(f"<rdf:Description {names}/>"))


def test_mutated_files_are_read_or_refused(tmp_path: Path) -> None:
    lots, outcomes = lots_of(SEED), {"read": 0, "refused": 0}
    module = ONTOLOGY_DIRECTORY / "antigens.ttl"
    quads = list(ox.parse(path=module))
    samples = {
        kind: ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.from_extension(kind))
        for kind in ("nt", "rdf", "jsonld")
    }
    samples["ttl"] = module.read_bytes()
    for number in range(20 * MANY):
        kind = lots.choice(sorted(samples))
        content = bytearray(samples[kind] or b"")
        for _ in range(lots.randrange(1, 6)):
            place = lots.randrange(len(content))
            piece = lots.choice(
                [b"<", b'"', b"[", b"\0", b"\xff", b"&a;", b"<!ENTITY", b"@en--ltr", b"{", b"\\u0000", b""]
            )
            content[place : place + lots.randrange(4)] = piece
        try:
            read(tmp_path, f"{number}.{kind}", bytes(content))
            outcomes["read"] += 1
        except CartkgError:
            outcomes["refused"] += 1
    tell(f"{20 * MANY} mutated files: {outcomes}")
