"""A folder of one's own is laid over the data: partial, with IRIs of its own, and without a change to what is there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import cartkg
from cartkg.audit import consistency
from cartkg.build import build
from cartkg.claims import check_claims
from cartkg.errors import DataError, UsageError
from cartkg.export import export_all
from cartkg.queries.asking import ask
from cartkg.queries.formats import to_csv
from cartkg.queries.stored import stored_queries
from cartkg.rdf.folders import chosen_overlays, read_folders
from cartkg.rdf.store import Graph
from cartkg.rdf.vocabulary import Vocabulary, graph_name
from cartkg.tables.checker import Checker
from cartkg.trace import trace
from cartkg.validate import validate_graph

from .conftest import TRIAL, WORLD, Run, line_of, replace_cell

pytestmark = pytest.mark.no_cover  # what these ask for is measured where it is tested by itself

BASE, SOURCE = "https://example.org/kappa/id/", "kappa-trial-2026"
FIRST = "omega-review-2024"
BY_SOURCE = [name for name, query in stored_queries().items() if "source" in query.parameters]


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    """A copy of the trial's folder that a test may break."""
    return shutil.copytree(TRIAL, tmp_path / "mine")


def test_its_rows_have_iris_of_their_own_and_a_named_graph(world: Graph, trial: Graph) -> None:
    homes = {graph_name(SOURCE), graph_name(f"{SOURCE}-provenance")}
    own = [quad for quad in trial.quads() if quad.graph_name in homes]
    assert len(own) > 300
    assert {quad.subject.value.startswith(BASE) for quad in own if "/locators/" not in str(quad.subject)} >= {True}
    kept = {graph_name(name) for name in ("asserted", "provenance")}
    assert [quad for quad in trial.quads() if quad.graph_name in kept] == [
        quad for quad in world.quads() if quad.graph_name in kept
    ]


def test_it_conforms_and_names_rows_of_the_data_by_their_ids(trial: Graph) -> None:
    report = validate_graph(trial, WORLD)
    assert report.conforms, str(report)
    study = f"<{BASE}studies/{SOURCE}.kappa>"
    text = f"SELECT ?product {{ {study} <https://w3id.org/cartkg/ontology/evaluatesProduct> ?product }}"
    assert trial.rows(text) == [{"product": "https://w3id.org/cartkg/id/products/alphacel"}]


def test_what_follows_from_its_rows_is_inferred(trial: Graph) -> None:
    text = f"""PREFIX ck: <https://w3id.org/cartkg/ontology/>
        SELECT ?what {{ GRAPH <https://w3id.org/cartkg/graph/inferred> {{
            <{BASE}cohorts/{SOURCE}.care-cr> a|ck:subsetOf ?what
        }} }} ORDER BY ?what"""
    found = {row["what"].rpartition("/")[2] for row in trial.rows(text)}
    assert {"AdultCohort", f"{SOURCE}.all"} <= found


