"""Outcome of a run in words: what has become of each call, and what happens next."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from agent.pipeline import CallOutcome, CallState, RunState
from agent.runs.states import Planned
from agent.workspace.context import WorkspaceContext
from core.actor import Actor
from registry.catalogue import Catalogue
from registry.confirmation import Policy
from tests.integration.web.console.samples.card import PLAN, RUN
from tests.unit.agent.validate.fake_platform import SAAS
from web.console.runs.outcome import Outcome, make_outcome


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


def outcome_of(run_state: RunState, *came: CallOutcome, idempotent: bool = True, actor: Actor = RUN.actor) -> Outcome:
    (step,) = PLAN.steps
    steps = tuple(step.model_copy(update={"call_id": each.call_id, "idempotent": idempotent}) for each in came)
    run = RUN.model_copy(update={"state": run_state, "outcomes": came})
    catalogue = SimpleNamespace(version=lambda *_: None)
    context = cast(WorkspaceContext, SimpleNamespace(catalogue=catalogue))
    return make_outcome(Planned(run, PLAN.model_copy(update={"steps": steps})), actor, context)


def call(number: int, state: CallState, **more: Any) -> CallOutcome:
    return CallOutcome(call_id=f"act_{number}", state=state, attempts=1, **more)


def test_of_several_calls_it_is_said_how_many_were_done_and_once_why_the_rest_were_not() -> None:
    why = "Not sent, because an earlier call did not succeed."
    shown = outcome_of("failed", call(1, "succeeded"), call(2, "failed"), call(3, "skipped", detail=why))
    assert shown.headline == "1 of 3 done, and the next failed"
    assert shown.calls[2].words == why
    assert outcome_of("failed", call(1, "failed"), call(2, "skipped")).headline == "It failed"
    shown = outcome_of("unknown", call(1, "succeeded"), call(2, "unknown"))
    assert shown.headline == "1 of 2 done, and nobody knows yet about the next"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ('{"type":"about:blank","title":"No","detail":"Only a paid invoice."}', "Only a paid invoice."),
        ('{"error":{"code":7,"message":"The card is blocked."}}', "The card is blocked."),
        ('{"errors":[{"message":"No such seat."},{"message":"Another."}]}', "No such seat."),
        ('{"code":7}', ""),
        ('"no"', "no"),
        ("<html>", ""),
        ("", ""),
    ],
)
def test_what_the_platform_says_of_a_failure_is_a_sentence_and_its_answer_folded(answer: str, said: str) -> None:
    (came,) = outcome_of("failed", call(1, "failed", detail="It answered 422.", answer=answer)).calls
    told = f" It says: “{said}”" if said else ""
    assert came.words == f"The platform did not do it. It answered 422.{told}"
    assert came.open == (bool(answer) and not said)


def test_who_decides_reads_what_comes_of_sending_it_again() -> None:
    lost = call(1, "unknown", detail="Lost.")
    assert "does not do it twice" in outcome_of("unknown", lost).sent_again
    assert "may happen twice" in outcome_of("unknown", lost, idempotent=False).sent_again
    assert outcome_of("unknown", lost, call(2, "skipped")).goes_on == (
        "If you say that it happened, or send it again, the calls after it are sent too."
    )
    assert not outcome_of("unknown", lost).goes_on
    helper = replace(RUN.actor, role="support")
    assert outcome_of("unknown", lost, actor=helper).sent_again == ""


@pytest.mark.parametrize(
    ("answer", "words"),
    [('{"credit_id": 7}', "take credit 7 back"), ("{}", "take a credit back: INV-1042")],
)
def test_an_undo_names_the_record_that_the_answer_of_the_call_gives(answer: str, words: str) -> None:
    (step,) = PLAN.steps
    given = step.model_copy(update={"call_id": "act_1", "action": "saas.apply_credit", "version": 1})
    done = call(1, "succeeded", answer=answer)
    run = RUN.model_copy(update={"state": "succeeded", "outcomes": (done,)})
    plan = PLAN.model_copy(update={"steps": (given,)})
    context = cast(WorkspaceContext, SimpleNamespace(catalogue=Catalogue(SAAS)))
    (shown,) = make_outcome(Planned(run, plan), run.actor, context).calls
    assert shown.undo.startswith(words)


@pytest.mark.parametrize(
    ("policy", "why"),
    [
        (Policy.NEVER, "Sent at once: this action needs no yes."),
        (Policy.WHEN, "Sent at once: this action needs a yes only under a condition, and that did not apply."),
        (
            Policy.ONCE_PER_SESSION,
            "Sent at once: this action needs a yes once a session, and that was given before.",
        ),
    ],
)
def test_what_nobody_was_asked_about_says_why_and_what_somebody_confirmed_does_not(policy: Policy, why: str) -> None:
    (step,) = PLAN.steps
    plan = PLAN.model_copy(update={"approvals": 0, "held": (), "steps": (step.model_copy(update={"policy": policy}),)})
    run = RUN.model_copy(update={"state": "failed", "outcomes": (call(1, "failed"),), "approvals": ()})
    nowhere = cast(WorkspaceContext, SimpleNamespace(catalogue=Catalogue(())))
    assert make_outcome(Planned(run, plan), run.actor, nowhere).unasked == why
    tried = run.model_copy(update={"mode": "test"})
    assert make_outcome(Planned(tried, plan), run.actor, nowhere).unasked == "", "nothing was sent"
    asked = plan.model_copy(update={"approvals": 1})
    assert (
        make_outcome(
            Planned(RUN.model_copy(update={"outcomes": (call(1, "failed"),)}), asked), run.actor, nowhere
        ).unasked
        == ""
    )


def test_what_was_sent_at_once_under_a_condition_says_which() -> None:
    (step,) = PLAN.steps
    currency = step.filled[0].model_copy(update={"param": "currency", "value": "EUR"})
    given = {"policy": Policy.WHEN, "action": "saas.apply_credit", "version": 1, "filled": (*step.filled, currency)}
    plan = PLAN.model_copy(update={"approvals": 0, "held": (), "steps": (step.model_copy(update=given),)})
    run = RUN.model_copy(update={"state": "failed", "outcomes": (call(1, "failed"),), "approvals": ()})
    context = cast(WorkspaceContext, SimpleNamespace(catalogue=Catalogue(SAAS)))
    told = make_outcome(Planned(run, plan), run.actor, context).unasked
    assert told == "Sent at once: this action needs a yes only when the amount is over 50.00 EUR."
