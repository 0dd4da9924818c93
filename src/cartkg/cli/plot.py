"""`cartkg plot`: draw what stored questions answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from .shared import current, data_option, graph_option, out_option, shown, values_by_name, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..plot import Picture

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
        click.option("-p", "--param", "params", multiple=True, metavar="NAME=VALUE",
                     help="Value for a parameter of the question that is drawn; repeatable."),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group()
def plot() -> None:
    """Draw what stored questions answer, as SVG or PNG; needs `pip install 'cartkg[plot]'`."""


@plot.command()
@click.option("--by", type=click.Choice(_BY), default="disease", show_default=True, help="What makes a group.")
@click.option("--outcome", "outcomes", multiple=True, default=("CRR",), show_default=True, metavar="CODE",
              help="Outcome such as CRR or CR_CRi; repeatable.")  # fmt: skip
@click.option("--pooled", is_flag=True, help="Add a pooled rate to each group, with its heterogeneity.")
@_written
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


def _finish(picture: Picture, style: str, out: Path | None) -> None:
    from ..plot import render

    write(render(picture, style), out)


@plot.command()
@_written
def timeline(
    params: tuple[str, ...], out: Path | None, style: str | None, data: Path | None, directory: Path | None
) -> None:
    """Draw the reports of each product by year (question `reports-by-year`), with what it is approved for."""
    style = _style(out, style)
    from ..plot import timeline as run_timeline

    _finish(run_timeline(current(data, directory), values_by_name(params)), style, out)


@plot.command()
@_written
def followup(
    params: tuple[str, ...], out: Path | None, style: str | None, data: Path | None, directory: Path | None
) -> None:
    """Draw how long each group was followed and responses lasted (question `follow-up-with-responses`)."""
    style = _style(out, style)
    from ..plot import followup as run_followup

    _finish(run_followup(current(data, directory), values_by_name(params)), style, out)
