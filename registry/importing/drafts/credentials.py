"""Credentials of a document: its security schemes as a connection's credential kind, and parameters that are
credentials in effect.

The kinds are those of ``connector.json``: none, bearer, basic, header, query, oauth_client. A credential
never appears in a contract.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from registry.importing.document.description import ApiDescription, Operation
from registry.importing.document.references import Located
from registry.importing.drafts import words

_CREDENTIAL: Final = re.compile(
    r"(?:x[-_])?(?:api[-_]?(?:key|token)|access[-_]?token|auth[-_]?token|auth[-_]?key|client[-_]?secret|authorization)\Z"
    r"|token\Z", re.I
)  # fmt: skip
_ABOUT_CREDENTIAL: Final = re.compile(r"authenticat|authoriz|access token|api key|scope", re.I)


def find_credential(description: ApiDescription) -> dict[str, Any]:
    """The credential of most operations, in the form of ``connector.json``, with notes for a person."""
    uses: Counter[str] = Counter()
    for operation in description.operations:
        for name in {key for each in operation.security for key in each}:
            uses[name] += 1
    names = [name for name, _ in uses.most_common()] or list(description.security_schemes)
    for name in names:
        scheme = description.security_schemes.get(name)
        if scheme is not None and (made := _kind(scheme)) is not None:
            return made
    return {"type": "none"}


def _kind(scheme: Located) -> dict[str, Any] | None:
    kind, where = scheme.text("type").lower(), scheme.text("in").lower()
    help_ = words.cut_text(words.to_plain_text(scheme.text("description")), 300)
    made: dict[str, Any] | None = None
    if kind == "basic" or (kind == "http" and scheme.text("scheme").lower() == "basic"):
        made = {"type": "basic"}
    elif kind == "http" and scheme.text("scheme"):
        name = scheme.text("scheme")
        made = {"type": "bearer"} if name.lower() == "bearer" else {"type": "bearer", "prefix": name}
    elif kind == "apikey" and where in ("header", "query") and scheme.text("name"):
        made = {"type": where, "name": scheme.text("name")}
        if where == "header" and made["name"].lower() == "authorization":
            made = {"type": "bearer", "label": "What stands in the Authorization header, after its prefix"}
    elif kind == "oauth2":
        made = _oauth2(scheme)
    elif kind == "openidconnect":
        made = {"type": "bearer", "label": "Access token (OpenID Connect)"}
    if made is not None and help_:
        made["help"] = help_
    return made


def _oauth2(scheme: Located) -> dict[str, Any]:
    """Client credentials if the platform has them. Otherwise a token that a person got there."""
    flows = dict(scheme["flows"].members()) or {scheme.text("flow"): scheme}
    flow = flows.get("clientCredentials") or flows.get("application")
    if flow is not None and flow.text("tokenUrl"):
        return {"type": "oauth_client", "token_url": flow.text("tokenUrl")}
    return {"type": "bearer", "label": "Access token (OAuth 2)"}


def is_credential(operation: Operation, place: str, name: str, description: str) -> bool:
    """Whether a declared parameter is a credential that the connection supplies."""
    if place not in ("header", "query", "body") or not operation.security or not _CREDENTIAL.match(name):
        return False
    return bool(_ABOUT_CREDENTIAL.search(description)) or name.lower() not in ("token",)


def describe_schemes(description: ApiDescription) -> list[str]:
    """The document's security schemes, for people."""
    return [f"{name} ({_told(each)})" for name, each in description.security_schemes.items()]


def _told(scheme: Located) -> str:
    kind = scheme.text("type")
    detail: Mapping[str, str] = {"http": scheme.text("scheme"), "apiKey": f"{scheme.text('in')} {scheme.text('name')}"}
    return f"{kind} {detail.get(kind, '')}".strip()
