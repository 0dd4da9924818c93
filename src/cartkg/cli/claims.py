"""`cartkg claims`: recompute the figures of the prose."""

from __future__ import annotations

from pathlib import Path

import click

from .shared import current, data_option, graph_option, out_option, report_format_option, say, write


@click.command()
@click.argument("claim", required=False, default="")
@click.option("--verdict", type=click.Choice(["reproduced", "partly", "contradicted", "not-computable"]), default=None,
              help="Only claims with this verdict.")  # fmt: skip
@report_format_option
@data_option
@graph_option
@out_option
def claims(
    claim: str, verdict: str | None, style: str, data: Path | None, directory: Path | None, out: Path | None
) -> None:
    """Recompute each quantitative statement of the prose from the tables; name a CLAIM to see the figures used."""
    graph = current(data, directory)
    from json import dumps

    from ..claims import check_claims, summary, to_csv, to_markdown

    say("recomputing the claims")
    checked = check_claims(graph, claim)
    shown = [found for found in checked if verdict in {None, found.judgement.verdict}]
    if style == "json":
        text = dumps([found.to_dict() for found in shown], ensure_ascii=False, indent=1) + "\n"
    elif style == "csv":
        text = to_csv(shown)
    elif style == "markdown":
        text = to_markdown(shown)
    else:
        details = "".join(f"{'':15}- {found}\n" for checked_claim in shown if claim for found in checked_claim.evidence)
        text = "".join(f"{found}" for found in shown) + details + f"{summary(checked)}\n"
    write(text, out)
