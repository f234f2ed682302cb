"""Enum reader: a member of a closed list is meant if its words, or the contract's other words for it, are said and not
denied."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from rapidfuzz.distance import OSA

from agent.extract import context, scales
from agent.extract.context import rate_affinity, rate_label
from agent.extract.parameter_spec import ParameterSpec, stem_word
from agent.extract.reading import Candidate
from language import numerals
from language.gazetteer import LANGUAGES
from language.stems import is_form_of
from language.text import Text, Token, split_name, word_set

_NEGATIONS: Final = word_set("not no without except excluding non don't isn't aren't doesn't never neither nor unlike")
_ENDING: Final = word_set("please pls and but or then than for because since as so now again")
_WEAK: Final = word_set(
    "all any other none in on to is it i a an the and or of for by at as no off up out asc default new do me be we us"
)


def find(text: Text, spec: ParameterSpec, values: Sequence[Any]) -> list[Candidate]:
    """Each value that was said, with its certainty. A longer phrase wins over a shorter one inside it."""
    made: list[Candidate] = []
    for value in values:
        for phrase, sure in _list_phrases(str(value), tuple(spec.annotation.words.get(str(value), ()))):
            made += _find_said(text, spec, value, phrase, sure)
        made += _find_numbers(text, spec, value)
    made += _find_glossed(text, spec, values) if not any(each.weight > 0.5 for each in made) else []
    made += _find_language_codes(text, spec, values)
    made += scales.find_ends(text, spec, values)
    return _follow_direction(text, [each for each in made if not any(_holds(other, each) for other in made)])


def _holds(longer: Candidate, each: Candidate) -> bool:
    wider = longer.end - longer.start > each.end - each.start
    return wider and longer.start <= each.start and each.end <= longer.end


def _find_language_codes(text: Text, spec: ParameterSpec, values: Sequence[Any]) -> list[Candidate]:
    """Language codes, said by the language's name: "into French" for 'fr' or 'fr-FR'."""
    if stem_word("language") not in spec.about.union(spec.own):
        return []
    codes = {str(value).lower().partition("-")[0]: value for value in reversed(values)}
    made: list[Candidate] = []
    for token in text.tokens:
        value = codes.get(LANGUAGES.get(token.low, ""))
        if value is not None and token.capital:
            near = rate_label(text, token.start, token.end, spec) + rate_affinity(text, token.start, spec)
            written = str(value)
            made.append(
                Candidate(token.start, token.end, value, f"{token.text} → {written}", written, 0.65 + 0.4 * near)
            )
    return made


@lru_cache(maxsize=8192)
def _list_phrases(value: str, words: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], float], ...]:
    """The ways to say a value, as words, each with its certainty."""
    made: dict[tuple[str, ...], float] = {}
    whole = value.lower().strip()
    parts = tuple(part for part in re.split(r"[\s_\-/]+", whole) if part)
    split = tuple(split_name(value))
    for phrase in (parts, split):
        if phrase:
            made.setdefault(phrase, 0.75)
    if len(parts) > 1:
        joined = ("".join(re.split(r"[\s_\-/]+", whole)),)
        made.setdefault(joined, 0.7)
    for other in words:
        made[tuple(part for part in re.split(r"[\s_\-/]+", other.lower()) if part)] = 0.75
    return tuple(made.items())


def _find_said(text: Text, spec: ParameterSpec, value: Any, phrase: tuple[str, ...], sure: float) -> list[Candidate]:
    made: list[Candidate] = []
    tokens = text.tokens
    written = str(value)
    for index in range(len(tokens)):
        size, slips = _match_phrase(tokens, index, phrase)
        if not size:
            continue
        first, last = tokens[index], tokens[index + size - 1]
        end = last.bare_end
        near = rate_label(text, first.start, end, spec)
        weight = sure - 0.15 * slips + 0.4 * near
        literal = text.plain[first.start : end]
        if len(phrase) == 1 and (len(written) <= 2 or written.lower() in _WEAK):
            if literal != written and near < 0.2:
                continue
            weight -= 0.3 if near < 0.2 else 0.1
        if is_negated(tokens, index) or _is_compared(tokens, index, index + size):
            weight -= 0.6
        how = "" if literal.lower() == written.lower() else f"{literal} → {written}"
        made.append(Candidate(first.start, end, value, how, written, weight))
    return made


