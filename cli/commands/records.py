"""``opsiq records``: shows and syncs the record cache of a running server."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import Any, Final

POLL_S: Final = 0.5


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "records",
        help="read records into the cache again, see how fresh they are",
        description="The records that are kept of the platforms of a running server's workspace.",
    )
    acts = made.add_subparsers(dest="act", metavar="ACT", required=True)
    acts.add_parser("status", help="what is kept, and how fresh it is")
    sync = acts.add_parser(
        "sync",
        help="read all records again, and wait for it",
        description="Read all records again, and say how far it is. Interrupting this command does not stop the "
        "reading.",
    )
    sync.add_argument("--connector", metavar="NAME", help="only those of this connector")
    sync.add_argument("--kind", metavar="KIND", help="only those of this kind")
    sync.add_argument("--no-wait", action="store_true", help="begin it and leave")
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from cli.client import make_client

    server = make_client()
    if arguments.act == "status":
        found = server.get("/v1/mirrors")["data"]
    else:
        named = {"connector": arguments.connector, "kind": arguments.kind}
        begun = server.post("/v1/mirrors/sync", {name: value for name, value in named.items() if value})["data"]
        found = begun if arguments.no_wait else _wait(server, begun, quiet=arguments.json)
    print(json.dumps(found, ensure_ascii=False, indent=2) if arguments.json else "\n".join(map(_line, found)))
    return 1 if any(each["state"] == "failed" for each in found) else 0


def _wait(server: Any, begun: list[dict[str, Any]], *, quiet: bool) -> list[dict[str, Any]]:
    """Until none of them is being read any more. How far they are is told on standard error."""
    mine = {(each["connector"], each["kind"]) for each in begun}
    told: dict[tuple[str, str], int] = {}
    while True:
        found = [each for each in server.get("/v1/mirrors")["data"] if (each["connector"], each["kind"]) in mine]
        for each in found:
            key = (each["connector"], each["kind"])
            if not quiet and told.get(key) != each["seen"]:
                told[key] = each["seen"]
                print(f"{each['connector']} {each['kind']}: {each['seen']} read", file=sys.stderr)
        if not any(each["state"] == "reading" for each in found):
            return found
        time.sleep(POLL_S)


def _line(each: dict[str, Any]) -> str:
    by = "kept records" if each["fresh"] else "the platform"
    whole = f"all read {each['synced_at'][:19]} UTC" if each["synced_at"] else "never all read"
    heard = f", heard of {each['heard_at'][:19]} UTC" if each["heard_at"] else ""
    error = f"  {each['error']}" if each["error"] else ""
    place = f"{each['connector']:<12}  {each['kind']:<14}  {each['state']:<8}  {each['records']:>8}"
    return f"{place}  look-ups ask {by}; {whole}{heard}{error}"
