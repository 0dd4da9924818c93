"""The pages as one folder: they say what the commands say, from a disk or any web space, and ask nobody else."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urldefrag, urlencode

import pyoxigraph as ox
import pytest

from cartkg.find import find
from cartkg.queries.parameters import shown_values
from cartkg.queries.stored import stored_query
from cartkg.query import query
from cartkg.serve.questions import open_queries

from .browser import chromium, complete, looking, web_space
from .conftest import replace_cell
from .servers import REQUIRED
from .serving import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from cartkg.rdf.store import Graph

    from .conftest import Shared

pytestmark = pytest.mark.nightly
AXE = Path(__file__).resolve().parents[1] / "build" / "vendor" / "axe-core" / "axe.min.js"
PAGES = (
    "index.html", "evidence.html", "tables.html", "plots.html", "plots/CRR/disease.html", "constructs.html",
    "claims.html", "discrepancies.html", "queries.html", "queries/evidence.html", "queries/claim-verdicts.html",
    "terms.html", "sparql.html", "find.html?for=lymphoma", "changes.html", "vendored.html", "ontology/Cohort.html",
)  # fmt: skip
HOSTILE = 'x"><script>alert(1)</script><img src=x onerror=alert(2)>'
_LINK = re.compile(r'<(\w+)[^>]*? (?:href|src|action)="([^"]*)"')
_LABELS = 'SELECT ?l { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?l FILTER(CONTAINS(STR(?l), "script")) }'
_STATE = "() => /ms\\.$|note/.test(document.querySelector('#state').innerHTML)"
# The answer of a stored question as CSV, asked as its page asks it.
_ASKED = """
async ([name, asked]) => {
  if (!cartkg.values) await cartkg.load("static/values.js");
  await cartkg.load(`queries/${name}.js`);
  const bound = cartkg.bound(cartkg.question, asked);
  return { csv: cartkg.csv(await cartkg.ask(bound.text)), notes: bound.notes };
}
"""


def written(folder: Path, *arguments: str | Path) -> Path:
    command = [sys.executable, "-m", "cartkg", "site", folder / "site", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "CARTKG_WITH": ""}, check=False)
    assert done.returncode == 0, done.stderr
    assert "leads nowhere" not in done.stderr
    return folder / "site"


@pytest.fixture(scope="session")
def site(shared: Shared, world: Graph) -> Path:
    """The folder of the invented world's pages."""
    return shared("site", lambda folder: written(folder, "--graph", world.path.parent)) / "site"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as one:
        yield one


@pytest.fixture(scope="module", params=["disk", "web space"])
def base(request: pytest.FixtureRequest, site: Path) -> Iterator[str]:
    """Where the folder is opened from."""
    if request.param == "disk":
        yield f"{site.as_uri()}/"
    else:
        with web_space(site) as address:
            yield address


def figures(page: Page) -> list[str]:
    """The figures that are shown, in order."""
    rows = page.locator("table.evidence tbody tr:visible td.figure a")
    return [
        unquote(link).rpartition("/")[2].removesuffix(".html")
        for link in rows.evaluate_all("all => all.map(a => a.href)")
    ]


def test_every_link_of_every_page_leads_to_a_file(site: Path) -> None:
    files = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert len({name.casefold() for name in files}) == len(files)
    broken = set()
    for name in files:
        if not name.endswith((".html", ".atom")):
            continue
        text = (site / name).read_text(encoding="utf-8")
        assert not re.search(r"<[^>]* (style|on\w+)=", text), name
        assert not re.search(r"<script(?! src=)", text), name
        for tag, link in _LINK.findall(text):
            if link.startswith(("https://", "http://")):
                assert tag == "a", (name, link)
                continue
            target = unquote(urldefrag(html.unescape(link))[0].partition("?")[0])
            where = (site / name).parent.joinpath(target) if target else site / name
            if where.resolve().relative_to(site.resolve()).as_posix() not in files:
                broken.add((name, link))
    assert broken == set()


def test_the_same_graph_gives_the_same_bytes(site: Path, world: Graph, tmp_path: Path) -> None:
    again = written(tmp_path, "--graph", world.path.parent)
    assert (again / "SHA256SUMS").read_bytes() == (site / "SHA256SUMS").read_bytes()


