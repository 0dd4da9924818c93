"""The editor for SPARQL: what it completes, which is what the graph holds, and whose software it and the engine are."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..rdf.vocabulary import PREFIXES, expand, shorten
from ..resources import read_table
from .here import Here, here
from .offline import VENDOR, written_script

# Classes that are declared, and whatever is a property of anything.
_TERMS = """SELECT DISTINCT ?kind ?term ?label {{
  {{ SELECT DISTINCT ?term ("classes" AS ?kind) {{ ?term a {class_} FILTER(isIRI(?term)) }} }}
  UNION {{ SELECT DISTINCT ?term ("properties" AS ?kind) {{ ?thing ?term ?value }} }}
  OPTIONAL {{ ?term {label} ?label }}
}} ORDER BY ?kind ?term DESC(?label)"""


async def _vocabulary(request: Request) -> Response:
    """The prefixes, classes and properties of this graph, with their labels, as a script."""
    return written_script("vocabulary", await here(request).turn(_terms, here(request)))


def _terms(here: Here) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"prefixes": dict(PREFIXES), "classes": {}, "properties": {}}
    for row in here.graph.rows(_TERMS.format(class_=expand("owl:Class"), label=expand("rdfs:label"))):
        found[row["kind"]][shorten(row["term"])] = row["label"]
    return found


async def _vendored(request: Request) -> Response:
    """Other people's software in the pages, with its licences."""
    rows = read_table(VENDOR / "files.tsv")
    names = sorted({row["package"] for row in rows})
    licences = {name: (VENDOR / name / "LICENSE").read_text(encoding="utf-8") for name in names}
    return here(request).page(request, "vendored.html", files=rows, licences=licences)


ROUTES = [Route("/static/vocabulary.js", _vocabulary), Route("/vendored", _vendored)]
