"""Outcome of a run in words: what has become of each call, and what happens next."""

from __future__ import annotations

from typing import cast

import pytest

from agent.pipeline import CallOutcome, CallState
from agent.runs.states import Planned
from agent.workspace.context import WorkspaceContext
from tests.integration.web.console.samples.card import PLAN, RUN
from web.console.runs.outcome import make_outcome


@pytest.mark.parametrize(
    ("state", "attempts", "badge", "sentence"),
    [
        ("planned", 0, "waits for its turn", "It has not been sent yet."),
        ("planned", 2, "trying again", "It has not gone through yet, and will be sent again."),
        ("begun", 1, "under way", "It has been sent; the platform has not answered yet."),
        ("failed", 3, "failed", "The platform did not do it."),
    ],
)
def test_a_call_that_waits_for_its_next_attempt_is_not_called_unsent(
    state: CallState, attempts: int, badge: str, sentence: str
) -> None:
    run = RUN.model_copy(
        update={"state": "executing", "outcomes": (CallOutcome(call_id="act_1", state=state, attempts=attempts),)}
    )
    (call,) = make_outcome(Planned(run, PLAN), run.actor, cast(WorkspaceContext, None)).calls
    assert (call.state.text, call.sentence) == (badge, sentence)
