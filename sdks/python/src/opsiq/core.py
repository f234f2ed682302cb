"""What a call is, over all its attempts, without I/O: the clients only carry bytes. Rules: tests/vectors/README.md."""

from __future__ import annotations

import json
import logging
import os
import platform
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any, Final, Generic, Literal, Optional, TypeVar, Union, cast
from urllib.parse import quote, urlsplit

from opsiq._version import __version__
from opsiq.errors import ApiError, ConfigurationError, TimedOutError, TransportError, UnreadableAnswerError, of_problem
from opsiq.reading import Mismatch, reader
from opsiq.signing import Credentials, new_nonce

T = TypeVar("T")
log = logging.getLogger("opsiq")

USER_AGENT: Final = f"opsiq-python/{__version__} python/{platform.python_version()}"
MAX_RETRY_AFTER_S: Final = 60
NULL: Final = object()
_FIRST_PAUSE_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 8.0
_AGAIN: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_PATH: Final = re.compile(r"/[!\"$->@-~]*")
_DOTS: Final = re.compile(r"/(\.|%2e){1,2}(/|\Z)", re.IGNORECASE)
_KEY: Final = re.compile(r"[A-Za-z0-9_.:-]{1,255}")


@dataclass(frozen=True)
class Call(Generic[T]):
    """One request to make. ``read`` is what a success is read as, None for nothing. ``acts``: it takes an Idempotency-Key."""  # noqa: E501

    method: str
    path: str
    read: Optional[type[T]]
    query: str = ""
    body: Optional[bytes] = None
    acts: bool = False
    key: Optional[str] = None
    wait_s: float = 0


@dataclass(frozen=True)
class Outgoing:
    """One attempt, to be sent exactly so."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: Optional[bytes]
    timeout_s: float


@dataclass(frozen=True)
class Answer:
    """``headers`` by lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class NoAnswer:
    kind: Literal["connect", "timeout", "dropped"]
    why: str = ""


Came = Union[Answer, NoAnswer]


@dataclass(frozen=True)
class Attempt:
    """What the hook is told of each attempt: never a secret, a signature or a body. ``pause_s``: it is tried again after that."""  # noqa: E501

    method: str
    path: str
    number: int
    status: Optional[int]
    error: Optional[str]
    request_id: Optional[str]
    duration_s: float
    pause_s: Optional[float]


@dataclass(frozen=True)
class Decision:
    """``pause_s`` None: not again. ``server_time``: sign by this clock from now on."""

    pause_s: Optional[float] = None
    server_time: Optional[int] = None


class Core:
    """What all calls of a client share. ``clock`` is unix seconds, ``random`` a number in [0, 1)."""

    def __init__(
        self,
        credentials: Credentials,
        base_url: str,
        *,
        timeout_s: float,
        max_retries: int,
        clock: Callable[[], float],
        random: Callable[[], float],
        on_attempt: Optional[Callable[[Attempt], None]],
    ) -> None:
        if not timeout_s > 0 or max_retries < 0:
            raise ConfigurationError("timeout_s must be more than 0, max_retries at least 0.")
        self.credentials = credentials
        self.base_url = base_url
        self.timeout_s = timeout_s
        self.max_retries = max_retries
        self.clock = clock
        self.random = random
        self.on_attempt = on_attempt
        self.offset_s = 0
        """How far the server's clock is ahead of ours, as far as it has said so."""

    def with_options(self, timeout_s: Optional[float], max_retries: Optional[int]) -> Core:
        """The same with other bounds; None leaves one as it is. Raises ConfigurationError."""
        other = Core(
            self.credentials,
            self.base_url,
            timeout_s=self.timeout_s if timeout_s is None else timeout_s,
            max_retries=self.max_retries if max_retries is None else max_retries,
            clock=self.clock,
            random=self.random,
            on_attempt=self.on_attempt,
        )
        other.offset_s = self.offset_s
        return other

    def begin(self, call: Call[T]) -> Exchange[T]:
        """Raises ConfigurationError for an idempotency key that can't be sent."""
        return Exchange(self, call)


