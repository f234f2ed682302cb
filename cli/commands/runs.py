"""``opsiq runs``: shows runs and decides about them, from scripts."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from cli.command_parser import read_count
from cli.commands.ask import make_record_line
from core.errors import InvalidInput
from core.run_words import STATE_WORDS

if TYPE_CHECKING:
    from cli.client import Client


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "runs",
        help="list, show, answer, confirm, reject runs; the records of an answer",
        description="Runs of a running server.",
    )
    acts = made.add_subparsers(dest="act", metavar="ACT", required=True)
    listed = acts.add_parser("list", help="your runs, newest first")
    listed.add_argument("--limit", type=read_count, default=20, metavar="N", help="at most N (20)")
    for name, about in (
        ("show", "one run"),
        ("records", "every record that an answer rests on, as it is now"),
        ("answer", "answer its question"),
        ("confirm", "confirm its card"),
        ("reject", "reject it"),
    ):
        act = acts.add_parser(name, help=about)
        act.add_argument("run_id")
        if name == "answer":
            act.add_argument("--slot", help="the question's slot (by default the open one)")
            said = act.add_mutually_exclusive_group(required=True)
            said.add_argument("--number", type=int, help="a candidate's number in the list that runs show prints")
            said.add_argument("--choice", metavar="ID", help="a candidate's id, which --json shows")
            said.add_argument("--text", help="in your own words")
        if name == "records":
            act.add_argument("--from", type=int, default=1, dest="first", metavar="N", help="from the Nth on (1)")
        if name == "confirm":
            act.add_argument(
                "--digest", required=True, help="the digest of the card you have looked at: opsiq runs show names it"
            )
        if name == "reject":
            act.add_argument("--reason", default="")
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from cli.client import make_client
    from cli.commands.ask import describe_next_step, make_exit_code, render_card, wait_until_idle

    server = make_client()
    if arguments.act == "list":
        page = server.get("/v1/runs", f"limit={arguments.limit}")
        if arguments.json:
            print(json.dumps(page, ensure_ascii=False, indent=2))
        else:
            for each in page["data"]:
                state = STATE_WORDS.get(each["state"], each["state"])
                print(f"{each['id']}  {state:<15}  {each['created_at'][:19]}  {each['text'][:80]}")
        return 0
    path = f"/v1/runs/{arguments.run_id}"
    if arguments.act == "records":
        return _list_records(server, path, arguments)
    match arguments.act:
        case "answer":
            question = server.get(path)["question"] or {}
            slot = arguments.slot or question.get("slot", "")
            server.post(f"{path}/answer", {"slot": slot, **_answer(arguments, question)})
        case "confirm":
            server.post(f"{path}/confirm", {"digest": arguments.digest})
        case "reject":
            server.post(f"{path}/reject", {"reason": arguments.reason})
    shown = wait_until_idle(server, arguments.run_id)
    # Flushed, so that in a pipe, too, the hint on standard error stands below it.
    told = json.dumps(shown, ensure_ascii=False, indent=2) if arguments.json else render_card(shown, server)
    print(told, flush=True)
    if hint := describe_next_step(shown, server.url):
        print(hint, file=sys.stderr)
    if arguments.act == "reject":  # a no that is done is no failure
        return 0 if shown["state"] == "rejected" else 3
    return make_exit_code(shown)


def _list_records(server: Client, path: str, arguments: argparse.Namespace) -> int:
    """Page after page."""
    start: int | None = max(0, arguments.first - 1)
    found: list[dict[str, Any]] = []
    while start is not None:
        page = server.get(f"{path}/records", f"start={start}")
        found += page["data"]
        if not arguments.json:
            print("".join(f"{make_record_line(each)}\n" for each in page["data"]), end="", flush=True)
        start = page["next"]
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    elif not found:
        print("There are none from there on.")
    return 0


def _answer(arguments: argparse.Namespace, question: dict[str, Any]) -> dict[str, str]:
    """The answer's body. Raises InvalidInput for a number that is not in the open question's list."""
    if arguments.number is None:
        return {"choice": arguments.choice} if arguments.choice else {"text": arguments.text}
    if arguments.slot and arguments.slot != question.get("slot"):
        raise InvalidInput("Another question is open now, or none. Look at it first: runs show.")
    candidates = question.get("candidates") or []
    if not 1 <= arguments.number <= len(candidates):
        there = f"The list goes from 1 to {len(candidates)}" if candidates else "There is no list to choose from"
        raise InvalidInput(f"{there}; {arguments.number} is not in it.")
    return {"choice": candidates[arguments.number - 1]["id"]}
