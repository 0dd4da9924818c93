"""Reading and writing files so that nothing hangs, nothing is half written, and damage is seen."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import stat
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from .errors import StorageError, UsageError

_MEGABYTE = 1 << 20
_STALE_SECONDS = 3600
_DEEPEST = 20
SUMS = "SHA256SUMS"


def read_regular(path: Path, most: int = 1024 * _MEGABYTE) -> bytes:
    """The bytes of a file; OSError for a pipe or device, which would never end, and for more bytes than `most`."""
    with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        if found.st_size > most:
            raise OSError(errno.EFBIG, f"it is larger than {most // _MEGABYTE} MB", str(path))
        content: bytes | None = file.read()
        if content is None:  # what the system says of itself looks like a file, and may have nothing yet
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        return content


def read_text(path: Path, most: int = 1024 * _MEGABYTE) -> str:
    """The text of a file in UTF-8, each line ending alike; raises like `read_regular`, and UnicodeDecodeError."""
    return io.TextIOWrapper(io.BytesIO(read_regular(path, most)), encoding="utf-8-sig").read()


def read_given(path: Path, most: int = 1024 * _MEGABYTE) -> str:
    """The text of a file that somebody gives; UsageError says why it can not be read."""
    try:
        return read_text(path, most)
    except OSError as error:
        raise UsageError(f"{path}: can not be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: byte {error.start} is not UTF-8; save it as UTF-8") from error


def stamp(path: Path) -> tuple[int, ...]:
    """What the file system says of a file: a change that was taken back leaves its times behind."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def digest(*parts: bytes) -> str:
    """The SHA-256 of some bytes after each other."""
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.hexdigest()


def sealed(content: bytes, *about: str) -> bytes:
    """The content beneath a line with its hash, which binds it to what it is about."""
    return digest("\0".join((*about, "")).encode(), content).encode() + b"\n" + content


def unsealed(file: bytes, *about: str) -> bytes:
    """The content of what was sealed; ValueError where a byte of it, or what it is about, is another now."""
    content = file.partition(b"\n")[2]
    if sealed(content, *about) != file:
        raise ValueError("it is not what was written")
    return content


def write_atomically(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write a file so that it is at any time either the old one or the new one, whole.

    What does not fit into memory comes in blocks. A symbolic link is followed; a device or pipe is written to and
    stays what it is. What an earlier process left half written when it was killed goes after an hour.
    """
    path = path.resolve()
    blocks = (content,) if isinstance(content, bytes) else content
    temporary = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as stream:
                stream.writelines(blocks)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as stream:
            stream.writelines(blocks)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise StorageError(f"{path}: {error.strerror or error}") from error
    with contextlib.suppress(OSError):
        for left in path.parent.glob(f".{path.name}.????????"):
            if time.time() - left.stat().st_mtime > _STALE_SECONDS:
                left.unlink()


def put_files(folder: Path, files: Mapping[str, bytes | str], gone: Iterable[str] = ()) -> list[Path]:
    """Write files into a folder, which may be new, and remove those that are gone; or leave it as it was.

    All are written beside it first, then each is put in the place of the old one.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".new-", dir=folder if folder.is_dir() else folder.parent) as staging:
            for name, content in files.items():
                write_atomically(Path(staging) / name, content if isinstance(content, bytes) else content.encode())
            for name in files:
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
            for name in files:
                (Path(staging) / name).replace(folder / name)
            for name in gone:
                (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"{error.filename or folder}: {error.strerror or error}") from error
    return [folder / name for name in files]


def with_sums(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Files and the file of their checksums, as `sha256sum -c` reads it."""
    return {**files, SUMS: "".join(f"{digest(files[name])}  {name}\n" for name in sorted(files)).encode()}


def summed(folder: Path) -> set[str]:
    """The files that the checksums in a folder name, none of them outside of it."""
    try:
        names = {line.partition("  ")[2] for line in read_text(folder / SUMS).splitlines()}
    except (OSError, UnicodeDecodeError):
        return set()
    return {name for name in names if name and not Path(name).is_absolute() and ".." not in Path(name).parts}


@contextlib.contextmanager
def holding(folder: Path, *, alone: bool = False) -> Iterator[bool]:
    """Hold a folder open, beside others or alone, so that it is not swept; False where others hold it."""
    try:
        import fcntl

        opened = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield not alone
        return
    try:
        fcntl.flock(opened, fcntl.LOCK_NB | (fcntl.LOCK_EX if alone else fcntl.LOCK_SH))
        held = True
    except OSError:
        held = False
    try:
        yield held
    finally:
        os.close(opened)


def read_yaml(text: str) -> Any:
    """What YAML says; ValueError for what is not valid, refers to another part of itself, or is nested deeply."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the same in C, where it was compiled with it
    depth = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent) or depth > _DEEPEST:
                raise ValueError("it has aliases (*name), or is nested deeply; write it out flat")
        return yaml.load(text, Loader=loader)  # noqa: S506 either is safe
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(" ".join(str(error).split())) from error
