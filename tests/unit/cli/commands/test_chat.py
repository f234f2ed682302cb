"""``opsiq chat``: what a line is taken for, and that a yes is for the card that was shown."""

from __future__ import annotations

import io
from typing import Any

import pytest

from cli.client import Refused
from cli.commands.ask import name_session
from cli.commands.chat import Chat
from cli.main import main
from core.run_words import RISK_WORDS, STATE_WORDS
from web.console.labels import RISKS, STATES

DIGEST = "sha256:" + "0" * 64


def shown(run_id: str, state: str, **more: Any) -> dict[str, Any]:
    base = {"id": run_id, "thread_id": "run_1", "state": state, "mode": "live", "question": None, "refusal": None,
            "reason": None, "reply": None, "card": None, "outcomes": [],
            "expires_at": "2026-11-24T12:00:00Z"}  # fmt: skip
    return {**base, **more}


CARD = {
    "digest": DIGEST, "drift": [], "calls": [], "held": [], "confirm_by": "anyone", "approvals": [],
    "approvals_needed": 1,
}  # fmt: skip
HELD = shown("run_2", "held", card=CARD)
ASKED = shown(
    "run_1",
    "asked",
    question={
        "slot": "0.customer_id",
        "text": "Which Adam?",
        "free_text": True,
        "candidates": [{"id": "421", "label": "Adam Novak", "detail": "", "marks": []}],
    },
)


class Server:
    """Answers what it was told, one run a look."""

    url = "http://127.0.0.1:8080"

    def __init__(self, *runs: dict[str, Any]) -> None:
        self.runs = list(runs)
        self.posted: list[tuple[str, dict[str, Any]]] = []

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self.posted.append((path, body))
        return self.runs[0]

    def get(self, path: str, query: str = "") -> dict[str, Any]:
        if path == "/v1/contracts":
            return self.contracts()
        return self.runs.pop(0)

    def contracts(self) -> dict[str, Any]:
        return {"data": [{"name": "saas.refund_invoice", "title": "Refund an invoice"}]}


def chat(*runs: dict[str, Any], thread: str | None = None) -> tuple[Chat, Server]:
    server = Server(*runs)
    return Chat(server, "admin", thread), server  # type: ignore[arg-type]


def test_a_line_under_a_question_is_its_answer_by_number_or_in_words() -> None:
    made, server = chat(ASKED, ASKED, HELD)
    made.hear("credit Adam 75")
    made.hear("the one in Brno")
    made.hear("1")
    assert server.posted[1:] == [
        ("/v1/runs/run_1/answer", {"slot": "0.customer_id", "text": "the one in Brno"}),
        ("/v1/runs/run_1/answer", {"slot": "0.customer_id", "choice": "421"}),
    ]


def test_what_follows_goes_on_from_the_thread_until_a_new_one_is_begun() -> None:
    made, server = chat(HELD, HELD, ASKED, HELD, HELD)
    for line in ("credit Adam 75", "make that 60", "/ask and Nora?", "/new", "something else"):
        made.hear(line)
    assert [body.get("thread_id") for _, body in server.posted] == [None, "run_1", "run_1", None]
    assert server.posted[2][1]["text"] == "and Nora?"


def test_a_new_request_can_be_asked_while_a_question_is_open() -> None:
    made, server = chat(ASKED, HELD)
    made.hear("credit Adam 75")
    made.hear("/ask who is Nora?")
    assert server.posted[1] == (
        "/v1/runs",
        {"text": "who is Nora?", "surface": "admin", "session": name_session(), "thread_id": "run_1"},
    )


def test_a_yes_is_for_the_card_that_was_shown_and_for_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    made, server = chat(ASKED, HELD, shown("run_2", "succeeded", card=CARD))
    made.hear("/confirm")
    made.hear("credit Adam 75")
    made.hear("/confirm")
    assert capsys.readouterr().out.count("There is no card to confirm.") == 2
    made.hear("1")
    made.hear("/confirm")
    assert server.posted[-1] == ("/v1/runs/run_2/confirm", {"digest": DIGEST})
    made.hear("/confirm")
    assert server.posted[-1] == ("/v1/runs/run_2/confirm", {"digest": DIGEST})
    assert len(server.posted) == 3


