"""Authorization of an action: its contract is valid, and this role may run it on this surface."""

from __future__ import annotations

from agent.pipeline import Refusal
from agent.validate.questions import quote_words
from core.actor import Actor, Surface
from registry.catalogue import Catalogue
from registry.contract import Contract


def authorize(catalogue: Catalogue, name: str, version: int, *, actor: Actor, surface: Surface) -> Contract | Refusal:
    """The contract of exactly this name and version, if it is the one that is offered and this actor may run it
    here."""
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
        needed = ", ".join(contract.roles)
        who = f"It needs one of these roles: {needed}" if needed else "No role may run it"
        return Refusal(code="forbidden", detail=f"You may not run “{contract.title}”. {who}; you are {actor.role}.")
    if surface not in contract.surfaces:
        where = f"on {' and '.join(contract.surfaces)}" if contract.surfaces else "nowhere"
        return Refusal(
            code="wrong_surface",
            detail=f"“{contract.title}” can't be run on the surface {surface}; it is offered {where}.",
        )
    return contract
