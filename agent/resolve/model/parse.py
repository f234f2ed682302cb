"""Parser: turns a model's answer into a proposal. Trusts nothing: it checks depth, counts and every name, and looks for
each quote in what was typed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
    Aside,
    AsideKind,
    AskResult,
    BelongsTo,
    Call,
    Compare,
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
from agent.planning.quotes import locate
from agent.resolve.model.answer_json import (
    BadProposal,
    check_storable,
    read_comparison,
    read_list,
    read_mapping,
    read_number,
    read_scalar,
    read_text,
    read_value,
)
from agent.resolve.model.arguments import ActionForm, ArgumentForm, read_objects
from registry.records import RecordKind

MAX_CALLS: Final = 20
_MOST_ALSO: Final = 4
_LONGEST_ALSO: Final = 60
_DATE: Final = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}(:\d{2}(:\d{2})?)?(Z|[+-]\d{2}:\d{2})?)?)?)?", re.ASCII)


class Parser:
    """Parses one answer to one request. ``actions`` are the offered ones, by token. ``others`` belong to other roles:
    they may be named but not called."""

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
        check_storable(answer)
        held = read_mapping(answer, "the answer")
        result = self._parse_result(read_mapping(held.get("result"), "result"))
        left, asides = self._parse_rest(held.get("rest"))
        understood = held.get("understood")
        try:
            return Proposal(result=result, understood=str(understood or "")[:400], left_over=left, asides=asides)
        except ValidationError as error:
            raise BadProposal("a value does not fit") from error

    def _parse_rest(self, value: Any) -> tuple[tuple[str, ...], tuple[Aside, ...]]:
        """The words left over, and the words that change nothing. Both are empty if the answer does not mention them.
        The model is then asked about the words, like any other model."""
        left: list[str] = []
        asides: list[Aside] = []
        for each in read_list(() if value is None else value, "rest"):
            held = read_mapping(each, "rest")
            role, quote = held.get("is"), read_text(held.get("quote") or "", "quote").strip()
            if not quote:
                continue
            if role in get_args(AsideKind):
                asides.append(Aside(words=locate(quote, self.request), role=role))
            else:
                left.append(quote)
        return tuple(left), tuple(asides)

    def _parse_result(self, held: Mapping[str, Any]) -> Result:
        match held.get("type"):
            case "plan":
                calls = [call for each in read_list(held.get("steps"), "steps") for call in self._parse_step(each)]
                if not 0 < len(calls) <= MAX_CALLS:
                    raise BadProposal("a plan has no step, or too many")
                replaces = tuple(
                    read_text(each, "replaces") for each in read_list(held.get("replaces") or (), "replaces")
                )
                return PlanResult(calls=tuple(calls), replaces=replaces)
            case "answer":
                return AnswerResult(answer=self._parse_answer(read_mapping(held.get("answer"), "answer")))
            case "ask":
                names = tuple(
                    dict.fromkeys(self._parse_name(each) for each in read_list(held.get("actions") or (), "actions"))
                )
                return AskResult(question=read_text(held.get("question") or "", "question"), actions=names)
            case "none":
                reason, action = held.get("reason"), held.get("action")
                if reason not in get_args(NoneReason):
                    raise BadProposal("none has an unknown reason")
                quote = read_text(held.get("quote") or "", "quote")
                return NoneResult(reason=reason, action=self._parse_name(action) if action else None, quote=quote)
            case "undo":
                return UndoResult(
                    calls=tuple(read_text(each, "calls") for each in read_list(held.get("calls"), "calls"))
                )
        raise BadProposal("result has an unknown type")

    # ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _parse_step(self, step: Any) -> list[Call]:
        held = read_mapping(step, "steps")
        if "if" not in held:
            return [self._parse_call(held)]
        tests = tuple(self._test(each, 0) for each in read_list(held["if"], "if"))
        if not tests:
            raise BadProposal("a branch has no test")
        join = "any" if held.get("join") == "any" else "all"
        made: list[Call] = []
        for key, holds in (("then", True), ("else", False)):
            when = When(tests=tests, join=join, holds=holds)
            calls = [self._parse_call(read_mapping(each, key)) for each in read_list(held.get(key) or (), key)]
            made += [each.model_copy(update={"condition": when}) for each in calls]
        return made

    def _parse_call(self, held: Mapping[str, Any]) -> Call:
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
            argument = self._parse_argument(value, form, action.offer.parameters)
            if argument is not None:
                arguments[form.parameter] = argument
        return Call(action=action.offer.name, arguments=arguments)

    def _parse_argument(self, value: Any, form: ArgumentForm, root: Mapping[str, Any]) -> Argument | None:
        held = read_mapping(value, form.token)
        if form.form == "reference":
            return RecordArgument(reference=self._parse_reference(held, 0))
        if form.form == "expression":
            return ComputedArgument(expression=self._parse_expression(held, 0))
        if "argument" in held or (form.moves and "op" in held):
            return ComputedArgument(expression=self._parse_expression(held, 0))
        if "draft" in held:
            fills = tuple(
                self._parse_expression(read_mapping(each, "fills"), 0)
                for each in read_list(held.get("fills") or (), "fills")
            )
            quote = self._quote(held.get("quote"))
            return DraftedText(text=read_text(held["draft"], "draft"), fills=fills, quote=quote)
        quote = self._quote(held.get("quote"))
        if "value" not in held:
            return QuotedText(quote=quote) if quote is not None and form.form == "text" else None
        given = held["value"]
        if given is None or given == "":
            return None
        return TypedValue(value=read_value(read_objects(given, form.schema, root)), quote=quote)

    # ── references ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _parse_reference(self, value: Any, depth: int) -> Reference:
        held = read_mapping(value, "ref")
        if depth > MAX_DEPTH:
            raise BadProposal("a reference is nested too deep")
        if "handle" in held:
            return Handle(handle=read_text(held["handle"], "handle")[:100])
        kind = held.get("kind")
        if not isinstance(kind, str) or kind not in self.id_fields:
            raise BadProposal("a reference names no kind of record")
        where = tuple(self._parse_condition(each, depth + 1) for each in read_list(held.get("where") or (), "where"))
        among = held.get("among")
        return Find(
            record=str(kind),
            said=self._parse_words(held.get("said")),
            also=self._parse_also(held),
            where=where,
            order=self._parse_order(held.get("order"), depth + 1),
            pick=self._pick(held.get("pick")),
            among=read_text(among, "among") if among else None,
        )

    def _parse_also(self, held: Mapping[str, Any]) -> tuple[str, ...]:
        also = [read_text(each, "also").strip()[:_LONGEST_ALSO] for each in read_list(held.get("also") or (), "also")]
        return tuple(dict.fromkeys(each for each in also if each))[:_MOST_ALSO] if held.get("said") else ()

    def _pick(self, held: Any) -> Any:
        if held in (None, "one", 1):
            return "one"
        if held == "all":
            return "all"
        if isinstance(held, int) and not isinstance(held, bool) and 1 < held <= 1000:
            return held
        raise BadProposal("pick is neither one, all nor a number")

    def _parse_order(self, value: Any, depth: int) -> OrderByField | OrderByCount | None:
        if value is None:
            return None
        held = read_mapping(value, "order")
        nth = held.get("nth") or 1
        if not isinstance(nth, int) or isinstance(nth, bool) or not 0 < nth <= 1000:
            raise BadProposal("nth is no place in a line")
        first = held.get("first")
        if first not in ("latest", "earliest", "highest", "lowest"):
            raise BadProposal("order has no known end")
        if "count" in held:
            return OrderByCount(count=self._parse_reference(held["count"], depth), first=first, nth=nth)
        return OrderByField(by=read_text(held.get("by") or "as listed", "by"), first=first, nth=nth)

    def _parse_condition(self, value: Any, depth: int) -> Condition:
        held = read_mapping(value, "where")
        if depth > MAX_DEPTH:
            raise BadProposal("a condition is nested too deep")
        if "state" in held:
            return StateIs(state=read_text(held["state"], "state"), negated=held.get("not") is True)
        if "field" in held:
            expression = self._parse_expression(held.get("value"), depth)
            return Compare(
                field=read_text(held["field"], "field"), op=read_comparison(held.get("op")), value=expression
            )
        if "belongs_to" in held:
            return BelongsTo(owner=self._parse_reference(held["belongs_to"], depth))
        if "has" in held:
            count = held.get("n", 1)
            if not isinstance(count, int) or isinstance(count, bool) or count < 0:
                raise BadProposal("has counts by no number")
            return Has(
                related=self._parse_reference(held["has"], depth), op=read_comparison(held.get("op")), count=count
            )
        if "except" in held:
            return Except(left_out=self._parse_reference(held["except"], depth))
        if "any_of" in held:
            parts = tuple(self._parse_condition(each, depth + 1) for each in read_list(held["any_of"], "any_of"))
            return AnyOf(conditions=parts)
        raise BadProposal("a condition is of no known form")

    # ── values ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def _parse_expression(self, value: Any, depth: int) -> Expression:
        held = read_mapping(value, "value")
        if depth > MAX_DEPTH:
            raise BadProposal("a value is nested too deep")
        if "number" in held:
            unit = held.get("unit")
            return Number(
                number=read_number(held["number"]),
                unit=str(unit)[:20] if unit else None,
                quote=self._quote(held.get("quote")),
            )
        if "date" in held:
            date = read_text(held["date"], "date").replace(" ", "T")
            if not _DATE.fullmatch(date):
                raise BadProposal("a date is not written as one")
            return Day(date=date, quote=self._quote(held.get("quote")))
        if "word" in held:
            return Word(word=read_scalar(held["word"]), quote=self._quote(held.get("quote")))
        if "argument" in held:
            return ArgumentOf(
                argument=read_text(held["argument"], "argument"), of=read_text(held.get("of") or "", "of")
            )
        if "field" in held:
            return FieldOf(field=read_text(held["field"], "field"), of=self._parse_reference(held.get("of"), depth + 1))
        if "count" in held:
            return CountOf(of=self._parse_reference(held["count"], depth + 1))
        if "total" in held:
            return TotalOf(field=read_text(held["total"], "total"), of=self._parse_reference(held.get("of"), depth + 1))
        if held.get("op") in ("+", "-", "*", "/", "days between"):
            a, b = (self._parse_expression(held.get(side), depth + 1) for side in ("a", "b"))
            return Computed(op=held["op"], a=a, b=b)
        raise BadProposal("a value is of no known form")

    def _test(self, value: Any, depth: int) -> Test:
        held = read_mapping(value, "test")
        left, right = (self._parse_expression(held.get(side), depth) for side in ("left", "right"))
        return Test(left=left, op=read_comparison(held.get("op")), right=right)

    def _parse_answer(self, held: Mapping[str, Any]) -> Answer:
        about = self._parse_reference(held["about"], 0) if held.get("about") is not None else None
        if "records" in held:
            fields = tuple(read_text(each, "fields") for each in read_list(held.get("fields") or (), "fields"))
            return RecordsAnswer(records=self._parse_reference(held["records"], 0), fields=fields)
        if "yes_no" in held:
            tests = tuple(self._test(each, 0) for each in read_list(held["yes_no"], "yes_no"))
            if not tests:
                raise BadProposal("a yes or no has no test")
            return YesNoAnswer(tests=tests, join="any" if held.get("join") == "any" else "all", about=about)
        if "asks" in held:
            asks = held["asks"]
            if asks not in ("may I", "who may", "can it be undone", "is it confirmed"):
                raise BadProposal("a question about an action is of no known form")
            return ActionAnswer(action=self._parse_name(held.get("action")), asks=asks)
        if "value" in held:
            return ValueAnswer(value=self._parse_expression(held["value"], 0), about=about)
        if held.get("what_can_i_do"):
            return HelpAnswer()
        raise BadProposal("an answer is of no known form")

    # ── words ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _parse_name(self, token: Any) -> str:
        """An action by its token. Raises BadProposal for an action that was not named."""
        known = self.actions.get(read_text(token, "action"))
        name = known.offer.name if known is not None else self.others.get(token)
        if name is None:
            raise BadProposal("an action is named that there isn't")
        return name

    def _parse_words(self, held: Any) -> Words | None:
        return self._quote(held) if held not in (None, "") else None

    def _quote(self, held: Any) -> Words | None:
        """The place of quoted words. If the words occur several times, each quote takes the next occurrence."""
        if held in (None, ""):
            return None
        text = read_text(held, "quote").strip()
        if not text:
            return None
        found = locate(text, self.request, self._taken)
        if found.start is not None:
            self._taken.add((found.origin, found.start))
        return found
