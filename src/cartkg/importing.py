"""Import: records of registries as rows of an overlay, with what their words mean confirmed by a curator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .errors import DataError, UsageError
from .findings import Report
from .rdf.folders import begun_overlay, read_folders
from .rdf.vocabulary import Vocabulary
from .records.clinicaltrials import Trial
from .records.codes import CODES, Codes
from .records.known import Known
from .records.overlay import Change, write
from .records.results import add_results
from .resources import DATA_DIRECTORY
from .tables.checker import Checker


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote: rows by source and table, what changed since the last one, and codes not yet confirmed."""

    rows: dict[str, dict[str, int]]
    changes: tuple[Change, ...]
    asked: int
    open: int


def clinicaltrials(
    files: Sequence[Path], out: Path, data: Path | None = None, overlays: Sequence[Path] = (), base: str = ""
) -> Imported:
    """Write the records into the overlay `out`, with the codes that its `codes.csv` confirms.

    Raises UsageError for what is no record or no overlay, DataError for codes and rows that are wrong.
    """
    target = begun_overlay(out, base)
    folders = read_folders(data or DATA_DIRECTORY, [path for path in overlays if path.resolve() != out.resolve()])
    checker = Checker(folders, Vocabulary.load())
    known, codes = Known(checker.vocabulary, checker.checked()), Codes.read(out / CODES)
    trials = [Trial.read(path, known, codes) for path in files]
    for trial in trials:
        add_results(trial)
    made = [trial.rows for trial in trials]
    if len({rows.source for rows in made}) < len(made):
        raise UsageError("two of the files are of one trial; give each once")
    if codes.findings:
        raise DataError(Report(str(codes.path), f"{len(codes.asked)} codes", tuple(codes.findings)))
    changes = write(target, folders, made, {CODES: codes.text()})
    counts = {rows.source: {table: len(found) for table, found in rows.tables.items()} for rows in made}
    return Imported(counts, tuple(changes), len(codes.asked), codes.open)