class Exchange(Generic[T]):
    """One call, attempt by attempt: ``outgoing()``, send it, ``took(what came)``, and again after the pause that says."""  # noqa: E501

    result: T

    def __init__(self, core: Core, call: Call[T]) -> None:
        self._core = core
        self._call = call
        self._key = (idempotency_key(call.key) if call.key is not None else os.urandom(16).hex()) if call.acts else None
        self._attempt = 0
        self._mended = False
        self._unsure = False
        self._ts = 0

    def outgoing(self) -> Outgoing:
        """The next attempt, signed afresh."""
        call, core = self._call, self._core
        self._attempt += 1
        self._ts = int(core.clock())
        headers = {"Accept": "application/json", "User-Agent": USER_AGENT}
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        if self._key is not None:
            headers["Idempotency-Key"] = self._key
        headers["Authorization"] = core.credentials.authorization(
            ts=self._ts + core.offset_s, nonce=new_nonce(), method=call.method, path=call.path, query=call.query,
            idempotency_key=self._key or "", body=call.body or b"",
        )  # fmt: skip
        target = f"{call.path}?{call.query}" if call.query else call.path
        return Outgoing(call.method, target, headers, call.body, core.timeout_s + call.wait_s)

    def took(self, came: Came, duration_s: float) -> Optional[float]:
        """Seconds to pause before the next attempt; None when it is done and ``result`` stands. Raises ApiError or TransportError."""  # noqa: E501
        core = self._core
        if isinstance(came, Answer) and (200 <= came.status <= 299 or self._gone(came)):
            self._tell(came, duration_s, None)
            self.result = _read(self._call, came, core.base_url)
            return None
        now, limit = core.clock(), core.max_retries
        decision = decide(
            came, attempt=self._attempt, max_retries=limit, now=now, random=core.random(), mended=self._mended
        )
        if decision.server_time is not None:
            self._mended = True
            core.offset_s = decision.server_time - self._ts
        self._tell(came, duration_s, decision.pause_s)
        if decision.pause_s is not None:
            self._unsure |= isinstance(came, NoAnswer) or came.status == 408 or came.status >= 500
            return decision.pause_s
        call = f"{self._call.method} {self._call.path}"
        if isinstance(came, Answer):
            raise error_of(came, now, call, core.base_url)
        kind = TimedOutError if came.kind == "timeout" else TransportError
        raise kind(
            f"No answer from {core.base_url} to {call} after {self._attempt} attempt(s): {came.kind}. {came.why}".strip(),  # noqa: E501
            idempotency_key=self._key,
        )

    def _gone(self, came: Answer) -> bool:
        """What is to be removed is not there: an attempt whose answer was lost may have removed it."""
        return self._unsure and self._call.method == "DELETE" and json_object(came).get("code") == "not_found"

    def _tell(self, came: Came, duration_s: float, pause_s: Optional[float]) -> None:
        if self._core.on_attempt is None and not log.isEnabledFor(logging.DEBUG):
            return
        answer, silence = (came, None) if isinstance(came, Answer) else (None, came.kind)
        status, request_id = (answer.status, answer.headers.get("x-request-id")) if answer else (None, None)
        method, path, number = self._call.method, self._call.path, self._attempt
        told = Attempt(method, path, number, status, silence, request_id, duration_s, pause_s)
        log.debug("%s", told)
        if self._core.on_attempt is not None:
            try:
                self._core.on_attempt(told)
            except Exception:
                log.exception("on_attempt raised; the call goes on")


def decide(came: Came, *, attempt: int, max_retries: int, now: float, random: float, mended: bool = False) -> Decision:
    """Whether what came, no success, is worth another attempt, and after which pause."""
    if attempt > max_retries:
        return Decision()
    least = 0.0
    if isinstance(came, Answer):
        problem = json_object(came)
        server_time = problem.get("server_time")
        if came.status == 401 and problem.get("code") == "clock_skew":
            fits = isinstance(server_time, int) and not isinstance(server_time, bool) and not mended
            return Decision(0.0, server_time) if fits else Decision()
        worth = problem.get("retryable")
        least = retry_after_s(came, now) or 0.0
        if not (worth if isinstance(worth, bool) else came.status in _AGAIN) or least > MAX_RETRY_AFTER_S:
            return Decision()
    pause = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2.0 ** min(attempt - 1, 10))
    return Decision(max(least, pause * (0.5 + random / 2)))


def retry_after_s(came: Answer, now: float) -> Optional[float]:
    """What ``Retry-After`` asks for: whole seconds, or an HTTP date. None where it is absent or unreadable."""
    text = came.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return max(0.0, at.replace(tzinfo=at.tzinfo or timezone.utc).timestamp() - now)


def error_of(came: Answer, now: float, call: str, base_url: str) -> ApiError:
    """The error that an answer which is no success becomes. ``call`` is method and path."""
    return of_problem(
        came.status,
        json_object(came),
        call=call,
        base_url=base_url,
        request_id=came.headers.get("x-request-id"),
        retry_after_s=retry_after_s(came, now),
    )


