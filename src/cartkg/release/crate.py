"""The release as an RO-Crate: one JSON-LD file that says what every other file is."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from ..rdf.vocabulary import LICENCE
from .dataset import release_iri

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .citation import Citation
    from .files import File

NAME = "ro-crate-metadata.json"
_LICENCE = {
    "@id": LICENCE,
    "@type": "CreativeWork",
    "name": "Creative Commons Attribution 4.0 International",
}


def crate(citation: Citation, files: Sequence[File], contents: Mapping[str, bytes]) -> bytes:
    """The metadata file, in RO-Crate 1.1."""
    authors: list[dict[str, object]] = [
        {"@id": f"#author-{number}", "@type": "Organization", "name": name}
        for number, name in enumerate(citation.authors, 1)
    ]
    nodes: list[dict[str, object]] = [
        {
            "@id": NAME,
            "@type": "CreativeWork",
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
            "about": {"@id": "./"},
        },
        {
            "@id": "./",
            "@type": "Dataset",
            "identifier": release_iri(citation.version, ""),
            "name": citation.title,
            "description": citation.abstract,
            "version": citation.version,
            "datePublished": citation.released,
            "keywords": list(citation.keywords),
            "license": {"@id": _LICENCE["@id"]},
            "author": [{"@id": author["@id"]} for author in authors],
            "hasPart": [{"@id": file.name} for file in files],
        },
        *authors,
        dict(_LICENCE),
    ]
    for file in files:
        content = contents[file.name]
        nodes.append(
            {
                "@id": file.name,
                "@type": "File",
                "name": file.name,
                "description": file.what,
                "encodingFormat": file.media_type,
                "contentSize": str(len(content)),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
        )
    document = {"@context": "https://w3id.org/ro/crate/1.1/context", "@graph": nodes}
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
