"""The closed set as a type: what a model may answer to one request, and nothing else.

From the offers of one shortlist a Pydantic model is made. ``call`` is one of: an offered action with its own
parameters, ``none``, or ``ask`` between two or more. A parameter is a bounded string (words copied from the request),
a member of the parameter's own enum or boolean, or a bounded list of those. No other key is allowed anywhere, so a
call that was not offered can't be written down.

The type bounds the answer's shape only; where words must come from is ``agent.resolve.locate``'s part.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Final, Literal, Union

from pydantic import BaseModel, ConfigDict, StringConstraints, create_model
from pydantic import Field as PydanticField

from core import canon
from registry.offer import Offer

MAX_WORDS: Final = 200  # characters of one copied span
MAX_ITEMS: Final = 8  # of an array parameter
MAX_CALLS: Final = 4  # of one request
MAX_CLOSED: Final = 64  # members of an enum; a longer one is read from copied words instead

NONE: Final = "none"
ASK: Final = "ask"

Member = str | int | bool
_ASK_ONLY: Any = Literal["ask"]


@dataclass(frozen=True, slots=True)
class Slot:
    """One parameter in the schema. ``token`` is its key there, ``closed`` its members when it is an enum or a
    boolean."""

    token: str
    parameter: str
    required: bool
    closed: tuple[Member, ...] = ()
    many: bool = False
    max_items: int = MAX_ITEMS


@dataclass(frozen=True, slots=True)
class Entry:
    """One offered action in the schema: its token and slots by token."""

    token: str
    offer: Offer
    slots: Mapping[str, Slot]


@dataclass(frozen=True, slots=True)
class Shape:
    """The type of an answer and the way back from its tokens to the offers. ``digest`` names the JSON Schema a model
    was held to."""

    model: type[BaseModel]
    entries: Mapping[str, Entry]
    several: bool
    digest: str

    def describe(self) -> str:
        """The legal top-level answers, for a repair message: registry words only."""
        return ", ".join((*self.entries, NONE, ASK) if len(self.entries) > 1 else (*self.entries, NONE))


def shape(offers: Sequence[Offer], *, several: bool = False) -> Shape:
    """The answer type for these offers; ``several`` adds ``then``, up to MAX_CALLS calls in all. At least one offer is
    needed. Made once for the same offers: building types costs more than everything else that resolving computes."""
    return _shape(tuple(map(_Same, offers)), several)


class _Same:
    """An offer by identity. A catalogue hands out the same offers while it stands; a newer one makes new ones."""

    __slots__ = ("offer",)

    def __init__(self, offer: Offer) -> None:
        self.offer = offer

    def __hash__(self) -> int:
        return id(self.offer)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.offer is self.offer


@lru_cache(maxsize=32)
def _shape(same: tuple[_Same, ...], several: bool) -> Shape:
    offers = [each.offer for each in same]
    entries: dict[str, Entry] = {}
    for offer in offers:
        token = _token(offer.name, (*entries, NONE, ASK))
        entries[token] = Entry(token, offer, _slots(offer))
    members = [_member(entry) for entry in entries.values()]
    beside = [_Nothing, _ask(tuple(entries))] if len(entries) > 1 else [_Nothing]
    fields: dict[str, Any] = {"call": (_one_of([*members, *beside]), ...)}
    if several:
        one: Any = _one_of(members)
        more = Annotated[list[one], PydanticField(max_length=MAX_CALLS - 1)]
        fields["then"] = (more, PydanticField(default_factory=list))
    model = create_model("Choice", __base__=_Closed, **fields)
    return Shape(model, entries, several, canon.digest(model.model_json_schema()))


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    _made: ClassVar[dict[str, Any]]

    @classmethod
    def model_json_schema(cls, *arguments: Any, **options: Any) -> dict[str, Any]:
        """Without titles, defaults and discriminators: they bind nothing and cost tokens where a provider shows the
        schema to its model."""
        if arguments or options:
            return cls._terse_schema(*arguments, **options)
        # Whoever makes a type of its own out of this one for each request (instructor does) adds no field to it.
        for each in cls.__mro__:
            if (
                "_made" in vars(each)
                and issubclass(each, _Closed)
                and each.model_fields.keys() == cls.model_fields.keys()
            ):
                return copy.deepcopy({**each._made, "title": cls.__name__})
        cls._made = cls._terse_schema()
        return copy.deepcopy(cls._made)

    @classmethod
    def _terse_schema(cls, *arguments: Any, **options: Any) -> dict[str, Any]:
        terse: dict[str, Any] = _terse(super().model_json_schema(*arguments, **options))
        return {"title": cls.__name__, **terse}  # the name of the tool, where the answer is a tool call


class _Nothing(_Closed):
    action: Literal["none"]


def _ask(tokens: tuple[str, ...]) -> type[BaseModel]:
    between = Annotated[list[Literal[tokens]], PydanticField(min_length=2, max_length=4)]  # type: ignore[valid-type]
    return create_model("Ask", __base__=_Closed, action=(_ASK_ONLY, ...), between=(between, ...))


def _terse(node: Any, *, names: bool = False) -> Any:
    """``names`` says that this mapping's keys are property or definition names, which are kept whatever they are
    called."""
    if isinstance(node, dict):
        return {
            # Members differ by their action, so "any of" is the same as "one of", and more providers take it.
            ("anyOf" if key == "oneOf" and not names else key): _terse(
                value, names=not names and key in ("properties", "$defs")
            )
            for key, value in node.items()
            if names or key not in ("title", "default", "discriminator", "description")
        }
    return [_terse(value) for value in node] if isinstance(node, list) else node


def _one_of(members: Sequence[type[BaseModel]]) -> Any:
    if len(members) == 1:
        return members[0]
    return Annotated[Union[tuple(members)], PydanticField(discriminator="action")]  # noqa: UP007


def _member(entry: Entry) -> type[BaseModel]:
    fields: dict[str, Any] = {"action": (Literal[entry.token], ...)}
    for position, slot in enumerate(entry.slots.values()):
        # Optional ones may be left out or null, so that nothing has to be made up; required ones too: what was not
        # said is asked for.
        fields[f"p{position}"] = (_type(slot) | None, PydanticField(default=None, alias=slot.token))
    return create_model(f"Call_{re.sub(r'[^A-Za-z0-9]', '_', entry.token)}", __base__=_Closed, **fields)


def _type(slot: Slot) -> Any:
    one: Any = Annotated[str, StringConstraints(min_length=1, max_length=MAX_WORDS)]
    if slot.closed:
        one = bool if set(slot.closed) == {True, False} else Literal[slot.closed]
    return Annotated[list[one], PydanticField(max_length=slot.max_items)] if slot.many else one


def _slots(offer: Offer) -> dict[str, Slot]:
    made: dict[str, Slot] = {}
    for parameter, raw in offer.properties.items():
        if offer.annotation(parameter).derive is not None:
            continue  # looked up from another parameter's record; nothing a person says
        schema = plain(raw, offer.parameters)
        many = schema.get("type") == "array"
        each = plain(schema.get("items") or {}, offer.parameters) if many else schema
        made_token = _token(_spoken(parameter, offer), (*made, "action"))
        made[made_token] = Slot(
            token=made_token,
            parameter=parameter,
            required=parameter in offer.required,
            closed=closed_set(each),
            many=many,
            max_items=min(int(schema.get("maxItems") or MAX_ITEMS), MAX_ITEMS) if many else MAX_ITEMS,
        )
    return made


def plain(schema: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:
    """A parameter's schema with a local ``$ref`` followed and "this or null" reduced to this."""
    for _ in range(8):
        if not isinstance(schema, Mapping):
            return {}
        if isinstance(ref := schema.get("$ref"), str) and ref.startswith("#/"):
            schema = _pointed(ref, root)
            continue
        branches = [each for each in schema.get("anyOf") or schema.get("oneOf") or () if each.get("type") != "null"]
        if len(branches) == 1:
            schema = branches[0]
            continue
        kinds = schema.get("type")
        if isinstance(kinds, list):
            real = [kind for kind in kinds if kind != "null"]
            return {**schema, "type": real[0] if len(real) == 1 else real}
        return schema
    return {}


