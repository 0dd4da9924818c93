"""What a reader asks is found by clicking alone, from the home page in at most four clicks, with its printed place."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .browser import chromium, looking
from .serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

pytestmark = pytest.mark.nightly
_MOST = 4
with (Path(__file__).parent / "clicked.tsv").open(encoding="utf-8", newline="") as _file:
    QUESTIONS = list(csv.DictReader(_file, delimiter="\t"))


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    overlays = ("--with", "pdq-myeloma", "--with", "pdq-lymphoma")
    with serving(*overlays) as served, chromium() as browser, looking(browser, base_url=served.url) as one:
        one.set_default_timeout(120_000)  # what is asked first is computed first
        yield one


@pytest.mark.parametrize("asked", QUESTIONS, ids=[one["question"] for one in QUESTIONS])
def test_a_question_is_answered_in_a_few_clicks_with_its_place(page: Page, asked: dict[str, str]) -> None:
    page.goto("/")
    clicks = asked["clicks"].split(" | ")
    assert len(clicks) <= _MOST
    for text in clicks:
        page.get_by_role("link", name=text).first.click()
    shown = page.locator(":target" if "#row" in page.url else "main")
    assert asked["shows"].casefold() in shown.inner_text().casefold()
    places = page.get_by_role("link", name="Table").or_(page.get_by_text("paragraph"))
    assert "/tables/" in page.url or places.count()
