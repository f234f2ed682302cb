"""What went wrong with a model, told without a word of the prompt, the answer or a key.

LiteLLM's and instructor's own messages hold all three; what is kept of them here is their class and the validator's
kinds of fault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

# A refusal said in words instead of the form asked for; only looked at where the answer fits no schema.
_REFUSAL: Final = re.compile(
    r"^\W*(?:sorry\b|as an ai\b|unfortunately\b|i['’]?m (?:sorry|unable|not able)|i am (?:sorry|unable|not able)|"
    r"i (?:can['’]?t|cannot|won['’]?t|will not|must decline))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Failure:
    """No reply came. ``again`` says whether the same model may be asked again, ``after_s`` when at the earliest."""

    why: str
    again: bool
    after_s: float | None = None


def says_no(text: str) -> bool:
    """Whether a text that fits no schema is a refusal."""
    return _REFUSAL.match(text) is not None


def original(known: Any, error: BaseException) -> BaseException:
    """What LiteLLM raised, out of what instructor wrapped around it. ``known`` is LiteLLM's module of exceptions."""
    seen: BaseException | None = error
    while seen is not None:
        if type(seen).__module__ == known.__name__:
            return seen
        seen = seen.__cause__ or seen.__context__
    return error


def failure(known: Any, error: BaseException, timeout_s: float) -> Failure:
    """What LiteLLM raised, in our words."""
    if isinstance(error, known.Timeout):
        return Failure(f"no answer within {timeout_s:g} s", again=True)
    if isinstance(error, known.RateLimitError):
        return Failure("the provider limits the rate (429)", again=True, after_s=_retry_after(error))
    if isinstance(error, known.AuthenticationError | known.PermissionDeniedError):
        return Failure("the provider refuses the key; check OPSIQ_MODEL_KEY", again=False)
    if isinstance(error, known.ContextWindowExceededError):
        return Failure("the request is longer than the model's context", again=False)
    if isinstance(error, known.NotFoundError):
        return Failure("the provider has no such model; check OPSIQ_MODEL and OPSIQ_MODEL_URL", again=False)
    if isinstance(error, known.BadRequestError | known.UnprocessableEntityError | known.UnsupportedParamsError):
        return Failure("the provider can't take the request (400); try OPSIQ_MODEL_MODE=tools", again=False)
    if isinstance(error, known.APIConnectionError):
        return Failure("no connection", again=True)
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and status >= 500:
        return Failure(f"the provider failed ({status})", again=True, after_s=_retry_after(error))
    return Failure(f"the provider failed ({type(error).__name__})", again=False)


def _retry_after(error: BaseException) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    try:
        return max(0.0, float(headers["retry-after"]))
    except (KeyError, ValueError, TypeError):
        return None


def fault(error: BaseException) -> str:
    """What was wrong with an answer, without any of its words: kinds of fault from the validator, never what was
    found."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ValidationError):
            kinds = sorted(
                {
                    str(each["type"])
                    for each in seen.errors(include_url=False, include_input=False, include_context=False)
                }
            )
            return ", ".join(kinds[:4])
        if type(seen).__name__ == "IncompleteOutputException":
            return "cut off before its end"
        seen = seen.__cause__ or seen.__context__
    return "not an answer in the form asked for"


_MEANING: Final[Mapping[str, str]] = {
    "json_invalid": "it is not valid JSON",
    "union_tag_invalid": "its action is not one of those listed",
    "union_tag_not_found": "it has no action",
    "extra_forbidden": "it has a key that the chosen action doesn't have",
    "missing": "a key is missing",
    "string_too_long": "a value is too long",
    "string_too_short": "a value is empty",
    "too_long": "a list is too long",
    "literal_error": "a value is not one of those listed",
    "string_type": "a value must be a string of words copied from the request",
}


def repair(messages: Sequence[Mapping[str, str]], answer: str, wrong: str, legal: str) -> list[dict[str, str]]:
    """The messages that ask once more: what was asked, what came, and what was wrong with it. ``legal`` lists the
    actions there are."""
    faults = [_MEANING.get(each, each) for each in wrong.split(", ")]
    said = f"That answer can't be used: {'; '.join(faults)}. Answer again with one JSON object in the form asked for."
    if legal:
        said += f" Its action is one of: {legal}."
    return [
        *(dict(message) for message in messages),
        {"role": "assistant", "content": answer[:2000] or "(nothing)"},
        {"role": "user", "content": said},
    ]
