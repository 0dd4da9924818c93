"""The pages show what the commands say, lead from each figure to its cell and back, and hold nothing but text."""

from __future__ import annotations

import html
import io
import re
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin
from xml.etree import ElementTree as ET

import httpx
import openpyxl
import pyoxigraph as ox
import pytest

from cartkg.claims import check_claims
from cartkg.plot import forest, render
from cartkg.query import query
from cartkg.rdf.vocabulary import row_name
from cartkg.trace import trace

from .browser import chromium, complete, looking
from .conftest import replace_cell
from .serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cartkg.rdf.store import Graph

PEOPLE = {"Accept": "text/html"}
_LINK = re.compile(r'<(\w+)[^>]*? (?:href|src|action)="([^"]*)"')


@pytest.fixture(scope="module")
def client(world: Graph) -> Iterator[httpx.Client]:
    with serving("--graph", world.path.parent) as served, httpx.Client(base_url=served.url, timeout=60) as one:
        yield one
        assert not [line for line in served.log() if "error" in line]


def page(client: httpx.Client, path: str) -> str:
    answer = client.get(path, headers=PEOPLE, follow_redirects=True)
    assert answer.status_code == 200, path
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


def links(text: str) -> list[tuple[str, str]]:
    return [(name, html.unescape(link)) for name, link in _LINK.findall(text)]


@pytest.mark.nightly
def test_every_link_of_every_page_leads_somewhere(client: httpx.Client) -> None:
    todo, seen, kinds = ["/"], {"/"}, dict[str, int]()
    while todo:
        path = todo.pop(0)
        answer = client.get(path, headers=PEOPLE, follow_redirects=True)
        assert answer.status_code == 200, path
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        assert not re.search(r"<script(?! src=)", answer.text)
        assert "<script" not in answer.text or path.startswith("/sparql")
        assert not re.search(r"<[^>]* (style|on\w+)=", answer.text)
        for name, link in links(answer.text):
            target = urldefrag(urljoin(path, link))[0]
            if not target.startswith("/"):
                assert name == "a", link
                continue
            # A few of each kind of page are enough: those of one table, or the same question with other values.
            kind = re.sub(r"[^/]+$", "", target.partition("?")[0]) + (
                target.rpartition(".")[2] if "." in target else ""
            )
            if target not in seen and kinds.get(kind, 0) < 8:
                kinds[kind] = kinds.get(kind, 0) + 1
                seen.add(target)
                todo.append(target)
    assert len(seen) > 100


@pytest.mark.parametrize("asked", [{}, {"outcome": "CRR"}, {"target": ["CD19", "BCMA"], "status": "reported"}])
def test_the_evidence_page_has_the_rows_of_the_command(
    client: httpx.Client, world: Graph, asked: dict[str, str]
) -> None:
    answer = client.get("/evidence", params=asked, headers=PEOPLE)
    shown = re.findall(r'<td class="figure"><a href="/id/observations/([^"]+)"', answer.text)
    assert shown == [row["observation"] for row in query(world, "evidence", asked)]
    download = next(link for _, link in links(answer.text) if link.startswith("/queries/evidence.csv"))
    assert client.get(download).text == query(world, "evidence", asked).to_csv()


def test_what_is_shown_is_downloaded_as_a_workbook_and_as_what_is_said_of_its_figures(
    client: httpx.Client, world: Graph
) -> None:
    found = query(world, "evidence", {"target": "CD19", "flagged": "yes"})
    shown = page(client, "/evidence?target=CD19&flagged=yes")
    offered = [link for _, link in links(shown) if link.startswith("/queries/evidence.")]
    ways = {one.partition("?")[0].rpartition(".")[2]: client.get(one).content for one in offered}
    head, *rows = openpyxl.load_workbook(io.BytesIO(ways["xlsx"])).active.iter_rows(values_only=True)
    assert [dict(zip(head, row, strict=True)) for row in rows] == list(found)
    about = {f"https://w3id.org/cartkg/id/observations/{row['observation']}" for row in found}
    formats = {"ttl": ox.RdfFormat.TURTLE, "jsonld": ox.RdfFormat.JSON_LD}
    said, again = ({quad.triple for quad in ox.parse(ways[way], format=one)} for way, one in formats.items())
    assert {quad.subject.value for quad in said} == about
    assert said == again
    assert ways.keys() >= {"csv", "json", "tsv", "markdown"}


