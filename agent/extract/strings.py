"""Text reader: free text as values of a parameter. It reads quoted words, names, codes, and words after prepositions or
labels, and rates how a name stands in its sentence."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Final

from agent.extract import codes, enums
from agent.extract.context import PREPOSITIONS, find_preposition, rate_affinity, rate_label
from agent.extract.parameter_spec import ParameterSpec, stem_word
from agent.extract.reading import Candidate
from agent.extract.spans import phrases, places
from agent.extract.time import dates, times
from agent.extract.value_roles import ROLES
from language import numerals, quotes
from language.text import Text, split_name, word_set

_UNTELLING: Final = frozenset(map(stem_word, ("name", "title", "id", "number", "type", "new")))
_LABEL_ENDS: Final = word_set("id name number code key title address")
_SEEN: Final = word_set("see watch play rent stream read hear attend")
_PARTICIPLES: Final = ("ed", "en", "ung", "de", "ght")
_MADE: Final = word_set("performed sung recorded released made created played published painted")


def is_headed(text: Text, spec: ParameterSpec, phrase: phrases.Phrase) -> bool:
    """Whether a name of several words says what it is: "Grand Lake Theater" for a theater."""
    inside = [token for token in text.after(phrase.start, 8) if token.end <= phrase.end]
    return len(inside) > 1 and inside[-1].capital and stem_word(inside[-1].low) in set(spec.own) - _UNTELLING


def rate_title(text: Text, phrase: phrases.Phrase) -> float:
    """How likely a phrase is the title of a work: something seen, played or read, something with tickets, or something
    by a person."""
    before = [token.low for token in text.before(phrase.start, 3) if token.low not in {"the", "me", "us", "'", '"'}]
    after = text.after(phrase.end, 2)
    if before[:1] and before[0] in _SEEN:
        return 0.2
    if before[:2] and before[0] in {"for", "to"} and before[1:2] in (["ticket"], ["tickets"], ["seats"]):
        return 0.2
    by = len(after) > 1 and after[0].low == "by" and after[1].capital
    return 0.2 if by else 0.0


def departs(text: Text, phrase: phrases.Phrase) -> bool:
    """Whether a name is a place of departure, before "to" and another name, without a preposition: "JFK to LAX"."""
    after = text.after(phrase.end, 2)
    if len(after) > 1 and after[0].text == "," and after[1].text.isupper():
        after = text.after(after[1].end, 2)
    to = len(after) > 1 and after[0].low in {"to", "→", "->"} and after[1].capital
    return to and find_preposition(text, phrase.start) is None


def says_how_many(text: Text, phrase: phrases.Phrase) -> bool:
    """Whether a phrase is only a number of things: "3 people", "two", "1". A house number has its street's name after
    it."""
    for number in numerals.find(text):
        if number.start == phrase.start:
            rest = [token for token in text.after(number.end, 4) if token.end <= phrase.end]
            return not any(token.capital for token in rest)
    return False


def describes(text: Text, end: int) -> bool:
    """Whether a name only describes the next word: "Stronger" in "the Stronger album"."""
    after = text.after(end, 1)
    return (
        bool(after)
        and after[0].start <= end + 1
        and after[0].low.isalpha()
        and not after[0].capital
        and not phrases.is_stop(after[0].low)
    )


def rate_participle(text: Text, start: int, spec: ParameterSpec) -> float:
    """Whether a participle introduces the name: "directed by X" names a director, "starred by X" doesn't."""
    words = text.before(start, 2)
    if len(words) < 2 or words[0].low != "by":
        return 0.0
    if (
        "maker" in spec.roles
        and not set(spec.own) & {"star", "cast", "actor"}
        and (words[1].low in _MADE or not words[1].low.endswith(_PARTICIPLES))
    ):
        return 0.15  # "songs by X", "performed by X"
    if not words[1].low.endswith(_PARTICIPLES):
        return 0.0
    verb = words[1].low[:5]
    said = (*split_name(spec.name), *re.findall(r"[a-z]+", spec.description.lower()))
    return 0.25 if any(word.startswith(verb) for word in said) else -0.3


def find_continuation(text: Text, phrase: phrases.Phrase) -> int | None:
    """Where a new name begins after an "and": "Safety" of "to Safety and Health Training". The name of a new thing
    stays whole."""
    after = text.after(phrase.end, 3)
    if phrase.by not in {"to", "into", "as"} or not phrase.capital or len(after) < 2:
        return None
    if after[0].low not in {"and", "&"} or not after[1].capital or not after[1].word:
        return None
    first = text.index_at(after[1].start)
    last = phrases.find_extent(text, first)
    return text.tokens[last - 1].end if last > first else None


_ADDRESS: Final = re.compile(r"\d+\w?\s+\w+")

# Words written entirely in capitals.
_TICKER: Final = re.compile(r"\b(?:ticker|stock symbol|symbol of (?:the|a) (?:stock|company)|iata)\b", re.IGNORECASE)


