"""Amounts: reads "half of", "all but 5 euros", "20 %" or "what he settled in June" into arithmetic for code."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from agent.planning.proposal import Computed, Expression, FieldOf, Find, Handle, Number, Operation, TotalOf
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.phrases.fields import read_total
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase, is_code
from agent.resolve.rules.grammar.reader import Reader
from language.fractions import read_fraction
from language.text import word_set
from registry.contract import Annotation, Unit
from registry.offers.offer import Offer

MONEY: Final = (Unit.MONEY, Unit.MONEY_MINOR)
_OF_WHAT: Final = frozenset(("of", "the", "that", "it", "this", "what", "his", "her", "their", "please"))
ALL: Final = {"all", "everything", "whole"}
_ADDED_UP: Final = {"sum", "total", "amount", "value"}
_LESS: Final = {"except", "minus", "less"}
LEFT_OUT: Final = _LESS | {"but"}


_MORE: Final = word_set("raise raises increase increases up add")
_LESS_OF_IT: Final = word_set("lower reduce reduces decrease cut drop down off")


class Amounts:
    """Reads the amount of one call."""

    def __init__(self, reader: Reader, offer: Offer, name: str) -> None:
        self.reader, self.offer, self.name = reader, offer, name

    @property
    def annotation(self) -> Annotation:
        return self.offer.annotation(self.name)

    def read(self, first: int, stop: int) -> tuple[Expression, int, int] | None:
        """The computed amount and its place, if one is said."""
        for at in range(first, stop):
            made = self._change(first, at) or self._part(at, stop) or self._rest(at)
            made = made or self._same(at, stop) or self._what(at, stop)
            if made is not None:
                return made[0], at, made[1]
        return None

    def _base(self) -> Expression | None:
        """The default whole of a part: the value that the contract takes from the record."""
        whole = self.annotation.derive or self.annotation.at_most
        if whole is None:
            return None
        return FieldOf(field=whole.field, of=Handle(handle=f"@{whole.parameter}"))

    def _change(self, first: int, at: int) -> tuple[Expression, int] | None:
        """What the record's amount becomes if it is made more or less: "raise the rent by 20 euros, by 5 %"."""
        reader, held = self.reader, self.annotation.replaces
        said = set(reader.lows(first, at - first))
        op: Operation | None = "+" if said & _MORE else "-" if said & _LESS_OF_IT else None
        if held is None or op is None or reader.low(at) != "by":
            return None
        now = FieldOf(field=held.field, of=Handle(handle=f"@{held.parameter}"))
        number, share = reader.amount(at + 1), reader.numbers.get(at + 1)
        if share is not None and share.kind == "percent":
            last = reader.end_index(share.end)
            part = Number(number=share.value, unit="%", quote=reader.words(at, last))
            return Computed(op=op, a=now, b=Computed(op="*", a=now, b=part)), last
        if number is None or reader.low(number[1]) in {"percent", "per"}:
            return None
        quote = reader.words(at, number[1])
        return Computed(op=op, a=now, b=number[0].model_copy(update={"quote": quote})), number[1]

    def _part(self, at: int, stop: int) -> tuple[Expression, int] | None:
        share: Expression | None = None
        end = at
        if (said := read_fraction(self.reader.lows(at, 4))) is not None:
            up, down, length = said
            end = at + length
            quote = self.reader.words(at, end)
            share = Number(number=Decimal(up) / Decimal(down) if up % down == 0 else Decimal(up), quote=quote)
            divisor = down
            if up > down and end < stop and self.reader.low(end) not in _OF_WHAT:
                return None  # "a double charge" is no amount
        if share is not None:
            whole, last = self._whole(end, stop)
            if whole is None:
                return None
            scaled = whole if share.number == 1 else Computed(op="*", a=whole, b=share)  # type: ignore[union-attr]
            if divisor > 1:
                quote = self.reader.words(at, end)
                scaled = Computed(op="/", a=scaled, b=Number(number=Decimal(divisor), quote=quote))
            return scaled, last
        held = self.reader.numbers.get(at)
        if held is None or held.kind != "percent":
            return None
        last = self.reader.end_index(held.end)
        quote = self.reader.words(at, last)
        whole, last = self._whole(last, stop)
        if whole is None:
            return None
        return Computed(op="*", a=whole, b=Number(number=held.value, unit="%", quote=quote)), last

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
        """A remainder: "all but 5 euros", "except for 840 yen", "less a fee of 3 euros"."""
        reader, step = self.reader, at
        if reader.low(step) in ALL and reader.low(step + 1) in LEFT_OUT:
            step += 1
        if reader.low(step) not in _LESS and (step == at or reader.low(step) != "but"):
            return None
        step += 1
        if reader.low(step) == "for":
            step += 1
        begin, told = step, reader.low(step) in lexicon.DETERMINERS
        step += told
        amount, base = reader.amount(step), self._base()
        if amount is None or base is None:
            return None
        if amount[0].unit is None and not (step > at + 1 and reader.low(amount[1]) in lexicon.OF):
            return None  # without a currency it may be a record's number, unless the whole of one is meant
        last = amount[1]
        quote = reader.words(begin, last) if told else amount[0].quote
        return Computed(op="-", a=base, b=amount[0].model_copy(update={"quote": quote})), last

    def _same(self, at: int, stop: int) -> tuple[Expression, int] | None:
        """Another record's amount: "the (same) amount of his last credit", "the price of her plan"."""
        low = self.reader.low(at)
        if low not in {"amount", "price", "cost", "value", "total", "sum"} or self.reader.low(at + 1) != "of":
            return None
        return self._size_of(at + 2, stop)

    def _size_of(self, at: int, stop: int) -> tuple[FieldOf | TotalOf, int] | None:
        """The size of a record, found by its noun or by a number that only one kind with a sum has."""
        reader = self.reader
        phrase = read_phrase(reader, at, stop, None)
        if phrase is None or not phrase.noun:
            coded = [kind for kind in reader.kinds.values() if is_code(reader, at, kind)] if at < stop else []
            kinds = [kind for kind in coded if kind.size is not None and not reader.low(at).isdigit()]
            find = Find(record=kinds[0].name, said=reader.words(at, at + 1)) if len(kinds) == 1 else None
            phrase = Phrase(find, at, at + 1, True) if find is not None else None
        size = reader.kinds[phrase.find.record].size if phrase is not None else None
        if phrase is None or size is None or phrase.find.bare:
            return None
        several = phrase.find.pick != "one" and at >= 2 and reader.low(at - 2) in _ADDED_UP
        return (TotalOf if several else FieldOf)(field=size, of=phrase.find), phrase.last

    def _what(self, at: int, stop: int) -> tuple[Expression, int] | None:
        """An amount as a clause: "what he settled in June", "what he still owes", "whatever F-7 was worth"."""
        reader = self.reader
        if reader.low(at) not in {"what", "whatever"}:
            return None
        return read_total(reader, at + 1, stop)
