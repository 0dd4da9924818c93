"""A folder of many files is written as a whole, and replaces nothing that was not written so."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from cartkg.errors import StorageError, UsageError
from cartkg.serve.folder import check_replaceable, replace_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .conftest import Run


def written(folder: Path) -> dict[str, bytes]:
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    sums = dict(line.split("  ")[::-1] for line in files.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return files


def test_what_was_written_before_is_replaced_and_nothing_of_it_stays(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    for files in ({"a": b"1", "b/c": b"2"}, {"b/c": b"3"}):
        check_replaceable(folder)
        replace_folder(folder, files)
        assert written(folder) == files
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize("own", ["notes.txt", "b/notes.txt", "SHA256SUMS"])
def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path, own: str) -> None:
    if own != "SHA256SUMS":
        replace_folder(tmp_path / "site", {"b/c": b"2"})
    (tmp_path / "site").mkdir(exist_ok=True)
    (tmp_path / "site" / "b").mkdir(exist_ok=True)
    (tmp_path / "site" / own).write_text("my own", encoding="utf-8")
    (tmp_path / "site" / "b" / "d").write_text("my own", encoding="utf-8")
    with pytest.raises(UsageError, match="which is no part of a site, and would be lost; name a new or empty folder"):
        check_replaceable(tmp_path / "site")


def test_where_a_file_can_not_be_written_the_folder_stays_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    replace_folder(folder, {"a": b"1"})
    with pytest.raises(StorageError):
        replace_folder(folder, {"a": b"2", "a/b": b"no file can lie in a file"})
    assert written(folder) == {"a": b"1"}
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


def test_the_command_looks_before_it_works(run: Callable[..., Run], tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "paper.txt").write_text("my own", encoding="utf-8")
    done = run("site", tmp_path / "mine")
    assert done.code == 2
    assert "paper.txt, which is no part of a site" in done.err
    assert "laying out" not in done.err
