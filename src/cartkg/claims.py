"""Claims: recompute every quantitative statement of the prose from the tables, and judge it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .errors import UsageError
from .queries.formats import comma_separated, markdown
from .queries.judging import CLAIMS, CheckedClaim, judged
from .rdf.store import Graph

_HEADER = (
    "claim", "place", "statement", "stated", "verdict", "recomputed", "reason", "population", "references", "query",
    "flags",
)  # fmt: skip


def check_claims(graph: Graph, only: str = "") -> tuple[CheckedClaim, ...]:
    """Judge every claim with a figure or a query, or one; UsageError for a claim or a query that does not exist."""
    checked = judged(graph, {only} if only else ())
    if not checked:
        raise UsageError(f"no claim that can be judged is called {only!r}; `cartkg query {CLAIMS}` lists them")
    return checked


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
