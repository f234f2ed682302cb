"""Times of questions as their verb tells them, and places in a line ("second biggest")."""

from __future__ import annotations

import pytest

from agent.pipeline import Reply
from tests.unit.agent.resolve.rules.grammar.questions.test_questions import ids
from tests.unit.dairy import ask_dairy


async def find_ids(text: str) -> list[str]:
    verdict = (await ask_dairy(text)).verdict
    return ids(verdict if isinstance(verdict, Reply) else None)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("which coupons expire within 30 days", ["61"]),
        ("which coupons expire after october", ["61"]),
        ("which orders were ordered before march", []),
        ("who joined before june", ["1", "2", "3"]),
        ("which orders were ordered since 29 february", ["3001", "3002", "3003", "3004", "3005"]),
    ],
)
async def test_a_time_without_its_year_is_as_the_verb_tells(text: str, found: list[str]) -> None:
    assert sorted(await find_ids(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("which is the second biggest order", ["3003"]),
        ("what is the third biggest order", ["3004"]),
        ("who is the second newest buyer", ["2"]),
    ],
)
async def test_a_place_in_the_line_counts_from_the_end_that_is_said(text: str, found: list[str]) -> None:
    assert await find_ids(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [("how many orders did we have this week", ["3005"]), ("which claims did we open on sunday", ["53"])],
)
async def test_what_was_done_is_over(text: str, found: list[str]) -> None:
    assert await find_ids(text) == found
