"""`cartkg import`: take in what others wrote."""

from __future__ import annotations

from pathlib import Path

import click

from .shared import DATA, FOLDER, WITH


@click.group("import")
def importing() -> None:
    """Take in what stands elsewhere, as rows of the tables."""


@importing.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--out", type=FOLDER, required=True, help="Folder of tables to write into; laid over the rest.")
@click.option("--replace", "whole", is_flag=True, help="Remove the rows of a table that its sheet lacks.")
def tables(data: Path | None, overlays: tuple[str, ...], files: tuple[Path, ...], out: Path, whole: bool) -> None:
    """Take the rows of .xlsx, .csv and .tsv FILES in, whose sheets or names are those of tables.

    A row with an id that the table has changes that row, any other is added. All is checked before anything is
    written; exit 1 with every mistake located when it is wrong.
    """
    from ..rdf.folders import chosen_overlays
    from ..resources import DATA_DIRECTORY
    from ..spreadsheet import import_tables

    done = import_tables(files, out, data or DATA_DIRECTORY, chosen_overlays(overlays), whole=whole)
    for table, changes in done.items():
        counts = (f"{len(ids)} {what}" + f" ({', '.join(ids)})" * bool(ids) for what, ids in changes.items())
        click.echo(f"{table}: {', '.join(counts)}")


tables.params += [DATA, WITH]