def find_texts(text: Text, spec: ParameterSpec, now: datetime, *, required: bool) -> list[Candidate]:
    """Candidates with their weights. Words after a label or preposition of the parameter's role rank above a mere
    name."""
    made = _find_quoted(text, spec, required=required) + _find_labelled(text, spec) + _find_phrases(text, spec, now)
    if spec.examples:
        made += [replace(each, weight=each.weight - 0.15) for each in enums.find(text, spec, spec.examples)]
    if "email" in spec.description.lower():
        made += codes.find_shaped(text, spec, "email")
    for shape in spec.shapes:
        made += [
            Candidate(token.start, token.end, token.text, weight=0.6)
            for token in text.tokens
            if re.fullmatch(shape, token.text)
        ]
    if "body" in spec.roles or "title" in spec.roles:
        made = [_as_titled(text, spec, each) for each in made]
    return [each for each in made if each.end > each.start]


def _find_quoted(text: Text, spec: ParameterSpec, *, required: bool) -> list[Candidate]:
    made: list[Candidate] = []
    for quote in quotes.find(text):
        near = rate_label(text, quote.outer_start, quote.outer_end, spec)
        weight = {"quoted": 0.5, "said": 0.15, "named": 0.2, "tail": 0.0}[quote.kind] + near
        key = _key(text, quote)
        if key is not None:
            # 'city': 'Denver' in JSON-like text: only the key decides.
            if key != spec.name.lower():
                continue
            weight = 0.95
        elif near < 0.1 and _claimed(text, quote.outer_start):
            weight -= 0.2
        weight += 0.7 * rate_affinity(text, quote.outer_start, spec)
        if quote.kind == "tail" and required and spec.roles & {"body", "topic"} and not made and quote.last:
            # Nothing else is said about it, and only this follows: "Read it aloud: the shop is closed".
            made.append(Candidate(quote.start, quote.end, text.original(quote.start, quote.end), weight=0.45))
            continue
        if quote.kind == "tail":
            words = text.low[quote.outer_start : quote.start].strip(" :=").split()
            hit = {stem_word(word) for word in words[-3:]} & (
                set(spec.own) | {stem_word(each) for role in spec.roles for each in ROLES[role][2]}
            )
            weight += 0.55 if hit else 0.0
            if not hit:
                continue
        if quote.kind == "said":
            weight += 0.4 if "body" in spec.roles else -0.1
        if quote.kind == "named":
            weight += 0.45 if "title" in spec.roles else 0.0
        made.append(Candidate(quote.start, quote.end, text.original(quote.start, quote.end), weight=weight))
    return made


def _key(text: Text, quote: quotes.Quote) -> str | None:
    """The quoted key of a quoted value. Empty if the quote is itself a key."""
    if quote.kind != "quoted":
        return None
    if text.plain[quote.outer_end : quote.outer_end + 1] == ":":
        return ""
    match = re.search(r"[\"']([\w -]+)[\"']:\s*$", text.low[max(0, quote.outer_start - 60) : quote.outer_start])
    return match.group(1) if match else None


_USUAL: Final = word_set("default standard usual exact following simple")


def _claimed(text: Text, start: int) -> bool:
    """Whether the word before a quote names another parameter ("password 'x'")."""
    before = text.before(start, 2)
    return (
        bool(before)
        and before[0].word
        and before[0].low.isalpha()
        and len(before[0].low) > 4
        and before[0].low not in PREPOSITIONS
        and before[0].low not in _USUAL
    )


def _as_titled(text: Text, spec: ParameterSpec, found: Candidate) -> Candidate:
    """Tells a title from a body: of "titled 'X' saying 'Y'", X is the title and Y the body."""
    before = [token.low for token in text.before(found.start, 3) if token.text not in {"'", '"', "`", ":"}]
    if not before:
        return found
    weight = found.weight
    if before[0] in {"called", "named", "titled", "entitled", "nicknamed", "subject", "title"}:
        weight += 0.25 if "title" in spec.roles else -0.35
    elif before[0] in {"saying", "says", "say", "reads", "message", "body", "content", "text"}:
        weight += 0.25 if "body" in spec.roles else -0.35
    elif (
        len(before) > 1
        and before[1] in {"tell", "telling", "ask", "inform"}
        and found.start > 0
        and text.plain[found.start - 1] in "'\""
    ):
        weight += 0.25 if "body" in spec.roles else -0.2  # "tell them 'X'"
    elif before[0] in {"about", "regarding", "re"} and not {"title", "topic"} & spec.roles:
        weight -= 0.35
    elif before[0] == "with" and "body" in spec.roles and found.start > 0 and text.plain[found.start - 1] in "'\"":
        weight += 0.15
    return replace(found, weight=weight)