def test_diseases_stand_below_the_wider_ones_with_the_number_of_their_figures(
    client: httpx.Client, world: Graph
) -> None:
    text = page(client, "/evidence?outcome=CRR")
    tree = text[text.index('<ul class="tree">') : text.index("</details>")]
    found = re.findall(r'href="/evidence\?([^"]*)">([^<]*)</a> <span[^>]*>(\d+)<', tree)
    assert {asked for asked, _, _ in found if "outcome=CRR" not in asked} == set()
    counts = {html.unescape(name): int(count) for _, name, count in found}
    assert counts == {name: len(query(world, "evidence", {"disease": name})) for name in counts}
    assert tree.index("B cell lymphoma") < tree.index("DLBCL")


def test_the_columns_of_the_evidence_are_chosen_in_the_address(client: httpx.Client, world: Graph) -> None:
    text = page(client, "/evidence?outcome=CRR&column=study&column=percent&column=vector")
    assert re.findall(r'column=vector[^>]*">([^<]+)</a></th>', text) == ["Study", "Figure", "vector"]
    vectors = re.findall(r"<td>([^<]*)</td>\s*</tr>", text)
    assert vectors == [row["vector"] or "" for row in query(world, "evidence", {"outcome": "CRR"})]
    boxes = re.findall(r'name="column" value="(\w+)"( checked)?', text)
    assert {name for name, checked in boxes if checked} == {"study", "percent", "vector"}
    assert {name for name, _ in boxes} >= {*query(world, "evidence").columns}
    assert "/queries/evidence.csv?outcome=CRR" in [link for _, link in links(text)]
    assert client.get("/evidence?column=moon").status_code == 400


def test_evidence_is_sorted_either_way_with_what_has_no_value_last(client: httpx.Client, world: Graph) -> None:
    percents = {row["observation"]: row["percent"] for row in query(world, "evidence")}
    for sort, down in (("percent", False), ("-percent", True)):
        text = page(client, f"/evidence?sort={sort}")
        found = [percents[one] for one in re.findall(r'figure"><a href="/id/observations/([^"]+)"', text)]
        known = [float(one) for one in found if one is not None]
        assert known == sorted(known, reverse=down)
        assert found[len(known) :] == [None] * (len(found) - len(known))


def test_a_long_answer_is_paged_with_every_row_on_one_page(client: httpx.Client, world: Graph) -> None:
    expected = [row["property"] for row in query(world, "properties")]
    first = page(client, "/queries/properties?columns=property")
    pages = [link for _, link in links(first) if "from=" in link]
    rows = [re.findall(r"<tr><td>(?:<a [^>]*>)?([^<]+)", page(client, path)) for path in pages]
    assert max(map(len, rows)) == 100
    assert [html.unescape(name) for found in rows for name in found] == expected
    assert client.get("/queries/properties?from=no").status_code == 400


def test_a_question_is_asked_for_rows_with_a_cell_of_any_column(client: httpx.Client, world: Graph) -> None:
    fields = re.findall(r'<input name="(\w+)"', page(client, "/queries/evidence"))
    assert {"numerator", "timepoint", "paper"} <= {*fields}
    assert len(fields) == len({*fields})
    kept = page(client, "/queries/claim-verdicts?verdict=contradicted")
    assert re.search('<details class="wide" open>.*<input name="verdict" value="contradicted"', kept, re.DOTALL)
    rows = re.findall("<tr><td>", kept)
    assert 0 < len(rows) == len(query(world, "claim-verdicts", {"verdict": "contradicted"}))


def test_a_value_that_is_none_is_refused_on_the_page(client: httpx.Client) -> None:
    answer = client.get("/evidence?target=moon", headers=PEOPLE)
    assert answer.status_code == 400
    assert "there is no &#39;moon&#39;" in answer.text


def test_a_figure_has_the_receipt_that_the_command_gives(client: httpx.Client, world: Graph) -> None:
    for row in list(query(world, "evidence"))[:5]:
        text = html.unescape(page(client, f"/id/observations/{row['observation']}"))
        for step in trace(world, str(row["observation"])).steps:
            assert step.text in text
            assert step.place in text


