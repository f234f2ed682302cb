"""Retry policy: what an attempt means and when the next one is due, as pure functions of the reply, so that the tables
can be read and tested.

An action call (docs/decisions has the reasons; ``idempotent`` is a field of the contract):

    what came back                                idempotent            not idempotent
    2xx                                           Success               Success
    nothing was sent (DNS, connect, TLS)          Retry                 Retry
    the address is blocked                        Failed                Failed
    3xx; 4xx but 408, 425, 429                    Failed                Failed
    408, 425, 429; 5xx but the next row           Retry                 Retry
    502, 504, 520, 522, 524 (a gateway speaks)    Retry, unknown        Unknown
    sent, no answer (timeout, closed, malformed)  Retry, unknown        Unknown

Retries end with ACTION_DELAYS_S or the contract's deadline. The call is then Unknown if any attempt may have happened,
and otherwise Failed: once an attempt's outcome is unknown, only a 2xx under the same key can settle it.

A webhook delivery: 2xx is Success. A blocked address, 3xx and 410 are Failed. Everything else is retried along
WEBHOOK_DELAYS_S within WINDOW_S, and then Failed. Receiving twice is safe because of the message id, so no delivery is
Unknown. (docs/reference/wire.md §6)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Final, Literal, NamedTuple

ErrorKind = Literal["blocked", "dns", "connect", "tls", "timeout", "closed", "malformed"]
"""Why no complete answer came: ``timeout`` at any point, ``closed`` by the peer, ``malformed`` if it isn't HTTP."""

ACTION_DELAYS_S: Final = (0.0, 2.0, 10.0, 60.0, 300.0)
WEBHOOK_DELAYS_S: Final = (0.0, 5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0)
JITTER: Final = 0.2
MAX_RETRY_AFTER_S: Final = 36_000.0
WINDOW_S: Final = 86_400.0

_TRY_AGAIN: Final = frozenset({408, 425, 429})
_GATEWAY: Final = frozenset({502, 504, 520, 522, 524})


class Reply(NamedTuple):
    """Result of one attempt. ``status`` is set as soon as an answer's head has come, whatever happens to its body.

    ``body`` has at most 64 KiB (``cut``: there was more). ``sent`` is True if any byte of the request may have reached
    the peer: without a status the outcome is then unknown. ``detail`` is a sentence for the log, without secrets.
    ``retry_after_s`` is seconds from now, from either form of Retry-After. ``headers`` are the request's, by lower-case
    name, including the caller's own.
    """

    status: int | None
    body: bytes
    duration_ms: int
    error: ErrorKind | None
    sent: bool
    retry_after_s: float | None = None
    cut: bool = False
    detail: str = ""
    headers: Mapping[str, str] = MappingProxyType({})

    @property
    def ok(self) -> bool:
        """Whether the status is 2xx."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Success:
    """The peer answered 2xx."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Send the same bytes under the same key again in ``delay_s``. ``unknown``: this attempt may have happened."""

    delay_s: float
    unknown: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The call did not happen, and is not retried."""

    detail: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The call may have happened. A person decides, and nothing is sent automatically."""

    detail: str


RetryVerdict = Success | Retry | Failed | Unknown
EndpointVerdict = Literal["done", "not_done", "try_again", "unknown"]
"""What one attempt means by the endpoint's own rules: ``try_again`` has not happened, ``unknown`` may have."""


@dataclass(frozen=True, slots=True)
class EndpointReply:
    """One attempt at an endpoint other than a signed POST, judged by the endpoint's own rules.

    ``said`` is a sentence for people about the answer, without secrets. ``result`` is the call's result as JSON, or
    None. It is checked against the contract's schema and stored as the answer.
    """

    reply: Reply
    verdict: EndpointVerdict
    said: str
    result: bytes | None = None


def judge_action(
    reply: Reply, *, attempt: int, elapsed_s: float, deadline_s: float, idempotent: bool, unknown_before: bool = False
) -> RetryVerdict:
    """What the ``attempt``-th attempt (from 1) of an action call means, ``elapsed_s`` after the first one began.

    ``unknown_before``: an earlier attempt's outcome is unknown (its verdict was a Retry with ``unknown``). Never
    Unknown after a 2xx.
    """
    if reply.ok:
        return Success()
    happened = reply.sent and (reply.status is None or reply.status in _GATEWAY)
    unknown = happened or unknown_before
    said = describe(reply)
    if happened and not idempotent:
        return Unknown(f"{said} It may have happened, so it was not sent again.")
    if not (happened or _may_try_again(reply)):
        return _end(said, unknown)
    delay_s = _next_delay_s(ACTION_DELAYS_S, attempt, reply.retry_after_s)
    if delay_s is None:
        return _end(f"{said} All {len(ACTION_DELAYS_S)} attempts are used up.", unknown)
    if elapsed_s + delay_s >= deadline_s:
        return _end(f"{said} The next attempt would pass the deadline of {deadline_s:g} s.", unknown)
    return Retry(delay_s, happened, said)


