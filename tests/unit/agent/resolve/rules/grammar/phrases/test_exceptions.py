"""What a phrase leaves out, read without a model: each of a list, by name, number or place in line."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question
from tests.unit.agent.resolve.rules.grammar.test_directions import calls_of, verdict_of
from tests.unit.marina import ask
from tests.unit.nursery import NURSERY


@pytest.mark.parametrize(
    ("text", "visits"),
    [
        ("cancel all visits except Bruno's and Mousse's", [701]),
        ("cancel all booked visits except 701, 702 and Mousse's", [703]),
        ("cancel all booked visits but 701", [703, 705, 702]),
        ("cancel all booked visits, just not Bruno's", [705, 701]),
        ("cancel the booked visits without 701 and 702", [703, 705]),
        ("cancel all booked visits except the two newest", [702, 701]),
        ("cancel Bruno's visits except the last one", [702]),
        ("cancel all booked visits but bruno's", [705, 701]),
        ("cancel every booked visit but mousse's and bruno's", [701]),
        ("cancel all booked visits but omar", [703, 705, 701]),
        ("cancel all visits but the oldest", [703, 705, 702]),  # of those that can be cancelled
    ],
)
async def test_each_of_a_list_is_left_out(text: str, visits: list[int]) -> None:
    assert [each["visit_id"] for each in await calls_of(text, "vet")] == visits


@pytest.mark.parametrize(
    ("text", "visits"),
    [
        ("confirm all planned visits except the one on Friday", [602]),
        ("confirm all planned visits apart from the one on 30 November", [601]),
        ("move all visits to 3 December except Ida's", [602]),
        ("move all visits to 3 December apart from the one on Friday", [602]),
        ("cancel all of next week's", [602]),
        ("cancel all of this week's except visit 602", [601]),
    ],
)
async def test_what_is_left_out_may_be_told_by_its_day_or_behind_a_value(text: str, visits: list[int]) -> None:
    made = (await ask(NURSERY, text)).verdict
    assert isinstance(made, Plan), made
    assert [step.filled[0].value for step in made.steps] == visits


async def test_what_joins_something_left_out_is_left_out_too() -> None:
    made = (await ask(NURSERY, "move all visits to 3 December except Ida's and Karl's")).verdict
    assert isinstance(made, Question), made


async def test_somebody_is_left_out_of_everyone() -> None:
    assert [each["bill_id"] for each in await calls_of("remind everyone with an open bill but Tomasz", "vet")] == [811]


async def test_some_of_the_set_are_left_out_by_a_state() -> None:
    made = await calls_of("renew all loans except the late ones by 7 days", "lending")
    assert [each["loan_id"] for each in made] == [503, 502]


async def test_what_is_ordered_behind_a_list_is_no_part_of_it() -> None:
    made = await verdict_of("remind all open bills except 811 and cancel visit 705", "vet")
    assert isinstance(made, Plan)
    assert [step.action for step in made.steps] == ["vet.remind_bill", "vet.remind_bill", "vet.cancel_visit"]


@pytest.mark.parametrize(
    "text",
    [
        "remind all open bills without telling Greta",
        "remind all open bills but one",
    ],
)
async def test_who_is_to_be_spared_is_not_whom_it_is_for(text: str) -> None:
    asked = await verdict_of(text, "vet")
    assert isinstance(asked, Question)
    assert "bill 811" not in asked.text


@pytest.mark.parametrize(
    "text",
    [
        "remind all open bills but will's",
        "renew all prescriptions but pepper by 4 weeks",
        "cancel all booked visits but pepper",
        "cancel all booked visits but omar is ill",
    ],
)
async def test_who_may_be_left_out_is_asked_about(text: str) -> None:
    assert isinstance(await verdict_of(text, "vet"), Question)


async def test_an_order_behind_all_but_leaves_nobody_out() -> None:
    made = await verdict_of("cancel all booked visits but tell greta that she may call", "vet")
    assert isinstance(made, Plan)
    assert [step.action for step in made.steps] == [*["vet.cancel_visit"] * 4, "vet.text_client"]


async def test_a_tie_at_the_end_of_several_is_asked_about() -> None:
    tied = await verdict_of("mark the four oldest planned parcels as packed", "foodbank")
    assert isinstance(tied, Question)
    assert tied.text.startswith("Which 4 do you mean? Some share the last place:")
    made = await calls_of("mark the three oldest planned parcels as packed", "foodbank")
    assert [each["parcel_id"] for each in made] == [3001, 3003, 3005]
