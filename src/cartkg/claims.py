"""Claims: recompute every quantitative statement of the prose from the tables, and judge it."""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from .errors import UsageError
from .queries.asking import text_of
from .queries.formats import markdown
from .queries.receipts import FIGURES
from .rdf.store import Graph
from .rdf.vocabulary import INDIVIDUALS
from .source_text.verdicts import Evidence, Judgement, Stated, judge, with_unit

CLAIMS = "claims-by-topic"
_LENGTHS = """
PREFIX ck: <https://w3id.org/cartkg/ontology/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?unit ?days WHERE { ?iri ck:lengthInDays ?days ; skos:notation ?unit } ORDER BY ?unit
"""
_FLAGS = """
PREFIX ck: <https://w3id.org/cartkg/ontology/>
SELECT DISTINCT ?node ?discrepancy WHERE { ?discrepancy a ck:Discrepancy ; ck:concerns ?node }
ORDER BY ?node ?discrepancy
"""
_HEADER = (
    "claim",
    "place",
    "statement",
    "stated",
    "verdict",
    "recomputed",
    "reason",
    "population",
    "references",
    "query",
    "flags",
)


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim with its verdict, the figures used for it and the discrepancies that touch them."""

    claim: str
    place: str
    statement: str
    population: str
    references: tuple[int, ...]
    stated: Stated
    query: str
    judgement: Judgement
    evidence: tuple[Evidence, ...]
    flags: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "claim": self.claim,
            "place": self.place,
            "statement": self.statement,
            "stated": str(self.stated),
            "verdict": self.judgement.verdict,
            "recomputed": self.judgement.recomputed,
            "reason": self.judgement.reason,
            "population": self.population,
            "references": list(self.references),
            "query": self.query,
            "flags": list(self.flags),
            "evidence": [
                {name: float(value) if isinstance(value, Decimal) else value for name, value in asdict(found).items()}
                for found in self.evidence
            ],
        }

    def __str__(self) -> str:
        recomputed = f" · tables: {self.judgement.recomputed}" if self.judgement.recomputed else ""
        return (
            f"{self.judgement.verdict:<14} {self.claim}  stated: {self.stated}{recomputed}\n"
            f"{'':15}{self.statement} [{self.place}]\n{'':15}{self.judgement.reason}\n"
        )


def check_claims(graph: Graph, only: str = "") -> tuple[CheckedClaim, ...]:
    """Judge every claim with a figure, or one; UsageError for a claim or a query that does not exist."""
    rows = [row for row in graph.rows(text_of(graph, CLAIMS, {"has_figure": "yes"})) if only in {"", row["claim"]}]
    if not rows:
        raise UsageError(f"no claim with a figure is called {only!r}; `cartkg query {CLAIMS}` lists them")
    lengths = {row["unit"]: Decimal(row["days"]) for row in graph.rows(_LENGTHS)}
    flags: dict[str, list[str]] = defaultdict(list)
    for row in graph.rows(_FLAGS):
        flags[row["node"].removeprefix(INDIVIDUALS)].append(row["discrepancy"].rsplit("/", 1)[1])
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for query in sorted({row["query"] for row in rows if row["query"]}):
        for answer in _recomputed(graph, query, [row["claim"] for row in rows if row["query"] == query]):
            found[answer["claim_id"]].append(answer)
    return tuple(_checked(row, found[row["claim"]], lengths, flags) for row in rows)


def _recomputed(graph: Graph, query: str, claims: list[str]) -> list[dict[str, str]]:
    """The rows of a recomputing query; UsageError names the claims that ask for one which is none."""
    try:
        answers = graph.rows(text_of(graph, query))
    except UsageError as error:
        raise UsageError(f"{', '.join(claims)}: {error}") from error
    if answers and "claim_id" not in answers[0]:
        raise UsageError(f"{', '.join(claims)}: {query} recomputes no claim; name a query of the topic recompute")
    return answers


def _checked(
    row: dict[str, str], answers: list[dict[str, str]], lengths: dict[str, Decimal], flags: dict[str, list[str]]
) -> CheckedClaim:
    stated = Stated(
        row["comparator"], _whole(row["numerator"]), _whole(row["denominator"]), _number(row["value"]),
        _number(row["lower"]), _number(row["upper"]), row["unit"], frozenset(map(int, row["references"].split())),
        row["missing"],
    )  # fmt: skip
    evidence = tuple(_evidence(answer, stated.unit, lengths) for answer in answers)
    touched = dict.fromkeys(
        flag for node in (f"claims/{row['claim']}", *(e.node for e in evidence)) for flag in flags.get(node, ())
    )
    return CheckedClaim(
        row["claim"], row["place"], row["statement"], row["population"], tuple(sorted(stated.references)), stated,
        row["query"], judge(stated, evidence), evidence, tuple(touched),
    )  # fmt: skip


def _evidence(answer: dict[str, str], unit: str, lengths: dict[str, Decimal]) -> Evidence:
    """A row of a recomputing query, with its figure in the unit of the claim; a figure of another kind is told."""
    figure, own = _number(answer.get("figure", "")), answer.get("unit", "")
    printed = "" if figure is None or own == unit else with_unit(figure, own)
    status = answer.get("status", "reported")
    if figure is not None and own in lengths and unit in lengths:
        figure = figure * lengths[own] / lengths[unit]
    elif figure is not None and own != unit:
        figure, status = None, printed
    node = next((f"{table}/{answer[name]}" for name, table in FIGURES.items() if name in answer), "")
    return Evidence(
        figure, unit, printed, answer.get("counted", ""), _whole(answer.get("numerator", "")),
        _whole(answer.get("denominator", "")), status, answer.get("differs", ""), answer.get("population", ""),
        answer.get("outcome", ""), _whole(answer.get("reference", "")), _whole(answer.get("misprint", "")),
        answer.get("cell", ""), node,
    )  # fmt: skip


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _whole(text: str) -> int | None:
    return int(text) if text else None


def summary(checked: Sequence[CheckedClaim]) -> str:
    """One line: how many claims have which verdict."""
    counts = Counter(claim.judgement.verdict for claim in checked)
    verdicts = ", ".join(
        f"{counts[verdict]} {verdict}" for verdict in ("reproduced", "partly", "contradicted", "not-computable")
    )
    return f"{len(checked)} claims with a figure: {verdicts}"


def to_csv(checked: Sequence[CheckedClaim]) -> str:
    """One line per claim."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEADER)
    for claim in checked:
        plain = claim.to_dict()
        writer.writerow(
            " ".join(map(str, plain[name])) if isinstance(plain[name], list) else plain[name] for name in _HEADER
        )
    return out.getvalue()


def to_markdown(checked: Sequence[CheckedClaim]) -> str:
    """A page: the counts, then every claim with its verdict, the figures used and the reason."""
    lines = ["# Claims of the prose, recomputed from the tables", "", summary(checked) + ".", ""]
    rows = [
        (found.verdict, claim.stated, found.recomputed, f"{claim.statement} ({claim.place})", found.reason)
        for claim in checked
        if (found := claim.judgement)
    ]
    lines += [markdown(("verdict", "stated", "tables", "claim", "reason"), rows), "## Figures used", ""]
    for claim in checked:
        if claim.evidence:
            lines += [f"### {claim.claim}: {claim.statement}", ""]
            lines += [f"- {found}" for found in claim.evidence]
            lines += [f"- flagged: {flag}" for flag in claim.flags] + [""]
    return "\n".join(lines).rstrip() + "\n"
