"""Why something is done, read without a model, in the words of the whole clause that tells it."""

from __future__ import annotations

import pytest

from agent.pipeline import Question
from tests.unit.agent.resolve.rules.grammar.test_directions import calls_of, verdict_of


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("scrap the tile cutter, she asked for it twice", "she asked for it twice"),
        ("scrap the tile cutter - it broke after a week", "it broke after a week"),
        ("scrap the tile cutter for rust", "rust"),
        ("scrap the tile cutter, please, for its rust", "its rust"),
        ("scrap the tile cutter because of rust", "rust"),
        ("scrap the tile cutter for its rust and noise", "its rust and noise"),
        ("scrap the tile cutter because they drop and bend it", "they drop and bend it"),
    ],
)
async def test_a_clause_that_tells_why_is_the_reason_as_a_whole(text: str, why: str) -> None:
    assert [each["reason"] for each in await calls_of(text, "lending")] == [why]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("scrap the tile cutter for its rust and apologise to Ruth", "‘apologise to Ruth’"),
        ("scrap the tile cutter for its rust and say sorry", "say sorry’"),
        ("scrap the tile cutter for its rust and comfort her", "‘comfort her’"),
    ],
)
async def test_another_order_behind_a_reason_is_no_part_of_it(text: str, left: str) -> None:
    asked = await verdict_of(text, "lending")
    assert isinstance(asked, Question)
    assert left in asked.text


@pytest.mark.parametrize(
    "text",
    [
        "scrap the tile cutter, leave the lamp alone",
        "scrap the tile cutter, forget the lamp",
        "scrap the tile cutter, the lamp being an exception",
        "scrap the tile cutter, just not for the lamp",
    ],
)
async def test_what_leaves_something_out_is_no_reason(text: str) -> None:
    asked = await verdict_of(text, "lending")
    assert isinstance(asked, Question)


@pytest.mark.parametrize("how_long", ["for a while", "for the time being", "for the present", "for a bit"])
async def test_for_how_long_is_no_reason(how_long: str) -> None:
    asked = await verdict_of(f"scrap the tile cutter {how_long}", "lending")
    assert isinstance(asked, Question), asked
