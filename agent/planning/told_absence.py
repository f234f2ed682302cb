"""Told absence: what somebody says they won't come to or don't want any more ("Ada can't make Friday"), which asks to
cancel what they have there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from agent.planning.linked_calls import Role
from agent.resolve.rules.grammar.orders.action_words import ActionWords
from agent.validate.coverage.opposed_verbs import GIVING_BACK, REMOVING
from language.stems import stem, stem_text
from registry.contract import Contract
from registry.offers.shortlist import Shortlist

_OFF: Final = re.compile(r"(?<!\w)(?:take|leave|get)\s+(?:him|her|them|it)\s+(?:off|out)(?!\w)", re.IGNORECASE)
_CALLED: Final = frozenset(map(stem, ("cancel", "remove", "delete")))
_DENIED: Final = (
    r"(?:can(?:no|['’]?)t|can\s+not|won['’]?t|will\s+not|(?:is|are)(?:n['’]?t|\s+not)|(?:['’]s|['’]re|['’]m|am)\s+not"
    r"|(?:does|do)(?:n['’]?t|\s+not)|no\s+longer)"
)
_ABSENT: Final = re.compile(
    rf"(?:\b(?:he|she|they)\s+)?(?<!\w){_DENIED}\s+(?:be\s+)?(?:able\s+to\s+)?"
    r"(?:com(?:e|es|ing)|mak(?:e|es|ing)|attend(?:s|ing)?|need(?:s|ed|ing)?|want(?:s|ed|ing)?)"
    r"(?:\s+(?:it|in|to\s+come|to))?(?!\w)|(?<!\w)any\s?more(?!\w)",
    re.IGNORECASE,
)


_DROPS: Final = re.compile(r"\W*(?:please\s+)?(?P<verb>[a-z]+)(?!\w)", re.IGNORECASE)


def find_dropped(text: str) -> list[tuple[int, int]]:
    """The places of the words that say that somebody won't come or wants something no more, or of a verb that takes
    away what is named behind it. None if nothing is to end."""
    found = [each.span() for each in _ABSENT.finditer(text)]
    if any(text[start:end].casefold().replace(" ", "") != "anymore" for start, end in found):
        return found + [each.span() for each in _OFF.finditer(text)]
    verb = _DROPS.match(text)
    return [verb.span("verb")] if verb is not None and stem(verb["verb"].casefold()) in REMOVING else []


def takes_away(contract: Contract, words: ActionWords) -> bool:
    """Whether an action cancels or removes a record itself."""
    called = stem_text(contract.title)[:1]
    return GIVING_BACK.isdisjoint(called) and not _CALLED.isdisjoint({*called, *words.verbs})


def may_be_replaced(shortlist: Shortlist, contract: Contract, roles: Sequence[Role]) -> bool:
    """Whether somebody else may take the place of who is absent: a lesson is not off because its tutor is."""
    theirs = {(each.kind, contract.annotation(each.parameter).record) for each in roles if not each.direct}
    notes = ((offer, note) for offer in shortlist.offers for note in offer.annotations.values())
    held = ((note.record, offer.annotation(note.replaces.parameter).record) for offer, note in notes if note.replaces)
    return any(each in theirs for each in held)
