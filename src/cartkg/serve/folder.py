"""A folder of many files that is written as a whole, and replaces only what was written so before."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ..errors import StorageError, UsageError
from ..files import SUMS, summed, with_sums


def check_replaceable(folder: Path) -> None:
    """UsageError where there is no folder, or one with what was not written here, which would be lost."""
    folder = folder.resolve()
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: is no folder; name a new or empty one")
    try:
        with tempfile.TemporaryDirectory(prefix=".new-", dir=next(filter(Path.exists, folder.parents), folder)):
            pass  # so that what can not be written is told before it is made
        found = {
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir() or path.is_symlink()
        }
        listed = summed(folder)
    except OSError as error:
        raise StorageError(f"{folder}: {error.strerror or error}") from error
    if others := sorted(found - listed - {SUMS} if listed else found):
        raise UsageError(
            f"{folder}: holds {others[0]}, which is no part of a site, and would be lost; name a new or empty folder"
        )


def replace_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all files with their checksums beside the folder, then put them in its place; or leave it as it was."""
    folder = folder.resolve()
    mark = os.urandom(4).hex()
    fresh, old = (folder.with_name(f".{folder.name}.{name}-{mark}") for name in ("new", "old"))
    try:
        for name, content in with_sums(files).items():
            path = fresh / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        if folder.exists():
            folder.rename(old)
        try:
            fresh.rename(folder)
        except OSError:
            if old.exists():
                old.rename(folder)
            raise
    except OSError as error:
        raise StorageError(f"{error.filename or folder}: {error.strerror or error}") from error
    finally:
        for left in (fresh, *([old] if folder.exists() else [])):
            with contextlib.suppress(OSError):
                shutil.rmtree(left)
