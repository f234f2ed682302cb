"""Entry point of ``opsiq``: one parser, and errors reported in one way.

Exit codes: 0 done, 1 it did not work, 2 the command was misused, 3 a run was not carried out.
"""

from __future__ import annotations

import argparse
import errno
import importlib
import sys
from collections.abc import Sequence
from typing import Final

from cli.command_parser import CommandParser
from cli.terminal import guard_terminal
from core.errors import OpsIQError

COMMANDS: Final = {
    "demo": "cli.commands.demo",
    "serve": "cli.commands.serve",
    "work": "cli.commands.work",
    "init": "cli.commands.installation.init",
    "ask": "cli.commands.ask",
    "chat": "cli.commands.chat",
    "runs": "cli.commands.runs",
    "connectors": "cli.commands.connectors",
    "connections": "cli.commands.connections",
    "contracts": "cli.commands.contracts",
    "import": "cli.commands.importing",
    "keys": "cli.commands.keys",
    "records": "cli.commands.records",
    "history": "cli.commands.history",
    "resolve": "cli.commands.resolve",
    "eval": "cli.commands.eval",
    "listen": "cli.commands.listen",
    "trigger": "cli.commands.trigger",
    "data-key": "cli.commands.installation.data_key",
    "signing-key": "cli.commands.installation.signing_key",
    "password": "cli.commands.installation.password",
    "seal": "cli.commands.installation.seal",
    "jobs": "cli.commands.installation.jobs",
    "doctor": "cli.commands.installation.doctor",
    "backup": "cli.commands.installation.backup",
    "restore": "cli.commands.installation.restore",
}
"""Command → its module, in the order of the help."""
_MISUSED: Final = frozenset(
    (
        errno.ENOENT,
        errno.EACCES,
        errno.EPERM,
        errno.EISDIR,
        errno.ENOTDIR,
        errno.EROFS,
        errno.ENOSPC,
        errno.ENAMETOOLONG,
    )
)
"""Errors of the system that a named file may cause. All others are defects, and shown in full."""


class _ShowVersion(argparse.Action):
    """Reads the version only when it is asked for: that takes longer than the rest of the help."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        import importlib.metadata

        print(f"opsiq {importlib.metadata.version('opsiq-server')}")
        parser.exit()


def make_parser(only: str = "") -> argparse.ArgumentParser:
    """Of every command; where ``only`` names one, of that alone: to read the others' modules takes longer than many a
    command itself."""
    made = CommandParser(
        prog="opsiq",
        description="Run a platform by typing what you want: resolved, grounded, confirmed, signed, recorded.",
        epilog="To try it: opsiq demo. To run your own: opsiq init, opsiq serve. What is missing: opsiq doctor.",
    )
    made.add_argument("--version", action=_ShowVersion, nargs=0, help="show program's version number and exit")
    sub = made.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in (COMMANDS[only],) if only in COMMANDS else COMMANDS.values():
        importlib.import_module(module).add_parser(sub)
    return made


def main(argv: Sequence[str] | None = None) -> int:
    guard_terminal()
    given = sys.argv[1:] if argv is None else list(argv)
    if not given:
        make_parser().print_help(sys.stderr)
        return 2
    arguments = make_parser(given[0]).parse_args(given)
    try:
        return int(arguments.run(arguments))
    except OpsIQError as error:
        print(f"opsiq: {error.detail}", file=sys.stderr)
        for finding in error.findings:
            print(f"  {finding}", file=sys.stderr)
        return 1
    except EOFError:  # Ctrl-D at a question
        print("\nopsiq: The input ended before the question was answered.", file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except OSError as error:
        if error.errno not in _MISUSED or error.filename is None:
            raise
        print(f"opsiq: {error.filename} can't be used: {error.strerror}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