def test_a_figure_leads_to_its_cell_and_the_cell_back_to_it(client: httpx.Client, world: Graph) -> None:
    printed = [row for row in query(world, "evidence") if row["source_table"]]
    for row in printed:
        observation = f"/id/observations/{row['observation']}"
        where = f"/tables/{row['source']}/{row['source_table']}#row-{row['source_row']}-column-{row['source_column']}"
        assert ("a", where) in links(page(client, observation))
        table, _, cell = where.partition("#")
        content = page(client, table).partition(f' id="{cell}">')[2]
        assert observation in content[: re.search(r"</t[dh]>", content).start()]  # type: ignore[union-attr]


def test_a_link_to_a_row_is_called_by_its_table_and_id_never_by_its_whole_address(client: httpx.Client) -> None:
    text = page(client, "/queries/results")
    assert re.search(r'<a href="/id/observations/([^"]*)">observations/\1</a>', text)
    assert not re.search(r'<a href="/id/[^>]*>https:', text)


def test_columns_have_the_headers_that_are_printed(client: httpx.Client, world: Graph) -> None:
    rows = world.rows("SELECT ?h { ?x <https://w3id.org/cartkg/ontology/headerAsPrinted> ?h }")
    shown = html.unescape(
        "".join(page(client, link) for _, link in links(page(client, "/tables")) if "/tables/" in link)
    )
    assert rows
    assert all(row["h"] in shown for row in rows)


def test_claims_stand_with_the_verdicts_of_the_command(client: httpx.Client, world: Graph) -> None:
    text = page(client, "/claims")
    for claim in check_claims(world):
        row = html.unescape(text.partition(f'<tr id="{claim.claim}">')[2].partition("</tr>")[0])
        assert claim.statement in row
        assert claim.judgement.reason in row
        assert f"verdict {claim.judgement.verdict}" in row
        only = page(client, f"/claims?verdict={claim.judgement.verdict}")
        assert f'<tr id="{claim.claim}">' in only


def test_discrepancies_are_chosen_in_the_address(client: httpx.Client, world: Graph) -> None:
    for confidence in {row["confidence"] for row in query(world, "discrepancies")}:
        text = page(client, f"/discrepancies?confidence={confidence}")
        found = query(world, "discrepancies", {"confidence": confidence})
        assert f"<caption>{len(found)} discrepancies</caption>" in text


def test_a_receptor_is_drawn_from_its_placements_and_what_is_unknown_as_unknown(
    client: httpx.Client, world: Graph
) -> None:
    for construct in {row["construct_iri"] for row in query(world, "parts-in-order")}:
        parts = list(query(world, "parts-in-order", {"construct": construct}))
        drawing = page(client, f"/id/{row_name(str(construct))}").partition('<figure class="receptor">')[2]
        drawing = html.unescape(drawing.partition("</figure>")[0])
        drawn = re.findall(r'<li class="part ([\w-]+)( unknown)?', drawing)
        assert drawn == [(part["position"], " unknown" if part["domain_iri"] is None else "") for part in parts]
        assert all(str(part["domain"]) in drawing for part in parts if part["domain"])


def test_two_receptors_are_compared_and_what_differs_is_marked(client: httpx.Client, world: Graph) -> None:
    first, second, *_ = query(world, "construct-parts")
    text = page(client, f"/constructs?construct={first['construct_iri']}&construct={second['construct_iri']}")
    assert text.count('<figure class="receptor">') == 2
    rows = {name: marked for marked, name in re.findall(r'<tr( class="differs")?><th scope="row">([^<]+)</th>', text)}
    for name in ("target", "binder", "hinge", "vector"):
        assert bool(rows[name]) == (first[name] != second[name])


def test_the_home_page_counts_what_the_graph_holds(client: httpx.Client, world: Graph) -> None:
    text = page(client, "/")
    assert f"<strong>{world.manifest.classes['observation']}</strong> figures" in text
    assert all(str(row["title"]) in html.unescape(text) for row in query(world, "quoted-sources"))


def test_one_box_finds_questions_names_claims_and_terms(client: httpx.Client, world: Graph) -> None:
    product = next(iter(query(world, "product-names")))
    assert ("a", f"/id/{row_name(str(product['product_iri']))}") in links(
        page(client, f"/find?for={product['product']}")
    )
    assert ("a", "/queries/lasting-responses") in links(page(client, "/find?for=which+products+keep+remissions"))
    assert ("a", "/ontology/Cohort") in links(page(client, "/find?for=cohort"))
    claim = check_claims(world)[0]
    assert ("a", f"/id/claims/{claim.claim}") in links(page(client, f"/find?for={claim.statement[:60]}"))
    assert "Nothing has any of these words" in page(client, "/find?for=nothingofthatname")


