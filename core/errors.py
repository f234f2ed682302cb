"""Error classes: every error OpsIQ raises. A refusal (no match, forbidden, expired card) is a value of the pipeline, not one of these.

    OpsIQError                      code                     meaning
    ├── InvalidInput                invalid_request          what was sent can't be read; says what to send instead
    │   ├── NotCanonical            not_canonical            JSON that has no canonical form (duplicate keys, NaN, lone surrogates)
    │   └── InvalidContract         invalid_contract         a contract breaks opsiq/contract/v1; carries every finding
    ├── NotFound                    not_found                no such row in this workspace (another workspace's counts as none)
    ├── Conflict                    conflict                 the row has moved on since the caller saw it
    ├── EventLoop                   event_loop               an event that stands too deep in a chain of events causing events
    ├── Unauthenticated             invalid_signature        nobody we know signed this
    │   └── ClockSkew               clock_skew               signed outside the window; carries the server's time
    ├── Forbidden                   forbidden                known, but may not
    │   └── WrongMode               wrong_mode               a test key at what has effects, or a key at a run of the other mode
    ├── BadSignature                bad_contract_signature   a contract whose signature does not verify
    ├── NotAuthentic                not_authentic            a stored row that something other than OpsIQ wrote; names it
    ├── BadAssertion                bad_assertion            an identity provider did not vouch for this
    ├── BadSetting                  bad_setting              a setting can't be used; names it
    ├── Unavailable                 unavailable              something we depend on is down; try again
    │   ├── PlatformUnavailable     platform_unavailable     the platform did not answer a read
    │   └── ModelUnavailable        model_unavailable        no model answered in time
    ├── ModelMisbehaved             model_misbehaved         the model's answer fits no schema even after one repair
    └── ConnectorBroken             connector_broken         a connector's own code failed

Codes are permanent. The map from code to HTTP status stands once, in ``web``.
"""  # noqa: E501

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at one place. ``pointer`` is a JSON Pointer (RFC 6901). ``detail`` says how to correct it."""

    pointer: str
    code: str
    detail: str

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: {self.detail} [{self.code}]"


class OpsIQError(Exception):
    """Base class of all errors. ``detail`` is a sentence for the person who can fix it, and never contains a secret."""

    code: ClassVar[str] = "error"
    retryable: bool = False

    def __init__(
        self, detail: str, *, findings: Sequence[Finding] = (), extra: Mapping[str, str | int] | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.findings = tuple(findings)
        self.extra = dict(extra or {})


class InvalidInput(OpsIQError):
    code = "invalid_request"


class NotCanonical(InvalidInput):
    code = "not_canonical"


class InvalidContract(InvalidInput):
    code = "invalid_contract"


class NotFound(OpsIQError):
    code = "not_found"


class Conflict(OpsIQError):
    code = "conflict"


class EventLoop(OpsIQError):
    code = "event_loop"


class Unauthenticated(OpsIQError):
    code = "invalid_signature"


class ClockSkew(Unauthenticated):
    code = "clock_skew"


class Forbidden(OpsIQError):
    code = "forbidden"


class WrongMode(Forbidden):
    code = "wrong_mode"


class BadSignature(OpsIQError):
    code = "bad_contract_signature"


class NotAuthentic(OpsIQError):
    code = "not_authentic"


class BadAssertion(OpsIQError):
    code = "bad_assertion"


class BadSetting(OpsIQError):
    code = "bad_setting"


class Unavailable(OpsIQError):
    code = "unavailable"
    retryable = True


class PlatformUnavailable(Unavailable):
    """``lasting``: asking again at once can't help, such as for refused credentials or an answer of another shape.
    ``status`` is the answer's, if the platform refused the read with one. ``connection`` is the name of the one that
    was asked, if there are several."""

    code = "platform_unavailable"

    def __init__(self, detail: str, *, lasting: bool = False, status: int | None = None) -> None:
        super().__init__(detail)
        self.lasting, self.status, self.connection = lasting, status, ""
        self.retryable = not lasting

    def name_connection(self, name: str, title: str) -> None:
        """Says which connection was asked, in front of a detail that calls it "the platform"."""
        self.connection = name
        if title not in self.detail:
            self.detail = f"{title}: {self.detail[:1].lower()}{self.detail[1:]}"
            self.args = (self.detail,)


class ModelUnavailable(Unavailable):
    code = "model_unavailable"


class ModelMisbehaved(OpsIQError):
    code = "model_misbehaved"


class ConnectorBroken(OpsIQError):
    code = "connector_broken"