def test_a_release_with_it_describes_its_files(trial: Graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROBOT_JAR", str(tmp_path / "none.jar"))
    files = {path.name for path in export_all(trial, tmp_path / "release")}
    assert {f"{SOURCE}.ttl", f"{SOURCE}-provenance.ttl"} <= files


@pytest.mark.no_cover
@pytest.mark.parametrize("query", BY_SOURCE)
def test_it_changes_no_answer_about_another_source(world: Graph, trial: Graph, query: str) -> None:
    assert to_csv(ask(trial, query, {"source": FIRST})) == to_csv(ask(world, query, {"source": FIRST}))


def test_it_changes_no_verdict_on_another_source(world: Graph, trial: Graph) -> None:
    assert [claim.to_dict() for claim in check_claims(trial)] == [claim.to_dict() for claim in check_claims(world)]


def test_a_figure_of_it_is_traced_by_its_id_or_iri(trial: Graph) -> None:
    for name in (f"{SOURCE}.pfs-hr", f"{BASE}observations/{SOURCE}.pfs-hr"):
        assert str(trace(trial, name)).startswith("figure as printed")


def test_two_overlays_at_once_and_an_id_that_both_use(overlay: Path, tmp_path: Path) -> None:
    other = shutil.copytree(overlay, tmp_path / "other")
    with pytest.raises(DataError) as caught:
        build(WORLD, tmp_path / "graph", overlays=[overlay, other])
    found = next(found for found in caught.value.report.findings if found.path.endswith("studies.tsv"))
    assert (found.path, found.line, found.column) == (str(other / "studies.tsv"), 2, "id")
    assert f"stands already in line 2 of {overlay / 'studies.tsv'}" in found.message
    for table in other.glob("*.tsv"):
        table.write_text(table.read_text("utf-8").replace("kappa", "lambda"), "utf-8")
    graph = build(WORLD, tmp_path / "graph", overlays=[overlay, other])
    assert {SOURCE, "lambda-trial-2026"} <= set(graph.manifest.graphs)


def test_it_adds_a_name_and_a_part_to_rows_of_the_data_as_statements_of_its_own(overlay: Path, tmp_path: Path) -> None:
    added = {
        "wordings": "id\tlabel\tsource\tlocator\tmeans\tprinted\tholds\n"
        f"{SOURCE}.w-1\tBrandcel, a name\t{SOURCE}\tabstract/sentence-1\tproducts:alphacel\tBrandcel\tanywhere\n",
        "placements": "id\tlabel\tsource\tlocator\tbasis\tcar\tposition\tdomain\n"
        f"zetacar.cd28\tzetacar: CD28\t{SOURCE}\tabstract/sentence-1\tstated\tzetacar\tcostimulatory\tcostim-cd28\n",
    }
    for table, text in added.items():
        (overlay / f"{table}.tsv").write_text(text, encoding="utf-8")
    graph = build(WORLD, tmp_path / "graph", overlays=[overlay])
    assert validate_graph(graph, WORLD).conforms
    parts = {row["construct"]: row["costimulation"] for row in ask(graph, "construct-parts")}
    assert parts["Zeta CAR"] == "CD28"
    assert {row["product"] for row in ask(graph, "evidence", {"product": "brandcel"})} == {"Alphacel"}
    home = {quad.graph_name for quad in graph.quads() if str(quad.subject).endswith("/placements/zetacar.cd28>")}
    assert graph_name(SOURCE) in home
    assert graph_name("asserted") not in home


@pytest.mark.parametrize(
    ("table", "column", "value", "rule"),
    [
        ("observations", "cohort", f"{SOURCE}.nobody", "reference"),
        ("observations", "outcome", "ORRR", "code-known"),
        ("cohorts", "regimen", "kappa-car", "reference"),
        ("studies", "product", "betacell", "reference"),
    ],
)
def test_a_mistake_in_it_is_located_in_its_own_file(
    overlay: Path, tmp_path: Path, table: str, column: str, value: str, rule: str
) -> None:
    replace_cell(overlay / f"{table}.tsv", 2, column, value)
    with pytest.raises(DataError) as caught:
        build(WORLD, tmp_path / "graph", overlays=[overlay])
    (found,) = caught.value.report.findings
    assert (found.path, found.line, found.column, found.rule) == (str(overlay / f"{table}.tsv"), 2, column, rule)


def test_a_name_in_place_of_an_id_is_answered_by_the_id_also_beside_a_cell_that_can_not_be_read(
    overlay: Path, tmp_path: Path
) -> None:
    path = overlay / "observations.tsv"
    replace_cell(path, 2, "outcome", "Overall Response")
    replace_cell(path, 2, "percent", "eighty")
    replace_cell(overlay / "studies.tsv", 2, "product", "ALPHACEL")
    with pytest.raises(DataError) as caught:
        build(WORLD, tmp_path / "graph", overlays=[overlay])
    found = {one.column: one.remedy for one in caught.value.report.findings}
    assert found == {
        "outcome": "write ORR, which is called so", "product": "write alphacel, which is called so",
        "percent": found["percent"],
    }  # fmt: skip


def test_an_overlay_that_is_wrong_says_which_version_it_was_begun_with(overlay: Path, tmp_path: Path) -> None:
    (overlay / "overlay.toml").write_text(f'base = "{BASE}"\ncartkg = "0.1.0"\n', encoding="utf-8")
    build(WORLD, tmp_path / "graph", overlays=[overlay])
    replace_cell(overlay / "observations.tsv", 2, "outcome", "ORRR")
    with pytest.raises(DataError) as caught:
        build(WORLD, tmp_path / "graph", overlays=[overlay])
    told = next(found for found in caught.value.report.findings if found.rule == "version")
    assert told.path == str(overlay / "overlay.toml")
    assert "begun with cartkg 0.1.0" in told.message


# What a curator may get wrong with arms and intervals: table, row, column, what is written, and the rule that finds it.
MISTAKES = [
    ("cohorts", "care", "regimen", "", "Cohort-armReceives"),
    ("cohorts", "care", "product", "alphacel", "Cohort-receives"),
    ("cohorts", "cells", "product", "betacel", "Cohort-productOfStudy"),
    ("cohorts", "care", "dose", "one million", "Cohort-comparatorWithoutCells"),
    ("cohorts", "care", "lymphodepletion", "D and E", "Cohort-comparatorWithoutCells"),
    ("cohorts", "care", "analysis_set", "apheresed", "Cohort-comparatorWithoutCells"),
    ("cohorts", "care-cr", "parent", "", "Cohort-partOfArms"),
    ("cohorts", "infused", "n", "31", "Cohort-sizeWithinParent"),
    ("cohorts", "cells", "n", "61", "Cohort-sizeWithinParent"),
    ("observations", "cells-orr", "denominator", "27", "Figures-denominatorIsCohort"),
    ("observations", "cells-orr", "cohort", "infused", "Figures-denominatorIsCohort"),
    ("observations", "pfs-hr", "against", "", "Observation-comparedGroups"),
    ("observations", "pfs-hr", "against", "cells", "Observation-comparisonOfStudy"),
    ("observations", "pfs-hr", "lower", "0.64", "Measured-valueAboveLower"),
    ("observations", "pfs-hr", "upper", "0.2", "Measured-boundsInOrder"),
    ("observations", "pfs-hr", "value", "4", "Measured-valueBelowUpper"),
    ("observations", "pfs-hr", "interval", "", "Measured-boundsHaveInterval"),
    ("observations", "pfs-hr", "interval", "range", "Measured-levelOfInterval"),
    ("observations", "pfs-hr", "confidence", "9.5", "Measured-confidenceLevel"),
    ("observations", "pfs-hr", "statistic", "median", "Observation-comparedGroups"),
    ("observations", "pfs-p", "value", "1.001", "Observation-probability"),
    ("observations", "pfs-p", "numerator", "1", "Observation-comparisonHasNoRate"),
    ("observations", "care-pfs", "against", "cells", "Observation-comparedGroups"),
    ("observations", "cells-os", "percent", "79", "Observation-rateWithinBounds"),
    ("observations", "cells-os", "lower", "98", "Measured-boundsInOrder"),
    ("observations", "cells-crs-severe", "grade_from", "6", "Observation-lowestGrade"),
    ("observations", "cells-icans", "grade_to", "0", "Observation-highestGrade"),
    ("observations", "cells-orr", "grade_from", "3", "Observation-gradeOfHarm"),
    ("observations", "cells-orr", "grading", "ctcae", "Observation-gradeOfHarm"),
    ("studies", "kappa", "product", "betacel", "Cohort-productOfStudy"),
    ("cohorts", "cells", "allocation", "single-arm", "Cohort-randomisedArms"),
    ("cohorts", "infused", "parent", "care", "Cohort-comparatorWithoutCells"),
    ("observations", "pfs-hr", "against", "all", "Observation-comparisonOfStudy"),
    ("observations", "pfs-hr", "against", "infused", "Observation-comparisonOfStudy"),
    ("observations", "pfs-hr", "unit", "month", "Observation-comparisonHasNoRate"),
    ("observations", "pfs-p", "comparator", "", "Observation-signAsPrinted"),
    ("observations", "cells-crs-severe", "grade_from", "", "Observation-gradesAsPrinted"),
    ("observations", "cells-crs-severe", "grade_from", "1", "Observation-gradesAsPrinted"),
    ("observations", "cells-icans", "grade_to", "", "Observation-gradesAsPrinted"),
]


@pytest.fixture(scope="module")
def mistaken(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], set[str]]:
    """What is found and located in copies of the trial, each with one mistake or none and all laid over the world."""
    above, copies = tmp_path_factory.mktemp("mistaken"), {}
    for number, mistake in enumerate([(), *MISTAKES]):
        copies[mistake] = shutil.copytree(TRIAL, above / f"kappa{number:02}")
        names = {"kappa": f"kappa{number:02}", "Kappa": f"Kappa{number:02}", "NCT00000077": f"NCT000000{number:02}"}
        for file in copies[mistake].iterdir():
            text = file.read_text("utf-8")
            for old, new in names.items():
                text = text.replace(old, new)
            file.write_text(text, "utf-8")
        if mistake:
            table, row, column, value, _ = mistake
            path, source = copies[mistake] / f"{table}.tsv", SOURCE.replace("kappa", names["kappa"])
            scoped = f"{source}.{value}" if column in {"against", "cohort", "parent"} and value else value
            replace_cell(path, line_of(path, f"{source}.{row.replace('kappa', names['kappa'])}"), column, scoped)
    findings = validate_graph(build(WORLD, above / "graph", overlays=tuple(copies.values())), WORLD).findings
    located = [(Path(one.path).parent, one.rule) for one in findings if one.line]
    return {mistake: {rule for place, rule in located if place == copy} for mistake, copy in copies.items()}


