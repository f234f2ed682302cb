"""What somebody else has still to do, and what somebody has, uses or likes, orders nothing."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question
from agent.validate.questions import REST
from tests.unit.agent.resolve.rules.grammar.test_only_told import verdict_of as verdict_without_a_model
from tests.unit.agent.validate.coverage.test_modifiers import RENEW, SHELVE, WAIVE, verdict_of
from tests.unit.own_worlds import came_of, find, number, plan


@pytest.mark.parametrize(
    ("text", "step", "says"),
    [
        ("Ruth should waive F-231", WAIVE, "Ruth should waive"),
        ("ruth has to waive F-231", WAIVE, "ruth has to waive"),
        ("Ruth promised to waive F-231", WAIVE, "Ruth promised to waive"),
        ("Ruth must renew loan 502 by 7 days", RENEW, "Ruth must renew"),
        ("Ruth forgot to renew loan 502 by 7 days", RENEW, "Ruth forgot to renew"),
        ("the Tile cutter stays in the cellar", SHELVE, "stays"),
        ("Ruth asked about the Tile cutter in the cellar", SHELVE, "asked about"),
    ],
)
async def test_somebodys_own_task_and_liking_order_nothing(text: str, step: dict[str, Any], says: str) -> None:
    asked = await verdict_of(text, step)
    assert isinstance(asked, Question), asked
    assert asked.slot == REST
    assert f"‘{says}’ doesn't ask for it." in asked.text, asked.text


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("loan 502 should be renewed by 7 days", RENEW),
        ("Ruth wants to renew loan 502 by 7 days", RENEW),
        ("we should waive F-231", WAIVE),
        ("F-231 must be waived", WAIVE),
        ("the Tile cutter should go to the cellar", SHELVE),
        ("Ruth stays away, waive F-231", WAIVE),
    ],
)
async def test_what_is_to_be_done_to_a_record_is_an_order(text: str, step: dict[str, Any]) -> None:
    verdict = await verdict_of(text, step)
    assert isinstance(verdict, Plan), getattr(verdict, "text", verdict)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("3001 will be packed", "foodbank"),
        ("3001 is to be packed", "foodbank"),
        ("3001 should be packed", "foodbank"),
        ("Raj promised to pack 3001", "foodbank"),
        ("raj wants to pack 3001", "foodbank"),
        ("Sean Brannigan hates halal", "foodbank"),
        ("Lotte has 20 euros", "riding"),
        ("Lotte already has 20 euros", "riding"),
        ("Lotte lost 20 euros", "riding"),
        ("Lotte is missing 20 euros", "riding"),
        ("Lotte stays on intermediate", "riding"),
        ("Lotte asked for intermediate", "riding"),
        ("we should maybe move Lotte to intermediate", "riding"),
        ("job 801 can be ready", "garage"),
        ("801 will soon be ready", "garage"),
        ("job 801 is about to be collected", "garage"),
        ("801 would be ready", "garage"),
        ("801 had been ready", "garage"),
        ("job 801 should have been ready", "garage"),
        ("the roof rack of job 801 is ready", "garage"),
        ("job 801's roof rack is ready", "garage"),
        ("collected for job 801 are two wheels", "garage"),
    ],
)
async def test_without_a_model_too(text: str, name: str) -> None:
    verdict = await verdict_without_a_model(text, name)
    assert not isinstance(verdict, Plan), verdict


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("3001 is packed", "foodbank"),
        ("3001 has been packed", "foodbank"),
        ("Sean Brannigan eats halal", "foodbank"),
        ("Lotte gets 20 euros", "riding"),
        ("Lotte should have 20 euros", "riding"),
        ("Lotte should move to intermediate", "riding"),
        ("could you maybe move Lotte to intermediate", "riding"),
        ("job 801 should be ready", "garage"),
        ("801 has to be ready", "garage"),
        ("the inspection of job 801 is ready", "garage"),
        ("Greta Holm's job is ready", "garage"),
        ("Bruno says job 801 is ready", "garage"),
    ],
)
async def test_what_an_action_is_told_by_stays_an_order(text: str, name: str) -> None:
    verdict = await verdict_without_a_model(text, name)
    assert isinstance(verdict, Plan), getattr(verdict, "text", verdict)


async def test_what_somebody_had_may_be_what_to_charge() -> None:
    step = {
        "action": "add_charge",
        "booking_id": find("booking", "5007"),
        "item": {"value": "minibar", "quote": "minibar"},
        "amount": number(9.5, "9.50", "EUR"),
        "note": {"quote": "two beers"},
    }
    outcome = await came_of("5007 had two beers out of the minibar, that is 9.50", plan(step), "hotel")
    assert isinstance(outcome.verdict, Plan), outcome.verdict


async def test_what_somebody_shall_have_is_no_task_of_theirs() -> None:
    day = {"date": "2026-12-02", "quote": "the 2nd of December"}
    step = {"action": "extend_stay", "booking_id": find("booking", "5010"), "leaves_on": day}
    outcome = await came_of("Marta has to stay in booking 5010 until the 2nd of December", plan(step), "hotel")
    assert isinstance(outcome.verdict, Plan), outcome.verdict


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("the baby cot from Rasmus", False),
        ("give the baby cot from Rasmus", False),
        ("the baby cot to Rasmus", True),
        ("give Rasmus the baby cot", True),
    ],
)
async def test_what_is_from_somebody_is_not_given_to_them(text: str, given: bool) -> None:
    step = {"action": "assign_task", "task_id": find("task", "baby cot"), "staff_id": find("staff", "Rasmus")}
    verdict = (await came_of(text, plan(step), "hotel")).verdict
    assert isinstance(verdict, Plan) is given, verdict


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("Greenway Grocers gave 35 euros", True),
        ("35 euros from Greenway Grocers", True),
        ("record a donation of 35 euros by Greenway Grocers", True),
        ("Greenway Grocers gave us 35 euros when they came back", True),
        ("Greenway Grocers gave 35 euros back", False),
        ("Greenway Grocers gave back 35 euros", False),
        ("Greenway Grocers gave 35 euros of our loan back", False),
        ("35 euros given to Greenway Grocers", False),
        ("gave Greenway Grocers 35 euros", False),
    ],
)
async def test_what_is_given_to_somebody_is_not_written_down_as_given_by_them(text: str, given: bool) -> None:
    verdict = await verdict_without_a_model(text, "foodbank")
    assert isinstance(verdict, Plan) is given, verdict


@pytest.mark.parametrize(("said", "stands"), [("could be unusable", False), ("is no longer usable", True)])
async def test_what_is_only_possible_is_not_ended(said: str, stands: bool) -> None:
    until = {"date": "2026-12-04", "quote": "4 December"}
    step = {"action": "close_room", "room_id": find("room", "Thyme"), "until": until, "reason": None}
    verdict = (await came_of(f"Thyme {said} until 4 December", plan(step), "hotel")).verdict
    assert isinstance(verdict, Plan) is stands, verdict
