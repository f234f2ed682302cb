"""Interpreter: what one action makes of a stretch of words, with a weight.

It cuts the words into typed pieces: amounts, durations, members of closed lists, phrases for records, texts. The
contract's types say which piece can fill which parameter. Unexplained words are kept.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from agent.extract.counted_units import find_counted_unit
from agent.planning.proposal import Argument, Find, QuotedText, RecordArgument, StateIs, TypedValue
from agent.resolve.rules.clauses import begins_like_an_order, find_head, is_order
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import is_deed
from agent.resolve.rules.grammar.name_ends import follows_definite, is_definite
from agent.resolve.rules.grammar.orders.action_words import ALIKE_SHARE, LIGHT, OWN
from agent.resolve.rules.grammar.orders.interpretation import SURE_VERB, Interpretation, Piece, is_whose, tells_only
from agent.resolve.rules.grammar.orders.stretch_directions import TAKING
from agent.resolve.rules.grammar.orders.stretch_unread import StretchUnread
from agent.resolve.rules.grammar.orders.stretch_values import CODED
from agent.resolve.rules.grammar.orders.texts import TELLING, is_message, is_text_itself, read_text_argument, takes_text
from agent.resolve.rules.grammar.orders.wishes import BEFALLS
from agent.resolve.rules.scoring import LEVELS
from language.measures import find_measure
from language.stems import GENERIC, name_stems, stem
from registry.contract import Annotation
from registry.records import RecordKind

MOST_LIST: Final = 12
_NEAR: Final = 4  # words
_PAST: Final = frozenset(("was", "were", "had", "did"))
_WHOLE: Final = frozenset(("all", "full", "fully", "whole", "entirely", "completely", "nothing", "none"))


class Interpreter(StretchUnread):
    """Reads one stretch of tokens for one offer. Leaves the reader as it was."""

    def read(self) -> Interpretation:
        reader = self.reader
        kept = reader.person, reader.thing, dict(reader.spoken), set(reader.covered)
        reader.named = []
        try:
            return self._read()
        finally:
            reader.person, reader.thing, reader.spoken, reader.covered = kept
            reader.meant = None

    def _read(self) -> Interpretation:
        self._find_verbs()
        if any(self.reader.low(at) in lexicon.PRONOUNS | lexicon.OWNERS for at in range(self.first, self.stop)):
            self._find_records()  # whom "what she paid" speaks of
            self.records, self.mentioned, self.unread, self.reader.named = {}, [], [], []
            self.named_kinds = []
        self._find_values()
        self.reader.meant = self._typed_tokens | {*self.verbs}
        self._find_records()
        self._settle_values()
        self.doubtful |= self._leaves_open()
        self._find_whose()
        self._find_paid()
        calls = self._make_calls()
        self._find_texts(calls)
        for pieces in (*self.values.values(), *self.records.values()):
            for piece in pieces:
                self.covered.update(range(piece.first, piece.last))
        return self._weigh(calls)

    def _settle_values(self) -> None:
        """Of several readings of one parameter, keeps those outside the records' words. A phrase that is only a list
        member gives the value if nothing else does."""
        for name in list(self.values):
            free = [each for each in self.values[name] if not self._inside(each)]
            free = self._drop_taken_back(sorted(free, key=lambda each: each.first)) if self.reader.corrections else free
            if not free:
                free = self._from_phrase(name)
            every = max((len(pieces) for pieces in self.records.values()), default=1)
            strong = [each for each in free if each.sure >= 0.8 or (every > 1 and len(free) == every)] or free
            listed = sorted({(each.first, each.last): each for each in strong}.values(), key=lambda each: each.first)
            if len(listed) > 1 and isinstance(listed[0].argument, TypedValue):
                aimed = [each for each in listed if self._aimed_at(each)]
                listed = aimed or listed
            self.values[name] = listed
            if not listed:
                del self.values[name]

    def _inside(self, piece: Piece) -> bool:
        return any(
            other.first < piece.last and piece.first < other.last
            for pieces in self.records.values()
            for other in pieces
            if other.last > other.first
        )

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
            self.doubtful |= self._says_apart(pieces)
            return [
                {**single, name: piece.argument, **{other: theirs[at].argument for other, theirs in paired}}
                for at, piece in enumerate(pieces)
            ]
        for name, pieces in listed:
            single[name] = pieces[0].argument
            self.doubtful = True
        return [single]

    def _says_apart(self, pieces: Sequence[Piece]) -> bool:
        """Whether each record of a list has its own value and one of them can't be read: "F-1 half and F-2 all"."""
        last = pieces[-1].last
        between = (
            values[0]
            for values in self.values.values()
            if len(values) == 1 and pieces[0].last <= values[0].first < last
        )
        return next(between, None) is not None and self.reader.low(last) in _WHOLE

    def _is_list(self, pieces: Sequence[Piece], values: Sequence[tuple[str, list[Piece]]]) -> bool:
        """Whether records form a list: with a conjunction between each two, or with as many values."""
        if all(one.first == other.first for one, other in itertools.pairwise(pieces)):
            return True  # "both of them"
        if any(is_whose(one, other) for one, other in itertools.pairwise(pieces)):
            return False
        between = all(self._joins(one.last, other.first) for one, other in itertools.pairwise(pieces))
        return between or any(len(theirs) == len(pieces) for _, theirs in values)

    def _narrow(self, single: dict[str, Argument], name: str, pieces: Sequence[Piece]) -> dict[str, Argument]:
        """Merges two separate phrases for one record: the owner beside the record ("resend 1053 to Ada")."""
        kind = self.kind(name)
        assert kind is not None
        finds = [
            each.argument.reference
            for each in pieces
            if isinstance(each.argument, RecordArgument) and isinstance(each.argument.reference, Find)
        ]
        main = max(finds, key=lambda each: (each.said is not None, each.order is not None, len(each.where)))
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
        if self.place.befalls:  # "half of what she paid for it should go back": its verb ends what comes before
            sure |= {at for at in range(self.first, self.stop) if self.reader.low(at) in lexicon.SHALL | BEFALLS}
        makes = not self.list_own_kinds() and any(map(self._makes, self.reader.kinds.values()))
        for at in range(self.first, self.stop) if makes else ():
            if (made := self.reader.noun(at)) is not None and self._makes(made[0]):  # "a new member: …" is no name
                sure.update(range(at - (self.reader.low(at - 1) in lexicon.MORE), at + made[1]))
        for name, pieces in self.values.items():  # "4 people": what is counted
            sure.update(each.last for each in pieces if self.reader.low(each.last) == name.replace("_", " "))
        for name, schema in self.offer.properties.items():
            annotation = self.offer.annotation(name)
            if not takes_text(schema, annotation) or not self._speaks(annotation):
                continue
            required = name in self.offer.required
            after = max((each.last for pieces in self.records.values() for each in pieces), default=self.first)
            place = (self.first, self.stop, after, self.place.order)
            behind = (self.text_from, self.stop) if required and self.text_from is not None else None
            quoted = behind is not None and self.reader.tokens[behind[0]].text in "\"'“‘«"
            found = behind if not is_message(name, annotation) and not quoted else None
            found = found or read_text_argument(self.reader, place, name, annotation, taken | sure, required=required)
            if found is None and behind is not None and is_text_itself(self.reader, *behind):
                found = behind
            why = next((at for at in range(self.first, self.stop) if self.reader.low(at) == "for"), None)
            if found is None and required and why is not None:
                # Words after "for" may be a common reason, even if they name things that this action isn't about.
                before = {at for at in taken | sure if at < why}
                found = read_text_argument(self.reader, place, name, annotation, before, required=True)
            if found is None or any(found[0] == start for start, _ in self.unread):
                continue  # "… nobody has seen": which are meant, and no reason
            first, last = found
            self.told = self.told or (required and is_message(name, annotation) and self._writes(annotation))
            inner = range(first, last)
            self.covered.update(inner)
            quote = self.reader.words(first, last)
            for call in calls:
                call[name] = QuotedText(quote=quote)
            taken.update(inner)

    def _writes(self, annotation: Annotation) -> bool:
        """Whether telling somebody something means this action: it composes texts, or has the verb that was said."""
        return annotation.compose is True or any(
            much > ALIKE_SHARE and self.reader.low(at) in TELLING for at, much in self.verbs.items()
        )

    def _weigh(self, calls: list[dict[str, Argument]]) -> Interpretation:
        reader, offer = self.reader, self.offer
        text = self._read_order()
        verb = find_head(text)
        ordered = verb is not None and self._begins(text, verb)
        head = next((at for at in range(self.first, self.stop) if stem(reader.low(at)) == verb), self.first)
        own = self.words.rate_verb(verb) if verb is not None else 0.0
        own = 0.0 if self._is_thing(head, own) else own
        own = own if self.verbs.get(head, own) > 0.5 * own else 0.0  # only reported
        level = verb in LEVELS and any(self._aimed_at(piece) for pieces in self.values.values() for piece in pieces)
        free = {at: much for at, much in self.verbs.items() if at not in self.covered}
        other = max(free.values(), default=0.0)
        named_so = max((much for much in free.values() if much >= OWN), default=0.0)
        phrase = other > 1.0
        clash = ordered and not own and not phrase and verb not in LIGHT and not level
        lets = reader.low(self.place.order) == "let" and any(
            reader.low(at) in TAKING for at in range(self.first, self.stop)
        )
        befalls = not ordered and self.place.befalls
        clash = clash and not lets
        clash = clash or (ordered and not own and reader.low(head) in TELLING - {"let"} and not phrase)
        clash = clash or (self.place.befalls and "back" not in self.words.known and self._holds("back"))
        light = verb in LIGHT or level or lets or befalls
        ordered = ordered or befalls
        evidence = (
            max(own, other) if not ordered else max(own, 0.9 * named_so) if light else own if own else other * 0.5
        )
        if phrase:
            evidence = max(evidence, 1.0)
        free_nouns = (
            at for at in range(self.first, self.stop) if at not in self.quoted and not is_definite(reader, at)
        )
        nouns = {stem(reader.low(at)) for at in free_nouns}
        own_nouns = {stem(word) for kind in map(self.kind, offer.properties) if kind is not None for word in kind.nouns}
        named = len(nouns & (self.words.nouns - {*self.words.verbs} - GENERIC - own_nouns))
        missing = offer.list_missing([name for name in offer.required if all(name in call for call in calls)])
        kinds = self.list_own_kinds()
        mentioned = {kind.name for kind in self.mentioned}
        things = 0.5 * bool(mentioned & kinds) - 0.7 * len(
            [each for each in self.mentioned if each.name not in kinds and not self._covers_noun(each)]
        )
        foreign = bool(self.named_kinds) and kinds.isdisjoint(self.named_kinds) and evidence < 0.9
        clash = clash or foreign or self.creates
        verbless = not ordered and all(reader.noun(at) is not None for at in self.verbs)
        self.doubtful |= verbless and self._reports()
        member = any(
            (isinstance(piece.argument, TypedValue) and piece.sure >= 0.45 and not self._describes(piece))
            if {"enum", "const"} & set(offer.properties.get(name) or {})
            else self._counts(name, piece)
            for name, pieces in self.values.items()
            for piece in pieces
            if name in offer.required and not {*reader.lows(piece.first, piece.last - piece.first)} <= lexicon.MANNER
        )
        if light and evidence < 0.7 and named:
            evidence = max(evidence + 0.15 * min(named, 2), 0.4 + 0.2 * min(named, 2) if ordered else 0.0)
            evidence += 0.1 if not missing else 0.0
        if member and not clash:
            evidence = max(evidence, 0.75)
        if self.told:
            clash, evidence = False, max(evidence, 0.75)
        strange, unexplained = tuple(self.find_strange()), tuple(self.find_unexplained())
        typed = self._count_typed()
        score = (
            2.0 * evidence
            + 0.25 * min(named, 2)
            + (1.0 if not missing else -0.6 * len(missing))
            + 0.3 * len([n for n in self.values if n in offer.required])
            + things
            - 0.25 * min(len(strange), 6)
            - 0.8 * min(len(unexplained), 3)
            - 1.5 * clash
        )
        return Interpretation(
            offer,
            tuple(calls),
            covered=frozenset(self.covered),
            evidence=evidence,
            typed=typed,
            missing=missing,
            strange=strange,
            clash=clash,
            score=score,
            coded=any(piece.sure <= CODED for pieces in self.values.values() for piece in pieces),
            doubtful=self.doubtful,
            unexplained=unexplained,
            unread=tuple(self.unread),
            telling=frozenset(at for at, much in self.verbs.items() if much >= SURE_VERB and at not in self.covered),
            known=frozenset(at for at in range(self.first, self.stop) if stem(reader.low(at)) in self.words.known),
            person=reader.person,
            thing=reader.thing,
            spoken=dict(reader.spoken),
        )

    def _count_typed(self) -> int:
        """How many parameters the words give. One phrase gives one, however many it fits: "Ada's" may be her ticket,
        and Ada, but hardly both."""
        given = {name: pieces for name, pieces in self.records.items() if any(each.sure >= 0.5 for each in pieces)}
        given |= {
            name: self.values[name] for name in self.values if name in self.offer.required and self._told_to(name)
        }
        return len({tuple((each.first, each.last) for each in pieces) or name for name, pieces in given.items()})

    def _describes(self, piece: Piece) -> bool:
        """Whether a member of a list tells of a record that there is: "the cleaning", of a job that cleans."""
        reader = self.reader
        own = self.list_own_kinds()
        held = any(reader.state(piece.first, kind) for kind in reader.kinds.values() if kind.name not in own)
        return held and follows_definite(reader, piece.first)

    def _counts(self, name: str, piece: Piece) -> bool:
        """Whether a number is of what a parameter is called or measured in: "8 seats", "3 kg"."""
        reader, names = self.reader, {*name_stems(name)} - GENERIC
        unit = find_counted_unit(name, self.offer.properties.get(name) or {}, self.offer.annotation(name))
        measured = unit is not None and find_measure(reader.low(piece.last - 1)) is not None
        return piece.first in reader.numbers and (stem(reader.low(piece.last)) in names or measured)

    def _holds(self, word: str) -> bool:
        return any(self.reader.low(at) == word for at in range(self.first, self.stop))

    def _reports(self) -> bool:
        """Whether words that order nothing deny something or tell of the past: "7 isn't Ada's", "Ada had 7"."""
        reader, told = self.reader, False
        for at in sorted(self._find_core()):
            told = told or reader.low(at) in lexicon.RELATIVES | {"because", "since", "as", "when"}
            denied = reader.low(at) in lexicon.NOT and reader.low(at - 1) in lexicon.AUXILIARIES | lexicon.SHALL
            past = denied or reader.low(at).endswith("n't") or reader.low(at) in _PAST
            past = past or (
                is_deed(reader.low(at))
                and stem(reader.low(at)) not in self.words.known
                and reader.low(at - 1) not in lexicon.WANTING
            )
            known = not (self.covered.isdisjoint((at,)) and self.verbs.keys().isdisjoint(range(at, at + _NEAR)))
            if past and not told and not known and reader.low(at + 1) not in {"for", "to"}:
                return True
        return False

    def _told_to(self, name: str) -> bool:
        """Whether a value means an order: in an order, or if something goes to it, a day does ("602 to Friday"). In
        other talk it doesn't ("see you on Friday")."""
        schema = self.offer.properties.get(name)
        if not isinstance(schema, Mapping) or schema.get("format") not in ("date", "date-time") or self.place.ordered:
            return True
        said = {self.reader.low(at) for at in range(self.first, self.stop)}
        if not said.isdisjoint(lexicon.CHANGED) and said.isdisjoint(lexicon.NOT | lexicon.PAST):
            return True  # "7 is on Friday now"
        reader = self.reader
        anew = {stop for _, stop in reader.corrections}
        return any(
            (self._aimed_at(piece) and "on" not in reader.lows(piece.first - 1, 2))
            or not anew.isdisjoint(range(piece.first - 1, piece.first + 1))
            for piece in self.values[name]
        )

    def _begins(self, text: str, verb: str) -> bool:
        """Whether the stretch begins like an order: with a verb that is no thing of the platform and no value."""
        if not begins_like_an_order(text):
            return False
        at = next((at for at in range(self.first, self.stop) if stem(self.reader.low(at)) == verb), None)
        if at is None:
            return True
        if at in self.quoted:
            return False
        value = any(piece.first <= at < piece.last for pieces in self.values.values() for piece in pieces)
        thing = self.reader.noun(at) is not None and not is_order(verb)
        return not value and not thing

    def _covers_noun(self, kind: RecordKind) -> bool:
        """Whether a kind's noun is a word of the action itself, or part of a record's phrase."""
        return any(stem(noun) in self.words.nouns for noun in kind.nouns)
