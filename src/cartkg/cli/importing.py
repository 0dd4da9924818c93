"""The commands that bring in records and tables of others."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .shared import FILE, FOLDER, on_tables, shown, tell

if TYPE_CHECKING:
    from ..importing import Imported

_MOST = 20
_INTO = [
    click.Option(["--out"], type=FOLDER, required=True, help="Overlay to write, or to bring up to date."),
    click.Option(["--base"], default="", metavar="IRI", help="What the IRIs of its rows begin with; ends in /id/."),
    click.Option(["--changes"], is_flag=True, help="Show every change since the last import, not the first ones only."),
]


@click.group("import")
def importing() -> None:
    """Import registry records, citations or tables of your own as rows of the tables."""


def _imports(function: Callable[..., Imported], name: str | None = None) -> click.Command:
    """A command that imports records of others into an overlay, and tells what that changed."""

    @wraps(function)
    def run(data: Path, overlays: tuple[Path, ...], out: Path, changes: bool, **given: Any) -> None:
        _told(function(data=data, overlays=overlays, out=out, **given), out, whole=changes)

    command = on_tables(run, name)
    command.params[-2:-2] = _INTO
    importing.add_command(command)
    return command


@_imports
@click.argument("files", type=FILE, nargs=-1, required=True)
def clinicaltrials(files: tuple[Path, ...], **into: Any) -> Imported:
    """Import the records FILES of ClinicalTrials.gov (JSON of its API version 2) into the overlay --out.

    Nothing is guessed: conditions, groups, outcomes and comparisons keep the words of the record until you write what
    they are into the column `code` of codes.csv there, and import again.
    """
    from ..importing import clinicaltrials as run_import

    return run_import(files, **into)


@_imports
@click.argument("files", type=FILE, nargs=-1, required=True)
def pubmed(files: tuple[Path, ...], **into: Any) -> Imported:
    """Import citations, saved from PubMed as .nbib FILES, as sources; add tables of what they report beside them."""
    from ..importing import pubmed as run_import

    return run_import(files, **into)


@partial(_imports, name="csv")
@click.argument("file", type=FILE)
@click.option(
    "--columns", type=FILE, required=True, help="CSV that says what each column becomes; see docs/curating.md."
)
@click.option("--title", required=True, help="What the table is called.")
@click.option("--authors", required=True, help="Whose it is.")
@click.option("--year", required=True, type=click.IntRange(1950, 2100), help="Year of its last change.")
def own_table(file: Path, columns: Path, title: str, authors: str, year: int, **into: Any) -> Imported:
    """Import FILE, a table of your own in CSV, as a data set whose id is the name of the folder --out."""
    from ..importing import own_table as run_import

    about = {"kind": "data-set", "title": title, "authors": authors, "year": str(year)}
    return run_import(file, columns, about, **into)


@on_tables
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--out", type=FOLDER, required=True, help="Folder of tables to write into; laid over the rest.")
@click.option("--replace", "whole", is_flag=True, help="Remove the rows of a table that its sheet lacks.")
def tables(data: Path, overlays: tuple[Path, ...], files: tuple[Path, ...], out: Path, whole: bool) -> None:
    """Take the rows of .xlsx, .csv and .tsv FILES in, whose sheets or names are those of tables.

    A row with an id that the table has changes that row, any other is added. All is checked before anything is
    written; exit 1, naming sheet, row and column of each mistake, if there are any.
    """
    from ..spreadsheet import import_tables

    done = import_tables(files, out, data, overlays, whole=whole)
    for table, changes in done.items():
        counts = (f"{len(ids)} {what}" + f" ({', '.join(ids)})" * bool(ids) for what, ids in changes.items())
        click.echo(f"{table}: {', '.join(counts)}")
    _next(out)


importing.add_command(tables)


def _next(out: Path) -> None:
    tell(f"only cells and ids are checked so far: run `cartkg validate --with {shown(out)}`, and `cartkg audit`")


def _told(imported: Imported, out: Path, *, whole: bool) -> None:
    for source, tables in imported.rows.items():
        click.echo(f"{source}: " + ", ".join(f"{count} {table}" for table, count in tables.items()))
    changed = imported.changes if whole else imported.changes[:_MOST]
    if any(change.what != "new" for change in imported.changes):
        click.echo("".join(f"  {change}\n" for change in changed), nl=False)
        if len(changed) < len(imported.changes):
            click.echo(f"  … and {len(imported.changes) - len(changed)} further changes: --changes shows them")
    for printed in imported.idle:
        tell(f"{printed!r} has a code in codes.csv, but the record no longer says it")
    if imported.open:
        tell(f"{imported.open} of {imported.asked} things have no code yet: write them in {shown(out / 'codes.csv')}")
    _next(out)
