"""A folder of many files is written as a whole, and replaces nothing that was not written so."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cartkg.cli.serve import _checks
from cartkg.errors import StorageError, UsageError
from cartkg.rdf.tokens import values_rows
from cartkg.rdf.vocabulary import graph_name
from cartkg.serve import site
from cartkg.serve.site import check_replaceable, replace_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from cartkg.rdf.store import Graph

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


@pytest.mark.parametrize(
    ("place", "error", "message"),
    [
        ("/dev/null", UsageError, "is no folder; name a new or empty one"),
        ("/proc/site", StorageError, "/proc/site: No such file or directory"),
    ],
)
def test_what_can_be_no_folder_is_told_before_anything_is_made(
    place: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        check_replaceable(Path(place))


def test_a_disk_without_room_for_the_pages_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="the pages need some 1099511627776 MB, and there is room for"):
        check_replaceable(tmp_path / "site", 1 << 60)


def test_where_a_file_can_not_be_written_the_folder_stays_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    replace_folder(folder, {"a": b"1"})
    with pytest.raises(StorageError):
        replace_folder(folder, {"a": b"2", "a/b": b"no file can lie in a file"})
    assert written(folder) == {"a": b"1"}
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


ADDRESSES = (
    "/", "/changes", "/find", "/sparql", "/vendored", "/evidence", "/static/places.js", "/static/values.js",
    "/static/index.js", "/static/graph.js", "/static/engine.js", "/context.jsonld", "/queries/evidence",
    "/queries/evidence.js", "/queries/none.js", "/id/products/alphacel", "/id/products/alphacel.jsonld",
)  # fmt: skip


@pytest.fixture(scope="module")
def few(world: Graph) -> dict[str, bytes]:
    """Some of the files of a folder of pages, as if no page led to any other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site, "_first", lambda _: iter(ADDRESSES))
        patch.setattr(site._Page, "links", ())
        return site.pages_of(world, _checks(), lambda _: None)


def said(few: dict[str, bytes], name: str) -> Any:
    """What a script tells a page."""
    return json.loads(few[f"static/{name}.js"].decode().partition(f").{name} = ")[2].rstrip(";\n"))


def test_the_graph_lies_beside_the_pages_whole(few: dict[str, bytes], world: Graph) -> None:
    lines = gzip.decompress(base64.b64decode(said(few, "graph"))).decode().splitlines()
    assert sum(not line.startswith("# ") for line in lines) == world.manifest.quads
    assert {line[2:] for line in lines if line.startswith("# ")} == {
        graph_name(name).value for name in world.manifest.graphs
    }


def test_values_and_words_to_find_lie_beside_the_pages(few: dict[str, bytes]) -> None:
    assert said(few, "values")["products"]["Alphacel"][0] == ["<https://w3id.org/cartkg/id/products/alphacel>"]
    assert "Alphacel" in {label for _, label, *_ in said(few, "index")["things"]}
    asked = json.loads(few["queries/evidence.js"].decode().partition(" = ")[2].rstrip(";\n"))
    assert [row["name"] for row in asked["rows"]] == [row.name for row in values_rows(asked["text"])]


def test_the_engine_is_a_script_that_a_page_from_a_disk_may_start(few: dict[str, bytes]) -> None:
    code = said(few, "engine")["code"]
    assert "import.meta" not in code
    assert not re.search(r"^export ", code, re.MULTILINE)


def test_links_lead_from_file_to_file_and_nowhere_else(few: dict[str, bytes]) -> None:
    page = few["id/products/alphacel.html"].decode()
    found = re.findall(r' (?:href|src)="(?!https?:)([^"#?]+)', page)
    assert "../../index.html" in found
    assert {os.path.normpath(f"id/products/{link}") for link in found} <= set(few)


def test_the_command_looks_before_it_works(run: Callable[..., Run], tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "paper.txt").write_text("my own", encoding="utf-8")
    done = run("site", tmp_path / "mine")
    assert done.code == 2
    assert "paper.txt, which is no part of a site" in done.err
    assert "laying out" not in done.err
