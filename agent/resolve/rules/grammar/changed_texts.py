"""Changed texts: a new text in place of an earlier call's ("the reason is …"). Nothing is added to a text."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from agent.pipeline import Abstain, EarlierCall
from agent.planning.proposal import Call, PlanResult, Proposal, QuotedText, Words
from agent.resolve.rules.grammar.earlier_calls import LEAD, keep_arguments
from agent.validate.questions import quote_words
from language.text import word_set
from registry.offers.offer import Offer

_LABELLED: Final = (
    LEAD + r"(?:(?P<verb>with|add|make|set|change|put|use)\s+)?(?:(?:the|a|as)\s+)*(?:{called})"
    r"(?:\s*[:=]\s*|\s+(?:is|to|saying|as|should\s+be)\s+|\s+)[\"“']?(?P<text>\S.*?)[\"”']?"
)
_NOTHING_ADDED: Final = (
    "The card has a text for {} already, and I can't add to it. Say the whole text, or change it on the card. "
    "Nothing was changed."
)
_ADDS: Final = word_set("add append include attach also plus and")


def read_text_anew(typed: str, offer: Offer, calls: Sequence[EarlierCall]) -> Proposal | Abstain | None:
    """Changes a text of the waiting call, after the parameter's name: "the reason is …, with the note …". Why it
    doesn't, if it would have to add to one."""
    last = calls[-1]
    for name, schema in offer.properties.items() if len(calls) == 1 and last.can_change else ():
        if not is_free_text(schema) or offer.annotation(name).record is not None:
            continue
        called = "|".join(re.escape(each) for each in {name, (offer.annotation(name).label or name)})
        found = re.fullmatch(_LABELLED.format(called=called), typed.strip(), re.IGNORECASE | re.DOTALL)
        if found is None:
            continue
        if adds_to_text(last, name, (found["verb"] or "").lower().split()):
            return refuse_addition(offer, name)
        start = typed.index(typed.strip()) + found.start("text")
        quote = Words(text=found["text"], start=start)
        arguments = {**keep_arguments(offer, last, {name: quote}), name: QuotedText(quote=quote)}
        call = Call(action=offer.name, arguments=arguments)
        result = PlanResult(calls=(call,), replaces=(last.handle,))
        return Proposal(result=result, replaced=(Words(text=typed, start=0),))
    return None


def adds_to_text(last: EarlierCall, name: str, said: Collection[str]) -> bool:
    """Whether words add to a text that a call has already."""
    return name in (*last.said, *last.computed) and not _ADDS.isdisjoint(said)


def refuse_addition(offer: Offer, name: str) -> Abstain:
    label = quote_words(offer.annotation(name).label or name.replace("_", " "))
    return Abstain(reason="nothing_fits", detail=_NOTHING_ADDED.format(label))


def is_free_text(schema: object) -> bool:
    plain = isinstance(schema, Mapping) and schema.get("type") == "string"
    return plain and not {"enum", "format", "pattern"} & set(schema)  # type: ignore[call-overload]
