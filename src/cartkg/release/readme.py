"""The README of a release folder: what it is, and what each file is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..queries.formats import markdown
from ..rdf.vocabulary import graph_name
from .citation import Citation
from .files import File


def readme(citation: Citation, files: Sequence[File], graphs: Mapping[str, int]) -> bytes:
    """The text, in Markdown; files of one description are listed as one."""
    lines = [
        f"# {citation.title}",
        "",
        f"Release {citation.version} of {citation.released}. {citation.abstract}",
        "",
        "Check that the files are whole with `sha256sum -c SHA256SUMS`. The same inputs give the same bytes.",
        "IRIs are `https://w3id.org/cartkg/…`; the redirect at w3id.org is not registered, so they identify but do not",
        "resolve. Data, ontology and queries are under CC BY 4.0; every figure names its paper, cite that too.",
        "",
    ]
    rows: dict[str, list[str]] = {}
    for file in files:
        rows.setdefault(file.what, []).append(file.name)
    lines += [markdown(("file", "is"), ((_shown(names), what) for what, names in rows.items()))]
    counts = ((f"`{graph_name(name).value}`", count) for name, count in graphs.items())
    return ("\n".join(lines) + "\n" + markdown(("named graph", "triples"), counts)).encode()


def _shown(names: Sequence[str]) -> str:
    return f"`{names[0]}`" if len(names) == 1 else f"`{names[0].partition('/')[0]}/` ({len(names)})"
