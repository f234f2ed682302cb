"""Gold model: answers the real prompt with the case's own expected calls, so that what is lost on the way is the gate's
loss alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

from pydantic import BaseModel

from agent.resolve.model.arguments import ActionForm, ArgumentForm
from agent.resolve.model.client import Completion
from agent.resolve.model.parse import Parser
from core import money
from evals.cases.reader import Case
from registry.contract import Unit

T = TypeVar("T", bound=BaseModel)
GOLD: Final = "gold"


class GoldClient:
    """A model that is always right. ``cases`` are those of the run; a request that none of them makes is answered with
    "none"."""

    def __init__(self, cases: Sequence[Case]) -> None:
        self._cases: dict[str, list[Case]] = {}
        for case in cases:
            self._cases.setdefault(case.prompt, []).append(case)

    async def complete(
        self, messages: Sequence[Mapping[str, str]], shape: type[T], *, legal: str = "", max_tokens: int = 0
    ) -> Completion[T]:
        del legal, max_tokens
        parser: Parser = shape.parser  # type: ignore[attr-defined]
        answer = self._answer(parser)
        value = shape.model_validate(answer)
        return Completion(
            value=value,
            text=json.dumps(answer, ensure_ascii=False),
            model=GOLD,
            mode="json_schema",
            messages=tuple(messages),
            tokens_in=0,
            tokens_out=0,
            cost=None,
            duration_ms=0.0,
            attempts=1,
        )

    def _answer(self, parser: Parser) -> dict[str, Any]:
        text = parser.request.text
        tokens = {form.offer.name: form for form in parser.actions.values()}
        for case in self._cases.get(text, ()):
            calls = case.actions
            decisions = case.expected["decision"]
            acts = "act" in (decisions if isinstance(decisions, list) else [decisions])
            if not calls or not acts or not all(call["action"] in tokens for call in calls):
                continue
            steps = [self._call(tokens[call["action"]], call, text) for call in calls]
            return {"understood": "", "result": {"type": "plan", "steps": steps}, "left_over": []}
        none = {"type": "none", "reason": "no such action", "action": None, "quote": ""}
        return {"understood": "", "result": none, "left_over": []}

    def _call(self, form: ActionForm, call: Mapping[str, Any], text: str) -> dict[str, Any]:
        params = call.get("params") or {}
        made: dict[str, Any] = {"action": form.token}
        for token, argument in form.arguments.items():
            wanted = params.get(argument.parameter)
            made[token] = None
            values = wanted if isinstance(wanted, list) else [wanted]
            if wanted is None or not values or values[0] in (None, ""):
                continue
            made[token] = _argument(form, argument, _first(values), text, params)
        return made


def _argument(
    form: ActionForm, argument: ArgumentForm, value: Any, text: str, params: Mapping[str, Any]
) -> dict[str, Any]:
    quote = _quote(value, text)
    if argument.form == "reference":
        several = isinstance(value, list)
        said = None if several else str(value)
        where = (
            [{"any_of": [{"field": "id", "op": "=", "value": {"word": str(each), "quote": ""}} for each in value]}]
            if several
            else []
        )
        pick = "all" if several else "one"
        return {"kind": argument.record, "said": said, "where": where, "order": None, "pick": pick, "among": None}
    if argument.form == "expression" and isinstance(value, int | float) and not isinstance(value, bool):
        unit = form.offer.annotation(argument.parameter).unit
        number: Any = value
        if unit is Unit.MONEY_MINOR:
            currency = _first(params.get("currency") or ["EUR"])
            number = float(money.major(int(value), str(currency)))
        return {"number": number, "unit": None, "quote": quote}
    if argument.form == "expression":
        return (
            {"date": str(value), "quote": quote}
            if argument.schema.get("format") in ("date", "date-time")
            else {"word": value, "quote": quote}
        )
    if argument.form == "text":
        return {"quote": quote}
    return {"value": value, "quote": quote}


def _first(values: Any) -> Any:
    """The first acceptable value; inside objects and lists the leaves are lists of acceptable ones."""
    value = values[0] if isinstance(values, list) and values else values
    if isinstance(value, Mapping):
        return {key: _first(each) for key, each in value.items() if each not in ([], [""], None)}
    if isinstance(value, list):
        return [_first([each]) if isinstance(each, Mapping) else each for each in value]
    return value


def _quote(value: Any, text: str) -> str:
    """The words that a reader would point at: the value itself where it was typed, else the whole request."""
    said = str(value).casefold()
    at = text.casefold().find(said) if said and not isinstance(value, list | dict | bool) else -1
    return text[at : at + len(said)] if at >= 0 else text