def test_what_only_a_person_confirms_is_not_confirmed_here(capsys: pytest.CaptureFixture[str]) -> None:
    made, server = chat(shown("run_2", "held", card={**CARD, "confirm_by": "person"}))
    made.hear("refund INV-1042")
    made.hear("/confirm")
    assert len(server.posted) == 1
    assert capsys.readouterr().out.count(f"{server.url}/runs/run_2") == 2


def test_a_rejection_takes_its_reason_along_and_an_unknown_command_asks_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    made, server = chat(HELD, shown("run_2", "rejected", reason="too much"))
    made.hear("credit Adam 75")
    made.hear("/confirmed")
    made.hear("/reject too much")
    assert server.posted[-1] == ("/v1/runs/run_2/reject", {"reason": "too much"})
    assert len(server.posted) == 2
    assert "/quit" in capsys.readouterr().out
    made.hear("/reject")
    assert "There is nothing to reject." in capsys.readouterr().out


def test_a_refusal_of_the_server_is_raised_for_the_loop_to_print() -> None:
    class Refusing(Server):
        def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
            raise Refused({"detail": "There is no thread.", "code": "not_found"})

    made = Chat(Refusing(), "admin", "run_9")  # type: ignore[arg-type]
    with pytest.raises(Refused, match="no thread"):
        made.hear("undo that")


def test_a_bare_yes_or_no_under_a_card_decides_it_and_more_words_are_read_as_a_request() -> None:
    made, server = chat(HELD, shown("run_2", "succeeded", card=CARD))
    made.hear("credit Adam 75")
    made.hear("Yes.")
    assert server.posted[-1] == ("/v1/runs/run_2/confirm", {"digest": DIGEST})
    made, server = chat(HELD, shown("run_2", "rejected", reason=""))
    made.hear("credit Adam 75")
    made.hear("no")
    assert server.posted[-1] == ("/v1/runs/run_2/reject", {"reason": ""})
    made, server = chat(HELD, HELD)
    made.hear("credit Adam 75")
    made.hear("no, 60")
    assert server.posted[-1][0] == "/v1/runs"


def test_a_card_that_still_waits_comes_back_after_words_that_led_to_none(capsys: pytest.CaptureFixture[str]) -> None:
    over = shown("run_3", "abstained", refusal={"detail": "Nothing was done.", "nearest": []})
    made, server = chat(HELD, over, HELD, shown("run_2", "succeeded", card=CARD))
    made.hear("credit Adam 75")
    made.hear("go ahead then")
    assert "The card from before still waits (run_2)." in capsys.readouterr().out
    made.hear("yes")
    assert server.posted[-1] == ("/v1/runs/run_2/confirm", {"digest": DIGEST})


def test_a_card_under_another_one_comes_back_when_that_is_decided(capsys: pytest.CaptureFixture[str]) -> None:
    other = shown("run_3", "held", card=CARD)
    made, server = chat(HELD, other, HELD, shown("run_3", "succeeded", card=CARD), HELD, shown("run_2", "rejected"))
    made.hear("credit Adam 75")
    made.hear("the same for Nora")
    assert "The card from before waits too (run_2); it comes next." in capsys.readouterr().out
    made.hear("yes")
    assert server.posted[-1][0] == "/v1/runs/run_3/confirm"
    assert "The card from before still waits:\nrun_2  to confirm" in capsys.readouterr().out
    made.hear("no")
    assert server.posted[-1][0] == "/v1/runs/run_2/reject"


@pytest.mark.parametrize("line", ["yep", "yes please", "y", "ok yes, do it", "Go ahead!", "oui", "sí, por favor"])
def test_a_yes_in_everyday_words_confirms_the_card(line: str) -> None:
    made, server = chat(HELD, shown("run_2", "succeeded", card=CARD))
    made.hear("credit Adam 75")
    made.hear(line)
    assert server.posted[-1] == ("/v1/runs/run_2/confirm", {"digest": DIGEST})


@pytest.mark.parametrize(
    "line", ["yes 40", "yes and Nora too", "ok", "right", "yesterday", "yes no", "yes, without that"]
)
def test_a_yes_with_more_to_it_confirms_nothing(line: str) -> None:
    made, server = chat(HELD, HELD)
    made.hear("credit Adam 75")
    made.hear(line)
    assert server.posted[-1][0] == "/v1/runs"


NEAR = ["desk.order.refund", "desk.orders.create", "desk.order.refund", "saas.refund_invoice"]


