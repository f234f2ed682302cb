"""Consent: whether an answer is a yes or a no.

Closed lists of whole answers. Any other answer is neither. Silence, doubt or a new wish never sends a call.
"""

from __future__ import annotations

import re
from typing import Final

from agent.pipeline import Answer, Request
from agent.validate.questions import quote_words
from language.text import word_set

_WORDS: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
"""Words and figures: "no, 20" is no mere no."""
_AGREEING: Final = (
    "y", "yes", "yeah", "yep", "yup", "yea", "aye", "ok", "okay", "sure", "right", "correct", "exactly", "indeed",
    "absolutely", "definitely", "of course",
)  # fmt: skip
"""What may stand alone, and before any other yes: "ok yes, do it"."""
_BESIDE: Final = frozenset({"that", "that is it", "that is right", "i mean it", "thanks", "thank you"})
"""What is a yes only behind one of those."""
_YES: Final = frozenset(
    {
        "please", "please do", "do it", "do that", "do", "send it", "send that", "confirm", "confirm it", "go ahead",
        "go on", "that's it", "that's right", "that one",
        "that's the one", "that's what i mean", "that's what i meant", "it is", "i do", "i mean that", "only the rest",
        "just the rest", "the rest", "do the rest", "without that", "that's fine",
        "ja", "ja bitte", "ja gerne", "sí", "si", "sí por favor", "oui", "oui s'il te plaît", "oui s'il vous plaît",
        "sì", "sì grazie", "ja graag", "sim", "sim por favor",
    }
)  # fmt: skip
_SENDING: Final = word_set("y yes yeah yep yup yea aye ja sí si oui sì sim do send go confirm")
_NO: Final = frozenset(
    {
        "n", "no", "nope", "nah", "no thanks", "no thank you", "no don't", "don't", "do not", "please don't", "no way",
        "no stop", "stop", "cancel", "no cancel", "cancel it", "cancel that", "not now", "no not now", "nothing",
        "none", "none of them", "don't do it", "do nothing", "no do nothing", "nein", "nein danke", "nee",
        "nee dank je", "non", "non merci", "no gracias", "no grazie", "não", "não obrigado", "não obrigada",
    }
)  # fmt: skip


def is_yes(text: str) -> bool:
    return _agrees(_read(text))


def _agrees(words: str) -> bool:
    begun = (words[len(each) :].strip() for each in _AGREEING if f"{words} ".startswith(f"{each} "))
    return words in _YES or any(not rest or rest in _BESIDE or _agrees(rest) for rest in begun)


def sends(text: str) -> bool:
    """Whether a yes is one to the call itself. "Ok" may only mean that something was
    seen, and "yes, without that" wants another one."""
    said = set(_read(text).split())
    return is_yes(text) and bool(said & _SENDING) and said.isdisjoint(("rest", "without"))


def is_no(text: str) -> bool:
    return _read(text) in _NO


def has_consent(request: Request, slot: str) -> bool:
    """Whether the latest answer to a slot's question is a yes, in words or by choosing its one candidate."""
    answer = _find_answer(request, slot)
    return answer is not None and (answer.choice == slot or (answer.text is not None and is_yes(answer.text)))


def explain_unclear(request: Request, slot: str) -> str:
    """What to say before asking again. Empty if nothing was answered."""
    answer = _find_answer(request, slot)
    return f"{quote_words(answer.text)} is neither yes nor no. " if answer is not None and answer.text else ""


def _find_answer(request: Request, slot: str) -> Answer | None:
    """The latest answer to a slot, including one that a model has read since (``said:rest``)."""
    return next((each for each in reversed(request.answers) if each.slot.rpartition(":")[2] == slot), None)


def _read(text: str) -> str:
    return " ".join(_WORDS.findall(text.casefold().replace("’", "'")))
