"""Answer phrases: typed answers that answer nothing. Some take the request back, others exclude an offered record ("not
Novak" leaves the others)."""

from __future__ import annotations

import re
from typing import Final

from agent.extract.answer_words import split_exclusion
from agent.extract.limits import MAX_TEXT, explain_excess
from agent.pipeline import Answer, Candidate, Question
from agent.resolve.rules.clauses import begins_like_an_order
from agent.validate.consent import is_yes
from agent.validate.questions import MAX_CANDIDATES, REST
from core.errors import InvalidInput
from language.stems import EMPTY, stem_text
from language.text import word_set
from language.wordnet import is_word

MOST_WHY: Final = 6  # words
_LETTERS: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_CHOICES: Final = frozenset({"ambiguous", "not_found", "unclear_action"})
"""Codes of questions that offer choices. "no" can't be a value for them, so it cancels."""
_SAID: Final = frozenset(
    {
        "never mind", "nevermind", "never mind that", "never mind drop it", "never mind then", "forget it",
        "forget about it", "drop it", "oh never mind", "actually never mind", "leave it", "let it be",
        "cancel", "cancel that", "cancel it", "cancel this", "stop", "stop it", "stop that",
        "no keep it", "no keep that", "no keep them", "abort", "quit", "undo", "undo that", "undo it",
        "i don't want to", "i don't want to anymore",
        "i do not want to", "i changed my mind", "abbrechen", "stopp", "vergiss es", "cancela", "cancelar", "olvídalo",
        "annuler", "annule", "laisse tomber", "annulla", "lascia stare", "annuleren", "laat maar", "esquece", "deixa",
    }
)  # fmt: skip
"""Phrases that cancel if they are the whole answer. A person who means exactly these words as a text loses the
question, and nothing is sent."""
_NO: Final = frozenset(
    {"no", "nope", "nah", "no thanks", "no thank you", "nein", "nein danke", "non", "non merci", "nee", "não"}
)
"""Refusals of a question that offers choices."""
_ANOTHER: Final = frozenset(
    {
        "wrong", "not that", "not that one", "that's not it", "it isn't", "it's not", "something else", "that's wrong",
        "that's not what i mean", "i don't",
    }
)  # fmt: skip
"""Refusals of a question which action is meant."""
_NEITHER: Final = frozenset(
    f"{none}{of}"
    for none in ("neither", "none", "neither one", "not any")
    for of in ("", " of them", " of these", " of those", " of the two")
)
_LEADS: Final = frozenset({"oh", "ah", "ok", "okay", "well", "actually", "sorry", "hm", "hmm", "wait"})
_POLITE: Final = frozenset({"please", "thanks", "then", "sorry"})
_PARTS: Final = re.compile(r"[,;.!?–—]+|(?<!\w)-+|-+(?!\w)")


def is_cancellation(text: str, question: Question | None = None) -> bool:
    """Whether words take the request back.

    A bare "no" does, if the ``question`` can't be answered by one. The name of one of its candidates is an answer.
    """
    words = _plain(text)
    if question is not None and any(words == each.label.casefold() for each in question.candidates):
        return False
    parts = [part for each in _PARTS.split(text) if (part := _plain(each))]
    chooses = question is not None and question.code in _CHOICES
    refused = _NO | _NEITHER if chooses else frozenset[str]()
    refused = refused | _ANOTHER if question is not None and question.slot == "action" else refused
    known = _SAID | refused
    parts = [each if each in known | _NO else each.removeprefix("no ") for each in parts]
    if words in known or not parts:
        return words in known
    if question is not None and question.code != "missing" and parts[0] in _SAID and _tells_why(text):
        return True  # "leave it, wrong van", which a text that is missing may begin with
    # "no, leave it": a "no" beside words that take it back
    return parts[-1] in known and all(each in known | _NO | _LEADS for each in parts)


def _tells_why(text: str) -> bool:
    """Whether what follows the first part of a text is a short remark, and no value or order."""
    _, *rest = [each for each in _PARTS.split(text) if each.strip()]
    why = " ".join(rest)
    said = why.split()
    return len(said) <= MOST_WHY and not any(map(str.isdigit, why)) and not any(map(begins_like_an_order, rest))


def _plain(text: str) -> str:
    words = _LETTERS.findall(text.casefold().replace("’", "'"))
    while len(words) > 1 and words[0] in _LEADS:
        words = words[1:]
    while len(words) > 1 and words[-1] in _POLITE:
        words = words[:-1]
    return " ".join(words)


_WORDS: Final = re.compile(r"\w+")


def excludes(question: Question, text: str) -> bool:
    """Whether an answer to a choice among records begins with the one to exclude."""
    return question.code == "ambiguous" and split_exclusion(text) is not None


def find_remaining(question: Question, text: str) -> Candidate | None:
    """The one candidate that such an answer leaves. None if it leaves several or excludes none."""
    found = split_exclusion(text)
    if found is None:
        return None
    excluded, instead = found
    if instead:
        named = [each for each in question.candidates if _is_named(each, instead)]
        return named[0] if len(named) == 1 and not _is_named(named[0], excluded) else None
    left = [each for each in question.candidates if not _is_named(each, excluded)]
    return left[0] if len(left) == 1 < len(question.candidates) else None


