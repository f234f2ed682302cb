"""Gold model: answers the real prompt with the case's own expected calls. Any error in the result comes from parsing,
proof or validation, not from the model.

It quotes as a careful reader would: whole words, and the clause around a number. For an expected question it proposes
the call with everything that the case says is known; for an expected answer, the very records that the case names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from agent.resolve.model.arguments import ActionForm, ArgumentForm, list_members
from agent.resolve.model.parse import Parser
from agent.resolve.model.second_reading import PieceParser
from agent.validate import questions
from core import money
from evals.cases.reader import GOLD, Case
from evals.cases.registry_files import load_context
from evals.run.scripted import ScriptedClient, let_all_pass
from registry.contract import Unit

_MOST_QUOTED: Final = 400
_CLAUSE: Final = re.compile(r"[,;!?\n]|\.(?!\d)|\b(?:and|but|then)\b", re.IGNORECASE)
_CONDITION: Final = re.compile(r"\b(?:if|unless|provided|in case|as long as)\b", re.IGNORECASE)
_NEGATED: Final = re.compile(r"n['’]t\b|\b(?:not|no|without)\b", re.IGNORECASE)
_STAND_INS: Final = {"integer": 1, "number": 1, "boolean": True, "array": [], "object": {}}
_STAND_IN_TIMES: Final = {"date": "2027-01-15", "date-time": "2027-01-15T10:00:00Z"}


def knows(case: Case) -> bool:
    """Whether the case says enough to answer it. It does not for earlier turns of a dialogue, for the call behind a
    condition that isn't met, and for the records behind a count or several sums."""
    expected = case.expected
    match case.wants:
        case "act":
            known = bool(case.actions)
        case "clarify":
            known = bool(case.actions) and not expected.get("candidates")
        case "answer":
            answer = expected.get("answer") or {}
            known = bool(answer.get("ids")) or answer.get("kind") in ("help", "permission") or _is_one(answer)
        case wants:
            known = wants != "noop"
    return known and len(case.turns) < 2


def _is_one(answer: Mapping[str, Any]) -> bool:
    return "value" in answer and not isinstance(answer["value"], list)


class GoldClient(ScriptedClient):
    """A model that is always right. ``cases`` are those of the run. A request of no case gets the answer "none"."""

    name = GOLD

    def __init__(self, cases: Sequence[Case], data: Path | None = None) -> None:
        """``data`` is the folder that the cases' paths start from."""
        self._data = data
        self._cases: dict[str, list[Case]] = {}
        for case in cases:
            self._cases.setdefault(case.prompt, []).append(case)

    def _stands_for(self, case: Case) -> Mapping[str, str]:
        if not case.registry_file or self._data is None:
            return {}
        return load_context(case, self._data).stands_for

    def judge(self, parser: PieceParser) -> dict[str, Any]:
        return let_all_pass(parser)  # what it proposes is right

    def answer(self, parser: Parser, _messages: Sequence[Mapping[str, str]], /) -> dict[str, Any]:
        text = parser.request.text
        for case in self._cases.get(text, ()):
            tokens = _group_by_source(parser.actions.values(), self._stands_for(case))
            if (result := _make_result(case, tokens, text, parser.id_fields)) is not None:
                return {"understood": "", "result": result, "rest": None}
        none = {"type": "none", "reason": "no such action", "action": None, "quote": ""}
        return {"understood": "", "result": none, "rest": None}


def _group_by_source(forms: Iterable[ActionForm], stands_for: Mapping[str, str]) -> dict[str, list[ActionForm]]:
    """Groups the offered actions by the name that cases use. Several contracts may stand for one function."""
    made: dict[str, list[ActionForm]] = {}
    for form in forms:
        made.setdefault(stands_for.get(form.offer.name, form.offer.name), []).append(form)
    return made


