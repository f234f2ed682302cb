"""A second look at a model's answer by the resolver that needs none: deterministic, and never told what the model said.

Small models say "none" where they should act, and act where nothing fits; the words alone go wrong elsewhere. Where the provider tells how
the model weighed what it was offered, both minds are pooled (``pool``) and what they come to together is done, asked about, or left. Where
it doesn't, the model's choice is all there is: where both agree it stands; where they don't, a person decides, and only a firm reading by
words overrules a "none".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from agent.pipeline import Abstain, Ask, Calls, Candidate, Draft, Question, Resolution
from agent.resolve.merge import by_action, lent
from agent.resolve.pool import Minds
from registry.offer import Offer
from registry.shortlist import Shortlist

FIRM: Final = 0.42
"""From this confidence on, the words alone overrule a model that found nothing. The offline resolver acts from here on by itself."""

ACT: Final = 0.5
"""From this share of both minds on, an action is taken if the next one is CLEAR behind; from ASK on it is asked about."""
CLEAR: Final = 0.1
ASK: Final = 0.2
_NONE_READ: Final[Mapping[str, Draft]] = MappingProxyType({})
_NOTHING: Final = "No registered action does this."


def agree(said: Resolution, words: Resolution) -> bool:
    """Whether both would do the same: then there is nothing to weigh."""
    return isinstance(said, Calls) and isinstance(words, Calls) and _actions(said.drafts) == _actions(words.drafts)


def reconciled(
    said: Resolution,
    words: Resolution,
    shortlist: Shortlist,
    notes: list[str],
    minds: Minds | None = None,
    read: Mapping[str, Draft] = _NONE_READ,
) -> Resolution:
    """What to make of the model's answer ``said``, given what the ``words`` alone come to. Why goes into ``notes``. ``read`` are the calls
    that the words make of other actions."""
    if (
        isinstance(words, Ask)
        and words.stands
        and not isinstance(said, Abstain)
        and len(said.drafts) <= len(words.drafts)
    ):
        notes.append("second look: what the words ask about stands, whichever action it is")
        return words
    if minds is not None and (_found_nothing(said) or _comparable(said, minds)):
        if _comparable(words, minds):
            return _together(said, words, shortlist, notes, minds, read)
        if isinstance(words, Calls) and isinstance(said, Calls) and said.drafts[0].action not in _actions(words.drafts):
            return _planned(said, words, shortlist, notes, minds)
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


def _found_nothing(said: Resolution) -> bool:
    return isinstance(said, Abstain) and said.reason == "nothing_fits"


def _comparable(one: Resolution, minds: Minds) -> bool:
    """Whether it is about one action of the whole request, or none: not several wishes, and nothing that no likelihood outweighs (a
    refusal; an action that the words find and yet leave, since it does not work on such a thing; a question that stands)."""
    if isinstance(one, Abstain):
        plausible = max(minds.words.values(), default=0.0) >= ASK
        return one.reason == "below_threshold" or (one.reason == "nothing_fits" and not plausible)
    return len(set(_actions(one.drafts))) <= 1 and not (isinstance(one, Ask) and one.stands)


def _planned(said: Calls, words: Calls, shortlist: Shortlist, notes: list[str], minds: Minds) -> Resolution:
    """Several wishes that the words find against one that the model means instead: theirs, where both minds together clearly hold the
    first of them likelier."""
    shares = minds.pooled()
    theirs, other = words.drafts[0].action, said.drafts[0].action
    if shares[theirs] >= ACT and shares[theirs] - shares.get(other, 0.0) >= CLEAR:
        notes.append(f"second look: together {theirs} {shares[theirs]:.2f} and what goes with it, not {other}")
        return words
    return _disputed(said, words, shortlist, notes)


def _together(
    said: Resolution,
    words: Resolution,
    shortlist: Shortlist,
    notes: list[str],
    minds: Minds,
    read: Mapping[str, Draft],
) -> Resolution:
    """What the two minds come to."""
    shares = minds.pooled()
    ranked = sorted((name for name in shares if name in shortlist), key=lambda name: -shares[name])
    told = ", ".join(f"{name} {shares[name]:.2f}" for name in ranked[:2])
    notes.append(f"second look: together {told or 'nothing'}, none of them {shares[minds.NONE]:.2f}")
    drafts = by_action(said, words)
    top = ranked[0] if ranked else ""
    if not top or shares[top] < ASK:
        return (
            said
            if isinstance(said, Abstain)
            else Abstain(reason="nothing_fits", detail=_NOTHING, nearest=tuple(ranked[:3]))
        )
    rivals = [name for name in ranked[1:3] if shares[name] >= ASK]
    clear = len(ranked) < 2 or shares[top] - shares[ranked[1]] >= CLEAR
    chosen = any(isinstance(one, Calls) and one.drafts[0].action == top for one in (said, words))
    if shares[top] >= ACT and clear and chosen:
        made = drafts[top]
        if len(made) == 1 and isinstance(said, Calls) and said.drafts[0].action != top:
            made = (lent(made[0], said.drafts[0], shortlist),)
        return Calls(drafts=made, confidence=round(shares[top], 4))
    offered = [top, *rivals]
    if top not in drafts:  # neither put it first: what one of them did goes first, where that is about as likely
        offered.sort(key=lambda name: not (name in drafts and shares[top] - shares[name] < CLEAR))
    text = "Which of these do you mean?" if rivals else "Is this what you mean?"
    return Ask(
        question=_question(text, offered, shortlist),
        drafts=drafts.get(offered[0]) or tuple(filter(None, [read.get(offered[0])])),
        confidence=round(shares[offered[0]], 4),
    )


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


def confirmed_first(resolution: Resolution, shortlist: Shortlist, text: str) -> Resolution:
    """A question in the place of calls; whatever else it is stays."""
    if not isinstance(resolution, Calls):
        return resolution
    question = _question(text, list(dict.fromkeys(_actions(resolution.drafts))), shortlist)
    return Ask(question=question, drafts=resolution.drafts, confidence=resolution.confidence, stands=True)


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
