"""How fast the pages are: first bytes of a server's, sizes, the evidence chosen and SPARQL answered in a browser.

cartkg serve &  cartkg site build/site
python benchmarks/pages.py http://127.0.0.1:7878 build/site

It drives Debian's Chromium by playwright, and prints what docs/serving.md shows.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Response, sync_playwright

_KINDS = (
    "/", "/evidence", "/tables", "/plots", "/constructs", "/claims", "/discrepancies", "/queries", "/terms", "/sparql",
    "/changes", "/find?for=lymphoma", "/queries/evidence?target=BCMA", "/evidence?disease=B-ALL", "/ontology/Cohort",
)  # fmt: skip
_TABLES = ("products", "trials", "studies", "diseases", "constructs", "observations", "claims", "references", "sources")
_OF_EACH = 3
_JSON = {"Accept": "application/json"}
_EDITOR = ("yasqe", "editor", "vocabulary")
# From the change of a field until the rows that it leaves are on the screen.
_CHOSEN = """
async ([name, value]) => {
  const field = document.querySelector(`form.fields [name=${name}]`);
  const began = performance.now();
  field.value = value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - began;
}
"""


def pages(client: httpx.Client, site: Path) -> list[str]:
    """A page of each kind, that of each question, and a few of the rows of each table."""
    questions = [f"/queries/{one['name']}" for one in client.get("/queries", headers=_JSON).json()]
    rows = [
        f"/{path.relative_to(site).with_suffix('').as_posix()}"
        for table in _TABLES
        for path in sorted(site.glob(f"id/{table}/*.html"))[:_OF_EACH]
    ]
    tables = [f"/{path.relative_to(site).with_suffix('').as_posix()}" for path in sorted(site.glob("tables/*/*.html"))]
    return [path for path in (*_KINDS, *questions, *tables, *rows) if client.get(path).status_code == httpx.codes.OK]


def first_byte(client: httpx.Client, path: str, run: int) -> float:
    """Milliseconds until an answer begins; an answer to another Accept is made anew, and not the one that is kept."""
    began = time.perf_counter()
    with client.stream("GET", path, headers={"Accept": f"text/html, */*;q=0.{run + 1}"}):
        return (time.perf_counter() - began) * 1000


def loaded(browser: Browser, base: str, paths: list[str]) -> Iterator[tuple[int, int, str]]:
    """What each page loads in all, and what of that is the editor, in bytes."""
    for path in paths:
        answers: list[Response] = []
        page = browser.new_page()
        page.on("response", lambda answer, answers=answers: answers.append(answer))
        page.goto(base + path, wait_until="networkidle")
        sizes = {answer.url: len(answer.body()) for answer in answers}
        page.close()
        editor = sum(size for url, size in sizes.items() if any(name in url for name in _EDITOR))
        yield sum(sizes.values()) - editor, editor, path


def chosen(browser: Browser, site: Path) -> Iterator[tuple[float, float]]:
    """Milliseconds, and those of CPU, in which the evidence is chosen by one field after the other, and by none."""
    page = browser.new_page()
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def worked() -> float:
        found = session.send("Performance.getMetrics")["metrics"]
        return next(float(one["value"]) for one in found if one["name"] == "TaskDuration") * 1000

    page.goto(f"{site.as_uri()}/evidence.html")
    for one in (("outcome", "CRR"), ("outcome", ""), ("target", "CD19"), ("vector", "lentiviral"), ("target", ""),
                ("vector", ""), ("minimum_follow_up_months", "24"), ("minimum_follow_up_months", "")):  # fmt: skip
        before = worked()
        yield page.evaluate(_CHOSEN, list(one)), worked() - before


def answered(browser: Browser, site: Path) -> float:
    """Milliseconds from opening the page for SPARQL until its first answer stands there."""
    page = browser.new_page()
    began = time.perf_counter()
    page.goto(f"{site.as_uri()}/sparql.html?query=SELECT%20%2A%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D%20LIMIT%2010")
    page.locator("#answer tbody tr").first.wait_for(timeout=120_000)
    return (time.perf_counter() - began) * 1000


def main() -> None:
    """Measure all, and print a line each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url")
    parser.add_argument("site", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    site = given.site.resolve()
    with httpx.Client(base_url=given.url, timeout=120, headers={"Accept": "text/html"}) as client:
        paths = pages(client, site)
        made = [(statistics.median(first_byte(client, path, run) for run in range(given.runs)), path) for path in paths]
        kept = [(statistics.median(first_byte(client, path, 0) for _ in range(given.runs)), path) for path in paths]
    for what, found in (("made anew", made), ("asked again", kept)):
        slowest = max(found)
        print(f"first byte of {len(found)} pages, {what}: median {statistics.median(ms for ms, _ in found):.1f} ms, "
              f"slowest {slowest[0]:.1f} ms ({slowest[1]})")  # fmt: skip
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        home, *others = loaded(browser, given.url, paths)
        largest = max(others)
        print(f"first page: {home[0] / 1e3:.0f} kB in all; largest: {largest[0] / 1e3:.0f} kB ({largest[2]}); "
              f"the editor of /sparql: {max(one[1] for one in others) / 1e3:.0f} kB")  # fmt: skip
        for what, times in zip(("", " of CPU"), zip(*chosen(browser, site), strict=True), strict=True):
            print(f"evidence chosen in the browser: median {statistics.median(times):.0f} ms{what}, "
                  f"slowest {max(times):.0f} ms{what}")  # fmt: skip
        first = [answered(browser, site) for _ in range(given.runs)]
        print(
            f"first answer of SPARQL in the folder: median {statistics.median(first):.0f} ms, slowest {max(first):.0f}"
        )
        browser.close()
    files = [path for path in site.rglob("*") if path.is_file()]
    print(f"folder: {len(files)} files, {sum(path.stat().st_size for path in files) / 1e6:.0f} MB")


if __name__ == "__main__":
    main()
