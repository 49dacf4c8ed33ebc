"""The command line, where an error becomes a line and an exit code.

0 done, whatever the verdict; 2 usage; 3 bad input; 4 registration refused; 5 evidence does not verify; 70 a bug.
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from cli import console
from cli.commands.batch import batch
from cli.commands.demo import demo
from cli.commands.doctor import doctor
from cli.commands.follow_up import follow_up
from cli.commands.info import info
from cli.commands.inspect import inspect
from cli.commands.portfolio import portfolio
from cli.commands.project import app as project
from cli.commands.register import register
from cli.commands.view import view

INTERRUPTED = 130

app = typer.Typer(
    name="plumbline",
    help="Checks what was built against what was approved: point clouds against the permitted IFC model.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (demo, inspect, register, batch, follow_up, portfolio, info, view, doctor):
    app.command()(command)
app.add_typer(project)


def _show_version(wanted: bool) -> None:
    if wanted:
        console.say(f"plumbline {version('plumbline')}")
        raise typer.Exit


@app.callback()
def _root(
    _: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    pass


def main() -> None:
    """Runs the command line and ends the process with its exit code."""
    console.make_streams_speakable()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The exit code of one call; no error leaves it."""
    try:
        app(arguments, prog_name="plumbline")
    except SystemExit as ended:
        return _code(ended)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        return _told(error)
    return 0


def _code(ended: SystemExit) -> int:
    return ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 70


def _told(error: Exception) -> int:
    from pipelines.exits import code_of
    from twin.errors import ManyFaults, TwinError

    if not isinstance(error, TwinError):
        return _apologised(error)
    for line in error.faults if isinstance(error, ManyFaults) else (str(error),):
        console.complain(line)
    return code_of(error)


def _apologised(error: Exception) -> int:
    from cli.crash import crash_log
    from pipelines.exits import BUG

    console.complain(f"sorry, this is a bug ({type(error).__name__}); the details are in {crash_log(error)}")
    return BUG
