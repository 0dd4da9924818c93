"""No byte of a built graph can change without being noticed: the answer is right, or there is none."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cartkg.build import build
from cartkg.errors import StorageError
from cartkg.info import describe
from cartkg.queries.asking import ask
from cartkg.queries.sandbox import run
from cartkg.rdf import folders
from cartkg.rdf.folders import read_folders
from cartkg.rdf.store import open_graph, read_manifest

from ..conftest import replace_cell
from . import MANY, SEED, lots_of, tell

if TYPE_CHECKING:
    from random import Random

    from cartkg.rdf.store import Graph

COUNT = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"


@pytest.fixture
def used(invented: Path, tmp_path: Path) -> Graph:
    """A built graph with everything that is kept beside one: answers, and the store with named graphs."""
    graph = build(invented, tmp_path / "out")
    asked(graph)
    return graph


def asked(graph: Graph) -> list[object]:
    """What may be read of a graph: a kept answer, both stores and the file of quads."""
    names = run(graph, COUNT).rows
    return [ask(graph, "evidence").rows, names, len(graph.store), len(graph.named), sum(1 for _ in graph.quads())]


def damaged(file: Path, lots: Random) -> None:
    """One bit of a file flipped, or the file cut off."""
    content = bytearray(file.read_bytes())
    place = lots.randrange(len(content))
    if lots.random() < 0.3:
        del content[place:]
    else:
        content[place] ^= 1 << lots.randrange(8)
    file.write_bytes(content)


@pytest.mark.no_cover
def test_no_flip_or_cut_of_any_file_changes_an_answer(invented: Path, used: Graph, tmp_path: Path) -> None:
    right, lots, out, outcomes = asked(used), lots_of(SEED), tmp_path / "out", {"repaired": 0}
    whole = shutil.copytree(out, tmp_path / "whole")
    for _ in range(6 * MANY):
        shutil.rmtree(out)
        shutil.copytree(whole, out)
        files = [file for file in sorted(out.rglob("*")) if file.is_file() and file.stat().st_size]
        damaged(lots.choice(files), lots)
        with contextlib.suppress(StorageError):
            assert asked(build(invented, out)) == right
            outcomes["repaired"] += 1
    outcomes["refused"] = 6 * MANY - outcomes["repaired"]
    tell(f"{6 * MANY} flips and cuts: {outcomes}")


@pytest.mark.parametrize("kind", ["edited", "cut", "of another question", "pipe"])
def test_a_kept_answer_that_is_not_what_was_kept_is_computed_again(used: Graph, kind: str) -> None:
    right = ask(used, "evidence").rows
    for kept in (used.path / "answers").iterdir():
        content = kept.read_bytes()
        if kind == "edited":
            kept.write_bytes(content.replace(b"6", b"9"))
        elif kind == "cut":
            kept.write_bytes(content[: len(content) // 2])
        elif kind == "of another question":
            shutil.copy(next((used.path / "answers").iterdir()), used.path / "other")
            (used.path / "other").replace(kept)
        else:
            kept.unlink()
            os.mkfifo(kept)
    assert ask(used, "evidence").rows == right


def test_info_can_verify_every_byte(used: Graph) -> None:
    assert "every byte is as it was built" in describe(used, "here", verify=True)
    for kind in ("graph.nq", "manifest.json", "named.json", "named/*.sst", "store/*.sst"):
        file = next(used.path.glob(kind))
        before, content = file.stat(), file.read_bytes()
        file.write_bytes(content[:-2] + bytes([content[-2] ^ 1]) + content[-1:])
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        with pytest.raises(StorageError, match="is damaged: it is not what was built; run: cartkg build --force"):
            describe(used, "here", verify=True)
        file.write_bytes(content)


def test_what_changed_during_a_build_and_was_taken_back_is_refused(invented: Path, tmp_path: Path) -> None:
    def edit(step: str) -> None:
        if step == "reading the ontology":
            old = replace_cell(invented / "trials.tsv", 2, "note", "changed")
        elif step == "inferring":
            old = replace_cell(invented / "trials.tsv", 2, "note", "")
        else:
            return
        assert old is not None

    with pytest.raises(StorageError, match=r"data/trials\.tsv: changed while it was being read; run the command again"):
        build(invented, tmp_path / "out", edit)
    assert open_graph(tmp_path / "out", read_folders(invented, ())) is None


def test_a_graph_that_is_open_is_not_swept(invented: Path, tmp_path: Path) -> None:
    first = build(invented, tmp_path / "out")
    os.utime(first.path, (0, 0))
    replace_cell(invented / "trials.tsv", 2, "note", "changed")
    second = build(invented, tmp_path / "out")
    assert first.path != second.path
    assert run(first, COUNT).rows[0][0].value == str(first.manifest.quads)


ALONE = ("unshare", "--map-root-user", "--mount")


@pytest.mark.no_cover
@pytest.mark.skipif(
    subprocess.run([*ALONE, "true"], check=False, capture_output=True).returncode != 0,
    reason="this machine lets nobody mount a folder for himself",
)
@pytest.mark.parametrize("named", ["", "GRAPH ?g "])
def test_a_graph_that_can_only_be_read_is_asked_like_any_other(used: Graph, tmp_path: Path, named: str) -> None:
    shutil.rmtree(used.path / "named")
    (tmp_path / "q.rq").write_text(f"SELECT (COUNT(*) AS ?n) {{ {named}{{ ?s ?p ?o }} }}")
    out = used.path.parent
    mount = f"mount --bind {out} {out} && mount -o remount,bind,ro {out}"
    ask = f"{sys.executable} -m cartkg query --graph {out} --format csv --sparql {tmp_path / 'q.rq'}"
    command = [*ALONE, "sh", "-c", f"{mount} && {ask}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout.split(), done.stderr) == (["n", str(used.manifest.quads)], "")


@pytest.mark.no_cover
def test_versions_that_share_a_folder_do_not_build_in_turn(
    invented: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    build(invented, tmp_path / "out")
    monkeypatch.setattr(folders, "_PACKAGE", tmp_path)
    build(invented, tmp_path / "out", said.append)
    assert said
    said.clear()
    build(invented, tmp_path / "out", said.append)
    monkeypatch.undo()
    build(invented, tmp_path / "out", said.append)
    assert said == []


def test_a_folder_whose_manifest_is_damaged_does_not_answer_about_other_tables(used: Graph) -> None:
    manifest = used.path.parent / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"quads": ', b'"quads": 1'))
    done = subprocess.run(
        [sys.executable, "-m", "cartkg", "info", "--graph", manifest.parent],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (5, "")
    assert "is damaged, so that nobody knows of which tables" in done.stderr


def moment(lots: Random, takes: float) -> float:
    """When to kill what takes so long: at any time, or as often about its end, where it puts its work in place."""
    return lots.choice([lots.uniform(0, takes), lots.uniform(0.8 * takes, 1.2 * takes)])


@pytest.mark.no_cover
def test_a_build_that_is_killed_leaves_a_whole_graph(invented: Path, used: Graph, tmp_path: Path) -> None:
    out, lots, ended = tmp_path / "out", lots_of(SEED), {"old": 0, "new": 0}
    start = time.monotonic()
    command = [sys.executable, "-m", "cartkg", "build", "--force", "--data", invented, "--out", out]
    subprocess.run(command, check=True, capture_output=True)
    takes = time.monotonic() - start
    for _ in range(3 * MANY):
        before = read_manifest(out)
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
            time.sleep(moment(lots, takes))
            child.kill()
        graph = open_graph(out, read_folders(invented, ()))
        assert graph is not None
        assert len(graph.store) == used.manifest.quads
        assert graph.verify() > 1
        ended["old" if before == read_manifest(out) else "new"] += 1
    tell(f"{3 * MANY} kills of a build: {ended}")


@pytest.mark.no_cover
def test_an_export_that_is_killed_leaves_the_old_file_or_the_new_one(used: Graph, tmp_path: Path) -> None:
    out, lots, ended = tmp_path / "graph.ttl", lots_of(SEED), {"old": 0, "new": 0}
    command = [sys.executable, "-m", "cartkg", "export", "--graph", used.path.parent, "--out", out]
    start = time.monotonic()
    subprocess.run(command, check=True, capture_output=True)
    takes, new, old = time.monotonic() - start, out.read_bytes(), b"# what was there\n"
    for _ in range(3 * MANY):
        out.write_bytes(old)
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
            time.sleep(moment(lots, takes))
            child.kill()
        assert out.read_bytes() in {old, new}
        ended["old" if out.read_bytes() == old else "new"] += 1
    tell(f"{3 * MANY} kills of an export: {ended}")


@pytest.mark.no_cover
def test_builds_at_the_same_time_both_end_with_a_whole_graph(invented: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cartkg", "build", "--force", "--data", invented, "--out", tmp_path / "out"]
    children = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)]
    for child in children:
        child.communicate(timeout=120)
    assert [child.returncode for child in children] == [0, 0, 0]
    graph = open_graph(tmp_path / "out", read_folders(invented, ()))
    assert graph is not None
    assert graph.verify() > 1


@pytest.mark.no_cover
@pytest.mark.parametrize("blocks", [200, 3000])
def test_a_disk_that_is_full_leaves_the_old_graph(used: Graph, invented: Path, blocks: int) -> None:
    out = used.path.parent
    command = f"ulimit -f {blocks}; {sys.executable} -m cartkg build --force --data {invented} --out {out}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 5, done.stderr
    assert "Traceback" not in done.stderr
    graph = open_graph(out, read_folders(invented, ()))
    assert graph is not None
    assert graph.path == used.path