@pytest.mark.no_cover
@pytest.mark.parametrize("mistake", MISTAKES, ids="-".join)
def test_a_mistake_with_arms_or_intervals_is_found_and_located(
    mistaken: dict[tuple[str, ...], set[str]], mistake: tuple[str, ...]
) -> None:
    assert mistake[-1] in mistaken[mistake]


@pytest.mark.no_cover
def test_a_mistake_with_arms_or_intervals_is_not_found_where_it_is_not(
    mistaken: dict[tuple[str, ...], set[str]],
) -> None:
    assert mistaken[()] == set()


def test_a_count_may_be_a_word_beside_its_percentage_and_the_infused_are_no_part_of_all_who_were_randomised(
    overlay: Path, tmp_path: Path
) -> None:
    path = overlay / "observations.tsv"
    line = line_of(path, f"{SOURCE}.cells-second")
    for column, value in (("printed", "One patient (4%)"), ("denominator", ""), ("numerator", "1")):
        replace_cell(path, line, column, value)
    replace_cell(overlay / "cohorts.tsv", line_of(overlay / "cohorts.tsv", f"{SOURCE}.all"), "n", "60")
    graph = build(WORLD, tmp_path / "graph", overlays=[overlay])
    assert [one.rule for one in validate_graph(graph, WORLD).findings] == []
    assert list(ask(graph, "treated-otherwise-counted", {"source": SOURCE})) == []
    replace_cell(path, line, "printed", "Two patients (4%)")
    graph = build(WORLD, tmp_path / "graph", overlays=[overlay])
    assert "Measured-figuresAsPrinted" in [one.rule for one in validate_graph(graph, WORLD).findings]


