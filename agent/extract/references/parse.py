"""Reference parser: turns the words of a phrase into a ``Reference``."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from agent.extract.references import vocabulary as lists
from agent.extract.references.qualifiers import (
    LIGHT,
    NEVER,
    RELATIVE,
    PossessiveReader,
    Scalar,
    find_narrowed_end,
    find_states,
    list_field_words,
    place,
    says_every,
)
from agent.extract.references.value import Reference
from agent.extract.references.vocabulary import (
    EMAIL,
    GROUP,
    HashableById,
    find_number,
    find_owner_kind,
    match_noun,
    split_marks,
)
from agent.extract.time.time_ranges import find_stretches
from language.text import Text, read_text, singularize
from registry.records import RecordKind, Side

_ARTICLE: Final = re.compile(r"^(?:the|a|an|his|her|their|my)\s+", re.IGNORECASE)
_QUOTED: Final = re.compile(r"\"([^\"]+)\"|(?<!\w)'([^']++(?:'\w[^']*+)*+)'(?!\w)")


def parse(words: str, kind: RecordKind, kinds: Iterable[RecordKind]) -> Reference:
    """Parses how ``words`` refer to a record of ``kind``. Never fails: words without meaning give a ``bare``
    Reference."""
    return _parse_cached(words, HashableById((kind, *kinds)))


@lru_cache(maxsize=512)
def _parse_cached(words: str, these: HashableById) -> Reference:
    """Cached: each step looks at the request's few phrases, for each action that may be meant."""
    kind, *kinds = these.kinds
    return _Parser(read_text(words), kind, tuple(kinds)).parse()