def _find_labelled(text: Text, spec: ParameterSpec) -> list[Candidate]:
    """A value after or before one of the parameter's own words: "namespace cascade-sandbox", "the Stronger album"."""
    made: list[Candidate] = []
    inside = [(each.outer_start, each.outer_end) for each in quotes.find(text) if each.kind == "quoted"]
    names = set(spec.own) - {"name", "id", "type"} or set(spec.own)
    strong = len(names) == 1 or len(spec.own) == 1
    for index, token in enumerate(text.tokens):
        parts = {stem_word(token.low)}
        if not parts & names:
            continue
        after = phrases.find_after_label(text, index)
        skip = index + 1
        # "user id 123", "project name: x": skips the label's second word.
        if skip < len(text.tokens) and text.tokens[skip].low in _LABEL_ENDS:
            after = phrases.find_after_label(text, skip) or after
        base = 0.45 if strong else 0.35
        if after is not None and not any(start <= after.start < end for start, end in inside):
            value = text.original(after.start, after.end)
            shaped = after.capital or bool(re.search(r"[\d_\-/.]", value)) or text.plain[after.start - 1] in "'\""
            linked = after.start - token.end > 1 and re.search(
                r"[:=]|\b(?:is|named|called|to|as)\b", text.low[token.end : after.start]
            )
            weight = base + (0.3 if shaped else 0.0) + (0.2 if linked else 0.0)
            weight -= 0.2 if not shaped and not linked else 0.0
            if "body" in spec.roles and not re.search(r"[:=]|\bis\b", text.low[token.end : after.start]):
                weight -= 0.4
            made.append(Candidate(after.start, after.end, value, weight=weight))
        before = phrases.find_before_label(text, index)
        if before is not None:
            value = text.original(before.start, before.end)
            shaped = before.capital or bool(re.search(r"[\d_\-/]", value))
            made.append(Candidate(before.start, before.end, value, weight=base + (0.2 if shaped else -0.1)))
    return made


def _find_phrases(text: Text, spec: ParameterSpec, now: datetime) -> list[Candidate]:
    made: list[Candidate] = []
    taken = [(each.start, each.end) for each in dates.find(text, now.date()) if each.weight > 0.5]
    taken += [(each.start, each.end) for each in times.find(text) if not each.bare]
    inside = [(each.outer_start, each.outer_end) for each in quotes.find(text) if each.kind == "quoted"]
    for phrase in phrases.find(text):
        if any(start <= phrase.start < end for start, end in inside):
            continue
        phrase = _strip_heading(text, spec, phrase)
        value = text.original(phrase.start, phrase.end)
        near = rate_label(text, phrase.start, phrase.end, spec)
        fit = rate_affinity(text, phrase.start, spec)
        weight = {"name": 0.3, "weak": 0.1, "slot": 0.1}[phrase.kind] + 0.8 * near + fit
        if phrase.kind == "slot":
            weight += 0.15 if phrase.capital else 0.0
            weight -= 0.1 if fit <= 0 and near < 0.2 else 0.0
            verb = text.low[phrase.start : phrase.end].split(" ", 1)[0]
            if phrase.by == "to" and not phrase.capital and near < 0.2 and (fit <= 0 or phrases.is_verb(verb)):
                weight -= 0.2
            if _ADDRESS.match(value) and "address" in spec.description.lower():
                weight += 0.3
        elif "sort" in spec.roles and describes(text, phrase.end):
            weight += 0.2
        elif near < 0.2 and describes(text, phrase.end):
            weight -= 0.12
        if phrase.by == "by" or (phrase.kind == "name" and find_preposition(text, phrase.start) == "by"):
            weight += rate_participle(text, phrase.start, spec)
        if (
            _TICKER.search(spec.description)
            and text.plain[phrase.start : phrase.end].isupper()
            and phrase.end - phrase.start > 1
        ):
            weight += 0.3
        if "origin" in spec.roles and phrase.kind == "name" and departs(text, phrase):
            weight += 0.3
        if phrase.capital and "title" in spec.roles and not spec.roles & {"person", "place", "vessel"}:
            weight += rate_title(text, phrase)
        if phrase.capital and phrase.kind != "label" and is_headed(text, spec, phrase):
            weight += 0.3
        if "place" in spec.roles:
            weight += places.rate_fitness(text, spec, phrase.start, phrase.end)
            weight -= 0.3 if says_how_many(text, phrase) else 0.0
        if any(start < phrase.end and phrase.start < end for start, end in taken):
            weight -= 0.4
        if "title" not in spec.roles and "body" in spec.roles:
            weight -= 0.15
        made.append(Candidate(phrase.start, phrase.end, value, weight=weight))
        longer = find_continuation(text, phrase) if "change" in spec.roles and phrase.kind == "slot" else None
        if longer is not None:
            made.append(Candidate(phrase.start, longer, text.original(phrase.start, longer), weight=weight + 0.05))
    return made


def _strip_heading(text: Text, spec: ParameterSpec, phrase: phrases.Phrase) -> phrases.Phrase:
    """A value without a leading word that names the parameter: "the label Cleaning"."""
    inside = [token for token in text.after(phrase.start, 3) if token.end <= phrase.end]
    if phrase.kind == "slot" and len(inside) > 1 and not inside[0].capital:
        stemmed = stem_word(inside[0].low)
        if stemmed in spec.own or (stemmed in spec.about and inside[1].capital):
            return replace(phrase, start=inside[1].start, capital=inside[1].capital)
    return phrase
