"""Orders with a condition, an alternative or an exception, and orders not to do something, without a model."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from agent.pipeline import Abstain, Plan, Question, Refusal
from agent.planning import proposal
from agent.planning.proposal import BelongsTo, Call, CountOf, Find, Has, RecordArgument, When, Words
from agent.planning.quotes import walk
from agent.resolve.rules.grammar.phrases.conditions import NONE
from agent.resolve.rules.grammar.proposer import make_proposal, read_otherwise
from evals.cases.frozen_world import FrozenWorld
from tests.unit import marina
from tests.unit.laundry import LAUNDRY
from tests.unit.marina import MARINA, ask
from tests.unit.nursery import NURSERY
from tests.unit.pottery import POTTERY


async def _plan(world: FrozenWorld, text: str) -> Plan:
    verdict = (await ask(world, text)).verdict
    assert isinstance(verdict, Plan), verdict
    return verdict


async def _calls_of(world: FrozenWorld, text: str) -> list[dict[str, Any]]:
    return [{each.param: each.value for each in step.filled} for step in (await _plan(world, text)).steps]


@pytest.mark.parametrize(
    ("text", "job", "hand", "told"),
    [
        ("give job 903 to Lina if she's here, otherwise Otto", 903, 72, "The condition holds: Lina Marsh is here."),
        ("give job 903 to Lina if she's off, otherwise Otto", 903, 71, "The condition does not hold"),
        ("give job 903 to Bo if he is here already, else Lina", 903, 72, "The condition does not hold"),
        ("give job 903 to Lina unless she is off", 903, 72, "The condition does not hold"),
    ],
)
async def test_the_pronoun_of_a_condition_is_whom_it_can_be_said_of_and_another_takes_their_place(
    text: str, job: int, hand: int, told: str
) -> None:
    plan = await _plan(MARINA, text)
    assert [{each.param: each.value for each in step.filled} for step in plan.steps] == [
        {"job_id": job, "hand_id": hand}
    ]
    assert any(why.startswith(told) for why in plan.held)


async def test_another_who_is_not_there_takes_nobodys_place() -> None:
    asked = (await ask(MARINA, "give job 903 to Lina if she's off, otherwise Hugo")).verdict
    assert isinstance(asked, Question)


@pytest.mark.parametrize(
    "text",
    [
        "plan a lift for Tess on Friday if she hasn't paid yet",
        "plan a lift for Tess on Friday if she hasn't paid her toll yet",
        "if Tess hasn't paid her tolls, plan a lift for her on Friday",
    ],
)
async def test_what_nobody_has_paid_yet_is_looked_up(text: str) -> None:
    plan = await _plan(MARINA, text)
    assert [{each.param: each.value for each in step.filled} for step in plan.steps] == [
        {"skipper_id": 63, "day": "2026-11-27"}
    ]
    assert "The condition holds: 804 is unpaid." in plan.held


@pytest.mark.parametrize(
    "text",
    [
        "put job 902 on rush unless it's given already",
        "plan a lift for Greta on Friday unless she has paid her toll",
    ],
)
async def test_nothing_is_done_where_the_records_speak_against_it(text: str) -> None:
    verdict = (await ask(MARINA, text)).verdict
    assert isinstance(verdict, Refusal)
    assert verdict.code == "condition_unmet"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("give job 903 to Otto if the sun is out", "if the sun is out"),
        ("give job 903 to Otto, but only if nobody else wants it", "if nobody else wants it"),
        ("if the sun is out, give job 903 to Otto", "if the sun is out"),
        ("give job 903 to Otto once Tess has paid for it", "once Tess has paid for it"),
    ],
)
async def test_a_condition_that_nothing_can_look_up_is_asked_about_in_its_own_words(text: str, said: str) -> None:
    asked = (await ask(MARINA, text)).verdict
    assert isinstance(asked, Question)
    assert asked.text == f"I can't check ‘{said}’ here. Should I do it regardless?"


@pytest.mark.parametrize(
    "text", ["don't give job 903 to Otto, he pays on Friday", "dont close job 901, Greta brings a new fender"]
)
async def test_a_denial_with_its_reason_does_nothing_and_says_so(text: str) -> None:
    verdict = (await ask(MARINA, text)).verdict
    assert isinstance(verdict, Abstain)
    assert verdict.detail.startswith("You wrote ")
    assert verdict.detail.endswith("so nothing was done.")


async def test_what_is_not_to_be_forgotten_is_ordered() -> None:
    assert await _calls_of(MARINA, "don't forget to close job 901") == [{"job_id": 901}]
    both = (await ask(MARINA, "close job 901 and don't forget to put job 903 on rush")).verdict
    assert not isinstance(both, Plan) or len(both.steps) == 2


@pytest.mark.parametrize(
    ("text", "loads"),
    [
        ("close all hot loads except the uniforms", [804]),
        ("close all hot loads but not the uniforms", [804]),
        ("close all hot loads except the 30th", [803]),
        ("close all hot loads except the last", [803]),
        ("close both of Nell's", [801, 802]),
        ("close all of Nell's", [801, 802]),
    ],
)
async def test_an_exception_is_told_by_a_text_a_day_or_a_place_in_line(text: str, loads: list[int]) -> None:
    assert sorted(each["load_id"] for each in await _calls_of(LAUNDRY, text)) == loads


@pytest.mark.parametrize(
    "text",
    [
        "close all hot loads except the feathers",
        "close all hot loads except the 3rd",
        "close all hot loads except the third",
    ],
)
async def test_an_exception_that_is_not_among_them_is_asked_about(text: str) -> None:
    assert isinstance((await ask(LAUNDRY, text)).verdict, Question)


@pytest.mark.parametrize("text", ["Karl Beck paid all his bills", "karl beck paid all of his bills"])
async def test_a_quantifier_begins_what_was_paid_and_is_no_part_of_the_payers_name(text: str) -> None:
    assert await _calls_of(NURSERY, text) == [{"bill_id": 702, "amount": 4500}]


async def test_two_who_are_not_there_are_asked_about() -> None:
    asked = (await ask(NURSERY, "Ida Frost paid both her bills")).verdict
    assert isinstance(asked, Question)
    assert asked.text.startswith("You said 2, and there is 1 bill")


async def test_a_state_behind_everyone_narrows_them_down() -> None:
    assert await _calls_of(POTTERY, "promote everyone overdue to master") == [{"maker_id": 1, "grade": "master"}]
    told = await _calls_of(LAUNDRY, "tell everyone hot towels are out")
    assert [each["text"] for each in told] == ["hot towels are out"] * 4


def _with_spots() -> FrozenWorld:
    """The marina, where a job also has a text that is searched besides its name."""
    world = deepcopy({"contracts": marina._CONTRACTS, "kinds": marina._KINDS, "records": marina._RECORDS})
    job = next(kind for kind in world["kinds"] if kind["name"] == "job")
    job["fields"].append({"name": "spot", "search": "text"})
    for record, spot in zip(world["records"]["job"], ("bow", "final bend", "stern", "keel"), strict=True):
        record["spot"] = spot
    return FrozenWorld(world)


@pytest.mark.parametrize("text", ["close all open jobs except the final bend", "close all open jobs except the stern"])
async def test_a_text_that_holds_the_words_tells_more_than_a_name_that_is_like_them(text: str) -> None:
    spared = 902 if "bend" in text else 903
    assert {each["job_id"] for each in await _calls_of(_with_spots(), text)} == {901, 902, 903} - {spared}


def test_a_name_that_is_read_as_anothers_is_theirs_in_the_condition_too() -> None:
    owner = Find(record="maker", said=Words(text="April", start=5))
    busy = owner.model_copy(update={"where": (Has(related=Find(record="session", pick="all")),), "pick": "all"})
    when = When(tests=(proposal.Test(left=CountOf(of=busy), op="=", right=NONE),))
    session = RecordArgument(reference=Find(record="session", where=(BelongsTo(owner=owner),)))
    made = make_proposal([Call(action="pottery.move", arguments={"session_id": session}, condition=when)])
    (other,) = read_otherwise(made, [(owner, "coach")])
    assert {each.record for each in walk(other) if isinstance(each, Find) and each.said is not None} == {"coach"}


async def test_a_free_day_is_no_day_of_a_plan() -> None:
    asked = (await ask(MARINA, "plan a lift for Tess on Friday off")).verdict
    assert isinstance(asked, Question)
    assert "Friday off" in asked.text


@pytest.mark.parametrize("other", ["Otto", "Greta"])
async def test_a_name_in_the_place_of_a_number_is_no_other_branch(other: str) -> None:
    asked = (await ask(MARINA, f"close job 901 if it's given, otherwise {other}")).verdict
    assert isinstance(asked, Question)
