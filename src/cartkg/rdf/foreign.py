"""Read RDF that somebody else wrote: first a gate that is linear, then a strict parser in a process that may die."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from ..confined import Limits, Work, confined
from ..errors import UsageError
from ..files import read_regular

_FORMATS = {
    ending: ox.RdfFormat.from_extension(ending) or ox.RdfFormat.RDF_XML  # of .owl, which the engine does not know
    for ending in ("ttl", "nt", "nq", "trig", "rdf", "owl", "xml", "jsonld", "json")
}
_MEGABYTE = 1 << 20
_LARGEST = 256 * _MEGABYTE
_LONGEST = _MEGABYTE
_SECONDS, _A_SECOND = 10, 4 * _MEGABYTE  # for any file, and what is read in each more, by far
_SKIPPED = re.compile(
    rb"""\"\"\"(?:[^"\\]|\\.|"(?!""))*+\"\"\"|\'\'\'(?:[^'\\]|\\.|'(?!\'\'))*+\'\'\'"""
    rb"""|"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+'|<[^<>\s]*+>|\#[^\n]*+|[^"'<\#(){}\[\]]++""",
    re.DOTALL,
)
_DEEPEST = 64
_DOCTYPE = re.compile(rb"<!DOCTYPE\s+[\w:]+\s*(\[(?:[^\]\"']|\"[^\"]*\"|'[^']*')*+\])?\s*>")
_PREFIX = re.compile(rb"<!ENTITY\s+[\w.-]+\s+(?:\"[^\"&%<]{0,500}\"|'[^'&%<]{0,500}')\s*>")
_MOST_PREFIXES = 200
_IN_AN_IRI = "in an IRI write a space as %20, and what else may not stand in one as % and its code"
_REMEDIES = {
    "Invalid IRI code point": _IN_AN_IRI,
    "IRI percent encoding": "write a % that stands for itself as %25",
    "No scheme found": "write the whole IRI, from https:// on, or set an @base",
    "has not been declared": "declare it with @prefix, or mend its spelling",
    "dot is expected": "end the statement before it with a dot",
    "valid predicate": "a name that follows a prefix has no space; write property and value after it",
    "prefix name": "write a number without % or another sign, and any other text in quotation marks",
}
_OF_LINES = "a line is <subject> <property> <object> . with whole IRIs and texts in quotes; Turtle's file is named .ttl"
_NOT_AN_IRI = re.compile(r"""[\s<>"{}|\\^`]""")
_PLACE = re.compile(r"Parser error at line \d+ (?:between )?")
_FUNCTIONAL = re.compile(rb"\s*(?:Prefix|Ontology)\s*\(|\s*(?:Prefix|Ontology):")