def json_object(came: Answer) -> Mapping[str, Any]:
    """The JSON object of an answer, empty where it has none."""
    try:
        value = json.loads(came.body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _read(call: Call[T], came: Answer, base_url: str) -> T:
    read: Any = call.read
    try:
        empty = read is None or (read is Any and not came.body)
        made: Any = None if empty else reader(read)(json.loads(came.body))
        return cast("T", made)
    except Mismatch as error:
        why = f"its {error}"
    except (ValueError, RecursionError):
        why = "it is no JSON"
    detail = (
        f"{base_url} answered {call.method} {call.path} with success, but the answer can't be read: {why}. "
        "Is this the address of an OpsIQ server? See base_url."
    )
    raise UnreadableAnswerError(detail, status=came.status, request_id=came.headers.get("x-request-id"))


def idempotency_key(given: str) -> str:
    """Raises ConfigurationError for one that no request may carry."""
    if not isinstance(given, str) or not _KEY.fullmatch(given):
        raise ConfigurationError("An idempotency_key has 1 to 255 characters of A-Z a-z 0-9 _ . : -")
    return given


def base_url(given: str) -> str:
    """Scheme, host and port. Raises ConfigurationError for more or less."""
    parts = urlsplit(given)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.path.strip("/")
        or parts.query
        or parts.fragment
        or "@" in parts.netloc
    ):
        raise ConfigurationError("base_url is the server's address alone, as in https://opsiq.example.com")
    return f"{parts.scheme}://{parts.netloc}"


def credentials(public_key: Optional[str], secret_key: Optional[str]) -> Credentials:
    """The pair that is given, else the environment's; never one half of each. Raises ConfigurationError."""
    if public_key is None and secret_key is None:
        public_key, secret_key = os.environ.get("OPSIQ_KEY"), os.environ.get("OPSIQ_SECRET")
    return Credentials(public_key or "", secret_key or "")


def raw(
    method: str, path: str, pairs: Optional[Mapping[str, Any]], sent: Optional[Mapping[str, Any]], key: Optional[str]
) -> Call[Any]:
    """A call of any path, whose answer is read as it is. Raises ConfigurationError for what is no path."""
    verb = method.upper()
    if not _PATH.fullmatch(path) or _DOTS.search(path):
        raise ConfigurationError("A path begins with /, is encoded, and has no . or .. in it; the query is apart.")
    content = None if sent is None else encoded(sent)
    return Call(verb, path, cast("Any", Any), query((pairs or {}).items()), content, verb != "GET", key)


def piece(value: Union[str, int, None]) -> str:
    """An id as one piece of a path. Raises ConfigurationError for none, and for one that an address can't carry."""
    text = str(value)
    if value is None or text in ("", ".", ".."):
        raise ConfigurationError(f"{value!r} is no id.")
    return quoted(text)


def quoted(text: str) -> str:
    """Everything but the unreserved characters of RFC 3986 percent-encoded."""
    try:
        return quote(text, safe="")
    except UnicodeEncodeError:
        raise ConfigurationError("There is half a character (a lone surrogate) in what was given.") from None


def query(pairs: Iterable[tuple[str, Any]]) -> str:
    """None is left out, a list or tuple repeats its name."""
    several = ((name, value if isinstance(value, (list, tuple)) else (value,)) for name, value in pairs)
    return "&".join(
        f"{quoted(name)}={quoted(_word(each))}" for name, values in several for each in values if each is not None
    )


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def body(**members: Any) -> bytes:
    """Compact JSON in UTF-8; a member that is None is left out (NULL is written). Raises ConfigurationError for what has no form."""  # noqa: E501
    return encoded({name: value for name, value in members.items() if value is not None})


def encoded(value: Mapping[str, Any]) -> bytes:
    """Compact JSON in UTF-8. Raises ConfigurationError for what has no form."""
    try:
        return _JSON.encode(value).encode("utf-8")
    except TypeError as error:
        raise ConfigurationError(
            f"This can't be written as JSON: {error}. Give text, numbers, lists and dictionaries."
        ) from None
    except (ValueError, RecursionError):
        raise ConfigurationError(
            "This can't be written as JSON: a number in it is not finite, a text is broken off, or it is nested in itself or too deeply."  # noqa: E501
        ) from None


def _value(value: Any) -> Optional[str]:
    if value is NULL:
        return None
    if isinstance(value, datetime):
        return value.isoformat()
    kind = type(value).__name__
    raise TypeError(f"there is {'an' if kind[0].lower() in 'aeiou' else 'a'} {kind} in it")


_JSON: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=_value)
