"""What a build reads: the folders of tables, which files, and whether they stayed as they were while it read them."""

from __future__ import annotations

import contextlib
import os
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import StorageError, UsageError
from ..files import digest, read_regular, stamp
from ..resources import (
    ONTOLOGY_DIRECTORY,
    QUERIES_DIRECTORY,
    SOURCES_DIRECTORY,
    declarations,
    derivation_rules,
    mapping_files,
    ontology_files,
)
from ..version import __version__
from .vocabulary import INDIVIDUALS

DESCRIPTION = "overlay.toml"
SETTINGS = "cartkg.toml"
VARIABLE = "CARTKG_WITH"
_PACKAGE = Path(__file__).parents[1]
_BASE = re.compile(r"https?://[^\x00-\x20\x7f\s<>\"{}|\\^`#?]+/id/")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of tables, what the IRIs of its rows begin with, and the version of cartkg that began it, if known."""

    path: Path
    base: str = INDIVIDUALS
    overlay: bool = False
    begun_with: str = ""

    def table(self, name: str) -> Path:
        """File of a table."""
        return self.path / f"{name}.tsv"

    def files(self) -> list[Path]:
        """Everything in it that a build reads."""
        tables = [file for file in sorted(self.path.glob("[!.]*.tsv")) if file.is_file()]
        return [*tables, *mapping_files(self.path), *([self.path / DESCRIPTION] if self.overlay else [])]


def read_folders(data: Path, overlays: Iterable[Path]) -> tuple[Folder, ...]:
    """The folder of data and those laid over it; UsageError for one that is none, or does not say its base."""
    if not data.is_dir():
        raise UsageError(f"{data}: no such data folder")
    return (Folder(data), *map(_overlay, overlays))


def _overlay(path: Path) -> Folder:
    if not path.is_dir():
        raise UsageError(f"{path}: no such folder to lay over the data")
    settings = _settings(path / DESCRIPTION)
    if "base" not in settings:
        raise UsageError(f'{path / DESCRIPTION}: says no base; write base = "https://example.org/yours/id/"')
    return _with_base(path, settings["base"], str(settings.get("cartkg", "")))


def _with_base(path: Path, base: object, begun_with: str) -> Folder:
    if not isinstance(base, str) or not _BASE.fullmatch(base) or base == INDIVIDUALS:
        raise UsageError(f"{path / DESCRIPTION}: base {base!r} is not an IRI of your own that ends in /id/")
    return Folder(path, base, overlay=True, begun_with=begun_with)


def begun_overlay(path: Path, base: str = "") -> Folder:
    """An overlay that is there, or is to be, with this base or one of example.org; UsageError for another folder."""
    if (path / DESCRIPTION).is_file():
        return _overlay(path)
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UsageError(f"{path}: has no {DESCRIPTION} and is not empty; name an overlay or a new folder")
    return _with_base(path, base or f"https://example.org/{path.resolve().name}/id/", __version__)


def description(folder: Folder) -> str:
    """What the description of an overlay says."""
    begun_with = f'cartkg = "{folder.begun_with}"\n' if folder.begun_with else ""
    return f'base = "{folder.base}"\n{begun_with}'


def _settings(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(read_regular(path, 1 << 20).decode("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except RecursionError as error:
        raise UsageError(f"{path}: it is nested deeply; write it out flat") from error
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    except ValueError as error:  # also of a number with thousands of digits
        raise UsageError(f"{path}: {error}") from error


def chosen_overlays(named: Iterable[str]) -> tuple[Path, ...]:
    """The folders of the names or paths given; without any, those of $CARTKG_WITH, else of cartkg.toml here."""
    return tuple(dict.fromkeys(_found(name) for name in (tuple(named) or tuple(_usual()))))


def _usual() -> Iterator[str]:
    if VARIABLE in os.environ:
        yield from filter(None, os.environ[VARIABLE].split(os.pathsep))
        return
    settings = _settings(Path(SETTINGS))
    if unknown := sorted(settings.keys() - {"with"}):
        raise UsageError(f"{SETTINGS}: {', '.join(unknown)} is no setting; there is: with")
    listed = settings.get("with", [])
    if not isinstance(listed, list) or not all(isinstance(name, str) and "\0" not in name for name in listed):
        raise UsageError(f'{SETTINGS}: write with = ["DIR", …]')
    yield from listed


def _found(name: str) -> Path:
    """A folder, or a further source that is shipped under this name."""
    path = Path(name)
    shipped = SOURCES_DIRECTORY / name
    if path.is_dir() or os.sep in name or not shipped.is_dir():
        return path.resolve()
    return shipped


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
