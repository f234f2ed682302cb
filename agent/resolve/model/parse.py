"""Parser of a model's answer into a proposal. Nothing is trusted: depth, counts and every name are checked, and each
quote is looked for in what was typed."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final, get_args

from pydantic import ValidationError

from agent.pipeline import Request
from agent.planning.proposal import (
    MAX_DEPTH,
    ActionAnswer,
    Answer,
    AnswerResult,
    AnyOf,
    Argument,
    ArgumentOf,
    AskResult,
    BelongsTo,
    Call,
    Compare,
    Comparison,
    Computed,
    ComputedArgument,
    Condition,
    CountOf,
    Day,
    DraftedText,
    Except,
    Expression,
    FieldOf,
    Find,
    Handle,
    Has,
    HelpAnswer,
    NoneReason,
    NoneResult,
    Number,
    OrderByCount,
    OrderByField,
    PlanResult,
    Proposal,
    QuotedText,
    RecordArgument,
    RecordsAnswer,
    Reference,
    Result,
    StateIs,
    Test,
    TotalOf,
    TypedValue,
    UndoResult,
    ValueAnswer,
    When,
    Word,
    Words,
    YesNoAnswer,
)
from agent.resolve.model.arguments import ActionForm, ArgumentForm
from registry.records import RecordKind

MAX_CALLS: Final = 20
MAX_LIST: Final = 40
MAX_TEXT: Final = 4000
_DATE: Final = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}(:\d{2}(:\d{2})?)?(Z|[+-]\d{2}:\d{2})?)?)?)?", re.ASCII)
_WORD: Final = re.compile(r"\w+")
_BETWEEN: Final = "\n"
# Thai, Lao, Myanmar and Khmer; kana and Han.
_UNSPACED: Final = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"
)


class BadProposal(ValueError):
    """Raised for an answer that is no proposal. The message names the place and the kind of fault, never the model's
    words."""


class Parser:
    """Parses one answer for one request. ``actions`` are those offered, by token; ``others`` those of other roles,
    which may be named but not called."""

    def __init__(
        self,
        request: Request,
        actions: Mapping[str, ActionForm],
        kinds: Sequence[RecordKind],
        others: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.request, self.actions, self.others = request, actions, others
        self.id_fields = {kind.name: kind.id_field for kind in kinds}
        self._taken: set[tuple[int, int]] = set()

    def parse(self, answer: Any) -> Proposal:
        """Raises BadProposal."""
        self._taken.clear()
        _storable(answer)
        held = _mapping(answer, "the answer")
        result = self._result(_mapping(held.get("result"), "result"))
        left = tuple(_text(each, "left_over") for each in _list(held.get("left_over") or (), "left_over"))
        understood = held.get("understood")
        try:
            return Proposal(result=result, understood=str(understood or "")[:400], left_over=left)
        except ValidationError as error:
            raise BadProposal("a value does not fit") from error

    def _result(self, held: Mapping[str, Any]) -> Result:
        match held.get("type"):
            case "plan":
                calls = [call for each in _list(held.get("steps"), "steps") for call in self._step(each)]
                if not 0 < len(calls) <= MAX_CALLS:
                    raise BadProposal("a plan has no step, or too many")
                replaces = tuple(_text(each, "replaces") for each in _list(held.get("replaces") or (), "replaces"))
                return PlanResult(calls=tuple(calls), replaces=replaces)
            case "answer":
                return AnswerResult(answer=self._answer(_mapping(held.get("answer"), "answer")))
            case "ask":
                names = tuple(dict.fromkeys(self._name(each) for each in _list(held.get("actions") or (), "actions")))
                return AskResult(question=_text(held.get("question") or "", "question"), actions=names)
            case "none":
                reason, action = held.get("reason"), held.get("action")
                if reason not in get_args(NoneReason):
                    raise BadProposal("none has an unknown reason")
                quote = _text(held.get("quote") or "", "quote")
                return NoneResult(reason=reason, action=self._name(action) if action else None, quote=quote)
            case "undo":
                return UndoResult(calls=tuple(_text(each, "calls") for each in _list(held.get("calls"), "calls")))
        raise BadProposal("result has an unknown type")

    # ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _step(self, step: Any) -> list[Call]:
        held = _mapping(step, "steps")
        if "if" not in held:
            return [self._call(held)]
        tests = tuple(self._test(each, 0) for each in _list(held["if"], "if"))
        if not tests:
            raise BadProposal("a branch has no test")
        join = "any" if held.get("join") == "any" else "all"
        made: list[Call] = []
        for key, holds in (("then", True), ("else", False)):
            when = When(tests=tests, join=join, holds=holds)
            calls = [self._call(_mapping(each, key)) for each in _list(held.get(key) or (), key)]
            made += [each.model_copy(update={"condition": when}) for each in calls]
        return made

    def _call(self, held: Mapping[str, Any]) -> Call:
        action = self.actions.get(str(held.get("action")))
        if action is None:
            raise BadProposal("a call names no offered action")
        unknown = set(held) - {"action", *action.arguments}
        if unknown:
            raise BadProposal("a call has an argument that its action doesn't")
        arguments: dict[str, Argument] = {}
        for token, form in action.arguments.items():
            value = held.get(token)
            if value is None:
                continue
            argument = self._argument(value, form)
            if argument is not None:
                arguments[form.parameter] = argument
        return Call(action=action.offer.name, arguments=arguments)

    def _argument(self, value: Any, form: ArgumentForm) -> Argument | None:
        held = _mapping(value, form.token)
        if form.form == "reference":
            return RecordArgument(reference=self._reference(held, 0))
        if form.form == "expression":
            return ComputedArgument(expression=self._expression(held, 0))
        if "draft" in held:
            fills = tuple(
                self._expression(_mapping(each, "fills"), 0) for each in _list(held.get("fills") or (), "fills")
            )
            return DraftedText(text=_text(held["draft"], "draft"), fills=fills)
        quote = self._quote(held.get("quote"))
        if "value" not in held:
            return QuotedText(quote=quote) if quote is not None and form.form == "text" else None
        given = held["value"]
        return None if given is None or given == "" else TypedValue(value=_bounded(given), quote=quote)

    # ── references ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _reference(self, value: Any, depth: int) -> Reference:
        held = _mapping(value, "ref")
        if depth > MAX_DEPTH:
            raise BadProposal("a reference is nested too deep")
        if "handle" in held:
            return Handle(handle=_text(held["handle"], "handle")[:100])
        kind = held.get("kind")
        if not isinstance(kind, str) or kind not in self.id_fields:
            raise BadProposal("a reference names no kind of record")
        where = tuple(self._condition(each, depth + 1) for each in _list(held.get("where") or (), "where"))
        among = held.get("among")
        return Find(
            record=str(kind),
            said=self._said(held.get("said")),
            where=where,
            order=self._order(held.get("order"), depth + 1),
            pick=self._pick(held.get("pick")),
            among=_text(among, "among") if among else None,
        )

    def _pick(self, held: Any) -> Any:
        if held in (None, "one", 1):
            return "one"
        if held == "all":
            return "all"
        if isinstance(held, int) and not isinstance(held, bool) and 1 < held <= 1000:
            return held
        raise BadProposal("pick is neither one, all nor a number")

    def _order(self, value: Any, depth: int) -> OrderByField | OrderByCount | None:
        if value is None:
            return None
        held = _mapping(value, "order")
        nth = held.get("nth") or 1
        if not isinstance(nth, int) or isinstance(nth, bool) or not 0 < nth <= 1000:
            raise BadProposal("nth is no place in a line")
        first = held.get("first")
        if first not in ("latest", "earliest", "highest", "lowest"):
            raise BadProposal("order has no known end")
        if "count" in held:
            return OrderByCount(count=self._reference(held["count"], depth), first=first, nth=nth)
        return OrderByField(by=_text(held.get("by") or "as listed", "by"), first=first, nth=nth)

    def _condition(self, value: Any, depth: int) -> Condition:
        held = _mapping(value, "where")
        if depth > MAX_DEPTH:
            raise BadProposal("a condition is nested too deep")
        if "state" in held:
            return StateIs(state=_text(held["state"], "state"), negated=held.get("not") is True)
        if "field" in held:
            expression = self._expression(held.get("value"), depth)
            return Compare(field=_text(held["field"], "field"), op=_comparison(held.get("op")), value=expression)
        if "belongs_to" in held:
            return BelongsTo(owner=self._reference(held["belongs_to"], depth))
        if "has" in held:
            count = held.get("n", 1)
            if not isinstance(count, int) or isinstance(count, bool) or count < 0:
                raise BadProposal("has counts by no number")
            return Has(related=self._reference(held["has"], depth), op=_comparison(held.get("op")), count=count)
        if "except" in held:
            return Except(left_out=self._reference(held["except"], depth))
        if "any_of" in held:
            parts = tuple(self._condition(each, depth + 1) for each in _list(held["any_of"], "any_of"))
            return AnyOf(conditions=parts)
        raise BadProposal("a condition is of no known form")

    # ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _expression(self, value: Any, depth: int) -> Expression:
        held = _mapping(value, "value")
        if depth > MAX_DEPTH:
            raise BadProposal("a value is nested too deep")
        if "number" in held:
            unit = held.get("unit")
            return Number(
                number=_number(held["number"]),
                unit=str(unit)[:20] if unit else None,
                quote=self._quote(held.get("quote")),
            )
        if "date" in held:
            date = _text(held["date"], "date").replace(" ", "T")
            if not _DATE.fullmatch(date):
                raise BadProposal("a date is not written as one")
            return Day(date=date, quote=self._quote(held.get("quote")))
        if "word" in held:
            return Word(word=_scalar(held["word"]), quote=self._quote(held.get("quote")))
        if "argument" in held:
            return ArgumentOf(argument=_text(held["argument"], "argument"), of=_text(held.get("of") or "", "of"))
        if "field" in held:
            return FieldOf(field=_text(held["field"], "field"), of=self._reference(held.get("of"), depth + 1))
        if "count" in held:
            return CountOf(of=self._reference(held["count"], depth + 1))
        if "total" in held:
            return TotalOf(field=_text(held["total"], "total"), of=self._reference(held.get("of"), depth + 1))
        if held.get("op") in ("+", "-", "*", "/", "days between"):
            a, b = (self._expression(held.get(side), depth + 1) for side in ("a", "b"))
            return Computed(op=held["op"], a=a, b=b)
        raise BadProposal("a value is of no known form")

    def _test(self, value: Any, depth: int) -> Test:
        held = _mapping(value, "test")
        left, right = (self._expression(held.get(side), depth) for side in ("left", "right"))
        return Test(left=left, op=_comparison(held.get("op")), right=right)

    def _answer(self, held: Mapping[str, Any]) -> Answer:
        about = self._reference(held["about"], 0) if held.get("about") is not None else None
        if "records" in held:
            fields = tuple(_text(each, "fields") for each in _list(held.get("fields") or (), "fields"))
            return RecordsAnswer(records=self._reference(held["records"], 0), fields=fields)
        if "yes_no" in held:
            tests = tuple(self._test(each, 0) for each in _list(held["yes_no"], "yes_no"))
            if not tests:
                raise BadProposal("a yes or no has no test")
            return YesNoAnswer(tests=tests, join="any" if held.get("join") == "any" else "all", about=about)
        if "asks" in held:
            asks = held["asks"]
            if asks not in ("may I", "who may", "can it be undone", "is it confirmed"):
                raise BadProposal("a question about an action is of no known form")
            return ActionAnswer(action=self._name(held.get("action")), asks=asks)
        if "value" in held:
            return ValueAnswer(value=self._expression(held["value"], 0), about=about)
        if held.get("what_can_i_do"):
            return HelpAnswer()
        raise BadProposal("an answer is of no known form")

    # ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _name(self, token: Any) -> str:
        """An action by its token. Raises BadProposal for one that was not named."""
        known = self.actions.get(_text(token, "action"))
        name = known.offer.name if known is not None else self.others.get(token)
        if name is None:
            raise BadProposal("an action is named that there isn't")
        return name

    def _said(self, held: Any) -> Words | None:
        return self._quote(held) if held not in (None, "") else None

    def _quote(self, held: Any) -> Words | None:
        """The place of quoted words: where the same words stand more than once, each quote takes the next place."""
        if held in (None, ""):
            return None
        text = _text(held, "quote").strip()
        if not text:
            return None
        found = locate(text, self.request, self._taken)
        if found.start is not None:
            self._taken.add((found.origin, found.start))
        return found


def locate(text: str, request: Request, taken: Collection[tuple[int, int]] = ()) -> Words:
    """The place of words in the request or an answer, as whole words: exactly, else ignoring case, spaces and
    punctuation; the latest answer first, and places in ``taken`` (origin, start) last."""
    wanted = [each.casefold() for each in _WORD.findall(text)]
    found: list[Words] = []
    for origin in (*range(len(request.answers), 0, -1), 0):
        there = request.words(origin)
        exact = [at.start() for at in re.finditer(re.escape(text), there) if _whole(there, at.start(), at.end())]
        found += [Words(text=text, origin=origin, start=start) for start in exact]
        if exact or not wanted:
            continue
        joined, places = _folded_words(there)
        sought = _joined(wanted)
        at = joined.find(sought)
        while at >= 0:
            first = joined.count(_BETWEEN, 0, at)
            start, end = places[first][0], places[first + len(wanted) - 1][1]
            found.append(Words(text=there[start:end], origin=origin, start=start))
            at = joined.find(sought, at + 1)
    free = [each for each in found if (each.origin, each.start) not in taken]
    return next(iter((*free, *found)), Words(text=text))


@lru_cache(maxsize=64)
def _folded_words(text: str) -> tuple[str, Sequence[tuple[int, int]]]:
    """The words of a text in one string, and the place of each: folded once for every quote that is looked for."""
    words = list(_WORD.finditer(text))
    return _joined(each.group().casefold() for each in words), tuple(each.span() for each in words)


def _joined(words: Iterable[str]) -> str:
    return "".join(f"{_BETWEEN}{each}" for each in words) + _BETWEEN


def _whole(text: str, start: int, end: int) -> bool:
    """Whether no word or number goes on across the ends of a stretch."""
    before = start > 0 and _goes_on(text[start - 1], text[start])
    after = end < len(text) and _goes_on(text[end - 1], text[end])
    return not before and not after


def _goes_on(left: str, right: str) -> bool:
    """Whether two characters beside each other are of one word. Scripts without spaces have a word's end anywhere."""
    return left.isalnum() and right.isalnum() and not (_UNSPACED.match(left) or _UNSPACED.match(right))


