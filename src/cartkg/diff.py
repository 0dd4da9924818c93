"""Compare the graph with its copy in a store, triple by triple; or two releases of it, by what they say."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from .findings import Say, silent
from .rdf.store import Graph
from .rdf.vocabulary import graph_name
from .release.changes import Changes, State, compare, read_state
from .remote.copies import PAGE, Difference, Shelf, fetched, graphs_there, here
from .remote.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class Comparison:
    """All named graphs that one side or the other has."""

    url: str
    graphs: tuple[Difference, ...]

    @property
    def same(self) -> bool:
        """True where nothing is missing and nothing extra; other ways to write a value do not count."""
        return not any(graph.missing or graph.extra for graph in self.graphs)

    def as_dict(self) -> dict[str, object]:
        """For JSON."""
        return {"url": self.url, "same": self.same, "graphs": [asdict(graph) for graph in self.graphs]}

    def __str__(self) -> str:
        lines = []
        for graph in self.graphs:
            lines.append(
                f"{graph.graph}: {graph.here} here, {graph.there} there; {graph.missing} missing, {graph.extra} extra"
                + (f"; {graph.lexical} of the same value written differently" if graph.lexical else "")
            )
            for sign, count, examples in (
                ("-", graph.missing, graph.missing_examples),
                ("+", graph.extra, graph.extra_examples),
            ):
                lines.extend(f"{sign} {text}" for text in examples)
                if examples and count > len(examples):
                    lines.append(f"{sign} … and {count - len(examples)} more")
        lines.append("no difference" if self.same else "the copy differs: - only here, + only there")
        return "\n".join(lines) + "\n"


def diff(graph: Graph, endpoint: Endpoint, progress: Say = silent, *, shown: int = 10, page: int = PAGE) -> Comparison:
    """The difference between the graph and the copy of it that an endpoint gives."""
    ours = [graph_name(name).value for name in graph.manifest.graphs]
    found = []
    with Shelf() as shelf:
        for name in [*ours, *(other for other in graphs_there(endpoint) if other not in ours)]:
            progress(f"comparing {name}")
            shelf.put("here", name, here(graph, name))
            fetched(shelf, endpoint, name, exact=False, page=page)
            found.append(shelf.difference(name, shown))
    return Comparison(endpoint.url, tuple(found))


def diff_states(old: Path, new: Path | Graph) -> Changes:
    """What has changed from a file, such as an earlier release, to another file or to the graph as it is now."""
    after = read_state(new) if isinstance(new, Path) else State.of(new.quads())
    return compare(read_state(old), after)
