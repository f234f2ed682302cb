"""Values in a stretch: amounts, durations, members of closed lists, and whatever a parameter's type reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Final

from agent.extract.counted_units import find_counted_unit
from agent.extract.parameter_reader import scan
from agent.extract.parameter_spec import make_parameter_spec
from agent.extract.reading import Reading
from agent.extract.scales import read_end
from agent.extract.time.day_pairs import ENDS, name_day
from agent.planning.proposal import (
    Argument,
    Computed,
    ComputedArgument,
    Day,
    FieldOf,
    Handle,
    Number,
    QuotedText,
    TypedValue,
)
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import DATES, LAST
from agent.resolve.rules.grammar.orders import relative_values
from agent.resolve.rules.grammar.orders.action_words import SHOWN
from agent.resolve.rules.grammar.orders.currencies import read_currencies
from agent.resolve.rules.grammar.orders.day_pairs import is_other_end, read_day_pair
from agent.resolve.rules.grammar.orders.interpretation import Piece
from agent.resolve.rules.grammar.orders.moved_values import read_moved
from agent.resolve.rules.grammar.orders.stretch_words import StretchWords
from agent.resolve.rules.grammar.orders.text_parameters import list_named, takes_text
from agent.resolve.rules.grammar.orders.told_shares import find_amounts
from agent.resolve.rules.grammar.phrases.amounts import MONEY, Amounts, is_left_out, says_own
from agent.resolve.rules.grammar.phrases.plain_names import find_counting_words, numbers_thing
from language.fractions import read_fraction
from language.measures import CALENDAR, convert_said, counts_in, find_measure
from language.stems import stem
from language.text import word_set
from registry.contract import Annotation, Unit

MOST_DETERMINERS: Final = 4
CODED: Final = 0.3
"""How surely a long bare number is an amount: it may be a record's."""
LENGTHS: Final = {Unit.DAYS: "days", Unit.HOURS: "hours", Unit.MINUTES: "minutes", Unit.SECONDS: "seconds"}
SURE: Final = 0.6
REQUIRED_SURE: Final = 0.41
AIMED_SURE: Final = 0.4
"""Of a number that something is set to: "raise the quota to 260"."""
DAY: Final = 86400
TOWARDS: Final = frozenset({"to", "into", "onto", "as", "on", "=", ">", ":", "2"})
_NO_SUMS: Final = frozenset(("one", "a", "an", "once", "twice", "thrice"))
_PARTS: Final = word_set("parts instalments installments halves steps payments tranches goes stages rates pieces")
"""What a number before it counts, and no money: "refund it in two parts"."""
_ENDS: Final = frozenset({"ends", "end", "expires"})
_MAKING_SO: Final = frozenset(("make", "mark", "set"))


