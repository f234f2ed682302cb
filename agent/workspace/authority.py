"""Authorization of principals: what one may see and decide, by the role it acts with, never by the person behind it.

One person acts here as several principals: as a member, and through keys that an owner makes with any role. They count
as one person where two people must agree (``agent.runs.approval``, ``agent.runs.approver_independence``) and where
names are shown. They share no rights: a support key that an owner made may do what support may do. All code that
decides whose something is asks here.

The table lists rights to a *run* (what somebody asked for: its question, its card, its results) and to a *rule* or an
*instruction* (what acts in somebody's name). "Covered" means that the role may run every action concerned, by the
contracts in force now.

======================================  =======  ============  ==============  =============================================
right                                   owner    same person,  same person,    somebody else
                                                 same role     another role
======================================  =======  ============  ==============  =============================================
see a run, reject it, stop it           yes      yes           if covered      if covered: a waiting card, what came of a
                                                                               card that had changed, a run they decided
                                                                               in another role; always: a run they
                                                                               decided (approved or rejected) in this role
answer or edit (the run still acts as   own      yes           no              no
its requester)
confirm a card                          ------ if covered; if two must agree, they are two persons ------
continue from it in its thread          own      yes           no              no
find it among "my runs"                 all      yes           no              no
use a standing approval of a session    ------ only the person, role and session that gave it ------
settle an unknown outcome               yes      no            no              no
look inside a rule, switch it off,      yes      yes           if covered      no
delete it
switch a rule on                        yes      if covered    if covered;     no
                                                               it then acts
                                                               as them
rewrite a rule; the rule then acts as   if       if covered    if covered      no
its rewriter                            covered
delete a kept eval report               yes      -- as an evaluator, one's own --  no
======================================  =======  ============  ==============  =============================================

A rule acts with no more than its author had when they set it up: what it names must be covered by that role and by the
author's role when the event comes. An owner who only switches another's rule lends it nothing.

Something of one's own in another role is Forbidden, in words that name both roles. Everything of others is NotFound.
"""  # noqa: E501

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final

from agent.pipeline import Plan, Refusal, RunState
from agent.runs.run import Approval, Run
from agent.runs.test_mode import is_test
from core.actor import EVALUATOR, OWNER, Actor, Surface
from core.errors import Forbidden
from registry.catalogue import Catalogue
from registry.contract import Contract

_AFTER_DRIFT: Final[frozenset[RunState]] = frozenset({"received", "asked", "refused", "abstained"})
"""What a card that had changed may come to, besides a fresh card."""


def is_same_person(one: Actor, other: Actor) -> bool:
    """Whether two principals are one person, for counting people and choosing words. This alone gives no right."""
    return (one.workspace, one.person) == (other.workspace, other.person)


def is_same_principal(one: Actor, other: Actor) -> bool:
    """Whether two principals are one person in one role, whether signed in or by key."""
    return is_same_person(one, other) and one.role == other.role


def covers(role: str, contracts: Iterable[Contract | None]) -> bool:
    """Whether ``role`` may run each contract. False if there is none, or if one is unknown."""
    roles = [each.roles if each is not None else () for each in contracts]
    return bool(roles) and all(role in each for each in roles)


# ── runs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def owns(actor: Actor, run: Run) -> bool:
    """Whether ``actor`` may answer and edit the run: the requester, in the same role or as an owner."""
    return is_same_person(actor, run.actor) and actor.role in (run.actor.role, OWNER)


def continues(actor: Actor, surface: Surface, run: Run) -> bool:
    """Whether ``actor`` may continue from the run in its thread on ``surface``, and so refer to what it named and did.
    Only the principal that asked may, on the same surface and in the same mode; not even an owner else. A run that was
    given as data instead of words is in no thread, because a thread's words reach a model."""
    same_mode = (actor.mode == "test") == is_test(run)
    typed = run.given is None and run.cause is None
    return is_same_principal(actor, run.actor) and surface == run.surface and same_mode and typed


def check_owns(actor: Actor, run: Run) -> None:
    """Raises Forbidden unless ``owns``."""
    if owns(actor, run):
        return
    if is_same_person(actor, run.actor):
        raise Forbidden(
            f"This was asked as {run.actor.role}, and what is answered or edited goes on as {run.actor.role}; you "
            f"act as {actor.role}."
        )
    raise Forbidden(f"Only {run.actor.name}, who asked for this, may answer or edit it.")


