"""Who may see and decide what, by role: every cell of the table that says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.pipeline import Draft, RunState
from agent.runs.run import Approval, Run
from agent.workspace import authority
from core.actor import Actor
from core.errors import Forbidden
from registry.catalogue import Catalogue
from tests.unit.agent.validate import fake_platform
from tests.unit.agent.validate.fake_platform import NOW

SAAS = Catalogue(fake_platform.SAAS)
OLIVIA = Actor("ws_1", "mem_1", "member", "Olivia", "owner", "mem_1")
SARA = Actor("ws_1", "mem_2", "member", "Sara", "support", "mem_2")
REFUND, CLOSE = "saas.refund_invoice", "saas.close_ticket"
"""For owners alone; for support too."""


def key(of: Actor, role: str) -> Actor:
    return replace(of, id="key_1", kind="key", role=role)


def run_of(actor: Actor, *actions: str, state: RunState = "asked", **more: object) -> Run:
    return Run(
        id="run_1",
        workspace="ws_1",
        session_id="s",
        actor=actor,
        surface="admin",
        text="x",
        now=NOW,
        state=state,
        created_at=NOW,
        updated_at=NOW,
        drafts=tuple(Draft(action=each, version=1) for each in actions),
    ).with_(**more)


@pytest.mark.parametrize(
    ("looks", "asked_by", "actions", "sees", "owns"),
    [
        (OLIVIA, OLIVIA, [REFUND], True, True),
        (key(OLIVIA, "owner"), OLIVIA, [REFUND], True, True),
        (key(OLIVIA, "support"), OLIVIA, [REFUND], False, False),
        (key(OLIVIA, "support"), OLIVIA, [CLOSE], True, False),
        (key(OLIVIA, "support"), OLIVIA, [CLOSE, REFUND], False, False),
        (key(OLIVIA, "support"), OLIVIA, [], False, False),
        (key(OLIVIA, "support"), OLIVIA, ["saas.not_there"], False, False),
        (OLIVIA, key(OLIVIA, "support"), [CLOSE], True, True),
        (key(OLIVIA, "support"), key(OLIVIA, "support"), [], True, True),
        (OLIVIA, SARA, [CLOSE], True, False),
        (SARA, OLIVIA, [CLOSE], False, False),
        (key(OLIVIA, "support"), SARA, [CLOSE], False, False),
        (replace(SARA, workspace="ws_2"), SARA, [REFUND], False, False),
    ],
)
def test_a_run_is_seen_and_answered_by_role(
    looks: Actor, asked_by: Actor, actions: list[str], sees: bool, owns: bool
) -> None:
    run = run_of(asked_by, *actions)
    assert authority.sees(looks, run, SAAS) is sees
    assert authority.owns(looks, run) is owns
    if not owns:
        with pytest.raises(Forbidden):
            authority.check_owns(looks, run)


@pytest.mark.parametrize("given_by", [SARA, None])
def test_what_came_of_a_card_is_shown_to_who_approved_it_in_that_role(given_by: Actor | None) -> None:
    yes = Approval(person=SARA.person, name="Sara", at=NOW, digest="d", actor=given_by)
    refund = run_of(OLIVIA, REFUND, state="succeeded", approvals=(yes,))
    assert authority.sees(SARA, refund, SAAS) is (given_by is not None), "of an old yes nobody wrote the role down"
    assert not authority.sees(key(SARA, "billing"), refund, SAAS)
    assert authority.sees(SARA, run_of(OLIVIA, CLOSE, state="succeeded", approvals=(yes,)), SAAS)
    assert authority.find_approval(key(SARA, "admin"), refund) == yes, "one person says yes once, in whatever role"


def test_a_rejected_run_is_shown_further_to_who_rejected_it_in_that_role() -> None:
    over = run_of(OLIVIA, REFUND, state="rejected", rejected_by=SARA)
    assert authority.sees(SARA, over, SAAS)
    assert not authority.sees(key(SARA, "billing"), over, SAAS)
    assert authority.sees(key(SARA, "support"), run_of(OLIVIA, CLOSE, state="rejected", rejected_by=SARA), SAAS)
    assert not authority.sees(SARA, run_of(OLIVIA, CLOSE, state="rejected", rejected_by=OLIVIA), SAAS)


@pytest.mark.parametrize("state", ["received", "asked", "refused", "abstained"])
def test_what_comes_of_a_card_that_had_changed_is_shown_to_who_may_run_it(state: RunState) -> None:
    assert authority.sees(SARA, run_of(OLIVIA, CLOSE, state=state, drift=("changed",)), SAAS)
    assert not authority.sees(SARA, run_of(OLIVIA, REFUND, state=state, drift=("changed",)), SAAS)
    assert not authority.sees(SARA, run_of(OLIVIA, CLOSE, state=state), SAAS), "no card of it was shown"


def test_only_the_yes_of_who_asked_in_the_role_they_asked_in_stands_for_a_session() -> None:
    run = run_of(key(OLIVIA, "support"), CLOSE)
    for by, stands in ((OLIVIA, False), (SARA, False), (None, False), (key(OLIVIA, "support"), True)):
        given = Approval(person=OLIVIA.person, name="", at=NOW, digest="d", actor=by)
        assert authority.has_approved_own(run, [given]) is stands, by


@pytest.mark.parametrize(
    ("by", "author", "actions", "manages", "takes_over"),
    [
        (OLIVIA, SARA, [CLOSE], True, False),
        (key(OLIVIA, "owner"), OLIVIA, [REFUND], True, False),
        (key(OLIVIA, "support"), OLIVIA, [REFUND], False, True),
        (key(OLIVIA, "support"), OLIVIA, [CLOSE], True, True),
        (key(OLIVIA, "support"), OLIVIA, [CLOSE, REFUND], False, True),
        (SARA, SARA, [REFUND], True, False),
        (SARA, OLIVIA, [CLOSE], False, True),
    ],
)
def test_a_rule_is_managed_by_role(
    by: Actor, author: Actor, actions: list[str], manages: bool, takes_over: bool
) -> None:
    assert authority.manages(by, author, actions, SAAS) is manages
    assert authority.takes_over(by, author) is takes_over


def test_nothing_is_covered_by_nobody_and_what_is_not_known_by_no_role() -> None:
    assert not authority.covers("owner", [])
    assert not authority.covers("owner", [SAAS.get(CLOSE), None])
    assert authority.covers("owner", [SAAS.get(CLOSE), SAAS.get(REFUND)])
    assert not authority.sees(key(OLIVIA, "support"), run_of(OLIVIA, CLOSE), Catalogue([])), "a contract that is gone"


def test_an_eval_report_is_taken_away_by_owners_and_by_the_evaluator_who_kept_it() -> None:
    for actor, may in (
        (OLIVIA, True),
        (SARA, False),
        (key(SARA, "evaluator"), True),
        (key(OLIVIA, "evaluator"), False),
    ):
        assert authority.may_remove_report(actor, SARA.person) is may, actor
