"""Mentions of records: the phrases that refer to a record, cut off from other words, and what each is replaced with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from agent.extract.references.find import find
from agent.extract.references.parse import parse
from agent.extract.references.qualifiers import find_narrowed_end, match_state
from agent.extract.references.vocabulary import SIDES
from agent.pipeline import Choice, ListArgument, Mention, Span, list_spans
from agent.resolve.rules.span_assignment import SpanOption
from language.text import read_text
from registry.offers.offer import Offer
from registry.records import RecordKind

REFERENCE_CONFIDENCE: Final = 0.9
REFERENCE_STEP: Final = 0.1
BARE_STEP: Final = 0.35
MOST_PHRASES: Final = 8
# Joins a record's phrase to the words after it and belongs to neither.
_HINGE: Final = re.compile(
    r"(?:[\s,:;\"'“‘-]++|\b(?:saying|says|with|that|because|about|for|by|as|and|to|of|at|on|in|the|a|an)\b)++$",
    re.IGNORECASE,
)
_ONES: Final = re.compile(
    r"\b(?:(?:all|any|every|each|both|just|only)\s+(?:of\s+)?)?(?:the\s+)?(?:[\w-]+\s+){0,2}?(?P<one>ones?)\b(?!\s+of\b)",
    re.IGNORECASE,
)
_SOME: Final = re.compile(r"(?:a|an|some|another|any)\s+(?!of\b)", re.IGNORECASE)
_TOWARDS: Final = re.compile(r"\b(?:to|into|onto|on|as)\s+(?:(?:the|a|an)\s+)?$", re.IGNORECASE)
# Introduces the new value after what is changed. A group in brackets is taken whole, anything else until the next wish
# begins.
BECOMES: Final = re.compile(
    r"\s*,?\s*(?:to|for|into|with)\s+(?P<new>[{\[][^{}\[\]]*[}\]]"
    r"|(?:(?!\b(?:via|using|and|then|with|by|paying|paid|in\s+order|of\s+order|from\s+order|please)\b)[^,;.!?\n{}\[\]])+)",
    re.IGNORECASE,
)
_AND: Final = re.compile(
    r"\s*(?:,|;|&|\band\b|\bas\s+well\s+as\b|\bplus\b)\s*(?:(?:and|also)\s+)?(?:the\s+)?", re.IGNORECASE
)


def list_phrases(
    text: str,
    start: int,
    name: str,
    at: int,
    kind: RecordKind,
    kinds: Sequence[RecordKind],
    *,
    many: bool,
    changed: bool = False,
) -> list[SpanOption]:
    """The ways to fill a parameter that refers to a record, best first. ``many`` takes phrases listed together as one,
    each followed by its new value if it is ``changed``."""
    found = find(text, kind, kinds)[: MOST_PHRASES * (3 if many else 1)]
    made = [
        SpanOption(
            name,
            at,
            start + begin,
            start + end,
            _rate_phrase(text[begin:end], rank, kind, kinds),
            False,
            Mention(spans=(make_span(text, start, begin, end),)),
        )
        for rank, (begin, end) in enumerate(found[:MOST_PHRASES])
    ]
    if made and (also := _find_ones(text, made[0].end - start, kind)) is not None:
        words = Mention(spans=(*list_spans(made[0].argument), make_span(text, start, *also)))
        made[0] = replace(made[0], argument=words)
    for run in find_listed_together(text, found, changed=changed) if many else ():
        items = tuple(Mention(spans=(make_span(text, start, begin, end),)) for begin, end in run)
        whole = (start + run[0][0], start + run[-1][1])
        made.insert(0, SpanOption(name, at, *whole, REFERENCE_CONFIDENCE, False, ListArgument(items=items)))
    return made


def _find_ones(text: str, after: int, kind: RecordKind) -> tuple[int, int] | None:
    """The places where "those that wait" narrows down records named before."""
    found = _ONES.search(text, after)
    if found is None:
        return None
    read = read_text(text)
    first, noun = read.index_at(found.start()), read.index_at(found.start("one"))
    last = find_narrowed_end(read, noun + 1, kind)
    told = last > noun + 1 or any(
        token.low in SIDES or match_state(read.tokens, first + at, kind)[1]
        for at, token in enumerate(read.tokens[first:noun])
    )
    return (found.start(), read.tokens[last - 1].end) if told else None


def find_listed_together(
    text: str, found: Sequence[tuple[int, int]], *, changed: bool = False
) -> list[list[tuple[int, int]]]:
    """Phrases with only commas and "and" between them, two or more. The longest run comes last."""
    runs: list[list[tuple[int, int]]] = []
    end = 0
    for place in sorted(found):
        if place[0] < end:
            continue
        if runs and _AND.fullmatch(text[end : place[0]]):
            runs[-1].append(place)
        else:
            runs.append([place])
        become = BECOMES.match(text, place[1]) if changed else None
        end = become.end() if become is not None else place[1]
    return sorted((run for run in runs if len(run) > 1), key=len)


def drop_destinations(
    options: Mapping[str, list[SpanOption]], name: str, text: str, start: int, offer: Offer, kinds: Sequence[RecordKind]
) -> list[SpanOption]:
    """Removes phrases that name a destination: "to the business plan", if another parameter takes "business"."""
    kind = next((each for each in kinds if each.name == offer.annotation(name).record), None)
    sets = [each for other in options if other != name for each in options[other] if isinstance(each.argument, Choice)]
    if kind is None or not sets:
        return options[name]
    made = []
    for phrase in options[name]:
        said = parse(text[phrase.start - start : phrase.end - start], kind, kinds)
        tells = said.owner or said.name or said.number or said.email or said.text or said.position
        inside = any(phrase.start <= each.start and each.end <= phrase.end for each in sets)
        if tells or not inside or not _TOWARDS.search(text[: phrase.start - start]):
            made.append(phrase)
    return made


def trim_to_others(
    phrases: Sequence[SpanOption], text: str, start: int, others: Sequence[SpanOption]
) -> list[SpanOption]:
    """Ends a record's phrase where another parameter's words begin: "Adam Novak 20" of "Adam Novak 20 euros" becomes
    "Adam Novak"."""
    made = []
    for phrase in phrases:
        cut = min(
            (each.start for each in others if phrase.start < each.start < phrase.end < each.end), default=phrase.end
        )
        kept = _HINGE.sub("", text[phrase.start - start : cut - start])
        if cut < phrase.end and kept:
            begin = phrase.start - start
            words = Mention(spans=(make_span(text, start, begin, begin + len(kept)),))
            phrase = replace(phrase, end=phrase.start + len(kept), argument=words)
        made.append(phrase)
    return made


def _rate_phrase(words: str, rank: int, kind: RecordKind, kinds: Sequence[RecordKind]) -> float:
    """Sorts phrases. A phrase that only has the noun ("the account") or means any record ("a new account") comes after
    one that identifies a record."""
    bare = parse(words, kind, kinds).bare or _SOME.match(words) is not None
    return REFERENCE_CONFIDENCE - REFERENCE_STEP * rank - (BARE_STEP if bare else 0.0)


def make_span(text: str, start: int, begin: int, end: int) -> Span:
    return Span(start=start + begin, end=start + end, text=text[begin:end])


_OF: Final = re.compile(r"\s*,?\s*(?:of|from|in|on)\s+(?:(?:my|the|our)\s+)?", re.IGNORECASE)


def find_substitutions(
    text: str, start: int, name: str, at: int, like: SpanOption, others: Sequence[SpanOption]
) -> SpanOption | None:
    """The replacement of each record that ``like`` names, in the same order. None if one of them has none.

    ``others`` are the words of other parameters, which may stand between ("the skateboard of order 1042 for a plastic
    one").
    """
    items = like.argument.items if isinstance(like.argument, ListArgument) else (like.argument,)
    made: list[Mention] = []
    for item in items:
        last = list_spans(item)[-1]
        end = last.end - start
        between = _OF.match(text, end)
        past = next((o.end - start for o in others if between is not None and o.start - start == between.end()), None)
        found = BECOMES.match(text, past if past is not None else end)
        if found is None:
            return None
        words = found["new"].rstrip()
        begin = found.start("new")
        made.append(Mention(spans=(make_span(text, start, begin, begin + len(words)),)))
    first, end = made[0].spans[0].start, made[-1].spans[0].end
    argument = ListArgument(items=tuple(made)) if isinstance(like.argument, ListArgument) else made[0]
    return SpanOption(name, at, first, end, like.confidence, False, argument)
