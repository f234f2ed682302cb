"""Parameters of one action as an order mentions them: records, labels, values and names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from agent.extract.parameter_spec import can_be_said
from agent.planning.proposal import Argument, QuotedText, TypedValue
from agent.resolve.rules.api_orders.words import DETERMINERS, ActionVerbs, Part, Token, find_switch, find_verbs, quote
from language.numerals import find as find_numbers
from language.stems import stem
from language.text import read_text, word_set
from registry.contract import Unit
from registry.offers.offer import Offer
from registry.records import RecordKind

NAMES: Final = (
    "name", "title", "display_name", "label", "subject", "key", "slug", "summary", "email", "username", "value",
)  # fmt: skip
"""Parameters that hold what a thing is called, the likeliest first."""
_NAMING: Final = frozenset(map(stem, word_set("create add make new insert register post put invite")))
_IDS: Final = frozenset(("id", "uuid", "key", "slug", "pk", "name", "code", "number"))
_SAID: Final = {"on": True, "yes": True, "true": True, "off": False, "no": False, "false": False}


@dataclass(frozen=True, slots=True)
class Order:
    """An order. ``text`` as typed, ``said`` the verb's plain forms, ``verb`` its tokens."""

    text: str
    said: tuple[str, ...]
    verb: tuple[Token, ...]
    parts: tuple[Part, ...]


