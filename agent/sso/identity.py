"""Identity that an issuer asserts, and the reasons for refusing a login."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class LoginRefusalReason(StrEnum):
    """Reasons for refusing a login, used in the log and in AI History. Permanent."""

    NOT_BEGUN_HERE = "not_begun_here"
    REFUSED_THERE = "refused_there"
    CODE_REFUSED = "code_refused"
    BAD_TOKEN = "bad_token"  # noqa: S105 - a reason
    UNVERIFIED = "email_unverified"
    OTHER_DOMAIN = "other_domain"
    UNKNOWN = "no_member"
    SEVERAL = "several_workspaces"
    OWNER_UNLINKED = "owner_unlinked"
    DEACTIVATED = "deactivated"
    OTHERWISE_LINKED = "otherwise_linked"


@dataclass(frozen=True, slots=True)
class LoginRefused:
    """A refused login. ``detail`` tells the person what is wrong and what to do."""

    why: LoginRefusalReason
    detail: str


@dataclass(frozen=True, slots=True)
class SsoIdentity:
    """A person as the issuer knows them. ``email`` is empty unless the issuer says that it is verified. ``unverified``
    means that the issuer says that it is not."""

    issuer: str
    subject: str
    email: str
    unverified: bool
    name: str
