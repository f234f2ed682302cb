"""Spared records: what a clause of an order leaves as it is."""

from __future__ import annotations

import pytest

from tests.unit.agent.resolve.rules.grammar.test_follow_ups import plan


@pytest.mark.parametrize(
    "text",
    [
        "leave B-102 alone, extend B-103 by 2 nights",
        "keep stay B-102 as it is and extend stay B-103 by 2 nights",
        "extend B-103 by 2 nights, skip B-102",
        "leave B-102 and B-101, extend B-103 by 2 nights",
    ],
)
async def test_a_record_that_is_left_as_it_is_is_not_the_one_that_is_changed(text: str) -> None:
    made = await plan(text)
    assert [call.arguments["stay"].reference.said.text for call in made.calls] == ["B-103"]
