"""The invented world with all violations of the rules in `queries/verify` at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from cartkg.rdf.vocabulary import INDIVIDUALS

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = sorted((Path(__file__).parents[1] / "fixtures" / "violations").glob("*.ttl"))


def violations() -> Iterator[ox.Triple]:
    """The triples of each file; a row called x is another row in each, or one would make up for what another lacks."""
    for file in FILES:
        for quad in ox.parse(path=file, rename_blank_nodes=True):
            subject, predicate, value = quad.triple
            yield ox.Triple(_own(subject, file), predicate, _own(value, file))  # type: ignore[arg-type]


def _own(term: object, file: Path) -> object:
    if isinstance(term, ox.NamedNode) and term.value.startswith(INDIVIDUALS) and term.value.endswith("/x"):
        return ox.NamedNode(f"{term.value}-{file.stem}")
    return term
