"""Values of a plain call: finds the words of the request that support what a small model wrote, and reads them with
code.

A plain answer quotes nothing. A value without supporting words is not the model's to give. If code's own reader reads
the words, its value is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

from agent.extract.parameter_reader import read_exact
from agent.extract.parameter_spec import make_parameter_spec
from agent.pipeline import Argument, Choice, ListArgument, Request, list_spans
from agent.planning.quotes import locate
from agent.query.arithmetic import find_unit
from agent.resolve.model.arguments import ActionForm, ArgumentForm, list_members
from agent.resolve.rules.slot_filling import fill_slots
from language import numerals
from language.stems import stem
from language.text import word_set

MAX_LENGTH: Final = 240
_TOKEN: Final = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+")
_WORD: Final = re.compile(r"[\w@.+-]*\w")
# What small models write for "nothing", unless it is a member of a closed list.
_NOTHING: Final = word_set("null none n/a unknown unspecified any all some anything everything") | {"", "not specified"}
# Values with a fixed written form, which code follows better than a small model.
_FORMED: Final = frozenset({"date", "time", "datetime", "epoch", "month"})
_UNIT_BEFORE: Final = re.compile(r"(?<!\w)[^\W\d_]{0,3}[€$£¥₹]\s?$")
_UNIT_AFTER: Final = re.compile(r"\s?(?:%|[€$£¥₹]|-?[^\W\d_]+)")
# Between a text and what another argument says behind it: "Lyon, France", "the songs by Ada".
_JOINT: Final = re.compile(r"(?:,\s*|\s+(?:by|in|from|at|of)\s+(?:the\s+)?)$", re.IGNORECASE)
# The question words of what is searched for belong to it: "look up (when is the) harvest fair".
_ASKED: Final = re.compile(
    r"(?:\b(?:for|about|up)|:)\s{1,3}(?P<asked>(?:when|what|who|where|how|why|which)\b[^.?!,;:]{0,40}\s)$",
    re.IGNORECASE,
)
_YES_OR_NO: Final = word_set("include includes show with has have enable enabled allow allowed need is are use get")
_CODE: Final = re.compile(r"(?<![\w.])[^\W\d_]+[-_]?\d+(?![\w.])")
_LONGEST_JOINT: Final = 12
_PAIRED: Final = re.compile(r"[A-Z]\w+, [A-Z]")  # a parameter that is described by "San Francisco, CA"
_SHORTEST_SQUASHED: Final = 5
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_LONGEST_SHORT: Final = 4
_NEAR_COPY: Final = 0.7
_SHORTEST_COPY: Final = 4


@dataclass(frozen=True, slots=True)
class Said:
    """A value with the words that say it, at [start, end) of the request. Without words, ``quote`` is empty."""

    value: Any
    quote: str
    start: int = -1
    end: int = -1

    def meets(self, other: Said) -> bool:
        return bool(self.quote and other.quote) and self.start < other.end and other.start < self.end


class PlainValues:
    """The values of one request's calls."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.text = request.words(len(request.answers)) if request.answers else request.text

    def settle(self, action: ActionForm, call: Mapping[str, Any], *, alone: bool) -> dict[str, Said]:
        """The typed values of a call by token, each with its words.

        If the call stands ``alone``, code reads what the model left out or no words support, and writes values with a
        fixed form. An optional value that another argument already has is left out.
        """
        by_code = self._by_code(action) if alone else {}
        made: dict[str, Said] = {}
        for token, form in action.arguments.items():
            if form.form != "typed":
                continue
            given = self._take_given(call.get(token), form)
            read = by_code.get(token)
            if read is not None and (
                given is None or not given.quote or self._is_written_better(form, action, given, read)
            ):
                given = read
            if given is None or (not given.quote and not form.required):
                continue
            made[token] = given
        for token, each in list(made.items()):
            if action.arguments[token].required or by_code.get(token) is not None:
                continue
            if any(other is not each and each.meets(other) and each.value == other.value for other in made.values()):
                del made[token]
        for token, each in made.items():
            asked = _ASKED.search(self.text, 0, max(0, each.start))
            if asked is not None and each.value == each.quote and not list_members(action.arguments[token].schema):
                said = self.text[asked.start("asked") : each.end]
                made[token] = Said(said, said, asked.start("asked"), each.end)
        return {
            token: each if _PAIRED.search(str(action.arguments[token].schema)) else self._without_others(each, made)
            for token, each in made.items()
        }

    def _without_others(self, each: Said, made: Mapping[str, Said]) -> Said:
        """A typed text without what another argument says behind it: "Lyon" of "Lyon, France" beside the country."""
        if not isinstance(each.value, str) or each.value.casefold() != each.quote.casefold():
            return each
        for other in made.values():
            if each.start < other.start < each.end == other.end:
                joint = _JOINT.search(self.text, max(each.start, other.start - _LONGEST_JOINT), other.start)
                if joint is not None and joint.start() > each.start:
                    said = self.text[each.start : joint.start()]
                    return Said(said, said, each.start, joint.start())
        return each

    def _take_given(self, value: Any, form: ArgumentForm) -> Said | None:
        """What the model wrote. None if that is a word for nothing."""
        if value is None:
            return None
        if isinstance(value, str) and value.strip().casefold() in _NOTHING and value not in list_members(form.schema):
            return None
        said = self.find_support(value, form)
        if not said.quote and isinstance(value, str) and not list_members(form.schema):
            return self._find_near_copy(value) or said
        return said

    def _is_written_better(self, form: ArgumentForm, action: ActionForm, given: Said, read: Said) -> bool:
        """Whether code reads the same words better: a day or time, typed words that the model rewrote with loss ("Lyon,
        FR" for "Lyon, France"), or a form that code writes from its tables."""
        if not given.meets(read) or given.value == read.value:
            return False
        annotation = action.offer.annotation(form.parameter)
        if make_parameter_spec(form.parameter, form.schema, annotation).kinds[0] in _FORMED:
            return True
        rewritten = isinstance(given.value, str) and given.value != given.quote and not list_members(form.schema)
        more = read.start <= given.start and given.end <= read.end and len(read.quote) > len(given.quote)
        return rewritten and (read.value != read.quote or more)

    def _by_code(self, action: ActionForm) -> dict[str, Said]:
        """What code's own reader reads for the action, by token."""
        if self.request.answers:
            return {}
        filling = fill_slots(self.text, 0, action.offer, (), self.request.now)
        made: dict[str, Said] = {}
        for token, form in action.arguments.items():
            argument = filling.arguments.get(form.parameter)
            if argument is None or form.form != "typed":
                continue
            spans = list_spans(argument)
            start, end = min(each.start for each in spans), max(each.end for each in spans)
            value = self._read_value(argument, form, action)
            if value is not None:
                made[token] = Said(value, self.text[start:end], start, end)
        return made

    def _read_value(self, argument: Argument, form: ArgumentForm, action: ActionForm) -> Any:
        match argument:
            case Choice(value=value):
                return value
            case ListArgument(items=items):
                return [each.value if isinstance(each, Choice) else each.text for each in items]
        annotation = action.offer.annotation(form.parameter)
        read = read_exact(
            argument.text, name=form.parameter, schema=form.schema, annotation=annotation, now=self.request.now
        )
        return None if read is None else read.value

    # ── words for a value ────────────────────────────────────────────────────────────────────────────────────────────

    def find_support(self, value: Any, form: ArgumentForm) -> Said:
        """The words of the request that support a value: those that share its content words or numbers. The whole
        request may imply a required member of a short list."""
        text = self.text
        exactly = locate(value, self.request) if isinstance(value, str) and value.strip() else None
        if exactly is not None and exactly.start is not None:
            return Said(value, exactly.text, exactly.start, exactly.start + len(exactly.text))
        wanted = _list_tokens(value)
        if isinstance(value, bool):
            named = [each for each in form.parameter.casefold().split("_") if len(each) > 2]
            wanted = {stem(each) for each in named if each not in _YES_OR_NO} or {stem(each) for each in named}
        elif not list_members(form.schema) and any(_is_made_up_code(leaf, text) for leaf in _list_leaves(value)):
            return Said(value, "")  # a code that nobody typed, as a small model makes them up
        places = [
            (at.start(), at.end())
            for at in _TOKEN.finditer(text)
            if _key(at.group()) in wanted and _telling(at.group())
        ]
        places += [
            (each.start, each.end)
            for each in numerals.find_typed(text)
            if any(_same_number(each.value, token) for token in wanted)
        ]
        if isinstance(value, str) and (run := self._find_written_apart(value)) is not None:
            places.append(run)
        if not places and isinstance(value, str) and (run := self._find_shortened(value)) is not None:
            places.append(run)
        if places:
            first, last = min(start for start, _ in places), max(end for _, end in places)
            if isinstance(value, int | float) and not isinstance(value, bool):
                first, last = self._with_unit(first, last)
            last = min(last, first + MAX_LENGTH)
            return Said(value, text[first:last], first, last)
        if form.required and (isinstance(value, bool) or list_members(form.schema)):
            return Said(value, text.strip()[:MAX_LENGTH], 0, len(text))
        return Said(value, "")

    def _with_unit(self, first: int, last: int) -> tuple[int, int]:
        """A number's place, extended to the unit or currency beside it."""
        if (before := _UNIT_BEFORE.search(self.text, 0, first)) is not None:
            first = before.start()
        after = _UNIT_AFTER.match(self.text, last)
        if after is not None and find_unit(after.group().strip(" -")) is not None:
            last = after.end()
        return first, last

    def _find_written_apart(self, value: str) -> tuple[int, int] | None:
        """The words that form a single-word value when joined ("drop off" is dropoff)."""
        wanted = "".join(char for char in value.casefold() if char.isalnum())
        if len(wanted) < _SHORTEST_SQUASHED:
            return None
        kept = [at for at, char in enumerate(self.text) if char.isalnum()]
        squashed = "".join(self.text[at].casefold()[:1] for at in kept)
        at = squashed.find(wanted)
        if at < 0:
            return None
        first, last = kept[at], kept[at + len(wanted) - 1] + 1
        whole = not (first and self.text[first - 1].isalnum()) and not self.text[last : last + 1].isalnum()
        return (first, last) if whole else None

    def _find_shortened(self, value: str) -> tuple[int, int] | None:
        """The words that a value abbreviates, or that abbreviate it: by initials ("LA", "New York City" as NYC) or by
        their beginning (fr for "French")."""
        short = value.strip().casefold()
        words = list(_LETTERS.finditer(self.text))
        whole = [each.casefold() for each in _LETTERS.findall(value.partition(",")[0])]
        for at in words:
            said = at.group()
            if len(whole) > 1 and said.isupper() and said.casefold() == "".join(each[0] for each in whole):
                return at.span()
        if not (short.isalpha() and 1 < len(short) <= _LONGEST_SHORT):
            return None
        for first in range(len(words) - len(short) + 1):
            run = words[first : first + len(short)]
            if "".join(each.group()[0] for each in run).casefold() == short and all(
                each.group()[0].isupper() for each in run
            ):
                return run[0].start(), run[-1].end()
        begun = [at for at in words if len(at.group()) > len(short) + 1 and at.group().casefold().startswith(short)]
        return begun[0].span() if len(begun) == 1 and begun[0].group()[0].isupper() else None

    def _find_near_copy(self, value: str) -> Said | None:
        """The one typed word that was miscopied into the value. It is used as typed, never as the model spelt it."""
        if len(value) < _SHORTEST_COPY or " " in value.strip():
            return None
        near = [
            at
            for at in _WORD.finditer(self.text)
            if at.group()[0].casefold() == value[0].casefold()
            and abs(len(at.group()) - len(value)) <= 1
            and SequenceMatcher(None, at.group().casefold(), value.casefold()).ratio() >= _NEAR_COPY
        ]
        return Said(near[0].group(), near[0].group(), near[0].start(), near[0].end()) if len(near) == 1 else None


def _list_tokens(value: Any) -> set[str]:
    return {_key(token) for leaf in _list_leaves(value) for token in _TOKEN.findall(leaf) if _telling(token)}


def _is_made_up_code(leaf: str, text: str) -> bool:
    """Whether it holds a code of letters and figures that the text doesn't, with or without a space or hyphen."""
    typed = _squash(text)
    return any(_squash(code) not in typed for code in _CODE.findall(leaf))


def _squash(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _list_leaves(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, Mapping):
            waiting += each.values()
        elif isinstance(each, list | tuple):
            waiting += each
        elif each is not None and not isinstance(each, bool):
            yield str(each).replace("_", " ")


def _key(token: str) -> str:
    """A key for comparing words: a word by its stem, a number by its value ("05" is 5)."""
    return f"{float(token):g}" if token[:1].isdigit() else stem(token.casefold())


def _telling(token: str) -> bool:
    return token[:1].isdigit() or len(token) > 2


def _same_number(value: Any, token: str) -> bool:
    return token[:1].isdigit() and f"{float(value):g}" in (token, f"{float(token) * 100:g}")
