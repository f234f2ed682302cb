"""Prompt context: contracts, kinds, the thread and the present in the words that a model sees."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from agent.extract.time import dates
from agent.pipeline import Request
from agent.resolve.model.arguments import ActionForm, about, make_hint
from agent.validate.questions import describe_filter
from language.text import read_text
from prompts.propose.context import ActionText, AnswerText, ArgumentText, KindText, ProposeContext, TurnText
from registry.offers.offer import Offer
from registry.records import Field, RecordKind

MAX_NOT_ALLOWED = 30
_TYPES = {"money_minor": "money", "datetime": "time", "date": "day", "boolean": "true|false", "currency": "code"}


def propose_context(
    request: Request,
    actions: Mapping[str, ActionForm],
    kinds: Sequence[RecordKind],
    *,
    role: str,
    not_allowed: Sequence[str] = (),
    more: bool = False,
    plain: bool = False,
) -> ProposeContext:
    """The context of the prompt for this request. In the plain form no default is told, and the present only where the
    words speak of a time: a small model copies both."""
    by_name = {kind.name: kind for kind in kinds}
    shown = {form.offer.name: token for token, form in actions.items()}
    return ProposeContext(
        request=request.text,
        present=format_now(request.now) if not plain or _speaks_of_time(request) else "",
        role=role,
        actions=tuple(_describe_action(form, by_name, shown, plain) for form in actions.values()),
        kinds=tuple(_describe_kind(kind, by_name) for kind in kinds),
        not_allowed=tuple(not_allowed[:MAX_NOT_ALLOWED]),
        more=more,
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
            ArgumentText(each.token, about(each, offer, states, plain=plain), make_hint(each, offer), each.required)
            for each in form.arguments.values()
        ),
        undone_by=shown.get(offer.undo or "", "") if offer.undo else "",
        example=_choose_example(offer),
    )


def _choose_example(offer: Offer) -> str:
    """One request its owner gave for it, where it isn't plain from the description."""
    return offer.examples[0] if offer.examples else ""


def _describe_kind(kind: RecordKind, kinds: Mapping[str, RecordKind]) -> KindText:
    via = {relation.via for relation in kind.relations}
    return KindText(
        name=kind.name,
        about=kind.title,
        fields=tuple(_describe_field(each) for each in kind.fields if each.name not in via),
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
