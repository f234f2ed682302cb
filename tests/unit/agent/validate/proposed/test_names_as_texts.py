"""The words that name a record of a call are no text of the same call."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question
from tests.unit.own_worlds import came_of, find, plan


@pytest.mark.parametrize(("quote", "stands"), [("Amelia", False), ("amelia", False), ("allergic to nuts", True)])
async def test_a_name_alone_is_no_text(quote: str, stands: bool) -> None:
    note = plan({"action": "note_guest", "guest_id": find("guest", "Amelia"), "text": {"value": quote, "quote": quote}})
    made = (await came_of("make a note on Amelia, allergic to nuts", note, "hotel")).verdict
    assert isinstance(made, Plan if stands else Question), made
    assert not isinstance(made, Question) or made.param == "text"


async def test_a_text_that_is_quoted_together_with_the_name_stands() -> None:
    request = "make a note on Amelia, allergic to nuts"
    note = {"value": "allergic to nuts", "quote": request}
    made = plan({"action": "note_guest", "guest_id": find("guest", request), "text": note})
    verdict = (await came_of(request, made, "hotel")).verdict
    assert not isinstance(verdict, Question) or verdict.param != "text"
