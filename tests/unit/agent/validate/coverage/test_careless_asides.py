"""Words that a resolver calls asides: a careless one never has words of weight passed over by that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from agent.pipeline import Plan, Question
from tests.unit.own_worlds import find, plan, said


def waive(code: str) -> dict[str, Any]:
    return {"action": "waive_fine", "fine_id": find("fine", code), "amount": None}


async def verdict_of(text: str, asides: Sequence[str], role: str, *codes: str) -> Any:
    answer = {
        "understood": "",
        "result": plan(*(waive(each) for each in codes or ("F-231",))),
        "rest": [{"quote": each, "is": role} for each in asides],
    }
    return (await said(text, answer, "lending")).verdict


@pytest.mark.parametrize(
    ("text", "aside"),
    [
        ("Her mother died, so waive F-231", "Her mother died"),
        ("waive F-231, her mother died on Monday", "her mother died on Monday"),
        ("waive F-231, she moved out two weeks ago", "she moved out two weeks ago"),
        ("waive F-231 because of the flood on Sunday", "because of the flood on Sunday"),
        ("waive F-231, the hall is closed next week", "the hall is closed next week"),
        ("waive F-231, what a mess", "what a mess"),
    ],
)
async def test_what_tells_how_things_are_stays_aside(text: str, aside: str) -> None:
    assert isinstance(await verdict_of(text, [aside], "background"), Plan)


@pytest.mark.parametrize("role", ["background", "manners"])
@pytest.mark.parametrize(
    ("text", "aside"),
    [
        ("waive F-231 tomorrow", "tomorrow"),
        ("waive F-231, on Sunday", "on Sunday"),
        ("waive F-231, next week", "next week"),
        ("waive F-231, Sunday would be fine", "Sunday would be fine"),
        ("waive F-231, a quarter is enough", "a quarter is enough"),
        ("waive a quarter of F-231", "a quarter"),
        ("waive three euros of F-231", "three euros"),
        ("waive F-231 partly", "partly"),
        ("waive F-231, pending a check", "pending a check"),
        ("waive F-231, but only once Ruth has written back", "but only once Ruth has written back"),
        ("waive F-231, backdated to last month", "backdated to last month"),
        ("waive F-231, not the entire sum", "not the entire sum"),
        ("waive F-231, not everything", "not everything"),
        ("waive F-231? no", "no"),
        ("waive F-231, could you also scrap the ladder", "could you also scrap the ladder"),
        ("Ruth fell. Waive a quarter of F-231", "Ruth fell. Waive a quarter of F-231"),
    ],
)
async def test_what_may_change_the_order_is_asked_about_whatever_it_is_called(text: str, aside: str, role: str) -> None:
    assert isinstance(await verdict_of(text, [aside], role), Question)


async def test_as_what_something_is_given_is_no_reason() -> None:
    assert isinstance(await verdict_of("waive F-231 as a favour to Ruth", ["as a favour to Ruth"], "reason"), Question)
    assert isinstance(await verdict_of("waive F-231 as she moved away", ["as she moved away"], "reason"), Plan)


async def test_words_beside_an_order_are_shown_where_other_words_are_set_aside() -> None:
    made = await verdict_of("waive F-231 in vouchers, she was ill", ["she was ill"], "reason")
    assert isinstance(made, Plan)
    assert made.held == (
        "‘in vouchers’ is taken to say this: check that nothing is missing.",
        "Check that nothing is missing: you also wrote ‘she was ill’.",
    )


async def test_words_beside_an_order_are_asked_about_along_with_what_is_left_over() -> None:
    rest = [{"quote": "on Sunday", "is": "left over"}]
    answer = {"understood": "", "result": plan(waive("F-231")), "rest": rest}
    made = (await said("waive F-231 in vouchers, on Sunday", answer, "lending")).verdict
    assert isinstance(made, Question)
    assert "‘on Sunday’ and ‘in vouchers’, and I can't do those parts" in made.text


@pytest.mark.parametrize("order", ["and scrap the belt sander", "and email them both", "and charge Ruth"])
async def test_a_further_order_is_asked_about_where_other_words_are_set_aside(order: str) -> None:
    text = f"waive F-231, waive F-233 {order}. She was ill"
    assert isinstance(await verdict_of(text, ["She was ill"], "reason", "F-231", "F-233"), Question)


async def test_an_aside_without_words_is_none() -> None:
    made = await verdict_of("waive F-231 quietly", ["", "  "], "background")
    assert isinstance(made, Question)
    assert "‘quietly’" in made.text


@pytest.mark.parametrize(
    "said", ["tomorrow please", "next time", "another day", "sorry not yet", "fifty percent please"]
)
async def test_when_and_how_much_are_no_courtesy(said: str) -> None:
    assert isinstance(await verdict_of(f"waive F-231, {said}", [], "manners"), Question)


async def test_what_the_model_itself_leaves_over_is_asked_about_beside_asides() -> None:
    rest = [{"quote": "lovely weather", "is": "manners"}, {"quote": "alongside Piet", "is": "left over"}]
    answer = {"understood": "", "result": plan(waive("F-231")), "rest": rest}
    made = (await said("lovely weather. waive F-231 alongside Piet", answer, "lending")).verdict
    assert isinstance(made, Question), made
    assert "alongside Piet" in made.text
