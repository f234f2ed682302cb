"""Words → Reference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from rapidfuzz.distance import OSA

from agent.read.references import words as lists
from agent.read.references.value import By, Reference
from agent.read.text import Text, Token, read_text, singular
from registry.records import RecordKind

EMAIL: Final = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
CODE: Final = re.compile(r"#?(?=[\w-]*\d)[A-Za-z][A-Za-z0-9]*(?:[-_][A-Za-z0-9]+)*|#\w+(?:-\w+)*|\d+(?:-\d+)*")
_QUOTED: Final = re.compile(r"\"([^\"]+)\"|(?<!\w)'([^']+(?:'\w[^']*)*)'(?!\w)")


def parse(words: str, kind: RecordKind, kinds: Iterable[RecordKind]) -> Reference:
    """How ``words`` refer to a record of ``kind``. Never fails: words that say nothing give a ``bare`` Reference."""
    return _Parser(read_text(words), kind, tuple(kinds)).parse()


def noun_at(tokens: Sequence[Token], index: int, kind: RecordKind) -> int:
    """How many tokens from ``index`` on are a noun of ``kind`` (0: none): plural or not, with at most one slip in a longer word."""
    best = 0
    for noun in kind.nouns:
        parts = noun.lower().split()
        if len(parts) > best and index + len(parts) <= len(tokens):
            if all(same_noun(tokens[index + step].low, part) for step, part in enumerate(parts)):
                best = len(parts)
    return best


def same_noun(word: str, noun: str) -> bool:
    if word == noun or singular(word) == singular(noun):
        return True
    if len(noun) < 5 or not word.isalpha() or word[:1] != noun[:1] or abs(len(word) - len(noun)) > 2:
        return False
    return OSA.distance(singular(word), singular(noun), score_cutoff=1) <= 1


def person_like(kind: RecordKind) -> int:
    """How much records of this kind are called by a name: 2 with an e-mail address as well, 1 with a name, 0 without."""
    named = any(field.search == "name" for field in kind.fields)
    mailed = any(field.search == "email" or field.type == "email" for field in kind.fields)
    return 2 if named and mailed else 1 if named else 0


def owner_kind(kind: RecordKind, kinds: Sequence[RecordKind]) -> RecordKind | None:
    """The kind that "X's …" most likely names: the nearest relation whose records are called by name."""
    related = [
        found for each in kind.relations for found in kinds if found.name == each.kind and found.name != kind.name
    ]
    return max(related, key=person_like, default=None)


class _Parser:
    def __init__(self, text: Text, kind: RecordKind, kinds: tuple[RecordKind, ...]) -> None:
        self.text, self.kind, self.kinds = text, kind, kinds
        self.tokens = text.tokens
        self.used = [False] * len(self.tokens)
        self.spans: list[tuple[int, int]] = []
        self.name: str | None = None
        self.number: str | None = None
        self.email: str | None = None
        self.about: str | None = None
        self.owner: Reference | None = None

    def take(self, first: int, last: int) -> None:
        for index in range(first, last):
            self.used[index] = True
        self.spans.append(self.text.span(self.tokens[first].start, self.tokens[last - 1].end))

    def parse(self) -> Reference:
        noun = self._noun()
        self._quotes(noun)
        owners_end = self._owner_before(noun)
        self._tails(noun)
        self._emails()
        self._numbers(noun)
        position, by, descending, count = self._place()
        states = self._states()
        every = self._every(noun, position, count)
        pronoun, mine = self._pronoun(noun, owners_end)
        self._rest()
        return Reference(
            kind=self.kind.name,
            name=self.name,
            number=self.number,
            email=self.email,
            text=self.about,
            position=position,
            by=by,
            descending=descending,
            count=count,
            every=every,
            states=states,
            owner=self.owner,
            pronoun=pronoun,
            mine=mine,
            spans=tuple(sorted(self.spans)),
        )

    def _noun(self) -> tuple[int, int] | None:
        """Where the kind's own noun stands; the last one outside a "of/about …" tail is the head."""
        for index in range(len(self.tokens)):
            length = noun_at(self.tokens, index, self.kind)
            if length:
                self.take(index, index + length)
                return index, index + length
        return None

    def _quotes(self, noun: tuple[int, int] | None) -> None:
        match = _QUOTED.search(self.text.plain)
        if match is None:
            return
        group = 1 if match.group(1) is not None else 2
        content = self.text.original(*match.span(group))
        first, last = self.text.index_at(match.start()), self.text.index_at(match.end())
        if any(self.used[first:last]):
            return
        self._searched(content, titled=True)
        self.take(first, last)

    def _searched(self, content: str, *, titled: bool = False) -> None:
        named = any(field.search == "name" for field in self.kind.fields)
        written = any(field.search == "text" for field in self.kind.fields)
        if named or (titled and not written):
            self.name = self.name or content
        else:
            self.about = self.about or content

    def _owner_before(self, noun: tuple[int, int] | None) -> int:
        """ "X's … noun" and "his … noun": everything up to the last possessive before the noun is the owner."""
        limit = noun[0] if noun else len(self.tokens)
        for index in range(limit - 1, -1, -1):
            token = self.tokens[index]
            if self.used[index] or not (noun or index < limit - 1):
                continue
            trailing = (
                token.text == "'"
                and index > 0
                and self.tokens[index - 1].low.endswith("s")
                and not self.used[index - 1]
            )
            if token.owns or trailing:
                first = index
                while first > 0 and not self.used[first - 1] and self.tokens[first - 1].text not in {",", ";", ":"}:
                    first -= 1
                while first < index and (self.tokens[first].low in lists.EVERY or self.tokens[first].low == "of"):
                    first += 1
                stop = index if trailing else index + 1
                end = self.tokens[index].start if trailing else token.end - 2
                self._own(self.text.original(self.tokens[first].start, end), self.tokens[first].start)
                self.take(first, max(stop, index + 1))
                return index + 1
            if token.low in lists.OWNERS or (token.low in lists.MINE and token.low in {"my", "our"}):
                target = owner_kind(self.kind, self.kinds)
                if target is not None and noun is not None:
                    mine = token.low in lists.MINE
                    span = self.text.span(token.start, token.end)
                    self.owner = Reference(kind=target.name, pronoun=True, mine=mine, spans=(span,))
                    self.take(index, index + 1)
                    return index + 1
        return 0

    def _own(self, words: str, offset: int) -> None:
        """The owner phrase, parsed as the related kind whose noun it holds, else the one that is called by name."""
        if self.owner is not None:
            return
        tokens = read_text(words).tokens
        related = [kind for relation in self.kind.relations for kind in self.kinds if kind.name == relation.kind]
        said = [kind for kind in related if any(noun_at(tokens, index, kind) for index in range(len(tokens)))]
        target = said[0] if said else owner_kind(self.kind, self.kinds)
        if target is None:
            return
        made = parse(words, target, [kind for kind in self.kinds if kind.name != self.kind.name])
        shift = self.text.span(offset, offset)[0]
        self.owner = replace(made, spans=tuple((start + shift, end + shift) for start, end in made.spans))

    def _tails(self, noun: tuple[int, int] | None) -> None:
        """After the noun (or its number): "of/for/from X" is the owner, "about X" a text, "called X" a name."""
        if noun is None and not any(token.low in lists.CALLED | {"about", "regarding"} for token in self.tokens):
            return
        index = noun[1] if noun else 0
        while index < len(self.tokens):
            token = self.tokens[index]
            if self.used[index]:
                index += 1
                continue
            end = self._tail_end(index + 1)
            about = token.low in lists.ABOUT and not (token.low == "on" and self._owned(index + 1, end))
            if (about or token.low in lists.CALLED) and end > index + 1:
                content = self.text.original(self.tokens[index + 1].start, self.tokens[end - 1].end)
                if token.low in lists.CALLED:
                    self.name = self.name or content
                else:
                    self.about = self.about or _strip_article(content)
                self.take(index, end)
                index = end
                continue
            if token.low in lists.OF and end > index + 1 and self._owned(index + 1, end):
                first = index + 1
                while first < end - 1 and self.tokens[first].low in lists.OF:
                    first += 1
                if self.tokens[first].low in lists.PRONOUNS | lists.OWNERS | lists.MINE and end == first + 1:
                    target = owner_kind(self.kind, self.kinds)
                    if target is not None and self.owner is None:
                        mine = self.tokens[first].low in lists.MINE
                        span = self.text.span(self.tokens[first].start, self.tokens[first].end)
                        self.owner = Reference(kind=target.name, pronoun=True, mine=mine, spans=(span,))
                        self.take(index, end)
                else:
                    last = self.tokens[end - 1]
                    stop = last.end - 2 if last.owns else last.end
                    self._own(self.text.original(self.tokens[first].start, stop), self.tokens[first].start)
                    if self.owner is not None:
                        self.take(index, end)
                index = end
                continue
            index += 1

    def _tail_end(self, index: int) -> int:
        stops = {
            ",",
            ";",
            ".",
            "?",
            "!",
            ":",
            "which",
            "who",
            "that",
            "about",
            "regarding",
            "called",
            "named",
            "titled",
        }
        while index < len(self.tokens) and not self.used[index] and self.tokens[index].low not in stops:
            index += 1
        return index

    def _owned(self, first: int, last: int) -> bool:
        """Whether these words can name an owner: not merely a state, a place in line or a filler."""
        if owner_kind(self.kind, self.kinds) is None:
            return False
        return any(
            token.word and token.low not in lists.FILLERS - lists.OWNERS - lists.MINE and token.low not in lists.PLACES
            for token in self.tokens[first:last]
        )

    def _emails(self) -> None:
        for match in EMAIL.finditer(self.text.plain):
            first, last = self.text.index_at(match.start()), self.text.index_at(match.end())
            if first >= last or any(self.used[first:last]):
                continue
            address = match.group().lower()
            mailed = any(field.search == "email" or field.type == "email" for field in self.kind.fields)
            target = owner_kind(self.kind, self.kinds)
            if mailed or target is None:
                self.email = address
            elif self.owner is None:
                self.owner = Reference(kind=target.name, email=address, spans=(self.text.span(*match.span()),))
            self.take(first, last)
            return

    def _numbers(self, noun: tuple[int, int] | None) -> None:
        for index, token in enumerate(self.tokens):
            if self.used[index] or not CODE.fullmatch(token.text) or token.low in lists.ORDINALS:
                continue
            if re.fullmatch(r"\d+(?:st|nd|rd|th)", token.low):
                continue
            bare = token.text.isdigit()
            near = [other.low for other in self.tokens[max(0, index - 2) : index]]
            after_noun = noun is not None and index >= noun[1]
            counted = bare and len(token.text) < 3 and noun is not None and index < noun[0]
            if counted or (
                bare and not after_noun and noun is not None and not any(word in lists.NUMBERED for word in near)
            ):
                continue
            self.number = token.text.removeprefix("#")
            first = index
            while (
                first > 0
                and not self.used[first - 1]
                and self.tokens[first - 1].low in lists.NUMBERED | {":", "'", '"'}
            ):
                first -= 1
            self.take(first, index + 1)
            return

    def _place(self) -> tuple[int | None, By | None, bool, int | None]:
        low = [token.low for token in self.tokens]
        position: int | None = None
        by: By | None = None
        descending = True
        count: int | None = None
        for length in (3, 2, 1):
            for index in range(len(low) - length + 1):
                phrase = " ".join(low[index : index + length])
                if position is not None or any(self.used[index : index + length]) or phrase not in lists.PLACES:
                    continue
                position, by, descending = lists.PLACES[phrase]
                if phrase in lists.ORDINALS and index + 1 < len(low):
                    follows = low[index + 1]
                    if follows in lists.PLACES and follows not in lists.ORDINALS:
                        rank = lists.ORDINALS[phrase]
                        sign, by, descending = lists.PLACES[follows]
                        position = -rank if sign < 0 else rank
                        self.take(index + 1, index + 2)
                self.take(index, index + length)
        for index, token in enumerate(self.tokens):
            near = {other.low for other in self.tokens[max(0, index - 1) : index + 3]}
            if position is None or self.used[index] or not near & set(lists.PLACES):
                continue
            number = lists.COUNTS.get(token.low) or (
                int(token.low) if token.low.isdigit() and len(token.low) < 4 else None
            )
            if number:
                count = number
                self.take(index, index + 1)
                break
        return position, by, descending, count

    def _states(self) -> dict[str, tuple[str | int | bool, ...]]:
        made: dict[str, tuple[str | int | bool, ...]] = {}
        low = [token.low for token in self.tokens]
        for phrase in sorted(self.kind.states, key=len, reverse=True):
            parts = re.split(r"[\s-]+", phrase.lower())
            for index in range(len(low)):
                for joined in {tuple(parts), ("-".join(parts),)}:
                    stop = index + len(joined)
                    if tuple(low[index:stop]) != joined or any(self.used[index:stop]):
                        continue
                    for name, values in self.kind.states[phrase].items():
                        made.setdefault(name, tuple(values))
                    self.take(index, stop)
        return made

    def _every(self, noun: tuple[int, int] | None, position: int | None, count: int | None) -> bool:
        said = any(token.low in lists.EVERY and not used for token, used in zip(self.tokens, self.used, strict=True))
        for index, token in enumerate(self.tokens):
            if token.low in lists.EVERY and not self.used[index]:
                self.take(index, index + 1)
        if self.number or position is not None or count is not None:
            return False
        if said:
            return True
        if noun is None:
            return False
        head = self.tokens[noun[1] - 1]
        return not head.owns and head.low.endswith("s") and singular(head.low) != head.low and head.low not in {
            part for each in self.kind.nouns for part in each.lower().split() if singular(part) not in self.kind.nouns and part == each
        }  # fmt: skip

    def _pronoun(self, noun: tuple[int, int] | None, skip: int) -> tuple[bool, bool]:
        if noun is not None or self.name or self.number or self.email or self.owner:
            return False, False
        for index in range(skip, len(self.tokens)):
            low = self.tokens[index].low
            if not self.used[index] and low in lists.PRONOUNS | lists.OWNERS | lists.MINE:
                self.take(index, index + 1)
                return True, low in lists.MINE
        return False, False

    def _rest(self) -> None:
        """What is left: a name (Adam Novak, the Pro plan), or words that it is about."""
        runs: list[list[int]] = []
        others = [kind for kind in self.kinds if kind.name != self.kind.name]
        for index, token in enumerate(self.tokens):
            foreign = any(noun_at(self.tokens, index, kind) for kind in others)
            if self.used[index] or not token.word or token.low in lists.FILLERS or foreign:
                continue
            if token.low in lists.NUMBERED | lists.PRONOUNS | lists.MINE:
                continue
            if runs and not any(self.tokens[step].text in ",;:" for step in range(runs[-1][-1] + 1, index)):
                runs[-1].append(index)
            else:
                runs.append([index])
        if not runs:
            return
        run = runs[0]
        token = self.tokens[run[-1]]
        end = token.end - 2 if token.owns else token.end
        contiguous = run[-1] - run[0] + 1 == len(run)
        if contiguous:
            content = self.text.original(self.tokens[run[0]].start, end)
        else:
            content = " ".join(self.text.original(self.tokens[step].start, self.tokens[step].end) for step in run)
        if self.name is None and self.number is None:
            self._searched(content)
            for step in run:
                self.take(step, step + 1)


def _strip_article(words: str) -> str:
    return re.sub(r"^(?:the|a|an|his|her|their|my)\s+", "", words, flags=re.IGNORECASE)
