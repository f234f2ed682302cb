"""Amounts: reads "half of", "all but 5 euros", "20 %" or "what he settled in June" into arithmetic for code."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from agent.extract.wholes import find_whole
from agent.planning.proposal import Computed, Expression, FieldOf, Find, Handle, Number, TotalOf, Words
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import LEFT_STEMS
from agent.resolve.rules.grammar.phrases.fields import read_total
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase, is_code
from agent.resolve.rules.grammar.reader import Reader
from language.fractions import read_fraction
from language.stems import name_stems, stem, stem_text
from language.text import word_set
from registry.contract import Annotation, Unit
from registry.offers.offer import Offer

MONEY: Final = (Unit.MONEY, Unit.MONEY_MINOR)
_OF_WHAT: Final = frozenset(("of", "the", "that", "it", "this", "what", "his", "her", "their", "please"))
_ALL: Final = {"all", "everything", "whole"}
_ADDED_UP: Final = {"sum", "total", "amount", "value"}
_LESS: Final = {"except", "minus", "less"}
LEFT_OUT: Final = _LESS | {"but"}
_AWAY: Final = frozenset(("off", "away"))
_NEW: Final = word_set("to at as by")


def find_way(
    reader: Reader, at: int, end: int, said: Collection[str], *, told: bool = False
) -> Literal["+", "-"] | None:
    """Whether a change makes a number more or less: "raise it by 5", "put it up 5", "take 5 off". ``said`` are the
    words before it. ``told``: they tell that it is a change."""
    before, behind = reader.low(at - 1), {reader.low(end), reader.low(end + 1)}
    if not (told or before in {"by", "up", "down"} or behind & _AWAY):
        return None
    if before == "down" or behind & _AWAY or lexicon.LOWERING.intersection(said):
        return "-"
    return "+" if lexicon.RAISING.intersection(said) else None


def says_own(reader: Reader, offer: Offer, name: str) -> bool:
    """Whether a parameter's own word is said: "double the price" is of money, and "double the order" hardly."""
    own = {*name_stems(name), *stem_text(offer.annotation(name).label or "")}
    return any(stem(token.low) in own for token in reader.tokens)


def is_left_out(reader: Reader, first: int, at: int) -> bool:
    """Whether an amount is what shall remain: "all but 5", "minus 5". "But 5" alone may correct another."""
    low = reader.low(at - 1)
    return low in LEFT_OUT and (low != "but" or not _ALL.isdisjoint(reader.lows(first, at - first)))


@dataclass(frozen=True, slots=True)
class _Share:
    """``up`` parts of ``down``, or ``up`` per cent. ``last``: the token behind it."""

    up: Decimal
    down: int
    last: int
    percent: bool = False

    def of(self, whole: Expression, quote: Words) -> Expression:
        """So much of a whole, as it is quoted."""
        if self.percent:
            return Computed(op="*", a=whole, b=Number(number=self.up, unit="%", quote=quote))
        many = Computed(op="*", a=whole, b=Number(number=self.up, quote=quote)) if self.up > 1 else whole
        return Computed(op="/", a=many, b=Number(number=Decimal(self.down), quote=quote)) if self.down > 1 else many


