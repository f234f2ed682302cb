"""Kept wishes: what an order says is not to be done, and isn't, is neither asked about nor told as left out."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question
from tests.unit.agent.validate.coverage.test_modifiers import RENEW, WAIVE, verdict_of
from tests.unit.own_worlds import came_of, find, plan, read_words, world

THEIRS = find("loan", None, {"belongs_to": find("member", "Ruth Meyer")})


@pytest.mark.parametrize(
    ("text", "step", "kept"),
    [
        ("waive F-231, nothing else", WAIVE, "nothing else"),
        ("waive F-231, and certainly no renewal", WAIVE, "no renewal"),
        ("don't scrap it, waive F-231", WAIVE, "don't scrap it"),
        ("renew loan 502 by 7 days but leave the fine alone", RENEW, "leave the fine alone"),
    ],
)
async def test_what_is_not_done_keeps_to_the_wish(text: str, step: dict[str, object], kept: str) -> None:
    made = await verdict_of(text, step)
    assert isinstance(made, Plan), made
    assert made.held == (f"This keeps to ‘{kept}’.",)


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("waive F-231 and leave the towing as it is", WAIVE),  # perhaps a part of it
        ("don't scrap Ruth Meyer's loan", {**RENEW, "loan_id": THEIRS, "days": None}),  # nothing else is ordered
        ("don't scrap or waive it, F-231", WAIVE),
        ("don't scrap it and waive F-231", WAIVE),
        ("don't scrap it, renew it or waive F-231", WAIVE),
    ],
)
async def test_what_may_narrow_or_deny_the_order_is_asked_about(text: str, step: dict[str, object]) -> None:
    assert isinstance(await verdict_of(text, step), Question)


async def test_what_the_action_itself_does_is_not_kept_by_it() -> None:
    out = {"action": "check_out", "booking_id": find("booking", "5004")}
    made = (await came_of("check out 5004, but don't close the room", plan(out), "hotel")).verdict
    assert isinstance(made, Question), made  # it closes the stay


async def test_the_card_of_what_cant_be_undone_says_what_it_keeps_to() -> None:
    made = await read_words("cancel 5009, don't charge him", world("hotel"))
    assert isinstance(made, Plan), made
    assert "This keeps to ‘don't charge him’." in made.held
