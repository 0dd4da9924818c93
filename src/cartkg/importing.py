"""Import: records of registries as rows of an overlay, with what their words mean confirmed by a curator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from .errors import DataError, UsageError
from .findings import Report
from .rdf.folders import Folder, begun_overlay, read_folders
from .rdf.vocabulary import Vocabulary, expand, lexical, row_name
from .records.clinicaltrials import Trial
from .records.codes import CODES, Codes, slug
from .records.known import Known
from .records.overlay import Change, Rows, write
from .records.own_table import own_rows
from .records.pubmed import citations
from .records.registration import add_groups, describe
from .records.results import add_results
from .resources import DATA_DIRECTORY, mapping_files
from .tables.checker import Checker
from .tables.schema import Row
from .tables.sssom import MappingReader


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote: rows by source and table, changes since the last, codes not yet confirmed, idle ones."""

    rows: dict[str, dict[str, int]]
    changes: tuple[Change, ...]
    asked: int
    open: int
    idle: tuple[str, ...]


def clinicaltrials(
    files: Sequence[Path], out: Path, data: Path | None = None, overlays: Sequence[Path] = (), base: str = ""
) -> Imported:
    """Write the records into the overlay `out`, with the codes that its `codes.csv` confirms.

    Raises UsageError for what is no record or no overlay, DataError for codes and rows that are wrong.
    """

    def make(known: Known, codes: Codes) -> Iterator[Rows]:
        for path in files:
            trial = Trial.read(path, known, codes)
            try:
                describe(trial)
                add_groups(trial)
                add_results(trial)
                trial.keep()
            except UsageError as error:
                raise UsageError(f"{path}: {error}") from error
            except KeyError as error:
                raise UsageError(
                    f"{path}: has no {error} where the registry's API has it; give the whole record"
                ) from error
            except (TypeError, AttributeError, ValueError, IndexError) as error:
                what = "has a value of another kind than the registry's API gives"
                raise UsageError(f"{path}: {what} ({error}); give the record as it is there") from error
            yield trial.rows

    return _imported(make, out, data, overlays, base)


def pubmed(
    files: Sequence[Path], out: Path, data: Path | None = None, overlays: Sequence[Path] = (), base: str = ""
) -> Imported:
    """Write the citations into the overlay `out` as sources; raises like `clinicaltrials`."""
    return _imported(lambda *_: chain.from_iterable(map(citations, files)), out, data, overlays, base)


def own_table(
    file: Path, columns: Path, about: Mapping[str, str], out: Path, data: Path | None = None,
    overlays: Sequence[Path] = (), base: str = "",
) -> Imported:  # fmt: skip
    """Write a table of one's own into the overlay `out`, as `columns` says; raises like `clinicaltrials`.

    `about` are the cells of its row of sources; without an id that is the name of the folder.
    """
    cells = {"id": slug(out.resolve().name), "label": about["title"], **about}
    return _imported(lambda known, codes: [own_rows(file, columns, cells, known, codes)], out, data, overlays, base)


def _imported(
    make: Callable[[Known, Codes], Iterable[Rows]], out: Path, data: Path | None, overlays: Sequence[Path], base: str
) -> Imported:
    target = begun_overlay(out, base)
    folders = read_folders(data or DATA_DIRECTORY, [path for path in overlays if path.resolve() != out.resolve()])
    checker = Checker(folders, Vocabulary.load())
    rows, codes = checker.checked(), Codes.read(out / CODES)
    known = Known(checker.vocabulary, rows, _registered(checker, rows, folders))
    made = list(make(known, codes))
    if len({rows.source for rows in made}) < len(made):
        raise UsageError("two of them are one source; give each once")
    if codes.findings:
        raise DataError(Report(str(out), f"{len(codes.asked)} codes", tuple(codes.findings)))
    files = {CODES: codes.text()} if codes.asked else {}
    changes = write(target, folders, made, files)
    counts = {rows.source: {table: len(found) for table, found in rows.tables.items()} for rows in made}
    return Imported(
        counts, tuple(changes), len(codes.asked), codes.open, tuple(printed for _, _, printed in codes.idle)
    )


def _registered(checker: Checker, rows: list[Row], folders: Sequence[Folder]) -> dict[str, str]:
    """The trials of each registry number, by their rows and by identifiers that are the same."""
    reader = MappingReader(checker.vocabulary, checker.lines, [])
    files = chain.from_iterable(mapping_files(folder.path) for folder in folders)
    same = (triple for triple in reader.triples(files) if triple.predicate == expand("skos:exactMatch"))
    found = {lexical(triple.object).rpartition("/")[2]: row_name(lexical(triple.subject)) for triple in same}
    trials = {number: name.removeprefix("trials/") for number, name in found.items() if name.startswith("trials/")}
    return trials | {row["registration"]: row.id for row in rows if row.table.name == "trials" and row["registration"]}
