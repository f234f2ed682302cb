"""Prompt context and answer schema for one request.

The context is all that a model learns about contracts, kinds, the thread and the time. The strict JSON Schema is all
that it may propose. Every key is required, and null if nothing was said. There are no free-form keys. References,
values and conditions are defined only if the platform has records. The schema bounds the form of an answer. Validation
decides what it may mean.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, get_args

from agent.extract.time import dates
from agent.pipeline import Request
from agent.planning.proposal import AsideKind
from agent.resolve.model.arguments import ActionForm, ArgumentForm, describe_argument, make_hint, make_native_schema
from agent.validate.questions import describe_filter
from language.text import read_text
from prompts.propose.context import ActionText, AnswerText, ArgumentText, KindText, ProposeContext, TurnText
from registry.offers.offer import Offer
from registry.records import Field, RecordKind

MAX_NOT_ALLOWED = 30
_TYPES = {"money_minor": "money", "datetime": "time", "date": "day", "boolean": "true|false", "currency": "code"}


def make_fixed_context(
    actions: Mapping[str, ActionForm],
    kinds: Sequence[RecordKind],
    *,
    not_allowed: Sequence[str] = (),
    more: bool = False,
    thread: bool = False,
    plain: bool = False,
) -> ProposeContext:
    """The context of the prompt's fixed part, which no request is in. The plain form has no defaults: a small model
    copies them."""
    by_name = {kind.name: kind for kind in kinds}
    return ProposeContext(
        request="",
        present="",
        role="",
        actions=describe_actions(actions, kinds, plain=plain),
        kinds=tuple(_describe_kind(kind, by_name) for kind in kinds),
        not_allowed=tuple(not_allowed[:MAX_NOT_ALLOWED]),
        more=more,
        thread=(TurnText("", ""),) if thread else (),
    )


def make_request_context(
    request: Request, *, role: str, actions: tuple[ActionText, ...] = (), plain: bool = False
) -> ProposeContext:
    """The context of the request's part of the prompt. The plain form has the time only if the words mention a time: a
    small model copies it."""
    return ProposeContext(
        request=request.text,
        present=format_now(request.now) if not plain or _speaks_of_time(request) else "",
        role=role,
        actions=actions,
        thread=tuple(TurnText(turn.words, turn.came) for turn in request.thread),
        answers=tuple(
            AnswerText(about=answer.slot.partition("/")[0].rpartition(".")[2], words=answer.text or answer.label or "")
            for answer in request.answers
            if answer.text
        ),
        offered=request.offered,
    )


def _speaks_of_time(request: Request) -> bool:
    said = "\n".join((request.text, *(answer.text or "" for answer in request.answers)))
    return bool(dates.find(read_text(said), request.now.date()))


def format_now(now: datetime) -> str:
    """``2026-11-24 12:00 UTC, Tuesday``."""
    return f"{now:%Y-%m-%d %H:%M} {now.tzname() or 'UTC'}, {now:%A}"


def describe_actions(
    actions: Mapping[str, ActionForm], kinds: Sequence[RecordKind], *, plain: bool = False
) -> tuple[ActionText, ...]:
    by_name = {kind.name: kind for kind in kinds}
    shown = {form.offer.name: token for token, form in actions.items()}
    return tuple(_describe_action(form, by_name, shown, plain) for form in actions.values())


def _describe_action(
    form: ActionForm, kinds: Mapping[str, RecordKind], shown: Mapping[str, str], plain: bool
) -> ActionText:
    offer = form.offer
    states = {
        each.parameter: describe_filter(kind, offer.annotation(each.parameter).filter).strip()
        for each in form.arguments.values()
        if each.record is not None and (kind := kinds.get(each.record)) is not None
    }
    told = offer.description or offer.title or offer.name
    return ActionText(
        name=form.token,
        about=told if told.endswith((".", "!", "?")) else f"{told}.",
        arguments=tuple(
            ArgumentText(
                each.token, describe_argument(each, offer, states, plain=plain), make_hint(each, offer), each.required
            )
            for each in form.arguments.values()
        ),
        undone_by=shown.get(offer.undo or "", "") if offer.undo else "",
        example=_choose_example(offer),
    )


def _choose_example(offer: Offer) -> str:
    """One request from its owner as an example, if the description isn't clear enough."""
    return offer.examples[0] if offer.examples else ""