class Amounts:
    """Reads the amount of one call. ``only_told`` says whether the tokens of a share are no amount, but part of a
    reason."""

    def __init__(self, reader: Reader, offer: Offer, name: str, only_told: Callable[[int, int], bool]) -> None:
        self.reader, self.offer, self.name, self.only_told = reader, offer, name, only_told

    @property
    def annotation(self) -> Annotation:
        return self.offer.annotation(self.name)

    def read(self, first: int, stop: int) -> tuple[Expression, int, int] | None:
        """The computed amount and its place, if one is said."""
        for at in range(first, stop):
            made = self._change(first, at) or self._part(at, stop) or self._rest(at)
            made = made or self._left(at) or self._same(at, stop) or self._what(at, stop)
            if made is not None and not self.only_told(at, made[1]):
                return made[0], at, made[1]
        return None

    def read_share(self, first: int, stop: int) -> tuple[Expression, int, int] | None:
        """What is said of a plain number as a part of what the record has, and its place: "half of ticket 7"."""
        for at in range(first, stop) if self._base() is not None else ():
            made = self._part(at, stop) or self._rest(at)
            if made is not None and not self.only_told(at, made[1]):
                return made[0], at, made[1]
        return None

    @property
    def _is_told(self) -> bool:
        """Whether the contract itself says what the whole is."""
        return (self.annotation.derive or self.annotation.at_most) is not None

    def _base(self) -> Expression | None:
        """The default whole of a part: the value that the contract takes from the record, or the record's namesake."""
        whole = find_whole(self.offer, self.name, self.reader.kinds)
        if whole is None:
            return None
        return FieldOf(field=whole.field, of=Handle(handle=f"@{whole.parameter}"))

    def _is_of_record(self, first: int, last: int, stop: int) -> bool:
        """Whether what follows a part names the record whose number is the whole. "By half" needs nothing behind it."""
        reader, whole = self.reader, find_whole(self.offer, self.name, self.reader.kinds)
        at = last + (reader.low(last) in lexicon.OF)
        ends = at >= stop or reader.is_mark(at) or reader.low(at) in lexicon.PRONOUNS
        if whole is None or ends or reader.low(first - 1) == "by":
            return True
        kind = reader.kinds[self.offer.annotation(whole.parameter).record or ""]
        phrase = read_phrase(reader, at, stop, None)
        return is_code(reader, at, kind) or (phrase is not None and phrase.find.record == kind.name)

    def _change(self, first: int, at: int) -> tuple[Expression, int] | None:
        """What the record's amount becomes if it is made more or less: "raise the rent by 20 euros, by 5 %", "put it up
        5 %", "take a third off", "2 euros cheaper"."""
        reader, held = self.reader, self.annotation.replaces
        step = at + (reader.low(at) in {"by", "up", "down"})
        if held is None or (step == at and reader.low(at - 1) in {"by", "up", "down"}):
            return None
        now = FieldOf(field=held.field, of=Handle(handle=f"@{held.parameter}"))
        number, share = reader.amount(step), self._share(step)
        if share is not None:
            last = share.last
        elif number is not None and (
            number[0].unit is not None or at < step or says_own(reader, self.offer, self.name)
        ):
            last = number[1]
        else:
            return None
        added = reader.low(step - 1) == "add" and reader.low(last) in {"to", "on", "onto"}
        op = find_way(reader, step, last, reader.lows(first, step - first), told=added)
        compares = share is not None or (number is not None and number[0].unit is not None)
        compares = compares and reader.low(last) in lexicon.HIGHER | lexicon.LOWER and reader.low(last + 1) != "than"
        if compares:
            op = "+" if reader.low(last) in lexicon.HIGHER else "-"
        if op is None or reader.low(last) == "per":
            return None
        end = last + compares
        quote = reader.words(step if share is not None and not share.percent else at, end)
        if share is not None:
            change = share.of(now, quote)
        else:
            assert number is not None
            change = number[0].model_copy(update={"quote": quote})
        return Computed(op=op, a=now, b=change), end + (reader.low(end) in _AWAY)

    def _share(self, at: int) -> _Share | None:
        """The fraction or percentage at a token."""
        if (said := read_fraction(self.reader.lows(at, 4))) is not None:
            up, down, length = said
            return _Share(Decimal(up), down, at + length)
        held = self.reader.numbers.get(at)
        if held is None or held.kind != "percent":
            return None
        return _Share(held.value, 1, self.reader.end_index(held.end), percent=True)

    def _part(self, at: int, stop: int) -> tuple[Expression, int] | None:
        share = self._share(at)
        if share is None or (not self._is_told and not self._is_of_record(at, share.last, stop)):
            return None  # "half the day was lost" says no amount
        several = not share.percent and share.up > share.down
        if several and (not self._is_told or (share.last < stop and self.reader.low(share.last) not in _OF_WHAT)):
            return None  # "a double charge" is no amount
        whole, last = self._whole(share.last, stop)
        return (share.of(whole, self.reader.words(at, share.last)), last) if whole is not None else None

    def _whole(self, at: int, stop: int) -> tuple[Expression | None, int]:
        """The whole of a part: "of what she paid", or else the record of the call."""
        if self.reader.low(at) in {"of", "the"}:
            said = self._what(at + 1, stop)
            if said is not None:
                return said
            phrase = read_phrase(self.reader, at + 1, stop, None) if self._base() is None else None
            size = self.reader.kinds[phrase.find.record].size if phrase is not None and phrase.noun else None
            if phrase is not None and size is not None and phrase.find.pick == "one":
                return FieldOf(field=size, of=phrase.find), phrase.last
        return self._base(), at

    def _rest(self, at: int) -> tuple[Expression, int] | None:
        """A remainder: "all but 5 euros", "except for 840 yen", "less a tenth". A share is taken off the whole that an
        order stands for if it names no amount."""
        reader, step = self.reader, at
        if reader.low(step) in _ALL and reader.low(step + 1) in LEFT_OUT:
            step += 1
        if reader.low(step) not in _LESS and (step == at or reader.low(step) != "but"):
            return None
        step += 1
        if reader.low(step) == "for":
            step += 1
        begin, told = step, reader.low(step) in lexicon.DETERMINERS
        step += told
        amount, base = reader.amount(step), self._base()
        share = self._share(begin) or self._share(step) if self.annotation.derive is not None else None
        if share is not None and base is not None:
            return Computed(op="-", a=base, b=share.of(base, reader.words(begin, share.last))), share.last
        if amount is None or base is None:
            return None
        if amount[0].unit is None and not (step > at + 1 and reader.low(amount[1]) in lexicon.OF):
            return None  # without a currency it may be a record's number, unless the whole of one is meant
        last = amount[1]
        if not self._is_told and not self._is_of_record(at, last, len(reader.tokens)):
            return None
        quote = reader.words(begin, last) if told else amount[0].quote
        return Computed(op="-", a=base, b=amount[0].model_copy(update={"quote": quote})), last

    def _left(self, at: int) -> tuple[Expression, int] | None:
        """The rest, if the record says what is left: "(paid) the rest of 7", but not "20, and the rest later"."""
        reader, whole = self.reader, self.annotation.at_most or self.annotation.derive
        said = reader.lows(at, 2) == ("the", "rest") and not (reader.is_mark(at - 1) or reader.joint(at - 1))
        members = (str(one) for each in self.offer.properties.values() for one in (each or {}).get("enum") or ())
        how = reader.low(at + 2) == "in" and reader.low(at + 3) in members
        ends = reader.is_mark(at + 2) or how or reader.low(at + 2) in lexicon.OF
        if whole is None or not (said and ends) or LEFT_STEMS.isdisjoint(name_stems(whole.field)):
            return None
        return FieldOf(field=whole.field, of=Handle(handle=f"@{whole.parameter}")), at + 2

    def _same(self, at: int, stop: int) -> tuple[Expression, int] | None:
        """Another record's amount: "the (same) amount of his last credit", "the price of her plan". What an order
        replaces is no new value, unless it is said as one: "set the price of the tart to the price of the pie"."""
        low = self.reader.low(at)
        if low not in {"amount", "price", "cost", "value", "total", "sum"} or self.reader.low(at + 1) != "of":
            return None
        made, held = self._size_of(at + 2, stop), self.annotation.replaces
        first = at - (self.reader.low(at - 1) in {*lexicon.DETERMINERS, "same"})
        old = made is not None and held is not None and made[0].field == held.field
        return None if old and self.reader.low(first - 1) not in _NEW else made

    def _size_of(self, at: int, stop: int) -> tuple[FieldOf | TotalOf, int] | None:
        """The size of a record, found by its noun or by a number that only one kind with a sum has."""
        reader = self.reader
        phrase = read_phrase(reader, at, stop, None)
        if phrase is None or not phrase.noun:
            coded = [kind for kind in reader.kinds.values() if is_code(reader, at, kind)] if at < stop else []
            kinds = [kind for kind in coded if kind.size is not None and not reader.low(at).isdigit()]
            find = Find(record=kinds[0].name, said=reader.words(at, at + 1)) if len(kinds) == 1 else None
            phrase = Phrase(find, at, at + 1, True) if find is not None else None
        kind = reader.kinds[phrase.find.record] if phrase is not None else None
        size = kind.field_named(kind.size or "") if kind is not None else None
        if phrase is None or size is None or size.type != "money_minor" or phrase.find.bare:
            return None
        several = phrase.find.pick != "one" and at >= 2 and reader.low(at - 2) in _ADDED_UP
        return (TotalOf if several else FieldOf)(field=size.name, of=phrase.find), phrase.last

    def _what(self, at: int, stop: int) -> tuple[Expression, int] | None:
        """An amount as a clause: "what he settled in June", "what he still owes", "whatever F-7 was worth"."""
        reader = self.reader
        if reader.low(at) not in {"what", "whatever"}:
            return None
        return read_total(reader, at + 1, stop)