def test_what_an_answer_names_leads_to_its_page_its_cell_or_its_figures(client: httpx.Client, world: Graph) -> None:
    found = [link for _, link in links(page(client, "/queries/studies-by-disease"))]
    ck, label = "https://w3id.org/cartkg/ontology/", "<http://www.w3.org/2000/01/rdf-schema#label>"
    diseases = world.rows(f"SELECT ?node ?label {{ ?node a <{ck}Disease> ; {label} ?label }}")
    named = {row["label"]: f"/id/{row_name(row['node'])}" for row in diseases}
    for row in query(world, "studies-by-disease"):
        assert named[str(row["disease"])] in found
        assert f"/id/{row_name(str(row['cohort_iri']))}" in found
        if cell := re.fullmatch(r"table-(\w+)/(row-\d+)/(column-\d+)", str(row["printed_at"])):
            assert f"/tables/{row['source']}/{cell[1]}#{cell[2]}-{cell[3]}" in found
    row = next(iter(query(world, "safety-by-target")))
    figures = f"/evidence?target={row['target']}&outcome={row['outcome']}"
    assert figures in [link for _, link in links(page(client, "/queries/safety-by-target"))]
    assert (
        f"<caption>{len(query(world, 'evidence', {name: row[name] for name in ('target', 'outcome')}))} figure"
        in page(client, figures)
    )


def test_a_page_says_how_the_words_of_its_address_were_taken(client: httpx.Client) -> None:
    for path in ("/evidence?product=Alphabrand", "/queries/evidence?product=Alphabrand"):
        assert "Alphabrand is Alphacel: brand name by Register" in page(client, path)
    assert client.get("/queries/evidence.csv?product=Alphabrand&source_only=yes").status_code == 400


def test_own_sparql_is_answered_on_the_page(client: httpx.Client) -> None:
    text = page(client, "/sparql?query=SELECT+(%22%3Cb%3E%22+AS+%3Fx)+(%3Curn:x%3E+AS+%3Fy)+%7B%7D")
    assert "<td>&lt;b&gt;</td><td>urn:x</td>" in text
    assert "<pre>yes</pre>" in page(client, "/sparql?query=ASK+%7B%7D")


@pytest.mark.nightly
def test_the_editor_completes_what_the_graph_holds_and_asks_nobody(client: httpx.Client, world: Graph) -> None:
    with chromium() as browser, looking(browser) as shown:
        shown.goto(f"{str(client.base_url).rstrip('/')}/sparql")
        text = complete(shown)
        assert "?s a ck:Study ; ck:year ?y ." in text
        shown.keyboard.press("Control+Enter")
        shown.wait_for_url("**query=*")
        assert shown.locator("#answer tbody tr").count() == len(world.rows(text))
        long = text + "#" * 9_000
        shown.evaluate("text => document.querySelector('.CodeMirror').CodeMirror.setValue(text)", long)
        shown.get_by_role("button", name="Ask").click()
        shown.wait_for_url("**/sparql")
        shown.locator("#answer caption").wait_for()
        assert shown.locator("#answer tbody tr").count() == len(world.rows(text))
        shown.locator(".CodeMirror").click()
        shown.keyboard.press("Tab")
        assert not shown.locator(".CodeMirror-focused").count()


def test_a_browser_shows_the_pages_without_complaint_and_asks_nobody_else(client: httpx.Client, world: Graph) -> None:
    with chromium() as browser, looking(browser) as shown:
        for path in ("/", "/plots", "/changes", "/queries/evidence?target=BCMA"):
            shown.goto(f"{str(client.base_url).rstrip('/')}{path}")
            assert shown.locator("h1").count() == 1
        shown.goto(f"{str(client.base_url).rstrip('/')}/evidence")
        shown.select_option("[name=outcome]", "CRR")
        shown.get_by_role("button", name="Show").click()
        shown.wait_for_url("**outcome=CRR*")
        found = query(world, "evidence", {"outcome": "CRR"})
        assert shown.locator("table.evidence tbody tr").count() == len(found)


