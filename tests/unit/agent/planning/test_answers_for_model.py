"""An answer in words that code can't read is read by the model, together with the request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from agent.pipeline import Abstain, Answer, Plan, Question, Request
from agent.planning.answers_for_model import OFFERED, find_no_text
from agent.planning.propose import propose
from agent.planning.task import Outcome, Task
from agent.resolve.model.parse import Parser
from agent.resolve.model.resolver import ProposingResolver
from core.errors import ModelUnavailable
from evals.run.scripted import ScriptedClient
from tests.unit.own_worlds import NOW, OWNER, find, number, plan, world

FIRST = "waive a bit of F-233"
WAIVE = {"action": "waive_fine", "fine_id": find("fine", "F-233"), "amount": None}
HALF = {
    "op": "*",
    "a": {"field": "amount", "of": {"handle": "@fine_id"}},
    "b": number(0.5, "half"),
}


class InTurn(ScriptedClient):
    """Says one result after the other, and keeps what it was shown."""

    name = "scripted"

    def __init__(self, *results: Any) -> None:
        self.results, self.shown = list(results), list[str]()

    def answer(self, _parser: Parser, messages: Sequence[Mapping[str, str]], /) -> Any:
        self.shown.append(messages[-1]["content"])
        result = self.results.pop(0)
        if isinstance(result, Exception):
            raise result
        return {"understood": "", "result": result, "rest": []}


async def answered(model: InTurn, slot: str, words: str, *, text: str = FIRST, edited: str = "") -> Outcome:
    """The outcome of the request, then of an answer in words to ``slot``."""
    task = Task(Request(text=text, now=NOW), OWNER, world("lending"), "run_00000000000000000000000001")
    resolver = ProposingResolver(model)
    first = await propose(task, resolver)
    request = task.request.model_copy(update={"answers": (Answer(slot=slot, text=words),)})
    return await propose(replace(task, request=request, proposal=first.proposal, must_wait=edited), resolver)


def amount_of(outcome: Outcome) -> Any:
    assert isinstance(outcome.verdict, Plan), outcome.verdict
    return next(each.value for each in outcome.verdict.steps[0].filled if each.param == "amount")


async def test_words_that_code_can_not_read_are_read_with_the_request() -> None:
    model = InTurn(plan(WAIVE), plan({**WAIVE, "amount": HALF}))
    made = await answered(model, "0.amount", "half of what is due", edited="You changed it, so it waits for a yes.")
    assert amount_of(made) == 1200
    assert 'Answered about amount: "half of what is due"' in model.shown[-1]
    assert isinstance(made.verdict, Plan)
    assert made.verdict.held
    assert made.answers is not None
    assert [each.slot for each in made.answers] == ["said:0.amount"]
    assert made.resolved is not None


async def test_words_that_an_answer_takes_the_place_of_are_not_asked_about() -> None:
    text = "waive 3 euros of F-233"
    some = {**WAIVE, "amount": number(3, "3 euros", "EUR")}
    made = await answered(InTurn(plan(some), plan(WAIVE)), "0.amount", "all that is left", text=text)
    assert amount_of(made) == 2400
    kept = await answered(InTurn(plan(WAIVE), plan(WAIVE)), "0.amount", "all that is left", text=text)
    assert isinstance(kept.verdict, Question)  # nothing had accounted for the 3 euros


async def test_what_was_read_so_stands_when_it_is_validated_again() -> None:
    model = InTurn(plan(WAIVE), plan({**WAIVE, "amount": HALF}))
    made = await answered(model, "0.amount", "half of what is due")
    request = Request(text=FIRST, now=NOW, answers=made.answers or ())
    task = Task(
        request, OWNER, world("lending"), "run_00000000000000000000000001", proposal=made.proposal, thread=made.records
    )
    assert amount_of(await propose(task, ProposingResolver(model))) == 1200
    assert model.results == []


async def test_words_that_code_reads_ask_no_model() -> None:
    model = InTurn(plan(WAIVE))
    assert amount_of(await answered(model, "0.amount", "7 euros")) == 700
    assert len(model.shown) == 1


@pytest.mark.parametrize("words", ["whoever has a break", "Tariq Usmani"])
async def test_what_was_offered_is_a_set_that_the_model_may_name(words: str) -> None:
    text = "write to Ruth that the shop is shut"
    letter = {"draft": "The shop is shut.", "fills": [], "quote": "that the shop is shut"}
    ruth = {"action": "write_member", "member_id": find("member", "Ruth"), "letter": letter}
    paused = find("member", None, {"state": "paused", "not": False}, among=OFFERED)
    model = InTurn(plan(ruth), plan({**ruth, "member_id": paused}))
    made = await answered(model, "0.member_id", words, text=text)
    assert "Offered to choose from: @offered (2 of kind member)" in model.shown[-1]
    assert isinstance(made.verdict, Plan), made.verdict
    assert made.verdict.steps[0].filled[0].value == 3
    assert OFFERED in made.records


async def test_names_near_the_words_of_a_correction_are_not_what_was_offered() -> None:
    letter = {"draft": "The shop is shut.", "fills": [], "quote": "that the shop is shut"}
    piet = {"action": "write_member", "member_id": find("member", "Piet Vos"), "letter": letter}
    model = InTurn(plan(piet), plan({**piet, "member_id": find("member", None, {"state": "paused", "not": False})}))
    text = "write to Piet Vos that the shop is shut"
    made = await answered(model, "0.member_id", "Tariq Usmani", text=text, edited="You changed it.")
    assert OFFERED not in model.shown[-1]
    assert isinstance(made.verdict, Plan), made.verdict
    assert made.verdict.steps[0].filled[0].value == 3


async def test_a_told_text_is_worded_and_one_typed_into_the_card_is_not() -> None:
    text = "write to Piet Vos"
    bare = {"action": "write_member", "member_id": find("member", "Piet Vos"), "letter": None}
    words = "tell him the hose is here"
    letter = {"draft": "Dear Piet, your hose is here.", "fills": [], "quote": words}
    made = await answered(InTurn(plan(bare), plan({**bare, "letter": letter})), "0.letter", words, text=text)
    assert isinstance(made.verdict, Plan), made.verdict
    assert made.verdict.steps[0].filled[1].value == "Dear Piet, your hose is here."
    typed = await answered(InTurn(plan(bare)), "0.letter", words, text=text, edited="You changed it.")
    assert isinstance(typed.verdict, Plan), typed.verdict
    assert typed.verdict.steps[0].filled[1].value == words


async def test_an_answer_may_take_the_request_back() -> None:
    gone = {"type": "none", "reason": "withdrawn", "action": None, "quote": "forget it then"}
    made = await answered(InTurn(plan(WAIVE), gone), "0.amount", "hm, forget it then")
    assert isinstance(made.verdict, Abstain)


@pytest.mark.parametrize("failed", [ModelUnavailable("gone"), {"type": "ask", "question": "?", "actions": []}])
async def test_where_the_model_is_no_help_the_question_stands(failed: Any) -> None:
    made = await answered(InTurn(plan(WAIVE), failed), "0.amount", "a smidgen")
    assert isinstance(made.verdict, Question)
    assert made.answers is None
    assert made.resolved is None


@pytest.mark.parametrize("words", ["none", "no letter", "tell him that the hose is here", "apologise to him"])
async def test_what_gives_no_text_is_asked_about_where_no_model_words_it(words: str) -> None:
    bare = {"action": "write_member", "member_id": find("member", "Piet Vos"), "letter": None}
    made = await answered(InTurn(plan(bare), ModelUnavailable("gone")), "0.letter", words, text="write to Piet Vos")
    assert isinstance(made.verdict, Question), made.verdict
    assert made.verdict.slot == "0.letter"


@pytest.mark.parametrize("words", ["add that it is late", "mention that we are sorry", "tell them it is late"])
def test_an_order_to_whoever_words_a_text_is_no_text(words: str) -> None:
    told = find_no_text("Answer", "message", words, composed=True)
    assert told is not None
    assert told.endswith("I can't word it here. Type the text itself.")
    assert find_no_text("Note", "note", words, composed=False) is None
