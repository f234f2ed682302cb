"""``opsiq ask``: types a request, answers its questions and confirms its card, in a terminal."""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from cli.program import name_program
from core.clock import format_moment
from core.display_text import join_aside, split_listing
from core.error_answer import find_sentence
from core.run_words import RISK_WORDS, STATE_WORDS

if TYPE_CHECKING:
    from cli.client import Client

WAITING = ("received", "confirmed", "executing")
_NO: Final = re.compile(r"\s*no?(?:[\s,.;:!]+(.*))?", re.IGNORECASE | re.DOTALL)
"""Matches a no, which may be followed by its reason."""


SENT: Final = """What is sent without your yes is up to the contract of each action: one whose policy is
"never" is sent as soon as it is understood, one of "once_per_session" after its first yes in
this terminal, and one of "when" unless its condition applies. All others wait on a card until
you say yes. A request that only asks sends nothing."""
AS_OF: Final = """"as of" a time: this was read from the server's copy of the platform's records, made then.
Without it, the platform was just asked. Before a card is sent, its records are read again
from the platform itself."""


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "ask",
        help="ask for something in plain language",
        description=f"Ask a running server.\n\n{SENT}\n\n{AS_OF}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("text", nargs="+", help="what you want, in your own words")
    made.add_argument(
        "--surface",
        default="admin",
        choices=("admin", "customer", "writing"),
        help="only actions that are offered there can be chosen (admin)",
    )
    made.add_argument("--thread", metavar="RUN", help="go on from this run: its words and records may be spoken of")
    made.add_argument("--json", action="store_true", help="print the run as JSON and stop where a person is needed")
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from cli.client import make_client
    from core.errors import InvalidInput

    words = " ".join(arguments.text)
    if not words.strip():
        raise InvalidInput(f'Say what should be done: {name_program()} ask "…"')
    server = make_client()
    shown = ask(server, words, arguments.surface, arguments.thread)
    if arguments.json or not sys.stdin.isatty():
        told = json.dumps(shown, ensure_ascii=False, indent=2) if arguments.json else render_card(shown, server)
        print(told, flush=True)
        if hint := describe_next_step(shown, server.url):
            print(hint, file=sys.stderr)
        return make_exit_code(shown)
    return make_exit_code(_converse(server, shown))


def ask(server: Client, text: str, surface: str, thread_id: str | None = None) -> dict[str, Any]:
    """The run of a new request, as soon as it waits for a person or is over."""
    thread = {"thread_id": thread_id} if thread_id else {}
    made = server.post("/v1/runs", {"text": text, "surface": surface, "session": name_session(), **thread})
    return wait_until_idle(server, made["id"])


def name_session() -> str:
    """The session of this terminal window, or of this script: what was confirmed in another one counts for nothing
    here. Its leader's process id comes back after a while, so the day is in it."""
    return f"terminal.{datetime.now(UTC):%Y%m%d}.{os.getsid(0)}"


def wait_until_idle(server: Client, run_id: str) -> dict[str, Any]:
    while True:
        shown: dict[str, Any] = server.get(f"/v1/runs/{run_id}", "wait_s=20")
        if shown["state"] not in WAITING:
            return shown


def make_exit_code(shown: dict[str, Any]) -> int:
    """0 when it was done, answered or waits for somebody, 3 when it won't be."""
    return 0 if shown["state"] in ("succeeded", "answered", "held", "asked") else 3


def describe_next_step(shown: dict[str, Any], url: str) -> str:
    """How a run that waits goes on, with the server at ``url``; empty for one that does not wait."""
    run_id = shown["id"]
    match shown["state"]:
        case "asked":
            question = shown["question"]
            begun = f"{name_program()} runs answer {run_id} --slot {shlex.quote(question['slot'])}"
            in_words = f"\n  {begun} --text 'YOUR WORDS'" if question["free_text"] else ""
            if question["candidates"]:
                either = ", or in your own words" if in_words else ""
                return f"Answer it with a number of the list{either}:\n  {begun} --number NUMBER{in_words}"
            return f"{describe_dead_end(question) or 'Answer it:'}{in_words}"
        case "held" if shown["card"]["confirm_by"] == "person":
            return f"{describe_confirming(shown, url)}\n  {name_program()} runs reject {run_id}"
        case "held" if shown["card"]["approvals"]:
            return describe_second_approval(shown, url)
        case "held":
            confirming = f"{name_program()} runs confirm {run_id} --digest {shown['card']['digest']}"
            return f"Look at the card, then:\n  {confirming}\n  {name_program()} runs reject {run_id}"
        case _:
            return ""


def describe_dead_end(question: dict[str, Any]) -> str:
    """What may be done where a question only says why it goes no further; empty for one that asks."""
    if question["candidates"] or question["text"].rstrip().endswith("?"):
        return ""
    return "Nothing was sent. Name something else that it can be done with, or say it in other words."


