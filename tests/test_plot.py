"""Pictures show what stored queries answer: every result, drawn or named, the same each time, for every reader."""

from __future__ import annotations

import csv
import re
from itertools import combinations
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from cartkg.cli import main
from cartkg.cli.plot import BY
from cartkg.errors import UsageError
from cartkg.plot import Picture, followup, forest, render, timeline
from cartkg.plot.canvas import matplotlib_ready
from cartkg.plot.looks import styles
from cartkg.queries.asking import ask

from .conftest import ROOT, Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from matplotlib.text import Text

    from cartkg.plot import Picture
    from cartkg.plot.sheet import Mark, Row
    from cartkg.rdf.store import Graph

PICTURES: dict[str, Callable[[Graph], Picture]] = {
    **{f"forest by {by}": lambda graph, by=by: forest(graph, {}, by) for by in BY},
    "forest of two outcomes, pooled": lambda graph: forest(graph, {}, "disease", ["CRR", "CR_CRi"], pooled=True),
    "forest with a long note": lambda graph: forest(graph, {}, "costimulation", ["DEATH"], pooled=True),
    "forest of infections": lambda graph: forest(graph, {}, "none", ["INFECTION"]),
    "forest of relapses": lambda graph: forest(graph, {}, "product", ["RELAPSE"]),
    "timeline": lambda graph: timeline(graph, {}),
    "followup": lambda graph: followup(graph, {}),
}


def bodies(picture: Picture) -> list[Row]:
    return [row for row in picture.rows if not row.heading]


def row_of(picture: Picture, *texts: str) -> Row:
    return next(row for row in bodies(picture) if all(any(text in cell for cell in row.cells) for text in texts))


def marks(row: Row, kind: str) -> list[Mark]:
    return [mark for mark in row.marks if mark.kind == kind]


def words(row: Row) -> list[str]:
    return [mark.text for mark in row.marks if mark.kind == "word"]


@pytest.mark.parametrize("outcome", ["CRR", "ORR", "DOR", "INFECTION", "SECOND_MALIGNANCY", "EFS"])
def test_a_forest_has_a_row_for_each_rate_and_says_how_many_results_are_not_rates(graph: Graph, outcome: str) -> None:
    found = [row for row in ask(graph, "evidence") if row["outcome"] == outcome]
    rates = [row for row in found if row["statistic"] not in {"median", "range", "not-stated"}]
    picture = forest(graph, {}, "none", [outcome])
    assert len(bodies(picture)) == len(rates)
    rest = len(found) - len(rates)
    assert any(note.endswith(f"not rates are not here: {rest}.") for note in picture.notes) == bool(rest)


def test_a_rate_with_counts_is_a_point_with_its_interval_over_its_own_denominator(world: Graph) -> None:
    row = row_of(forest(world, {}), "Beta et al.")
    assert row.cells[1:6] == ("adults with lymphoma", "–", "16/24", "67", "47 to 82")
    point, interval = marks(row, "point"), marks(row, "interval")
    assert point[0].start == pytest.approx(100 * 16 / 24)
    assert (interval[0].start, interval[0].end) == pytest.approx((46.71, 82.03), abs=0.01)


def test_a_rate_without_counts_is_named_and_never_a_point(world: Graph) -> None:
    row = row_of(forest(world, {}), "Alpha et al.")
    assert (row.cells[3], row.cells[4], row.cells[5]) == ("–", "54", "–")
    assert words(row) == ["no counts printed"]
    assert marks(row, "point") == []


@pytest.mark.parametrize(
    ("outcome", "study", "word"),
    [
        ("ORR", "Gamma", "not estimable"),
        ("IGG_DEPLETION", "Alpha", "not reported"),
        ("PFS", "Alpha", "estimate at a time, no counts printed"),
        ("INFECTION", "Alpha", "counted in events, not in people"),
        ("SECOND_MALIGNANCY", "Alpha", "no denominator printed"),
    ],
)
def test_what_can_not_be_drawn_says_why(world: Graph, outcome: str, study: str, word: str) -> None:
    row = row_of(forest(world, {}, "none", [outcome]), study)
    assert words(row) == [word]
    assert marks(row, "point") == []