@pytest.mark.parametrize("row", ["pfs-hr", "orr-or"])
def test_a_comparison_the_wrong_way_round_is_found_by_the_figures_of_its_groups(
    trial: Graph, overlay: Path, tmp_path: Path, row: str
) -> None:
    path = overlay / "observations.tsv"
    for column, group in (("cohort", "care"), ("against", "cells")):
        replace_cell(path, line_of(path, f"{SOURCE}.{row}"), column, f"{SOURCE}.{group}")
    graph = build(WORLD, tmp_path / "graph", overlays=[overlay])
    found = [ask(one, "comparisons-against-groups", {"source": SOURCE}) for one in (trial, graph)]
    assert [[one["observation_iri"].rpartition(".")[2] for one in rows] for rows in found] == [[], [row]]
    assert [one.rule for one in consistency(graph).findings if "exchanged" in one.message] == [
        "comparisons-against-groups"
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "says no base; write base = "),
        ("", "says no base"),
        ('base = "https://w3id.org/cartkg/id/"', "is not an IRI of your own"),
        ('base = "https://example.org/mine/"', "that ends in /id/"),
        ("base = 3", "is not an IRI"),
        ("base = ", "overlay.toml: "),
    ],
)
def test_a_folder_says_what_the_iris_of_its_rows_begin_with(overlay: Path, content: str | None, message: str) -> None:
    (overlay / "overlay.toml").unlink()
    if content is not None:
        (overlay / "overlay.toml").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        read_folders(WORLD, [overlay])


