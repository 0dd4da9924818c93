"""What a build depends on: which files, what they hold, and whether they stayed as they were while it read them."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..errors import StorageError
from ..files import digest, read_regular, stamp
from ..resources import (
    ONTOLOGY_DIRECTORY,
    QUERIES_DIRECTORY,
    declarations,
    derivation_rules,
    mapping_files,
    ontology_files,
)
from .folders import Folder

_PACKAGE = Path(__file__).parents[1]


def _inputs(folders: Iterable[Folder]) -> dict[str, Path]:
    """Every file a build depends on: the tables, the mappings, the ontology, the queries and the code."""
    ontology = ONTOLOGY_DIRECTORY
    kinds = {
        **{f"with-{n}" if n else "data": (folder.path, folder.files()) for n, folder in enumerate(folders)},
        "ontology": (ontology, [*ontology_files(), *derivation_rules(), *mapping_files(ontology), *declarations()]),
        "queries": (QUERIES_DIRECTORY, QUERIES_DIRECTORY.glob("*/*.rq")),
        "code": (_PACKAGE, _PACKAGE.rglob("*.py")),
    }
    return {
        f"{kind}/{file[len(str(base)) + 1 :]}".replace(os.sep, "/"): Path(file)
        for kind, (base, files) in kinds.items()
        for file in sorted(map(str, files))
    }


def fingerprint(folders: Iterable[Folder]) -> dict[str, str]:
    """SHA-256 of everything a build depends on; nothing for what can not be read, which the build tells."""
    found = {}
    for name, file in _inputs(folders).items():
        try:
            found[name] = digest(read_regular(file))
        except OSError:
            found[name] = ""
    return found


class Snapshot:
    """What a build depends on as it was at one moment."""

    def __init__(self, folders: Sequence[Folder]) -> None:
        self._folders = folders
        self._stamps = self._stamped()
        self.inputs = fingerprint(folders)

    def _stamped(self) -> dict[str, tuple[int, ...]]:
        """What the file system says of each file."""
        stamps: dict[str, tuple[int, ...]] = {}
        for name, file in _inputs(self._folders).items():
            with contextlib.suppress(OSError):
                stamps[name] = stamp(file)
        return stamps

    def check(self) -> None:
        """StorageError where an input is not, or was not all the time, what it was then."""
        before = {*self._stamps.items(), *self.inputs.items()}
        now = {*self._stamped().items(), *fingerprint(self._folders).items()}
        moved = {name for name, _ in before ^ now}
        if moved:
            raise StorageError(
                f"{', '.join(sorted(moved)[:3])}: changed while it was being read; run the command again"
            )
