"""Times of day as they are typed: each fills the parameter that takes a time, and one that may be of the morning or the
evening waits for a person."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan
from tests.unit.marina import ask
from tests.unit.nursery import NURSERY


async def _plan(text: str) -> Plan:
    verdict = (await ask(NURSERY, text)).verdict
    assert isinstance(verdict, Plan), verdict
    return verdict


@pytest.mark.parametrize(
    ("text", "day", "hour"),
    [
        ("book a visit to Karl Beck on Friday at 10", "2026-11-27", "10:00"),
        ("book a visit to Karl Beck at 11 on Friday", "2026-11-27", "11:00"),
        ("book a visit to Karl Beck on Friday, 8pm", "2026-11-27", "20:00"),
        ("move visit 601 to Monday at noon", "2026-11-30", "12:00"),
        ("move visit 601 to 12 on Monday", "2026-11-30", "12:00"),
        ("move visit 602 to 2:15 this afternoon", "2026-11-24", "14:15"),
        ("move visit 602 to 9 tonight", "2026-11-24", "21:00"),
        ("move visit 602 to 07:45 tomorrow", "2026-11-25", "07:45"),
        ("move visit 601 to 3 December at 10.30", "2026-12-03", "10:30"),
        ("move visit 601 to Monday 10.45", "2026-11-30", "10:45"),
        ("move visit 601 to 11.15 on Monday", "2026-11-30", "11:15"),
    ],
)
async def test_a_time_that_can_only_be_one_is_taken(text: str, day: str, hour: str) -> None:
    plan = await _plan(text)
    assert not plan.held
    values = {each.param: each.value for each in plan.steps[0].filled}
    assert (values["day"], values["hour"]) == (day, hour)


@pytest.mark.parametrize(
    ("text", "hour", "said"),
    [
        ("book a visit to Karl Beck on Friday at 4", "16:00", "‘4’ is read as 16:00"),
        ("book a visit to Karl Beck on Friday, half past 3", "15:30", "‘half past 3’ is read as 15:30"),
        ("move visit 601 to 8 on Monday", "08:00", "‘8’ is read as 08:00"),
        ("move visit 601 to Monday at 7:45", "07:45", "‘7:45’ is read as 07:45"),
    ],
)
async def test_an_hour_of_either_half_of_the_day_waits(text: str, hour: str, said: str) -> None:
    plan = await _plan(text)
    assert any(said in each for each in plan.held)
    assert [each.value for each in plan.steps[0].filled if each.param == "hour"] == [hour]


@pytest.mark.parametrize(
    "text",
    [
        "book a visit to Karl Beck on Friday at 10am-11am",
        "book a visit to Karl Beck on Friday at 10am/11am",
        "book a visit to Karl Beck on Friday at 9 tonight",
        "move visit 601 to Monday at 8 this morning",
        "move Ida Frost's visit on Thursday to 11",
        "move visit 601 to Monday at 10 for",
        "move visit 601 to Monday at ten to",
    ],
    ids=[
        "a range",
        "a choice",
        "of another day",
        "of a day that is over",
        "the day of the visit",
        "a count",
        "cut off",
    ],
)
async def test_a_time_that_is_one_of_two_or_of_another_day_fills_nothing(text: str) -> None:
    verdict = (await ask(NURSERY, text)).verdict
    assert not isinstance(verdict, Plan), verdict