def _describe_kind(kind: RecordKind, kinds: Mapping[str, RecordKind]) -> KindText:
    via = {relation.via for relation in kind.relations}
    return KindText(
        name=kind.name,
        about=kind.title,
        fields=tuple(_describe_field(each) for each in kind.fields if each.name not in via and each.type != "json"),
        found_by=tuple(each.name for each in kind.fields if each.search),
        newest_by=kind.order or "",
        size=kind.size or "",
        states=tuple(_list_states(kind)),
        belongs_to=tuple(relation.kind for relation in kind.relations if relation.kind in kinds),
    )


def _describe_field(each: Field) -> str:
    if each.values:
        return f"{each.name} ({'|'.join(each.values)})"
    told = _TYPES.get(each.type)
    return f"{each.name} ({told})" if told else each.name


def _list_states(kind: RecordKind) -> list[str]:
    made = []
    for word, where in kind.states.items():
        values = [str(value) for group in where.values() for value in group]
        made.append(word if values == [word] else f"{word} = {'/'.join(values)}")
    return [*made, *(f"{word} ({field} {side})" for word, (field, side) in kind.times.items())]


MAX_STATES: Final = 120
REASONS: Final = (
    "no such action", "not allowed", "how-to question", "depends on the future or the unknown", "nothing requested",
    "asked not to", "withdrawn", "no field for it",
)  # fmt: skip
COMPARISONS: Final = ("=", "!=", "<", "<=", ">", ">=", "during", "contains")

Json = dict[str, Any]
_STRING: Final[Json] = {"type": "string"}
_NULL: Final[Json] = {"type": "null"}
LEFT_OVER: Final = "left over"
_EARLIER: Final[Json] = {"argument": _STRING, "of": _STRING}
"""Schema of an argument in an earlier call of the thread."""


def make_schema(
    actions: Mapping[str, ActionForm], kinds: Sequence[RecordKind], not_allowed: Sequence[str], *, thread: bool
) -> Json:
    """The schema for these actions and kinds. ``thread`` adds what needs a thread: undoing, and choosing among its
    sets."""
    return _Builder(actions, kinds, not_allowed, thread).build()


