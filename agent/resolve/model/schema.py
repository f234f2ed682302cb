"""Closed answer schema: what a model may propose for one request, as a strict JSON Schema, and nothing else.

Every key is required and null where nothing was said; no free-form keys; the definitions of references, values and
conditions are there only where the platform has records. The schema bounds the answer's shape; what it may mean is for
code to prove.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from agent.resolve.model.arguments import ActionForm, ArgumentForm, native_schema
from core import canon
from registry.records import RecordKind

MAX_STATES: Final = 120
REASONS: Final = (
    "no such action", "not allowed", "how-to question", "depends on the future or the unknown", "nothing requested",
    "asked not to", "withdrawn", "no field for it",
)  # fmt: skip
COMPARISONS: Final = ("=", "!=", "<", "<=", ">", ">=", "during", "contains")

Json = dict[str, Any]
_STRING: Final[Json] = {"type": "string"}
_NULL: Final[Json] = {"type": "null"}
_EARLIER: Final[Json] = {"argument": _STRING, "of": _STRING}
"""What an argument of an earlier call of the thread was."""


@dataclass(frozen=True, slots=True)
class AnswerSchema:
    """Answer schema: ``schema`` goes to the provider, ``digest`` names it in history."""

    schema: Json
    digest: str
    actions: Mapping[str, ActionForm]


def answer_schema(
    actions: Mapping[str, ActionForm],
    kinds: Sequence[RecordKind],
    *,
    not_allowed: Sequence[str] = (),
    thread: bool = False,
) -> AnswerSchema:
    """The schema for these actions and kinds. ``thread`` admits what needs one: undoing, and choosing among its
    sets."""
    made = _Builder(actions, kinds, not_allowed, thread).build()
    return AnswerSchema(made, canon.digest(made), actions)


class _Builder:
    def __init__(
        self, actions: Mapping[str, ActionForm], kinds: Sequence[RecordKind], not_allowed: Sequence[str], thread: bool
    ) -> None:
        self.actions, self.kinds, self.not_allowed, self.thread = actions, kinds, not_allowed, thread

    def build(self) -> Json:
        steps: list[Json] = [_ref("call")]
        if self.kinds:
            steps.append(_ref("branch"))
        results = [
            _tagged("plan", steps=_array(_any(*steps)), **({"replaces": _array(_STRING)} if self.thread else {})),
            _tagged("ask", question=_STRING, actions=_array(self._names())),
            _tagged("none", reason=_one_of(REASONS), action=_or_null(self._names(all_=True)), quote=_STRING),
        ]
        if self.kinds:
            results.insert(1, _tagged("answer", answer=self._answer()))
        if self.thread:
            results.append(_tagged("undo", calls=_array(_STRING)))
        return {
            **_object(understood=_STRING, result=_any(*results), left_over=_array(_STRING)),
            "$defs": {"call": self._call(), **(self._record_definitions() if self.kinds else {})},
        }

    def _names(self, *, all_: bool = False) -> Json:
        return _one_of((*self.actions, *(self.not_allowed if all_ else ())))

    def _call(self) -> Json:
        return _any(
            *(
                _object(
                    action=_one_of([action.token]),
                    **{token: _or_null(self._argument(each, action)) for token, each in action.arguments.items()},
                )
                for action in self.actions.values()
            )
        )

    def _argument(self, form: ArgumentForm, action: ActionForm) -> Json:
        if form.form == "reference":
            return _ref("ref")
        if form.form == "expression":
            return _ref("value")
        made = [_object(value=native_schema(form.schema, action.offer.parameters), quote=_STRING)]
        if form.form == "text":
            fills = _array(_ref("value") if self.kinds else _STRING)
            made = [_object(quote=_STRING), _object(draft=_STRING, fills=fills, quote=_STRING)]
        return _any(*made, *((_object(**_EARLIER),) if self.thread else ()))

    def _answer(self) -> Json:
        fields = sorted({each.name for kind in self.kinds for each in kind.fields})
        asks = _one_of(["may I", "who may", "can it be undone", "is it confirmed"])
        about = _or_null(_ref("ref"))
        return _any(
            _object(records=_ref("ref"), fields=_array(_one_of(fields))),
            _object(value=_ref("value"), about=about),
            _object(yes_no=_array(_ref("test")), join=_one_of(["all", "any"]), about=about),
            _object(action=self._names(all_=True), asks=asks),
            _object(what_can_i_do={"type": "boolean"}),
        )

    def _record_definitions(self) -> Json:
        states = sorted({each for kind in self.kinds for each in (*kind.states, *kind.times, *_members(kind))})
        state = _one_of(states) if 0 < len(states) <= MAX_STATES else _STRING
        fields = sorted({each.name for kind in self.kinds for each in kind.fields})
        field: Json = _one_of(fields) if len(fields) <= MAX_STATES else _STRING
        comparison = _one_of(COMPARISONS)
        first = _one_of(["latest", "earliest", "highest", "lowest"])
        whole: Json = {"type": "integer"}
        find = _object(
            kind=_one_of([kind.name for kind in self.kinds]),
            said=_or_null(_STRING),
            where=_array(_ref("cond")),
            order=_or_null(_ref("order")),
            pick=_any(_one_of(["one", "all"]), whole),
            among=_or_null(_STRING),
        )
        return {
            "ref": _any(_ref("find"), _object(handle=_STRING)),
            "find": find,
            "cond": _any(
                _object(state=state, **{"not": {"type": "boolean"}}),
                _object(field=field, op=comparison, value=_ref("value")),
                _object(belongs_to=_ref("ref")),
                _object(has=_ref("ref"), op=comparison, n=whole),
                _object(**{"except": _ref("ref")}),
                _object(any_of=_array(_ref("cond"))),
            ),
            "order": _any(
                _object(
                    by=_one_of(["as listed", *fields]) if len(fields) <= MAX_STATES else _STRING,
                    first=first,
                    nth=whole,
                ),
                _object(count=_ref("ref"), first=first, nth=whole),
            ),
            "value": _any(
                _object(number={"type": "number"}, unit=_or_null(_STRING), quote=_STRING),
                _object(date=_STRING, quote=_STRING),
                _object(word=_any(_STRING, {"type": "boolean"}), quote=_STRING),
                _object(field=field, of=_ref("ref")),
                _object(count=_ref("ref")),
                _object(total=field, of=_ref("ref")),
                _object(op=_one_of(["+", "-", "*", "/", "days between"]), a=_ref("value"), b=_ref("value")),
                *((_object(**_EARLIER),) if self.thread else ()),
            ),
            "test": _object(left=_ref("value"), op=comparison, right=_ref("value")),
            "branch": _object(
                **{
                    "if": _array(_ref("test")),
                    "join": _one_of(["all", "any"]),
                    "then": _array(_ref("call")),
                    "else": _array(_ref("call")),
                }
            ),
        }


def _members(kind: RecordKind) -> tuple[str, ...]:
    return tuple(value for each in kind.fields for value in each.values)


def _one_of(members: Sequence[str]) -> Json:
    """A closed set of strings. Strict modes refuse an ``enum`` that names no type."""
    return {"type": "string", "enum": list(members)}


def _ref(name: str) -> Json:
    return {"$ref": f"#/$defs/{name}"}


def _object(**properties: Json) -> Json:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _tagged(tag: str, **properties: Json) -> Json:
    return _object(type=_one_of([tag]), **properties)


def _array(items: Json) -> Json:
    return {"type": "array", "items": items}


def _any(*branches: Json) -> Json:
    return branches[0] if len(branches) == 1 else {"anyOf": list(branches)}


def _or_null(schema: Json) -> Json:
    return {"anyOf": [*schema["anyOf"], _NULL]} if set(schema) == {"anyOf"} else {"anyOf": [schema, _NULL]}