def test_actions_near_a_request_are_told_by_their_titles_or_by_verb_and_thing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Refusing(Server):
        def contracts(self) -> dict[str, Any]:
            raise Refused({"detail": "This key may not.", "code": "forbidden"})

    near = shown("run_2", "abstained", refusal={"detail": "Nothing was done.", "nearest": NEAR})
    for server, refund in ((Server(near), "Refund an invoice"), (Refusing(near), "refund invoice")):
        Chat(server, "admin", None).hear("paint the wall")  # type: ignore[arg-type]
        assert f"comes nearest here: refund order, create orders, {refund}." in capsys.readouterr().out


def test_a_state_and_a_risk_are_said_as_the_console_says_them(capsys: pytest.CaptureFixture[str]) -> None:
    call = {"title": "Close", "action": "desk.close", "version": 1, "risk": "irreversible", "preview": "Close 1."}
    card = CARD | {"calls": [call | {"params": [], "method": "POST", "url": "https://x.example"}]}
    made, _ = chat(shown("run_2", "held", card=card))
    made.hear("close 1")
    said = capsys.readouterr().out
    assert "run_2  to confirm\n" in said
    assert "(desk.close v1, can't be undone)" in said
    words = {badge.text for badge in (*STATES.values(), *RISKS.values())}
    assert words == {*STATE_WORDS.values(), *RISK_WORDS.values()}


@pytest.mark.parametrize("line", ["quit", "Exit", "bye", "q", "/quit"])
def test_a_line_that_ends_the_conversation_asks_nothing(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    server = Server(HELD)
    monkeypatch.setattr("cli.client.make_client", lambda: server)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"credit Adam 75\n{line}\nsomething else\n"))
    assert main(["chat"]) == 0
    assert [body["text"] for _, body in server.posted] == ["credit Adam 75"]
    assert "To go on from here: " in capsys.readouterr().err


def test_a_line_that_only_begins_so_is_a_request(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(HELD)
    monkeypatch.setattr("cli.client.make_client", lambda: server)
    monkeypatch.setattr("sys.stdin", io.StringIO("quit her subscription\n"))
    main(["chat"])
    assert [body["text"] for _, body in server.posted] == ["quit her subscription"]


def test_an_empty_input_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("cli.client.make_client", lambda: Server())
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert main(["chat"]) == 1
    assert "Nothing was typed" in capsys.readouterr().err


def test_a_card_withdrawn_meanwhile_does_not_come_back() -> None:
    over = shown("run_3", "answered", reply={"text": "It was withdrawn.", "records": [], "count": None, "actions": []})
    made, server = chat(HELD, over, shown("run_2", "rejected", card=CARD), over)
    made.hear("credit Adam 75")
    made.hear("undo that")
    made.hear("yes")
    assert all(not path.endswith("/confirm") for path, _ in server.posted)


def test_the_first_of_two_yeses_says_that_somebody_else_has_to(capsys: pytest.CaptureFixture[str]) -> None:
    once = {**CARD, "approvals_needed": 2, "approvals": [{"name": "Ada", "at": "2026-11-24T12:00:00Z"}]}
    made, server = chat(shown("run_2", "held", card={**CARD, "approvals_needed": 2}), shown("run_2", "held", card=once))
    made.hear("suspend Adam")
    made.hear("yes")
    said = capsys.readouterr().out
    assert (
        f"A yes is there (Ada). Nothing is sent before another person says yes too, in the console: {server.url}"
        in said
    )


def test_more_goes_through_a_long_list_page_by_page(capsys: pytest.CaptureFixture[str]) -> None:
    records = [{"id": str(at), "label": f"T-{at}", "detail": "", "marks": []} for at in range(1, 6)]
    reply = {"text": "5 tickets.", "records": records[:2], "count": 5, "actions": []}
    pages = [
        {"data": records[2:4], "count": 5, "next": 4},
        {"data": records[4:], "count": 5, "next": None},
    ]
    made, _ = chat(shown("run_2", "answered", reply=reply), *pages)
    made.hear("which tickets?")
    assert "and 3 more: /more" in capsys.readouterr().out
    made.hear("/more")
    assert capsys.readouterr().out == "  T-3\n  T-4\n  and 1 more: /more\n"
    made.hear("/more")
    assert capsys.readouterr().out == "  T-5\n"
    made.hear("/more")
    assert capsys.readouterr().out == "There is no more of a list here.\n"
