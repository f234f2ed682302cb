"""Consent in words: whether an answer to “Shall I do the rest?” is a yes or a no.

A closed set of whole answers. Anything else is neither: silence, doubt and a new wish never let a call go out.
"""

from __future__ import annotations

import re
from typing import Final

from agent.pipeline import Answer, Request
from agent.validate.questions import quote_words

_LETTERS: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_YES: Final = frozenset(
    {
        "y", "yes", "yeah", "yep", "yup", "yes please", "please", "please do", "yes do", "yes do it", "yes do that",
        "do it", "do that", "do", "ok", "okay", "sure", "go ahead", "yes go ahead", "only the rest", "just the rest",
        "the rest", "do the rest", "yes the rest", "yes do the rest", "yes without that", "without that", "that's fine",
        "ja", "ja bitte", "ja gerne", "sí", "si", "sí por favor", "oui", "oui s'il te plaît", "oui s'il vous plaît",
        "sì", "sì grazie", "ja graag", "sim", "sim por favor",
    }
)  # fmt: skip
_NO: Final = frozenset(
    {
        "n", "no", "nope", "nah", "no thanks", "no thank you", "no don't", "don't", "do not", "please don't", "no way",
        "no stop", "stop", "cancel", "no cancel", "cancel it", "cancel that", "not now", "no not now", "nothing",
        "don't do it", "do nothing", "no do nothing", "nein", "nein danke", "nee", "nee dank je", "non", "non merci",
        "no gracias", "no grazie", "não", "não obrigado", "não obrigada",
    }
)  # fmt: skip


def is_yes(text: str) -> bool:
    return _read(text) in _YES


def is_no(text: str) -> bool:
    return _read(text) in _NO


def has_consent(request: Request, slot: str) -> bool:
    """Whether the question of a slot was answered by a yes: its one candidate chosen, or said in words. The latest
    answer counts."""
    answer = _find_answer(request, slot)
    return answer is not None and (answer.choice == slot or (answer.text is not None and is_yes(answer.text)))


def explain_unclear(request: Request, slot: str) -> str:
    """What to say before asking once more, empty where nothing was answered."""
    answer = _find_answer(request, slot)
    return f"{quote_words(answer.text)} is neither yes nor no. " if answer is not None and answer.text else ""


def _find_answer(request: Request, slot: str) -> Answer | None:
    """The latest answer to a slot, also one that a model has read since (``said:rest``)."""
    return next((each for each in reversed(request.answers) if each.slot.rpartition(":")[2] == slot), None)


def _read(text: str) -> str:
    return " ".join(_LETTERS.findall(text.casefold().replace("’", "'")))
