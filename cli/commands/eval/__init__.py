"""``opsiq eval``: runs cases through a resolver, scores and compares them, and holds them to a baseline."""

from __future__ import annotations

from typing import Any

from cli.commands.eval import harvesting, judging, running


def add_parser(subparsers: Any) -> None:
    made = subparsers.add_parser(
        "eval",
        help="measure how well requests are resolved",
        description="Suites of requests, run through a resolver and judged. Nothing is ever sent to a platform.",
    )
    commands = made.add_subparsers(dest="eval_command", metavar="COMMAND", required=True)
    running.add_parser(commands)
    judging.add_parsers(commands)
    harvesting.add_parser(commands)
