"""What a record is about may be said in other words; whose name it is told by may be told from its namesake."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question, Reply
from tests.unit.own_worlds import answer, came_of, find, plan


def shelf(item: dict[str, Any]) -> dict[str, Any]:
    step = {"action": "set_shelf", "item_id": item, "shelf": {"value": "front", "quote": "front"}, "note": None}
    return plan(step)


def letter(member: dict[str, Any]) -> dict[str, Any]:
    text = {"quote": "we open at nine"}
    return plan({"action": "write_member", "member_id": member, "letter": text})


async def test_other_words_of_the_model_find_a_thing_and_the_card_says_so() -> None:
    text = "put the thing for carpets in front"
    made = (await came_of(text, shelf(find("item", "thing for carpets", also=["washer", "sweeper"])))).verdict
    assert isinstance(made, Plan)
    assert made.steps[0].pins[0].label == "Pressure washer"
    assert any("thing for carpets" in each for each in made.held)


async def test_words_that_were_typed_go_before_the_models_own() -> None:
    made = (await came_of("put the tile cutter in front", shelf(find("item", "tile cutter", also=["sander"])))).verdict
    assert isinstance(made, Plan)
    assert made.steps[0].pins[0].label == "Tile cutter"


async def test_several_that_other_words_find_are_offered() -> None:
    text = "put the thing for wood in front"
    made = (await came_of(text, shelf(find("item", "thing for wood", also=["sander", "cutter"])))).verdict
    assert isinstance(made, Question)
    assert {each.label for each in made.candidates} == {"Belt sander", "Tile cutter"}


async def test_nobody_is_found_by_other_words() -> None:
    made = (await came_of("write to the boss: we open at nine", letter(find("member", "boss", also=["Ines"])))).verdict
    assert isinstance(made, Question), made


@pytest.mark.parametrize("typed", ["sander 7", "BX-3", "999"])
async def test_what_a_number_or_code_tells_goes_by_no_other_words(typed: str) -> None:
    made = (await came_of(f"put {typed} in front", shelf(find("item", typed, also=["sander"])))).verdict
    assert isinstance(made, Question), made
    assert f"‘{typed}’" in made.text


async def test_an_answer_says_which_other_words_were_looked_for() -> None:
    where = answer(records=find("item", "thing for carpets", also=["washer"]), fields=["shelf"])
    made = (await came_of("where is the thing for carpets?", where)).verdict
    assert isinstance(made, Reply)
    assert made.text.endswith("I found none for ‘thing for carpets’ and looked for ‘washer’ instead.")


@pytest.mark.parametrize("apart", ["Ruth Meyer", "Meyer"])
async def test_the_other_of_two_namesakes_is_who_is_left(apart: str) -> None:
    text = f"write to the other Ruth, not {apart}: we open at nine"
    other = find("member", "Ruth", {"except": find("member", apart)})
    made = (await came_of(text, letter(other), left=())).verdict
    assert isinstance(made, Plan), made
    assert made.steps[0].pins[0].label.startswith("Ruth Abara")


async def test_one_that_is_named_is_not_meant_where_what_is_its_own_is_left_out() -> None:
    meyer = find("member", "Ruth Meyer", {"except": find("loan", "sewing machine")})
    made = (await came_of("write to Ruth Meyer, not her machine: we open at nine", letter(meyer))).verdict
    assert isinstance(made, Question), made
    late = find("fine", "washer late", {"except": find("member", "Piet Vos")})
    step = {"action": "waive_fine", "fine_id": late, "amount": None}
    assert isinstance((await came_of("waive the washer late fine, not Piet's", plan(step))).verdict, Question)


async def test_a_text_is_the_same_where_all_words_that_were_said_stand_in_it() -> None:
    word = {"word": "washer hose", "quote": "washer hose"}
    late = find("fine", None, {"field": "why", "op": "=", "value": word}, pick="all")
    step = {"action": "waive_fine", "fine_id": late, "amount": None}
    made = (await came_of("waive all the washer hose fines", plan(step))).verdict
    assert isinstance(made, Plan), made
    assert [step.pins[0].label.split()[0] for step in made.steps] == ["F-233"]
