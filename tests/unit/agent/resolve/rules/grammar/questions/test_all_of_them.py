"""Questions whether all of a set are so: yes only if all are, and those that aren't are told."""

from __future__ import annotations

import pytest

from agent.pipeline import Reply
from tests.unit.own_worlds import read_words, world


async def ask(text: str, name: str) -> object:
    return await read_words(text, world(name))


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        ("are all fees paid?", "riding", "No: 3 unpaid fees"),
        ("are all horses fit?", "riding", "No: 2 horses (not fit)"),
        ("is every lesson ridden?", "riding", "No: 5 lessons (not ridden)"),
        ("are both lessons of Samir planned?", "riding", "No: 1 lesson of Samir Haddad (not planned)"),
        ("are all loans back?", "lending", "No: 4 loans (not back)"),
        ("are all rooms ready?", "hotel", "No: 9 rooms (not ready)"),
        ("are all fees of Pilar paid?", "riding", "Yes"),
        ("are any fees paid?", "riding", "Yes: 2 paid fees"),
    ],
)
async def test_yes_is_said_only_where_all_are_so(text: str, name: str, told: str) -> None:
    verdict = await ask(text, name)
    assert isinstance(verdict, Reply), verdict
    assert verdict.text.startswith(told), verdict.text


async def test_what_cannot_be_turned_is_not_answered_for_some() -> None:
    verdict = await ask("have all members paid?", "lending")
    assert not (isinstance(verdict, Reply) and verdict.text.startswith("Yes")), verdict
