"""Orders of two words: "call off the order" is "cancel the order", "send back" is "return".

Only such as are common English and mean one thing, where an order stands, and outside quotes. The plain verb is written in the place of
both words and filled up with spaces, so that offsets stay; what a value is made of is taken from the request as it was typed.
"""

from __future__ import annotations

import re
from typing import Final

from agent.pipeline import Argument, Ask, Calls, Draft, Resolution, Several, Span
from agent.resolve.split import blanked

# Each is at least as long as its plain verb. What means several things is not here ("turn down", "take out", "set up").
_PLAIN: Final = {
    "bring back": "return", "bring forward": "reschedule", "bring up to date": "update", "call off": "cancel",
    "cross off": "delete", "do away with": "delete", "get rid of": "delete", "give back": "return",
    "hand back": "return", "hold off": "pause", "pass on": "forward", "pay back": "refund", "pick out": "choose",
    "put back": "return", "put off": "delay", "put on hold": "pause", "put together": "make", "rub out": "delete",
    "send along": "send", "send back": "return", "send off": "send", "send out": "send", "send over": "send",
    "shut down": "close", "shut off": "stop", "sort out": "resolve", "strike off": "delete", "swap out": "replace",
    "take away": "remove", "take down": "remove", "throw away": "delete", "throw out": "delete", "wrap up": "close",
}  # fmt: skip
_ORDER: Final = re.compile(
    r"(?P<before>^\W*|[.,;:!?]\s+|\b(?:to|and|then|please|also|just|you|not|n['’]t|i|we)\s+)"
    rf"(?P<verb>{'|'.join(sorted((each.replace(' ', ' +') for each in _PLAIN), key=len, reverse=True))})(?=\s)",
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """The request with two-word orders as one, just as long."""
    made = text
    for found in _ORDER.finditer(blanked(text)):
        start, end = found.span("verb")
        verb = _PLAIN[" ".join(found["verb"].lower().split())]
        if len(verb) <= end - start:
            made = made[:start] + verb.ljust(end - start) + made[end:]
    return made


def as_typed(resolution: Resolution, text: str) -> Resolution:
    """The same, its words those of the request."""
    if not isinstance(resolution, Calls | Ask):
        return resolution
    return resolution.model_copy(update={"drafts": tuple(_draft(draft, text) for draft in resolution.drafts)})


def _draft(draft: Draft, text: str) -> Draft:
    return draft.model_copy(
        update={"arguments": {name: _argument(each, text) for name, each in draft.arguments.items()}}
    )


def _argument(argument: Argument, text: str) -> Argument:
    if isinstance(argument, Several):
        items = tuple(each.model_copy(update={"spans": _spans(each.spans, text)}) for each in argument.items)
        return Several(items=items)
    return argument.model_copy(update={"spans": _spans(argument.spans, text)})


def _spans(spans: tuple[Span, ...], text: str) -> tuple[Span, ...]:
    return tuple(
        span if span.origin else span.model_copy(update={"text": text[span.start : span.end]}) for span in spans
    )