def test_beside_each_page_lies_what_the_server_gives_as_rdf(site: Path, world: Graph) -> None:
    context = json.loads((site / "context.jsonld").read_text(encoding="utf-8"))
    with serving("--graph", world.path.parent) as served:
        import httpx

        for page in sorted(site.glob("id/*/*.html"))[::40]:
            name = page.relative_to(site).with_suffix("").as_posix()
            expected = {*ox.parse(httpx.get(f"{served.url}/{name}.nt").content, format=ox.RdfFormat.N_TRIPLES)}
            assert {*ox.parse(page.with_suffix(".ttl").read_bytes(), format=ox.RdfFormat.TURTLE)} == expected
            said = json.loads(page.with_suffix(".jsonld").read_text(encoding="utf-8"))
            assert (page.parent / said["@context"]).resolve() == (site / "context.jsonld").resolve()
            whole = json.dumps(said | context).encode()
            assert {*ox.parse(whole, format=ox.RdfFormat.JSON_LD)} == expected


def test_questions_lie_there_as_files_with_the_answers_of_the_command(site: Path, world: Graph) -> None:
    for asked in open_queries():
        answer = query(world, asked.name)
        assert (site / "queries" / f"{asked.name}.csv").read_text(encoding="utf-8") == answer.to_csv()
        assert json.loads((site / "queries" / f"{asked.name}.json").read_text(encoding="utf-8")) == list(answer)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_shown_without_complaint(browser: Browser, base: str, path: str) -> None:
    with looking(browser) as page:
        page.goto(base + path)
        assert page.locator("h1").count() == 1


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_a_page_is_accessible_and_no_wider_than_the_screen(
    browser: Browser, site: Path, scheme: Any, width: int
) -> None:
    if not AXE.exists():
        (pytest.fail if REQUIRED else pytest.skip)("axe-core is missing; `make nightly` fetches it")
    wrong = {}
    one = next(site.glob("id/observations/*.html")).relative_to(site).as_posix()
    study, table = (
        next(site.glob(where)).relative_to(site).as_posix() for where in ("id/studies/*.html", "tables/*/1.html")
    )
    with looking(browser, color_scheme=scheme, viewport={"width": width, "height": 900}) as page:
        for path in (*PAGES, one, study, table, "queries/evidence.html?target=BCMA"):
            page.goto(f"{site.as_uri()}/{path}")
            if "target" in path:
                page.wait_for_function(_STATE)
            page.evaluate(AXE.read_text(encoding="utf-8"))
            found = page.evaluate("() => axe.run({ preload: false })")["violations"]
            serious = [
                (each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in {"serious", "critical"}
            ]
            too_wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
            if serious or too_wide > 0:
                wrong[path] = serious, too_wide
    assert wrong == {}


def test_the_evidence_is_chosen_in_the_browser_as_by_the_command(browser: Browser, base: str, world: Graph) -> None:
    asked = stored_query("evidence")
    with looking(browser) as page:
        page.goto(f"{base}evidence.html")
        assert figures(page) == [row["observation"] for row in query(world, "evidence")]
        fields = [field.get_attribute("name") or "" for field in page.locator("form.fields [name]").all()]
        assert len(fields) == 14
        for name in fields:
            parameter = asked.parameters[name]
            for value in shown_values(world, asked, parameter)[:6] if parameter.values else ("1", "12.5", "30"):
                page.goto(f"{base}evidence.html?{urlencode({name: value})}")
                assert figures(page) == [row["observation"] for row in query(world, "evidence", {name: value})], value
        both = {"target": ["CD19", "BCMA"], "status": "reported"}
        page.goto(f"{base}evidence.html?{urlencode(both, doseq=True)}")
        assert figures(page) == [row["observation"] for row in query(world, "evidence", both)]


def test_values_that_are_joined_are_taken_for_each_as_by_the_command_or_said_not_to_be_known(
    browser: Browser, site: Path, world: Graph
) -> None:
    asked = stored_query("evidence")
    with looking(browser) as page:
        for name in ("disease", "product", "target", "outcome", "vector"):
            one, *_, other = shown_values(world, asked, asked.parameters[name])
            for joined in (f"{one} or {other}", f"{other}/{one}", f"{one}, {other}", [one, other]):
                page.goto(f"{site.as_uri()}/evidence.html?{urlencode({name: joined}, doseq=True)}")
                found = query(world, "evidence", {name: joined})
                assert figures(page) == [row["observation"] for row in found], joined
                assert page.locator("#notes").inner_text().split("\n\n") == list(found.notes) or not found.notes
                page.goto(f"{site.as_uri()}/queries/evidence.html?{urlencode({name: joined}, doseq=True)}")
                page.wait_for_function(_STATE)
                assert page.locator("#answer tbody tr").count() == len(found)
        for wrong in ({"target": "moon"}, {"target": "CD19 or moon"}, {"moon": "1"}, {"minimum_follow_up_months": "x"}):
            page.goto(f"{site.as_uri()}/evidence.html?{urlencode(wrong)}")
            assert figures(page) == []
            assert page.locator("#notes .note").count() == 1
            assert not page.locator("table.evidence").is_visible()


def test_several_values_have_fields_of_their_own(browser: Browser, base: str, world: Graph) -> None:
    first, second, *_ = shown_values(world, stored_query("evidence"), stored_query("evidence").parameters["outcome"])
    with looking(browser) as page:
        page.goto(f"{base}evidence.html")
        for at, value in enumerate((first, second)):
            page.locator("[name=outcome]").nth(at).select_option(value)
        assert page.url.endswith(f"?outcome={first}&outcome={second}")
        assert figures(page) == [row["observation"] for row in query(world, "evidence", {"outcome": [first, second]})]
        page.locator("[name=outcome]").first.select_option("")
        assert figures(page) == [row["observation"] for row in query(world, "evidence", {"outcome": second})]
        assert page.locator("[name=outcome]").count() == 2


def test_filters_stand_in_the_address_and_the_way_back_undoes_them(browser: Browser, base: str, world: Graph) -> None:
    everything = [row["observation"] for row in query(world, "evidence")]
    chosen = [row["observation"] for row in query(world, "evidence", {"outcome": "CRR"})]
    with looking(browser) as page:
        page.goto(f"{base}evidence.html")
        page.select_option("[name=outcome]", "CRR")
        assert figures(page) == chosen
        assert page.url.endswith("evidence.html?outcome=CRR")
        page.locator("th[data-name=percent] a").click()
        assert page.url.endswith("?outcome=CRR&sort=percent")
        assert sorted(figures(page)) == sorted(chosen)
        page.go_back()
        page.go_back()
        assert figures(page) == everything
        assert page.input_value("[name=outcome]") == ""


def test_columns_are_chosen_in_the_browser_and_stay_chosen(browser: Browser, base: str) -> None:
    with looking(browser) as page:
        page.goto(f"{base}evidence.html")
        page.get_by_text("Columns", exact=True).click()
        page.uncheck(".columns [value=product]")
        page.locator(".columns button").click()
        assert not page.locator("th[data-name=product]").is_visible()
        assert page.locator("th[data-name=study]").is_visible()
        page.select_option("[name=outcome]", "CRR")
        assert not page.locator("th[data-name=product]").is_visible()
        assert not page.is_checked(".columns [value=product]")


def test_rows_are_sorted_as_the_server_sorts_them(browser: Browser, site: Path, world: Graph) -> None:
    import httpx

    with serving("--graph", world.path.parent) as served, looking(browser) as page:
        for name in ("percent", "follow_up_months", "study", "product", "outcome", "population", "source_table"):
            for order in (name, f"-{name}"):
                text = httpx.get(f"{served.url}/evidence?sort={order}", headers={"Accept": "text/html"}).text
                page.goto(f"{site.as_uri()}/evidence.html?sort={order}")
                assert figures(page) == re.findall(r'figure"><a href="/id/observations/([^"]+)"', text), order


def test_without_scripts_everything_is_there(browser: Browser, base: str, world: Graph) -> None:
    with looking(browser, java_script_enabled=False) as page:
        page.goto(f"{base}evidence.html?outcome=CRR")
        assert page.locator("table.evidence tbody tr").count() == len(query(world, "evidence"))
        page.goto(f"{base}queries/product-names.html")
        assert page.locator("#answer tbody tr").count() == len(query(world, "product-names"))


def test_a_figure_leads_to_its_receipt_and_its_cell_and_back(browser: Browser, base: str) -> None:
    with looking(browser) as page:
        page.goto(f"{base}evidence.html")
        figure = page.locator("table.evidence td.figure a").first
        where = figure.get_attribute("href") or ""
        figure.click()
        assert page.locator("h2", has_text="Receipt").is_visible()
        page.get_by_text("See it in").locator("a").click()
        cell = page.locator(":target")
        assert cell.is_visible()
        assert cell.locator(f'a[href$="{where}"]').count() == 1


def test_stored_questions_are_answered_in_the_browser_as_by_the_command(
    browser: Browser, site: Path, world: Graph
) -> None:
    wrong = {}
    with looking(browser) as page:
        page.goto(f"{site.as_uri()}/sparql.html")
        for one in open_queries():
            if one.computed:
                continue
            tried: list[dict[str, list[str]]] = [{}]
            for parameter in one.parameters.values():
                if parameter.type in {"iri", "enum"}:
                    tried += [{parameter.name: [value]} for value in shown_values(world, one, parameter)[-2:]]
                elif parameter.type != "text":
                    tried.append({parameter.name: ["2"]})
            for values in tried:
                given = {name: value[0] for name, value in values.items()}
                found = page.evaluate(_ASKED, [one.name, values])
                if found["csv"] != query(world, one.name, given).to_csv():
                    wrong[one.name, str(values)] = found["csv"][:200]
    assert wrong == {}


def test_a_question_is_asked_on_its_page_and_from_its_address(browser: Browser, base: str, world: Graph) -> None:
    with looking(browser) as page:
        page.goto(f"{base}queries/evidence.html")
        page.fill("[name=target]", "bcma")
        page.get_by_role("button", name="Ask").click()
        page.wait_for_function(_STATE)
        rows = page.locator("#answer tbody tr")
        assert rows.count() == len(query(world, "evidence", {"target": "BCMA"}))
        with page.expect_download() as download:
            page.get_by_text("Download this answer").click()
        answer = Path(download.value.path()).read_text(encoding="utf-8")
        assert answer == query(world, "evidence", {"target": "BCMA"}).to_csv()
        page.goto(f"{base}queries/evidence.html?outcome=CRR&paper=Alpha+2020&paper=Beta+2021")
        page.wait_for_function(_STATE)
        kept = query(world, "evidence", {"outcome": "CRR", "paper": ["Alpha 2020", "Beta 2021"]})
        assert 0 < rows.count() == len(kept) < len(query(world, "evidence", {"outcome": "CRR"}))
        assert page.locator("[name=paper]").count() == 3
        page.goto(f"{base}queries/evidence.html?target=moon")
        page.wait_for_function(_STATE)
        assert "this folder knows no moon" in page.inner_text("#state")


def test_own_sparql_is_answered_in_the_browser(browser: Browser, base: str, world: Graph) -> None:
    named = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"
    with looking(browser) as page:
        page.goto(f"{base}sparql.html")
        for text, shown in (
            ("ASK {}", "yes"),
            ("CONSTRUCT { <urn:a> <urn:b> <urn:c> } WHERE {}", "<urn:a> <urn:b> <urn:c> ."),
            ("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }", "is not supported"),
            ("SELE", "expected"),
            ("SELECT (5 - 2 + 1 AS ?x) {}", "put what is reckoned first in brackets"),
            ("SELECT ((5 - 2) + 1 AS ?x) {}", "4"),
            ("SELECT * { ?s rdfs:label/rdfs:label/rdfs:label* ?o }", "Prefix not found"),
        ):
            page.goto(f"{base}sparql.html?query={quote(text)}")
            page.wait_for_function(_STATE)
            assert shown in page.inner_text("main"), text
        page.evaluate("text => document.querySelector('.CodeMirror').CodeMirror.setValue(text)", named)
        page.get_by_role("button", name="Ask").click()
        page.get_by_text("Answered in this browser in").wait_for()
        cells = page.locator("#answer td").all_inner_texts()
        expected = {
            f"https://w3id.org/cartkg/graph/{name}": str(count) for name, count in world.manifest.graphs.items()
        }
        assert dict(zip(cells[::2], cells[1::2], strict=True)) == expected


def test_the_editor_completes_what_the_graph_holds_and_follows_the_address(
    browser: Browser, base: str, world: Graph
) -> None:
    with looking(browser) as page:
        page.goto(f"{base}sparql.html")
        text = complete(page)
        assert "?s a ck:Study ; ck:year ?y ." in text
        page.keyboard.press("Control+Enter")
        page.wait_for_function(_STATE)
        assert page.locator("#answer tbody tr").count() == len(world.rows(text))
        page.evaluate("() => document.querySelector('.CodeMirror').CodeMirror.setValue('ASK {}')")
        page.get_by_role("button", name="Ask").click()
        page.locator("#answer pre").wait_for()
        page.go_back()
        page.locator("#answer tbody tr").first.wait_for()
        assert "ck:Study" in page.inner_text(".CodeMirror-code")


def test_receptors_are_compared_in_the_browser(browser: Browser, base: str, world: Graph) -> None:
    first, second, *_ = query(world, "construct-parts")
    with looking(browser) as page:
        page.goto(f"{base}constructs.html")
        for row in (first, second):
            page.get_by_label(f"compare {row['construct']}").check()
        page.get_by_role("button", name="compare").click()
        page.wait_for_url("**/constructs.html?construct=*")
        assert page.locator("figure.receptor:visible").count() == 2
        for name in ("target", "binder", "hinge", "vector"):
            row = page.locator("#compared tbody tr", has=page.get_by_role("rowheader", name=name, exact=True))
            assert ("differs" in (row.get_attribute("class") or "")) == (first[name] != second[name]), name


def test_claims_and_discrepancies_are_chosen_by_links(browser: Browser, base: str) -> None:
    with looking(browser) as page:
        for path in ("claims.html", "discrepancies.html"):
            page.goto(base + path)
            for link in page.locator("main ul.links a[href*='=']").evaluate_all(
                "all => all.map(a => [a.href, a.innerText])"
            ):
                page.goto(link[0])
                assert page.locator("table.chosen tbody tr:visible").count() == int(link[1].split()[-1]), link


def test_one_box_finds_without_a_server(browser: Browser, base: str, world: Graph) -> None:
    name = next(iter(query(world, "product-names")))["product"]
    with looking(browser) as page:
        for words, shown in ((str(name), str(name)), ("products keep remissions", "remissions"), ("cohort", "cohort")):
            page.goto(f"{base}index.html")
            page.fill("header input[name=for]", words)
            page.keyboard.press("Enter")
            page.wait_for_url("**/find.html?for=*")
            assert shown in page.inner_text("#found")
        page.locator("#found a").first.click()
        assert page.locator("h1").count() == 1
        page.goto(f"{base}find.html?for=nothingofthatname")
        assert "Nothing has any of these words" in page.inner_text("#found")


@pytest.mark.parametrize("words", ["Alphabrand", "41BB", "CD8α hinge", "CD3zeta", "delta CAR"])
def test_the_box_finds_what_the_command_finds_by_any_name(
    browser: Browser, base: str, world: Graph, words: str
) -> None:
    with looking(browser) as page:
        page.goto(f"{base}find.html?for={words}")
        shown = {*page.locator("#found a").all_inner_texts()}
    found = {one.label for one in find(world, words, 10) if one.kind in {"products", "antigens", "domains"}}
    assert found
    assert found <= shown


def test_a_hostile_label_is_text_and_no_more(browser: Browser, invented: Path, tmp_path: Path) -> None:
    for table, column in (("products", "label"), ("claims", "statement"), ("discrepancies", "label")):
        replace_cell(invented / f"{table}.tsv", 4 if table == "products" else 2, column, HOSTILE)
    folder = written(tmp_path, "--data", invented, "--graph", tmp_path / "graph")
    shown = 0
    with looking(browser) as page:
        for path in ("index.html", "evidence.html", f"evidence.html?product={quote(HOSTILE)}", "claims.html",
                     "discrepancies.html", "find.html?for=script", f"find.html?for={quote(HOSTILE)}",
                     f"queries/evidence.html?product={quote(HOSTILE)}",
                     f"sparql.html?query={quote(_LABELS)}",
                     "sparql.html?query=SELECT%20%28%22%3Cimg%20src%3Dx%3E%22%20AS%20%3Fx%29%20%7B%7D"):  # fmt: skip
            page.goto(f"{folder.as_uri()}/{path}")
            if "queries" in path or "sparql" in path:
                page.wait_for_function(_STATE)
            assert page.locator("main img").count() == 0
            assert page.locator("script:not([src])").count() == 0
            shown += "<script>alert(1)" in page.inner_text("main")
    assert shown > 4


def test_where_a_browser_forbids_workers_the_page_says_so(browser: Browser, site: Path) -> None:
    with looking(browser) as page:
        page.add_init_script("delete globalThis.Worker")
        page.goto(f"{site.as_uri()}/sparql.html?query=ASK%7B%7D")
        page.wait_for_function(_STATE)
        assert "This browser does not let the page ask" in page.inner_text("#state")
