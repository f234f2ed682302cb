"""What a model sets aside stays so where its form allows it, is shown on the card, and is asked about elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question
from tests.unit.own_worlds import came_of, find, number, plan, said

LOAN = {"action": "renew_loan", "loan_id": find("loan", "502"), "days": number(7, "7 days", "days")}
FINE = {"action": "waive_fine", "fine_id": find("fine", "F-231"), "amount": None}


async def verdict_of(text: str, step: dict[str, Any], *asides: str, role: str = "background") -> Any:
    rest = [{"quote": each, "is": role} for each in asides]
    return (await said(text, {"understood": "", "result": plan(step), "rest": rest}, "lending")).verdict


@pytest.mark.parametrize(
    ("text", "step", "aside"),
    [
        ("waive F-231, the shutter is stuck at hers", FINE, "the shutter is stuck at hers"),
        ("waive F-231, Ines makes the best jam in town", FINE, "Ines makes the best jam in town"),
        ("letters to her come back to us, waive F-231", FINE, "letters to her come back to us"),
        ("waive F-231, I'll ring her about it on Friday", FINE, "I'll ring her about it on Friday"),
        ("the bench is only half built, so renew loan 502 by 7 days", LOAN, "the bench is only half built"),
        ("renew loan 502 by 7 days, he couldn't carry it home last week", LOAN, "he couldn't carry it home last week"),
        ("I don't know what I need to write to her, waive F-231", FINE, "I don't know what I need to write to her"),
        ("waive F-231, that bill should never have been written", FINE, "that bill should never have been written"),
    ],
)
async def test_a_statement_that_is_set_aside_stays_aside_and_holds_the_card(
    text: str, step: dict[str, Any], aside: str
) -> None:
    made = await verdict_of(text, step, aside)
    assert isinstance(made, Plan), made


@pytest.mark.parametrize(
    ("text", "step", "aside"),
    [
        ("waive F-231, but ring her first", FINE, "but ring her first"),
        ("waive F-231, keep the card for her mother", FINE, "keep the card for her mother"),
        ("if the board agrees, waive F-231", FINE, "if the board agrees"),
        ("waive F-231 as soon as the board has met", FINE, "as soon as the board has met"),
        ("waive F-231, her brother will bring the rest", FINE, "her brother will bring the rest"),
        ("waive F-231, she has to bring cake", FINE, "she has to bring cake"),
        ("renew loan 502 by 7 days together with Hugo", LOAN, "together with Hugo"),
        ("renew loan 502 by 7 days for a deposit", LOAN, "for a deposit"),
        ("renew loan 502 by 7 days when the rain is over", LOAN, "when the rain is over"),
        ("waive F-231, two of three", FINE, "two of three"),
        ("waive F-231, without a letter", FINE, "without a letter"),
    ],
)
async def test_what_reads_like_an_order_or_a_limit_is_asked_about_though_set_aside(
    text: str, step: dict[str, Any], aside: str
) -> None:
    made = await verdict_of(text, step, aside)
    assert isinstance(made, Question), made
    assert aside.removeprefix("but ") in made.text


async def test_a_number_that_is_set_aside_without_a_statement_is_asked_about() -> None:
    assert isinstance(await verdict_of("three days long, waive F-231", FINE, "three days long"), Question)


async def test_manners_may_stand_within_the_order_and_count_in_words() -> None:
    assert isinstance(await verdict_of("waive F-231, thx a million", FINE, "thx a million", role="manners"), Plan)
    assert isinstance(await verdict_of("waive F-231 3 times", FINE, "3 times", role="manners"), Question)


async def test_one_that_stays_is_an_exception_of_a_set_alone() -> None:
    every = {"action": "waive_fine", "fine_id": find("fine", None, pick="all"), "amount": None}
    assert isinstance(await verdict_of("waive F-231, Hugo's stays as it is", FINE, "Hugo's stays as it is"), Plan)
    made = await verdict_of("waive all the fines, Hugo's stays as it is", every, "Hugo's stays as it is")
    assert isinstance(made, Question), made


@pytest.mark.parametrize(
    ("text", "stands"),
    [
        ("renew loan 502 by 7 days, that's the long one, not the short one", True),
        ("renew loan 502 by 7 days, not him", False),
        ("renew loan 502 by 7 days, not by phone", False),
        ("renew loan 502 by 7 days, not yet", False),
    ],
)
async def test_a_contrast_says_what_is_not_meant_and_changes_nothing(text: str, stands: bool) -> None:
    head = text.rpartition(", ")[2]
    made = await verdict_of(text, LOAN, head, *(["that's the long one"] if stands else []))
    assert isinstance(made, Plan if stands else Question), made


async def test_who_lists_no_word_at_all_is_taken_to_say_nothing_of_them() -> None:
    text = "renew loan 502 by 7 days together with Hugo's lamp"
    assert isinstance((await came_of(text, plan(LOAN))).verdict, Question)


async def test_who_lists_what_is_left_says_of_the_other_words_that_the_plan_expresses_them() -> None:
    text = "good news for once. loan 502 can run on by 7 days"
    assert isinstance(await verdict_of(text, LOAN, "good news for once", role="manners"), Plan)


@pytest.mark.parametrize(
    ("text", "aside", "stands"),
    [
        (
            "Ines broke her leg, she'll be off till March. waive F-231",
            "Ines broke her leg, she'll be off till March",
            True,
        ),
        ("waive F-231. No, better wait for what Piet says", "No, better wait for what Piet says", False),
        ("waive F-231, or does she want it otherwise", "or does she want it otherwise", False),
        ("Ines says it will be paid on Friday. waive F-231", "Ines says it will be paid on Friday", False),
        ("three floors, no witness. waive F-231", "three floors, no witness", False),
        ("three floors of it. waive F-231", "three floors of it", False),
        ("we waive such things, two of three. waive F-231", "two of three", False),
    ],
)
async def test_a_sentence_before_the_order_that_tells_something_is_no_part_of_it(
    text: str, aside: str, stands: bool
) -> None:
    assert isinstance(await verdict_of(text, FINE, aside), Plan if stands else Question)
