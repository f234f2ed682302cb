"""Matching of an order with one action: every part of the order is a record, a value or words of the action. Otherwise
there is no match. Nothing is ignored."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from agent.planning.proposal import Argument, BelongsTo, Find, OrderByField, QuotedText, RecordArgument, TypedValue
from agent.resolve.rules.api_orders.parameters import ActionParameters, list_words, split_name_words
from agent.resolve.rules.api_orders.words import (
    CHANGES,
    DETERMINERS,
    LIGHT,
    PREPOSITIONS,
    REMOVES,
    SETTING,
    Part,
    Token,
    find_switch,
    quote,
)
from language.stems import EMPTY, name_stems, stem
from language.text import word_set
from registry.contract import Risk
from registry.offers.offer import Offer
from registry.records import RecordKind

MOST_NAME: Final = 8
MOST_READINGS: Final = 4
ALIKE: Final = 0.3
SWITCHED: Final = 0.8
"""How surely a verb means an action that has a yes-or-no parameter of its name."""
_CALLED: Final = frozenset(("called", "named", "titled"))
_FIRST: Final = {"last": "latest", "latest": "latest", "newest": "latest", "first": "earliest", "oldest": "earliest"}
_VAGUE: Final = frozenset(map(stem, word_set("id ids by single existing given specific one object detail api v")))
_TO: Final = frozenset(("to", "as", "into", "with", "=", ":"))
_ADDRESS: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+\Z")
_URL: Final = re.compile(r"https?://\S+\Z")


@dataclass(frozen=True, slots=True)
class Match:
    """What one action makes of an order. ``score`` compares actions. ``nouns`` are the kinds that were named.
    ``missing`` are the parameters still needed."""

    offer: Offer
    arguments: Mapping[str, Argument]
    score: float
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _State:
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    points: float = 0.0
    label: str = ""
    """A parameter that was named and waits for its value."""
    owner: Find | None = None
    titled: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()


class Matcher(ActionParameters):
    """Reads one order for one action. ``kinds`` is by name."""

    def matches(self) -> list[Match]:
        """The ways to place every part of the order, those about as good as the best."""
        light = stem(self.order.said[0]) in LIGHT | SETTING and self.verbs.changes
        if not (self.rated or self.switch or light):
            return []
        start = _State()
        much = max(self.rated, 0.5 if light else 0.0)
        if self.switch is not None:
            name, way = self.switch[1]
            start = _State({name: TypedValue(value=way, quote=quote(self.order.text, self.order.verb))})
            much = self.rated if self._says(self.verbs.told) else SWITCHED
        read = (self._finished(each, much) for each in self._read(self.order.parts, start))
        found = sorted((each for each in read if each is not None), key=lambda each: -each.score)[:MOST_READINGS]
        return [each for each in found if found[0].score - each.score < ALIKE]

    def _says(self, verbs: frozenset[str]) -> bool:
        return not verbs.isdisjoint(map(stem, self.order.said))

    # ── parts ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _read(self, parts: Sequence[Part], state: _State) -> Iterator[_State]:
        if not parts:
            yield state
            return
        for each in self._part(parts[0], state):
            yield from self._read(parts[1:], each)

    def _part(self, part: Part, state: _State) -> Iterator[_State]:
        tokens = part.plain
        if not tokens:
            yield state
            return
        value = self.value(state.label, tokens) if state.label and part.by in (*_TO, "of") else None
        # "a size of 120", but "the label of it"
        if value is not None and (part.by != "of" or isinstance(value, TypedValue)):
            yield _with(replace(state, label=""), state.label, value, 2.0)
        yield from self._records(part, tokens, state)
        yield from self._fields(part, tokens, state)
        yield from self._made(part, tokens, state)
        yield from self._loose(part, tokens, state)
        if (said := self._title_words(tokens)) is not None:
            yield replace(state, titled=state.titled | said, points=state.points + len(said))

    def _records(self, part: Part, tokens: Sequence[Token], state: _State) -> Iterator[_State]:
        """A part that names a record, with or without its noun."""
        if part.by in _CALLED or part.by == ":":
            return
        kind, name, order = self._noun(tokens)
        small = not any(each.quoted or self.order.text[each.start].isupper() for each in name)
        if small and any(each.low in PREPOSITIONS for each in name):
            return  # function words in a name need capitals, or quotes
        if any(self._is_noun(each) for each in name[1:]):
            return  # "Ada from the project Mars" is two
        for parameter, wanted in self.wanted.items():
            if parameter in state.arguments or (kind is not None and kind.name != wanted.name):
                continue
            bare = not name and order is None
            if bare and (kind is None or not part.by or part.tokens[0].low != "the"):
                continue
            if kind is None and (not self._nameable(name) or not self._may_name(part, parameter, state)):
                continue
            if kind is None and part.by and tokens[0].low[:1].isdigit() and not tokens[0].quoted:
                continue  # an amount that something has or is set to
            if kind is None and part.by == "of" and not state.titled.isdisjoint(map(stem, list_words(wanted))):
                continue  # "the schedule of X": it belongs to X
            find = self._find(wanted, name, order, state.owner)
            yield replace(
                state,
                arguments={**state.arguments, parameter: RecordArgument(reference=find)},
                points=state.points + (1.5 if bare else 3.0 if kind is not None else 1.0),
                owner=None,
                named=state.named | ({kind.name} if kind is not None else frozenset()),
            )
        removes = part.by == "from" and self._says(REMOVES)  # to remove it from something is not to find it there
        if part.by in ("in", "of", "on", "from", "for", "within") and name and not removes:
            yield from self._within(kind, name, state)

    def _within(self, kind: RecordKind | None, name: Sequence[Token], state: _State) -> Iterator[_State]:
        """The records that contain a named one: ``the last run of daily``, ``the flag beta in the shop project``."""
        for parameter, argument in state.arguments.items():
            if not isinstance(argument, RecordArgument) or not isinstance(argument.reference, Find):
                continue
            inner = self.kinds[argument.reference.record]
            if argument.reference.where or (kind is None and not self._nameable(name)):
                continue
            for relation in inner.relations:
                above = self.kinds.get(relation.kind)
                if above is None or (kind is not None and above.name != kind.name) or above.name in self.own_kinds:
                    continue
                owner = Find(record=above.name, said=quote(self.order.text, name))
                find = argument.reference.model_copy(update={"where": (BelongsTo(owner=owner),)})
                yield replace(
                    state,
                    arguments={**state.arguments, parameter: RecordArgument(reference=find)},
                    points=state.points + (3.0 if kind is not None else 1.5),
                    named=state.named | {above.name},
                )
                break

    def _fields(self, part: Part, tokens: Sequence[Token], state: _State) -> Iterator[_State]:
        """A field by its label, with its value beside it or after it: ``with 5 slots``, ``of type postgres``."""
        if part.by in _CALLED:
            return
        if part.by == "" or (part.by in ("for", "of", "on", "in", "with") and not state.label):
            name = self.labelled(tokens)
            if name is not None:
                yield replace(state, label=name, points=state.points + 2)
        for cut in range(1, len(tokens)):
            for label, value in ((tokens[:cut], tokens[cut:]), (tokens[cut:], tokens[:cut])):
                if value[0].low in PREPOSITIONS and not value[0].quoted:
                    continue
                name = self.labelled(label)
                read = self.value(name, value) if name is not None and name not in state.arguments else None
                if name is None or read is None or (label[0] is not tokens[0] and isinstance(read, QuotedText)):
                    continue
                yield _with(state, name, read, 2.5)

    def _made(self, part: Part, tokens: Sequence[Token], state: _State) -> Iterator[_State]:
        """The name of a new thing (``a pool called etl``, ``a variable region``), or the new name of a renamed one."""
        naming = self.naming or self.only
        if naming is None or naming in state.arguments:
            return
        renames = bool({"rename"} & {*self.order.said}) and part.by in ("to", "into", "as")
        if part.by in _CALLED or renames:
            if (value := self.value(naming, tokens)) is not None:
                yield _with(state, naming, value, 2.5)
            return
        length = self.own_noun(tokens)
        if part.by or not length or not (self.creates or naming in self.offer.required):
            return
        rest = tokens[length:]
        told = {each for each in split_name_words(naming) if each not in _VAGUE}
        if not self.creates and told and not told <= {each.stem for each in tokens[:length]}:
            return  # "the user ada" is no asset_id of a user's assets
        points = state.points + (3.0 if self.creates else 1.0)
        if not rest and self.creates:
            yield replace(state, points=points, titled=state.titled | {each.stem for each in tokens})
            return
        if not rest or (rest[0].low in PREPOSITIONS and not rest[0].quoted):
            return
        target = naming
        if _ADDRESS.match(rest[0].low):
            target = next((each for each in self.scalars if self.takes_address(each)), naming)
        if (value := self.value(target, rest)) is not None:
            said = frozenset(each.stem for each in tokens[:length])
            yield _with(replace(state, titled=state.titled | said, points=points), target, value, 2.0)

    def _loose(self, part: Part, tokens: Sequence[Token], state: _State) -> Iterator[_State]:
        """A value without a label: a member of a closed list, a state that a yes-or-no parameter holds, an address, or
        a new value."""
        if part.by in ("to", "as", "into", "") and self.verbs.changes and len(tokens) == 1:
            switch = find_switch(self.offer, tokens[0].low)
            if switch is not None and switch[0] not in state.arguments:
                switched = TypedValue(value=switch[1], quote=quote(self.order.text, tokens))
                yield _with(state, switch[0], switched, 2.5)
        if (
            _URL.match(tokens[0].low)
            and len(tokens) == 1
            and (name := self.address_of_web(state.arguments)) is not None
        ):
            yield _with(state, name, QuotedText(quote=quote(self.order.text, tokens)), 2.5)
            return
        if part.by == "":
            if _ADDRESS.match(tokens[0].low) and len(tokens) == 1:
                for name in self.scalars:
                    fits = self.takes_address(name) and name not in state.arguments and self.creates_or_invites
                    if fits and (value := self.value(name, tokens)) is not None:
                        yield _with(state, name, value, 2.5)
                        break
            return
        for name, schema in self.scalars.items():
            if name in state.arguments or part.by not in ("to", "as", "with", "into", "of"):
                continue
            closed = "enum" in schema
            valued = name == "value" or name.endswith("_value")
            fits = closed or (valued and part.by in ("to", "with"))
            if fits and (value := self.value(name, tokens)) is not None:
                yield _with(state, name, value, 2.0)

    def _title_words(self, tokens: Sequence[Token]) -> frozenset[str] | None:
        """The stems of a part that has only words of the action."""
        said = [each for each in tokens if each.low not in EMPTY and each.low not in DETERMINERS]
        if any(each.quoted for each in said):
            return None
        switched = split_name_words(self.switch[1][0]) if self.switch is not None else ()
        own = self.verbs.called | self.verbs.known | frozenset(switched)  # "mute the alerts of it"
        found = {each.stem if each.stem in own else each.stem.replace("our", "or") for each in said}
        return frozenset(found) if found and found <= own else None

    # ── what tokens are ──────────────────────────────────────────────────────────────────────────────────────────────

    def _noun(self, tokens: Sequence[Token]) -> tuple[RecordKind | None, Sequence[Token], str | None]:
        """The kind whose noun begins or ends a part, with the name beside it and a position that was said."""
        order = None
        if len(tokens) > 1 and tokens[0].low in _FIRST and not tokens[0].quoted:
            order, tokens = _FIRST[tokens[0].low], tokens[1:]
        best: tuple[int, RecordKind, Sequence[Token]] | None = None
        for kind in self.kinds.values():
            for noun in kind.nouns:
                words = noun.casefold().split()
                size = len(words)
                if size > len(tokens) or any(each.quoted for each in tokens[:1]):
                    pass
                elif [each.low for each in tokens[:size]] == words and (best is None or size > best[0]):
                    best = size, kind, tokens[size:]
                if (
                    size < len(tokens)
                    and [each.low for each in tokens[-size:]] == words
                    and (best is None or size > best[0])
                ):
                    best = size, kind, tokens[:-size]
        if best is None:
            return None, tokens, None if order is None else order
        rest = best[2]
        while rest and rest[0].low in ("number", "id", "no", "nr", "#") and len(rest) > 1:
            rest = rest[1:]
        return best[1], rest, order if not rest else None

    def _nameable(self, name: Sequence[Token]) -> bool:
        """Whether words may name a record without a noun: they are no words of the action and no other noun."""
        if not name or len(name) > MOST_NAME:
            return False
        if any(each.quoted for each in name):
            return True
        if len(name) > 1 and not self.order.text[name[0].start].isupper() and name[0].stem in self.nouns:
            return False
        if any(map(self._is_noun, name)):
            return False
        return any(each.stem not in self.verbs.called and each.low not in EMPTY for each in name)

    def _is_noun(self, token: Token) -> bool:
        """Whether a word in lower case is the noun of a record kind."""
        if token.quoted or self.order.text[token.start].isupper():
            return False
        return any(token.low == noun.casefold() for kind in self.kinds.values() for noun in kind.nouns)

    def _may_name(self, part: Part, parameter: str, state: _State) -> bool:
        """Without a noun, the verb's object comes first. Later parts follow a preposition."""
        left = [each for each in self.wanted if each not in state.arguments]
        if parameter not in self.offer.required:  # a value of the order's record, which comes first
            return part.by in ("to", "into", "for", "with") and not any(each in self.offer.required for each in left)
        return part.by in ("", "of", "in", "on", "from", "for", "to", "with", "at") and bool(left) and parameter in left

    def _find(self, kind: RecordKind, name: Sequence[Token], order: str | None, owner: Find | None) -> Find:
        where = (BelongsTo(owner=owner),) if owner is not None else ()
        placed = OrderByField(first=order) if order is not None and not name else None
        said = quote(self.order.text, name) if name else None
        return Find(record=kind.name, said=said, where=where, order=placed)

    def _finished(self, state: _State, much: float) -> Match | None:
        if state.label:
            return None
        offer = self.offer
        missing = offer.list_missing(state.arguments)
        if not state.arguments and not missing and self.wanted:
            return None
        changed = {each for each in state.arguments if each not in self.wanted or each not in offer.required}
        says_what = not {stem(each) for each in self.order.said} <= CHANGES | LIGHT | SETTING
        if self.verbs.changes and self.wanted and not changed and not says_what:
            return None  # nothing would be changed
        if "rename" in self.order.said and self.naming not in state.arguments:
            return None
        spoken = state.titled | {stem(word) for name in state.named for word in list_words(self.kinds[name])}
        own = [kind for name, kind in self.wanted.items() if name in state.arguments or name in offer.required]
        reached = {stem(word) for kind in own for word in list_words(kind)}
        values = {each for name in state.arguments for each in name_stems(name)}
        unsaid = self.verbs.called - spoken - {stem(each) for each in self.order.said} - _VAGUE - values
        other = unsaid - reached
        addressed = any(name in self.scalars and self.takes_address(name) for name in state.arguments)
        if self.creates and other and not addressed and not self.verbs.called & spoken - reached:
            return None  # what is made was not mentioned; somebody invited is, by an address
        records = sum(isinstance(each, RecordArgument) for each in state.arguments.values())
        if offer.risk is Risk.IRREVERSIBLE and other and records < 2:
            return None  # it is about another property of the record
        score = 10 * much + state.points - 0.8 * len(other) - 0.2 * len(unsaid & reached) - 4.0 * len(missing)
        return Match(offer, state.arguments, score, missing)


def _with(state: _State, name: str, value: Argument, points: float) -> _State:
    return replace(state, arguments={**state.arguments, name: value}, points=state.points + points)
