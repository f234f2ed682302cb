"""``opsiq chat``: a conversation in a terminal. Each line is a request that goes on from the ones before, or the answer
to the question that is open."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any, Final

from cli.commands.ask import (
    AS_OF,
    SENT,
    ask,
    describe_confirming,
    describe_dead_end,
    describe_second_approval,
    make_record_line,
    read_decision,
    read_reply,
    render_card,
    wait_until_idle,
)
from cli.program import name_program
from core.errors import InvalidInput

if TYPE_CHECKING:
    from cli.client import Client

HELP: Final = """yes, /confirm     send exactly the card that is shown
no                drop the card
/reject [REASON]  drop the card or the question, and say why
/more             list more of the records of the last answer
/ask WORDS        ask something new and leave the question open
/new              begin a new conversation
quit, exit, bye   end (what waits goes on waiting); also q and /quit"""


_DOES: Final = "Ask a running server, line by line; each request may speak of those before it."


def add_parser(sub: Any) -> None:
    made = sub.add_parser(
        "chat",
        help="ask, answer, correct and confirm in a conversation",
        description=f"{_DOES}\n\n{SENT}\n\n{AS_OF}",
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--thread", metavar="RUN", help="go on from this run")
    made.add_argument(
        "--surface",
        default="admin",
        choices=("admin", "customer", "writing"),
        help="only actions that are offered there can be chosen (admin)",
    )
    made.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from agent.extract.spans.politeness import leaves
    from cli.client import Refused, make_client

    chat = Chat(make_client(), arguments.surface, arguments.thread)
    tty, typed = sys.stdin.isatty(), False
    if tty:
        print(f"What should be done?\n{HELP}")
    while True:
        try:
            line = input(chat.prompt if tty else "").strip()
        except EOFError:
            break
        if line == "/quit" or leaves(line):
            return _end(chat)
        typed = typed or bool(line)
        try:
            if line:
                chat.hear(line)
        except Refused as error:
            print(error.detail)
    if not (tty or typed):
        raise InvalidInput("Nothing was typed: the input is empty, so nothing was asked.")
    return _end(chat)


def _end(chat: Chat) -> int:
    if chat.thread:
        print(f"To go on from here: {name_program()} chat --thread {chat.thread}", file=sys.stderr)
    return 0


class Chat:
    """One conversation. ``shown`` is the run that was shown last: what a yes, a no and an answer are for. ``left`` are
    the cards that others were shown over, the latest last."""

    def __init__(self, server: Client, surface: str, thread: str | None) -> None:
        self.server, self.surface, self.thread = server, surface, thread
        self.shown: dict[str, Any] | None = None
        self.left: list[str] = []
        self.listed = 0

    @property
    def prompt(self) -> str:
        """What the next line is taken for."""
        return "answer> " if self._state == "asked" else "> "

    @property
    def _state(self) -> str:
        return str(self.shown["state"]) if self.shown is not None else ""

    def hear(self, line: str) -> None:
        """Do what a line says. Raises Refused."""
        command, _, rest = line.partition(" ")
        match command:
            case "/confirm":
                self._confirm()
            case "/reject":
                self._reject(rest.strip())
            case "/more":
                self._list_more()
            case "/ask" if rest.strip():
                self._ask(rest.strip())
            case "/new":
                self.thread = self.shown = None
                self.left = []
                print("A new conversation.")
            case _ if line.startswith("/"):
                print(HELP)
            case _ if self._state == "asked":
                self._answer(line)
            # With more words it may be a correction ("no, 5460"), which is read like any other request.
            case _ if self._state == "held" and (bare := read_decision(line)) is not None and not bare[1]:
                self._confirm() if bare[0] else self._reject("")
            case _:
                self._ask(line)

    def _ask(self, text: str) -> None:
        before = self.shown if self._state == "held" else None
        shown = ask(self.server, text, self.surface, self.thread)
        self.thread = shown["thread_id"]
        self._show(shown)
        if before is not None and before["id"] != shown["id"]:
            self.left.append(before["id"])
            self._return(seen=True)

    def _return(self, *, seen: bool = False) -> None:
        """Back to the latest card that still waits, or says that it does while something else is open. ``seen``: it was
        shown right before."""
        card = None
        while self.left and card is None:
            found = self.server.get(f"/v1/runs/{self.left[-1]}")
            card = found if found["state"] == "held" else None
            if card is None or self._state not in _OPEN:
                self.left.pop()
        if card is None:
            return
        if self._state in _OPEN:
            print(f"The card from before waits too ({card['id']}); it comes next.")
        elif seen:
            self.shown = card
            print(f"The card from before still waits ({card['id']}). {_decide(card, self.server.url)}")
        else:
            print("The card from before still waits:")
            self._show(card)

    def _list_more(self) -> None:
        """The next page of the answer that was shown last; the pages before it were shown."""
        reply = self.shown and self.shown.get("reply")
        if not self.shown or not reply or self.listed >= (reply["count"] or 0):
            print("There is no more of a list here.")
            return
        page = self.server.get(f"/v1/runs/{self.shown['id']}/records", f"start={self.listed}")
        for each in page["data"]:
            print(make_record_line(each))
        self.listed = page["next"] or page["count"] or 0
        if page["next"]:
            print(f"  and {page['count'] - page['next']} more: /more")

    def _answer(self, text: str) -> None:
        assert self.shown is not None
        reply = read_reply(self.shown["question"], text)
        if reply is None:
            print("Please choose one of the numbers.")
            return
        self._act("answer", {"slot": self.shown["question"]["slot"], **reply})

    def _confirm(self) -> None:
        if self.shown is None or self._state != "held":
            print("There is no card to confirm.")
        elif self.shown["card"]["confirm_by"] == "person":
            print(describe_confirming(self.shown, self.server.url))
        else:
            self._act("confirm", {"digest": self.shown["card"]["digest"]})

    def _reject(self, reason: str) -> None:
        if self._state in ("held", "asked"):
            self._act("reject", {"reason": reason})
        else:
            print("There is nothing to reject.")

    def _act(self, act: str, body: dict[str, str]) -> None:
        assert self.shown is not None
        self.server.post(f"/v1/runs/{self.shown['id']}/{act}", body)
        self._show(wait_until_idle(self.server, self.shown["id"]))
        if self._state not in _OPEN:
            self._return()

    def _show(self, shown: dict[str, Any]) -> None:
        self.shown, self.listed = shown, len((shown.get("reply") or {"records": ()})["records"])
        print(render_card(shown, self.server, more="/more"))
        match shown["state"]:
            case "held":
                print(_decide(shown, self.server.url))
            case "asked":
                question = shown["question"]
                asks = "Type a number or your answer" if question["candidates"] else "Type your answer"
                asks += "; “stop” drops it. Another request takes its place."
                print(describe_dead_end(question) or asks)


_OPEN: Final = ("held", "asked")
"""States in which the next line decides or answers what is shown."""


def _decide(shown: dict[str, Any], url: str) -> str:
    """How a card is decided here."""
    if shown["card"]["confirm_by"] == "person":
        return describe_confirming(shown, url)
    if shown["card"]["approvals"]:
        return describe_second_approval(shown, url)
    return "“yes” sends exactly this, “no” drops it; or say what should be different."
