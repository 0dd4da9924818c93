"""What has changed from release to release: as a page, and as an Atom feed."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..rdf.vocabulary import PREFIXES, expand
from ..release.about import Citation
from ..release.changes import State, compare, headed, read_state
from ..resources import earlier_releases
from .here import Here, here

_ONTOLOGY = PREFIXES["ck"].removesuffix("/")


@lru_cache(maxsize=2)
def _changes(here: Here) -> list[dict[str, Any]]:
    """From each release to the next, and from the last to this graph: what differs by kind; the newest come first."""
    states = [*map(read_state, earlier_releases().values()), State.of(here.graph.quads())]
    found = []
    for old, new in pairwise(states):
        before, after = (state.one(_ONTOLOGY, expand("owl:versionInfo").value) for state in (old, new))
        date = new.one(_ONTOLOGY, expand("dcterms:issued").value)
        found.append({"old": before, "new": after, "date": date, "kinds": headed(compare(old, new))})
    return found[::-1]


async def _page(request: Request) -> Response:
    return here(request).page(request, "changes.html", steps=await here(request).turn(_changes, here(request)))


async def _feed(request: Request) -> Response:
    steps = await here(request).turn(_changes, here(request))
    text = here(request).templates.get_template("feed.xml").render(steps=steps, citation=Citation.read())
    return Response(text, media_type="application/atom+xml")


ROUTES = [
    Route("/changes", _page),
    Route("/feed.atom", _feed),
]
