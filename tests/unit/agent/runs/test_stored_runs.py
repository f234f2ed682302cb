"""Documents of runs that an earlier version stored can be read, and mean what they meant."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from agent.pipeline import Draft, Refusal, Request
from agent.runs.run import Run
from agent.validate.plan_builder import validate
from registry.catalogue import Catalogue
from tests.unit.agent.runs.test_states import AT, run
from tests.unit.own_worlds import OWNER, world

UNTIL = {"spans": [{"start": 0, "end": 2, "text": "if", "origin": 0}], "holds": True}


@pytest.mark.parametrize("condition", [None, UNTIL])
def test_a_run_whose_drafts_have_a_condition_is_read(condition: Any) -> None:
    document = json.loads(run(drafts=(Draft(action="lending.waive_fine"),)).model_dump_json())
    assert "condition" not in document["drafts"][0]
    document["drafts"][0]["condition"] = condition
    assert Run.model_validate_json(json.dumps(document)).drafts[0].condition == condition


def test_a_run_is_read_again_with_the_day_its_words_were_typed_on() -> None:
    typed = run().model_copy(update={"now": datetime(2026, 11, 24, 23, 30, tzinfo=UTC), "zone": "Europe/Madrid"})
    read = Run.model_validate_json(typed.model_dump_json())
    assert read.request.now.isoformat() == "2026-11-25T00:30:00+01:00"
    assert str(read.request.zone) == "Europe/Madrid"
    assert "zone" not in json.loads(run().model_dump_json())


async def test_a_draft_with_a_condition_is_never_planned_as_if_it_had_none() -> None:
    drafts = [Draft(action="lending.waive_fine", condition=UNTIL)]
    made = await validate(
        Request(text="waive F-231", now=AT),
        drafts,
        run_id="run_1",
        actor=OWNER,
        catalogue=Catalogue([]),
        kinds=world("lending").kinds,
        confirmed_in_session=lambda _digest: False,
    )
    assert isinstance(made, Refusal)
    assert made.code == "condition_unmet"
