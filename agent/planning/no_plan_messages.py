"""Messages for requests without a plan: why nothing is done, who may do it, or how to ask for it."""

from __future__ import annotations

import re
from typing import Final

from agent.pipeline import Abstain, Refusal, Reply, Request
from agent.planning.proposal import NoneResult, Proposal
from agent.planning.task import Verdict
from agent.resolve.rules.clauses import asks
from agent.resolve.rules.grammar.understand import NO_ANSWER, SEE
from agent.validate.questions import MAX_CANDIDATES, format_plain, join, label_parameter, quote_words
from core.actor import Actor
from language.currencies import is_code
from registry.catalogue import Catalogue
from registry.confirmation import Policy
from registry.contract import Contract

_TELLING_OTHERS: Final = re.compile(r"\s*(?:please\s+)?(?:tell|let|give|say\s+to)\s+(?!(?:me|us)\b)", re.IGNORECASE)
NO_ACTION: Final = f"Nothing that can be done here does that, so nothing was done. {SEE}"


def explain_nothing_planned(
    none: NoneResult, catalogue: Catalogue, actor: Actor, request: Request
) -> Refusal | Reply | Abstain:
    contract, surface = catalogue.get(none.action) if none.action else None, request.surface
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
    detail = _WHY[none.reason]
    if none.reason in ("no such action", "no field for it") and _is_question(request.text):
        detail = NO_ANSWER
    elif none.reason == "depends on the future or the unknown" and none.quote and none.quote in request.text:
        detail = f"{quote_words(none.quote)} can't be known here now, so nothing was done. Say the rest when it is."
    elif none.reason == "no field for it" and contract is not None and nearest:
        detail = _explain_no_place(none.quote if none.quote in request.text else "", contract)
    return Abstain(reason="nothing_fits", detail=detail, nearest=nearest)


def _is_question(text: str) -> bool:
    told = asks(text) if _TELLING_OTHERS.match(text) is None else False
    return text.rstrip().endswith("?") if told is None else told


def _explain_no_place(quote: str, contract: Contract) -> str:
    """What an action has no place for, and what its closed lists take: "Condition takes tidy or untidy."."""
    told = [f"“{contract.title}” has no place for {quote_words(quote) if quote else 'that'}; nothing was done."]
    for name, schema in contract.properties.items():
        members = schema.get("enum", ()) if isinstance(schema, dict) else ()
        if 1 < len(members) <= MAX_CANDIDATES and not all(is_code(str(each)) for each in members):
            label = label_parameter(name, schema, contract.annotation(name))
            told.append(f"{label} takes {join([format_plain(each).replace('_', ' ') for each in members], 'or')}.")
    return " ".join(told)


def name_left_over(answered: Verdict, proposal: Proposal, request: Request) -> Verdict:
    """An answer that says which words of the question it leaves out, according to its proposal."""
    said = [quote_words(each) for each in proposal.left_over if each.strip() and each in request.text]
    if not isinstance(answered, Reply) or not said:
        return answered
    return answered.model_copy(update={"text": f"{answered.text} This leaves out {', '.join(said[:_MOST_LEFT_OUT])}."})


_MOST_LEFT_OUT: Final = 3
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
    "depends on the future or the unknown": "That depends on something I can't know here, so nothing was done.",
    "nothing requested": "There is nothing to do in that.",
    "asked not to": "Nothing was done, as you said.",
    "withdrawn": "Taken back; nothing was sent.",
    "no field for it": "There is no place here to put that.",
}
