"""Where a store takes what is written: by the Graph Store HTTP Protocol or by SPARQL Update, at which address."""

from __future__ import annotations

import contextlib
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote, urlencode

import pyoxigraph as ox

from ..errors import ExternalError
from ..rdf.blank_nodes import has_blank
from .credentials import from_environment, from_netrc
from .transport import Limits, Transport, checked_url

# Addresses of a query, and where stores with such addresses take graphs and updates.
_KNOWN = (
    # GraphDB, RDF4J
    (r"(?P<base>.*/repositories/[^/]+)", ("{base}/rdf-graphs/service",), ("{base}/statements",)),
    # Virtuoso, Amazon Neptune, Fuseki
    (
        r"(?P<base>.*)/sparql",
        ("{base}/sparql-graph-crud-auth", "{base}/sparql/gsp/", "{base}/data"),
        ("{base}/sparql-auth", "{base}/update", "{base}/sparql"),
    ),
    # Oxigraph, Fuseki
    (r"(?P<base>.*)/query", ("{base}/store", "{base}/data"), ("{base}/update",)),
    # QLever and others that take everything at one address
    (r"(?P<base>.*)", (), ("{base}",)),
)


@dataclass(frozen=True)
class Place:
    """An address at which a store takes what is written, and the protocol spoken there."""

    protocol: str
    url: str
    limits: Limits

    @cached_property
    def _transport(self) -> Transport:
        return Transport(checked_url(self.url), self.limits, writes=True)

    @property
    def chunks(self) -> tuple[int, int]:
        """Triples per request that the stores tried take in their stride, without and with blank nodes.

        Virtuoso compiles an update to code, and takes fewer than 1,500 with blank nodes.
        """
        return (20_000, 20_000) if self.protocol == "gsp" else (1_000, 500)

    def greet(self) -> None:
        """Let the store ask for credentials by a small request that writes nothing.

        A store that asks in the midst of a large request closes the connection before it is read.
        """
        if from_environment(self.url) or from_netrc(self.url):
            url = self._graph_url(uuid.uuid4().urn) if self.protocol == "gsp" else self.url
            with contextlib.suppress(ExternalError):
                self._transport.send("GET", {}, url=url)

    def write(self, graph: ox.NamedNode, triples: Sequence[ox.Triple], *, fresh: bool = False, again: bool) -> None:
        """Add triples to a named graph, `fresh` ones in place of all it has; `again` where repetition does no harm."""
        body = "".join(f"{triple} .\n" for triple in triples)
        if self.protocol == "gsp":
            method, kind, url = "PUT" if fresh else "POST", "application/n-triples", self._graph_url(graph.value)
        else:
            # Virtuoso takes no blank nodes in INSERT DATA, though the standard does.
            blank = any(map(has_blank, triples))
            text = f"INSERT {'' if blank else 'DATA '}{{ GRAPH {graph} {{\n{body}}} }}{' WHERE {}' if blank else ''}"
            body = urlencode({"update": f"DROP SILENT GRAPH {graph} ;\n{text}" if fresh else text})
            method, kind, url = "POST", "application/x-www-form-urlencoded", self.url
        self._transport.send(method, {"Content-Type": kind}, body.encode(), url, again=again)

    def _graph_url(self, iri: str) -> str:
        return f"{self.url}?graph={quote(iri, safe='')}"


def places(url: str, protocol: str, store_url: str, update_url: str, limits: Limits) -> list[Place]:
    """Where to try to write, in order: at the addresses given, else where stores with such an address do."""
    if store_url or update_url:
        named = [("gsp", store_url), ("update", update_url)]
    else:
        bare = url.partition("?")[0].rstrip("/")
        found = next((match, *rest) for pattern, *rest in _KNOWN if (match := re.fullmatch(pattern, bare)))
        match, stores, updates = found
        known = (("gsp", stores), ("update", updates))
        named = [(kind, address.format(base=match["base"])) for kind, some in known for address in some]
    return [Place(kind, address, limits) for kind, address in named if address and protocol in {"", kind}]
