"""Titles of records, quoted or with small words in them, are names as a whole where a record is called so."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from agent.pipeline import Plan, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.grammar.phrases.titles import MOST_READINGS, find_titles
from agent.resolve.rules.grammar.reader import Reader
from agent.resolve.rules.resolver import RuleResolver
from evals.cases import frozen_world
from tests.unit.own_worlds import NOW, OWNER, world

SHELVES = Path(__file__).parents[6] / "evals/suites/worlds/lending.json"
NAMES = {
    "Belt sander": "Saws of the Valley",
    "Pressure washer": "Three Drills for Rainy Days",
    "Tile cutter": "Hammer and Tongs",
}


async def verdict_of(text: str, folder: Path) -> Any:
    held = json.loads(SHELVES.read_text())
    for item in held["records"]["item"]:
        item["title"] = NAMES.get(item["title"], item["title"])
    (folder / "world.json").write_text(json.dumps(held))
    found = frozen_world.load(folder / "world.json")
    task = Task(Request(text=text, now=NOW), OWNER, found.context(found.provider({})), "run_00000000000000000000000001")
    return (await propose(task, RuleResolver())).verdict


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("put Three Drills for Rainy Days in the workshop", "102"),
        ('put "Three Drills for Rainy Days" in the workshop', "102"),
        ('scrap "Saws of the Valley": rusty', "101"),
        ("move Saws of the Valley to the Cellar", "101"),
        ("put “Hammer and Tongs” on the front shelf", "103"),
    ],
)
async def test_a_title_is_one_name(text: str, item: str, tmp_path: Path) -> None:
    made = await verdict_of(text, tmp_path)
    assert isinstance(made, Plan), made
    assert [str(each.value) for each in made.steps[0].filled if each.param == "item_id"] == [item]


@pytest.mark.parametrize(
    "text",
    ["put Four Rakes for Rainy Days in the cellar", 'scrap "Rakes of the Valley": rusty'],
)
async def test_what_no_record_is_called_is_no_title(text: str, tmp_path: Path) -> None:
    assert not isinstance(await verdict_of(text, tmp_path), Plan)


@pytest.mark.parametrize(("times", "some"), [(6, True), (200, False)])
def test_readings_of_titles_are_few_and_none_of_a_long_text(times: int, some: bool) -> None:
    text = "move " + " of the ".join(["Valley"] * times) + ' "One and Two"' * times
    kinds = tuple(world("lending").kinds)
    readings = find_titles(Reader(text, kinds, datetime(2026, 11, 24, tzinfo=UTC), lambda start, end: None))  # type: ignore[arg-type,return-value]
    assert some is bool(readings)
    assert len(readings) <= MOST_READINGS
