"""The release as an RO-Crate: one JSON-LD file that says what every other file is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence

from ..rdf.vocabulary import BASE, LICENCE
from .citation import Citation
from .files import File

NAME = "ro-crate-metadata.json"


def release_iri(version: str, name: str) -> str:
    """IRI of a file of a release."""
    return f"{BASE}release/{version}/{name}"


def crate(citation: Citation, files: Sequence[File], contents: Mapping[str, bytes]) -> bytes:
    """The metadata file, in RO-Crate 1.1."""
    profile = {"conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}, "about": {"@id": "./"}}
    graph = [{"@id": NAME, "@type": "CreativeWork", **profile}, *nodes(citation, files, contents)]
    document = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": graph}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def nodes(citation: Citation, files: Sequence[File], contents: Mapping[str, bytes]) -> list[dict[str, object]]:
    """The data set, its authors, its licence and its files, in terms of schema.org."""
    authors: list[dict[str, object]] = [
        {"@id": f"#author-{number}", "@type": "Organization", "name": name}
        for number, name in enumerate(citation.authors, 1)
    ]
    root: dict[str, object] = {
        "@id": "./",
        "@type": "Dataset",
        "identifier": release_iri(citation.version, ""),
        "name": citation.title,
        "description": citation.abstract,
        "version": citation.version,
        "datePublished": citation.released,
        "keywords": list(citation.keywords),
        "license": {"@id": LICENCE},
        "author": [{"@id": author["@id"]} for author in authors],
        "hasPart": [{"@id": file.name} for file in files],
    }
    licence: dict[str, object] = {
        "@id": LICENCE, "@type": "CreativeWork", "name": "Creative Commons Attribution 4.0 International",
    }  # fmt: skip
    parts: list[dict[str, object]] = [
        {
            "@id": file.name,
            "@type": "File",
            "name": file.name,
            "description": file.what,
            "encodingFormat": file.media_type,
            "contentSize": str(len(contents[file.name])),
            "sha256": hashlib.sha256(contents[file.name]).hexdigest(),
        }
        for file in files
    ]
    return [root, *authors, licence, *parts]
