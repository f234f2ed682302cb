"""Orders of beekeepers that live data explains: wishes, who takes over, values with their noun, what is only told."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question, Refusal
from agent.validate.questions import REST
from tests.unit.apiary import ask_apiary


async def _read(text: str) -> tuple[str, dict[str, Any], tuple[str, ...]]:
    """The only call of the plan, and why it waits."""
    made = (await ask_apiary(text)).verdict
    assert isinstance(made, Plan), made
    assert len(made.steps) == 1
    step = made.steps[0]
    return step.action.removeprefix("apiary."), {each.param: each.value for each in step.filled}, made.held


@pytest.mark.parametrize(
    ("text", "action", "values"),
    [
        ("Owen should take Old Orchard", "assign", {"hive_id": 311, "keeper_id": 6}),
        ("Selma has to do 312", "assign", {"hive_id": 312, "keeper_id": 7}),
        ("can Selma do Mill Meadow?", "assign", {"hive_id": 312, "keeper_id": 7}),
        ("the old orchard check has to be on 18 December", "move_check",
            {"hive_id": 311, "check_on": "2026-12-18"}),
        ("Mill Meadow shall be calm", "set_urgency", {"hive_id": 312, "urgency": "calm"}),
        ("312 will be 9 frames", "set_frames", {"hive_id": 312, "frames": 9}),
        ("old orchard should cost 45", "set_rent", {"hive_id": 311, "rate": 4500}),
    ],
)  # fmt: skip
async def test_what_somebody_or_something_should_do_is_ordered_and_waits(
    text: str, action: str, values: dict[str, Any]
) -> None:
    called, filled, held = await _read(text)
    assert (called, filled) == (action, values)
    assert held


@pytest.mark.parametrize(
    "text",
    [
        "Owen shouldn't take Old Orchard",
        "Owen might take Old Orchard",
        "should Selma take Mill Meadow?",
        "Owen should cancel Old Orchard",  # another action's verb
    ],
)
async def test_what_is_denied_asked_or_of_another_action_is_no_wish(text: str) -> None:
    assert not isinstance((await ask_apiary(text)).verdict, Plan)


@pytest.mark.parametrize(
    "text",
    ["Owen should not take Old Orchard", "Owen must never take Old Orchard", "Selma should read Mill Meadow"],
)
async def test_what_is_denied_or_only_looked_at_is_not_even_offered(text: str) -> None:
    made = (await ask_apiary(text)).verdict
    assert not isinstance(made, Plan), made
    assert not isinstance(made, Question) or made.slot != REST, made


@pytest.mark.parametrize(
    ("text", "action", "values"),
    [
        ("shift the old orchard check by a week", "move_check", {"hive_id": 311, "check_on": "2026-12-14"}),
        ("push the check date of the old orchard hive back by 3 days", "move_check",
            {"hive_id": 311, "check_on": "2026-12-10"}),
        ("pack Old Orchard in", "set_state", {"hive_id": 311, "state": "packed_in"}),
        ("Mill Meadow slips by two days", "move_check", {"hive_id": 312, "check_on": "2026-12-11"}),
        ("urgency of Mill Meadow: calm", "set_urgency", {"hive_id": 312, "urgency": "calm"}),
        ("urg of mill meadow: calm", "set_urgency", {"hive_id": 312, "urgency": "calm"}),
        ("Owen 40 min on Old Orchard", "log_work", {"hive_id": 311, "keeper_id": 6, "minutes": 40}),
        ("1.5 hours for Owen on the mill meadow hive", "log_work", {"hive_id": 312, "keeper_id": 6, "minutes": 90}),
        ("two fewer frames needed on Mill Meadow", "set_frames", {"hive_id": 312, "frames": 6}),
        ("mill meadow frames: 11", "set_frames", {"hive_id": 312, "frames": 11}),
        ("change the price of Mill Meadow to 35.50", "set_rent", {"hive_id": 312, "rate": 3550}),
        ("refuse Mill Meadow", "set_state", {"hive_id": 312, "state": "refused"}),
        ("reopen Old Orchard", "set_state", {"hive_id": 311, "state": "open"}),
        ("Mill Meadow check 2026-12-12 please", "move_check", {"hive_id": 312, "check_on": "2026-12-12"}),
        ("take Owen off Mill Meadow and give it to Selma", "assign", {"hive_id": 312, "keeper_id": 7}),
        ("give Owen the spare box that's in the shed", "assign", {"hive_id": 313, "keeper_id": 6}),
        ("mill meadow: 9 pieces", "set_frames", {"hive_id": 312, "frames": 9}),
        ("Owen did 45 minutes on Old Orchard", "log_work", {"hive_id": 311, "keeper_id": 6, "minutes": 45}),
        ("ok Ida Brandt's swap", "approve", {"swap_id": 81}),
    ],
)  # fmt: skip
async def test_values_are_read_beside_names_of_live_data(text: str, action: str, values: dict[str, Any]) -> None:
    called, filled, _ = await _read(text)
    assert (called, filled) == (action, values)


@pytest.mark.parametrize("verb", ["look after", "look at", "see to"])
async def test_a_verb_that_no_action_knows_is_shown_beside_the_only_one_that_fits(verb: str) -> None:
    called, filled, held = await _read(f"Selma has to {verb} 312")
    assert (called, filled) == ("assign", {"hive_id": 312, "keeper_id": 7})
    assert held


async def test_which_of_two_is_said_by_another_record_of_theirs() -> None:
    assert (await _read("cancel Ida's swap for Mill Meadow"))[:2] == ("drop_swap", {"swap_id": 82})
    assert isinstance((await ask_apiary("cancel Ida's swap")).verdict, Question)


@pytest.mark.parametrize(
    ("text", "action", "values", "told"),
    [
        ("Ida Voss is ill, give Mill Meadow to Selma", "assign", {"hive_id": 312, "keeper_id": 7}, "Ida Voss is ill"),
        ("Mill Meadow is empty, pack it out", "set_state", {"hive_id": 312, "state": "packed_out"},
            "Mill Meadow is empty"),
        ("Mill Meadow needs a calm hand, Selma takes it", "assign", {"hive_id": 312, "keeper_id": 7},
            "Mill Meadow needs a calm hand"),
    ],
)  # fmt: skip
async def test_what_is_told_beside_an_order_is_shown_on_its_card(
    text: str, action: str, values: dict[str, Any], told: str
) -> None:
    called, filled, held = await _read(text)
    assert (called, filled) == (action, values)
    assert any(f"‘{told}’" in each for each in held), held


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Owen is leaving, scrap swap 82", "Owen is leaving"),
        ("cancel Ida's swap for Mill Meadow, the keeper pulled out", "the keeper pulled out"),
    ],
)
async def test_what_is_told_is_the_reason_of_an_action_that_takes_one(text: str, reason: str) -> None:
    action, values, held = await _read(text)
    assert (action, values) == ("drop_swap", {"swap_id": 82, "reason": reason})
    assert not any("also wrote" in each for each in held)


@pytest.mark.parametrize(
    "text",
    [
        "give Mill Meadow to Selma, but not before Friday",
        "give Mill Meadow to Selma once Owen is back",
        "Owen said it is fine, Selma takes Mill Meadow",
        "Owen has 311, Selma takes Mill Meadow",
        "Zorgan is ill, Selma takes Mill Meadow",
        "the keeper Zorgan is ill, Selma takes Mill Meadow",
    ],
)
async def test_a_condition_a_number_an_unknown_name_or_somebodys_words_are_not_only_told(text: str) -> None:
    assert not isinstance((await ask_apiary(text)).verdict, Plan)


async def test_what_keeps_the_only_fitting_action_from_being_done_is_said() -> None:
    made = (await ask_apiary("8 fewer mill meadow frames needed")).verdict
    assert isinstance(made, Refusal), made
    assert "must be at least 1" in made.detail


async def test_nothing_is_moved_to_the_day_on_which_it_is_cut() -> None:
    assert not isinstance((await ask_apiary("cut Mill Meadow on Friday")).verdict, Plan)