def _find_form(tokens: Mapping[str, Sequence[ActionForm]], call: Mapping[str, Any]) -> ActionForm | None:
    """The contract whose parameters are the call's."""
    params = {name: _choose_first(values) for name, values in (call.get("params") or {}).items() if values}

    def misfits(form: ActionForm) -> int:
        schemas = form.offer.properties
        limited = {name: questions.list_members(schema) for name, schema in schemas.items() if name in params}
        limited |= {name: (schema["const"],) for name, schema in schemas.items() if "const" in schema}
        return sum(
            name not in schemas or (bool(limited.get(name)) and value not in limited[name])
            for name, value in params.items()
            if value is not None
        )

    return min(tokens.get(call["action"], ()), key=misfits, default=None)


def _make_result(
    case: Case, tokens: Mapping[str, Sequence[ActionForm]], text: str, ids: Mapping[str, str]
) -> dict[str, Any] | None:
    calls = case.actions
    forms = [_find_form(tokens, call) for call in calls]
    if case.allowed & {"act", "clarify"} and calls and None not in forms:
        steps = [
            _make_call(form, call, case, text, ids) for form, call in zip(forms, calls, strict=True) if form is not None
        ]
        if case.wants == "act" and ids and _CONDITION.search(text):
            # The case only says that the condition is met. Which records show it is not measured here.
            met = {"word": True, "quote": text[:_MOST_QUOTED].rpartition(" ")[0] if len(text) > _MOST_QUOTED else text}
            steps = [{"if": [{"left": met, "op": "=", "right": met}], "join": "all", "then": steps, "else": []}]
        return {"type": "plan", "steps": steps}
    if case.wants == "answer":
        return _make_answer(case.expected.get("answer") or {}, text, ids)
    return None


def _make_answer(wanted: Mapping[str, Any], text: str, ids: Mapping[str, str]) -> dict[str, Any]:
    """Answers with records by their right ids, or with a value unchanged."""
    if wanted.get("ids") and isinstance(wanted.get("value"), str):
        value = {"word": wanted["value"], "quote": _shorten(text)}
        about = _find_by_ids(wanted["kind"], wanted["ids"], text, ids)
        return {"type": "answer", "answer": {"value": value, "about": about}}
    if wanted.get("ids"):
        records = _find_by_ids(wanted["kind"], wanted["ids"], text, ids)
        return {"type": "answer", "answer": {"records": records, "fields": []}}
    if wanted.get("kind") == "help" or "value" not in wanted:
        return {"type": "answer", "answer": {"what_can_i_do": True}}
    value = {"word": str(_choose_first(wanted["value"])), "quote": _shorten(text)}
    return {"type": "answer", "answer": {"value": value, "about": None}}


def _make_call(
    form: ActionForm, call: Mapping[str, Any], case: Case, text: str, ids: Mapping[str, str]
) -> dict[str, Any]:
    drafted = case.expected.get("text") or {}
    params, may_omit = call.get("params") or {}, call.get("may_omit") or ()
    made: dict[str, Any] = {"action": form.token}
    for token, argument in form.arguments.items():
        wanted = params.get(argument.parameter)
        values = wanted if isinstance(wanted, list) else [wanted]
        value = _choose_first(values) if wanted is not None and values and values[0] not in (None, "") else None
        made[token] = None
        if wanted == [] and argument.required and argument.schema.get("type") == "array":
            value = []  # the only right value is none
        if value is None and case.wants == "clarify" and not params:
            value = _make_stand_in(argument, case.expected.get("missing"))
        if value is not None and not (argument.parameter in may_omit and _unsaid(value, argument, text)):
            made[token] = _make_argument(form, argument, value, text, params, ids)
        if argument.form == "text" and argument.parameter == drafted.get("param"):
            made[token] = {
                "draft": ". ".join(each[0] for each in drafted["must"]),
                "fills": [],
                "quote": _shorten(text),
            }
    return made


def _unsaid(value: Any, argument: ArgumentForm, text: str) -> bool:
    """Whether a value is a default, or stands for no wish at all. A careful reader leaves it out."""
    default = argument.schema.get("default")
    if value is False and _NEGATED.search(text):
        return False
    if value == default or value == "dontcare" or (value is False and default is not True):
        return True
    return (
        not isinstance(value, list | dict)
        and str(value).casefold() not in text.casefold()
        and "default" in (argument.schema)
    )