def read_quads(path: Path) -> list[ox.Quad]:
    """The statements of a file, in the format that its name says, perhaps compressed; UsageError if they are wrong."""
    name, packed = path.name.lower(), path.name.lower().endswith(".gz")
    kind = name.removesuffix(".gz").rpartition(".")[2]
    if kind not in _FORMATS:
        known = ", ".join(f".{known}" for known in _FORMATS)
        raise UsageError(f"{path}: give a file ending in {known}, or in one of them and .gz")
    try:
        content = read_regular(path, _LARGEST)
        if packed:
            with gzip.open(io.BytesIO(content)) as stream:
                content = stream.read(_LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UsageError(f"{path}: can not be read: {getattr(error, 'strerror', None) or error}") from error
    if len(content) > _LARGEST:
        raise UsageError(f"{path}: is larger than {_LARGEST // _MEGABYTE} MB when unpacked")
    seconds = _SECONDS + len(content) // _A_SECOND
    limits = Limits(seconds=seconds, memory=4096, answer=2048, remedy="give a smaller file, or N-Triples")
    found = confined(f"{__name__}:parsing", content, str(path), limits, kind)
    return list(ox.parse(found, format=ox.RdfFormat.N_QUADS))


def parsing(kind: str) -> Work:
    """The work is to check and parse what is written in a format, and to write it as N-Quads: what the child does."""

    def parse(given: bytes) -> bytes:
        form, content = _gated(_FORMATS[kind], kind, given)
        try:
            return ox.serialize(_checked(ox.parse(content, format=form)), format=ox.RdfFormat.N_QUADS) or b""
        except SyntaxError as error:
            if "LoadDocumentCallback" in str(error):
                raise UsageError(
                    "its @context is an address, which is not fetched; write the context itself"
                ) from error
            place = f":{error.lineno}" if error.lineno else ""
            raise UsageError(f"{place}: {_with_remedy(error.msg, form)}") from error
        except (ValueError, OSError, RuntimeError) as error:
            raise UsageError(_with_remedy(str(error), form)) from error

    return parse


def _with_remedy(said: str, form: ox.RdfFormat) -> str:
    lines = form in {ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS}
    remedy = _OF_LINES if lines else next((remedy for sign, remedy in _REMEDIES.items() if sign in said), "")
    return _PLACE.sub("", said).replace("\n", "\\n") + (remedy and f"; {remedy}")


def _with_an_iri(said: dict[str, object]) -> dict[str, object]:
    """An object of JSON-LD; one that is named by no IRI would be left out without a word."""
    for name in (said.get("@id"), said.get("id")):
        if isinstance(name, str) and _NOT_AN_IRI.search(name):
            raise UsageError(f"{name!r} is no IRI; {_IN_AN_IRI}")
    return said


def _gated(form: ox.RdfFormat, kind: str, content: bytes) -> tuple[ox.RdfFormat, bytes]:
    """The format that it is really in, and the bytes without what some editors write before them."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content[:1000]:
        raise UsageError("it is UTF-16, or no text; save it as UTF-8")
    try:
        content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(f":{line}: byte {error.start} is not UTF-8; save it as UTF-8") from error
    if _FUNCTIONAL.match(content):
        raise UsageError("it is OWL functional or Manchester syntax; save it as Turtle or RDF/XML")
    if kind == "owl" and not content.lstrip().startswith(b"<?xml") and not content.lstrip()[:5].startswith(b"<rdf:"):
        form = form if content.lstrip().startswith(b"<!") else ox.RdfFormat.TURTLE
    if form == ox.RdfFormat.RDF_XML:
        _check_entities(content)
    elif kind not in {"nt", "nq"} and is_deep(content, _DEEPEST):
        raise UsageError(f"its brackets are nested more than {_DEEPEST} deep, or a quotation mark is never closed")
    if form == ox.RdfFormat.JSON_LD:
        with contextlib.suppress(json.JSONDecodeError):  # of which the parser knows the place
            json.loads(content, object_hook=_with_an_iri)
    return form, content


def _check_entities(content: bytes) -> None:
    """Entities are prefixes of IRIs, as Protégé writes them; any other may grow without end or read other files."""
    if b"<!DOCTYPE" not in content and b"<!ENTITY" not in content:
        return
    found = _DOCTYPE.search(content)
    inside = (found[1] or b"") if found else content
    declared = _PREFIX.findall(inside)
    rest = _PREFIX.sub(b"", inside) + _DOCTYPE.sub(b"", content, count=1)
    if found is None or len(declared) > _MOST_PREFIXES or b"<!ENTITY" in rest or b"<!DOCTYPE" in rest:
        raise UsageError("its DOCTYPE declares more than prefixes of IRIs; write the values out")


def is_deep(content: bytes, most: int) -> bool:
    """Whether the brackets of a text, outside of its strings, are nested more deeply than this."""
    depth = 0
    for bracket in _SKIPPED.sub(b"", content):
        depth += (bracket in b"({[") - (bracket in b")}]")
        if depth > most:
            return True
    return False


def _checked(quads: Iterator[ox.Quad]) -> Iterator[ox.Quad]:
    for quad in quads:
        value = quad.object
        if isinstance(value, ox.Triple) or getattr(value, "direction", None):
            raise UsageError("it holds terms of RDF 1.2 (a triple as a value, or a direction of text); write RDF 1.1")
        if isinstance(value, ox.Literal) and len(value.value) > _LONGEST:
            raise UsageError(f"a text of {quad.subject} is longer than {_LONGEST} characters")
        yield quad
