"""`cartkg audit`: compare the tables with each other and with a copy of their source."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from .shared import current, data_option, graph_option, out_option, report_format_option, say, shown_report, write

if TYPE_CHECKING:
    from ..audit import Audit
    from ..findings import Report


@click.command()
@click.argument("review", type=click.Path(path_type=Path, dir_okay=False), required=False)
@click.option("--completeness", is_flag=True, help="Show per part what is carried, what is left out, and why.")
@click.option("--source", default=None, metavar="ID", help="Source that the copy is of, where the tables hold several.")
@report_format_option
@data_option
@graph_option
@out_option
def audit(
    review: Path | None, completeness: bool, source: str | None, style: str, data: Path | None, directory: Path | None,
    out: Path | None,
) -> None:  # fmt: skip
    """Prove the tables right: against REVIEW, a text copy of the source, and against each other; exit 1 for a miss.

    Faithful: every figure of a row is printed where the row says, in its role. Complete: every printed figure
    is carried by a row, or left out with a reason. Consistent: what does not add up is flagged as a discrepancy.
    Without REVIEW only the last is checked.
    """
    from dataclasses import replace

    from ..audit import audit as run_audit
    from ..audit import consistency
    from ..resources import data_directory

    if review is not None and not review.is_file():
        raise UsageError(f"{review}: no such file")
    graph = current(data, directory)
    found = None
    if review is not None:
        say("reading the copy")
        found = run_audit(review, data or (Path(graph.manifest.data) if directory else data_directory()), source)
        found = replace(found, report=shown_report(found.report))
    consistent = shown_report(consistency(graph))
    write(_text(found, consistent, style, completeness=completeness), out)
    sys.exit(0 if consistent.conforms and (found is None or found.report.conforms) else 1)


def _text(found: Audit | None, consistent: Report, style: str, *, completeness: bool) -> str:
    if style == "json":
        from json import dumps

        plain = (found.to_dict() if found else {}) | {"consistent": consistent.to_dict()}
        return dumps(plain, ensure_ascii=False, indent=1) + "\n"
    findings = [*(found.report.findings if found else ()), *consistent.findings]
    if style == "csv":
        from ..queries.formats import comma_separated

        header = ("rule", "path", "line", "column", "message", "remedy")
        rows = ((one.rule, one.path or one.node, one.line, one.column, one.message, one.remedy) for one in findings)
        return comma_separated(header, rows)
    flagged = f"{len(consistent.findings)} not flagged" if consistent.findings else "all flagged as discrepancies"
    summary = f"consistent: {consistent.checked}, {flagged}\n"
    if style == "markdown":
        listed = "".join(f"- {finding}\n" for finding in consistent.findings)
        return f"{found.to_markdown() if found else ''}\n## Consistency\n\n{summary}\n{listed}".lstrip()
    counted = f"{found.completeness() if completeness else ''}{found}" if found else ""
    return "".join(f"{finding}\n" for finding in findings) + counted + summary
