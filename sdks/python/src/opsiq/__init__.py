"""OpsIQ from Python: signed requests, typed answers, verified webhooks."""

from opsiq import types
from opsiq._aio import AsyncOpsIQ
from opsiq._aio_resources import AsyncHeld, AsyncStarted
from opsiq._sync import OpsIQ
from opsiq._sync_resources import Held, Started
from opsiq._version import __version__
from opsiq.core import Attempt
from opsiq.errors import (
    ApiError,
    AuthenticationError,
    ClockSkewError,
    ConfigurationError,
    ConflictError,
    Fault,
    ForbiddenError,
    IdempotencyInFlightError,
    IdempotencyKeyReusedError,
    InvalidRequestError,
    NotFoundError,
    OpsIQError,
    RateLimitedError,
    ServerError,
    TimedOutError,
    TransportError,
    UnavailableError,
    UnprocessableError,
    UnreadableAnswerError,
    WebhookVerificationError,
)
from opsiq.receiver import Receiver, Refuse, Reply, SqliteStore, Store
from opsiq.types import Run
from opsiq.webhooks import ActionCall, Event, Verified, Webhooks

__all__ = [
    "ActionCall", "ApiError", "AsyncHeld", "AsyncOpsIQ", "AsyncStarted", "Attempt", "AuthenticationError", "ClockSkewError", "ConfigurationError",  # noqa: E501
    "ConflictError", "Event", "Fault", "ForbiddenError", "Held", "IdempotencyInFlightError", "IdempotencyKeyReusedError",  # noqa: E501
    "InvalidRequestError", "NotFoundError", "OpsIQ", "OpsIQError", "RateLimitedError", "Receiver", "Refuse", "Reply", "Run",  # noqa: E501
    "ServerError", "SqliteStore", "Started", "Store", "TimedOutError", "TransportError", "UnavailableError", "UnprocessableError",  # noqa: E501
    "UnreadableAnswerError", "Verified", "WebhookVerificationError", "Webhooks", "__version__", "types",
]  # fmt: skip

Held.register(AsyncHeld)
Started.register(AsyncStarted)
"""``isinstance(result, Held)`` asks the same of either client's answer: no held card is taken for a run on its way."""
