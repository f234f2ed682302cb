"""Authorization and confirmation policy: who may run an action here, and whether a person must confirm a call.

Only the contract's policy decides. No words of a request and no text of a record can change it. A policy that can't be
judged means that the call is held.

``never`` also applies to an irreversible action: an owner signed that contract, and every value still has a source. The
linter refuses such a contract, so only one that was signed elsewhere gets here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from agent.pipeline import Refusal
from agent.validate.condition_words import describe_condition
from agent.validate.questions import join, quote_words
from core.actor import Actor, Surface
from core.errors import InvalidInput, Unavailable
from registry.catalogue import Catalogue
from registry.conditions import condition
from registry.conditions.condition import Evaluator
from registry.confirmation import ConfirmBy, Policy
from registry.contract import Contract, Risk


def authorize(catalogue: Catalogue, name: str, version: int, *, actor: Actor, surface: Surface) -> Contract | Refusal:
    """The contract of exactly this name and version, if it is offered and this actor may run it here. Otherwise a
    refusal."""
    contract, current = catalogue.version(name, version), catalogue.get(name)
    if current is None and name in catalogue.faults:
        return Refusal(code="unsigned", detail=f"The contract {name} can't be used: {catalogue.faults[name]}.")
    if contract is None or current is None:
        what = f"version {version} of {quote_words(name)}" if current is not None else quote_words(name)
        return Refusal(code="no_match", detail=f"There is no registered action {what}; nothing was sent.")
    if current.digest != contract.digest:
        return Refusal(
            code="stale",
            detail=f"“{contract.title}” has changed: it is version {current.version} now. Ask again to use it.",
        )
    if actor.role not in contract.roles:
        needed = join(contract.roles, "or")
        who = f"It takes the role {needed}" if needed else "No role may run it"
        return Refusal(code="forbidden", detail=f"You may not run “{contract.title}”. {who}; you are {actor.role}.")
    if surface not in contract.surfaces:
        where = f"on {join(contract.surfaces, 'and')}" if contract.surfaces else "nowhere"
        return Refusal(
            code="wrong_surface",
            detail=f"“{contract.title}” can't be run on the surface {surface}; it is offered {where}.",
        )
    return contract


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of a confirmation policy. ``why`` is the reason why a person must confirm, or None. ``approvals`` is
    the number of different people needed."""

    why: str | None
    approvals: int


def confirm_nothing(_: str) -> bool:
    """A ``confirmed_in_session`` for a session in which no earlier confirmation counts."""
    return False


def counts_in_session(contract: Contract, actor: Actor) -> bool:
    """Whether an earlier confirmation in the session counts for the next call.

    A key's session never counts for what only a person confirms: after one yes the key would go on alone. Test mode
    doesn't count either, because every card is shown there.
    """
    if actor.mode == "test":
        return False
    return contract.confirm_by is ConfirmBy.ANYONE or actor.kind == "member"


async def decide(
    contract: Contract,
    params: Mapping[str, Any],
    records: Mapping[str, Mapping[str, Any]],
    confirmed_in_session: Callable[[str], bool],
    evaluator: Evaluator,
    *,
    workspace: str,
) -> Decision:
    """Decides whether a person must confirm a call. ``confirmed_in_session`` takes a contract's digest, so that a
    changed contract is confirmed anew. ``workspace`` is the contract's."""
    why = await _explain(contract, params, records, confirmed_in_session, evaluator, workspace)
    if why is None:
        return Decision(None, 0)
    needed = contract.confirmation.approvals
    people = "; two different people must confirm" if needed > 1 else ""
    irreversible = " and can't be undone" if contract.risk is Risk.IRREVERSIBLE else ""
    return Decision(f"“{contract.title}” {why}{irreversible}{people}.", needed)


async def _explain(
    contract: Contract,
    params: Mapping[str, Any],
    records: Mapping[str, Mapping[str, Any]],
    confirmed_in_session: Callable[[str], bool],
    evaluator: Evaluator,
    workspace: str,
) -> str | None:
    match contract.confirmation.policy:
        case Policy.NEVER:
            return None
        case Policy.ONCE_PER_SESSION:
            return None if confirmed_in_session(contract.digest) else "is confirmed the first time in a session"
        case Policy.WHEN:
            return await _explain_condition(contract, params, records, evaluator, workspace)
        case _:
            return "is always confirmed"


async def _explain_condition(
    contract: Contract,
    params: Mapping[str, Any],
    records: Mapping[str, Mapping[str, Any]],
    evaluator: Evaluator,
    workspace: str,
) -> str | None:
    expression = contract.confirmation.condition
    if expression is None:
        return "is confirmed when a condition holds, and the condition is missing"
    try:
        compiled = condition.compile(expression)
        judgement = await evaluator.evaluate(compiled, condition.call_values(params, records), workspace=workspace)
    except InvalidInput:
        return "is confirmed when a condition holds, and the condition can't be read"
    except Unavailable:
        return f"is confirmed when {_words(contract, params)}, which could not be judged in time"
    if judgement.trouble:
        return f"is confirmed when {_words(contract, params)}, which can't be judged here ({judgement.trouble})"
    return f"is confirmed when {_words(contract, params)}" if judgement.holds else None


def _words(contract: Contract, params: Mapping[str, Any]) -> str:
    return describe_condition(contract, params) or f"this holds: {contract.confirmation.condition}"
