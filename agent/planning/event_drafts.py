"""Drafts of an instruction's calls: the event's text is the request, and each argument is drafted from its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agent.pipeline import Argument, Choice, Draft, Mention, Span
from agent.planning.proposal import Call, TypedValue
from agent.planning.quotes import list_words
from registry.catalogue import Catalogue


def draft_by_words(calls: Sequence[Call], catalogue: Catalogue) -> tuple[Draft, ...]:
    """Drafts calls from the words of their arguments. Leaves out what a model worded or computed, and what no typed
    words support."""
    from agent.validate.evidence import find_spans

    made = []
    for call in calls:
        contract = catalogue.get(call.action)
        arguments: dict[str, Argument] = {}
        for name, argument in call.arguments.items():
            spans = tuple(dict.fromkeys(span for words in list_words(argument) for span in find_spans(words)))
            ordered = tuple(sorted(spans, key=lambda span: (span.origin, span.start)))
            if not ordered:
                continue
            arguments[name] = _read_argument(argument, ordered)
        made.append(Draft(action=call.action, version=contract.version if contract else 1, arguments=arguments))
    return tuple(made)


def _read_argument(argument: Any, spans: tuple[Span, ...]) -> Argument:
    if isinstance(argument, TypedValue) and isinstance(argument.value, bool | str):
        return Choice(value=argument.value, spans=spans)
    return Mention(spans=spans)
