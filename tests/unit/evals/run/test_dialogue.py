"""Dialogues: what is said, answered, edited and confirmed in one thread, with a platform that changes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from agent.resolve.model.parse import Parser
from agent.resolve.model.resolver import ProposingResolver
from agent.workspace.context import WorkspaceContext
from evals.cases import reader
from evals.run import dialogue
from evals.run.case_result import CaseResult
from evals.run.dialogue import DialoguePlatform
from evals.run.scripted import ScriptedClient
from executors.retry import Reply
from registry.catalogue import Catalogue
from registry.records import Kinds
from tests.unit.agent.validate.fake_platform import NOW, SAAS, Platform, town
from tests.unit.own_worlds import answer, find, number, plan


class Script(ScriptedClient):
    """Answers by what was said."""

    name = "scripted"

    def __init__(self, said: Mapping[str, Any]) -> None:
        self.said = said

    def answer(self, parser: Parser, _messages: Sequence[Mapping[str, str]], /) -> Any:
        left = [{"quote": each, "is": "left over"} for each in LEFT if each in parser.request.text]
        return {"understood": "", "result": self.said[parser.request.text], "rest": left}


class Hands:
    """Where calls go: what was sent is kept, and a priority really changes."""

    def __init__(self, platform: Platform, *, ok: bool = True) -> None:
        self.platform, self.ok, self.sent = platform, ok, list[dict[str, Any]]()

    async def post(self, url: str, body: bytes, **_: Any) -> Reply:
        call = json.loads(body)
        self.sent.append(call)
        if call["action"] == "saas.set_ticket_priority":
            self.platform.row("ticket", call["params"]["ticket_id"])["priority"] = call["params"]["priority"]
        return Reply(200 if self.ok else 409, b"{}", 1, None, sent=True)


def priority(value: str, quote: str) -> dict[str, Any]:
    ticket = find("ticket", "5519")
    return plan({"action": "set_ticket_priority", "ticket_id": ticket, "priority": {"value": value, "quote": quote}})


REFUND = plan({"action": "refund_invoice", "invoice_id": find("invoice", "1031"), "amount": None, "reason": None})
LEFT = ("by the book",)
SAID = {
    "take that back by the book": {"type": "undo", "calls": ["@call1"]},
    "set 5519 to urgent": priority("urgent", "urgent"),
    "take that back": {"type": "undo", "calls": ["@call1"]},
    "refund 1031": REFUND,
    "what priority has 5519?": answer(records=find("ticket", "5519"), fields=["priority"]),
    "refund Adam's bill": plan(
        {
            "action": "refund_invoice",
            "invoice_id": find("invoice", None, {"belongs_to": find("customer", "Adam")}),
            "amount": None,
            "reason": None,
        }
    ),
    "refund 10 of 1031 instead": {
        **plan({**REFUND["steps"][0], "amount": number(10, "10")}),
        "replaces": ["@call1"],
    },
}


async def played(*turns: dict[str, Any], ok: bool = True) -> tuple[CaseResult, Hands]:
    platform = Platform(town())
    kinds, hands = Kinds([platform]), Hands(platform, ok=ok)
    context = WorkspaceContext("test", Catalogue(SAAS), kinds, kinds)
    case = reader.read_case({"id": "d", "turns": list(turns), "expected": {"decision": "abstain"}})
    ground = DialoguePlatform(context, hands, "whsec_test")  # type: ignore[arg-type]
    return await dialogue.answer(case, ground, ProposingResolver(Script(SAID)), NOW), hands


async def test_what_needs_no_yes_is_done_before_the_next_turn_and_can_be_undone() -> None:
    entry, hands = await played({"say": "set 5519 to urgent"}, {"say": "take that back"})
    assert [call["params"]["priority"] for call in hands.sent] == ["urgent"]
    assert entry.decision == "act"
    assert entry.calls == ({"action": "saas.set_ticket_priority", "params": {"ticket_id": 5519, "priority": "normal"}},)
    assert entry.held


async def test_what_taking_back_leaves_over_is_asked_about_or_said() -> None:
    again = {"say": "take that back by the book"}
    entry, _ = await played({"say": "set 5519 to urgent"}, again)
    assert entry.decision == "clarify"
    assert "‘by the book’" in (entry.question or "")
    entry, _ = await played({"say": "refund 1031"}, again)
    assert entry.question == "“Refund an invoice” was withdrawn; nothing was sent. This leaves out ‘by the book’."


async def test_the_last_turn_is_planned_and_not_sent() -> None:
    entry, hands = await played({"say": "set 5519 to urgent"})
    assert (entry.decision, hands.sent) == ("act", [])


async def test_a_card_waits_until_it_is_confirmed() -> None:
    look = {"say": "what priority has 5519?"}
    entry, hands = await played({"say": "refund 1031"}, look)
    assert (entry.decision, hands.sent) == ("answer", [])
    assert entry.answer == {"kind": "ticket", "ids": ["5519"], "count": 1, "value": "normal"}
    _, hands = await played({"say": "refund 1031"}, {"confirm": True}, look)
    assert [call["params"]["invoice_id"] for call in hands.sent] == [31]


async def test_an_edit_is_a_new_card_that_waits() -> None:
    entry, hands = await played({"say": "refund 1031"}, {"edit": {"amount": "12 euros"}})
    assert entry.calls[0]["params"] == {"invoice_id": 31, "amount": 1200, "currency": "EUR"}
    assert entry.held
    assert hands.sent == []


async def test_a_corrected_card_takes_the_place_of_the_first() -> None:
    entry, hands = await played({"say": "refund 1031"}, {"say": "refund 10 of 1031 instead"}, {"confirm": True})
    assert entry.calls[0]["params"]["amount"] == 1000
    assert [call["params"]["amount"] for call in hands.sent] == [1000]


async def test_an_answer_goes_to_the_question_and_never_mind_ends_it() -> None:
    entry, _ = await played({"say": "refund Adam's bill"})
    assert entry.decision == "clarify"
    entry, _ = await played({"say": "refund Adam's bill"}, {"answer": "Nowak"})
    assert entry.calls[0]["params"]["invoice_id"] == 21
    entry, _ = await played({"say": "refund Adam's bill"}, {"answer": "never mind"})
    assert entry.decision == "abstain"


async def test_a_call_that_failed_has_nothing_to_take_back() -> None:
    entry, _ = await played({"say": "set 5519 to urgent"}, {"say": "take that back"}, ok=False)
    assert entry.decision == "abstain"


@pytest.mark.parametrize(
    "turns",
    [
        [{"answer": "x"}],
        [{"say": "x", "answer": "y"}],
        [{"say": "x"}, {"edit": "40"}],
        [{"say": "x"}, {"confirm": "yes"}],
        [{"say": 1}],
    ],
)
def test_turns_of_another_form_are_no_case(turns: list[Any]) -> None:
    with pytest.raises(ValueError, match=r"turn|begins|holds"):
        reader.read_case({"id": "d", "turns": turns, "expected": {"decision": "abstain"}})