def test_what_is_not_drawn_stands_beneath_what_is(graph: Graph) -> None:
    for by in BY:
        drawn = True
        for row in forest(graph, {}, by, ["ORR"]).rows:
            drawn = bool(row.heading) or drawn
            assert drawn or not marks(row, "point")
            drawn = drawn if row.heading else bool(marks(row, "point"))


def test_a_printed_percent_that_is_not_n_of_n_is_marked_and_kept(world: Graph) -> None:
    picture = forest(world, {}, "none", ["B_CELL_DEPLETION"])
    assert row_of(picture, "Alpha").cells[3:5] == ("5/12", "45‡")
    assert any(note.startswith("‡") for note in picture.notes)


def test_a_study_whose_patients_another_report_counts_is_marked_with_the_reason(world: Graph) -> None:
    picture = forest(world, {})
    assert row_of(picture, "Alpha").cells[0].endswith("†")
    assert (
        "† Alpha et al. (2020): updated by Beta et al. (2021); left out where patients are counted once."
        in picture.notes
    )


def test_studies_that_may_share_patients_are_both_marked(graph: Graph) -> None:
    pairs = [row for row in ask(graph, "repeated-patients") if row["relation"] == "may overlap"]
    picture = forest(graph, {}, "none", ["INFECTION", "CR_CRi"])
    shown = {str(pair[name]) for pair in pairs for name in ("study", "other_study")}
    marked = [row.cells[0] for row in bodies(picture) if row.cells[0].endswith("§")]
    assert {cell.rstrip("§") for cell in marked} <= shown
    assert len(marked) > 1


def test_groups_are_in_order_of_name_and_what_is_not_stated_comes_last(graph: Graph) -> None:
    names = [row.heading for row in forest(graph, {}, "costimulation").rows if row.heading]
    assert names == ["4-1BB", "CD28", "Not stated"]


def test_nothing_is_pooled_unless_asked(graph: Graph) -> None:
    assert not any(marks(row, "diamond") for row in forest(graph, {}, "vector", ["CR_CRi"]).rows)


def test_a_pooled_rate_stands_with_its_heterogeneity_and_the_confounders(graph: Graph) -> None:
    picture = forest(graph, {}, "vector", ["CR_CRi"], pooled=True)
    row = row_of(picture, "Pooled, 5 of 5 studies")
    assert re.fullmatch(r"counted over all; Q = \d+\.\d, df = 4, p = 0\.\d\d; τ² = \d\.\d\d, I² = \d+%", row.cells[1])
    assert marks(row, "diamond")
    assert any("line of therapy" in note and "confounded" in note for note in picture.notes)


def test_single_studies_and_rates_over_different_kinds_of_groups_are_not_pooled(world: Graph) -> None:
    assert row_of(forest(world, {}, "none", ["CR_CRi"], pooled=True), "Not pooled").marks == ()
    assert row_of(forest(world, {}, "none", ["CRR"], pooled=True), "Not pooled").marks == ()


def test_a_pooled_rate_is_shown_for_each_kind_of_group_that_two_studies_count_over(graph: Graph) -> None:
    strong = [row for row in forest(graph, {}, "none", ["ALLOHSCT"], pooled=True).rows if row.strong]
    assert [row.cells[1].partition(";")[0] for row in strong] == [
        "counted over all", "counted over cr", "counted over mrd-negative-cr",
    ]  # fmt: skip


def test_parameters_of_the_question_narrow_the_picture_and_are_named(graph: Graph) -> None:
    picture = followup(graph, {"target": "BCMA"})
    assert [row.heading for row in picture.rows if row.heading] == ["BCMA"]
    assert "Only target = BCMA." in picture.subtitle
    assert "follow-up-with-responses (target=BCMA)" in picture.notes[-1]


