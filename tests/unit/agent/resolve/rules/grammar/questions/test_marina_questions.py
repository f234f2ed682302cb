"""Questions about a platform that no rule has seen, in what its fields, states and relations are called."""

from __future__ import annotations

import pytest

from agent.pipeline import Reply
from tests.unit.marina import ask_marina


async def told(text: str) -> list[str]:
    verdict = (await ask_marina(text)).verdict
    assert isinstance(verdict, Reply), verdict
    return sorted(each.id for each in verdict.records)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("who hasn't paid october", ["63"]),
        ("who hasn't paid for this month", ["62"]),
        ("which skippers haven't paid their november toll", ["62"]),
        ("which jobs haven't got anybody on them yet", ["903"]),
        ("which jobs have nobody on them", ["903"]),
        ("what checks are on tomorrow", ["902"]),
        ("any checks on thursday?", ["901"]),
        ("whose permits run out before new year", ["61"]),  # one is over already
        ("I need to know whose permits run out before new year, so I can call them", ["61"]),
        ("jobs filed since sunday - list them please", ["902", "903"]),  # whatever became of them since
        ("who lives at Old Mole 1", ["62", "63"]),
        ("who can weld", ["71", "73"]),
        ("who is here and can weld", ["71"]),
        ("who's off", ["73"]),
        ("does Greta have dogs?", ["61"]),
        ("until when is Greta's permit", ["61"]),
        ("since when is Ravi with us", ["62"]),
        ("cheapest free berth", ["32"]),
    ],
)
async def test_fields_states_and_relations_tell_what_is_asked(text: str, found: list[str]) -> None:
    assert await told(text) == found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("hull paint left?", "14"),
        ("total unpaid toll across the board, please", "8500"),
    ],
)
async def test_amounts_are_those_of_the_field_that_is_called_so(text: str, value: str) -> None:
    verdict = (await ask_marina(text)).verdict
    assert isinstance(verdict, Reply), verdict
    assert value in verdict.text
