"""`cartkg plot`: draw what stored questions answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from .shared import current, data_option, graph_option, out_option, shown, values_by_name, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..plot import Drawable

_SUFFIXES = (".svg", ".png")
_BY = ("disease", "costimulation", "vector", "target", "product", "none")


def _written(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every picture has."""
    for option in (
        graph_option,
        data_option,
        click.option("--format", "style", type=click.Choice(["svg", "png"]), default=None,
                     help="Kind of picture.  [default: as --out ends, else svg]"),
        out_option,
    ):  # fmt: skip
        command = option(command)
    return command


def _narrowed(command: Callable[..., None]) -> Callable[..., None]:
    """The options of a picture whose question has parameters."""
    words = "Value for a parameter of the question that is drawn; repeatable."
    return click.option("-p", "--param", "params", multiple=True, metavar="NAME=VALUE", help=words)(_written(command))


@click.group()
def plot() -> None:
    """Draw what stored questions answer, as SVG or PNG; needs `pip install 'cartkg[plot]'`."""


@plot.command()
@click.option("--by", type=click.Choice(_BY), default="disease", show_default=True, help="What makes a group.")
@click.option("--outcome", "outcomes", multiple=True, default=("CRR",), show_default=True, metavar="CODE",
              help="Outcome such as CRR or CR_CRi; repeatable.")  # fmt: skip
@click.option("--pooled", is_flag=True, help="Add a pooled rate to each group, with its heterogeneity.")
@_narrowed
def forest(
    params: tuple[str, ...], by: str, outcomes: tuple[str, ...], pooled: bool, out: Path | None, style: str | None,
    data: Path | None, directory: Path | None,
) -> None:  # fmt: skip
    """Draw proportions with their 95% intervals, in groups (question `evidence`)."""
    style = _style(out, style)
    values = values_by_name(params)
    if "outcome" in values:
        raise click.BadParameter("give outcomes by --outcome", param_hint="-p")
    from ..plot import forest as run_forest

    _finish(run_forest(current(data, directory), values, by, outcomes, pooled=pooled), style, out)


def _style(out: Path | None, style: str | None) -> str:
    """Kind of picture, from the option or the file's name."""
    if out is None:
        return style or "svg"
    suffix = out.suffix.lower()
    if suffix not in _SUFFIXES:
        raise UsageError(f"{shown(out)}: a picture's name ends in {' or '.join(_SUFFIXES)}")
    if style is not None and suffix != f".{style}":
        raise UsageError(f"{shown(out)}: the name does not fit --format {style}")
    return suffix[1:]


def _finish(picture: Drawable, style: str, out: Path | None) -> None:
    from ..plot import render

    write(render(picture, style), out)


@plot.command()
@_narrowed
def timeline(
    params: tuple[str, ...], out: Path | None, style: str | None, data: Path | None, directory: Path | None
) -> None:
    """Draw the reports of each product by year (question `reports-by-year`), with what it is approved for."""
    style = _style(out, style)
    from ..plot import timeline as run_timeline

    _finish(run_timeline(current(data, directory), values_by_name(params)), style, out)


@plot.command()
@_narrowed
def followup(
    params: tuple[str, ...], out: Path | None, style: str | None, data: Path | None, directory: Path | None
) -> None:
    """Draw how long each group was followed and responses lasted (question `follow-up-with-responses`)."""
    style = _style(out, style)
    from ..plot import followup as run_followup

    _finish(run_followup(current(data, directory), values_by_name(params)), style, out)


@plot.command()
@click.option("--under", default="", metavar="CLASS", help="Draw only the branch of this class, by label or name.")
@click.option("--depth", type=click.IntRange(0), default=99, help="How many levels to draw.  [default: all]")
@_written
def hierarchy(
    under: str, depth: int, out: Path | None, style: str | None, data: Path | None, directory: Path | None
) -> None:
    """Draw the classes of the ontology as a tree (question `class-tree`)."""
    style = _style(out, style)
    from ..plot import hierarchy as run_hierarchy

    _finish(run_hierarchy(current(data, directory), under, depth), style, out)


@plot.command()
@click.argument("name")
@_written
def construct(name: str, out: Path | None, style: str | None, data: Path | None, directory: Path | None) -> None:
    """Draw one CAR across the membrane, part by part (question `parts-across-membrane`)."""
    style = _style(out, style)
    from ..plot import construct as run_construct

    _finish(run_construct(current(data, directory), name), style, out)


@plot.command()
@click.argument("name")
@_written
def observation(name: str, out: Path | None, style: str | None, data: Path | None, directory: Path | None) -> None:
    """Draw one figure with all that bears on it (question `trace-observation`)."""
    style = _style(out, style)
    from ..plot import observation as run_observation

    _finish(run_observation(current(data, directory), name), style, out)


@plot.command()
@click.argument("name")
@_written
def trial(name: str, out: Path | None, style: str | None, data: Path | None, directory: Path | None) -> None:
    """Draw one trial: its reports, and their results over follow-up (question `results-of-a-trial`)."""
    style = _style(out, style)
    from ..plot import trial as run_trial

    _finish(run_trial(current(data, directory), name), style, out)
