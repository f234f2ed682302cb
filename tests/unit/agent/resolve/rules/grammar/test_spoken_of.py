"""What "it", "the bigger one" and "the amount of" speak of, read without a model."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, Reply
from tests.unit.agent.resolve.rules.grammar.test_directions import calls_of, verdict_of


@pytest.mark.parametrize(
    "text", ["don't cancel 805 yet, just assign it to Bruno", "don't cancel 805, give it to Bruno instead"]
)
async def test_what_is_left_alone_in_one_way_is_meant_in_the_next(text: str) -> None:
    made = await verdict_of(text, "garage")
    assert isinstance(made, Plan | Question)
    assert "job 805" in (made.steps[0].preview if isinstance(made, Plan) else made.text)


@pytest.mark.parametrize(
    ("text", "fee"),
    [
        ("chase the bigger one of Joris Maes's two fees", 411),
        ("write off the smaller one of Joris's fees", 414),
        ("write off the smaller of Joris's fees", 414),
    ],
)
async def test_one_of_two_is_told_by_how_it_compares(text: str, fee: int) -> None:
    assert await calls_of(text, "riding") == [{"fee_id": fee}]


async def test_one_of_several_that_nothing_tells_apart_is_asked_for() -> None:
    assert isinstance(await verdict_of("write off one of Joris's fees", "riding"), Question)


@pytest.mark.parametrize("whole", ["the amount of R-5106", "the amount of invoice R-5106"])
async def test_an_amount_is_that_of_a_record_by_its_number(whole: str) -> None:
    made = await calls_of(f"knock {whole} off R-5104", "garage")
    assert [(each["invoice_id"], each["amount"]) for each in made] == [(904, 7900)]


@pytest.mark.parametrize(("number", "yes"), [("R-5101", "yes"), ("R-5102", "no")])
async def test_whether_something_has_been_done_is_answered(number: str, yes: str) -> None:
    made = await verdict_of(f"has {number} already been paid?", "garage")
    assert isinstance(made, Reply)
    assert made.values == (yes,)
