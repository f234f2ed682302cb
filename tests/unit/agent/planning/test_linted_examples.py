"""A linter's advice about examples that aren't read as their own action."""

from __future__ import annotations

from typing import Any

from agent.planning.own_examples import find_misread_examples
from registry.contract import parse
from tests.unit.office import CONTRACTS, OFFICE

KINDS = tuple(OFFICE.context(OFFICE.provider({})).kinds)


async def advise(**changed: list[str]) -> list[tuple[str, str]]:
    """The advice about the office's contracts with other examples for some of them."""
    values: list[dict[str, Any]] = [
        {**each, "examples": changed.get(each["name"].partition(".")[2], each["examples"])} for each in CONTRACTS
    ]
    return [(each.pointer, each.detail) for each in await find_misread_examples([*map(parse, values)], KINDS)]


async def test_examples_that_are_understood_need_no_advice() -> None:
    assert await advise() == []


async def test_an_example_that_is_read_as_nothing_is_told_with_its_place_and_what_to_do() -> None:
    ((where, text),) = await advise(drop_visit=["Ada isn't showing up after all", "it is so"])
    assert where == "/actions/2/examples/1"
    assert text.startswith("“it is so” is read as nothing. Word it with the action's own verb")


async def test_an_example_without_any_value_is_told() -> None:
    ((_, text),) = await advise(drop_visit=["it was struck off"])
    assert text.startswith("“it was struck off” gives none of the action's values")


async def test_an_example_that_two_actions_have_leads_to_a_question() -> None:
    found = await advise(sign_in=["sign Clay up"], sign_out=["sign Ada up"])
    assert [where for where, _ in found] == ["/actions/0/examples/0", "/actions/1/examples/0"]
    assert all("“Sign a visitor in” (office.sign_in)" in text and "Tell " in text for _, text in found)
