"""Entry point of ``opsiq``: one parser, and errors reported in one way.

Exit codes: 0 done, 1 it did not work, 2 the command was misused, 3 a run was not carried out.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import sys
from collections.abc import Sequence
from typing import Final

from core.errors import OpsIQError

COMMANDS: Final = (
    "demo",
    "serve",
    "work",
    "init",
    "ask",
    "chat",
    "runs",
    "connectors",
    "contracts",
    "keys",
    "records",
    "history",
    "resolve",
    "eval",
    "listen",
    "trigger",
    "data-key",
    "seal",
    "doctor",
    "backup",
    "restore",
)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="opsiq",
        description="Run a platform by typing what you want: resolved, grounded, confirmed, signed, recorded.",
    )
    made.add_argument("--version", action="version", version=f"opsiq {importlib.metadata.version('opsiq-server')}")
    sub = made.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in COMMANDS:
        importlib.import_module(f"cli.commands.{name.replace('-', '_')}").add_parser(sub)
    return made


def main(argv: Sequence[str] | None = None) -> int:
    arguments = parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except OpsIQError as error:
        print(f"opsiq: {error.detail}", file=sys.stderr)
        for finding in error.findings:
            print(f"  {finding}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
