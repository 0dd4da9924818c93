"""A copy of a source is taken apart into the places that locators name and the figures printed there."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from cartkg.errors import UsageError
from cartkg.source_text.document import Document, Heading, read_document
from cartkg.source_text.figures import figures, quantified
from cartkg.source_text.names import Names
from cartkg.source_text.normalisation import cleaned

HEADINGS = [
    Heading("title", "A title", "text"),
    Heading("body", "Body", "text"),
    Heading("table-1", "Table 1", "table"),
    Heading("figure-1", "Fig. 1", "figure"),
    Heading("box-1", "Box 1", "box"),
    Heading("points", "Key points", "list"),
    Heading("references", "References", "entries"),
]


def read(tmp_path: Path, *lines: str, parts: str = "") -> Document:
    """A copy with these lines, whose headings are those of the parts named."""
    copy = tmp_path / "copy.txt"
    copy.write_text("\n".join(lines), encoding="utf-8")
    return read_document(copy, [heading for heading in HEADINGS if heading.part in parts.split()])


def texts(document: Document) -> dict[str, str]:
    return {name: place.text for name, place in document.places.items()}


def test_a_paragraph_is_split_into_sentences(tmp_path: Path) -> None:
    text = "One of them (Fig. 1) ended¹. Two did not (refs. 2,3). And more et al. said so."
    found = read(tmp_path, "Body", text, parts="body")
    assert texts(found) == {
        "body/paragraph-1/sentence-1": "One of them (Fig. 1) ended^{1}.",
        "body/paragraph-1/sentence-2": "Two did not (refs. 2,3).",
        "body/paragraph-1/sentence-3": "And more et al. said so.",
    }


def test_a_paragraph_broken_by_a_table_and_a_figure_is_made_whole(tmp_path: Path) -> None:
    found = read(
        tmp_path, "Body", "It went on", "Fig. 1 | Cells. They", "Table 1 | Rows", "A\tB", "1\t2", "Legend.",
        "grow well.", "and ended. Then more.", parts="body table-1 figure-1",
    )  # fmt: skip
    assert texts(found)["figure-1/sentence-1"] == "They grow well."
    assert texts(found)["body/paragraph-1/sentence-1"] == "It went on and ended."
    assert found.places["body/paragraph-1/sentence-1"].line_at(12) == 9


def test_a_table_has_rows_a_legend_and_footnotes(tmp_path: Path) -> None:
    found = read(
        tmp_path, "Table 1 | Rows", "A ^a\tB", "x\t1", "y\t2", "",
        "First. PFS, survival; aHCT, transplant. ^aNamed. ^bOld.", parts="table-1",
    )  # fmt: skip
    assert texts(found) == {
        "table-1/title": "Rows",
        "table-1/header/column-1": "A ^{a}",
        "table-1/header/column-2": "B",
        "table-1/row-1/column-1": "x",
        "table-1/row-1/column-2": "1",
        "table-1/row-2/column-1": "y",
        "table-1/row-2/column-2": "2",
        "table-1/legend/sentence-1": "First.",
        "table-1/legend/sentence-2": "PFS, survival; aHCT, transplant.",
        "table-1/footnote-a": "Named.",
        "table-1/footnote-b": "Old.",
    }


def test_lists_have_items_and_items_below_them(tmp_path: Path) -> None:
    found = read(
        tmp_path, "Key points", "- One. Two.", "- Three", "Box 1", "Title", "- Head", " - Below",
        "References", "- A 1.", "2. B.", parts="points box-1 references",
    )  # fmt: skip
    assert texts(found) == {
        "points/item-1/sentence-1": "One.",
        "points/item-1/sentence-2": "Two.",
        "points/item-2": "Three",
        "box-1/title": "Title",
        "box-1/item-1": "Head",
        "box-1/item-1/item-1": "Below",
        "references/item-1": "A 1.",
        "references/item-2": "B.",
    }
    assert [found.places[f"references/item-{n}"].ordinal for n in (1, 2)] == [1, 2]


def test_a_heading_in_a_list_of_contents_is_only_passed(tmp_path: Path) -> None:
    found = read(tmp_path, "Body", "", "References", "", "Body", "Text.", "References", "- A.", parts="body references")
    assert texts(found) == {"body/paragraph-1/sentence-1": "Text.", "references/item-1": "A."}


def test_of_several_headings_of_the_same_words_one_is_meant_and_what_is_outside_ends_it(tmp_path: Path) -> None:
    copy = tmp_path / "copy.md"
    copy.write_text("## Body\n\n- Text.\n\n## After\n\nNot this.\n\n## References\n\n1. A.\n\n## References\n\n1. B.\n")
    found = read_document(
        copy, [HEADINGS[1], Heading("after", "After", "outside"), Heading("r", "References", "cited", 2)]
    )
    assert texts(found) == {"body/paragraph-1/sentence-1": "Text.", "r/item-1": "B."}


def test_a_missing_part_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no line announces “Table 1”, “References”; the text is cut, or"):
        read(tmp_path, "Body", "Text.", parts="body table-1 references")


def test_what_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "copy.txt").write_bytes(b"Body\n\xff")
    with pytest.raises(UsageError, match="byte 5 is not UTF-8"):
        read_document(tmp_path / "copy.txt", HEADINGS)
    with pytest.raises(UsageError, match="No such file"):
        read_document(tmp_path / "nothing.txt", HEADINGS)


@pytest.mark.parametrize(
    ("printed", "clean", "change"),
    [
        ("rates⁹⁻ of 10", "rates^{9}⁻ of 10", "superscript digits"),
        ("rates<sup>9,10</sup>", "rates^{9,10}", "superscript in mark-up"),
        ("name ^a x", "name ^{a} x", "superscript of one character"),
        ("4O% of l2", "40% of 12", "letters read as digits"),
        ("≥ 24 months", "≥24 months", "spaces between a sign and its figure"),
        (">=24", "≥24", "signs in two characters"),
        ("40 – 54%", "40–54%", "spaces inside a range"),
        ("3 / 30", "3/30", "spaces inside a fraction"),
        ("54 %", "54%", "spaces before a percent sign"),
        ("40\u201454", "40–54", "dashes of another kind"),
        ("4\u20111BB", "4-1BB", "hyphens of another kind"),
        ("61\u00a0months", "61 months", "spaces of another kind"),
        ("CD4⁺ -to-CD8 ⁺ ratio", "CD4+-to-CD8+ ratio", "superscript signs"),
        ("CD3 ζ chain", "CD3ζ chain", "spaces before a Greek letter of a name"),
        ("[NCT1](#) and *Blood* **1**", "NCT1 and Blood 1", "marks of a link"),
        ("a  b", "a b", "more than one space"),
        ("##### Alphacel", "Alphacel", "marks of a heading"),
        ("seen.[[4](#cit/4.4)]", "seen.^{4}", "links to references"),
        ("seen.[[4](#c/4)-[6](#c/6),[9](#c/9)]", "seen.^{4–6,9}", "links to references"),
        ("seen.[[Level of evidence B1](/x?id=1)]", "seen.", "levels of evidence"),
        ("seen.[11-13,15][Level of evidence B1]", "seen.^{11–13,15}", "references in brackets"),
        ("2021. [[PUBMED Abstract]](http://x?uids=1)", "2021.", "links to abstracts"),
    ],
)
def test_the_noise_of_a_scan_is_cleaned_and_counted(printed: str, clean: str, change: str) -> None:
    changes: dict[str, int] = {}
    assert cleaned(printed, changes) == clean
    assert change in changes


@pytest.mark.parametrize("text", ["phase I/II", "IL-7 and IL-15", "Oncol. 38", "BCMA", "lol"])
def test_letters_that_belong_to_words_stay_letters(text: str) -> None:
    assert cleaned(text, {}) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4/9 (44%) relapsed", ["numerator 4", "denominator 9", "number 44 percent"]),
        ("DLBCL (24)", ["size 24"]),
        ("Chong et al. (2021)", ["year 2021"]),
        ("November 2021", ["year 2021"]),
        ("rates of 40–54%", ["number 40 percent lower", "number 54 percent upper"]),
        ("from 62% to 86%", ["number 62 percent lower", "number 86 percent upper"]),
        ("13 months (0.2–53 months)", ["number 13 month", "number 0.2 month lower", "number 53 month upper"]),
        ("range 23 months to NE", ["number 23 month lower"]),
        ("median 11 years of age, range 3–24", ["number 11 year", "number 3 year lower", "number 24 year upper"]),
        ("24-month EFS of 38%", ["number 24 month", "number 38 percent"]),
        ("a 3-year rate", ["number 3 year"]),
        ("1,234 patients", ["number 1234"]),
        ("a total of six products", ["word 6"]),
        ("over a decade", ["word 10 year"]),
        ("seen^{9–11,b}", ["reference 9", "reference 10", "reference 11", "mark b"]),
        ("Locke ^{23b}", ["reference 23", "mark b"]),
        ("it was (refs. 74,80) so", ["reference 74", "reference 80"]),
        ("(Table 2)", ["pointer 2"]),
        ("grade ≥3 events", ["grade 3"]),
        ("grade 3-4 events", ["grade 3–4"]),
        ("grade 3 or 4 events", ["grade 3–4"]),
        ("P < .001", ["number 0.001"]),
        ("HR, 0.26; 95% CI, 0.18–0.38",
         ["number 0.26", "number 95 percent", "number 0.18 lower", "number 0.38 upper"]),
        ("20 months (95% CI 15–25)",
         ["number 20 month", "number 95 percent", "number 15 month lower", "number 25 month upper"]),
        ("HR, 0.73; 95% confidence interval [CI], 0.54–0.98",
         ["number 0.73", "number 95 percent", "number 0.54 lower", "number 0.98 upper"]),
        ("PFS (3.1 vs. 6.2 months)", ["number 3.1 month", "number 6.2 month"]),
        ("rates of 71% and 39%, respectively", ["number 71 percent", "number 39 percent"]),
        ("CD19-targeted 4-1BB cells", ["name CD19", "name 4-1BB"]),
        ("FMC63-28Z, CD19.28ζ and 19-28z", ["name FMC63-28Z", "name CD19.28ζ", "name 19-28z"]),
        ("CD4+-to-CD8+ ratio", ["name CD4", "name CD8"]),
        ("T_{SCM} cells", []),
    ],
)  # fmt: skip
def test_figures_are_read_in_their_roles(text: str, expected: list[str]) -> None:
    found = [" ".join(filter(None, (f.kind, str(f.value), f.unit, f.end))) for f in figures(text)]
    assert found == expected


def test_words_in_place_of_figures_are_read_only_when_asked_for() -> None:
    assert figures("All patients but the other") == ()
    assert [(f.value, f.unit) for f in quantified("All patients but the other")] == [
        (Decimal(100), "percent"),
        (Decimal(1), ""),
    ]


@pytest.mark.parametrize(
    ("text", "figure", "heading"),
    [
        ("ORR: 66%; CRR: 55%", "55", {"CRR"}),
        ("31% PFS at 5 years", "31", {"PFS"}),
        ("Median PFS: 2.9 months; median EFS: 2.8 months", "2.8", {"EFS"}),
        ("17/20 (85%), MRD-negative CR", "17", {"MRD"}),
        ("21/28 (75%) of those with MRD-negative CR", "21", set()),
        ("8/31 (26%) were ongoing, without alloHSCT", "26", set()),
    ],
)
def test_a_figure_stands_under_the_name_before_it_or_at_once_after_it(
    text: str, figure: str, heading: set[str]
) -> None:
    names = Names({"ORR": ("ORR",), "CRR": ("CRR",), "PFS": ("PFS",), "EFS": ("EFS",), "MRD": ("MRD-negative CR",),
                   "HSCT": ("alloHSCT",)})  # fmt: skip
    assert names.heading(text, text.index(figure)) == heading


@pytest.mark.parametrize("text", [
    "not reached (95% CI, 10.8 months to not estimable)", "24.0 months (95% CI, 10.8–NE)",
    "24.0 months (95% CI 10.8 to not reached)", "NE (range 10.8 months to NE)",
])  # fmt: skip
def test_an_interval_without_an_upper_end_has_its_lower_one(text: str) -> None:
    ends = [(figure.value, figure.unit) for figure in figures(text) if figure.end == "lower"]
    assert ends == [(Decimal("10.8"), "month" if "month" in text else "")]
