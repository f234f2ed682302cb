"""Answers to "which of these?" that name none of them: a number outside the list, a slip, a stranger."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.pipeline import Answer, Draft, Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.rules.resolver import RuleResolver
from agent.runs.answer_phrases import make_answer
from evals.cases.frozen_world import FrozenWorld
from tests.unit.agent.query.test_queries import find, number, plan, word
from tests.unit.marina import define, list_rows, offer
from tests.unit.own_worlds import NOW, OWNER, came_of

_NUMBER = {"type": "integer", "minimum": 1}
_NOTES = {"unit": "money_minor", "currency": "EUR"}
CHOIR = FrozenWorld(
    {
        "contracts": [
            offer("lend_score", "Lend a score", "Lend a singer a score.", {"singer_id": _NUMBER},
                {"singer_id": {"record": "singer"}}),
            offer("charge", "Charge a singer", "Charge a singer a fee.", {"singer_id": _NUMBER, "fee": _NUMBER},
                {"singer_id": {"record": "singer"}, "fee": dict(_NOTES)}),
        ],
        "kinds": [
            define("singer", ["singer", "singers"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "name", "search": "name"}, {"name": "voice"}], label="{name}", detail="{voice}"),
        ],
        "records": {
            "singer": list_rows("id name voice", (2, "Ruth Aalto", "alto"), (9, "Ruth Basso", "bass"),
                (3, "Noa Levi", "alto"), (14, "q", "bass"), (118, "Iris Tan", "alto")),
        },
    }
)  # fmt: skip
THERE = CHOIR.context(CHOIR.provider({}))
DRAFT = "please lend a score"
"""A request of which only the action was read: its records are looked up by another reader."""
BEFORE = [("lend Ruth a score",), ("lend a score", "Ruth"), (DRAFT, "Ruth")]


async def talk(text: str, *answers: str) -> Verdict:
    """What comes of a request and of each answer to what it asks, in turn."""
    drafts = (Draft(action="marina.lend_score"),) if text == DRAFT else ()
    task = Task(Request(text=text, now=NOW), OWNER, THERE, "run_00000000000000000000000001", drafts=drafts)
    made = await propose(task, RuleResolver())
    for words in answers:
        assert isinstance(made.verdict, Question), made.verdict
        given: Answer = make_answer(made.verdict, None, words)
        request = task.request.model_copy(update={"answers": (*task.request.answers, given)})
        task = replace(task, request=request, proposal=made.proposal, drafts=made.drafts)
        made = await propose(task, RuleResolver())
    return made.verdict


@pytest.mark.parametrize("words", ["3", "#3", "3.", "number 3", "0", "q", "Q!", "not Noa Levi", "7"])
@pytest.mark.parametrize("before", BEFORE)
async def test_what_is_no_place_of_the_list_is_asked_about_again(words: str, before: tuple[str, ...]) -> None:
    made = await talk(*before, words)
    assert isinstance(made, Question), made
    assert [each.label for each in made.candidates] == ["Ruth Aalto", "Ruth Basso"]
    assert words in made.text


@pytest.mark.parametrize(
    ("words", "singer"), [("1", 2), ("2", 9), ("the second one", 9), ("Basso", 9), ("the alto", 2)]
)
@pytest.mark.parametrize("before", BEFORE)
async def test_a_place_of_the_list_counts_and_no_id_that_nobody_sees(
    words: str, singer: int, before: tuple[str, ...]
) -> None:
    made = await talk(*before, words)
    assert isinstance(made, Plan), made
    assert [each.value for each in made.steps[0].filled] == [singer]
    assert not made.held


@pytest.mark.parametrize(("words", "singer"), [("Noa Levi", 3), ("noa", 3), ("118", 118), ("14", 14)])
@pytest.mark.parametrize("before", BEFORE)
async def test_a_record_that_was_not_offered_needs_a_card(words: str, singer: int, before: tuple[str, ...]) -> None:
    made = await talk(*before, words)
    assert isinstance(made, Plan), made
    assert [each.value for each in made.steps[0].filled] == [singer]
    assert any("none of the choices" in each for each in made.held), made.held


async def test_a_name_where_nothing_was_offered_needs_no_card() -> None:
    made = await talk("lend a score", "Noa Levi")
    assert isinstance(made, Plan), made
    assert not made.held


async def test_an_answer_is_about_the_question_before_it() -> None:
    """The second list has another order than the first."""
    asked = await talk("lend Ruht a score", "Ruth")
    assert isinstance(asked, Question), asked
    made = await talk("lend Ruht a score", "Ruth", "2")
    assert isinstance(made, Plan), made
    assert str(made.steps[0].filled[0].value) == asked.candidates[1].id


@pytest.mark.parametrize(
    ("answer", "rider"),
    [({"choice": "606", "label": "lesson 606"}, 15), ({"text": "606"}, 15), ({"text": "lesson 604"}, 14)],
)
async def test_a_record_found_by_one_below_it_takes_the_answer_about_that(answer: dict[str, str], rider: int) -> None:
    """ "The rider of the hack": three lessons are one. Chosen, it was asked for again, without end."""
    hack = {"field": "style", "op": "=", "value": word("hack", "hack")}
    call = {"action": "top_up", "rider_id": find("lesson", None, hack), "amount": number(20, "20 euros", "EUR")}
    answers = (Answer(slot="0.rider_id/lesson", **answer),)
    made = (await came_of("top up the rider of the hack by 20 euros", plan(call), "riding", answers=answers)).verdict
    assert isinstance(made, Plan), made
    assert made.steps[0].filled[0].value == rider
