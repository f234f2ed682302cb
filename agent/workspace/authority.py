"""Authorization of principals: what one may see and decide, by the role it acts with and never by the person behind it.

One person acts here as several principals: as a member, and through keys, which an owner makes of any role. They count
as one person where two people must agree (``agent.runs.approval``, ``agent.runs.approver_independence``) and where
names are shown, and as nothing more: a support key that an owner made may do what support may do. Everything that asks
"is this theirs?" asks here.

Of what somebody asked for (a *run*: its question, its card, what came of it) and of what acts in somebody's name (a
*rule* or an *instruction*), by whom it is looked at. "Covers" means: the role may run every action concerned, by the
contracts as they are now.

======================================  =======  ============  ==============  =============================================
what                                    owner    same person,  same person,    somebody else
                                                 same role     another role
======================================  =======  ============  ==============  =============================================
see a run, reject it, stop it           yes      yes           where it covers  a card that waits, where it covers; and what
                                                                               came of one that they approved in this role
answer or edit (the run goes on as      own      yes           no              no
whoever asked)
confirm a card                          ------ where the role covers; two that must agree are two persons ------
go on from it in its thread             own      yes           no              no
find it among "my runs"                 all      yes           no              no
profit from a yes given once a session  ------ the person, the role and the session that it was given in ------
settle what is unknown                  yes      no            no              no
look inside a rule, switch it off,      yes      yes           where it covers  no
delete it
switch a rule on                        yes      where it      where it covers; no
                                                 covers        it acts as them
                                                               from then on
rewrite a rule; the rule acts as        where    where it      where it covers no
whoever did from then on                it covers covers
take away a kept eval report            yes      -- as an evaluator, one's own --  no
======================================  =======  ============  ==============  =============================================

A rule acts with no more than its author had when they set it up: what it names must be covered by that role and by the
one its author has when the event comes. Whoever only switches another's rule lends it nothing.

What one may not do with one's own person's things is Forbidden, in words that name both roles; everybody else's are
NotFound.
"""  # noqa: E501

from __future__ import annotations

import json
from collections.abc import Iterable

from agent.pipeline import Plan, Refusal
from agent.runs.run import Approval, Run
from agent.runs.test_mode import is_test
from core.actor import EVALUATOR, OWNER, Actor, Surface
from core.errors import Forbidden
from registry.catalogue import Catalogue
from registry.contract import Contract


def is_same_person(one: Actor, other: Actor) -> bool:
    """Whether two principals are one person, for counting people and choosing words; it gives nobody a right."""
    return (one.workspace, one.person) == (other.workspace, other.person)


def is_same_principal(one: Actor, other: Actor) -> bool:
    """Whether two principals are the same person in the same role, signed in or by key."""
    return is_same_person(one, other) and one.role == other.role


def covers(role: str, contracts: Iterable[Contract | None]) -> bool:
    """Whether ``role`` may run each of these. False where there is none, and where one is not known."""
    roles = [each.roles if each is not None else () for each in contracts]
    return bool(roles) and all(role in each for each in roles)


# ── runs ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def owns(actor: Actor, run: Run) -> bool:
    """Whether the run is ``actor``'s to answer and edit: asked by this person in this role, or by this person who acts
    as an owner."""
    return is_same_person(actor, run.actor) and actor.role in (run.actor.role, OWNER)


def continues(actor: Actor, surface: Surface, run: Run) -> bool:
    """Whether ``actor`` may go on from the run in its thread, on ``surface``: what it named and did is then theirs to
    speak of. For the very principal that asked for it, there and in the same mode: nobody else, not even an owner. What
    came as data instead of words is in no thread: a thread's words reach a model."""
    same_mode = (actor.mode == "test") == is_test(run)
    typed = run.given is None and run.cause is None
    return is_same_principal(actor, run.actor) and surface == run.surface and same_mode and typed


def check_owns(actor: Actor, run: Run) -> None:
    """Checks that somebody owns a run. Raises Forbidden unless ``owns``."""
    if owns(actor, run):
        return
    if is_same_person(actor, run.actor):
        raise Forbidden(
            f"This was asked as {run.actor.role}, and what is answered or edited goes on as {run.actor.role}; you "
            f"act as {actor.role}."
        )
    raise Forbidden(f"Only {run.actor.name}, who asked for this, may answer or edit it.")


def sees_unread(actor: Actor, run: Run) -> bool:
    """Whether ``actor`` may see the run whatever it is about: no contract need be looked at."""
    return actor.role == OWNER or is_same_principal(actor, run.actor)


def sees(actor: Actor, run: Run, catalogue: Catalogue) -> bool:
    """Whether ``actor`` may see the run at all, and so may stop or reject it while that can be done."""
    if sees_unread(actor, run):
        return True
    if is_same_person(actor, run.actor):
        return covers(actor.role, _list_contracts(run, catalogue))
    if approval := find_approval(actor, run):
        in_this_role = approval.actor is not None and is_same_principal(actor, approval.actor)
        return in_this_role or covers(actor.role, _list_contracts(run, catalogue))
    # An approver who met a drift waits for the fresh card.
    waits = run.state == "held" or (run.state == "received" and bool(run.drift))
    return waits and run.plan is not None and covers(actor.role, _list_contracts(run, catalogue))


def may_run(catalogue: Catalogue, approver: Actor, plan: Plan) -> Refusal | None:
    """Refusal for an approver who may not run every step themself: as it was planned or, where that contract has been
    replaced since, as it is now (the card then drifts)."""
    for step in plan.steps:
        contract = _get_contract(catalogue, step.action, step.version)
        if not covers(approver.role, [contract]):
            needed = ", ".join(contract.roles) if contract else "nobody"
            return Refusal(
                code="forbidden",
                detail=f"To approve {step.title!r} you need one of these roles: {needed or 'nobody'}. You are "
                f"{approver.role}.",
            )
    return None


def find_approval(actor: Actor, run: Run) -> Approval | None:
    """The approval that this *person* gave, in whatever role: nobody approves twice."""
    return next((each for each in run.approvals if each.person == actor.person), None)


def has_approved_own(run: Run, approvals: Iterable[Approval]) -> bool:
    """Whether the requester approved it themself, in the role they asked in: only that counts as their standing
    approval."""
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
    """Whether ``actor`` may look into a rule or an instruction that names these actions, switch it off and delete
    it."""
    if actor.role == OWNER or is_same_principal(actor, author):
        return True
    return is_same_person(actor, author) and covers(actor.role, map(catalogue.get, actions))


def takes_over(actor: Actor, author: Actor) -> bool:
    """Whether a rule acts as ``actor`` once they switch it on: it may not act with a role they don't have. An owner
    lends nothing."""
    return actor.role != OWNER and not is_same_principal(actor, author)


def still_covers(author: Actor, contract: Contract) -> bool:
    """Whether the role that a rule's author had when they set it up may run this. Their present role is checked with
    the run itself."""
    return covers(author.role, [contract])


# ── the rest ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def may_remove_report(actor: Actor, keeper: str) -> bool:
    """Whether ``actor`` may delete an eval report that the person ``keeper`` has kept."""
    return actor.role == OWNER or (actor.role == EVALUATOR and actor.person == keeper)
