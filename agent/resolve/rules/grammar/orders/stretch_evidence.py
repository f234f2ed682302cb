"""Evidence in a stretch: how far its verb, nouns and values speak for an action, and what speaks against it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, NamedTuple

from agent.extract.counted_units import find_counted_unit
from agent.extract.spans.politeness import is_polite_word
from agent.planning.proposal import (
    Argument,
    Computed,
    ComputedArgument,
    FieldOf,
    Find,
    Handle,
    RecordArgument,
    TypedValue,
)
from agent.resolve.rules.clauses import begins_like_an_order, find_head, is_order
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.name_ends import follows_definite, is_definite
from agent.resolve.rules.grammar.orders.action_words import LIGHT, OWN, WRITES
from agent.resolve.rules.grammar.orders.interpretation import SURE_VERB, Interpretation, Piece, says_whose
from agent.resolve.rules.grammar.orders.labelled_values import find_set_fields
from agent.resolve.rules.grammar.orders.relative_values import MULTIPLYING
from agent.resolve.rules.grammar.orders.stretch_directions import TAKING
from agent.resolve.rules.grammar.orders.stretch_records import SUBJECTS
from agent.resolve.rules.grammar.orders.stretch_unread import StretchUnread
from agent.resolve.rules.grammar.orders.stretch_values import CODED
from agent.resolve.rules.grammar.orders.text_parameters import TELLING
from agent.resolve.rules.grammar.phrases.amounts import MONEY
from agent.resolve.rules.scoring import LEVELS
from language.measures import find_measure
from language.stems import EMPTY, GENERIC, KIN, is_past, name_stems, stem
from registry.records import RecordKind

_NEAR: Final = 4  # words
_OBJECTS: Final = lexicon.THINGS | frozenset(("all", "both", "some", "them", "what"))
"""Small words for what is given or taken."""
_PUT_ON: Final = frozenset(("on", "onto", "to", "into"))
LIGHT_PHRASE: Final = 0.9
"""How much a verb and a particle tell that many actions share ("put on"), where something lacks."""
LEAST_VERB: Final = 0.5
"""How much a word tells of the action, so that it is taken for its verb."""
CHANGED: Final = 0.55
"""How much a change of a record's number tells of the action that sets it: less than a verb of an action's own."""
_CHANGING: Final = lexicon.RAISING | lexicon.LOWERING | MULTIPLYING
_TAKE: Final = stem("take")
_CHANGE: Final = stem("change")
_DELETING: Final = frozenset(map(stem, ("delete", "remove", "erase")))
_ENDING: Final = frozenset(("stop", "quit", "end", "cease", "cancel", "avoid"))
_PAST: Final = frozenset(("was", "were", "had", "did"))
_ONCE: Final = frozenset((("used", "to"), ("would", "have"), ("could", "have"), ("might", "have")))


class VerbEvidence(NamedTuple):
    """What the verb of a stretch says of an action. ``much``: how surely it means it. ``ordered``: it begins like an
    order. ``light``: the verb alone means no action ("give"). ``clash``: it means another one."""

    much: float
    ordered: bool
    light: bool
    clash: bool


class StretchEvidence(StretchUnread):
    """Weighs what was read in a stretch."""

    def _weigh(self, calls: list[dict[str, Argument]]) -> Interpretation:
        reader, offer = self.reader, self.offer
        verb = self._rate_verb()
        evidence, clash = verb.much, verb.clash
        named = self._count_named_nouns()
        calls = self._leave_out_reasons(calls)
        missing = offer.list_missing([name for name in offer.required if all(name in call for call in calls)])
        kinds = self.list_own_kinds()
        mentioned = {kind.name for kind in self.mentioned}
        things = 0.5 * bool(mentioned & kinds) - 0.7 * len(
            [each for each in self.mentioned if each.name not in kinds and not self._covers_noun(each)]
        )
        foreign = bool(self.named_kinds) and kinds.isdisjoint(self.named_kinds) and evidence < 0.9
        foreign = foreign and not (self.words.writes and evidence >= WRITES)  # a message may be about anything
        foreign = foreign or (bool(self.others) and not self.records and any(map(self.kind, missing)))
        clash = clash or foreign or self.creates
        verbless = not verb.ordered and all(
            much < LEAST_VERB or reader.noun(at) is not None for at, much in self.verbs.items()
        )
        self.doubtful |= verbless and self._reports()
        if verb.light and evidence < 0.7 and named:
            evidence = max(evidence + 0.15 * min(named, 2), 0.4 + 0.2 * min(named, 2) if verb.ordered else 0.0)
            evidence += 0.1 if not missing else 0.0
        if self.light_phrase and missing:
            evidence = min(evidence, LIGHT_PHRASE)
        strange, unexplained = tuple(self.find_strange()), tuple(self.find_unexplained())
        if not clash:
            changed = CHANGED if not strange and self._changes() else 0.0
            sets = self._has_own_value() or (verb.ordered and self._sets_field())
            evidence = max(evidence, 0.75 if sets else changed)
        if self.told:
            clash, evidence = False, max(evidence, 0.75)
        vague = self.aliased if self.light_phrase and strange else set()  # "put (a note) on 7"
        does = {piece.last for pieces in self.records.values() for piece in pieces} & {*strange}
        clash = clash or (verb.ordered and not mentioned & kinds and self._is_of_another_thing(strange))
        clash = clash or (verb.much < OWN and self._deletes_owner())
        own = [reader.kinds[name] for name in kinds]  # "Ada arrives on Friday" tells of another day of her stay
        self.doubtful |= verbless and any(reader.date_field(kind, at) for kind in own for at in does)
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
            typed=self._count_typed(),
            missing=missing,
            strange=strange,
            clash=clash,
            score=score,
            coded=any(piece.sure <= CODED for pieces in self.values.values() for piece in pieces),
            doubtful=self.doubtful,
            handed=self.handed,
            unexplained=unexplained,
            unread=tuple(self.unread),
            telling=frozenset(at for at, much in self.verbs.items() if much >= SURE_VERB) - self.covered - vague,
            known=frozenset(at for at in range(self.first, self.stop) if stem(reader.low(at)) in self.words.known),
            person=reader.person,
            thing=reader.thing,
            spoken=dict(reader.spoken),
        )

    def _leave_out_reasons(self, calls: Sequence[dict[str, Argument]]) -> list[dict[str, Argument]]:
        """The calls without values of closed lists that a reason names, before an order with a word in their place:
        "too old for the junior rate, put her on adult"."""
        order = self.place.order
        strange = self.find_strange(range(order, self.stop)) if order > self.first else ()
        spoken_of = not lexicon.PRONOUNS.isdisjoint(self.reader.low(at) for at in range(order, self.stop))
        if not spoken_of or not any(self.reader.low(at - 1) in _PUT_ON for at in strange):
            return [*calls]
        closed = (name for name in self.values if "enum" in self.offer.properties.get(name, {}))
        before = {name for name in closed if all(each.last <= order for each in self.values[name])}
        return [{name: each for name, each in call.items() if name not in before} for call in calls]

    def _is_of_another_thing(self, strange: Collection[int]) -> bool:
        """Whether the action doesn't know what somebody has: "cancel Ada's old car". Of a record that is named itself,
        it may be a part."""
        if any(self.reader.tokens[at - 1].owns and self.reader.noun(at) is not None for at in strange if at):
            return True
        for piece in (piece for pieces in self.records.values() for piece in pieces):
            find = piece.argument.reference if isinstance(piece.argument, RecordArgument) else None
            if not isinstance(find, Find) or find.said is not None:
                continue
            at = piece.last
            owner, end = self.reader.tokens[at - 1], self._find_end_of_noun(at)
            generic = end >= at and stem(self.reader.low(end)) in GENERIC - self.words.known
            if owner.owns and not any(map(str.isdigit, owner.text)) and (generic or end in strange):
                return True
        return False

    def _deletes_owner(self) -> bool:
        """Whether somebody is to be deleted, and the action is only done to what is theirs: "delete Ada"."""
        reader, pieces = self.reader, [each for held in self.records.values() for each in held]
        if stem(reader.low(self.place.order)) not in _DELETING or not all(map(says_whose, pieces)):
            return False
        said = [at for each in pieces for at in range(each.first, each.last)]
        return bool(said) and not any(reader.noun(at) is not None or reader.tokens[at].owns for at in said)

    def _find_end_of_noun(self, at: int) -> int:
        """The last word of a noun phrase without its article: "old car", "parking fine"."""
        reader = self.reader
        for end in range(at, self.stop):
            low = reader.low(end)
            ends = low in EMPTY | lexicon.NAME_STOP | lexicon.MANNER or is_polite_word(low)
            if not reader.tokens[end].word or end in self.covered | self.quoted or (ends and not reader.noun(end)):
                return end - 1
        return self.stop - 1

    def _rate_verb(self) -> VerbEvidence:
        reader = self.reader
        text = self._read_order()
        verb = find_head(text)
        ordered = verb is not None and not self.led and self._begins(text, verb)
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
        corrects = verb in KIN[_CHANGE] and self._sets_field()
        clash = clash and not (lets or corrects or self._changes())
        clash = clash or (ordered and not own and reader.low(head) in TELLING - {"let"} and not phrase)
        amounts = [name for name in self.values if self.offer.annotation(name).unit in MONEY]
        ends = {head + 1, *(each.last for name in amounts for each in self.values[name])}
        took = verb == _TAKE and bool(amounts) and any(reader.low(at) == "back" for at in ends)
        returns = self.place.befalls or took  # "take back the 20 for 7" takes in no money
        clash = clash or (returns and "back" not in self.words.known and self._holds("back"))
        clash = clash or (ordered and reader.low(head) in _ENDING and self._is_done(head + 1))
        light = verb in LIGHT or level or lets or befalls
        ordered = ordered or befalls
        much = max(own, other) if not ordered else max(own, 0.9 * named_so) if light else own if own else other * 0.5
        return VerbEvidence(max(much, 1.0) if phrase else much, ordered, light, clash)

    def _is_done(self, at: int) -> bool:
        """Whether a deed stands here and no thing: "(stop) reminding Ada", but not "(stop) the cleaning"."""
        low = self.reader.low(at)
        deed = low.endswith("ing") and not low.endswith("thing")  # "everything"
        return deed and stem(low) not in self.words.nouns and self.reader.noun(at) is None

    def _count_named_nouns(self) -> int:
        """How many nouns of the action are said that are no noun of its records and in no value."""
        reader = self.reader
        free = (at for at in range(self.first, self.stop) if at not in self.quoted and not is_definite(reader, at))
        free = (at for at in free if reader.low(at) != "back" or self._gives_thing(at))
        said = {stem(reader.low(at)) for at in free if not (is_past(reader.low(at)) and reader.low(at - 1) in SUBJECTS)}
        kinds = map(self.kind, self.offer.properties)
        records = {stem(word) for kind in kinds if kind is not None for word in kind.nouns}
        return len(said & (self.words.nouns - ({*self.words.verbs} - self.words.makes) - GENERIC - records))

    def _gives_thing(self, at: int) -> bool:
        """Whether "back" has a thing or a sum as its object, right before or behind it: "(Ada wants) her 20 back", but
        not "(let) Ada back in"."""
        reader, pieces = self.reader, [each for held in self.records.values() for each in held]
        named = {step for each in pieces for step in range(each.first, each.last) if not self._says_thing(each)}
        ends = (step for step in range(at + 1, self.stop) if reader.low(step) in lexicon.NAME_STOP - _OBJECTS)
        near = range(self.first + (self.place.order == self.first and self.place.ordered), next(ends, self.stop))
        said = {low for step in near if (low := reader.low(step)) in _OBJECTS or step not in named | {at}}
        return any(low in _OBJECTS or not (low in EMPTY or stem(low) in LIGHT) for low in said)

    def _says_thing(self, piece: Piece) -> bool:
        """Whether a record is said by a noun or number, and not by a name alone."""
        said = range(piece.first, piece.last)
        return any(self.reader.noun(at) is not None or any(map(str.isdigit, self.reader.low(at))) for at in said)

    def _has_own_value(self) -> bool:
        """Whether a required parameter has a member of its list, or a number of what it counts."""
        offer, reader = self.offer, self.reader
        return any(
            (isinstance(piece.argument, TypedValue) and piece.sure >= 0.45 and not self._describes(piece))
            if {"enum", "const"} & set(offer.properties.get(name) or {})
            else self._counts(name, piece)
            for name, pieces in self.values.items()
            for piece in pieces
            if name in offer.required and not {*reader.lows(piece.first, piece.last - piece.first)} <= lexicon.MANNER
        )

    def _sets_field(self) -> bool:
        """Whether what a record has is told to become something else, and can be read."""
        labels = find_set_fields(self.reader, self.offer, self.first, self.stop)
        read = {name: [each.first for each in pieces] for name, pieces in self.values.items()}
        return bool(self.records) and any(
            each.name in self.labelled or each.new in read.get(each.name, ()) for each in labels
        )

    def _changes(self) -> bool:
        """Whether a number that a record has is told to become more or less: "add 5 to 309", "knock 2 euros off", "309
        down to 8". "5 more" may be of anything."""
        if _CHANGING.isdisjoint(self.reader.lows(self.first, self.stop - self.first)):
            return False
        replaced = {
            name: held.parameter
            for name in self.offer.required
            if (held := self.offer.annotation(name).replaces) is not None and self.records.get(held.parameter)
        }
        return any(
            (isinstance(piece.argument, ComputedArgument) and self._aimed_at(piece))
            or (
                isinstance(made := piece.argument, ComputedArgument)
                and isinstance(made.expression, Computed)
                and isinstance(made.expression.a, FieldOf)
                and isinstance(made.expression.a.of, Handle)
                and made.expression.a.of.handle == f"@{parameter}"
            )
            for name, parameter in replaced.items()
            for piece in self.values.get(name, [])
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
        if any(self._has_so_far(at) for at in range(self.first + 1, self.stop)):
            return True
        whole = not self._has_own_value()  # what stands before a colon tells of "Ada rang: 7" too
        held = (values for each in self.offer.annotations.values() for values in (each.filter or {}).values())
        before = {stem(str(value)) for values in held for value in values} - self.words.values  # what it is already
        for at in range(self.first, self.stop) if whole else sorted(self._find_core()):
            told = told or reader.low(at) in lexicon.RELATIVES | {"because", "since", "as", "when"}
            denied = reader.low(at) in lexicon.NOT and reader.low(at - 1) in lexicon.AUXILIARIES | lexicon.SHALL
            past = denied or reader.low(at).endswith("n't") or reader.low(at) in _PAST
            past = past or (
                is_past(reader.low(at))
                and (whole or reader.low(at) != "came")  # "the rent came in by card"
                and stem(reader.low(at)) not in self.words.known - before
                and reader.low(at - 1) not in lexicon.WANTING | {"i"}
            )
            known = not (self.covered.isdisjoint((at,)) and self.verbs.keys().isdisjoint(range(at, at + _NEAR)))
            known = known and stem(reader.low(at)) not in before
            if past and not told and not known and reader.low(at + 1) not in {"for", "to"}:
                return True
        return False

    def _has_so_far(self, at: int) -> bool:
        """Whether a verb says what somebody has or had: "has 7", "would have got 7", "used to have 7". "Has it now" is
        new."""
        reader, low, behind = self.reader, self.reader.low(at), self.reader.low(at + 1)
        shall = reader.low(at - 1) in lexicon.SHALL | lexicon.WANTING | {"to"} or behind == "to"
        anew = not lexicon.CHANGED.isdisjoint(reader.lows(self.first, self.stop - self.first))
        return (low, behind) in _ONCE or (low in {"has", "have"} and not shall and not anew)

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
        pieces = (each for held in self.records.values() for each in held if each.first == at == self.first)
        named = any(not self.verbs.keys().isdisjoint((each.last, each.last + 1)) for each in pieces)
        thing = (named or self.reader.noun(at) is not None) and not is_order(verb)  # "Hotel Sole paid 20 euros"
        return not value and not thing

    def _covers_noun(self, kind: RecordKind) -> bool:
        """Whether a kind's noun is a word of the action itself, or part of a record's phrase."""
        return any(stem(noun) in self.words.nouns for noun in kind.nouns)
