"""What somebody may or must do is an order too where it is joined to one: it becomes a call, or is asked about in its
own words. Reasons, states and what is told to somebody are none."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question
from agent.validate.questions import REST
from tests.unit.agent.resolve.rules.grammar.test_only_told import calls_of, verdict_of
from tests.unit.own_worlds import came_of, find, number, plan

RAISED = ("set_level", {"rider_id": 15, "level": "intermediate"})
WAIVED = ("write_off", {"fee_id": 412})


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        ("Lotte may jump again, and move her to intermediate", "riding", "may jump again"),
        ("Lotte Berg can ride outside again and move her to intermediate", "riding", "can ride outside again"),
        ("she may jump again, and move Lotte to intermediate", "riding", "she may jump again"),
        ("Lotte should help in the stable, then move her to intermediate", "riding", "should help in the stable"),
        ("Lotte has to bring her own helmet, also move her to intermediate", "riding", "has to bring her own helmet"),
        ("Lotte must be weighed plus move her to intermediate", "riding", "must be weighed"),
        ("Lotte should be able to jump again, and move her up to intermediate", "riding", "able to jump again"),
        ("Lotte may jump again, and could you please move her to intermediate", "riding", "may jump again"),
        ("Thunder may go out again, and write off fee 412", "riding", "Thunder may go out again"),
        ("move Lotte to intermediate and Lotte may jump again", "riding", "may jump again"),
        ("Samir may jump again, and move Lotte to intermediate", "riding", "Samir may jump again"),
        ("Sean Brannigan may come back, and set his diet to halal", "foodbank", "may come back"),
        ("Amelia can keep the room, and waive charge 9002", "hotel", "Amelia can keep the room"),
        ("the suite can be cleaned now, and waive charge 9002", "hotel", "the suite can be cleaned now"),
        ("the car has to stay here, and resend R-5104", "garage", "the car has to stay here"),
        ("Pepper can go home, and move visit 701 to friday", "vet", "Pepper can go home"),
        ("Ines may borrow two things now, and waive F-231", "lending", "Ines may borrow two things now"),
    ],
)
async def test_what_somebody_may_or_must_do_is_asked_about_if_no_action_does_it(
    text: str, name: str, told: str
) -> None:
    asked = await verdict_of(text, name)
    assert isinstance(asked, Question), asked
    assert asked.slot == REST
    assert told in asked.text


async def test_the_question_keeps_the_values_of_the_duty_out_of_the_order() -> None:
    asked = await verdict_of("Ines may borrow two things now, and waive F-231", "lending")
    assert isinstance(asked, Question)
    assert "Amount: 9.00 EUR" in asked.text


@pytest.mark.parametrize(
    ("text", "name", "calls"),
    [
        ("Lotte should move to intermediate, and write off fee 412", "riding", [RAISED, WAIVED]),
        ("Lotte can be promoted to intermediate and write off fee 412", "riding", [RAISED, WAIVED]),
        (
            "Lotte should go to intermediate, and message her: well done",
            "riding",
            [RAISED, ("message_rider", {"rider_id": 15, "text": "well done"})],
        ),
        (
            "lesson 606 must be moved to friday, and write off fee 412",
            "riding",
            [("move_lesson", {"lesson_id": 606, "day": "2026-11-27"}), WAIVED],
        ),
        (
            "Samir should go to advanced and Lotte should go to intermediate, and write off fee 412",
            "riding",
            [("set_level", {"rider_id": 14, "level": "advanced"}), RAISED, WAIVED],
        ),
        (
            "the tile cutter should go to the cellar, and waive F-233",
            "lending",
            [
                ("set_shelf", {"item_id": 103, "shelf": "cellar"}),
                ("waive_fine", {"fine_id": 33, "amount": 2400, "currency": "EUR"}),
            ],
        ),
    ],
)
async def test_what_somebody_may_or_must_do_becomes_a_call_if_an_action_does_it(
    text: str, name: str, calls: list[tuple[str, dict[str, Any]]]
) -> None:
    assert await calls_of(text, name) == calls


@pytest.mark.parametrize(
    "text",
    [
        "Lotte can't jump, move her to intermediate",
        "Lotte can not jump, and move her to intermediate",
        "Lotte can jump now so move her to intermediate",
        "because Lotte may jump again, move her to intermediate",
        "we can talk tomorrow, and move Lotte to intermediate",
        "Lotte may need more time, and move her to intermediate",
        "Lotte should have told us, and move her to intermediate",
        "Lotte called, and move her to intermediate",
        "Lotte should move to intermediate",
    ],
)
async def test_a_reason_or_a_state_before_an_order_is_no_order(text: str) -> None:
    assert await calls_of(text, "riding") == [RAISED]


async def test_what_somebody_is_to_be_told_is_not_passed_over() -> None:
    asked = await verdict_of("tell Lotte how high to jump, and move her to intermediate", "riding")
    assert isinstance(asked, Question)
    assert asked.text == "What shall it say?"


@pytest.mark.parametrize(
    ("text", "name", "call"),
    [
        (
            "message Lotte: you may jump again, and bring your helmet",
            "riding",
            ("message_rider", {"rider_id": 15, "text": "you may jump again, and bring your helmet"}),
        ),
        (
            "message Greta: Pepper must eat light food, and bring the pills",
            "vet",
            ("text_client", {"client_id": 1, "text": "Pepper must eat light food, and bring the pills"}),
        ),
        ("fee 411 can wait, and write off fee 412", "riding", WAIVED),
        ("Amelia may still park here, and waive charge 9002", "hotel", ("waive_charge", {"charge_id": 9002})),
        ("Owen needs a new key, and resend R-5104", "garage", ("resend_invoice", {"invoice_id": 904})),
    ],
)
async def test_what_is_told_to_somebody_or_stays_as_it_is_is_no_order(
    text: str, name: str, call: tuple[str, dict[str, Any]]
) -> None:
    assert await calls_of(text, name) == [call]


def raised(quote: str) -> dict[str, Any]:
    level = {"value": "intermediate", "quote": "intermediate"}
    return {"action": "set_level", "rider_id": find("rider", quote), "level": level}


WAIVE = {"action": "write_off", "fee_id": find("fee", "412")}
REST_HORSE = {"action": "rest_horse", "horse_id": find("horse", "Thunder"), "days": number(2, "2", "day")}


async def test_a_model_that_passes_over_what_somebody_may_do_is_asked_about_it() -> None:
    text = "Lotte may jump again, and promote her to intermediate"
    made = (await came_of(text, plan(raised("Lotte")), "riding")).verdict
    assert isinstance(made, Question)
    assert (made.slot, "may jump again" in made.text) == (REST, True)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("Thunder must stand for 2 days, and promote Lotte to intermediate", [REST_HORSE, raised("Lotte")]),
        ("fee 412 can go, and promote Lotte to intermediate", [WAIVE, raised("Lotte")]),
        ("Lotte has to be promoted, and promote her to intermediate", [raised("Lotte")]),
    ],
)
async def test_a_call_for_what_somebody_may_or_must_do_accounts_for_it(text: str, steps: list[dict[str, Any]]) -> None:
    made = (await came_of(text, plan(*steps), "riding")).verdict
    assert isinstance(made, Plan), made
