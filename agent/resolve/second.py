"""A second look at a model's answer by the resolver that needs none: deterministic, and never told what the model said.

Small models say "none" where they should act, and act where nothing fits; the words alone go wrong elsewhere. Where both agree, the answer
stands. Where they don't, the surer reading is proposed and a person decides; only a firm reading by words overrules a "none".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agent.pipeline import Abstain, Ask, Calls, Candidate, Draft, Question, Resolution
from registry.offer import Offer
from registry.shortlist import Shortlist

FIRM: Final = 0.42
"""From this confidence on, the words alone overrule a model that found nothing. The offline resolver acts from here on by itself."""


def reconciled(said: Resolution, words: Resolution, shortlist: Shortlist, notes: list[str]) -> Resolution:
    """What to make of the model's answer ``said``, given what the ``words`` alone come to. Why goes into ``notes``."""
    if isinstance(said, Abstain):
        return _overruled(said, words, notes)
    if isinstance(said, Ask):
        return _settled(said, words, notes)
    if isinstance(words, Abstain) and words.reason in ("nothing_fits", "below_threshold"):
        notes.append(f"second look: {said.drafts[0].action} is not found in the words ({words.reason}); asked")
        return _confirm(said, shortlist)
    if isinstance(words, Calls) and _actions(words.drafts) != _actions(said.drafts):
        return _disputed(said, words, shortlist, notes)
    return said


def _overruled(said: Abstain, words: Resolution, notes: list[str]) -> Resolution:
    if said.reason == "nothing_fits" and isinstance(words, Calls) and words.confidence >= FIRM:
        notes.append(f"second look: the model found nothing, the words say {words.drafts[0].action}")
        return words
    return said


def _settled(said: Ask, words: Resolution, notes: list[str]) -> Resolution:
    """A model that asks between two is answered by words that are plain."""
    offered = {each.id for each in said.question.candidates}
    if isinstance(words, Calls) and len(words.drafts) == 1 and words.drafts[0].action in offered:
        notes.append(f"second look: of those the model asks between, the words say {words.drafts[0].action}")
        return words
    return said


def _disputed(said: Calls, words: Calls, shortlist: Shortlist, notes: list[str]) -> Resolution:
    """Two readings of one request: which is meant is not ours to say. A model that saw one of two wishes has only passed one over."""
    if len(words.drafts) > len(said.drafts) and set(_actions(said.drafts)) <= set(_actions(words.drafts)):
        notes.append(f"second look: the words say {', '.join(_actions(words.drafts))}")
        return words
    notes.append(f"second look: the words say {', '.join(_actions(words.drafts))}; asked")
    meant = [each for draft in (*said.drafts, *words.drafts) if (each := shortlist.get(draft.action)) is not None]
    return Ask(question=_question("Which of these do you mean?", list(dict.fromkeys(each.name for each in meant)), shortlist),
               drafts=said.drafts)  # fmt: skip


def _confirm(said: Calls, shortlist: Shortlist) -> Ask:
    names = list(dict.fromkeys(draft.action for draft in said.drafts))
    return Ask(question=_question("Is this what you mean?", names, shortlist), drafts=said.drafts)


def _question(text: str, names: Sequence[str], shortlist: Shortlist) -> Question:
    offers: list[Offer] = [each for name in names if (each := shortlist.get(name)) is not None]
    candidates = tuple(
        Candidate(id=each.name, label=each.title or each.name, detail=each.description[:200]) for each in offers
    )
    return Question(slot="action", code="unclear_action", text=text, candidates=candidates)


def _actions(drafts: Sequence[Draft]) -> tuple[str, ...]:
    return tuple(draft.action for draft in drafts)