def _is_named(candidate: Candidate, words: str) -> bool:
    """Whether the candidate shows all the words, without pointing words ("the … one")."""
    said, label = (set(_WORDS.findall(each.casefold())) for each in (words, f"{candidate.label} {candidate.detail}"))
    telling = said - EMPTY - {"one", "ones"}
    return bool(telling) and telling <= label


def _find_chosen(question: Question, words: str) -> Candidate | None:
    """The candidate that words choose by themselves: a yes to the only one, what one alone is called as it was
    offered, whatever a platform's search finds by that, or an action by its place or its title."""
    if len(question.candidates) == 1 and is_yes(words):
        return question.candidates[0]
    said = words.strip(" .!\"'‘’“”").casefold()
    called = [each for each in question.candidates if each.label.casefold() == said]
    called = called or (_list_described(question, words) if question.code == "ambiguous" else [])
    if len(called) == 1:
        return called[0]
    if question.slot != "action":
        return None
    place = _PLACE.fullmatch(words)
    at = _PLACES.index(place["place"].casefold()) // 2 if place is not None else len(question.candidates)
    return question.candidates[at] if at < len(question.candidates) else find_named_action(question, words)


_POINTING: Final = word_set("the that this a an one it is s from of in at on with for about called named who please")
_HEAD: Final = re.compile(
    r"\W*(?:the|that)\s+(?P<noun>[a-z]+)\s+(?:from|of|in|at|with|about|called|named)\s", re.IGNORECASE
)
"""Who or what is pointed at, in no word that any candidate shows: "the guy from …"."""
_SPELT: Final = re.compile(
    r"(?P<name>.*?)\b(?:spel(?:t|led)\s+)?with(?P<without>out)?\s+(?:(?:an?|the|one)\s+)?(?P<twice>double\s+)?"
    r"[\"'“‘]?(?P<letters>(?P<letter>[^\W\d_])(?P=letter)?)\W*",
    re.IGNORECASE | re.DOTALL,
)


def _list_described(question: Question, words: str) -> list[Candidate]:
    """The candidates that show every word of an answer ("the one from Acme"), or are spelt as it says ("with a v").
    None of a full list, which may have left others out."""
    if len(question.candidates) >= MAX_CANDIDATES:
        return []
    spelt = _SPELT.fullmatch(words)
    head = _HEAD.match(words)
    said = {*_WORDS.findall((spelt["name"] if spelt is not None else words).casefold())} - _POINTING
    shown = [({*_WORDS.findall(f"{each.label} {each.detail}".casefold())}, each) for each in question.candidates]
    if head is not None and is_word(noun := head["noun"].casefold()) and not any(noun in held for held, _ in shown):
        said.discard(noun)
    if (not said and spelt is None) or any(map(str.isdigit, "".join(said))):
        return []
    letters = "" if spelt is None else (spelt["letters"] * (1 + bool(spelt["twice"]))).casefold()
    denied = spelt is not None and spelt["without"] is not None
    return [each for held, each in shown if said <= held and (letters in each.label.casefold()) is not denied]


_PLACES: Final = ("first", "1st", "second", "2nd", "third", "3rd", "fourth", "4th")
_PLACE: Final = re.compile(rf"\W*(?:the\s+)?(?P<place>{'|'.join(_PLACES)})(?:\s+one)?(?:\s+please)?\W*", re.IGNORECASE)


def find_named_action(question: Question, text: str) -> Candidate | None:
    """The one offered action that an answer names and says nothing beside: "close it" is "Close a ticket"."""
    said = set(stem_text(text))
    fits = [each for each in question.candidates if said and said <= set(stem_text(each.label))]
    return fits[0] if len(fits) == 1 else None


def make_answer(question: Question, choice: str | None, text: str | None) -> Answer:
    """The answer to a question, by a candidate or in words. Words that name one candidate choose it. Raises
    InvalidInput."""
    if (choice is None) == (text is None):
        raise InvalidInput("Answer with one of the candidates (choice) or in your own words (text), not both.")
    if choice is not None:
        found = next((each for each in question.candidates if each.id == choice), None)
        if found is None:
            raise InvalidInput(f"{choice!r} is none of the candidates of this question.")
        return Answer(slot=question.slot, choice=choice, label=found.label)
    if not question.free_text:
        raise InvalidInput("Choose one of the candidates of this question.")
    words = check_text(text or "")
    if question.slot != REST and (named := _find_chosen(question, words)) is not None:
        return Answer(slot=question.slot, choice=named.id, label=named.label)
    left = find_remaining(question, words) if excludes(question, words) else None
    if left is not None:
        return Answer(slot=question.slot, choice=left.id, label=left.label)
    return Answer(slot=question.slot, text=words)


def check_text(text: str) -> str:
    words = text.strip()
    if not words or len(words) > MAX_TEXT:
        raise InvalidInput(f"An answer has 1 to {MAX_TEXT} characters.")
    if (why := explain_excess(words)) is not None:
        raise InvalidInput(why)
    return words
