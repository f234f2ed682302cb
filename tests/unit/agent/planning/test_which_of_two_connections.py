"""Orders where two connections have records of the same nouns: those of the action's own connection are meant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.pipeline import Plan
from evals.cases import frozen_world
from registry.catalogue import Catalogue, bind
from registry.records import Kinds, Place
from tests.unit.own_worlds import WORLDS, read_words


@pytest.mark.parametrize("places", [("riding", "north"), ("north", "riding")])
@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("write off Joris Maes's last fee", {"fee_id"}),
        ("cancel Joris Maes's last lesson", {"lesson_id"}),
    ],
)
async def test_a_shared_noun_means_the_records_that_the_action_works_on(
    text: str, values: set[str], places: tuple[str, str]
) -> None:
    found = frozen_world.load(WORLDS / "riding.json")
    there = found.context(found.provider({}))
    kinds = Kinds([found.provider({})] * 2, [Place(each, each.title()) for each in places])
    bound = [each for each in (bind(each, kinds) for each in there.catalogue) if not isinstance(each, str)]
    alone = await read_words(text, there)
    made = await read_words(text, replace(there, catalogue=Catalogue(bound), kinds=kinds, live=kinds))
    assert isinstance(made, Plan), made
    assert {each.param for each in made.steps[0].filled} >= values
    assert isinstance(alone, Plan)
    assert [each.value for each in made.steps[0].filled] == [each.value for each in alone.steps[0].filled]
