"""The files of a release: what each is, their checksums, and writing them all or none."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from ..errors import StorageError
from ..files import read_text, write_atomically
from ..resources import RELEASE_DIRECTORY, read_table

CHECKSUMS = "SHA256SUMS"


@dataclass(frozen=True, slots=True)
class File:
    """A file of a release: its name in the folder, its media type and what it is."""

    name: str
    media_type: str
    what: str


def described(names: Iterable[str]) -> list[File]:
    """What each of these files is, in the order of the list of files; StorageError for a name that is not in it."""
    rows = read_table(RELEASE_DIRECTORY / "files.tsv")
    found = {}
    for name in names:
        row = next((row for row in rows if fnmatchcase(name, row["pattern"])), None)
        if row is None:
            raise StorageError(f"{name}: not in the list of the files of a release")
        found[name] = rows.index(row), File(name, row["media_type"], row["what"])
    return [file for _, file in sorted(found.values(), key=lambda pair: (pair[0], pair[1].name))]


def publish(directory: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write all files with their checksums into a folder, or leave it as it was.

    They are written beside and moved when all are whole. What an earlier release left there and this one does not have
    is removed; other files stay.
    """
    sums = (f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))  # as `sha256sum -c` reads
    complete = {**files, CHECKSUMS: "".join(sums).encode()}
    try:
        directory.mkdir(parents=True, exist_ok=True)
        old = _listed(directory) - complete.keys()
        with tempfile.TemporaryDirectory(prefix=".release-", dir=directory) as staging:
            for name, content in complete.items():
                write_atomically(Path(staging) / name, content)
            for name in complete:
                (directory / name).parent.mkdir(parents=True, exist_ok=True)
            for name in complete:
                (Path(staging) / name).replace(directory / name)
            for name in old:
                (directory / name).unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"{error.filename or directory}: {error.strerror or error}") from error
    return [directory / name for name in complete]


def _listed(directory: Path) -> set[str]:
    """The files that the checksums in a folder name, none of them outside of it."""
    try:
        lines = read_text(directory / CHECKSUMS).splitlines()
    except (OSError, UnicodeDecodeError):
        return set()
    names = {line.partition("  ")[2] for line in lines}
    return {name for name in names if name and not Path(name).is_absolute() and ".." not in Path(name).parts}