@pytest.mark.no_cover
def test_the_caption_names_source_graph_and_queries(graph: Graph) -> None:
    for make in PICTURES.values():
        caption = make(graph).notes[-1]
        assert caption.startswith("Source: Cappell & Kochenderfer (2023); ")
        assert f"Graph {graph.manifest.sha256[:12]}. Queries: " in caption


def test_follow_up_draws_medians_ranges_and_interquartile_ranges_in_months(world: Graph) -> None:
    picture = followup(world, {})
    first = row_of(picture, "Alpha", "adults with DLBCL or FL")
    assert (marks(first, "bar")[0].end, marks(first, "interval")[0].start, marks(first, "interval")[0].end) == (
        36,
        12,
        60,
    )
    assert marks(row_of(picture, "Delta"), "box")[0].end == 15


def test_follow_up_that_is_missing_is_a_word_and_a_minimum_is_not_a_median(world: Graph) -> None:
    picture = followup(world, {})
    assert words(row_of(picture, "Gamma")) == ["median not reported"]
    least = row_of(picture, "all ≥24 months")
    assert (marks(least, "bar"), marks(least, "least")[0].end, words(least)) == ([], 24, ["minimum only"])


def test_durations_of_response_keep_their_status_and_open_ends(world: Graph) -> None:
    picture = followup(world, {})
    assert words(row_of(picture, "DOR: adults with DLBCL or MCL")) == ["median not reached"]
    beta = row_of(picture, "DOR: adults with lymphoma")
    assert (marks(beta, "point")[0].start, marks(beta, "onward")[0].start) == (23, 10)
    assert words(row_of(picture, "DOR: patients with a CR", "76%")) == ["76% still in response"]


def test_the_timeline_has_every_report_and_says_that_approvals_have_no_dates(world: Graph) -> None:
    picture = timeline(world, {})
    assert sum(len(marks(row, "point")) for row in picture.rows) == 5
    assert row_of(picture, "Alphacel").cells[2] == "DLBCL, adults (FDA)\nFL (FDA)"
    assert row_of(picture, "Gammacel").cells[1] == "Gamma et al. (2022), year not stated, n = 16"
    assert picture.notes[0].startswith("The graph holds no dates of approval")
    assert "year is listed and has no mark" in picture.notes[1]


def test_no_two_groups_share_a_mark_and_no_two_bars_a_hatch() -> None:
    looks = list(styles(map(str, range(24))).values())
    assert len({(look.shape, look.filled) for look in looks}) == 24
    assert len({look.hatch for look in looks[:12]}) == 12


def test_more_groups_than_marks_can_tell_apart_are_refused() -> None:
    with pytest.raises(UsageError, match="narrow the figures"):
        styles(map(str, range(25)))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def texts(picture: Picture) -> Iterator[tuple[Text, tuple[float, float, float, float]]]:
    """Each text with its box in points, and last None with the whole figure's."""
    with matplotlib_ready():
        figure = picture.draw()
        renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
        whole = figure.bbox
        for text in figure.axes[0].texts:
            if not text.get_text():
                continue
            box = text.get_window_extent(renderer)
            assert 0 <= box.x0 <= box.x1 <= whole.width, text.get_text()
            assert 0 <= box.y0 <= box.y1 <= whole.height, text.get_text()
            yield text, (box.x0, box.y0, box.x1, box.y1)


@pytest.mark.no_cover
@pytest.mark.parametrize("name", PICTURES)
def test_all_text_is_inside_and_nothing_overlaps(graph: Graph, name: str) -> None:
    found = [(text.get_text(), box) for text, box in texts(PICTURES[name](graph)) if text.get_text().strip()]
    for (one, a), (other, b) in combinations(found, 2):
        apart = a[2] <= b[0] + 1 or b[2] <= a[0] + 1 or a[3] <= b[1] + 1.5 or b[3] <= a[1] + 1.5
        assert apart, (one, other)