class ActionParameters:
    """What an order can fill in one action. ``kinds`` is by name."""

    def __init__(
        self, order: Order, offer: Offer, kinds: Mapping[str, RecordKind], nouns: frozenset[str] = frozenset()
    ) -> None:
        """``nouns`` are the stems of everything that actions are about."""
        self.order, self.offer, self.kinds, self.nouns = order, offer, kinds, nouns
        self.verbs: ActionVerbs = find_verbs(offer)
        self.rated = self.verbs.rate(order.said)
        switches = ((each, find_switch(offer, each)) for each in order.said)
        self.switch = next(((said, found) for said, found in switches if found), None) if self.verbs.changes else None

    def labelled(self, tokens: Sequence[Token]) -> str | None:
        """The one parameter that tokens name by its label."""
        said = [
            stem(each.low.replace("our", "or")) for each in tokens if each.low not in DETERMINERS and not each.quoted
        ]
        if not said or any(each.quoted for each in tokens) or len(said) > 4:
            return None
        exact, close = [], []
        for name in self.scalars:
            own = [each.replace("our", "or") for each in split_name_words(name)]
            label = [stem(each) for each in (self.offer.annotation(name).label or "").casefold().split()]
            if said in (own, label):
                exact.append(name)
            elif said == own[-len(said) :] or said == [each for each in own if each not in self.noun_stems]:
                close.append(name)
        found = exact or close
        return found[0] if len(found) == 1 else None

    def value(self, name: str, tokens: Sequence[Token]) -> Argument | None:
        schema = self.scalars[name]
        words = quote(self.order.text, tokens)
        kind = schema.get("type")
        types = {kind} if isinstance(kind, str) else set(kind or ())
        if members := [each for each in schema.get("enum") or () if isinstance(each, str)]:
            low = " ".join(each.low for each in tokens)
            found = [each for each in members if each.casefold().replace("_", " ").replace("-", " ") == low]
            alike = found or [each for each in members if _alike(each, low)]
            return TypedValue(value=alike[0], quote=words) if len(alike) == 1 else None
        if types & {"integer", "number"} and "string" not in types:
            if self.offer.annotation(name).unit in (Unit.MONEY, Unit.MONEY_MINOR):
                return None  # sums have a reader of their own
            numbers = [each for each in find_numbers(read_text(words.text)) if not each.vague]
            behind = words.text[numbers[0].end :].split() if len(numbers) == 1 and not numbers[0].start else ["?"]
            if len(behind) > 1 or (behind and not self._counts(name, behind[0])):
                return None
            value = numbers[0].value
            whole = value == int(value)
            if "integer" in types and not whole:
                return None
            return TypedValue(value=int(value) if whole else float(value), quote=words)
        if "boolean" in types:
            low = " ".join(each.low for each in tokens)
            return TypedValue(value=_SAID[low], quote=words) if low in _SAID else None
        if "array" in types:
            items = schema.get("items")
            plain = isinstance(items, Mapping) and items.get("type") == "string" and "enum" not in items
            plain = plain and not self.verbs.changes  # one more is not all that there is
            return TypedValue(value=[words.text], quote=words) if plain and len(tokens) == 1 else None
        if "string" in types or not types:
            if schema.get("format") in ("date", "date-time") or (
                schema.get("format") == "email" and "@" not in words.text
            ):
                return None
            return QuotedText(quote=words)
        return None

    def _counts(self, name: str, unit: str) -> bool:
        """Whether a number counts such a unit: "60 minutes" for "Duration in minutes"."""
        said = stem(unit.casefold().strip(".,;"))
        told = f"{self.offer.annotation(name).unit or ''} {name} {self.scalars[name].get('description', '')}"
        return said in {stem(each) for each in re.findall(r"[a-z]+", told.casefold().replace("_", " "))}

    def takes_address(self, name: str) -> bool:
        schema = self.scalars[name]
        return schema.get("format") == "email" or "email" in name or "user_name" in name or name == "username"

    def address_of_web(self, taken: Collection[str]) -> str | None:
        """The one parameter that takes a web address. A required one comes before one with such a name."""
        free = {
            name: schema for name, schema in self.scalars.items() if name not in taken and "string" in _types(schema)
        }
        fit = [each for each in free if free[each].get("format") == "uri" or split_name_words(each)[-1:] == ["url"]]
        for closer in ([each for each in fit if each in self.offer.required], [each for each in fit if each == "url"]):
            if len(closer) == 1:
                return closer[0]
        return fit[0] if len(fit) == 1 else None

    def own_noun(self, tokens: Sequence[Token]) -> int:
        """How many tokens at the beginning name what the action makes by a noun of its title."""
        size = 0
        while size < len(tokens) and tokens[size].stem in self.verbs.called and not tokens[size].quoted:
            size += 1
        return size

    @cached_property
    def wanted(self) -> Mapping[str, RecordKind]:
        """The parameters that name a record, in the order in which they are needed."""
        made = {}
        for name in sorted(self.offer.properties, key=lambda each: each not in self.offer.required):
            note = self.offer.annotation(name)
            kind = self.kinds.get(note.record or "")
            if kind is not None and note.derive is None and not _is_list(self.offer.properties[name]):
                made[name] = kind
        return made

    @cached_property
    def own_kinds(self) -> frozenset[str]:
        return frozenset(each.name for each in self.wanted.values())

    @cached_property
    def scalars(self) -> Mapping[str, Mapping[str, Any]]:
        return {
            name: schema
            for name, schema in self.offer.properties.items()
            if isinstance(schema, Mapping)
            and self.offer.annotation(name).record is None
            and can_be_said(self.offer.annotation(name))
        }

    @cached_property
    def noun_stems(self) -> frozenset[str]:
        own = {stem(word) for kind in self.wanted.values() for noun in kind.nouns for word in noun.casefold().split()}
        return frozenset(own | self.verbs.called)

    @property
    def creates(self) -> bool:
        return not _NAMING.isdisjoint(self.verbs.verbs) and bool(_NAMING & {stem(each) for each in self.order.said})

    @property
    def creates_or_invites(self) -> bool:
        return not _NAMING.isdisjoint(self.verbs.verbs)

    @cached_property
    def only(self) -> str | None:
        """The one value that an action without a record needs, such as the number of an annotation."""
        needed = [each for each in self.offer.required if each in self.scalars]
        return needed[0] if len(needed) == 1 and not self.wanted and not self.creates else None

    @cached_property
    def naming(self) -> str | None:
        """The parameter for the thing's name."""
        texts = [name for name, schema in self.scalars.items() if "string" in _types(schema) and "enum" not in schema]
        for wanted in NAMES[:6]:
            found = next((each for each in texts if each == wanted), None)
            if found is not None:
                return found
        nouns = self.noun_stems
        own = [each for each in texts if each.rpartition("_")[2] in _IDS and set(split_name_words(each)[:-1]) <= nouns]
        if self.creates:  # the name of a new thing is no id from the platform
            own = [each for each in own if each in self.offer.required or each not in ("id", "uuid", "pk")]
        required = [each for each in own if each in self.offer.required] or own
        if required:
            return required[0]
        needed = [each for each in texts if each in self.offer.required]
        if self.creates and (called := [each for each in needed if set(split_name_words(each)) <= self.verbs.called]):
            return called[0]  # the tag of a tag
        if len(needed) == 1 and self.creates:
            return needed[0]
        likely = texts if self.creates else needed
        return next((each for each in NAMES[6:] if each in needed), None) or next(
            (each for each in ("username", "key", "slug") if each in likely), None
        )


def split_name_words(name: str) -> list[str]:
    return [stem(each) for each in re.findall(r"[a-z]+", name.casefold())]


def list_words(kind: RecordKind) -> Iterator[str]:
    return (word for noun in kind.nouns for word in noun.casefold().split())


def _types(schema: Mapping[str, Any]) -> set[str]:
    kind = schema.get("type")
    return {kind} if isinstance(kind, str) else set(kind or ())


def _is_list(schema: Any) -> bool:
    return isinstance(schema, Mapping) and "array" in _types(schema)


def _alike(member: str, low: str) -> bool:
    """Matches a member by its last word: ``admin`` for ``global:admin``."""
    return re.split(r"[^a-z0-9]+", member.casefold())[-1] == low and len(low) > 2
