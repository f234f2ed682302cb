"""The words that a record rests on are none of those that leave another one out."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, RecordSource
from tests.unit.own_worlds import read_words, world


@pytest.mark.parametrize("text", ["waive all due fines except F-232", "waive all due fines but not F-232"])
async def test_a_record_is_not_found_by_the_one_that_is_left_out(text: str) -> None:
    plan = await read_words(text, world("lending"))
    assert isinstance(plan, Plan)
    sources = [each.source for step in plan.steps for each in step.filled if each.param == "fine_id"]
    assert sources
    for source in sources:
        assert isinstance(source, RecordSource)
        assert "F-232" not in {span.text for span in source.spans}
