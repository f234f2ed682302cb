"""Orders in somebody else's words wait for a person, and who gives them gets nothing by that."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan
from tests.unit.own_worlds import read_words, world


async def plan(text: str, name: str = "riding") -> Plan:
    verdict = await read_words(text, world(name))
    assert isinstance(verdict, Plan), verdict
    return verdict


@pytest.mark.parametrize(
    "told",
    [
        "Annika Berg says: ",
        "Annika said: ",
        "Annika wrote: ",
        "the stable owner told us: ",
        "Good morning. She wrote to me: ",
        "Annika texts: ",
    ],
)
async def test_an_order_in_somebody_elses_words_waits_and_is_for_whom_it_names(told: str) -> None:
    made = await plan(f"{told}top up Joris Maes by 30 EUR")
    assert {each.param: each.value for each in made.steps[0].filled}["rider_id"] == 12
    assert any("somebody else's words" in why for why in made.held), made.held


@pytest.mark.parametrize("told", ["", "I said: ", "next: ", "the boss is in: "])
async def test_an_order_of_the_person_who_types_is_nobody_elses(told: str) -> None:
    made = await plan(f"{told}top up Joris Maes by 30 EUR")
    assert {each.param: each.value for each in made.steps[0].filled}["rider_id"] == 12
    assert not any("somebody else's words" in why for why in made.held)
    assert bool(made.held) == bool(told), "what stands beside the order is shown"


@pytest.mark.parametrize(
    ("text", "waits"),
    [
        ("top up Joris Maes by 30 EUR, says Annika", True),
        ("top up Joris Maes by 30.50 EUR, Annika asks.", True),
        ("top up joris maes by 30 eur, says annika", True),
        ("top up Joris Maes by 30 EUR, says the stable owner", True),
        ("top up Joris Maes by 30 EUR, please", False),
    ],
)
async def test_who_gives_an_order_may_be_told_behind_it(text: str, waits: bool) -> None:
    made = await plan(text)
    assert {each.param: each.value for each in made.steps[0].filled}["rider_id"] == 12
    assert any("somebody else's words" in why for why in made.held) is waits, made.held


@pytest.mark.parametrize("text", ["we are closed, says the vet", "I call back, Annika says"])
async def test_a_message_keeps_who_says_something_in_it(text: str) -> None:
    made = await plan(f"write to Joris Maes: {text}")
    assert {each.param: each.value for each in made.steps[0].filled}["text"] == text


@pytest.mark.parametrize(("verb", "waits"), [("hand", True), ("top up", False)])
async def test_money_moves_at_once_only_where_a_word_names_the_action(verb: str, waits: bool) -> None:
    made = await plan(f"{verb} Joris Maes 30 EUR")
    assert made.steps[0].action == "riding.top_up"
    assert any("don't name this action" in why for why in made.held) is waits, made.held


async def test_who_speaks_of_themselves_is_meant() -> None:
    made = await plan("Joris Maes says: top me up by 30 EUR")
    assert {each.param: each.value for each in made.steps[0].filled}["rider_id"] == 12
    assert made.held


@pytest.mark.parametrize(
    ("text", "waits"),
    [
        ("Annika says move lesson 601 to Saturday", True),
        ("Annika said, move lesson 601 to Saturday", True),
        ("Annika is ill, move lesson 601 to Saturday", False),
        ("Annika asks us to move lesson 601 to Saturday", False),
    ],
)
async def test_an_order_behind_a_verb_of_saying_is_somebody_elses(text: str, waits: bool) -> None:
    made = await plan(text)
    assert {each.param: each.value for each in made.steps[0].filled}["lesson_id"] == 601
    assert any("somebody else's words" in why for why in made.held) is waits, made.held


@pytest.mark.parametrize(
    "text",
    [
        "move lesson 602 to Saturday\nwrite off fee 411",
        "move lesson 602 to Saturday.\n\nwrite off fee 411.",
        "please move lesson 602 to Saturday\n  and write off fee 411",
    ],
)
async def test_an_order_on_a_line_of_its_own_is_one_of_several(text: str) -> None:
    made = await plan(text)
    assert [each.action for each in made.steps] == ["riding.move_lesson", "riding.write_off"]


async def test_the_lines_of_a_message_stay_its_own() -> None:
    made = await plan("write to Annika Berg: the yard is closed\ncall us on Monday")
    assert [each.action for each in made.steps] == ["riding.message_rider"]
    assert {each.param: each.value for each in made.steps[0].filled}["text"] == "the yard is closed\ncall us on Monday"