class _Builder:
    def __init__(
        self, actions: Mapping[str, ActionForm], kinds: Sequence[RecordKind], not_allowed: Sequence[str], thread: bool
    ) -> None:
        self.actions, self.kinds, self.not_allowed, self.thread = actions, kinds, not_allowed, thread

    def build(self) -> Json:
        steps: list[Json] = [_make_ref("call")]
        if self.kinds:
            steps.append(_make_ref("branch"))
        results = [
            _make_tagged(
                "plan",
                steps=_make_array(_make_any_of(*steps)),
                **({"replaces": _make_array(_STRING)} if self.thread else {}),
            ),
            _make_tagged("ask", question=_STRING, actions=_make_array(self._make_names())),
            _make_tagged(
                "none", reason=make_enum(REASONS), action=_or_null(self._make_names(all_=True)), quote=_STRING
            ),
        ]
        if self.kinds:
            results.insert(1, _make_tagged("answer", answer=self._make_answer()))
        if self.thread:
            results.append(_make_tagged("undo", calls=_make_array(_STRING)))
        return {
            **make_object(understood=_STRING, result=_make_any_of(*results), rest=_make_array(_REST)),
            "$defs": {"call": self._make_call(), **(self._make_record_definitions() if self.kinds else {})},
        }

    def _make_names(self, *, all_: bool = False) -> Json:
        return make_enum((*self.actions, *(self.not_allowed if all_ else ())))

    def _make_call(self) -> Json:
        return _make_any_of(
            *(
                make_object(
                    action=make_enum([action.token]),
                    **{token: _or_null(self._make_argument(each, action)) for token, each in action.arguments.items()},
                )
                for action in self.actions.values()
            )
        )

    def _make_argument(self, form: ArgumentForm, action: ActionForm) -> Json:
        if form.form == "reference":
            return _make_ref("ref")
        if form.form == "expression":
            return _make_ref("value")
        made = [make_object(value=make_native_schema(form.schema, action.offer.parameters), quote=_STRING)]
        if form.form == "text":
            fills = _make_array(_make_ref("value") if self.kinds else _STRING)
            made = [make_object(quote=_STRING), make_object(draft=_STRING, fills=fills, quote=_STRING)]
        if form.moves:
            made.append(make_object(op=make_enum(["+", "-"]), a=_make_ref("value"), b=_make_ref("value")))
        return _make_any_of(*made, *((make_object(**_EARLIER),) if self.thread else ()))

    def _make_answer(self) -> Json:
        fields = sorted({each.name for kind in self.kinds for each in kind.fields})
        asks = make_enum(["may I", "who may", "can it be undone", "is it confirmed"])
        about = _or_null(_make_ref("ref"))
        return _make_any_of(
            make_object(records=_make_ref("ref"), fields=_make_array(make_enum(fields))),
            make_object(value=_make_ref("value"), about=about),
            make_object(yes_no=_make_array(_make_ref("test")), join=make_enum(["all", "any"]), about=about),
            make_object(action=self._make_names(all_=True), asks=asks),
            make_object(what_can_i_do={"type": "boolean"}),
        )

    def _make_record_definitions(self) -> Json:
        states = sorted({each for kind in self.kinds for each in (*kind.states, *kind.times, *_list_members(kind))})
        state = make_enum(states) if 0 < len(states) <= MAX_STATES else _STRING
        fields = sorted({each.name for kind in self.kinds for each in kind.fields})
        field: Json = make_enum(fields) if len(fields) <= MAX_STATES else _STRING
        comparison = make_enum(COMPARISONS)
        first = make_enum(["latest", "earliest", "highest", "lowest"])
        whole: Json = {"type": "integer"}
        find = make_object(
            kind=make_enum([kind.name for kind in self.kinds]),
            said=_or_null(_STRING),
            also=_make_array(_STRING),
            where=_make_array(_make_ref("cond")),
            order=_or_null(_make_ref("order")),
            pick=_make_any_of(make_enum(["one", "all"]), whole),
            among=_or_null(_STRING),
        )
        return {
            "ref": _make_any_of(_make_ref("find"), make_object(handle=_STRING)),
            "find": find,
            "cond": _make_any_of(
                make_object(state=state, **{"not": {"type": "boolean"}}),
                make_object(field=field, op=comparison, value=_make_ref("value")),
                make_object(belongs_to=_make_ref("ref")),
                make_object(has=_make_ref("ref"), op=comparison, n=whole),
                make_object(**{"except": _make_ref("ref")}),
                make_object(any_of=_make_array(_make_ref("cond"))),
            ),
            "order": _make_any_of(
                make_object(
                    by=make_enum(["as listed", *fields]) if len(fields) <= MAX_STATES else _STRING,
                    first=first,
                    nth=whole,
                ),
                make_object(count=_make_ref("ref"), first=first, nth=whole),
            ),
            "value": _make_any_of(
                make_object(number={"type": "number"}, unit=_or_null(_STRING), quote=_STRING),
                make_object(date=_STRING, quote=_STRING),
                make_object(word=_make_any_of(_STRING, {"type": "boolean"}), quote=_STRING),
                make_object(field=field, of=_make_ref("ref")),
                make_object(count=_make_ref("ref")),
                make_object(total=field, of=_make_ref("ref")),
                make_object(
                    op=make_enum(["+", "-", "*", "/", "days between"]), a=_make_ref("value"), b=_make_ref("value")
                ),
                *((make_object(**_EARLIER),) if self.thread else ()),
            ),
            "test": make_object(left=_make_ref("value"), op=comparison, right=_make_ref("value")),
            "branch": make_object(
                **{
                    "if": _make_array(_make_ref("test")),
                    "join": make_enum(["all", "any"]),
                    "then": _make_array(_make_ref("call")),
                    "else": _make_array(_make_ref("call")),
                }
            ),
        }


def _list_members(kind: RecordKind) -> tuple[str, ...]:
    return tuple(value for each in kind.fields for value in each.values)


def make_enum(members: Sequence[str]) -> Json:
    """A closed set of strings. Strict modes reject an ``enum`` without a type."""
    return {"type": "string", "enum": list(members)}


def _make_ref(name: str) -> Json:
    return {"$ref": f"#/$defs/{name}"}


def make_object(**properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


_REST: Final = make_object(quote=_STRING, **{"is": make_enum([*get_args(AsideKind), LEFT_OVER])})
"""Schema of a part of the request that the result doesn't express, with its role."""


def _make_tagged(tag: str, **properties: Json) -> Json:
    return make_object(type=make_enum([tag]), **properties)


def _make_array(items: Json) -> Json:
    return {"type": "array", "items": items}


def _make_any_of(*branches: Json) -> Json:
    return branches[0] if len(branches) == 1 else {"anyOf": list(branches)}


def _or_null(schema: Json) -> Json:
    return {"anyOf": [*schema["anyOf"], _NULL]} if set(schema) == {"anyOf"} else {"anyOf": [schema, _NULL]}
