"""Records in a stretch: assigns phrases, codes and names to parameters by kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from agent.extract.references.vocabulary import rate_person_likeness
from agent.planning.proposal import BelongsTo, ComputedArgument, Find, RecordArgument, TotalOf
from agent.planning.quotes import walk
from agent.resolve.rules.clauses import is_order
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.name_ends import is_attribute
from agent.resolve.rules.grammar.orders.interpretation import Piece, add_owner, drop_repeated
from agent.resolve.rules.grammar.orders.leave_outs import (
    count_excepting,
    drop_denied,
    drop_spared,
    drop_told,
    find_set,
    leave_out,
)
from agent.resolve.rules.grammar.orders.own_addresses import find_own_addresses
from agent.resolve.rules.grammar.orders.stretch_directions import settle_receivers
from agent.resolve.rules.grammar.orders.stretch_ends import StretchEnds
from agent.resolve.rules.grammar.orders.wishes import BEFALLS
from agent.resolve.rules.grammar.phrases.amounts import MONEY
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import LEAST_CODE, Phrase, is_code, pick_both
from agent.resolve.rules.grammar.phrases.plain_names import find_counting_words
from agent.resolve.rules.grammar.time_stretches import is_times_own
from language.stems import EMPTY, is_past, stem
from language.wordnet import find_similar_stems, is_word
from registry.records import RecordKind

_TELLS_WHICH: Final = lexicon.OF | lexicon.ABOUT | lexicon.RELATIVES | {"with", "without", "whose", "nobody"}
"""What follows a noun and tells which of its kind is meant: there it is no mere word of the action."""
SUBJECTS: Final = frozenset(("whose", "nobody", "i", "we", "you", "he", "she", "they"))
_NO_VERB: Final = lexicon.DETERMINERS | lexicon.EVERY | lexicon.OWNERS | lexicon.QUANTITIES


class StretchRecords(StretchEnds):
    """Reads which records an action's parameters mean."""

    left_out_to = 0
    """Where what is left out ends."""

    def _find_records(self) -> None:
        names = [name for name in self.offer.properties if self.kind(name) is not None and self._takes(name)]
        if not names:
            return
        at, why = self._past_made_noun(), self._why()
        receivers, counting = self._receivers, find_counting_words(self.reader)
        quotes, nouns = self._find_quoted_names(), set[int]()
        counting = counting | find_own_addresses(self.reader, self.offer, self.first, self.stop)
        while at < why:
            if at in quotes and (wanted := self._find_wanted(names, at)) is not None:
                name, named = wanted
                find = Find(record=named.name, said=self.reader.words(at, quotes[at]))
                self.records.setdefault(name, []).append(Piece(at, quotes[at], RecordArgument(reference=find)))
                self._speaks_of(find)
                at = quotes[at]
                continue
            if at in self.quoted | counting or not (self.reader.tokens[at].word or self.reader.tokens[at].text == "#"):
                at += 1
                continue
            if (got := self._read_receiver(at)) is not None:
                self.records[got[0]], at = [got[1]], got[1].last
                continue
            made = self._read_phrase(at, self._list_sets(at) or names)
            if made is None:
                at = self._past_owner(at) or at + 1
                continue
            name, phrase, reference = made
            if name in self.records and self._is_subject(phrase):
                at = phrase.last
                continue
            if reference is not None and (before := self._count_leaving_out(at)):
                if leave_out(self.records.get(name, []), reference):
                    self.covered.update(range(at - before, phrase.last))
                    self.left_out_to = phrase.last
                else:
                    self.doubtful = True
                at = max(phrase.last, at + 1)
                continue
            if reference is not None:
                reference, kind = pick_both(self.reader, phrase, reference), self.kind(name)
                several = phrase.last - phrase.first > 1 and kind is not None and not self._is_person(kind)
                weak = kind is not None and rate_person_likeness(kind) == 1 and not phrase.noun and not several
                weak = weak and not (self.reader.tokens[phrase.first].capital and not self.reader.starts(phrase.first))
                weak = weak and not (kind is not None and is_code(self.reader, phrase.first, kind))
                weak = weak and not (
                    self.reader.low(phrase.first - 1) == "the" and self.reader.low(phrase.last) in BEFALLS
                )
                weak = weak and phrase.first - 1 not in counting  # "6 tins of paint"
                weak = weak and (is_word(self.reader.low(phrase.first)) or not self._is_aimed(phrase))
                piece = Piece(phrase.first, phrase.last, RecordArgument(reference=reference), 0.4 if weak else 1.0)
                self.doubtful |= self._is_taken_from(piece, name)
                self.records.setdefault(name, []).append(piece)
                self.named_kinds += [phrase.find.record] if phrase.noun else []
                nouns |= {phrase.first} if phrase.noun else set()
                self._speaks_of(reference)
                at = max(at, self._unread_behind(phrase))
            at = max(phrase.last, at + 1)
        for name, pieces in self.records.items():
            kind, kept = self.kind(name), drop_repeated(self._drop_taken_back(pieces))
            kept, spared = drop_spared(self.reader, drop_told(self.reader, kept))
            self.covered |= spared
            meant, denied = drop_denied(self.reader, kept)
            kept = meant or kept
            self.covered |= denied if meant else set()
            owned = len(kept) == 2 and kept[0].last == kept[1].first and self.reader.tokens[kept[0].last - 1].owns
            joined = len(kept) != 2 or (self._joins(kept[0].last, kept[1].first) and not owned)
            things = {kept[1].first} if owned else nouns  # "Ada's lamp" is one record
            self.records[name] = kept if joined or kind is None else add_owner(kept, things, self.reader.owner_of(kind))
        self._read_short_codes(names)
        self._share_names()
        beside = [*settle_receivers(self.records, receivers, self._aimed_at)]
        _, against = drop_denied(self.reader, beside)  # "to Ada instead of Bo"
        self.covered |= against
        self.unread += [(each.first, each.last) for each in beside if each.first not in against]
        for name in names:
            if name not in self.records and name in self.offer.required:
                self._take_spoken(name)

    def _is_subject(self, phrase: Phrase) -> bool:
        """Whether a phrase begins a clause that tells something: "20 for Ada, Bo told me", "close 7, 8 isn't done"."""
        reader, at = self.reader, phrase.last
        verb, before = reader.low(at), reader.tokens[phrase.first - 1].text
        alone = not phrase.noun and verb.isalpha() and at not in self.verbs and at not in reader.dated
        does = alone and not reader.tokens[at - 1].owns and self._does(at)  # "close 7, 8 stays"
        so = alone and reader.tokens[at - 1].owns and not self._is_known(at)  # "rest Ada, Bo's fine"
        denied = verb == "not" or verb.endswith("n't")
        if (does or so or denied) and before in {",", "-", "–", "and", "but"}:
            clause = range(at, next((step for step in range(at, self.stop) if reader.is_mark(step)), self.stop))
            self.unread.append((phrase.first, clause.stop))
            self.doubtful |= any(piece.first in clause for pieces in self.values.values() for piece in pieces)
            return True
        told = is_past(verb) or verb in lexicon.AUXILIARIES - {"also", "both", "all", "now", "just"}
        return told and not phrase.noun and before in {",", "-", "–"}

    def _does(self, at: int) -> bool:
        """Whether a verb that the action doesn't know stands here, in the past tense or the third person."""
        low = self.reader.low(at)
        now = low.endswith("s") and stem(low) != low and bool(find_similar_stems(stem(low), verb=True))
        return is_past(low) or (now and not self._is_known(at))

    def _is_known(self, at: int) -> bool:
        """Whether a word is one of the grammar's, the action's or a value's."""
        low = self.reader.low(at)
        known = low in lexicon.NAME_STOP | lexicon.MANNER | EMPTY or stem(low) in self.words.known
        return known or self._is_value(at) or at in self._begun or self.reader.noun(at) is not None

    def _is_taken_from(self, piece: Piece, name: str) -> bool:
        """Whether an amount comes from somebody who is to get it: "20 off Ada's account", "20 for Ada from Bo"."""
        kind, near = self.kind(name), self.reader.lows(piece.first - 2, 2)
        away = "off" in near or ("from" in near and name in self.records)
        gives = any(note.unit in MONEY for note in self.offer.annotations.values()) and "off" not in self.words.known
        return away and gives and kind is not None and self._is_person(kind)

    def _list_sets(self, at: int) -> list[str]:
        """The parameters with several records of which the words before a token exclude some."""
        sets = [name for name, pieces in self.records.items() if find_set(pieces) is not None]
        return sets if self._count_leaving_out(at) else []

    def _count_leaving_out(self, at: int) -> int:
        """How many words before a token leave out what begins there, or join it to what is left out."""
        joined = self.left_out_to > 0 and self._joins(self.left_out_to, at)
        return at - self.left_out_to if joined else count_excepting(self.reader, at)

    def _past_owner(self, at: int) -> int:
        """Where a name of several words with a possessive ends. No part of it is a name of its own. 0 if there is
        none."""
        named = self.reader.tokens[at].capital and not self.reader.starts(at)
        end = self.reader.name(at, self.stop) if named else at
        return end if end - at > 1 and self.reader.tokens[end - 1].owns else 0

    def _find_whose(self) -> None:
        """Takes the mentioned person as the owner if nothing else identifies a record: "resend him the last invoice".
        Settles nothing if nobody was mentioned."""
        reader = self.reader
        pieces = [piece for every in (*self.records.values(), *self.values.values()) for piece in every]
        held = {at for piece in pieces for at in range(piece.first, piece.last)} | self.quoted
        free = (at for at in range(self.first, self.stop) if at not in held and reader.low(at) in lexicon.PERSONAL)
        if (pronoun := next(free, None)) is None:
            return
        for name, every in self.records.items():
            kind = self.kind(name)
            for at, piece in enumerate(every):
                find = piece.argument.reference if isinstance(piece.argument, RecordArgument) else None
                if not isinstance(find, Find) or kind is None or self._is_person(kind) or find.said is not None:
                    continue
                many = find.pick != "one" and reader.low(pronoun) in lexicon.PLURALS | {"their", "theirs"}
                if many or any(isinstance(each, BelongsTo) for each in find.where):
                    continue
                person = reader.person
                if person is None or not self._leads(kind, person):
                    self.doubtful = True
                    continue
                whose = find.model_copy(update={"where": (BelongsTo(owner=person), *find.where)})
                every[at] = replace(piece, argument=RecordArgument(reference=whose))

    def _find_paid(self) -> None:
        """Takes the records of a sum if nothing else identifies them: "20 % of what she paid in May"."""
        sums = [
            node.of
            for pieces in self.values.values()
            for piece in pieces
            for node in walk(piece.argument)
            if isinstance(node, TotalOf) and isinstance(node.of, Find)
        ]
        for name, every in self.records.items() if len(sums) == 1 else ():
            find = every[0].argument.reference if isinstance(every[0].argument, RecordArgument) else None
            if len(every) > 1 or not isinstance(find, Find) or find.record != sums[0].record or find.order is not None:
                continue
            if find.said is not None or not all(isinstance(each, BelongsTo) for each in find.where):
                continue
            paid = find.model_copy(update={"where": sums[0].where})
            self.records[name] = [replace(every[0], argument=RecordArgument(reference=paid))]

    def _unread_behind(self, phrase: Phrase) -> int:
        """Where words end that narrow down a phrase and can't be read: "(all tickets) that look alike". They hold no
        record. 0 if there are none."""
        reader, at = self.reader, phrase.last
        if phrase.find.said is not None or not phrase.noun or at >= self.stop:
            return 0
        told = phrase.find.pick != "one" and reader.date_field(reader.kinds[phrase.find.record], at) is not None
        if reader.low(at) not in lexicon.RELATIVES | SUBJECTS and not told:
            return 0
        values = [each.first for pieces in self.values.values() for each in pieces if each.first > at]
        marks = (step for step in range(at, self.stop) if reader.is_mark(step))
        self.unread.append((at, min([next(marks, self.stop), *values])))
        return self.unread[-1][1]

    def _read_short_codes(self, names: Sequence[str]) -> None:
        """Reads a short number as a record's if a record is still needed and nothing else takes the number."""
        wanting = [name for name in names if name not in self.records and name in self.offer.required]
        taken = self._list_taken()
        self.last_try = True
        for at in range(self.first, self.stop) if wanting else ():
            text = self.reader.tokens[at].text
            if (
                not text.isdigit()
                or len(text) >= LEAST_CODE
                or at in taken
                or at in self.quoted
                or at in self.reader.dated
            ):
                continue
            if (made := self._read_phrase(at, wanting)) is not None and made[2] is not None:
                piece = Piece(made[1].first, made[1].last, RecordArgument(reference=made[2]), 0.6)
                self.records.setdefault(made[0], []).append(piece)
        self.last_try = False

    def _listed(self, at: int) -> bool:
        """Whether a number continues a list of numbers: "rooms 12 and 15"."""
        return any(
            pieces[-1].last < at
            and all(self.reader.joint(step) for step in range(pieces[-1].last, at))
            and self.reader.tokens[pieces[-1].last - 1].text.isdigit()
            for pieces in self.records.values()
        )

    def _takes(self, name: str) -> bool:
        schema = self.offer.properties.get(name)
        array = isinstance(schema, Mapping) and schema.get("type") == "array"
        annotation = self.offer.annotation(name)
        return not array and annotation.like is None and self._speaks(annotation)

    def _read_phrase(self, at: int, names: Sequence[str]) -> tuple[str, Phrase, Find | None] | None:
        """The phrase that begins at a token, its parameter, and its meaning. None if it is only a noun."""
        reader = self.reader
        made = reader.noun(at + 2) if reader.low(at) in {"a", "an", "another"} and reader.low(at + 1) == "new" else None
        if made is not None and not self._makes(made[0]):
            self.creates = True
        told = at in reader.valued or (at in reader.dated and not is_times_own(reader, at))
        if at in self.others or self._is_value(at) or self._orders(at) or (told and reader.noun(at) is None):
            return None
        found: list[tuple[float, str, Phrase, Find]] = []
        token = reader.tokens[at]
        short = token.text.isdigit() and len(token.text) < LEAST_CODE and not reader.numbered(at)
        if short and not self.last_try and not self._listed(at):
            return None
        bare: tuple[str, Phrase, None] | None = None
        for name in names:
            kind = self.kind(name)
            assert kind is not None
            phrase = read_phrase(reader, at, self._break(at), kind)
            if phrase is not None and not phrase.noun and not is_code(reader, at, kind):
                phrase = read_phrase(reader, at, self._break(at, words=True), kind)
            if phrase is not None and phrase.noun and phrase.find.said is not None:
                number = self._find_number(phrase)
                phrase = read_phrase(reader, at, number, kind) if number is not None else phrase
            if phrase is None or phrase.last <= at:
                continue
            new = {reader.low(phrase.first), reader.low(phrase.first - 1)}
            made_here = phrase.noun and not new.isdisjoint(("a", "an", "another", "new"))
            made_here |= phrase.noun and not {phrase.first, phrase.first - 1}.isdisjoint(
                {*reader.valued, *reader.numbers}
            )
            if made_here and self._makes(reader.kinds[phrase.find.record]):
                continue
            told = phrase.noun or (name in self._receivers and self._is_aimed(phrase))
            if token.text.isdigit() and not told and self._is_others_number(at, kind, names):
                continue
            if phrase.find.record not in {each.name for each in self.mentioned} and phrase.noun:
                self.mentioned.append(reader.kinds[phrase.find.record])
            every = any(reader.low(step) in lexicon.EVERY for step in range(phrase.first, phrase.last))
            every = every or reader.low(phrase.first) == "both"
            if phrase.find.bare and not (every and phrase.find.pick != "one"):
                bare = (name, phrase, None)
                continue
            if not self._leads(kind, phrase.find) or not self._plausible(phrase, kind):
                numbered = bool(self.verbs) and phrase.noun and phrase.find.said is not None
                self.others |= {*range(phrase.first, phrase.last)} if numbered else set()
                continue
            owned = name in self.records and reader.low(phrase.first) in lexicon.OWNERS
            told = owned and self.words.writes and self.records[name][-1].last == phrase.first
            if told or (owned and not self._has_owner(phrase.find)):
                continue  # "tell Ada her room is free", "Ada called from her room"
            apart = name in self.records and not (self._joined(name, phrase.first) or name in self._list_sets(at))
            coded = reader.tokens[at].capital or any(map(str.isdigit, reader.tokens[at].text))
            more = phrase.find.said is None and self._names_thing(phrase.find, kind)  # "the tart at the fair"
            if apart and not (phrase.noun or coded or more):
                continue
            fit = self._fit(kind, phrase) - 1.5 * apart
            found.append((fit, name, phrase, self._to(kind, phrase.find)))
        if not found:
            return bare
        found = [each for each in found if not each[2].noun and each[1] == self._find_renewed(at)] or found
        _, name, phrase, reference = max(found, key=lambda each: each[0])
        put = [each for each in found if each[1] in self._receivers and self._is_put_on(phrase, [name])]
        if put and name not in self._receivers and not phrase.noun:  # "put Ada on the north run"
            _, name, phrase, reference = max(put, key=lambda each: each[0])
        if name in self._receivers and not phrase.noun:
            theirs = [each for each in found if each[1] not in self._receivers]
            name, phrase, reference = self._settle_direction((name, phrase, reference), [each[1:] for each in theirs])
        elif (
            not phrase.noun
            and self._is_aimed(phrase)
            and (is_code(reader, at, named := reader.kinds[phrase.find.record]) or self._stands_before(at, named))
        ):
            aims = [each for each in found if each[1] in self._receivers and each[0] >= 2.0]
            _, name, phrase, reference = max(aims, key=lambda each: each[0], default=(0.0, name, phrase, reference))
        return name, phrase, reference

    def _has_owner(self, find: Find) -> bool:
        """Whether records of this kind can have the owner that is named."""
        kinds = self.reader.kinds
        owners = [each.owner for each in find.where if isinstance(each, BelongsTo)]
        return all(
            self.reader.leads(kinds[find.record], kinds[each.record]) for each in owners if isinstance(each, Find)
        )

    def _find_number(self, phrase: Phrase) -> int | None:
        """Where an amount stands in the middle of a phrase's name: "Ada Lovelace 20 credit"."""
        assert phrase.find.said is not None
        inner = [
            piece.first
            for pieces in self.values.values()
            for piece in pieces
            if phrase.first < piece.first < phrase.last - 1 and isinstance(piece.argument, ComputedArgument)
        ]
        named = any(self.reader.tokens[at].text in phrase.find.said.text.split() for at in inner)
        return min(inner) if inner and named else None

    def _orders(self, at: int) -> bool:
        """Whether a token is the order's verb and so begins no phrase."""
        reader, low = self.reader, self.reader.low(at)
        noun = reader.noun(at)
        if at == self.place.order and at in self._typed_tokens and noun is None and self._makes_so(at):
            return True
        told = noun is not None and reader.low(at + noun[1]) in _TELLS_WHICH and noun[0].name in self.list_own_kinds()
        if noun is not None and (told or at not in self.aliased) and not reader.starts(at):
            return False
        if at in self.verbs and (not reader.tokens[at].capital or reader.starts(at)):
            return reader.low(at) not in lexicon.QUANTITIES
        if low == "what":
            return False
        if low in lexicon.PARTICLES:
            return True
        if low in _NO_VERB or reader.tokens[at].owns:
            return False
        return low in lexicon.NAME_STOP or (
            is_order(stem(low))
            and not is_attribute(reader, at)
            and (reader.starts(at) or not reader.tokens[at].capital)
        )

    def _fit(self, kind: RecordKind, phrase: Phrase) -> float:
        if phrase.find.record == kind.name:
            if not phrase.noun and phrase.find.said is None:
                return 2.0  # a name alone, of somebody whose record it is
            return 3.0 if phrase.noun or not rate_person_likeness(kind) else 2.5
        if self.reader.leads(kind, self.reader.kinds[phrase.find.record]):
            return 2.0
        return 1.0 if phrase.noun else 0.5