def describe_confirming(shown: dict[str, Any], url: str) -> str:
    """Where a card is confirmed that no key may confirm."""
    return f"A person confirms this in the console: {url}/runs/{shown['id']}"


def describe_second_approval(shown: dict[str, Any], url: str) -> str:
    """Where a card that has a yes gets the next one, which is somebody else's."""
    given = ", ".join(dict.fromkeys(each["name"] for each in shown["card"]["approvals"]))
    there = f"{url}/runs/{shown['id']}"
    return f"A yes is there ({given}). Nothing is sent before another person says yes too, in the console: {there}"


def _converse(server: Client, shown: dict[str, Any]) -> dict[str, Any]:
    while True:
        print(render_card(shown, server))
        if shown["state"] == "asked":
            if end := describe_dead_end(shown["question"]):
                print(end)
            reply = _reply(shown["question"])
            if reply is None:
                return _left_waiting(server, shown)
            body = {"slot": shown["question"]["slot"], **reply}
            server.post(f"/v1/runs/{shown['id']}/answer", body)
        elif shown["state"] == "held" and shown["card"]["confirm_by"] == "person":
            print(describe_confirming(shown, server.url))
            return shown
        elif shown["state"] == "held" and not shown["card"]["approvals"]:
            irreversible = any(call["risk"] == "irreversible" for call in shown["card"]["calls"])
            ending = " It can't be taken back." if irreversible else ""
            said = _read_line(f"Send exactly this?{ending} (yes/no) ")
            decision = read_decision(said)
            if decision is None and said is not None:
                decision = read_decision(_read_line("Please type yes to send it, or no to reject it: "))
            if decision is None:
                return _left_waiting(server, shown)
            confirmed, reason = decision
            if confirmed:
                server.post(f"/v1/runs/{shown['id']}/confirm", {"digest": shown["card"]["digest"]})
                print("You confirmed it.")
            else:
                server.post(f"/v1/runs/{shown['id']}/reject", {"reason": reason})
                print("You rejected it; nothing was sent.")
        else:
            if shown["state"] == "held":
                print(describe_second_approval(shown, server.url))
            return shown
        shown = wait_until_idle(server, shown["id"])


def _left_waiting(server: Client, shown: dict[str, Any]) -> dict[str, Any]:
    print(f"It goes on waiting. {describe_next_step(shown, server.url)}")
    return shown


def _read_line(prompt: str) -> str | None:
    """A typed line; None where the input has ended."""
    try:
        return input(prompt)
    except EOFError:
        print()
        return None


def read_decision(said: str | None) -> tuple[bool, str] | None:
    """What was typed under a card as a decision: yes or no, and the reason of a no. None where it is neither."""
    from agent.validate.consent import sends

    if said is None:
        return None
    if sends(said):
        return True, ""
    no = _NO.fullmatch(said)
    return (False, (no[1] or "").strip()) if no else None


def _reply(question: dict[str, Any]) -> dict[str, str] | None:
    """The typed answer; None where the input has ended."""
    while True:
        said = _read_line("Number or words: " if question["candidates"] else "> ")
        if said is None:
            return None
        reply = read_reply(question, said)
        if reply is not None:
            return reply
        print("Please choose one of the numbers.")


def read_reply(question: dict[str, Any], said: str) -> dict[str, str] | None:
    """What was typed under a question as its answer: a candidate's number, or words. None where it takes neither."""
    candidates, said = question["candidates"], said.strip()
    if candidates and said.isdecimal() and 1 <= int(said) <= len(candidates):
        return {"choice": candidates[int(said) - 1]["id"]}
    return {"text": said} if said and question["free_text"] else None