@pytest.mark.no_cover
@pytest.mark.parametrize("name", ["forest by disease", "timeline", "followup"])
def test_text_has_contrast_on_white_and_on_shaded_rows(graph: Graph, name: str) -> None:
    grounds = ("#ffffff", "#f4f4f4")
    for text, _ in texts(PICTURES[name](graph)):
        assert all(contrast(text.get_color(), ground) >= 4.5 for ground in grounds)


def test_marks_have_dark_edges_so_that_pale_colours_and_grey_prints_keep_them(graph: Graph) -> None:
    with matplotlib_ready():
        points = [
            line
            for line in forest(graph, {}, "disease", ["CR_CRi"]).draw().axes[0].lines
            if line.get_marker() != "None"
        ]
        assert len(points) > 10
        assert all(contrast(line.get_markeredgecolor(), "#ffffff") > 4.5 for line in points)


def test_the_picture_grows_with_its_rows_and_stays_as_wide(graph: Graph) -> None:
    with matplotlib_ready():
        few = forest(graph, {}, "none", ["MRD_NEG_CR"]).draw().get_size_inches()
        many = forest(graph, {}, "none", ["CRR"]).draw().get_size_inches()
    assert many[1] > 2 * few[1]
    assert 8 < many[0] < 15


@pytest.mark.no_cover
@pytest.mark.parametrize("style", ["svg", "png"])
def test_a_picture_is_the_same_bytes_each_time(world: Graph, style: str) -> None:
    assert render(forest(world, {}), style) == render(forest(world, {}), style)
    assert render(followup(world, {}), style) == render(followup(world, {}), style)


@pytest.mark.nightly
@pytest.mark.no_cover
def test_a_picture_depends_neither_on_the_order_of_hashes_nor_on_settings_of_the_user(
    process: Callable[..., Run], world: Graph, tmp_path: Path
) -> None:
    mine = tmp_path / "matplotlibrc"
    mine.write_text(
        "svg.fonttype: none\nfont.size: 20\nfont.family: serif\nlines.antialiased: False\n", encoding="utf-8"
    )
    call = ("plot", "forest", "--by", "product", "--graph", world.path.parent)
    one = process(*call, env={"PYTHONHASHSEED": "1"})
    other = process(*call, env={"PYTHONHASHSEED": "2", "MATPLOTLIBRC": str(mine), "MPLBACKEND": "pdf"})
    assert (one.code, one.err) == (0, "")
    assert one.out == other.out


def test_matplotlib_that_does_not_start_exits_4(process: Callable[..., Run], world: Graph) -> None:
    done = process("plot", "timeline", "--graph", world.path.parent, env={"MPLBACKEND": "nonsense"})
    assert (done.code, done.out) == (4, "")
    assert "matplotlib does not start: " in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("name", ["forest of two outcomes, pooled", "timeline", "followup"])
def test_an_svg_is_described_in_words_and_needs_no_font(graph: Graph, name: str) -> None:
    picture = PICTURES[name](graph)
    root = ET.fromstring(render(picture, "svg"))  # noqa: S314 our own bytes
    space = "{http://www.w3.org/2000/svg}"
    assert [child.tag for child in root][:2] == [f"{space}title", f"{space}desc"]
    assert root[0].text == picture.title
    for row in picture.rows:
        assert (row.heading or row.cells[0].replace("\n", " ")) in (root[1].text or "")
    assert root.find(f".//{space}text") is None
    names = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(names) == len(set(names))
    used = {value for node in root.iter() for key, value in node.attrib.items() if key.endswith("href")}
    shown = {one.node for row in picture.rows for one in (row, *row.marks)} - {""}
    assert used <= {f"#{name}" for name in names} | shown
    assert shown <= used
    assert shown


def test_a_png_has_no_trace_of_the_software_and_says_what_it_shows(world: Graph) -> None:
    content = render(timeline(world, {}), "png")
    assert content.startswith(b"\x89PNG")
    assert b"Software" not in content
    assert b"Reports by year" in content


