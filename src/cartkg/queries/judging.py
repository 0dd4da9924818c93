"""Judging: recompute quantitative statements of the prose from the tables, and give each its verdict."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import Any

import pyoxigraph as ox

from ..errors import UsageError
from ..rdf.store import texts
from ..rdf.vocabulary import Vocabulary, grouped, row_name
from .answers import FIGURES, Answer, Source, Term, plain
from .binding import bound
from .statements import Evidence, Stated, with_unit
from .stored import stored_query
from .verdicts import Judgement, Verdict, combined, judge

CLAIMS = "claims-by-topic"
_FLAGS = """
PREFIX ck: <https://w3id.org/cartkg/ontology/>
SELECT DISTINCT ?node ?discrepancy ?statement WHERE {
  ?node ck:flaggedBy ?discrepancy . OPTIONAL { ?discrepancy ck:statement ?statement }
} ORDER BY ?node ?discrepancy ?statement
"""
_TEXTS = {"counted", "status", "differs", "population", "outcome", "cell", "holds", "side", "instead"}
_DECIMALS = {"figure", "value", "lower", "upper"}
_ADDED = ("verdict", "stated", "recomputed", "reason", "flags")
# Those that a reader looks for stand first.
_ORDER = ("contradicted", "partly", "not-computable", "reproduced")


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
        parts = [{"verdict": part.verdict, "text": part.text} for part in self.judgement.parts]
        return plain | {"stated": str(self.stated), "evidence": evidence, "parts": parts}

    def __str__(self) -> str:
        recomputed = f" · tables: {self.judgement.recomputed}" if self.judgement.recomputed else ""
        stated = f"  stated: {self.stated}" if str(self.stated) else ""
        flags = f"{'':15}flagged: {', '.join(self.flags)}\n" if self.flags else ""
        return (
            f"{self.judgement.verdict:<14} {self.claim}{stated}{recomputed}\n"
            f"{'':15}{self.statement} [{self.place}]\n{'':15}{self.judgement.reason}\n{flags}"
        )


def judged(source: Source, only: Collection[str] = ()) -> tuple[CheckedClaim, ...]:
    """Judge every claim with a figure or a query, or these; UsageError for a query that recomputes none."""
    rows = [
        row
        for row in _rows(source, bound(source, CLAIMS).text)
        if (row["has_figure"] == "yes" or row["query"] or row["missing"]) and (not only or row["claim"] in only)
    ]
    units = Vocabulary.load().unit_days
    lengths = {unit: Decimal(days) for unit, days in units.items()}
    flagged = _rows(source, _FLAGS)
    flags = grouped((row_name(row["node"]), row["discrepancy"].rsplit("/", 1)[1]) for row in flagged)
    why = grouped((row_name(row["node"]), row["statement"]) for row in flagged if row["statement"])
    found = grouped((answer["claim_id"], answer) for answer in _recomputed(source, rows))
    checked = [
        ((row["source"], row["place"]), _checked(row, found.get(row["claim"], []), lengths, flags, why)) for row in rows
    ]
    together = grouped((sentence, claim.judgement.verdict) for sentence, claim in checked)
    return tuple(replace(claim, sentence_verdict=combined(together[sentence])) for sentence, claim in checked)


def with_verdicts(source: Source, answer: Answer, column: str) -> Answer:
    """The answer with the verdict on the claim in this column, those that do not hold first."""
    place = answer.variables.index(column)
    found = {claim.claim: claim for claim in judged(source, {plain(row[place]) for row in answer.rows})}
    rows = [(*row, *_shown(found[plain(row[place])])) for row in answer.rows]
    variables = (*answer.variables, *_ADDED)
    verdict = len(answer.variables)
    return Answer(variables, tuple(sorted(rows, key=lambda row: _ORDER.index(plain(row[verdict])))))


def _shown(claim: CheckedClaim) -> Iterator[Term | None]:
    said = claim.judgement
    for text in (said.verdict, str(claim.stated), said.recomputed, said.reason, " ".join(claim.flags)):
        yield ox.Literal(text) if text else None


def _rows(source: Source, text: str) -> list[dict[str, str]]:
    return texts(source.select(text, keep=True))  # the same each time, whatever is asked


def _recomputed(source: Source, rows: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    """The rows of the recomputing queries; UsageError names the claims that ask for one which is none."""
    claims = grouped((row["query"], row["claim"]) for row in rows if row["query"])
    names = {query: _asked(query, asking) for query, asking in claims.items()}
    # A file is asked once, whichever of its questions the claims name.
    for name in sorted(set(names.values())):
        answers = _rows(source, bound(source, name).text)
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
    row: dict[str, str],
    answers: list[dict[str, str]],
    lengths: dict[str, Decimal],
    flags: dict[str, list[str]],
    why: dict[str, list[str]],
) -> CheckedClaim:
    references = frozenset(map(int, row["references"].split()))
    figures = _figures(row, "numerator", "denominator", "value", "lower", "upper")
    stated = Stated(row["comparator"], unit=row["unit"], references=references, missing=row["missing"], **figures)
    evidence = tuple(_evidence(answer, stated.unit, lengths) for answer in answers)
    touched = dict.fromkeys(
        flag for node in (f"claims/{row['claim']}", *(e.node for e in evidence)) for flag in flags.get(node, ())
    )
    judgement = judge(stated, evidence)
    if judgement.verdict == _ORDER[0]:
        telling = {one for part in judgement.parts if part.verdict == _ORDER[0] for one in part.figures}
        said = dict.fromkeys(text for one in evidence if one in telling for text in why.get(one.node, ()))
        reason = "; ".join([judgement.reason, *(f"flagged: {text}" for text in said)])
        judgement = replace(judgement, reason=reason.replace(".; ", "; "))
    return CheckedClaim(
        row["claim"], row["place"], row["statement"], stated, judgement, row["population"],
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