def _match_phrase(tokens: Sequence[Token], index: int, phrase: tuple[str, ...]) -> tuple[int, int]:
    """How many tokens from ``index`` on say ``phrase``, and with how many typos. A hyphenated token may hold several of
    its words."""
    position = index
    step = 0
    slips = 0
    while step < len(phrase):
        if position >= len(tokens):
            return 0, 0
        low = tokens[position].low
        stemmed = stem_word(low)
        if is_form_of(low, phrase[step]):
            step += 1
        elif low in {"-", "/", "_"}:
            if not step:  # a phrase begins with a word, so a run of punctuation is skipped once
                return 0, 0
        elif ("-" in low or "_" in low or "/" in low) and (parts := _split_value(low)) == tuple(
            map(stem_word, phrase[step : step + len(parts)])
        ):
            if not parts:
                return 0, 0
            step += len(parts)
        elif len(wanted := stem_word(phrase[step])) >= 5 and stemmed != wanted and _slip(low, stemmed, wanted):
            slips += 1
            step += 1
        else:
            return 0, 0
        position += 1
    return position - index, slips


def _split_value(low: str) -> tuple[str, ...]:
    return tuple(stem_word(part) for part in re.split(r"[-_/]+", low) if part)


def _slip(low: str, stemmed: str, wanted: str) -> bool:
    allowed = 2 if len(wanted) >= 9 else 1
    return (
        stemmed[:1] == wanted[:1]
        and low.isalpha()
        and abs(len(stemmed) - len(wanted)) <= allowed
        and min(OSA.distance(stemmed, wanted, score_cutoff=allowed), OSA.distance(low, wanted, score_cutoff=allowed))
        <= allowed
    )


def is_negated(tokens: Sequence[Token], index: int) -> bool:
    """Whether the word at ``index`` is denied: "not open", "without x", "don't include x", "other than x", "instead of
    x"."""
    for step in range(1, 4):
        if index - step < 0:
            return False
        low = tokens[index - step].low
        if tokens[index - step].text in {",", ".", ";", "!", "?", ":"} or low in {"but", "and", "just", "only", "then"}:
            return False
        if low == "no" and _takes_back(tokens, index - step, index):
            return False
        if low in _NEGATIONS or low.endswith("n't"):
            return True
        if (
            low in {"than", "of"}
            and index - step > 0
            and tokens[index - step - 1].low in {"other", "rather", "instead"}
        ):
            return True
    return False


def _takes_back(tokens: Sequence[Token], at: int, index: int) -> bool:
    """Whether a "no" takes back what was said before, and a word that ends the clause is said instead: "low, no make it
    urgent", but not "all of them, no urgent ones"."""
    begins = at > 0 and not tokens[at - 1].word
    return begins and (index + 1 >= len(tokens) or not tokens[index + 1].word)


def _is_compared(tokens: Sequence[Token], first: int, after: int) -> bool:
    """Whether a value is only compared with: "less urgent" gives a direction, not a value. "More" before a noun is a
    number ("three more red mugs")."""
    before = tokens[first - 1].low if first else ""
    if before != "more":
        return before == "less"
    return after >= len(tokens) or not tokens[after].word or tokens[after].low in _ENDING


def _find_numbers(text: Text, spec: ParameterSpec, value: Any) -> list[Candidate]:
    """A numeric value ("2", 2019) may also be said in number words."""
    written = str(value)
    amount = numerals.parse_decimal(written) if written[:1].isdigit() else None
    if amount is None or isinstance(value, bool):
        return []
    made: list[Candidate] = []
    for number in numerals.find(text):
        if number.value != amount or number.kind == "ordinal":
            continue
        near = rate_label(text, number.start, number.end, spec)
        counted = context.list_counted_stems(text, number.end)
        if (number.unit and stem_word(number.unit) in spec.own) or set(counted) & set(spec.own):
            near = max(near, 0.4)
        peopled = context.counts_people(spec) and context.says_people(text, number.start, number.end)
        weight = (0.3 if amount < 1000 else 0.6) + near + (0.35 if peopled else 0.0)
        weight -= 0.2 if number.vague and near < 0.2 and not peopled else 0.0
        said = text.plain[number.start : number.end]
        how = "" if said == written else f"{said} → {written}"
        made.append(Candidate(number.start, number.end, value, how, written, weight))
    return made