def test_overlays_are_named_by_option_variable_or_file(
    run: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARTKG_GRAPH", str(tmp_path / "graph"))
    asked = ("query", "evidence", "--data", str(WORLD), "-p", f"source={SOURCE}", "--format", "csv")
    named = run(*asked, "--with", str(TRIAL))
    assert (named.code, named.out.count("\n")) == (0, 30)
    assert run(*asked).code == 2
    monkeypatch.setenv("CARTKG_WITH", str(TRIAL))
    assert run(*asked).out == named.out
    monkeypatch.delenv("CARTKG_WITH")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cartkg.toml").write_text(f'with = ["{TRIAL}"]', encoding="utf-8")
    assert run(*asked).out == named.out
    (tmp_path / "cartkg.toml").write_text("with = 3", encoding="utf-8")
    assert "write with = " in run(*asked).err
    (tmp_path / "cartkg.toml").write_text('wiht = ["trial"]', encoding="utf-8")
    assert "cartkg.toml: wiht is no setting; there is: with" in run(*asked).err
    for written, message in {
        f"with = {'[' * 5000}": "it is nested deeply",
        f"with = {'9' * 5000}": "Exceeds the limit",
        'with = ["a\\u0000b"]': 'write with = ["DIR", …]',
    }.items():
        (tmp_path / "cartkg.toml").write_text(written, encoding="utf-8")
        assert f"cartkg.toml: {message}" in run(*asked).err
    (tmp_path / "loop").symlink_to("loop")
    assert "a symbolic link that leads to itself" in run(*asked, "--with", "loop").err
    assert "no such folder" in run(*asked, "--with", "nowhere").err


def test_a_graph_folder_knows_what_was_laid_over_its_data(run: Callable[..., Run], tmp_path: Path) -> None:
    folder = str(tmp_path / "graph")
    assert run("build", "--data", str(WORLD), "--with", str(TRIAL), "--out", folder).code == 0
    assert run("validate", "--graph", folder).code == 0
    assert SOURCE in run("query", "quoted-sources", "--graph", folder, "--format", "csv").out
    refused = run("info", "--graph", folder, "--with", str(tmp_path))
    assert refused.code == 2
    assert "leave out --with or --graph" in refused.err


def test_python_lays_folders_over_the_review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARTKG_GRAPH", str(tmp_path))
    graph = cartkg.load(WORLD, with_=[TRIAL])
    assert len(graph.query("evidence", source=SOURCE)) == 29
    assert chosen_overlays([str(TRIAL)]) == (TRIAL,)


def begin(run: Callable[..., Run], folder: Path, *more: str) -> Run:
    """A source of one's own, begun."""
    return run("new-source", folder, "--title", "Cells at last", "--authors", "A. Author", "--year", "2026", *more)


def test_a_source_of_ones_own_is_begun_by_a_command_and_conforms(run: Callable[..., Run], tmp_path: Path) -> None:
    done = begin(run, tmp_path / "cells-2026", "--base", "https://example.org/mine/id/")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[:3] == ["cells-2026/.gitignore", "cells-2026/README.md", "cells-2026/cohorts.tsv"]
    graph = build(WORLD, tmp_path / "graph", overlays=[tmp_path / "cells-2026"])
    assert validate_graph(graph, WORLD).conforms
    found = graph.rows("SELECT ?source { ?source a <https://w3id.org/cartkg/ontology/Paper> }")
    assert {"source": "https://example.org/mine/id/sources/cells-2026"} in found
    assert "- `regimen` (may be empty): Regimen without CAR T cells" in (tmp_path / "cells-2026/README.md").read_text(
        "utf-8"
    )


def test_a_source_that_cites_others_is_begun_with_the_tables_for_that(run: Callable[..., Run], tmp_path: Path) -> None:
    done = begin(run, tmp_path / "page", "--kind", "summary")
    assert {"page/citations.tsv", "page/references.tsv"} <= set(done.out.splitlines())
    rows = Checker(read_folders(WORLD, [tmp_path / "page"]), Vocabulary.load()).checked()
    assert "page.references" in {row.id for row in rows}


def test_the_tables_of_a_trial_fit_what_was_begun(run: Callable[..., Run], tmp_path: Path) -> None:
    assert "write your own in kappa-trial-2026/overlay.toml" in begin(run, tmp_path / SOURCE).err
    for table in TRIAL.glob("*.tsv"):
        begun = (tmp_path / SOURCE / table.name).read_text(encoding="utf-8").splitlines()[0].split("\t")
        assert set(table.read_text(encoding="utf-8").splitlines()[0].split("\t")) <= set(begun)


@pytest.mark.parametrize(
    ("name", "base", "message"),
    [
        ("My Source", "", "can not begin an id; name it in small letters"),
        ("full", "", "there is something already"),
        ("fine", "https://w3id.org/cartkg/id/", "is not an IRI of your own"),
    ],
)
def test_a_source_that_can_not_be_begun_leaves_nothing(
    run: Callable[..., Run], tmp_path: Path, name: str, base: str, message: str
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("Notes.", encoding="utf-8")
    done = begin(run, tmp_path / name, "--base", base)
    assert done.code == 2
    assert message in done.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["full"]