def test_no_drug_study_or_trial_stands_in_the_code() -> None:
    code = "\n".join(file.read_text(encoding="utf-8") for file in (ROOT / "src/cartkg/plot").glob("*.py"))
    for table in ("products", "studies", "trials", "antigens"):
        with (ROOT / "data" / f"{table}.tsv").open(encoding="utf-8") as stream:
            for row in csv.DictReader(stream, delimiter="\t"):
                assert row["label"] not in code
                assert "-" not in row["id"] or row["id"] not in code


def test_the_command_writes_what_the_file_name_says(run: Callable[..., Run], world: Graph, tmp_path: Path) -> None:
    done = run("plot", "timeline", "--graph", world.path.parent, "--out", tmp_path / "t.PNG")
    assert (done.code, done.out) == (0, "")
    assert (tmp_path / "t.PNG").read_bytes().startswith(b"\x89PNG")
    done = run("plot", "timeline", "-p", "target=BCMA", "-p", "target=CD19/CD20", "--out", tmp_path / "t.svg")
    assert done.code == 0
    assert "Only target = BCMA or CD19/CD20." in (tmp_path / "t.svg").read_text(encoding="utf-8")


def test_a_png_may_go_to_stdout(world: Graph) -> None:
    call = ["plot", "timeline", "--format", "png", "--graph", str(world.path.parent)]
    assert CliRunner().invoke(main, call).stdout_bytes.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("forest", "--out", "rates.pdf"), "rates.pdf: a picture's name ends in .svg or .png"),
        (("forest", "--out", "rates.png", "--format", "svg"), "does not fit --format svg"),
        (("forest", "--outcome", "ORRX"), "outcome: there is no 'ORRX'; did you mean ORR"),
        (("forest", "--outcome", "DEPTH_OF_SLEEP"), "there is no 'DEPTH_OF_SLEEP'; it is one of: "),
        (("forest", "--outcome", "CRR", "-p", "outcome=ORR"), "give outcomes by --outcome"),
        (("forest", "-p", "target"), "write NAME=VALUE"),
        (("followup", "-p", "target=CD91"), "target: there is no 'CD91'"),
        (("timeline", "-p", "colour=red"), "find-studies has no parameter 'colour'"),
        (("forest", "--by", "colour"), "colour"),
        (
            ("construct", "constructs/tisagenlecleucel"),
            "plot construct: a page now: write `cartkg serve` and open /constructs",
        ),
        (("hierarchy", "--depth", "1"), "a page now: write `cartkg serve` and open /terms"),
    ],
)
def test_wrong_usage_exits_2_and_says_what_to_write(
    run: Callable[..., Run], arguments: tuple[str, ...], message: str
) -> None:
    done = run("plot", *arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("library", "extra", "command"),
    [
        ("matplotlib", "plot", ("plot", "forest")),
        ("statsmodels", "statistics", ("plot", "forest")),
        ("statsmodels", "statistics", ("query", "pooled-proportions")),
    ],
)
def test_a_missing_library_exits_4_and_says_what_to_install(
    process: Callable[..., Run], world: Graph, tmp_path: Path, library: str, extra: str, command: tuple[str, str]
) -> None:
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / f"{library}.py").write_text("raise ImportError('absent', name=__name__)", encoding="utf-8")
    path = f"{tmp_path / 'without'}:{ROOT / 'src'}"
    done = process(*command, "--graph", world.path.parent, env={"PYTHONPATH": path})
    assert (done.code, done.out) == (4, "")
    assert f"{library} is not installed; write: pip install 'cartkg[{extra}]'" in done.err
    assert "Traceback" not in done.err


def test_a_forest_of_nothing_is_refused(world: Graph) -> None:
    with pytest.raises(UsageError, match="no figure of DEATH matches"):
        forest(world, {}, "none", ["DEATH"])


def test_the_pictures_in_the_documents_are_small() -> None:
    files = sorted((ROOT / "docs" / "pictures").glob("*.svg"))
    assert [file.stem for file in files] == ["followup", "forest", "timeline"]
    assert all(file.stat().st_size < 160_000 for file in files)
