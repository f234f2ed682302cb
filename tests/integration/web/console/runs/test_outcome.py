"""Outcome of a run in words: what has become of each call, and what happens next."""

from __future__ import annotations

from typing import cast

import pytest

from agent.pipeline import CallOutcome, CallState, RunState
from agent.runs.states import Planned
from agent.workspace.context import WorkspaceContext
from tests.integration.web.console.samples.card import PLAN, RUN
from web.console.runs.outcome import make_outcome


@pytest.mark.parametrize(
    ("run_state", "state", "attempts", "detail", "badge", "words"),
    [
        ("executing", "planned", 0, "", "waits for its turn", "It has not been sent yet."),
        (
            "executing", "planned", 2, "500.", "trying again",
            "It has not gone through yet, and will be sent again. 500.",
        ),
        ("executing", "begun", 1, "", "under way", "It has been sent; the platform has not answered yet."),
        ("failed", "failed", 3, "422.", "failed", "The platform did not do it. 422."),
        ("unknown", "unknown", 1, "Lost.", "unknown", "Lost. Nothing is repeated until a person decides."),
        (
            "executing", "unknown", 1, "No answer.", "trying again",
            "No answer. It is sent again under the same key, so that it happens only once.",
        ),
    ],
)  # fmt: skip
def test_a_call_says_what_has_become_of_it_and_what_comes_next(
    run_state: RunState, state: CallState, attempts: int, detail: str, badge: str, words: str
) -> None:
    came = CallOutcome(call_id="act_1", state=state, attempts=attempts, detail=detail)
    run = RUN.model_copy(update={"state": run_state, "outcomes": (came,)})
    (call,) = make_outcome(Planned(run, PLAN), run.actor, cast(WorkspaceContext, None)).calls
    assert (call.state.text, call.words) == (badge, words)
