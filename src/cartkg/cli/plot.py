"""`cartkg plot`: draw what stored questions answer."""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from .shared import current, data_option, graph_option, out_option, shown, values_by_name, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..plot import Drawable
    from ..rdf.store import Graph

_SUFFIXES = (".svg", ".png")
_BY = ("disease", "costimulation", "vector", "target", "product", "none")
_PARAMETERS = click.option(
    "-p", "--param", "params", multiple=True, metavar="NAME=VALUE",
    help="Value for a parameter of the question that is drawn; repeatable.",
)  # fmt: skip


@click.group()
def plot() -> None:
    """Draw what stored questions answer, as SVG or PNG; needs `pip install 'cartkg[plot]'`."""


def _drawn(make: Callable[..., Drawable]) -> click.Command:
    """A command of this name with the options that every picture has: it makes the picture and writes it."""

    @plot.command()
    @graph_option
    @data_option
    @click.option("--format", "style", type=click.Choice(["svg", "png"]), default=None,
                  help="Kind of picture.  [default: as --out ends, else svg]")  # fmt: skip
    @out_option
    @wraps(make)
    def command(out: Path | None, style: str | None, data: Path | None, directory: Path | None, **given: Any) -> None:
        kind = _kind(out, style)
        picture = make(current(data, directory), **given)
        from ..plot import render

        write(render(picture, kind), out)

    return command


def _kind(out: Path | None, style: str | None) -> str:
    """Kind of picture, from the option or the file's name."""
    if out is None:
        return style or "svg"
    suffix = out.suffix.lower()
    if suffix not in _SUFFIXES:
        raise UsageError(f"{shown(out)}: a picture's name ends in {' or '.join(_SUFFIXES)}")
    if style is not None and suffix != f".{style}":
        raise UsageError(f"{shown(out)}: the name does not fit --format {style}")
    return suffix[1:]


@_drawn
@click.option("--by", type=click.Choice(_BY), default="disease", show_default=True, help="What makes a group.")
@click.option("--outcome", "outcomes", multiple=True, default=("CRR",), show_default=True, metavar="CODE",
              help="Outcome such as CRR or CR_CRi; repeatable.")  # fmt: skip
@click.option("--pooled", is_flag=True, help="Add a pooled rate to each group, with its heterogeneity.")
@_PARAMETERS
def forest(graph: Graph, params: tuple[str, ...], by: str, outcomes: tuple[str, ...], pooled: bool) -> Drawable:
    """Draw proportions with their 95% intervals, in groups (question `evidence`)."""
    values = values_by_name(params)
    if "outcome" in values:
        raise click.BadParameter("give outcomes by --outcome", param_hint="-p")
    from ..plot import forest

    return forest(graph, values, by, outcomes, pooled=pooled)


@_drawn
@_PARAMETERS
def timeline(graph: Graph, params: tuple[str, ...]) -> Drawable:
    """Draw the reports of each product by year (question `find-studies`), with what it is approved for."""
    from ..plot import timeline

    return timeline(graph, values_by_name(params))


@_drawn
@_PARAMETERS
def followup(graph: Graph, params: tuple[str, ...]) -> Drawable:
    """Draw how long each group was followed and responses lasted (question `follow-up-with-responses`)."""
    from ..plot import followup

    return followup(graph, values_by_name(params))


@_drawn
@click.option("--under", default="", metavar="CLASS", help="Draw only the branch of this class, by label or name.")
@click.option("--depth", type=click.IntRange(0), default=99, help="How many levels to draw.  [default: all]")
def hierarchy(graph: Graph, under: str, depth: int) -> Drawable:
    """Draw the classes of the ontology as a tree (question `class-tree`)."""
    from ..plot import hierarchy

    return hierarchy(graph, under, depth)


@_drawn
@click.argument("name")
def construct(graph: Graph, name: str) -> Drawable:
    """Draw one CAR across the membrane, part by part (question `parts-in-order`)."""
    from ..plot import construct

    return construct(graph, name)


@_drawn
@click.argument("name")
def observation(graph: Graph, name: str) -> Drawable:
    """Draw one figure with all that bears on it (question `trace-observation`)."""
    from ..plot import observation

    return observation(graph, name)


@_drawn
@click.argument("name")
def trial(graph: Graph, name: str) -> Drawable:
    """Draw one trial: its reports, and their results over follow-up (question `results`)."""
    from ..plot import trial

    return trial(graph, name)
