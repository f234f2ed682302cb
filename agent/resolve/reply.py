"""What came back of one call to a model, whichever way it was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from agent.resolve.faults import says_no
from agent.resolve.odds import Token, tokens

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """One reply. ``messages`` are what was sent. ``misfit`` says what was wrong with it where it fits the shape not; a refusal is
    no misfit."""

    value: T | None
    messages: Sequence[Mapping[str, Any]]
    text: str = ""
    refused: bool = False
    misfit: str | None = None
    tokens: tuple[Token, ...] = ()
    tokens_in: int = 0
    tokens_out: int = 0


def text_of(response: Any) -> str:
    """The words of an OpenAI-shaped chat completion: its message, or the arguments of its tool call."""
    message = getattr(_choice(response), "message", None)
    calls = getattr(message, "tool_calls", None) or ()
    return (calls[0].function.arguments if calls else getattr(message, "content", None)) or ""


def cut_off(response: Any) -> bool:
    """Whether the answer ended because it was as long as it may be."""
    return getattr(_choice(response), "finish_reason", None) == "length"


def reply(response: Any, value: T | None, messages: Sequence[Mapping[str, Any]], fault: str | None) -> Reply[T]:
    """What an OpenAI-shaped ``response`` comes to; ``value`` was read out of it, or ``fault`` says why not."""
    choice = _choice(response)
    text = text_of(response)
    declined = (
        getattr(getattr(choice, "message", None), "refusal", None)
        or getattr(choice, "finish_reason", None) == "content_filter"
    )
    refused = bool(declined) or (fault is not None and says_no(text))
    usage = getattr(response, "usage", None)
    return Reply(
        value=None if refused else value,
        messages=messages,
        text=text,
        refused=refused,
        misfit=None if refused else fault,
        tokens=tokens(getattr(choice, "logprobs", None)),
        tokens_in=int(getattr(usage, "prompt_tokens", 0) or 0),
        tokens_out=int(getattr(usage, "completion_tokens", 0) or 0),
    )


def _choice(response: Any) -> Any:
    return response.choices[0] if getattr(response, "choices", None) else None