def closed_set(schema: Mapping[str, Any]) -> tuple[Member, ...]:
    """The members a value must be one of, or nothing when its words are free."""
    if schema.get("type") == "boolean":
        return (True, False)
    members = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    kept = tuple(dict.fromkeys(each for each in members if isinstance(each, str | int) and each != ""))
    # True == 1 in Python: a set that mixes them has no faithful Literal and is read from words instead.
    mixed = len({type(each) for each in kept}) > 1
    return kept if 0 < len(kept) <= MAX_CLOSED and not mixed else ()


def value_texts(slot: Slot) -> tuple[str, ...]:
    """The closed set as a prompt shows it; booleans go without, the schema says it all."""
    if set(slot.closed) == {True, False}:
        return ("true", "false")
    return tuple(each if isinstance(each, str) else json.dumps(each) for each in slot.closed)


def _spoken(parameter: str, offer: Offer) -> str:
    """The key a model sees. One that refers to a record is called by the record, since ``invoice_id`` invites an id
    nobody said."""
    annotation = offer.annotation(parameter)
    if annotation.record and (annotation.field is None or parameter.endswith("_id")):
        return re.sub(r"_ids?$", "", parameter) or parameter
    return parameter


def _token(name: str, taken: Iterable[str]) -> str:
    """``name`` as letters, digits, ``_``, ``.`` and ``-`` (at most 64), unlike every one taken."""
    used = set(taken)
    base = re.sub(r"[^A-Za-z0-9_.-]+", "_", name)[:64].strip("_") or "item"
    made, count = base, 2
    while made in used:
        made, count = f"{base[:60]}_{count}", count + 1
    return made


def _pointed(ref: str, root: Mapping[str, Any]) -> Any:
    node: Any = root
    for part in ref[2:].split("/"):
        node = node.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(node, Mapping) else None
    return node
