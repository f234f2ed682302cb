"""Model errors, described without any word of the prompt, the answer or a key.

LiteLLM's and instructor's own messages hold all three. Only their class and the validator's kinds of fault are kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import ValidationError

# A refusal in words instead of the required form. Checked only if the answer fits no schema.
_REFUSAL: Final = re.compile(
    r"^\W*(?:sorry\b|as an ai\b|unfortunately\b|i['’]?m (?:sorry|unable|not able)|i am (?:sorry|unable|not able)|"
    r"i (?:can['’]?t|cannot|won['’]?t|will not|must decline))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ModelFailure:
    """Why no reply came.

    ``again``: the same model may be asked again, after ``after_s`` at the earliest. ``parameter``: the part of
    the request that the provider didn't accept, if known. ``refused``: the provider wouldn't process these words.
    """

    why: str
    again: bool
    after_s: float | None = None
    parameter: str = ""
    refused: bool = False


def says_no(text: str) -> bool:
    """Whether a text that fits no schema is a refusal."""
    return _REFUSAL.match(text) is not None


def unwrap(known: Any, error: BaseException) -> BaseException:
    """LiteLLM's own exception, unwrapped from instructor's. ``known`` is LiteLLM's module of exceptions."""
    seen: BaseException | None = error
    while seen is not None:
        if type(seen).__module__ == known.__name__:
            return seen
        seen = seen.__cause__ or seen.__context__
    return error


def make_failure(known: Any, error: BaseException, timeout_s: float) -> ModelFailure:
    """LiteLLM's exception as a ``ModelFailure``."""
    if isinstance(error, known.Timeout):
        return ModelFailure(f"no answer within {timeout_s:g} s", again=True)
    if isinstance(error, known.RateLimitError):
        return _make_limited(_retry_after(_list_headers(error)))
    if isinstance(error, known.ContentPolicyViolationError):
        return _REFUSED
    if isinstance(error, known.AuthenticationError | known.PermissionDeniedError):
        return _KEY
    if isinstance(error, known.ContextWindowExceededError):
        return _TOO_LONG
    if isinstance(error, known.NotFoundError):
        return _NO_MODEL
    if isinstance(error, known.BadRequestError | known.UnprocessableEntityError | known.UnsupportedParamsError):
        return _NOT_TAKEN
    if isinstance(error, known.APIConnectionError):
        return NO_CONNECTION
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and status >= 500:
        return _make_broken(status, _retry_after(_list_headers(error)))
    return ModelFailure(f"the provider failed ({type(error).__name__})", again=False)


def _list_headers(error: BaseException) -> Mapping[str, str]:
    of_response = getattr(getattr(error, "response", None), "headers", None) or {}
    return {**(getattr(error, "litellm_response_headers", None) or {}), **of_response}


def make_status_failure(status: int, headers: Mapping[str, str], body: bytes) -> ModelFailure:
    """An HTTP status of an OpenAI-compatible server that is not 200, as a ``ModelFailure``."""
    if status == 429:
        return _make_limited(_retry_after(headers))
    if status in (401, 403):
        return _KEY
    if status == 404:
        return _NO_MODEL
    if status == 413 or (status == 400 and _LENGTH.search(body)):
        return _TOO_LONG
    if status == 400 and _POLICY.search(body):
        return _REFUSED
    if status in (400, 422):
        named = _PARAMETER.search(body)
        return replace(_NOT_TAKEN, parameter=named[1].decode()) if named else _NOT_TAKEN
    return (
        _make_broken(status, _retry_after(headers))
        if status >= 500
        else ModelFailure(f"the provider failed ({status})", again=False)
    )


def _make_limited(after_s: float | None) -> ModelFailure:
    return ModelFailure("the provider limits the rate (429)", again=True, after_s=after_s)


def _make_broken(status: int, after_s: float | None) -> ModelFailure:
    return ModelFailure(f"the provider failed ({status})", again=True, after_s=after_s)


NO_CONNECTION: Final = ModelFailure("no connection", again=True)
NO_COMPLETION: Final = ModelFailure("the provider's answer is no chat completion; check OPSIQ_MODEL_URL", again=False)
NO_COUNTS: Final = ModelFailure(
    "the provider's usage figures are no counts of tokens; check OPSIQ_MODEL_URL", again=False
)
_KEY: Final = ModelFailure("the provider refuses the key; check OPSIQ_MODEL_KEY", again=False)
_TOO_LONG: Final = ModelFailure("the request is longer than the model's context", again=False)
_NO_MODEL: Final = ModelFailure("the provider has no such model; check OPSIQ_MODEL and OPSIQ_MODEL_URL", again=False)
_NOT_TAKEN: Final = ModelFailure("the provider can't take the request (400); try OPSIQ_MODEL_MODE=tools", again=False)
_REFUSED: Final = ModelFailure("the provider would not work on this", again=False, refused=True)
# Error codes of OpenAI and similar servers, from the error's own fields. Quoted words of the prompt must not count as a
# code.
_LENGTH: Final = re.compile(
    rb'"(?:code|type)"\s*:\s*"(?:context_length_exceeded|exceed_context_size_error|string_above_max_length)"'
)
_PARAMETER: Final = re.compile(rb'"param"\s*:\s*"([a-z_]+)"')
_POLICY: Final = re.compile(rb'"code"\s*:\s*"(?:content_policy_violation|content_filter)"')


def _retry_after(headers: Mapping[str, str]) -> float | None:
    try:
        return max(0.0, float(headers["retry-after"]))
    except (KeyError, ValueError, TypeError):
        return None


def describe_fault(error: BaseException) -> str:
    """What was wrong with an answer: the validator's kinds of fault, and none of the answer's words."""
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
    "value_error": "it does not fit the form asked for: an action, argument or key that is not offered, or a "
    "value of another type",
}


def repair(messages: Sequence[Mapping[str, str]], answer: str, wrong: str, legal: str) -> list[dict[str, str]]:
    """The messages that ask again: what was asked, what came, and what was wrong with it. ``legal`` lists the legal
    actions."""
    faults = [_MEANING.get(each, each) for each in wrong.split(", ")]
    said = f"That answer can't be used: {'; '.join(faults)}. Answer again with one JSON object in the form asked for."
    if legal:
        said += f" Its action is one of: {legal}."
    return [
        *(dict(message) for message in messages),
        {"role": "assistant", "content": answer[:2000] or "(nothing)"},
        {"role": "user", "content": said},
    ]
