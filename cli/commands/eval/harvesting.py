"""``opsiq eval from-history``: makes cases of what people typed and confirmed, or rejected as misread."""

from __future__ import annotations

import argparse
import json
import urllib.parse
from pathlib import Path
from typing import Any


def add_parser(commands: Any) -> None:
    made = commands.add_parser(
        "from-history",
        help="make cases of the newest cards that were confirmed, or rejected as misread (owners only)",
        description="Asks a running server, as an owner, for the newest decisions about cards, and writes them as "
        "cases with the "
        "records and contracts they stand on. The folder then needs no server: opsiq eval run DIR/cases.jsonl "
        "--data DIR. It holds "
        "what people typed and records of the platform: keep it as you keep those.",
    )
    made.add_argument(
        "folder", metavar="DIR", type=Path, help="where to write cases.jsonl and world.json; new or empty"
    )
    made.add_argument("--since", metavar="ISO", help="only decisions from then on, such as 2026-11-01T00:00:00Z")
    made.add_argument("--until", metavar="ISO", help="only decisions before")
    made.add_argument("--contract", metavar="NAME", help="only about this action")
    made.add_argument(
        "--limit", metavar="N", type=int, default=100, help="at most N decisions, the newest (default 100)"
    )
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from cli.client import make_client
    from core.errors import InvalidInput
    from evals.cases.harvest import CASES, WORLD, write_lines

    folder: Path = arguments.folder
    if folder.exists() and any(folder.iterdir()):
        raise InvalidInput(f"{folder} is not empty; name a new folder.")
    asked = {name: getattr(arguments, name) for name in ("since", "until", "contract", "limit")}
    query = urllib.parse.urlencode({name: value for name, value in asked.items() if value is not None})
    answer = make_client().get("/v1/history/cases", query)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / CASES).write_text(write_lines(answer["cases"]), "utf-8")
    (folder / WORLD).write_text(json.dumps(answer["world"], ensure_ascii=False) + "\n", "utf-8")
    labels = [label for case in answer["cases"] for label in case["tags"] if label in ("confirmed", "rejected")]
    counts = ", ".join(f"{labels.count(label)} {label}" for label in ("confirmed", "rejected"))
    many = len(answer["cases"])
    print(f"{many} case{'' if many == 1 else 's'} in {folder / CASES}: {counts}")
    for why, count in answer["skipped"].items():
        print(f"  {count} made no case: {why}")
    return 0