class StretchValues(StretchWords):
    """Reads possible values of an action's parameters that take no record."""

    def _find_values(self) -> None:
        counting = find_counting_words(self.reader)
        for name, schema in self.offer.properties.items():
            annotation = self.offer.annotation(name)
            if self.kind(name) is not None or not self._speaks(annotation) or takes_text(name, schema, annotation):
                continue
            found = self._read_values(name, schema if isinstance(schema, Mapping) else {}, annotation)
            if own := [each for each in found if each.first not in counting]:
                self.values[name] = own
        pair = read_day_pair(self.reader, self.offer, self.first, self.stop)
        self.values |= {name: [piece] for name, piece in pair.items()}
        self.moved = read_moved(self.reader, self.offer, self.first, self.stop)
        self.values |= {each.name: [each.piece] for each in self.moved if each.piece is not None}
        self._read_counts()
        self.values |= read_currencies(self.reader, self.offer, self.values)
        self._forget_tokens()

    def _read_counts(self) -> None:
        """Assigns a number without another role to the one parameter that needs a number: "buy 12 hinges"."""
        wanting = [
            name
            for name in self.offer.required
            if name not in self.values
            and self.kind(name) is None
            and self.offer.annotation(name).unit in (None, Unit.COUNT)
            and self._speaks(self.offer.annotation(name))
            and (schema := self.offer.properties.get(name) or {}).get("type") in ("integer", "number")
            and "enum" not in schema
        ]
        counted = [
            name for name, note in self.offer.annotations.items() if note.unit is Unit.COUNT and name not in wanting
        ]
        if not wanting and len(counted) == 1 and counted[0] not in self.values:
            wanting = counted
        if len(wanting) != 1:
            return
        reader, found, counting = self.reader, list[Piece](), find_counting_words(self.reader)
        for at, held in reader.numbers.items():
            last = reader.end_index(held.end)
            if not self.first <= at < self.stop or at in self.quoted or at in reader.valued or at in reader.dated:
                continue
            glued = held.unit and not counts_in(held.unit, of=False)  # but "2kg"
            numbered = reader.numbered(at) or numbers_thing(reader, at, self.words.known_words)
            numbered = numbered and last not in counting  # but "buy 9 rolls"
            if held.kind != "cardinal" or glued or held.vague or numbered:
                continue
            schema = self.offer.properties[wanting[0]]
            rate = reader.low(last) in {"a", "an", "per"} and reader.low(last + 1) in lexicon.UNITS  # "70 a month"
            if rate or (wanting == counted and not self._counts_own(last)):
                continue
            number, unit = held.value, find_measure(reader.low(last))
            wanted = find_counted_unit(wanting[0], schema, self.offer.annotation(wanting[0]))
            told = last + (reader.low(last) in lexicon.MORE)  # "20 (more) metres of linen"
            said = reader.low(told) if told in counting and wanted is None else None
            if said is not None:
                last = told + 1
            elif unit is not None:  # "32 kilos", where grams are asked for
                changed = convert_said(number, unit, wanted) if wanted is not None else None
                if changed is None:
                    continue
                number, last = changed, last + 1
            parted = schema.get("type") == "integer" and number != int(number)
            if reader.comparison_before(at) or (parted and said is None and held.words):  # "half of it"
                continue
            value = int(number) if number == int(number) else float(number)
            coded, quote = len(reader.tokens[at].text) > 3 and reader.tokens[at].text.isdigit(), reader.words(at, last)
            argument: TypedValue | ComputedArgument = TypedValue(value=value, quote=quote)
            if said is not None or parted:
                argument = ComputedArgument(expression=Number(number=number, unit=said, quote=quote))
            found.append(Piece(at, last, argument, CODED if coded else 0.44))
        called = list_named(wanting[0], self.offer.annotation(wanting[0]))  # "open a course": no count of anything
        called |= self.words.nouns if not self.makes_new else frozenset()
        for at in range(self.first, self.stop) if not found and wanting != counted else ():  # "give Ada a free trip"
            last = at + 1 + (reader.low(at + 1) in lexicon.MORE)
            own = [stem(reader.low(step)) in called for step in (last, last + 1)] == [True, False]
            if own and reader.low(at) in {"a", "an"} and at not in self.quoted and reader.low(at - 1) != "half":
                found.append(Piece(at, at + 1, TypedValue(value=1, quote=reader.words(at, at + 1)), 0.44))
        if found:
            self.values[wanting[0]] = found

    def _counts_own(self, at: int) -> bool:
        """Whether a number counts what the action is about ("3 festive cards") or one of its values ("two mugs")."""
        said = [stem(self.reader.low(step)) for step in range(at, min(at + 3, self.stop))]
        valued = {piece.first for pieces in self.values.values() for piece in pieces}
        return any(each in self.words.nouns or at + step in valued for step, each in enumerate(said))

    def _read_values(self, name: str, schema: Mapping[str, Any], annotation: Annotation) -> Iterator[Piece]:
        dated = schema.get("format") in ("date", "date-time")
        numeric, reader = dated or schema.get("type") in ("integer", "number"), self.reader
        clocked = make_parameter_spec(name, schema, annotation).kinds[:1] == ("time",)
        now = relative_values.find_now(self, name, dated=dated) if numeric or clocked else None
        money = annotation.unit in MONEY
        own = numeric and not dated and (not money or says_own(reader, self.offer, name))
        if (
            now is not None
            and own
            and (many := relative_values.read_multiple(reader, self.place.order, now)) is not None
        ):
            yield many
            return
        if now is not None and not money:
            places = range(self.first, self.stop)
            ends = not ENDS.isdisjoint(name_day(name, annotation))
            titled = self.offer.title.casefold().split() if max(self.verbs.values(), default=0.0) >= SHOWN else ()
            by = relative_values.BY_HOURS if clocked else relative_values.BY_DAYS if dated else ()
            changed = [*relative_values.read_difference(reader, places, now, by=by, ends=ends, titled=titled)]
            told = {at for each in changed for at in range(each.first, each.last)}
            others = reader.dated if dated else reader.hours if clocked else ()
            if changed and told.issuperset(at for at in others if at in places):
                yield from changed  # beside a day of its own, "a week earlier" tells something else
                return
        lasts = dated and now is None and not self.makes_new and not ENDS.isdisjoint(name_day(name, annotation))
        if lasts and sum(each.get("format") == schema["format"] for each in self.offer.properties.values()) == 1:
            yield from relative_values.read_lasting(reader, range(self.first, self.stop))
        if numeric and not money:
            yield from relative_values.read_years(reader, range(self.first, self.stop), name_day(name, annotation))
        if money:
            yield from self._read_sums(name)
        elif annotation.unit in LENGTHS:
            yield from self._read_lengths(LENGTHS[annotation.unit])
        elif numeric and not dated and (share := self._find_amounts(name).read_share(self.first, self.stop)):
            yield Piece(share[1], share[2], ComputedArgument(expression=share[0]))
        else:
            yield from self._scan(name, schema, annotation)

    def _read_sums(self, name: str) -> Iterator[Piece]:
        reader = self.reader
        amounts, step = self._find_amounts(name), self.first
        while (found := amounts.read(step, self.stop)) is not None:
            step = max(found[1] + 1, found[2])
            yield Piece(found[1], found[2], ComputedArgument(expression=found[0]))
        if step > self.first:
            return
        for at, held in reader.money.items():
            if not self.first <= at < self.stop or at in self.quoted or at in reader.dates:
                continue
            amount, hour = reader.amount(at), reader.hours.get(at)
            if (
                amount is None
                or (hour is not None and not (hour.bare and (held.currency or reader.low(at - 1) == "to")))
                or is_left_out(reader, self.first, at)
                or reader.low(amount[1]) in _PARTS
                or ("out", "of") in (reader.lows(at - 2, 2), reader.lows(at - 3, 2))
            ):
                continue
            token = reader.tokens[at]
            bare = held.currency is None and not held.loose
            coded = bare and (token.text.startswith("#") or (token.text.isdigit() and len(token.text) > 2))
            # A new value of a record's field is no record: "the fee is 860 now".
            sets = self.offer.annotation(name).replaces is not None and reader.low(at - 1) in {"to", "is", "at"}
            timed = any(each.start == token.start for each in reader.durations)
            # "one up", "one of them", "charged twice"; "half", of an unknown whole
            part = token.low in _NO_SUMS or read_fraction(reader.lows(at, 4)) is not None
            never = bare and (part or numbers_thing(reader, at, self.words.known_words))
            if never or timed or (at in reader.numbers and reader.numbers[at].kind != "cardinal"):
                continue
            sure = 1.0 if sets and token.text.isdigit() else CODED if coded else 0.5 if bare else 1.0
            yield Piece(at, amount[1], ComputedArgument(expression=amount[0]), sure)

    def _find_amounts(self, name: str) -> Amounts:
        return find_amounts(self.reader, self.offer, name, self.place.order, self.quoted)

    def _read_lengths(self, unit: str) -> Iterator[Piece]:
        reader = self.reader
        if unit == "days" and (until := self._until()) is not None:
            yield until
            return
        taken: set[int] = set()
        for each in reader.durations:
            first, last = reader.end_index(each.start), reader.end_index(each.end)
            measure = find_measure(each.unit)
            said = measure.name if measure is not None else ""
            if not self.first <= first < self.stop or first in self.quoted:
                continue
            taken.update(range(first, last))
            calendar = measure is not None and measure.dimension == CALENDAR
            if unit == "days" and said not in ("days", "weeks") and not each.seconds % DAY and not calendar:
                yield Piece(first, last, TypedValue(value=int(each.seconds / DAY), quote=reader.words(first, last)))
                continue
            if said not in ("days", "weeks", "hours", "minutes", "seconds"):
                continue
            number = Number(number=each.count, unit=said, quote=reader.words(first, last))
            yield Piece(first, last, ComputedArgument(expression=number))
        for at, held in reader.numbers.items():
            if not self.first <= at < self.stop or at in taken or at in self.quoted or held.kind != "cardinal":
                continue
            dated = at in reader.dates or at in reader.dated or numbers_thing(reader, at, self.words.known_words)
            if held.unit or held.vague or dated or (at in reader.money and reader.money[at].currency):
                continue
            if reader.low(at - 1) in TOWARDS - {"on", "="} and reader.low(at - 1) != "as":
                continue
            last = reader.end_index(held.end)
            coded = reader.tokens[at].text.isdigit() and len(reader.tokens[at].text) > 2
            number = Number(number=held.value, unit=unit, quote=reader.words(at, last))
            yield Piece(at, last, ComputedArgument(expression=number), CODED if coded else 0.5)

    def _until(self) -> Piece | None:
        """Reads "until Friday" as the days from the record's end to that day."""
        reader = self.reader
        record = next((each for each in self.offer.required if self.kind(each) is not None), None)
        kind = self.kind(record) if record is not None else None
        ends = [
            each
            for each in (kind.fields if kind is not None else ())
            if each.type in DATES and not _ENDS.isdisjoint((each.label or each.name).lower().replace("_", " ").split())
        ]
        for at in range(self.first, self.stop):
            if reader.low(at) not in {"until", "till", "to"} or len(ends) != 1:
                continue
            day = next((reader.dates[step] for step in (at, at + 1, at + 2) if step in reader.dates), None)
            if day is None or day.weight < 0.55:
                continue
            first, last = reader.end_index(day.start), reader.end_index(day.end)
            until = Day(date=(day.last or day.day).isoformat(), quote=reader.words(first, last))
            left = FieldOf(field=ends[0].name, of=Handle(handle=f"@{record}"))
            return Piece(at, last, ComputedArgument(expression=Computed(op="days between", a=left, b=until)))
        return None

    def _scan(self, name: str, schema: Mapping[str, Any], annotation: Annotation) -> Iterator[Piece]:
        """The values that the parameter's type reads."""
        reader, required = self.reader, name in self.offer.required
        start, text = self._take_raw()
        least = REQUIRED_SURE if required else SURE
        found: list[Reading] = scan(
            text, name=name, schema=schema, annotation=annotation, now=reader.now, required=required
        )
        for each in found[:8]:
            first, last = reader.end_index(start + each.start), reader.end_index(start + each.end)
            aimed = required and annotation.unit is Unit.COUNT and reader.low(first - 1) == "to"
            if each.confidence < (AIMED_SURE if aimed else least) or first >= last or first in self.quoted:
                continue
            quote = reader.words(first, last)
            said = reader.text.plain[reader.tokens[first].start : reader.tokens[last - 1].end]
            if "enum" in schema and not self._says(said, each.value, annotation):
                if read_end(said, schema["enum"]) != each.value:
                    continue
                last += reader.low(last) in (name, "one", (annotation.label or name).casefold())  # "top priority"
            dated = schema.get("format") in ("date", "date-time")
            when = reader.dates.get(first)
            if (
                schema.get("format") == "date-time"
                and when is not None
                and when.last is not None
                and "T00:00" in str(each.value)
            ):
                continue  # a week or month is no moment
            if dated and is_other_end(self.offer, name, reader.low(first - 1)):
                continue
            if dated and not required and self._has_passed(name, annotation, str(each.value), first):
                continue
            plain = schema.get("type") == "string" and "enum" not in schema and each.value == each.text
            argument: Argument = QuotedText(quote=quote) if plain else TypedValue(value=each.value, quote=quote)
            if dated and reader.low(first - 1) in {"until", "till"}:
                first -= 1
            yield Piece(first, last, argument, min(1.0, each.confidence))

    def _has_passed(self, name: str, annotation: Annotation, day: str, at: int) -> bool:
        """Whether a past day can't be a last valid day, unless that is said: "came in yesterday" dates an event, not a
        "best before"."""
        own = {*name.split("_"), *(annotation.label or "").casefold().split()}
        said = own & {*self.reader.lows(at - 3, 3)}
        return day[:10] < self.reader.now.date().isoformat() and bool(own & LAST) and not said

    def _says(self, words: str, value: Any, annotation: Annotation) -> bool:
        """Whether words hold a member of a closed list, or another of the contract's words for it."""
        said = words.casefold().replace("_", " ").replace("-", " ")
        own = (str(value).casefold().replace("_", " ").replace("-", " "), *annotation.words.get(str(value), ()))
        return any(each.casefold() in said or stem(each.casefold()) == stem(said) for each in own)

    def _is_value(self, at: int) -> bool:
        """Whether a value of another parameter or a verb of the action begins at a token."""
        return at in self._value_tokens

    @cached_property
    def _value_tokens(self) -> frozenset[int]:
        """Computed once for all phrases that ask about their tokens."""
        sure = {
            at
            for pieces in self.values.values()
            for piece in pieces
            if piece.sure >= 0.9 and not isinstance(piece.argument, TypedValue)
            for at in range(piece.first, piece.last)
        }
        begun = {piece.first for pieces in self.values.values() for piece in pieces}
        aimed = {at for at in range(self.first, self.stop) if self._aimed(at)} if self._typed_tokens else set[int]()
        return frozenset(sure | aimed | {at for at in begun if self._until_day(at)})

    @cached_property
    def _typed_tokens(self) -> frozenset[int]:
        """The tokens of values that a parameter's type reads."""
        return frozenset(
            at
            for pieces in self.values.values()
            for piece in pieces
            if isinstance(piece.argument, TypedValue)
            for at in range(piece.first, piece.last)
        )

    @cached_property
    def _begun(self) -> frozenset[int]:
        """The tokens at which likely values begin."""
        return frozenset(piece.first for pieces in self.values.values() for piece in pieces if piece.sure >= 0.5)

    def _forget_tokens(self) -> None:
        """Call this when ``values`` has changed."""
        for name in ("_value_tokens", "_typed_tokens", "_begun", "_ends"):
            self.__dict__.pop(name, None)

    def _until_day(self, at: int) -> bool:
        """Whether "until" with a day stands here and the action needs a day. The day then identifies no record."""
        return self.reader.low(at) in {"until", "till"} and any(
            piece.first == at and name in self.offer.required
            for name, pieces in self.values.items()
            if (self.offer.properties.get(name) or {}).get("format") in ("date", "date-time")
            for piece in pieces
        )

    def _aimed(self, at: int) -> bool:
        """Whether a destination stands here: "to the business plan", if a parameter takes "business"."""
        step, before = at, at - 1  # nobody says many determiners in a row
        while step < at + MOST_DETERMINERS and self.reader.low(step) in lexicon.DETERMINERS:
            step += 1
        while before >= at - MOST_DETERMINERS and self.reader.low(before) in lexicon.DETERMINERS:
            before -= 1
        towards = self.reader.low(before) in TOWARDS or (
            before >= 0 and self.reader.tokens[before].text in {">", "→", ":", "="}
        )
        # "Make the tent express", "mark plot 17 untidy".
        made = self.reader.low(self.place.order) in _MAKING_SO and self.reader.is_mark(at + 1)
        return (towards or made) and step in self._typed_tokens

    def _aimed_at(self, piece: Piece) -> bool:
        step = piece.first - 1
        while step >= max(self.first, piece.first - MOST_DETERMINERS) and self.reader.low(step) in lexicon.DETERMINERS:
            step -= 1
        return step >= self.first and (self.reader.low(step) in TOWARDS or self.reader.tokens[step].text in {">", "→"})
