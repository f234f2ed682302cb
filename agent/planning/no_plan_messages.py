"""Messages for requests without a plan: why nothing is done, who may do it, or how to ask for it."""

from __future__ import annotations

from typing import Final

from agent.pipeline import Abstain, Refusal, Reply
from agent.planning.proposal import NoneResult
from agent.validate.questions import join
from core.actor import Actor, Surface
from registry.catalogue import Catalogue
from registry.confirmation import Policy

NO_ACTION: Final = "Nothing that can be done here does that."


def explain_nothing_planned(
    none: NoneResult, catalogue: Catalogue, actor: Actor, surface: Surface
) -> Refusal | Reply | Abstain:
    contract = catalogue.get(none.action) if none.action else None
    if none.reason == "not allowed" and contract is not None and actor.role not in contract.roles:
        who = join([_PEOPLE.get(role, f"{role}s") for role in contract.roles], "and")
        may = f"Only {who} may do that" if who else "Nobody may do that"
        return Refusal(code="forbidden", detail=f"{may} (“{contract.title}”). Nothing was sent.")
    offered = contract is not None and contract.name in {each.name for each in catalogue.offers(actor.role, surface)}
    if none.reason == "how-to question" and contract is not None and offered and contract.examples:
        after = _AFTER.get(contract.confirmation.policy, "Where it takes a yes, it is shown on a card first.")
        text = f"Say it here in your own words, for example “{contract.examples[0]}”. {after}"
        return Reply(text=text, actions=(contract.name,))
    nearest = (contract.name,) if contract is not None and actor.role in contract.roles else ()
    return Abstain(reason="nothing_fits", detail=_WHY[none.reason], nearest=nearest)


_PEOPLE: Final = {role: f"{role} staff" for role in ("billing", "finance", "support")}
"""Roles that are named by what somebody works in."""
_AFTER: Final = {
    Policy.ALWAYS: "It is shown on a card, and nothing is sent until that is confirmed.",
    Policy.NEVER: "It is done at once.",
}
_WHY: Final = {
    "no such action": NO_ACTION,
    "not allowed": "That is not open to you here.",
    "how-to question": "I can do things here, but not explain how they are done.",
    "depends on the future or the unknown": "That depends on something I can't know. Ask again when it has happened.",
    "nothing requested": "There is nothing to do in that.",
    "asked not to": "Nothing was done, as you said.",
    "withdrawn": "Taken back; nothing was sent.",
    "no field for it": "There is no place here to put that.",
}
