"""The installed wheel holds ontology, data and queries, and answers from an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import httpx
import pytest

from .serving import serving

pytestmark = pytest.mark.no_cover  # what these ask for is measured where it is tested by itself

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it; dependencies come from the environment of the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    subprocess.run(build, check=True, capture_output=True)
    wheel = next(folder.glob("*.whl"))
    environment = folder / "environment"
    venv.create(environment)
    python = environment / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", wheel]
    subprocess.run(install, check=True, capture_output=True)
    shared = subprocess.run(
        [sys.executable, "-c", "import click, pathlib; print(pathlib.Path(click.__file__).parents[1])"],
        check=True, capture_output=True, text=True,
    ).stdout.strip()  # fmt: skip
    packages = next((environment / "lib").glob("python*/site-packages"))
    packages.joinpath("zz_dependencies.pth").write_text(shared + "\n", encoding="utf-8")
    return environment / "bin" / "cartkg"


def test_the_wheel_answers_a_stored_query_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environment = {"PATH": os.environ["PATH"], "HOME": str(home)}

    def call(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [installed, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    first = call("query", "approved-products", "--format", "csv")
    assert first.returncode == 0, first.stderr
    assert "tisagenlecleucel" in first.stdout
    again = call("query", "approved-products", "--format", "csv")
    assert (again.stdout, again.stderr) == (first.stdout, "")
    where = call("info")
    assert "home/.cache/cartkg" in where.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["home"]


@pytest.mark.nightly
def test_the_wheel_writes_a_release_in_an_empty_folder(installed: Path, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "ROBOT_JAR": os.devnull}
    done = subprocess.run(
        [installed, "export", "--all", "release"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "no OWL functional syntax: " in done.stderr
    checked = subprocess.run(["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=tmp_path / "release", check=False)
    assert checked.returncode == 0
    assert "## Terms" in (tmp_path / "release" / "CHANGES.md").read_text(encoding="utf-8")


def test_the_wheel_is_the_installed_code_and_not_the_checkout(installed: Path, tmp_path: Path) -> None:
    python = installed.with_name("python")
    done = subprocess.run(
        [python, "-c", "import cartkg.resources as r; print(r.DATA_DIRECTORY)"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert "site-packages" in done.stdout


@pytest.mark.nightly
def test_the_wheel_serves_its_pages(installed: Path, tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path)}
    with serving(command=[str(installed)], environment=environment) as served:
        for path in ("/", "/static/style.css", "/id/products/tisagenlecleucel.html", "/sparql?query=ASK{}"):
            assert httpx.get(f"{served.url}{path}", timeout=60).status_code == 200, path