def _find_glossed(text: Text, spec: ParameterSpec, values: Sequence[Any]) -> list[Candidate]:
    """Values that the description explains ("'b' (business class)"). The explanation's words count a little."""
    made: list[Candidate] = []
    plain = tuple(str(each) for each in values if str(each).lower() not in _WEAK | _ANYTHING)
    for value, words in _list_glosses(spec.description, plain):
        for index, token in enumerate(text.tokens):
            if stem_word(token.low) in words:
                actual = next(each for each in values if str(each) == value)
                short = len(value) >= 3 and token.low.startswith(value.lower())  # 'desc' for "descending"
                weight = (0.65 if short else 0.45) - (0.4 if is_negated(text.tokens, index) else 0.0)
                made.append(Candidate(token.start, token.end, actual, f"{token.text} → {value}", value, weight))
    return made


@lru_cache(maxsize=2048)
def _list_glosses(description: str, values: tuple[str, ...]) -> tuple[tuple[str, frozenset[str]], ...]:
    found: dict[str, set[str]] = {}
    for value in values:
        pattern = re.compile(
            rf"(?<!\w)[\"'`]?{re.escape(value)}[\"'`]?\s*(?:\(([^)]*)\)|(?:for|means|meaning|=|->|→|:|represents|will|if|when)\s+([^,.;(\"'`]*))",
            re.IGNORECASE,
        )
        match = pattern.search(description)
        if match:
            words = re.findall(r"[a-z]{3,}", (match.group(1) or match.group(2) or "").lower())
            found[value] = {stem_word(word) for word in words if word not in _PLAIN}
        elif 3 <= len(value) <= 4 and value.isalpha():
            # 'desc', if "ascending or descending" is mentioned.
            longer = {word for word in re.findall(r"[a-z]{5,}", description.lower()) if word.startswith(value.lower())}
            if longer:
                found[value] = {stem_word(word) for word in longer}
    shared = {
        word
        for value, words in found.items()
        for other, rest in found.items()
        if other != value
        for word in words & rest
    }
    return tuple((value, frozenset(words - shared)) for value, words in found.items() if words - shared)


_ANYTHING: Final = word_set("dontcare default unspecified unknown")
_PLAIN: Final = word_set(
    "the and for with will mark item from this that are use used list remove all any while only not show get find set"
)


def _follow_direction(text: Text, found: list[Candidate]) -> list[Candidate]:
    """Takes the value after "to" and not the one after "from": "from open to closed"."""
    made: list[Candidate] = []
    several = len({str(each.value) for each in found}) > 1
    for each in found:
        before = [token.low for token in text.before(each.start, 2)]
        weight = each.weight
        if several and before and before[0] == "from":
            weight -= 0.25
        elif several and before and before[0] in {"to", "as", "into"}:
            weight += 0.2
        made.append(replace(each, weight=weight))
    return made


def read_whole(words: str, values: Sequence[Any], others: dict[str, list[str]]) -> Any:
    """The value that ``words`` are exactly, in any case and joined in any way, or None."""
    said = re.sub(r"[\s_\-]+", "", words.lower())
    named = [(str(value), value) for value in values]
    named += [(name, value) for value in values for name in others.get(str(value), ())]
    for name, value in named:
        if re.sub(r"[\s_\-]+", "", name.lower()) == said:
            return value
    number = numerals.find(Text(words))
    if len(number) == 1 and number[0].start == 0 and number[0].end == len(words):
        for value in values:
            written = str(value)
            if written[:1].isdigit() and numerals.parse_decimal(written) == Decimal(number[0].value):
                return value
    return None
