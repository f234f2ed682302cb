"""Conditions and questions about a record at a position, and orders with "but not if"."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, Refusal, Reply
from tests.unit.agent.resolve.rules.grammar.test_directions import calls_of, verdict_of


@pytest.mark.parametrize(
    "text",
    [
        "resend Marcus Webb's last invoice if it isn't paid",
        "resend Marcus Webb's last invoice unless it's paid",
        "resend Marcus Webb's last invoice, but not if it's paid",
        "resend Marcus Webb's last invoice if it was issued in November",
        "resend R-5102 but not if it is paid",
        "resend R-5102 not if it's overdue",
    ],
)
async def test_an_order_waits_on_the_state_of_the_record_itself(text: str) -> None:
    assert await calls_of(text, "garage") == [{"invoice_id": 902}]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("resend Marcus Webb's last invoice if it's paid", "R-5102 is open, not paid"),
        ("resend Owen Price's last invoice unless it's overdue", "R-5104 is overdue"),
        ("resend R-5101 but not if it's paid", "R-5101 is paid"),
        (
            "resend Marcus Webb's last invoice if it was issued in October",
            "R-5102 (issued on 19 Nov 2026, not in October 2026)",
        ),
        # "It" is the bill. Its owner has been a customer since another day.
        ("resend Owen Price's last invoice if it is paid", "R-5104 is overdue, not paid"),
    ],
)
async def test_nothing_is_done_where_that_record_is_otherwise(text: str, told: str) -> None:
    verdict = await verdict_of(text, "garage")
    assert isinstance(verdict, Refusal), verdict
    assert (verdict.code, verdict.detail) == ("condition_unmet", f"Nothing was done: {told}.")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("is Marcus Webb's last invoice paid?", "No: R-5102 is open, not paid."),
        ("is Owen Price's last invoice overdue?", "Yes: R-5104 is overdue."),
        ("is Owen Price's last invoice still unpaid?", "Yes: R-5104 is overdue."),
    ],
)
async def test_a_record_at_a_position_is_asked_about(text: str, answer: str) -> None:
    verdict = await verdict_of(text, "garage")
    assert isinstance(verdict, Reply), verdict
    assert verdict.text == answer


async def test_it_is_nobody_where_the_order_is_about_a_thing() -> None:
    it, he = [
        await verdict_of(f"move Sean Brannigan's parcel to Friday if {each} is active", "foodbank")
        for each in ("it", "he")
    ]
    assert isinstance(it, Question), it
    assert isinstance(he, Plan), he


async def test_a_deed_that_has_not_been_done_is_a_state() -> None:
    assert await calls_of("resend R-5104 if it hasn't paid", "garage") == [{"invoice_id": 904}]
    made = await verdict_of("resend R-5101 if it hasn't paid", "garage")
    assert isinstance(made, Refusal), made
    made = await verdict_of("has job 804 collected", "garage")
    assert isinstance(made, Reply), made
    assert made.text.startswith("No: job 804")
