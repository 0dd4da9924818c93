"""The commands that bring in records and tables of others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .shared import DATA, FILE, FOLDER, WITH, shown, tell

if TYPE_CHECKING:
    from ..importing import Imported

_MOST = 20


@click.group("import")
def importing() -> None:
    """Bring in a registry record, a citation or a table of your own as an overlay."""


@importing.command()
@click.argument("files", type=FILE, nargs=-1, required=True)
@click.option("--out", type=FOLDER, required=True, help="Overlay to write; one that is there is brought up to date.")
@click.option("--base", default="", metavar="IRI", help="What the IRIs of its rows begin with; ends in /id/.")
@click.option("--changes", is_flag=True, help="Show every change since the last import, not the first ones only.")
def clinicaltrials(
    data: Path | None, overlays: tuple[str, ...], files: tuple[Path, ...], out: Path, base: str, changes: bool
) -> None:
    """Import the records FILES of ClinicalTrials.gov (JSON of its API version 2) into the overlay --out.

    Nothing is guessed: conditions, groups, outcomes and comparisons keep the words of the record until you write what
    they are into the column `code` of codes.csv there, and import again.
    """
    from ..importing import clinicaltrials as run_import
    from ..rdf.folders import chosen_overlays

    _told(run_import(files, out, data, chosen_overlays(overlays), base), out, whole=changes)


clinicaltrials.params[:0] = [DATA, WITH]


def _told(imported: Imported, out: Path, *, whole: bool) -> None:
    for source, tables in imported.rows.items():
        click.echo(f"{source}: " + ", ".join(f"{count} {table}" for table, count in tables.items()))
    changed = imported.changes if whole else imported.changes[:_MOST]
    if any(change.what != "new" for change in imported.changes):
        click.echo("".join(f"  {change}\n" for change in changed), nl=False)
        if len(changed) < len(imported.changes):
            click.echo(f"  … and {len(imported.changes) - len(changed)} further changes: --changes shows them")
    if imported.open:
        tell(f"{imported.open} of {imported.asked} things have no code yet: write them in {shown(out / 'codes.csv')}")
    tell(f"ask with --with {shown(out)}")