def sees_unread(actor: Actor, run: Run) -> bool:
    """Whether ``actor`` may see the run whatever it is about. Needs no contract."""
    return actor.role == OWNER or is_same_principal(actor, run.actor)


def sees(actor: Actor, run: Run, catalogue: Catalogue) -> bool:
    """Whether ``actor`` may see the run, and so stop or reject it while that is possible."""
    if sees_unread(actor, run):
        return True
    if is_same_person(actor, run.actor):
        return covers(actor.role, _list_contracts(run, catalogue))
    if any(is_same_principal(actor, by) for by in _list_deciders(run)):
        return True
    decided = find_approval(actor, run) is not None or any(is_same_person(actor, by) for by in _list_deciders(run))
    # Whoever met a drift sees what comes of it: a fresh card, a question or a refusal.
    waits = run.state == "held" or (bool(run.drift) and run.state in _AFTER_DRIFT)
    return (decided or waits) and covers(actor.role, _list_contracts(run, catalogue))


def may_run(catalogue: Catalogue, approver: Actor, plan: Plan) -> Refusal | None:
    """Refusal for an approver who may not run every step. Checks the contract as planned or, if it has been replaced,
    the current one (the card then drifts). None if they may."""
    for step in plan.steps:
        contract = _get_contract(catalogue, step.action, step.version)
        if not covers(approver.role, [contract]):
            if contract is None:
                return Refusal(
                    code="forbidden", detail=f"“{step.title}” is no longer offered, so nobody can approve it."
                )
            needed = f"the role {' or '.join(contract.roles)}" if contract.roles else "a role that it doesn't name yet"
            return Refusal(
                code="forbidden", detail=f"Approving “{step.title}” takes {needed}, and you are {approver.role}."
            )
    return None


def find_approval(actor: Actor, run: Run) -> Approval | None:
    """The approval that this *person* gave, in any role: nobody approves twice."""
    return next((each for each in run.approvals if each.person == actor.person), None)


def _list_deciders(run: Run) -> list[Actor]:
    """Who approved or rejected it, as far as their role was written down."""
    return [by for by in (*(each.actor for each in run.approvals), run.rejected_by) if by is not None]


def has_approved_own(run: Run, approvals: Iterable[Approval]) -> bool:
    """Whether the requester approved it in the role they asked in. Only that counts as their standing approval."""
    return any(each.actor is not None and is_same_principal(each.actor, run.actor) for each in approvals)


def _list_contracts(run: Run, catalogue: Catalogue) -> list[Contract | None]:
    named = run.plan.steps if run.plan is not None else run.drafts
    return [_get_contract(catalogue, each.action, each.version) for each in named]


def _get_contract(catalogue: Catalogue, name: str, version: int) -> Contract | None:
    return catalogue.version(name, version) or catalogue.get(name)


# ── what acts in somebody's name ─────────────────────────────────────────────────────────────────────────────────────


def read_author(stored: str) -> Actor:
    """The author of a rule or an instruction, with the role they had when they set it up."""
    return Actor(**json.loads(stored))


def manages(actor: Actor, author: Actor, actions: Iterable[str], catalogue: Catalogue) -> bool:
    """Whether ``actor`` may look inside a rule or an instruction that names these actions, switch it off and delete
    it."""
    if actor.role == OWNER or is_same_principal(actor, author):
        return True
    return is_same_person(actor, author) and covers(actor.role, map(catalogue.get, actions))


def takes_over(actor: Actor, author: Actor) -> bool:
    """Whether a rule acts as ``actor`` once they switch it on, because it may not act with a role that they don't have.
    An owner lends nothing."""
    return actor.role != OWNER and not is_same_principal(actor, author)


def still_covers(author: Actor, contract: Contract) -> bool:
    """Whether the role that a rule's author had when they set it up may run the contract. Their current role is checked
    with the run."""
    return covers(author.role, [contract])


# ── the rest ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def may_remove_report(actor: Actor, keeper: str) -> bool:
    """Whether ``actor`` may delete an eval report that the person ``keeper`` has kept."""
    return actor.role == OWNER or (actor.role == EVALUATOR and actor.person == keeper)
