"""Changed texts: words that say the text of a card anew ("the note is …"), add to it ("add that …"), or correct a value
in it ("no, 30 minutes").

Only a card that waits is changed. The new one shows the whole text, and waits too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

from agent.extract.answer_words import list_cores
from agent.extract.spans import money
from agent.extract.time import dates, durations, times
from agent.pipeline import Answer, Plan
from agent.resolve.rules.clauses import split_clauses
from agent.resolve.rules.grammar.earlier_calls import LEAD, strip_denial
from agent.resolve.rules.grammar.orders.text_parameters import takes_text
from language.stems import stem_text
from language.text import Text, find_quotations, read_text, word_set
from registry.contract import Contract

_ADDS: Final = word_set("add append include attach mention also plus and too")
_BEFORE: Final = r"(?:(?:also|plus|and|please|pls)\s+)*"
_SAID: Final = re.compile(
    rf"{LEAD}{_BEFORE}(?:(?P<verb>say|mention)(?:\s+(?:also|too))?(?:\s+that\b|\s*:)?"
    r"|(?P<told>add|include|append|write|put)(?:\s+(?:also|too|in))?(?:\s+that\b|\s*:)"
    r"|(?:(?:make|let|have)\s+it|(?:it|the\s+text)\s+(?P<whole>should|shall|must))(?:\s+also)?\s+say(?:\s+that\b|\s*:)?)"
    r"\s*(?P<text>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_LABELLED: Final = (
    LEAD + r"(?:(?P<verb>with|add|make|set|change|put|use|append|include)\s+)?(?:(?:the|a|as)\s+)*(?:{called})"
    r"(?:\s*[:=]\s*|\s+(?:is|to|saying|as|should\s+be)\s+|(?(verb)\s+|(?!)))(?P<text>\S.*)"
)
_PUT_AS: Final = (
    LEAD + r"(?P<verb>[a-z]+\s+)?(?P<text>\"[^\"]+\"|'[^']+'|[“‘][^”’]+[”’])"
    r"\s+(?:as|in|into|to)\s+(?:the|a)\s+(?:{called})[\s.!]*"
)
_QUOTED: Final = rf"{LEAD}(?:[a-z]+\s+){{0,3}}"
_MARKS: Final = " \t\n\"'“”‘’«»"


class _Placed(Protocol):
    """A value with its place in a normalised text."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


_Find = Callable[[Text, datetime], Sequence[_Placed]]
_VALUES: Final[tuple[_Find, ...]] = (
    lambda text, _: money.find(text),
    lambda text, _: durations.find(text),
    lambda text, _: times.find(text),
    lambda text, now: dates.find(text, now.date()),
)


def read_changed_text(words: str, plan: Plan, contract: Contract) -> Answer | None:
    """The answer that changes the text of a card's one call. None if the words change none, or more than one may be
    meant."""
    texts = _list_texts(plan, contract)
    for name in texts:
        label = contract.annotation(name).label or name.replace("_", " ")
        called = "|".join(re.escape(each) for each in {name, label})
        forms = (re.compile(each.format(called=called), re.IGNORECASE | re.DOTALL) for each in (_LABELLED, _PUT_AS))
        found = next(filter(None, (each.fullmatch(words.strip()) for each in forms)), None)
        if found is not None and len(split_clauses(found["text"])) == 1:
            return _change(name, found["text"], texts[name], adds=(found["verb"] or "").strip().casefold() in _ADDS)
    filled = {name: text for name, text in texts.items() if text}
    if len(filled) != 1:
        return None
    ((name, before),) = filled.items()
    bare = strip_denial(words)[0]
    if (quoted := _read_quoted(bare)) is not None:
        return _change(name, quoted[1], before, adds=not _ADDS.isdisjoint(quoted[0]))
    if (found := _SAID.fullmatch(bare.strip())) is None or len(split_clauses(found["text"])) > 1:
        return None
    lead = {each.low for each in read_text(bare.strip()[: found.start("text")]).tokens}
    anew = bare != words or (_ADDS.isdisjoint(lead) and (found["verb"] is None or _tells_same(found["text"], before)))
    return _change(name, found["text"], before, adds=not anew)


def correct_in_text(words: str, plan: Plan, contract: Contract, now: datetime) -> Answer | None:
    """The answer that puts a value in the place of the only one of its type in a card's text. None if the words say
    more than a value, or if no such value stands there."""
    filled = {name: text for name, text in _list_texts(plan, contract).items() if text}
    if len(filled) != 1:
        return None
    ((name, before),) = filled.items()
    held, said = read_text(before), read_text(words)
    for find in _VALUES:
        stood, new = find(held, now), find(said, now)
        if len(stood) != 1 or len(new) != 1 or not _says_only(words, new[0]):
            continue
        value = words[slice(*said.span(new[0].start, new[0].end))]
        start, end = held.span(stood[0].start, stood[0].end)
        return _answer(name, f"{before[:start]}{value}{before[end:]}")
    return None


def _list_texts(plan: Plan, contract: Contract) -> Mapping[str, str]:
    """The free texts of a plan's one call, empty where there is none yet."""
    if len(plan.steps) != 1:
        return {}
    held = {each.param: each.value for each in plan.steps[0].filled}
    properties = contract.properties.items()
    names = (name for name, schema in properties if takes_text(name, schema, contract.annotation(name)))
    return {name: str(held.get(name) or "") for name in names}


def _read_quoted(words: str) -> tuple[set[str], str] | None:
    """The words before a quotation that is all there is besides, and what is quoted."""
    quoted = find_quotations(words)
    if len(quoted) != 1 or words[quoted[0][1] :].strip(" .!"):
        return None
    (start, end), *_ = quoted
    if re.fullmatch(_QUOTED, words[:start], re.IGNORECASE) is None:
        return None
    return {each.low for each in read_text(words[:start]).tokens}, words[start:end]


def _tells_same(text: str, before: str) -> bool:
    """Whether a text has a word of meaning in common with the one before it, which it then says anew."""
    return not {*stem_text(text)}.isdisjoint(stem_text(before))


def _says_only(words: str, found: _Placed) -> bool:
    """Whether words are a value and nothing but small words around it."""
    plain = read_text(words).plain
    value = plain[found.start : found.end]
    return value == plain.strip(" .!") or value in list_cores(plain)


def _change(name: str, text: str, before: str, *, adds: bool) -> Answer:
    said = text.strip().strip(_MARKS)
    return _answer(name, f"{before.rstrip(' .;,')}; {said}" if adds and before else said)


def _answer(name: str, text: str) -> Answer:
    return Answer(slot=f"0.{name}", text=text)
