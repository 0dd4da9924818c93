"""Claims: recompute every quantitative statement of the prose from the tables, and judge it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

from .errors import UsageError
from .queries.asking import text_of
from .queries.formats import comma_separated, markdown
from .queries.receipts import FIGURES
from .queries.stored import stored_query
from .rdf.store import Graph
from .rdf.vocabulary import Vocabulary, grouped, row_name
from .source_text.verdicts import Evidence, Judgement, Stated, Verdict, combined, judge, with_unit

CLAIMS = "claims-by-topic"
_FLAGS = """
PREFIX ck: <https://w3id.org/cartkg/ontology/>
SELECT DISTINCT ?node ?discrepancy WHERE { ?node ck:flaggedBy ?discrepancy }
ORDER BY ?node ?discrepancy
"""
_HEADER = (
    "claim", "place", "statement", "stated", "verdict", "recomputed", "reason", "population", "references", "query",
    "flags",
)  # fmt: skip
_TEXTS = {"counted", "status", "differs", "population", "outcome", "cell", "holds", "side", "instead"}
_DECIMALS = {"figure", "value", "lower", "upper"}


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """A claim with its verdict, the figures used for it and the discrepancies that touch them."""

    claim: str
    place: str
    statement: str
    stated: Stated
    judgement: Judgement
    population: str
    references: tuple[int, ...]
    query: str
    flags: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    sentence_verdict: Verdict = "not-computable"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        plain: dict[str, Any] = {}
        for name in self.__slots__:
            plain |= asdict(self.judgement) if name == "judgement" else {name: getattr(self, name)}
        evidence = [
            {name: float(value) if isinstance(value, Decimal) else value for name, value in asdict(found).items()}
            for found in self.evidence
        ]
        return plain | {"stated": str(self.stated), "evidence": evidence}

    def __str__(self) -> str:
        recomputed = f" · tables: {self.judgement.recomputed}" if self.judgement.recomputed else ""
        stated = f"  stated: {self.stated}" if str(self.stated) else ""
        flags = f"{'':15}flagged: {', '.join(self.flags)}\n" if self.flags else ""
        return (
            f"{self.judgement.verdict:<14} {self.claim}{stated}{recomputed}\n"
            f"{'':15}{self.statement} [{self.place}]\n{'':15}{self.judgement.reason}\n{flags}"
        )


def check_claims(graph: Graph, only: str = "") -> tuple[CheckedClaim, ...]:
    """Judge every claim with a figure or a query, or one; UsageError for a claim or a query that does not exist."""
    everything = graph.rows(text_of(graph, CLAIMS))
    rows = [
        row
        for row in everything
        if (row["has_figure"] == "yes" or row["query"] or row["missing"]) and only in {"", row["claim"]}
    ]
    if not rows:
        raise UsageError(f"no claim that can be judged is called {only!r}; `cartkg query {CLAIMS}` lists them")
    units = Vocabulary.load().unit_days
    lengths = {unit: Decimal(days) for unit, days in units.items()}
    flags = grouped((row_name(row["node"]), row["discrepancy"].rsplit("/", 1)[1]) for row in graph.rows(_FLAGS))
    found = grouped((answer["claim_id"], answer) for answer in _recomputed(graph, rows))
    checked = [
        ((row["source"], row["place"]), _checked(row, found.get(row["claim"], []), lengths, flags)) for row in rows
    ]
    together = grouped((sentence, claim.judgement.verdict) for sentence, claim in checked)
    return tuple(replace(claim, sentence_verdict=combined(together[sentence])) for sentence, claim in checked)


def _recomputed(graph: Graph, rows: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    """The rows of the recomputing queries; UsageError names the claims that ask for one which is none."""
    claims = grouped((row["query"], row["claim"]) for row in rows if row["query"])
    names = {query: _asked(query, asking) for query, asking in claims.items()}
    # A file is asked once, whichever of its questions the claims name.
    for name in sorted(set(names.values())):
        answers = graph.rows(text_of(graph, name))
        if answers and "claim_id" not in answers[0]:
            asking = [claim for query in claims if names[query] == name for claim in claims[query]]
            raise UsageError(f"{', '.join(asking)}: {name} recomputes no claim; name a query of the topic recompute")
        yield from answers


def _asked(query: str, claims: list[str]) -> str:
    try:
        return stored_query(query).name
    except UsageError as error:
        raise UsageError(f"{', '.join(claims)}: {error}") from error


def _checked(
    row: dict[str, str], answers: list[dict[str, str]], lengths: dict[str, Decimal], flags: dict[str, list[str]]
) -> CheckedClaim:
    references = frozenset(map(int, row["references"].split()))
    figures = _figures(row, "numerator", "denominator", "value", "lower", "upper")
    stated = Stated(row["comparator"], unit=row["unit"], references=references, missing=row["missing"], **figures)
    evidence = tuple(_evidence(answer, stated.unit, lengths) for answer in answers)
    touched = dict.fromkeys(
        flag for node in (f"claims/{row['claim']}", *(e.node for e in evidence)) for flag in flags.get(node, ())
    )
    return CheckedClaim(
        row["claim"], row["place"], row["statement"], stated, judge(stated, evidence), row["population"],
        tuple(sorted(references)), row["query"], tuple(touched), evidence,
    )  # fmt: skip


def _evidence(answer: dict[str, str], unit: str, lengths: dict[str, Decimal]) -> Evidence:
    """A row of a recomputing query, with its figure in the unit of the claim; a figure of another kind is told."""
    own = answer.get("unit", "")
    values = _figures(answer, "figure", "numerator", "denominator", "reference", "misprint")
    values |= {name: answer[name] for name in _TEXTS & answer.keys()}
    if (figure := values.get("figure")) is not None and own != (unit := unit or own):
        values["printed"] = with_unit(figure, own)
        if own in lengths and unit in lengths:
            values["figure"] = figure * lengths[own] / lengths[unit]
        else:
            values |= {"figure": None, "status": values["printed"]}
    node = next((f"{table}/{answer[name]}" for name, table in FIGURES.items() if name in answer), "")
    return Evidence(unit=unit, node=node, **values)


def _figures(row: dict[str, str], *names: str) -> dict[str, Any]:
    """Those of the numbers of a row that it has."""
    return {name: (Decimal if name in _DECIMALS else int)(row[name]) for name in names if row.get(name)}


def summary(checked: Sequence[CheckedClaim]) -> str:
    """One line: how many claims have which verdict."""
    counts = Counter(claim.judgement.verdict for claim in checked)
    verdicts = ", ".join(
        f"{counts[verdict]} {verdict}" for verdict in ("reproduced", "partly", "contradicted", "not-computable")
    )
    return f"{len(checked)} claims judged: {verdicts}"


def to_csv(checked: Sequence[CheckedClaim]) -> str:
    """One line per claim."""
    rows = ([claim.to_dict()[name] for name in _HEADER] for claim in checked)
    return comma_separated(
        _HEADER, ([" ".join(map(str, c)) if isinstance(c, tuple) else c for c in row] for row in rows)
    )


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
