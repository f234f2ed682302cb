"""Interpreter: what one action makes of a stretch of words, with a weight.

It cuts the words into typed pieces: amounts, durations, members of closed lists, phrases for records, texts. The
contract's types say which piece can fill which parameter. Unexplained words are kept.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence, Set
from dataclasses import replace
from typing import Final

from agent.extract.references.vocabulary import list_connected
from agent.extract.spans.politeness import is_polite_word
from agent.planning.proposal import Argument, Find, RecordArgument, StateIs, TypedValue
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import ALIKE_SHARE
from agent.resolve.rules.grammar.orders.closing_values import add_text
from agent.resolve.rules.grammar.orders.interpretation import (
    SURE_VERB,
    Interpretation,
    Piece,
    is_whose,
    tells_only,
)
from agent.resolve.rules.grammar.orders.labelled_values import list_name_parts, split_parts
from agent.resolve.rules.grammar.orders.leave_outs import drop_denied
from agent.resolve.rules.grammar.orders.message_texts import is_text_itself
from agent.resolve.rules.grammar.orders.stretch_evidence import StretchEvidence
from agent.resolve.rules.grammar.orders.text_parameters import (
    TELLING,
    find_title,
    is_message,
    is_note,
    is_sent,
    list_named,
    takes_text,
)
from agent.resolve.rules.grammar.orders.texts import (
    add_subject,
    find_called,
    puts_on,
    read_text_argument,
    writes_note,
)
from agent.resolve.rules.grammar.orders.wishes import BEFALLS
from agent.validate.coverage.modifiers import WHEN
from language.stems import EMPTY, is_past, stem, stem_text
from registry.contract import Annotation
from registry.records import RecordKind

MOST_LIST: Final = 12
_WITH: Final = frozenset(("with", "and"))
_WHOLE: Final = frozenset(("all", "full", "fully", "whole", "entirely", "completely", "nothing", "none"))
_SOME: Final = frozenset(("something", "anything"))


class Interpreter(StretchEvidence):
    """Reads one stretch of tokens for one offer. Leaves the reader as it was."""

    def read(self) -> Interpretation:
        reader = self.reader
        kept = reader.person, reader.thing, dict(reader.spoken), set(reader.covered)
        reader.named, first = [], [*reader.kinds]
        reader.put_first(list_connected(reader.kinds, self.list_own_kinds()))
        try:
            return self._read()
        finally:
            reader.person, reader.thing, reader.spoken, reader.covered = kept
            reader.meant, reader.only_days = None, frozenset()
            reader.put_first(first)

    def _read(self) -> Interpretation:
        self._find_verbs()
        self._find_marked_texts()
        if any(self.reader.low(at) in lexicon.PRONOUNS | lexicon.OWNERS for at in range(self.first, self.stop)):
            self._find_records()  # whom "what she paid" speaks of
            self.records, self.mentioned, self.unread, self.reader.named = {}, [], [], []
            self.named_kinds = []
        self._find_values()
        self.reader.meant, self.reader.only_days = self._typed_tokens | {*self.verbs}, self._list_only_days()
        self._find_records()
        self._settle_values()
        self.doubtful |= self._leaves_open()
        self._find_whose()
        self._find_paid()
        self._narrow_to_moved()
        calls = self._make_calls()
        self._find_texts(calls)
        self.covered |= self.labels
        for pieces in (*self.values.values(), *self.records.values()):
            for piece in pieces:
                self.covered.update(range(piece.first, piece.last))
        self.unread += self.find_untold_sets()
        return self._weigh(calls)

    def _narrow_to_moved(self) -> None:
        """Demands of a record the values that others take the place of."""
        before = tuple(each.before for each in self.moved)
        for pieces in self.records.values() if before else ():
            for at, piece in enumerate(pieces):
                find = piece.argument.reference if isinstance(piece.argument, RecordArgument) else None
                if isinstance(find, Find):
                    held = find.model_copy(update={"where": (*find.where, *before)})
                    pieces[at] = replace(piece, argument=RecordArgument(reference=held))

    def _list_only_days(self) -> frozenset[int]:
        """The tokens of a day that is the only one for a parameter: it tells not which record is meant."""
        dated = (
            name for name, schema in self.offer.properties.items() if schema.get("format") in ("date", "date-time")
        )
        found = (self.values.get(name, []) for name in dated)
        return frozenset(at for each in found if len(each) == 1 for at in range(each[0].first, each[0].last))

    def _settle_values(self) -> None:
        """Of several readings of one parameter, keeps those outside the records' words. A phrase that is only a list
        member gives the value if nothing else does."""
        for name in list(self.values):
            free, denied = drop_denied(self.reader, [each for each in self.values[name] if not self._inside(each)])
            self.covered |= denied
            free = self._drop_taken_back(sorted(free, key=lambda each: each.first)) if self.reader.corrections else free
            if not free:
                free = self._from_phrase(name)
            every = max((len(pieces) for pieces in self.records.values()), default=1)
            strong = [each for each in free if each.sure >= 0.8 or (every > 1 and len(free) == every)] or free
            listed = sorted({(each.first, each.last): each for each in strong}.values(), key=lambda each: each.first)
            if len(listed) > 1 and isinstance(listed[0].argument, TypedValue):
                aimed = list[Piece]()
                for each in listed:  # "on 1, 3 and 5 December": what is joined to one is too
                    joined = bool(aimed) and each.first in self.reader.dated and self._joins(aimed[-1].last, each.first)
                    aimed += [each] if joined or self._aimed_at(each) else []
                listed = aimed or listed
            self.values[name] = listed
            if not listed:
                del self.values[name]

    def _inside(self, piece: Piece) -> bool:
        """Whether a value stands in the words of a record, or of what is left out."""
        told = (range(each.first, each.last) for pieces in self.records.values() for each in pieces)
        return not self.covered.union(self.others, *told).isdisjoint(range(piece.first, piece.last))

    def _from_phrase(self, name: str) -> list[Piece]:
        """Reads a phrase as a value if another gives the record ("give her the pro plan"), and "the urgent one"."""
        made: list[Piece] = []
        for pieces in self.records.values():
            for other in list(pieces):
                argument = other.argument
                assert isinstance(argument, RecordArgument)
                only = tells_only(argument.reference, StateIs)
                inner = [each for each in self.values[name] if other.first <= each.first and each.last <= other.last]
                if only and inner and len(pieces) > 1:
                    pieces.remove(other)
                    made.append(replace(inner[0], first=other.first, last=other.last))
        return made

    def _make_calls(self) -> list[dict[str, Argument]]:
        """The arguments of each call: a single call, one for each record of a list, or one for each record with its own
        value."""
        single: dict[str, Argument] = {}
        listed: list[tuple[str, list[Piece]]] = []
        for name, pieces in (*self.records.items(), *self.values.items()):
            if len(pieces) == 1:
                single[name] = pieces[0].argument
            elif pieces:
                listed.append((name, pieces[:MOST_LIST]))
        records = [each for each in listed if each[0] in self.records]
        if len(records) == 2 and len(records[0][1]) == len(records[1][1]) and len(listed) == 2:
            (one, mine), (other, theirs) = records
            return [{**single, one: piece.argument, other: theirs[at].argument} for at, piece in enumerate(mine)]
        values = [each for each in listed if each[0] in self.values]
        if not listed:
            return [single]
        if len(records) == 1:
            name, pieces = records[0]
            if not self._is_list(pieces, values):
                return [self._narrow(single, name, pieces)]
            for other, theirs in values:
                if len(theirs) != len(pieces):
                    single[other] = theirs[-1].argument
                    self.doubtful |= len({repr(getattr(each.argument, "value", each.argument)) for each in theirs}) > 1
            paired = [each for each in values if len(each[1]) == len(pieces)]
            self.doubtful |= self._says_apart(pieces) or any(self._may_be_for_each(pieces, *each) for each in paired)
            return [
                {**single, name: piece.argument, **{other: theirs[at].argument for other, theirs in paired}}
                for at, piece in enumerate(pieces)
            ]
        if len(listed) == 1 and self._is_for_each_day(*listed[0]):
            return [{**single, listed[0][0]: piece.argument} for piece in listed[0][1]]
        for name, pieces in listed:
            single[name] = pieces[0].argument
            self.doubtful = True
        return [single]

    def _is_for_each_day(self, name: str, days: Sequence[Piece]) -> bool:
        """Whether something is made for each of several joined days: "a rehearsal on 3 and 5 December". A day that a
        record has is replaced by one alone."""
        kinds = (kind for each in self.offer.properties if (kind := self.kind(each)) is not None)
        replaces = any(kind.field_named(name) is not None for kind in kinds)
        dated = all(at in self.reader.dated for each in days for at in range(each.first, each.last))
        joined = all(self._joins(one.last, other.first) for one, other in itertools.pairwise(days))
        return dated and joined and not replaces and self.offer.annotation(name).replaces is None

    def _may_be_for_each(self, pieces: Sequence[Piece], name: str, values: Sequence[Piece]) -> bool:
        """Whether each of several records may get every value: "give Ada and Bo a chair and a lamp". A value that
        replaces another can only be one record's: "set 7 and 9 to low and high"."""
        apart = pieces[-1].last <= values[0].first or values[-1].last <= pieces[0].first
        told = "respectively" in self.reader.lows(self.first, self.stop - self.first)
        chosen = self.offer.annotation(name).replaces is None and "enum" in (self.offer.properties.get(name) or {})
        return apart and chosen and not told

    def _says_apart(self, pieces: Sequence[Piece]) -> bool:
        """Whether each record of a list has its own value and one of them can't be read: "F-1 half and F-2 all", "half
        of F-1 and all of F-2". "All open bills" says which are meant."""
        first, last = max(self.first, pieces[0].first - 2), pieces[-1].last
        values = [each[0] for each in self.values.values() if len(each) == 1 and first <= each[0].first < last]
        finds = ((each, each.argument.reference) for each in pieces if isinstance(each.argument, RecordArgument))
        sets = (each for each, find in finds if isinstance(find, Find) and find.said is None)
        told = {at for each in (*values, *sets) for at in range(each.first, each.last)}
        whole = any(self.reader.low(at) in _WHOLE for at in range(first, last + 1) if at not in told)
        return bool(values) and (whole or self.reader.lows(last, 2) == ("for", "good"))

    def _is_list(self, pieces: Sequence[Piece], values: Sequence[tuple[str, list[Piece]]]) -> bool:
        """Whether records form a list: with a conjunction between each two, or with as many values."""
        if all(one.first == other.first for one, other in itertools.pairwise(pieces)):
            return True  # "both of them"
        if any(is_whose(one, other) for one, other in itertools.pairwise(pieces)):
            return False
        between = all(self._joins(one.last, other.first) for one, other in itertools.pairwise(pieces))
        return between or any(len(theirs) == len(pieces) for _, theirs in values)

    def _narrow(self, single: dict[str, Argument], name: str, pieces: Sequence[Piece]) -> dict[str, Argument]:
        """Merges two separate phrases for one record: the owner beside the record ("resend 1053 to Ada"). Whoever is
        named besides means that it is not read in full ("Ada joins the choir and Bo sings")."""
        kind = self.kind(name)
        assert kind is not None
        pieces = [each for each in pieces if self.reader.low(each.first - 1) not in lexicon.NOT] or pieces
        finds = [
            each.argument.reference
            for each in pieces
            if isinstance(each.argument, RecordArgument) and isinstance(each.argument.reference, Find)
        ]
        main = max(finds, key=lambda each: (each.said is not None, each.order is not None, len(each.where)))
        beside = [each.said.text for each in finds if each is not main and each.said is not None]
        joined = any(self.reader.joint(each.first - 1) for each in pieces[1:])
        self.doubtful |= joined and any(not any(map(str.isdigit, each)) for each in beside)
        extra = [
            condition
            for each in finds
            if each is not main and each.record == kind.name and each.said is None and each.order is None
            for condition in each.where
            if condition not in main.where
        ]
        if len([each for each in finds if each is not main and each.said is None]) == len(finds) - 1:
            main = main.model_copy(update={"where": (*main.where, *extra)})
        return {**single, name: RecordArgument(reference=main)}

    def _find_texts(self, calls: list[dict[str, Argument]]) -> None:
        taken = self._list_taken()
        sure = {at for at, much in self.verbs.items() if much >= SURE_VERB}
        sure |= {at for first, last in self.labelled.values() for at in range(first - 1, last)} | self.labels
        if self.place.befalls:  # "half of what she paid for it should go back": its verb ends what comes before
            sure |= {at for at in range(self.first, self.stop) if self.reader.low(at) in lexicon.SHALL | BEFALLS}
        makes = [] if self.list_own_kinds() else [*filter(self._makes, self.reader.kinds.values())]
        for at in range(self.first, self.stop) if makes else ():
            if (made := self.reader.noun(at)) is not None and self._makes(made[0]):  # "a new member: …" is no name
                sure.update(range(at - (self.reader.low(at - 1) in lexicon.MORE), at + made[1]))
        for name, pieces in self.values.items():
            words = list_named(name, self.offer.annotation(name))
            for each in pieces:  # "(with) email ada@example.org", "4 people": what it is
                sure |= {each.last} if self.reader.low(each.last) == name.replace("_", " ") else set()
                label = next(at for at in range(each.first, -2, -1) if stem(self.reader.low(at - 1)) not in words)
                sure.update(range(label - (label < each.first and self.reader.low(label - 1) in _WITH), each.first))
        given, parts = set[int](), self._find_name_parts(makes, taken | sure)
        for name, schema in self.offer.properties.items():
            annotation = self.offer.annotation(name)
            if not takes_text(name, schema, annotation) or not self._speaks(annotation):
                continue
            required = name in self.offer.required
            titled = self.makes_new and name == find_title(self.offer)  # "plan an oil change for Ada's car"
            held = () if titled else self.records.values()
            after = max((each.last for pieces in held for each in pieces), default=self.first)
            place = (self.first, self.stop, after, self.place.order)
            behind = self.behind_colon if required else None
            quoted = behind is not None and self.reader.tokens[behind[0]].text in "\"'“‘«"
            found = behind if not is_message(name, annotation) and not quoted else None
            found = self.labelled.get(name) or found
            if found is None and name in parts and parts[name] is None:
                continue
            found = (
                found
                or parts.get(name)
                or read_text_argument(self.reader, place, name, annotation, taken | sure, required=required)
            )
            kept = not is_sent(name, annotation)  # "…, keep it short" is said of no note
            if found is None and behind is not None and (kept or is_text_itself(self.reader, *behind)):
                found = behind
            why = next((at for at in range(self.first, self.stop) if self.reader.low(at) == "for"), None)
            if found is None and why is not None and required and not self.labelled:
                # Words after "for" may be a common reason, even if they name things that this action isn't about.
                before = {at for at in taken | sure if at < why} | self._typed_tokens
                found = read_text_argument(self.reader, place, name, annotation, before, required=required)
            if found is None or any(found[0] == start for start, _ in self.unread) or self._names_deed(*found):
                continue  # "… nobody has seen": which are meant, and no reason
            if not given.isdisjoint(range(*found)):
                continue  # no words are two texts
            lows = self.reader.lows(found[0], found[1] - found[0])
            deed = len(lows) == 1 and is_past(lows[0]) and name not in self.labelled
            vague = lows[0] in _SOME and (EMPTY | {"on", "about"}).issuperset(lows[1:])
            if required and (deed or vague):
                continue  # "Ada just rang, …" is what she did, and "note something on her" says no note
            said = [each for every in self.records.values() for each in every if self.reader.noun(each.first)]
            if required and any(each.first <= found[0] and found[1] <= each.last for each in said):
                continue  # "log a repair for order 7": the record, and no fault
            first, last = found
            if WHEN.fullmatch(f"{self.reader.low(first - 1)} {self.reader.words(first, last).text}"):
                continue  # "for the time being": how long, and no reason
            first, last = self._add_subject(found, name, taken)
            first -= self.reader.low(first - 1) == "new" and self.reader.low(first - 2) in {"a", "an"}
            # "tell all that owe us that …": who is meant ends where the text begins.
            self.unread = [(at, first - 1 if at < first - 1 < end else end) for at, end in self.unread]
            put = puts_on(self.reader, self.place.order, found)
            told = self._is_put_on_record(name) if put else self._writes(name, annotation)
            others = told and self.reader.tokens[first - 1].owns  # "tell Ada's sister that …": not Ada
            self.doubtful |= others
            self.told = self.told or (required and told and not others)
            inner = range(first, last)
            given.update(inner)
            self.covered.update(inner)
            sure |= {first - 1} if found == find_called(self.reader, self.first, self.stop) else set()
            # "engine repair", where "repair" is also what is ordered: the words are not cut before it.
            named = last in sure and last > self.first and (last + 1 >= self.stop or self.reader.is_mark(last + 1))
            add_text(self.reader, self.offer, calls, name, (first, last + named))
            taken.update(inner)
            if name in self.labelled and (is_note(name, annotation) or name in self.renewed):
                self.unread += self._find_rest_of_list(last, taken | sure)

    def _find_rest_of_list(self, first: int, taken: Collection[int]) -> list[tuple[int, int]]:
        """What stands behind a note or new value and its comma, and may belong to it: "(set her notes to vegan), no
        nuts"."""
        reader = self.reader
        free = [
            at
            for at in range(first + 1, self.stop if reader.low(first) == "," else first)
            if at not in taken and reader.tokens[at].word and not is_polite_word(low := reader.low(at))
            if low not in EMPTY | lexicon.MANNER
        ]
        return [(first + 1, free[-1] + 1)] if free else []

    def _find_name_parts(self, makes: Sequence[RecordKind], taken: Set[int]) -> dict[str, tuple[int, int] | None]:
        """The parts of a full name that something new gets, where the platform keeps a name in parts; None for each if
        it can't be told which word is which."""
        parts = list_name_parts(self.offer, makes)
        free = [name for name in parts if name not in self.labelled]
        if not free:
            return {}
        annotation = self.offer.annotation(free[0])
        place = (self.first, self.stop, self.first, self.place.order)
        called = find_called(self.reader, self.first, self.stop)
        name = called or read_text_argument(self.reader, place, free[0], annotation, taken, required=True)
        if name is None or not taken.isdisjoint(range(*name)):
            return dict.fromkeys(free)
        others = {at for at in range(self.first + 1, self.stop) if self.reader.tokens[at].capital} - taken
        alone = called is not None or name[1] - name[0] > 1 or others <= {*range(*name)}  # but "Berg, Ada"
        return dict.fromkeys(free) | (split_parts(free, name) if alone else {})

    def _add_subject(self, found: tuple[int, int], name: str, taken: Collection[int]) -> tuple[int, int]:
        """A text with the subject of its verb, if it has one."""
        order = self.place.order
        # "Note Ada moved" asks for a note; "text Ada the lamp is in" tells her.
        asks = stem(self.reader.low(order)) in stem_text(name) and not is_sent(name, self.offer.annotation(name))
        asked = order + 1 + (self.reader.low(order + 1) in lexicon.PARTICLES) if asks else self.first
        records = {each.last: each.first for pieces in self.records.values() for each in pieces}
        return add_subject(self.reader, found, (self.first, asked, self.stop), records, taken)

    def _names_deed(self, first: int, last: int) -> bool:
        """Whether words only name what is done: "(Ada asks for) the keys", of what hands keys out."""
        said = {stem(self.reader.low(at)) for at in range(first, last)} - EMPTY
        return first not in self.quoted and said <= self.words.nouns - {*self.words.verbs}

    def _is_put_on_record(self, name: str) -> bool:
        """Whether the words name the records that an action only writes notes on, by noun or number: no person."""
        named = [self._says_thing(each) for pieces in self.records.values() for each in pieces]
        return any(named) and writes_note(self.reader, self.offer, name)

    def _writes(self, name: str, annotation: Annotation) -> bool:
        """Whether telling somebody something means this action: it composes texts, or has the verb that was said. A
        note is written by a verb of its own."""
        if not is_sent(name, annotation):
            return is_message(name, annotation) and any(much >= SURE_VERB for much in self.verbs.values())
        return (
            annotation.compose is True
            or self.words.writes
            or any(much > ALIKE_SHARE and self.reader.low(at) in TELLING for at, much in self.verbs.items())
        )