def judge_endpoint(
    came: EndpointReply,
    *,
    attempt: int,
    elapsed_s: float,
    deadline_s: float,
    idempotent: bool,
    unknown_before: bool = False,
) -> RetryVerdict:
    """What the ``attempt``-th attempt (from 1) at an endpoint other than a signed POST means. The arguments are those
    of ``judge_action``."""
    happened = came.verdict == "unknown"
    unknown = happened or unknown_before
    match came.verdict:
        case "done":
            return Success()
        case "not_done":
            return _end(came.said, unknown)
        case "unknown" if not idempotent:
            return Unknown(f"{came.said} It may have happened, so it was not sent again.")
    delay_s = _next_delay_s(ACTION_DELAYS_S, attempt, came.reply.retry_after_s)
    if delay_s is None:
        return _end(f"{came.said} All {len(ACTION_DELAYS_S)} attempts are used up.", unknown)
    if elapsed_s + delay_s >= deadline_s:
        return _end(f"{came.said} The next attempt would pass the deadline of {deadline_s:g} s.", unknown)
    return Retry(delay_s, happened, came.said)


def judge_delivery(reply: Reply, *, attempt: int, elapsed_s: float, random: float) -> RetryVerdict:
    """What the ``attempt``-th attempt (from 1) of a webhook delivery means, ``elapsed_s`` after the first one began.

    ``random`` in [0, 1) places the delay within ±20 % of the table's. The delay is never shorter than Retry-After.
    """
    if reply.ok:
        return Success()
    said = describe(reply)
    if reply.error == "blocked" or reply.status == 410 or (reply.status is not None and 300 <= reply.status < 400):
        return Failed(said)
    delay_s = _next_delay_s(WEBHOOK_DELAYS_S, attempt, reply.retry_after_s, 1 + JITTER * (2 * random - 1))
    if delay_s is None:
        return Failed(f"{said} All {len(WEBHOOK_DELAYS_S)} attempts are used up.")
    if elapsed_s + delay_s > WINDOW_S:
        return Failed(f"{said} The next attempt would be more than 24 h after the first.")
    return Retry(delay_s, reply.status is None and reply.sent, said)


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Parses a Retry-After header (RFC 9110 §10.2.3: seconds or an HTTP date) into seconds. None if it is missing or
    unreadable.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return max(0.0, (at - now).total_seconds())


def _may_try_again(reply: Reply) -> bool:
    if reply.status is not None:
        return reply.status in _TRY_AGAIN or reply.status >= 500
    return reply.error != "blocked"


def _next_delay_s(table: tuple[float, ...], attempt: int, asked_s: float | None, factor: float = 1.0) -> float | None:
    if attempt >= len(table):
        return None
    return max(table[attempt] * factor, min(asked_s or 0.0, MAX_RETRY_AFTER_S))


def _end(said: str, unknown: bool) -> Failed | Unknown:
    return Unknown(f"{said} An attempt went unanswered and may have happened.") if unknown else Failed(said)


def describe(reply: Reply) -> str:
    """A sentence for people about the answer."""
    if reply.status is not None:
        redirect = " Redirects are never followed." if 300 <= reply.status < 400 else ""
        return f"The endpoint answered {reply.status}.{redirect}"
    return (
        "The endpoint did not answer." if reply.error is None else tell_error("The endpoint", reply.error, reply.detail)
    )


def tell_error(who: str, error: ErrorKind, detail: str) -> str:
    """A sentence for people about why ``who`` gave no answer."""
    return {
        "blocked": f"{who} may not be reached: {detail}.",
        "dns": f"{who}'s name has no address.",
        "connect": f"{who} could not be reached.",
        "tls": f"{who}'s TLS certificate or handshake was not accepted.",
        "timeout": f"{who} did not answer in time.",
        "closed": f"{who} closed the connection without an answer.",
        "malformed": f"{who}'s answer is not HTTP.",
    }[error]
