"""The command line: the only package that prints and exits."""

from __future__ import annotations

import sys
from typing import Any

import click

from ..errors import CartkgError, DataError, LimitError, UsageError
from ..version import __version__
from .graph import audit, build, claims, export, info, new_source, reason, table, trace, validate
from .importing import importing
from .plot import plot
from .query import query
from .questions import find
from .serve import mcp, serve, site
from .shared import check_limits, harmless, shown_report, tell
from .stores import diff, pull, push

_LOOP = "Symlink loop from"  # what pathlib says of one, as a RuntimeError before Python 3.13


class Commands(click.Group):
    """A group that keeps the order of its commands, and turns every cartkg error into a message and exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, in the order in which they are learnt."""
        del ctx
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; errors a user can cause end without a traceback."""
        try:
            check_limits()
            return super().invoke(ctx)
        except DataError as error:
            click.echo(harmless(str(shown_report(error.report))), err=True)
            ctx.exit(error.exit_code)
        except click.ClickException as error:
            vars(error)["message"] = harmless(error.message)
            raise
        except CartkgError as error:
            for line in str(error).splitlines():
                tell(line)
            ctx.exit(error.exit_code)
        except RuntimeError as error:
            if not str(error).startswith(_LOOP):
                raise
            tell(
                f"{str(error).removeprefix(_LOOP).strip()}: a symbolic link that leads to itself; name a file or folder"
            )
            ctx.exit(UsageError.exit_code)
        except MemoryError:
            tell("there is not enough memory for this; give it more, or something smaller")
            ctx.exit(LimitError.exit_code)
        except KeyboardInterrupt:
            ctx.exit(130)
        except BrokenPipeError:
            sys.stderr.close()
            ctx.exit(0)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cartkg")
def main() -> None:
    """Build, check and question a knowledge graph of CAR T-cell therapy evidence.

    \b
    cartkg find how long do remissions last
    cartkg query                       list the stored questions
    cartkg query evidence              every figure with its place and its paper
    cartkg query evidence -p target=BCMA --format csv
    cartkg trace t1-r01-orr             everything about one figure
    """  # noqa: D301


for _command in (
    build,
    validate,
    reason,
    query,
    find,
    trace,
    audit,
    claims,
    plot,
    export,
    serve,
    site,
    mcp,
    push,
    pull,
    diff,
    info,
    new_source,
    table,
    importing,
):
    main.add_command(_command)
