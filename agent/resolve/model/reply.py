"""Model reply: one call's answer, through either client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from agent.resolve.model import model_errors
from agent.resolve.model.model_errors import ModelFailure, says_no
from core.storable import make_storable

MOST_TOKENS: Final = 1_000_000_000
"""A larger token count is invalid."""
THOUGHT: Final = "<think>"
"""Start of some models' reasoning before their answer. ``</think>`` ends it."""
CUT_OFF: Final = "cut off before its end"
UNREADABLE: Final = (AttributeError, LookupError, OverflowError, RecursionError, TypeError, ValueError)
"""Exceptions that reading a malformed response raises."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply of a model. ``messages`` are what was sent. ``misfit`` says why the reply doesn't fit the shape (a
    refusal is no misfit). ``reasoned``: the model reasoned before answering, within the same token limit."""

    value: Mapping[str, Any] | None
    messages: Sequence[Mapping[str, Any]]
    text: str = ""
    refused: bool = False
    misfit: str | None = None
    reasoned: bool = False
    tokens_in: int = 0
    tokens_out: int = 0


def text_of(response: Any) -> str:
    """The words of an OpenAI-shaped chat completion: its message, or the arguments of its tool call."""
    message = getattr(_read_choice(response), "message", None)
    calls = getattr(message, "tool_calls", None) or ()
    text = calls[0].function.arguments if calls else getattr(message, "content", None)
    return make_storable(text) if isinstance(text, str) else ""


def cut_off(response: Any) -> bool:
    """Whether the answer ended at its length limit."""
    return getattr(_read_choice(response), "finish_reason", None) == "length"


def make_reply(
    response: Any, value: Mapping[str, Any] | None, messages: Sequence[Mapping[str, Any]], fault: str | None
) -> Reply | ModelFailure:
    """Builds the reply from an OpenAI-shaped ``response``. ``value`` was parsed from it, or ``fault`` says why not.

    A server that gives no valid token counts isn't trusted with the rest either. Raises one of UNREADABLE.
    """
    choice = _read_choice(response)
    text = text_of(response)
    declined = (
        getattr(getattr(choice, "message", None), "refusal", None)
        or getattr(choice, "finish_reason", None) == "content_filter"
    )
    refused = bool(declined) or (fault is not None and says_no(text))
    usage = getattr(response, "usage", None)
    tokens_in, tokens_out = (_read_count(getattr(usage, name, 0)) for name in ("prompt_tokens", "completion_tokens"))
    if tokens_in is None or tokens_out is None:
        return model_errors.NO_COUNTS
    return Reply(
        value=None if refused else value,
        messages=messages,
        text=text,
        refused=refused,
        misfit=None if refused else fault,
        reasoned=_reasoned(choice, usage),
        tokens_in=tokens_in,
        tokens_out=tokens_out,
    )


def _reasoned(choice: Any, usage: Any) -> bool:
    message = getattr(choice, "message", None)
    thoughts = getattr(message, "reasoning_content", None) or getattr(message, "reasoning", None)
    spent = getattr(getattr(usage, "completion_tokens_details", None), "reasoning_tokens", None)
    content = getattr(message, "content", None)
    return bool(thoughts) or bool(_read_count(spent)) or (isinstance(content, str) and THOUGHT in content)


def _read_count(given: Any) -> int | None:
    """A number of tokens. 0 if none is given, None if it isn't a valid count."""
    if given is None:
        return 0
    if isinstance(given, bool) or not isinstance(given, int | float) or not 0 <= given <= MOST_TOKENS:
        return None
    return int(given)


def _read_choice(response: Any) -> Any:
    return response.choices[0] if getattr(response, "choices", None) else None
