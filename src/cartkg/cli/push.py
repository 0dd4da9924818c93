"""`cartkg push`: load the graph into a SPARQL store."""

from __future__ import annotations

from pathlib import Path

import click

from .shared import current, data_option, graph_option, put, say


@click.command()
@click.argument("url")
@click.option("--protocol", type=click.Choice(["gsp", "update"]), default=None,
              help="Graph Store Protocol or SPARQL Update.  [default: the first that the store takes]")  # fmt: skip
@click.option("--graph-store-url", "store_url", default="", metavar="URL", help="Where the store takes named graphs.")
@click.option("--update-url", default="", metavar="URL", help="Where the store takes updates.")
@click.option("--chunk", type=click.IntRange(min=1), default=None, help="Triples per request.")
@click.option("--timeout", type=click.FloatRange(min=0, min_open=True), default=300.0, show_default=True,
              help="Seconds that a request may take.")  # fmt: skip
@click.option("--restart", is_flag=True, help="Begin anew instead of continuing an interrupted push.")
@data_option
@graph_option
def push(
    url: str, protocol: str | None, store_url: str, update_url: str, chunk: int | None, timeout: float, restart: bool,
    data: Path | None, directory: Path | None,
) -> None:  # fmt: skip
    """Replace the named graphs of the store whose query address is URL by ours, and count them there.

    Credentials come from CARTKG_ENDPOINT_USER and CARTKG_ENDPOINT_PASSWORD, CARTKG_ENDPOINT_TOKEN, or ~/.netrc.
    An interrupted push continues where it was.
    """
    graph = current(data, directory)
    from ..push import Target
    from ..push import push as run_push
    from ..remote.deadline import Limits

    limits = Limits(seconds=timeout)
    done = run_push(graph, Target(url, protocol or "", store_url, update_url, chunk or 0, limits), say, restart=restart)
    put("".join(f"{name}: {count} triples\n" for name, count in done.graphs.items()))
    put(f"{sum(done.graphs.values())} triples in {done.url}, counted there\n")
    if not done.in_default_graph:
        click.echo(
            "cartkg: queries without GRAPH do not see them: let the store's default graph be the union of its named "
            "graphs (see docs/endpoints.md)",
            err=True,
        )
