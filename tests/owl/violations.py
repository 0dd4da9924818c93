"""The violations of the rules in `queries/verify`, all at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from cartkg.rdf.vocabulary import INDIVIDUALS

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE = Path(__file__).parents[1] / "fixtures" / "violations.trig"


def violations() -> Iterator[ox.Triple]:
    """The triples of each graph; a row called x is another row in each, or one would make up for what another lacks."""
    for quad in ox.parse(path=FILE):
        name = quad.graph_name.value.rpartition("/")[2]
        yield ox.Triple(_own(quad.subject, name), quad.predicate, _own(quad.object, name))  # type: ignore[arg-type]


def _own(term: object, name: str) -> object:
    if isinstance(term, ox.NamedNode) and term.value.startswith(INDIVIDUALS) and term.value.endswith("/x"):
        return ox.NamedNode(f"{term.value}-{name}")
    return term
