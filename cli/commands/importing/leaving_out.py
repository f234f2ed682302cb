"""``--leave-out`` and ``--omit``: what an import leaves out, kept in its decisions."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any


def add_leaving_out(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--leave-out",
        action="append",
        default=[],
        metavar="PATTERN",
        help="leave these operations out ('DELETE /*', '* /internal/*'); may be repeated; decisions.json keeps it",
    )
    parser.add_argument(
        "--omit",
        action="append",
        default=[],
        metavar="NAME",
        help="leave this optional parameter out of every call (x_*, fields); may be repeated; decisions.json keeps it",
    )


def add_to_decisions(decisions: Mapping[str, Any], arguments: argparse.Namespace) -> dict[str, Any]:
    """The decisions with what the command line leaves out beside what they leave out already."""
    made = dict(decisions)
    for name, given in (("leave_out", arguments.leave_out), ("omit", arguments.omit)):
        there = made.get(name, [])
        if given:
            made[name] = list(dict.fromkeys([*there, *given])) if isinstance(there, list) else there
    return made
