"""Direct speech: what is said about somebody, put to them: "his keys are here" as "your keys are here"."""

from __future__ import annotations

import re
from typing import Final

from language.example_patterns import PARTICLES
from language.stems import EMPTY, is_past, stem
from language.text import word_set
from language.wordnet import is_word

_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_PEOPLE: Final = (
    word_set("he he's he'll he'd him his himself"),
    word_set("she she's she'll she'd her hers herself"),
    word_set("their theirs"),
)
_OTHERS: Final = word_set("they they're they've they'll they'd them themselves")
"""Other people as often as whoever is told."""
_SUBJECTS: Final = word_set("he he's he'll he'd she she's she'll she'd")
_ALONE: Final = {"his": "yours", "hers": "yours", "theirs": "yours", "her": "you", "himself": "yourself"}
_AGREES: Final = {
    "is": "are", "isn't": "aren't", "was": "were", "wasn't": "weren't", "has": "have", "hasn't": "haven't",
    "does": "do", "doesn't": "don't",
}  # fmt: skip
_MODALS: Final = word_set(
    "can could may might must shall should will would had did can't couldn't cannot mustn't shouldn't won't wouldn't "
    "hadn't didn't ought"
)
_ADVERBS: Final = word_set("still also just already only always never now probably really")
_TELLERS: Final = word_set("i i'm i've i'll we we're we've we'll")
_ASKS: Final = re.compile(
    r"(?P<asks>if|whether|when|where|why|how|what)\s+(?P<said>[\w'’]+\s.+)", re.IGNORECASE | re.DOTALL
)
_SAID: Final = re.compile(r"(?P<who>you|we|i|it)\s+(?P<verb>[^\W\d_]+)(?=\W|$)", re.IGNORECASE)
_DAY: Final = re.compile(r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?")
_TO_WHOM: Final = frozenset(
    map(
        stem,
        word_set(
            "give gave send sent offer offered show pay paid charge bring brought lend lent owe let make made "
            "help see saw keep kept get got leave left refund book"
        ),
    )
)
"""Verbs with two objects, or with somebody and what they do."""
_JOINTS: Final = word_set("and or but")


def address(clause: str) -> str | None:
    """The clause in the second person. None if it speaks of nobody, if somebody else may be meant, or if the form of a
    verb is not sure."""
    words = [*_WORD.finditer(clause)]
    lows = [each[0].casefold().replace("’", "'") for each in words]
    found = [at for at, low in enumerate(lows) if any(low in each for each in _PEOPLE)]
    if not found or not _OTHERS.isdisjoint(lows) or not any({lows[at] for at in found} <= each for each in _PEOPLE):
        return None
    first = found[0]
    subject = lows[first] in _SUBJECTS
    named = any(each[0][0].isupper() for at, each in enumerate(words) if at and lows[at] not in _TELLERS)
    if (len(found) > 1 and (named or not subject)) or not _opens(lows[:first]):
        return None
    changed = dict[int, str]()
    for at in found:
        behind = (
            lows[at + 1] if at + 1 < len(lows) and clause[words[at].end() : words[at + 1].start()].isspace() else ""
        )
        if lows[at] in _SUBJECTS:
            verb = _agree(lows, at)
            if verb is None:
                return None
            changed |= verb
        elif (said := _replace(lows[at], lows[at - 1] if at else "", behind)) is not None:
            changed[at] = said
        else:
            return None
    made, end = "", 0
    for at, said in changed.items():
        capital = words[at][0][0].isupper()
        made += clause[end : words[at].start()] + (said.capitalize() if capital else said)
        end = words[at].end()
    return made + clause[end:]


def ask(clause: str) -> str | None:
    """The direct question that a reported one is, put to the reader: "can you come at 3?" of "if she can come at 3".
    None if it is no question whose subject is a pronoun, or if no auxiliary stands behind that."""
    asked = _ASKS.fullmatch(clause)
    told = (address(asked["said"]) or asked["said"]) if asked is not None else ""
    said = _SAID.match(told)
    if asked is None or said is None or said["verb"].casefold() not in _MODALS | {*_AGREES, *_AGREES.values()}:
        return None
    word = "" if asked["asks"].casefold() in ("if", "whether") else f"{asked['asks']} "
    return f"{word}{said['verb']} {said['who']}{told[said.end() :].rstrip('?.! ')}?"


def _opens(before: list[str]) -> bool:
    """Whether nobody else can be meant by the words in front: none, or who speaks and a verb ("we found")."""
    rest = [low for low in before[1:] if low not in EMPTY | _MODALS]
    return not before or (before[0] in _TELLERS and len(rest) < 2 and "the" not in before)


def _replace(low: str, before: str, behind: str) -> str | None:
    """The word for the reader. The words beside it tell "her keys" from "call her back". "Sent her flowers" and "see
    her Friday" may be either."""
    if low in ("him", "their"):
        return "you" if low == "him" else "your"
    alone = not behind or behind in EMPTY | PARTICLES
    if low == "herself" or alone or low in ("himself", "hers", "theirs"):
        return "yourself" if low == "herself" else _ALONE[low]
    either = _DAY.fullmatch(behind) is not None or is_past(behind) or stem(before) in _TO_WHOM
    return "your" if low == "his" or not either else None


def _agree(lows: list[str], at: int) -> dict[int, str] | None:
    """The subject at a word and its verb in the second person. None if the verb's form is not sure, or another verb
    follows that agrees with it too."""
    step = next((each for each in range(at + 1, len(lows)) if lows[each] not in _ADVERBS), len(lows))
    joined = (each for each in range(step + 1, len(lows)) if lows[each - 1] in _JOINTS)
    if step == len(lows) or any(lows[each] in _AGREES or _base_form(lows[each]) is not None for each in joined):
        return None
    verb, (_, mark, ending) = lows[step], lows[at].partition("'")
    if ending == "s":
        have = verb in ("been", "got")
        return None if is_past(verb) and not have else {at: "you've" if have else "you're"}
    if ending or verb in _MODALS or (is_past(verb) and verb not in _AGREES):
        return {at: f"you{mark}{ending}"}
    plain = _AGREES.get(verb) or _base_form(verb)
    return {at: "you", step: plain} if plain is not None else None


def _base_form(verb: str) -> str | None:
    """The plain form of a verb in the third person: "owe" of "owes"."""
    forms = (verb[:-1], verb[:-2], f"{verb[:-3]}y") if verb.endswith("s") and not verb.endswith("ss") else ()
    return next(filter(is_word, forms), None)