class _Parser(PossessiveReader):
    def __init__(self, text: Text, kind: RecordKind, kinds: tuple[RecordKind, ...]) -> None:
        super().__init__(text, kind, kinds, parse)
        self.number: str | None = None
        self.email: str | None = None
        self.about: str | None = None
        self.marks: tuple[tuple[str, str], ...] = ()
        self.whens: list[str] = []

    def parse(self) -> Reference:
        self._read_groups()
        noun = self._find_noun()
        self._read_quotes()
        self._read_dates()
        owners_end = self.read_owner_before(noun)
        told, times = self._read_narrowing(noun)
        self._read_tails(noun)
        self._read_emails()
        self.number = find_number(self, noun, self.kind)
        position, by, descending, count = place(self)
        side = self._read_side(noun, position)
        more, later = find_states(self, self.kind, noun, 0, len(self.tokens))
        all_of_them = says_every(self, self.kind, noun, one=bool(self.number or position or count))
        pronoun, mine = self._read_pronoun(noun, owners_end)
        self._read_rest(noun)
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
            every=all_of_them,
            states={**more, **told},
            whens=tuple(self.whens),
            times={**later, **times},
            side=side,
            marks=self.marks,
            owner=self.owner,
            pronoun=pronoun,
            mine=mine,
            spans=tuple(sorted(self.spans)),
        )

    def _read_groups(self) -> None:
        for match in GROUP.finditer(self.text.plain):
            if match[0][0] == "(":
                continue
            self.marks += split_marks(self.text.original(*match.span()))
            first, last = self.text.index_at(match.start()), self.text.index_at(match.end())
            self.take(first, last)

    def _find_noun(self) -> tuple[int, int] | None:
        """The position of the kind's noun. The head is the last one outside an "of/about …" tail."""
        for index in range(len(self.tokens)):
            length = 0 if self.used[index] else match_noun(self.tokens, index, self.kind)
            if length:
                self.take(index, index + length)
                return index, index + length
        return None

    def _read_quotes(self) -> None:
        free = (
            match
            for match in _QUOTED.finditer(self.text.plain)
            if not any(self.used[self.text.index_at(match.start()) : self.text.index_at(match.end())])
        )
        match = next(free, None)
        if match is None:
            return
        group = 1 if match.group(1) is not None else 2
        content = self.text.original(*match.span(group))
        first, last = self.text.index_at(match.start()), self.text.index_at(match.end())
        self._read_search(content, titled=True)
        self.take(first, last)

    def _read_narrowing(self, noun: tuple[int, int] | None) -> tuple[dict[str, tuple[Scalar, ...]], dict[str, Side]]:
        """Reads the clause after the noun, which is no owner and no name: "that are in review"."""
        if noun is None:
            return {}, {}
        stop = find_narrowed_end(self.text, noun[1], self.kind)
        made = find_states(self, self.kind, noun, noun[1], stop)
        for index in range(noun[1], stop):
            if not self.used[index] and self.tokens[index].low in RELATIVE | NEVER | LIGHT:
                self.take(index, index + 1)
        return made

    def _read_dates(self) -> None:
        """Reads when it takes place, if that identifies the kind's records."""
        if not any(field.ranged for field in self.kind.fields):
            return
        for start, end, words in find_stretches(self.text):
            first, last = self.text.index_at(start), self.text.index_at(end)
            if not any(self.used[first:last]):
                self.whens.append(words)
                self.take(first, last)

    def _read_side(self, noun: tuple[int, int] | None, position: int | None) -> Side | None:
        """Reads "the next meeting" and "all future meetings". "Next" alone is a position, and has been read as one."""
        limit = noun[0] if noun else len(self.tokens)
        for index, token in enumerate(self.tokens):
            side = lists.SIDES.get(token.low) if index < limit or token.low != "next" else None
            if side is None or (self.used[index] and not (token.low == "next" and position == 1)):
                continue
            self.take(index, index + 1)
            return side
        return None

    def _read_search(self, content: str, *, titled: bool = False) -> None:
        named = any(field.search == "name" for field in self.kind.fields)
        written = any(field.search == "text" for field in self.kind.fields)
        if named or (titled and not written):
            self.name = self.name or content
        else:
            self.about = self.about or content

    def _read_tails(self, noun: tuple[int, int] | None) -> None:
        """Reads the words after the noun or number: "of/for/from X" is the owner, "about X" a text, "called X" a
        name."""
        if noun is None and not any(token.low in lists.CALLED | {"about", "regarding"} for token in self.tokens):
            return
        index = noun[1] if noun else 0
        while index < len(self.tokens):
            token = self.tokens[index]
            if self.used[index]:
                index += 1
                continue
            end = self.find_tail_end(index + 1)
            about = token.low in lists.ABOUT and not (token.low == "on" and self.owned(index + 1, end))
            if (about or token.low in lists.CALLED) and end > index + 1:
                content = self.text.original(self.tokens[index + 1].start, self.tokens[end - 1].end)
                if token.low in lists.CALLED:
                    self.name = self.name or content
                else:
                    self.about = self.about or _ARTICLE.sub("", content)
                self.take(index, end)
                index = end
                continue
            if token.low == "for" and index + 1 < len(self.tokens) and self.tokens[index + 1].low in {"me", "us"}:
                # The beneficiary, not the owner.
                self.take(index, index + 2)
                index += 2
                continue
            if token.low in lists.OF and end > index + 1 and self.owned(index + 1, end):
                self.read_owner_after(index, end)
                index = end
                continue
            index += 1

    def _read_emails(self) -> None:
        for match in EMAIL.finditer(self.text.plain):
            first, last = self.text.index_at(match.start()), self.text.index_at(match.end())
            if first >= last or any(self.used[first:last]):
                continue
            address = match.group().lower()
            mailed = any(field.search == "email" or field.type == "email" for field in self.kind.fields)
            spec = find_owner_kind(self.kind, self.kinds)
            if mailed or spec is None:
                self.email = address
            elif self.owner is None:
                self.owner = Reference(kind=spec.name, email=address, spans=(self.text.span(*match.span()),))
            self.take(first, last)
            return

    def _read_pronoun(self, noun: tuple[int, int] | None, skip: int) -> tuple[bool, bool]:
        if noun is not None or self.name or self.number or self.email or self.owner:
            return False, False
        for index in range(skip, len(self.tokens)):
            low = self.tokens[index].low
            if not self.used[index] and low in lists.PRONOUNS | lists.OWNERS | lists.MINE:
                self.take(index, index + 1)
                return True, low in lists.MINE
        return False, False

    def _describes(self, index: int, noun: tuple[int, int] | None, kind: RecordKind) -> bool:
        """Whether another kind's noun is only the topic of this record: "the invoice article"."""
        return noun is not None and index == noun[0] - 1 and self.kind.relation_to(kind.name) is None

    def _read_rest(self, noun: tuple[int, int] | None = None) -> None:
        """Reads what is left: a name (Adam Novak, the Pro plan), or a topic."""
        runs: list[list[int]] = []
        others = [kind for kind in self.kinds if kind.name != self.kind.name]
        for index, token in enumerate(self.tokens):
            if self.used[index] or not token.word or token.low in lists.FILLERS:
                continue
            if any(match_noun(self.tokens, index, kind) and not self._describes(index, noun, kind) for kind in others):
                continue
            if singularize(token.low) in list_field_words(self.kind):
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
        end = token.bare_end
        contiguous = run[-1] - run[0] + 1 == len(run)
        if contiguous:
            content = self.text.original(self.tokens[run[0]].start, end)
        else:
            content = " ".join(self.text.original(self.tokens[step].start, self.tokens[step].end) for step in run)
        if self.name is None and self.number is None:
            self._read_search(content)
            for step in run:
                self.take(step, step + 1)
