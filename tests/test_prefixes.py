"""Prefixes and mapping files are those of the field: bioregistry's spelling and IRIs, and valid by sssom-py."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from cartkg.errors import StorageError
from cartkg.rdf.vocabulary import PREFIXES
from cartkg.resources import DATA_DIRECTORY, ONTOLOGY_DIRECTORY, mapping_files
from cartkg.tables.sssom import known_prefixes

from .conftest import WORLD
from .test_sssom import MAPPINGS
from .tools import check

if TYPE_CHECKING:
    from pathlib import Path

FILES = [*mapping_files(DATA_DIRECTORY), *mapping_files(ONTOLOGY_DIRECTORY), *mapping_files(WORLD)]

# Reads the registry that bioregistry holds as a file; nothing is asked of the network.
ASK_BIOREGISTRY = """
import json, re, sys
import bioregistry
known = {}
for prefix, locals_ in json.load(sys.stdin if len(sys.argv) < 2 else open(sys.argv[1])).items():
    resource = bioregistry.get_resource(prefix)
    if resource is None:
        known[prefix] = None
        continue
    formats = {resource.get_default_format(), resource.get_rdf_uri_format(), resource.get_uri_format()}
    pattern = resource.get_pattern()
    known[prefix] = {
        "canonical": resource.prefix,
        "iris": sorted({one.split("$1")[0] for one in formats if one} | set(resource.get_uri_prefixes())),
        "strange": [local for local in locals_ if pattern and not re.fullmatch(pattern, local)],
    }
json.dump(known, sys.stdout)
"""
# What sssom-py finds wrong in each file; one process, because it takes seconds to import. Of a file in which it finds
# something, how its command ends, too.
ASK_SSSOM = """
import json, logging, sys
logging.disable(logging.CRITICAL)
from click.testing import CliRunner
from sssom.cli import main
from sssom.io import validate_file
from sssom.validators import DEFAULT_VALIDATION_TYPES
found = {}
for name in sys.argv[1:]:
    try:
        validate_file(input_path=name, validation_types=DEFAULT_VALIDATION_TYPES, propagate=False)
        error = ""
    except Exception as caught:
        error = type(caught).__name__
    found[name] = error, CliRunner().invoke(main, ["validate", name]).exit_code if error else 0
json.dump(found, sys.stdout)
"""
WRONG = (
    ("semapv:ManualMappingCuration", "semapv:Guessing"),
    ("\t0.95\t", "\t9.5\t"),
    ("#  doi: https://doi.org/\n", ""),
)
# Ours, and registered nowhere.
OWN = {"cartkg", "ck", "cks"}


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, list[str]] | None]:
    """What bioregistry knows of each prefix in use, with the local identifiers that do not fit its pattern."""
    used: dict[str, list[str]] = {prefix: [] for prefix in {*known_prefixes(), *PREFIXES} - OWN}
    for row in MAPPINGS:
        for name in ("object_id", "predicate_id", "mapping_justification", "object_source"):
            prefix, _, local = (row.get(name) or "").partition(":")
            if prefix and prefix not in OWN:
                used[prefix].append(local)
    asked = tmp_path_factory.mktemp("registry") / "used.json"
    asked.write_text(json.dumps(used), encoding="utf-8")
    done = check("python", "-c", ASK_BIOREGISTRY, asked)
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, list[str]] | None] = json.loads(done.stdout)
    return found


def test_every_prefix_is_spelt_as_bioregistry_spells_it(registered: dict[str, dict[str, list[str]] | None]) -> None:
    assert [prefix for prefix, known in registered.items() if known is None or known["canonical"] != prefix] == []


def test_every_prefix_stands_for_an_iri_that_bioregistry_knows(
    registered: dict[str, dict[str, list[str]] | None],
) -> None:
    ours = PREFIXES | {prefix: known.iri for prefix, known in known_prefixes().items()}
    wrong = {prefix: ours[prefix] for prefix, known in registered.items() if ours[prefix] not in (known or {})["iris"]}
    assert wrong == {}


def test_every_identifier_fits_the_pattern_of_its_registry(
    registered: dict[str, dict[str, list[str]] | None],
) -> None:
    assert {prefix: known["strange"] for prefix, known in registered.items() if known and known["strange"]} == {}


def test_prefixes_of_the_graph_and_of_mappings_agree() -> None:
    shared = PREFIXES.keys() & known_prefixes().keys()
    assert shared
    assert {prefix: PREFIXES[prefix] for prefix in shared} == {
        prefix: known_prefixes()[prefix].iri for prefix in shared
    }


def test_every_prefix_of_the_table_is_used_and_none_is_missing() -> None:
    heads = "".join(file.read_text(encoding="utf-8").split("\nsubject_id")[0] for file in FILES)
    declared = set(re.findall(r"^#  ([^:]+):", heads, re.MULTILINE))
    assert declared | {"semapv", "skos"} == set(known_prefixes())


def test_the_table_is_in_order() -> None:
    assert list(known_prefixes()) == sorted(known_prefixes())


@pytest.mark.parametrize("content", ["prefix\tiri\n", "prefix\tiri\tpattern\tname\nx\thttps://x/\t(\tX\n"])
def test_a_table_that_can_not_be_read_is_named_with_its_line(tmp_path: Path, content: str) -> None:
    path = tmp_path / "prefixes.tsv"
    path.write_text(content + "x\thttps://x/\n", encoding="utf-8")
    with pytest.raises(StorageError, match=r"prefixes\.tsv:2"):
        known_prefixes(path)


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """A mapping file of the world with one thing wrong, for each of WRONG."""
    text = (WORLD / "mappings" / "references.sssom.tsv").read_text(encoding="utf-8")
    files = {}
    for old, new in WRONG:
        assert old in text
        files[old, new] = tmp_path_factory.mktemp("wrong") / "wrong.sssom.tsv"
        files[old, new].write_text(text.replace(old, new), encoding="utf-8")
    return files


@pytest.fixture(scope="module")
def by_sssom(wrong: dict[tuple[str, str], Path]) -> dict[str, tuple[str, int]]:
    """What sssom-py says of our files and of the wrong ones: its error, and the exit code of its command."""
    done = check("python", "-c", ASK_SSSOM, *FILES, *wrong.values())
    assert done.returncode == 0, done.stderr
    return {name: (error, code) for name, (error, code) in json.loads(done.stdout).items()}


@pytest.mark.nightly
def test_every_mapping_file_is_valid_by_sssom(by_sssom: dict[str, tuple[str, int]]) -> None:
    assert {name: by_sssom[str(name)] for name in FILES if by_sssom[str(name)][0]} == {}


@pytest.mark.nightly
@pytest.mark.parametrize(("old", "new"), WRONG)
def test_sssom_finds_what_is_wrong_in_a_mapping_file(
    wrong: dict[tuple[str, str], Path], by_sssom: dict[str, tuple[str, int]], old: str, new: str
) -> None:
    error, code = by_sssom[str(wrong[old, new])]
    assert error
    assert code != 0