def _storable(answer: Any) -> None:
    """What is no text in any encoding (half a surrogate pair, NUL) or endless can't be shown, stored or sent."""
    try:
        text = json.dumps(answer, ensure_ascii=False)
        text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise BadProposal("the answer holds what is no text") from error
    if "\\u0000" in text:
        raise BadProposal("the answer holds what is no text")


def _mapping(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadProposal(f"{what} is no object")
    return value


def _list(value: Any, what: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple) or len(value) > MAX_LIST:
        raise BadProposal(f"{what} is no list, or too long")
    return value


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise BadProposal(f"{what} is no text, or too long")
    return value


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise BadProposal("a number is none")
    try:
        made = Decimal(str(value))
    except InvalidOperation as error:
        raise BadProposal("a number is none") from error
    if not made.is_finite() or abs(made) >= Decimal(10) ** 15 or made.as_tuple().exponent < -9:  # type: ignore[operator]
        raise BadProposal("a number is out of range")
    return made


def _scalar(value: Any) -> bool | int | float | str:
    if isinstance(value, bool | int | float | str):
        return value
    raise BadProposal("a word is none")


def _comparison(value: Any) -> Comparison:
    if value not in get_args(Comparison):
        raise BadProposal("a comparison is unknown")
    made: Comparison = value
    return made


def _bounded(value: Any, depth: int = 0) -> Any:
    """A JSON value without keys that are null: what was left out of an object is left out."""
    if depth > MAX_DEPTH:
        raise BadProposal("a value is nested too deep")
    if isinstance(value, Mapping):
        return {str(key): _bounded(each, depth + 1) for key, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [_bounded(each, depth + 1) for each in _list(value, "a list")]
    if isinstance(value, str):
        return _text(value, "a value")
    if value is None or isinstance(value, bool | int | float):
        return value
    raise BadProposal("a value is no JSON")