def render_card(shown: dict[str, Any], server: Client, *, more: str = "") -> str:
    """The run as a person reads it in a terminal. ``server`` tells the titles of actions. ``more``: what is typed for
    the rest of a list, else a command."""
    lines = [f"{shown['id']}  {STATE_WORDS.get(shown['state'], shown['state'])}"]
    if shown["mode"] == "test":
        lines.append("  Test: nothing is sent.")
    if shown["question"]:
        lines.append(shown["question"]["text"])
        for at, each in enumerate(shown["question"]["candidates"], 1):
            marks = f"  ! {'; '.join(each['marks'])}" if each["marks"] else ""
            lines.append(f"  {at}. {each['label']}  {each['detail']}{marks}")
    if reply := shown.get("reply"):
        labels = [each["label"] for each in reply["records"]]
        told, asides = split_listing(reply["text"], labels, reply["count"])
        lines.append(told)
        lines += [
            make_record_line({**each, "detail": join_aside(aside, each["detail"])})
            for each, aside in zip(reply["records"], asides or ("",) * len(labels), strict=True)
        ]
        if at := reply.get("as_of"):
            lines.append(f"  as of {format_moment(datetime.fromisoformat(at))}")
        if labels and (left := (reply["count"] or 0) - len(labels)) > 0:
            rest = more or f"{name_program()} runs records {shown['id']} --from {len(labels) + 1}"
            lines.append(f"  and {left} more: {rest}")
        if reply["actions"] and labels:
            which = "it" if len(labels) == 1 else "them"
            lines.append(f"What may be done with {which}: {_name_actions(reply['actions'], server)}.")
    if shown["state"] == "rejected" and shown["reason"]:
        lines.append(f"  {shown['reason']}")
    if shown["refusal"]:
        lines.append(shown["refusal"]["detail"])
        if shown["refusal"]["nearest"]:
            lines.append(f"What comes nearest here: {_name_actions(shown['refusal']['nearest'], server)}.")
    if shown.get("repeats"):
        lines.append(f"  {shown['repeats']}")
    card = shown["card"]
    if card and shown["state"] not in ("refused", "abstained", "asked"):
        lines += [f"  changed since you looked: {each}" for each in card["drift"]]
        for call in card["calls"]:
            risk = RISK_WORDS.get(call["risk"], call["risk"])
            lines += [
                f"  {call['title']}  ({call['action']} v{call['version']}, {risk})",
                f"  {call['preview']}",
            ]
            lines += [
                f"    {each['label']}: {each['shown']}    <- {describe_source(each['source'], each['shown'])}"
                for each in call["params"]
            ]
            lines.append(f"    {call['method']} {call['url']}")
        if shown["state"] == "held":
            lines += [f"  why it is held: {each}" for each in card["held"]]
            if card["confirm_by"] == "person":
                lines.append("  A person confirms this in the console; no API key can.")
            needed, given = card["approvals_needed"], len(card["approvals"])
            people = f"{needed} people's yes ({given} so far)" if needed > 1 else "a yes"
            lines.append(f"  waits for {people} until {format_moment(datetime.fromisoformat(shown['expires_at']))}")
    for outcome in shown["outcomes"]:
        status = f" ({outcome['status']})" if outcome["status"] else ""
        state = STATE_WORDS.get(outcome["state"], outcome["state"])
        lines.append(f"  {outcome['call_id']}: {state}{status} {_tell_outcome(outcome)}".rstrip())
    return "\n".join(lines)


def _tell_outcome(outcome: dict[str, Any]) -> str:
    """What became of a call, with the platform's own sentence if it failed."""
    said = find_sentence(outcome.get("answer")) if outcome["state"] == "failed" else ""
    detail: str = outcome["detail"]
    return f"{detail} It says: “{said}”".strip() if said and said not in detail else detail


def make_record_line(record: dict[str, Any]) -> str:
    """A record of an answer on one line; a run of an answer from history also with its id."""
    run_id = f"  {record['id']}" if record["id"].startswith("run_") else ""
    return f"  {record['label']}  {record['detail']}{run_id}".rstrip()


def _name_actions(actions: list[str], server: Client) -> str:
    """Actions by their titles, as the console shows them. For a key that may not read contracts, as they are asked
    for: ``refund invoice`` of ``saas.refund_invoice``, and of ``shop.invoice.refund``."""
    from cli.client import Refused

    try:
        titles = {each["name"]: each["title"] for each in server.get("/v1/contracts")["data"]}
    except Refused:
        titles = {}
    told = (titles.get(each) or " ".join(reversed(each.split(".")[1:])).replace("_", " ") for each in actions)
    return ", ".join(dict.fromkeys(told))


def describe_source(source: dict[str, Any], shown: str = "") -> str:
    """Where the value that is ``shown`` comes from. What words were read as isn't told where it stands beside them."""
    said = " … ".join(span["text"] for span in source.get("spans", ()))
    reading = source.get("reading", "")
    told = f" ({reading})" if reading and reading.rpartition(" → ")[2] != shown else ""
    match source["kind"]:
        case "prompt":
            by = ", a reading to check" if source.get("read_by") == "model" else ""
            return f"you said ‘{said}’{by}{told}"
        case "computed":
            by = ", a reading to check" if source.get("read_by") == "model" else ""
            return f"worked out: {source['reading']}" + (f", from ‘{said}’{by}" if said else "")
        case "proposed":
            reading = f", with {source['reading']}" if source["reading"] else ""
            return f"proposed by the model{reading}; check it"
        case "given":
            return f"given at {source['pointer']}" + (f" ({source['reading']})" if source["reading"] else "")
        case "record":
            field, via = source["field"].replace("_", " "), ", ".join(source["via"])
            what = f"{field} of {source['label']}" + (f" of {via}" if via else "")
            if field == "id" and source["label"] == shown:
                what = f"looked up through {via}" if via else "looked up" if said else f"looked up{told}"
            return what + (f", from ‘{said}’" if said else "")
        case _:
            return "the contract's default"
