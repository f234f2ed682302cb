"""Answers about actions: what can be asked for, who may do it, how, and whether it is confirmed or can be undone. Code
words them from the contracts that the actor's role may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agent.pipeline import Reply
from agent.planning.proposal import ActionAnswer
from agent.query.listed import PAGE
from agent.validate.questions import join
from core.actor import Actor
from registry.catalogue import Catalogue
from registry.confirmation import Policy
from registry.contract import Contract
from registry.offers.offer import sort_by_title
from registry.records import Record

_CONFIRMED: Final = {Policy.WHEN: "sometimes", Policy.ONCE_PER_SESSION: "once in a session"}


def answer_about_action(asked: ActionAnswer, catalogue: Catalogue, actor: Actor) -> Reply:
    """A sentence about one action."""
    contract = catalogue.get(asked.action)
    if contract is None:
        return Reply(text="There is no such action here.")
    mine = actor.role in contract.roles
    roles = join([f"{role}s" for role in contract.roles], "and") or "nobody"
    title = f"“{contract.title}”"
    match asked.asks:
        case "may I":
            text = f"Yes, you may: {title}." if mine else f"No. Only {roles} may: {title}."
            return Reply(text=text, values=("yes" if mine else "no",), actions=(contract.name,) if mine else ())
        case "who may":
            return Reply(text=f"{roles} may: {title}.", values=tuple(contract.roles))
        case "can it be undone":
            undo = catalogue.get(contract.undo) if contract.undo else None
            text = f"Yes, with “{undo.title}”." if undo else f"No, {title} can't be undone here."
            return Reply(text=text, values=("yes" if undo else "no",))
        case "how do I":
            if not mine:
                return Reply(text=f"Only {roles} may: {title}.")
            example = next((f": “{each}”" for each in contract.examples), "")
            return Reply(text=f"Ask for it here in your own words{example}.", actions=(contract.name,))
    confirmed = contract.confirmation.policy is not Policy.NEVER
    when = _CONFIRMED.get(contract.confirmation.policy, "always")
    two = ", by two different people" if contract.confirmation.approvals > 1 else ""
    text = f"Yes, {title} is confirmed {when}{two}." if confirmed else f"No, {title} is done at once."
    return Reply(text=text, values=("yes" if confirmed else "no",))


def list_abilities(catalogue: Catalogue, actor: Actor, surface: str, kinds: Sequence[str]) -> Reply:
    """What this actor can ask for. ``kinds`` are the plurals of the record kinds that questions may be about."""
    offers = sort_by_title(catalogue.offers(actor.role, surface))  # type: ignore[arg-type]
    titles = [offer.title for offer in offers]
    more = f" and {len(titles) - PAGE} more" if len(titles) > PAGE else ""
    many = f"{len(titles)} action{'' if len(titles) == 1 else 's'}"
    listed = f"You can ask for {many}: {'; '.join(titles[:PAGE])}{more}."
    does = listed if titles else "No action is open to you here."
    asks = f" You can also ask about {join(kinds, 'and')}." if kinds else ""
    return Reply(text=f"{does}{asks}", actions=tuple(offer.name for offer in offers[:PAGE]))


def list_fitting(catalogue: Catalogue, actor: Actor, surface: str, records: Sequence[Record]) -> list[Contract]:
    """The actions that this actor may run on these very records, as they are now. None for records of several kinds."""
    if len({each.kind for each in records}) != 1:
        return []
    offers = catalogue.offers(actor.role, surface)  # type: ignore[arg-type]
    contracts = (catalogue.get(offer.name) for offer in offers)
    return [each for each in contracts if each is not None and _works_on(each, records)]


def _works_on(contract: Contract, records: Sequence[Record]) -> bool:
    for name in contract.required:
        annotation = contract.annotation(name)
        if annotation.record == records[0].kind:
            return all(
                str(record.values.get(field)) in {str(value) for value in values}
                for record in records
                for field, values in annotation.filter.items()
            )
    return False
