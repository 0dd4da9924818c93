"""The pages: filled by stored questions, laid out by templates."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

import pyoxigraph as ox
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..queries.answers import Answer
from ..queries.stored import stored_query
from ..rdf.vocabulary import PREFIXES, grouped, row_name
from .here import Here, here

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def warm(here: Here) -> None:
    """Ask beforehand what takes long the first time."""
    here.checks.claims(here.graph)


async def _home(request: Request) -> Response:
    return here(request).page(request, "home.html")


async def _static(request: Request) -> Response:
    content, kind = _files().get(request.path_params["name"], (b"", ""))
    if not kind:
        raise HTTPException(404, "there is no such file")
    return Response(content, media_type=kind)


@lru_cache(maxsize=1)
def _files() -> dict[str, tuple[bytes, str]]:
    """The static files, read once: no path of a request reaches the disk."""
    folder = files("cartkg.serve") / "static"
    kinds = ((file, _TYPES.get("." + file.name.rpartition(".")[2], "")) for file in folder.iterdir())
    return {file.name: (file.read_bytes(), kind) for file, kind in kinds if kind}


async def thing(request: Request, iri: str) -> Response:
    """The page of a row or a term."""
    values = await here(request).turn(_thing, here(request), iri)
    return here(request).page(request, "thing.html", **values)


def _thing(here: Here, iri: str) -> dict[str, Any]:
    text = stored_query("about").with_values({"thing": [ox.NamedNode(iri)]})
    rows = [dict(row) for row in Answer.read(here.graph.select(text))]
    said = {way: grouped((row["property"], row) for row in rows if row["direction"] == way) for way in ("of", "to")}
    label = next((row["value"] for row in rows if row["property"] == f"{PREFIXES['rdfs']}label"), row_name(iri) or iri)
    return {"iri": iri, "label": label, "said": said}


ROUTES = [Route("/", _home), Route("/static/{name}", _static)]
