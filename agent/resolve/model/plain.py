"""Plain form of a proposal, for small models and servers without recursive schemas: one flat object for each call,
names for records, words for amounts.

A plain answer is rewritten in the full form and parsed as that. It quotes nothing, so code looks for the words that
support each value. An optional value without support is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from agent.extract.parameter_reader import read_exact
from agent.extract.spans import money
from agent.pipeline import Request
from agent.planning.proposal import Proposal
from agent.planning.quotes import locate
from agent.resolve.model.answer_json import BadProposal, check_storable, read_list, read_mapping
from agent.resolve.model.arguments import TIMES, ActionForm, ArgumentForm, make_native_schema
from agent.resolve.model.parse import Parser
from agent.resolve.model.plain_values import MAX_LENGTH, PlainValues, Said
from agent.resolve.model.schema import make_enum, make_object
from agent.resolve.rules.clauses import split_clauses
from language import numerals
from language.text import read_text
from registry.records import RecordKind

Json = dict[str, Any]

MOST_CALLS: Final = 6
MAX_ITEMS: Final = 12
NONE: Final = "none"
QUESTION: Final = "question"
UNDO: Final = "undo"
REASONS: Final = ("no such action", "nothing requested", "depends on the future or the unknown")
_ENDS: Final = {
    "last": ("as listed", "latest"), "first": ("as listed", "earliest"),
    "biggest": ("as listed", "highest"), "smallest": ("as listed", "lowest"),
}  # fmt: skip
_WHICH: Final = ("one", "all", *_ENDS)
_UNIT: Final = re.compile(r"\s*-?\s*(%|percent|days?|weeks?|months?|years?)(?!\w)", re.IGNORECASE)
_CALL: Final = re.compile(r"@call\d+")
_STRING: Final[Json] = {"type": "string", "maxLength": MAX_LENGTH}
_NULL: Final[Json] = {"type": "null"}


def make_plain_schema(actions: Mapping[str, ActionForm], kinds: Sequence[RecordKind], *, thread: bool = False) -> Json:
    """The schema of a plain answer, without definitions and recursion. Several calls may stand together. Any other
    result stands alone."""
    by_name = {kind.name: kind for kind in kinds}
    alone = [make_object(action=make_enum([NONE]), reason=make_enum(REASONS))]
    if kinds:
        alone.append(_make_question(kinds))
    if thread:
        alone.append(make_object(action=make_enum([UNDO])))
    listed = [
        _make_list([_make_call(action, by_name) for action in actions.values()], MOST_CALLS),
        _make_list(alone, 1),
    ]
    return make_object(calls={"anyOf": listed})


def _make_list(items: Sequence[Json], most: int) -> Json:
    return {"type": "array", "items": {"anyOf": list(items)}, "minItems": 1, "maxItems": most}


def _make_call(action: ActionForm, kinds: Mapping[str, RecordKind]) -> Json:
    """The schema of a call. Optional keys may be left out: if every key were required, a small model would fill
    each."""
    needed: dict[str, Json] = {"action": make_enum([action.token])}
    others: dict[str, Json] = {}
    for token, form in action.arguments.items():
        one = _make_argument(form, action, kinds)
        if form.required:
            needed[token] = {"anyOf": [one, _NULL]}
        else:
            others[token] = one
    whole = make_object(**needed)
    return {**whole, "properties": {**needed, **others}}


def _make_argument(form: ArgumentForm, action: ActionForm, kinds: Mapping[str, RecordKind]) -> Json:
    if form.form == "reference":
        return _make_reference(kinds[form.record or ""])
    if form.form in ("expression", "text"):
        return _STRING
    made: Json = _bound(make_native_schema(form.schema, action.offer.parameters))
    return made


def _make_reference(kind: RecordKind) -> Json:
    made: dict[str, Json] = {"name": {"anyOf": [_STRING, _NULL]}}
    if kind.relations:
        made["owner"] = {"anyOf": [_STRING, _NULL]}
    if states := [*kind.states, *kind.times]:
        made["state"] = {"anyOf": [make_enum(states), _NULL]}
    return make_object(**made, which=make_enum(_WHICH))


def _make_question(kinds: Sequence[RecordKind]) -> Json:
    nullable: Json = {"anyOf": [_STRING, _NULL]}
    states = sorted({each for kind in kinds for each in (*kind.states, *kind.times)})
    fields = sorted({each.name for kind in kinds for each in kind.fields})
    return make_object(
        action=make_enum([QUESTION]),
        of=make_enum([kind.name for kind in kinds]),
        name=nullable,
        owner=nullable,
        state={"anyOf": [make_enum(states), _NULL]} if states else _NULL,
        which=make_enum(_WHICH),
        want=make_enum(["list", "count", *fields]),
    )


def _bound(schema: Any) -> Any:
    """Bounds strings and lists. A small model that repeats itself would otherwise never close the JSON."""
    if isinstance(schema, list):
        return [_bound(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _bound(value) for name, value in schema.items()}
    if made.get("type") == "string" and "enum" not in made:
        made["maxLength"] = MAX_LENGTH
    if made.get("type") == "array":
        made["maxItems"] = MAX_ITEMS
    return made


# ── the answer ───────────────────────────────────────────────────────────────────────────────────────────────────────


class PlainParser(Parser):
    """Parses a plain answer: rewrites it in the full form, with the words that support it."""

    def __init__(
        self,
        request: Request,
        actions: Mapping[str, ActionForm],
        kinds: Sequence[RecordKind],
        others: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(request, actions, kinds, others)
        self.kinds = {kind.name: kind for kind in kinds}
        self.values = PlainValues(request)

    def parse(self, answer: Any) -> Proposal:
        """Raises BadProposal."""
        check_storable(answer)
        held = read_mapping(answer, "the answer")
        calls = [read_mapping(each, "calls") for each in read_list(held.get("calls"), "calls")]
        made = super().parse({"understood": "", "result": self._write_out(calls)})
        return made.model_copy(update={"asides": None})  # the plain form has no place to say them

    def _write_out(self, calls: Sequence[Mapping[str, Any]]) -> Json:
        done = self._as_many_as_ordered([each for each in calls if each.get("action") in self.actions])
        if done:
            return {"type": "plan", "steps": [self._write_out_call(each, alone=len(done) == 1) for each in done]}
        first = calls[0] if calls else {"action": NONE}
        match first.get("action"):
            case "question":
                return {"type": "answer", "answer": self._write_out_question(first)}
            case "undo":
                told = [handle for turn in self.request.thread for handle in _CALL.findall(turn.came)]
                return {"type": "undo", "calls": told[-1:]}
            case "none":
                reason = first.get("reason") if first.get("reason") in REASONS else REASONS[0]
                return {"type": "none", "reason": reason, "action": None, "quote": ""}
        raise BadProposal("a call names no offered action")

    def _as_many_as_ordered(self, calls: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Drops surplus calls, because a small model may not stop: calls whose values have no words of their own and,
        for a single order, calls of other actions. If a second order is dropped, its words are asked about."""
        one = len(calls) > 1 and len(split_clauses(self.values.text)) == 1
        made: list[Mapping[str, Any]] = []
        taken: list[Said] = []
        for call in calls:
            action = self.actions[str(call["action"])]
            said = [each for each in self.values.settle(action, call, alone=False).values() if each.quote]
            records = any(form.form != "typed" and call.get(token) for token, form in action.arguments.items())
            bare = all(value is None for name, value in call.items() if name != "action")
            own = bare or records or any(not any(each.meets(other) for other in taken) for each in said)
            if made and (call in made or not own or (one and call["action"] != made[0]["action"])):
                continue
            made.append(call)
            taken += said
        return made

    def _write_out_call(self, call: Mapping[str, Any], *, alone: bool) -> Json:
        action = self.actions[str(call["action"])]
        made: Json = {"action": action.token}
        typed = self.values.settle(action, call, alone=alone)
        for token, form in action.arguments.items():
            value = call.get(token)
            if form.form == "typed":
                said = typed.get(token)
                made[token] = None if said is None else {"value": said.value, "quote": said.quote}
            else:
                made[token] = None if value is None or value == "" else self._write_out_argument(form, action, value)
        return made

    def _write_out_argument(self, form: ArgumentForm, action: ActionForm, value: Any) -> Any:
        if form.form == "reference":
            return self._write_out_reference(form.record or "", read_mapping(value, form.token))
        if form.form == "expression":
            return self._read_amount(form, action, str(value))
        if form.form == "text":
            words = locate(str(value), self.request)
            composed = action.offer.annotation(form.parameter).compose and words.start is None
            return {"draft": str(value), "fills": [], "quote": ""} if composed else {"quote": words.text}
        raise AssertionError(form.form)

    def _write_out_reference(self, name: str, held: Mapping[str, Any]) -> Json | None:
        """Writes a reference in full. None if it says nothing about the record."""
        kind = self.kinds.get(name)
        if kind is None:
            raise BadProposal("a reference names no kind of record")
        said, owner, state, which = (held.get(each) or None for each in ("name", "owner", "state", "which"))
        if isinstance(said, str) and said.startswith("@"):
            return {"handle": said}
        where: list[Json] = []
        above = next((each.kind for each in kind.relations if each.kind in self.kinds), None)
        if isinstance(owner, str) and owner != said and above is not None:
            handle = {"handle": owner} if owner.startswith("@") else _make_query(above, owner)
            where.append({"belongs_to": handle})
        if isinstance(state, str):
            where.append({"state": state, "not": False})
        order = dict(zip(("by", "first"), _ENDS[which], strict=True)) | {"nth": 1} if which in _ENDS else None
        if said is None and not where and order is None and which != "all":
            return None
        return {**_make_query(name, said), "where": where, "order": order, "pick": "all" if which == "all" else "one"}

    def _write_out_question(self, held: Mapping[str, Any]) -> Json:
        found = self._write_out_reference(str(held.get("of")), held) or _make_query(str(held.get("of")), None)
        if held.get("want") == "count":
            return {"value": {"count": {**found, "pick": "all"}}, "about": None}
        if held.get("want") == "list":
            return {"records": {**found, "pick": "all"} if found.get("order") is None else found, "fields": []}
        return {"records": found, "fields": [str(held.get("want"))]}

    def _read_amount(self, form: ArgumentForm, action: ActionForm, words: str) -> Json | None:
        """A number, an amount of money or a time, read from its words by code's own readers."""
        quote = locate(words, self.request)
        if form.schema.get("format") in TIMES:
            annotation = action.offer.annotation(form.parameter)
            read = read_exact(
                words, name=form.parameter, schema=form.schema, annotation=annotation, now=self.request.now
            )
            return {"date": str(read.value), "quote": quote.text} if read is not None else None
        paid = money.find(read_text(words))
        if paid:
            return {"number": str(paid[0].amount), "unit": paid[0].currency, "quote": quote.text}
        found = numerals.find(read_text(words))
        if not found:
            return None
        unit = _UNIT.match(words, found[0].end)
        told = unit[1].lower() if unit is not None else None
        return {"number": str(found[0].value), "unit": "%" if told == "percent" else told, "quote": quote.text}


def _make_query(kind: str, said: Any) -> Json:
    return {
        "kind": kind, "said": said if isinstance(said, str) else None, "where": [], "order": None, "pick": "one",
        "among": None,
    }  # fmt: skip