def _make_stand_in(argument: ArgumentForm, missing: Any) -> Any:
    """A stand-in for a value that the case calls known without giving it."""
    if not argument.required or missing is None or argument.parameter in missing or argument.form == "reference":
        return None
    if members := list_members(argument.schema):
        return members[0]
    by_format = _STAND_IN_TIMES.get(str(argument.schema.get("format")))
    return by_format or _STAND_INS.get(str(argument.schema.get("type")), "as said")


def _make_argument(
    form: ActionForm,
    argument: ArgumentForm,
    value: Any,
    text: str,
    params: Mapping[str, Any],
    ids: Mapping[str, str],
) -> dict[str, Any]:
    quote = _quote(value, text)
    if argument.form == "reference":
        assert argument.record is not None
        sent = form.offer.annotation(argument.parameter).field
        ids = {**ids, argument.record: sent} if sent else ids
        return _find_by_ids(argument.record, value if isinstance(value, list) else [value], text, ids)
    if argument.form == "expression" and isinstance(value, int | float) and not isinstance(value, bool):
        unit = form.offer.annotation(argument.parameter).unit
        number: Any = value
        currency = None
        if unit is Unit.MONEY_MINOR:
            said = _choose_first(params.get("currency"))
            # The record's currency, if the case names none. A stand-in's record is unknown.
            currency = str(said) if said else None if params else "EUR"
            number = float(money.to_major_units(int(value), currency or "EUR"))
        return {"number": number, "unit": currency, "quote": quote}
    if argument.form == "expression":
        dated = argument.schema.get("format") in ("date", "date-time")
        return {"date": str(value), "quote": quote} if dated else {"word": value, "quote": quote}
    if argument.form == "text":
        return {"quote": quote}
    return {"value": value, "quote": quote}


def _find_by_ids(kind: str, wanted: Sequence[Any], text: str, ids: Mapping[str, str]) -> dict[str, Any]:
    """Finds the records with these ids, however they were mentioned. The words are assumed to say so."""
    field = ids.get(kind, "id")
    same = [
        {"field": field, "op": "=", "value": {"word": str(each), "quote": _quote(str(each), text)}} for each in wanted
    ]
    pick = "one" if len(wanted) == 1 else "all"
    return {"kind": kind, "said": None, "where": [{"any_of": same}], "order": None, "pick": pick, "among": None}


def _choose_first(values: Any) -> Any:
    """Chooses the first acceptable value. Inside objects and lists, leaves are lists of acceptable ones."""
    value = values[0] if isinstance(values, list) and values else values
    if isinstance(value, Mapping):
        return {key: _choose_first(each) for key, each in value.items() if each not in ([], [""], None)}
    if isinstance(value, list):
        return [_choose_first([each]) if isinstance(each, Mapping) else each for each in value]
    return value


def _quote(value: Any, text: str) -> str:
    """Quotes the words that a reader would point at: whole words around a typed value, the clause around a number, else
    the whole request."""
    if isinstance(value, list | dict | bool) or not str(value).strip():
        return _shorten(text)
    at = re.search(rf"(?<!\w){re.escape(str(value))}(?!\w)|{re.escape(str(value))}", text, re.IGNORECASE)
    if at is None:
        return _shorten(text)
    start, end = at.span()
    if isinstance(value, int | float) or str(value).isdigit():
        start = max((each.end() for each in _CLAUSE.finditer(text, 0, start)), default=0)
        closing = _CLAUSE.search(text, end)
        end = closing.start() if closing else len(text)
        return _shorten(text[start:end].strip())
    while start > 0 and text[start].isalnum() and text[start - 1].isalnum() and text[start].isascii():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum() and text[end].isascii():
        end += 1
    return text[start:end]


def _shorten(text: str) -> str:
    """The end of a long text, starting at a word."""
    stripped = text.strip()
    if len(stripped) <= _MOST_QUOTED:
        return stripped
    cut = stripped[-_MOST_QUOTED:]
    return cut[cut.find(" ") + 1 :]
