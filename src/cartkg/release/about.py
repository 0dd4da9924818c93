"""What a release says of itself: its files, how it is cited, as an RO-Crate, as a data set with a service, in words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

import pyoxigraph as ox

from ..errors import StorageError
from ..files import digest, put_files, read_text, read_yaml, summed, with_sums
from ..queries.formats import markdown
from ..rdf.vocabulary import BASE, LICENCE, PREFIXES, expand, graph_name, grouped, lexical
from ..resources import RELEASE_DIRECTORY, document, read_table

CRATE = "ro-crate-metadata.json"
ALL_PREFIXES = PREFIXES | {
    "dcat": "http://www.w3.org/ns/dcat#",
    "formats": "http://www.w3.org/ns/formats/",
    "sd": "http://www.w3.org/ns/sparql-service-description#",
    "void-ext": "http://ldf.fi/void-ext#",
}
_PROFILE = "https://w3id.org/ro/crate/1.1"
_SIZE, _SIZE_TYPE = ox.NamedNode(ALL_PREFIXES["dcat"] + "byteSize"), expand("xsd:nonNegativeInteger")


@dataclass(frozen=True, slots=True)
class File:
    """A file of a release: its name in the folder, its media type and what it is."""

    name: str
    media_type: str
    what: str


def described(names: Iterable[str]) -> list[File]:
    """What each of these files is, in the order of the list of files; StorageError for a name that is not in it."""
    rows = read_table(RELEASE_DIRECTORY / "files.tsv")
    found = {}
    for name in names:
        row = next((row for row in rows if fnmatchcase(name, row["pattern"])), None)
        if row is None:
            raise StorageError(f"{name}: not in the list of the files of a release")
        found[name] = rows.index(row), File(name, row["media_type"], row["what"])
    return [file for _, file in sorted(found.values(), key=lambda pair: (pair[0], pair[1].name))]


def publish(directory: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write all files with their checksums into a folder, or leave it as it was.

    What an earlier release left there and this one does not have is removed; other files stay.
    """
    complete = with_sums(files)
    return put_files(directory, complete, summed(directory) - complete.keys())


@dataclass(frozen=True, slots=True)
class Citation:
    """What CITATION.cff says about the data set itself."""

    title: str
    abstract: str
    version: str
    released: str
    authors: tuple[str, ...]
    keywords: tuple[str, ...]

    @classmethod
    def read(cls) -> Citation:
        """Read the file; StorageError if it is damaged."""
        path = document("CITATION.cff")
        try:
            content = read_yaml(read_text(path))
            authors = tuple(author["name"] for author in content["authors"])
            version, released = str(content["version"]), str(content["date-released"])
            return cls(content["title"], content["abstract"], version, released, authors, tuple(content["keywords"]))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StorageError(f"{path}: can not be read: {error}") from error

    @property
    def iri(self) -> str:
        """IRI of the release."""
        return f"{BASE}release/{self.version}/"


def crate(citation: Citation, files: Sequence[File], contents: Mapping[str, bytes]) -> bytes:
    """The metadata file of an RO-Crate, which says what every other file is."""
    about = {"@id": CRATE, "@type": "CreativeWork", "conformsTo": {"@id": _PROFILE}, "about": {"@id": "./"}}
    context = [f"{_PROFILE}/context", {"sha256": "http://schema.org/sha256"}]  # a later term than the profile's
    whole = {"@context": context, "@graph": [about, *_nodes(citation, files, contents)]}
    return (json.dumps(whole, ensure_ascii=False, indent=1) + "\n").encode()


def _nodes(citation: Citation, files: Sequence[File], contents: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """The data set, its authors, its licence and its files, in terms of schema.org."""
    authors = [
        {"@id": f"#author-{number}", "@type": "Organization", "name": name, "url": BASE}
        for number, name in enumerate(citation.authors, 1)
    ]
    linked = [{"@id": author["@id"]} for author in authors]
    root = {
        "@id": "./",
        "@type": "Dataset",
        "identifier": citation.iri,
        "name": citation.title,
        "description": citation.abstract,
        "version": citation.version,
        "datePublished": citation.released,
        "keywords": list(citation.keywords),
        "license": {"@id": LICENCE},
        "author": linked[0] if len(linked) == 1 else linked,
        "publisher": linked[0],
        "hasPart": [{"@id": file.name} for file in files],
    }
    licence = {"@id": LICENCE, "@type": "CreativeWork", "name": "Creative Commons Attribution 4.0 International"}
    parts = [
        {
            "@id": file.name,
            "@type": "File",
            "name": file.name,
            "description": file.what,
            "encodingFormat": file.media_type,
            "contentSize": str(len(contents[file.name])),
            "sha256": digest(contents[file.name]),
        }
        for file in files
    ]
    return [root, *authors, licence, *parts]


def dataset(
    citation: Citation,
    triples: Sequence[ox.Triple],
    graphs: Mapping[str, int],
    files: Sequence[File],
    contents: Mapping[str, bytes],
) -> dict[str, list[ox.Triple]]:
    """Statements about the data set and about the service, sorted, by the names of the queries that make them."""
    known = [
        *_nodes(citation, files, contents),
        {"@id": "./", "objects": len({triple.object for triple in triples})},
        *({"@id": graph_name(name).value, "@type": "Dataset", "name": name, "size": n} for name, n in graphs.items()),
        *({"@id": iri, "alternateName": prefix} for prefix, iri in PREFIXES.items()),
    ]
    store = ox.Store()
    store.bulk_extend(ox.Quad(*triple) for triple in triples)
    said = json.dumps({"@context": {"@vocab": PREFIXES["schema"]}, "@graph": known})
    store.load(said, ox.RdfFormat.JSON_LD, base_iri=citation.iri, to_graph=ox.NamedNode("about:"))
    found = {}
    for name in ("dataset", "service"):
        text = (RELEASE_DIRECTORY / f"{name}.rq").read_text(encoding="utf-8")
        found[name] = sorted(map(_sized, cast("ox.QueryTriples", store.query(text))), key=str)
    return found


def _sized(triple: ox.Triple) -> ox.Triple:
    """A size with the datatype that DCAT wants: the store, to which numbers are values, knows integers only."""
    if triple.predicate != _SIZE:
        return triple
    return ox.Triple(triple.subject, _SIZE, ox.Literal(lexical(triple.object), datatype=_SIZE_TYPE))


def readme(citation: Citation, files: Sequence[File], graphs: Mapping[str, int]) -> bytes:
    """What the folder is and what each file is, in Markdown; files of one description are listed as one."""
    template = (RELEASE_DIRECTORY / "readme-template.md").read_text(encoding="utf-8")
    head = template.format_map({name: getattr(citation, name) for name in ("title", "version", "released", "abstract")})
    rows = grouped((file.what, file.name) for file in files)
    listed = (
        (f"`{names[0]}`" if len(names) == 1 else f"`{names[0].partition('/')[0]}/` ({len(names)})", what)
        for what, names in rows.items()
    )
    counts = ((f"`{graph_name(name).value}`", count) for name, count in graphs.items())
    return f"{head}{markdown(('file', 'is'), listed)}\n{markdown(('named graph', 'triples'), counts)}".encode()