def test_a_picture_leads_to_the_reports_that_it_shows(client: httpx.Client) -> None:
    shown = page(client, "/plots/CRR/none")
    assert ("img", "/plots/CRR/none.svg") in links(shown)
    assert [link for name, link in links(shown) if name == "a" and "/id/observations/" in link]
    assert client.get("/plots/CRR/moon").status_code == 404


@pytest.mark.nightly
def test_pictures_are_those_of_the_command(client: httpx.Client, world: Graph) -> None:
    at = "/plots/CRR/disease"
    assert ("img", f"{at}.svg") in links(page(client, at))
    answer = client.get(f"{at}.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.content == render(forest(world, {}, "disease", ("CRR",)), "svg")
    assert client.get("/plots/CRR/moon").status_code == 404
    study = next(row for row in query(world, "evidence", {"outcome": "CRR"}) if row["numerator"] is not None)["study"]
    iri = next(row["study_iri"] for row in query(world, "find-studies") if row["study"] == study)
    assert ("a", at) in links(page(client, f"/id/{row_name(str(iri))}"))


@pytest.mark.nightly
def test_a_figure_of_a_picture_shows_its_receipt_when_pointed_at_or_reached_by_tab(
    client: httpx.Client, world: Graph
) -> None:
    rows = {
        f"/id/observations/{row['observation']}": row for row in query(world, "evidence", {"outcome": "CRR"}).receipts()
    }
    with chromium() as browser, looking(browser) as shown:
        shown.goto(f"{str(client.base_url).rstrip('/')}/plots/CRR/disease")
        areas = shown.locator(".picture svg a").all()
        assert {area.get_attribute("href") for area in areas} == {*rows}
        for area in areas:
            receipt, tip = rows[str(area.get_attribute("href"))], area.locator("foreignObject > div > div")
            assert not tip.is_visible()
            area.focus()
            shown.keyboard.press("Shift")  # as a keyboard does: the focus is then shown
            assert tip.is_visible()
            assert str(receipt["receipt_places"]) in tip.inner_text()
            assert str(receipt["receipt_papers"]) in str(area.get_attribute("aria-label"))
            assert str(receipt["receipt_flags"]) in str(area.get_attribute("aria-label"))
            shown.mouse.move(0, 0)
            area.locator("rect").hover(force=True)
            assert tip.is_visible()


def test_changes_are_a_page_and_a_feed(client: httpx.Client) -> None:
    feed = ET.fromstring(client.get("/feed.atom").content)  # noqa: S314 it is our own
    atom = "{http://www.w3.org/2005/Atom}"
    entries = feed.findall(f"{atom}entry")
    assert entries
    assert all(entry.find(f"{atom}{name}") is not None for entry in entries for name in ("id", "title", "updated"))
    assert len({entry.findtext(f"{atom}id") for entry in entries}) == len(entries)
    text = page(client, "/changes")
    for entry in entries:
        link = entry.find(f"{atom}link")
        assert link is not None
        assert f'id="{link.attrib["href"].partition("#")[2]}"' in text


def test_a_page_names_the_neighbours_of_its_thing(client: httpx.Client, world: Graph) -> None:
    product = next(iter(query(world, "product-names")))
    text = page(client, f"/id/{row_name(str(product['product_iri']))}")
    near = text.partition('<div class="near">')[2].partition("<details")[0]
    assert "points here" in near
    assert "/id/constructs/" in near


def test_a_hostile_label_is_text_and_no_more(invented: Path, tmp_path: Path) -> None:
    hostile = 'x"><script>alert(1)</script><img src=x onerror=alert(2)>'
    for table, column in (("products", "label"), ("claims", "statement"), ("discrepancies", "label")):
        replace_cell(invented / f"{table}.tsv", 4 if table == "products" else 2, column, hostile)
    with serving("--data", invented, "--graph", tmp_path / "graph") as served:
        shown = 0
        for path in ("/", "/evidence", "/claims", "/discrepancies", "/find?for=script", f"/find?for={hostile}",
                     "/queries/approved-products", "/queries/evidence", "/queries/product-names"):  # fmt: skip
            text = httpx.get(f"{served.url}{path}", headers=PEOPLE, timeout=60).text
            assert "<script" not in text
            assert "<img" not in text
            shown += "&lt;script&gt;alert(1)" in text
        assert shown > 3
