"""Kinds of credentials of a connection, and what each adds to a request."""

from __future__ import annotations

import base64
import re
from typing import Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    field_validator,
)

from core.errors import Finding, InvalidInput
from executors.http.credentials import AppliedCredentials, ClientCertificate
from registry.endpoints.rendering import RESERVED_HEADERS
from registry.form_faults import describe_fault
from registry.json_schema.pointer import join_pointer

MAX_SECRET_CHARS: Final = 16 * 1024

Secret = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_SECRET_CHARS, strip_whitespace=True), Field(repr=False)
]
Line = Annotated[str, StringConstraints(min_length=1, max_length=400, strip_whitespace=True)]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s@]+$", max_length=2000)]
_OWN_HEADERS: Final = frozenset({"authorization", "cookie"})


class _Credential(BaseModel):
    # Built on first use: a start makes hundreds of models and uses few of them.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)


def _check_one_line(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise ValueError("it must be one line of printable ASCII")
    return text


class Bearer(_Credential):
    """Bearer token: ``Authorization: Bearer …``. ``prefix`` replaces the word ``Bearer``, such as ``Token``. It may be
    empty."""

    type: Literal["bearer"]
    token: Secret
    prefix: Annotated[str, StringConstraints(max_length=40, strip_whitespace=True)] = "Bearer"

    _lines = field_validator("token", "prefix")(_check_one_line)

    def apply(self) -> AppliedCredentials:
        line = f"{self.prefix} {self.token}".strip()
        return AppliedCredentials(headers=(("authorization", line),), secrets=(self.token,))


class Basic(_Credential):
    """``Authorization: Basic …`` (RFC 7617)."""

    type: Literal["basic"]
    username: Annotated[str, StringConstraints(max_length=400)]
    password: Annotated[str, StringConstraints(max_length=MAX_SECRET_CHARS), Field(repr=False)] = ""

    @field_validator("username")
    @classmethod
    def _no_colon(cls, username: str) -> str:
        if ":" in username:
            raise ValueError("a user name holds no colon")
        return username

    def apply(self) -> AppliedCredentials:
        pair = base64.b64encode(f"{self.username}:{self.password}".encode()).decode("ascii")
        # With an empty password, the user name is the key. Several APIs expect that.
        return AppliedCredentials(
            headers=(("authorization", f"Basic {pair}"),), secrets=(pair, self.password or self.username)
        )


class Header(_Credential):
    """An API key in a header of the API's own, such as ``X-API-Key``."""

    type: Literal["header"]
    name: Line
    value: Secret

    _lines = field_validator("value")(_check_one_line)

    @field_validator("name")
    @classmethod
    def _free(cls, name: str) -> str:
        if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name):
            raise ValueError("it is no header name")
        if name.lower() in RESERVED_HEADERS - _OWN_HEADERS:
            raise ValueError("that header belongs to the HTTP connection itself")
        return name

    def apply(self) -> AppliedCredentials:
        return AppliedCredentials(headers=((self.name.lower(), self.value),), secrets=(self.value,))


class Query(_Credential):
    """An API key in the query, such as ``?api_key=…``. Servers write it into their logs, so a header is better."""

    type: Literal["query"]
    name: Line
    value: Secret

    def apply(self) -> AppliedCredentials:
        return AppliedCredentials(query=((self.name, self.value),), secrets=(self.value,))


class OAuthClient(_Credential):
    """OAuth 2 client credentials (RFC 6749 §4.4). ``send`` says how the token endpoint expects the secret. ``audience``
    and ``scope`` are parameters of the token request."""

    type: Literal["oauth_client"]
    token_url: Url
    client_id: Line
    client_secret: Secret
    scope: Annotated[str, StringConstraints(max_length=1000)] = ""
    audience: Annotated[str, StringConstraints(max_length=1000)] = ""
    send: Literal["basic", "body"] = "basic"


class OAuthRefresh(_Credential):
    """An OAuth 2 refresh token (RFC 6749 §6). If an answer with an access token contains a new one, that one replaces
    it."""

    type: Literal["oauth_refresh"]
    token_url: Url
    client_id: Line
    refresh_token: Secret
    client_secret: Annotated[str, StringConstraints(max_length=MAX_SECRET_CHARS), Field(repr=False)] = ""
    scope: Annotated[str, StringConstraints(max_length=1000)] = ""
    send: Literal["basic", "body"] = "basic"


class Certificate(_Credential):
    """A TLS client certificate with its private key, as PEM without a passphrase. ``authority`` is the certificate of
    the server's authority, needed if the system doesn't know it."""

    type: Literal["certificate"]
    certificate: Annotated[str, StringConstraints(max_length=64 * 1024)]
    key: Annotated[str, StringConstraints(max_length=64 * 1024), Field(repr=False)]
    authority: Annotated[str, StringConstraints(max_length=64 * 1024)] = ""

    def make_client_certificate(self) -> ClientCertificate:
        return ClientCertificate(self.certificate, self.key, self.authority)

    def apply(self) -> AppliedCredentials:
        return AppliedCredentials(certificate=self.make_client_certificate())


OAuth = OAuthClient | OAuthRefresh
Static = Bearer | Basic | Header | Query | Certificate
Credential = Annotated[
    Bearer | Basic | Header | Query | OAuthClient | OAuthRefresh | Certificate, Discriminator("type")
]
_ADAPTER: Final[TypeAdapter[Credential]] = TypeAdapter(Credential)
KINDS: Final = {
    "bearer": "Token in the Authorization header",
    "basic": "User name and password",
    "header": "Key in a header of its own",
    "query": "Key in the query",
    "oauth_client": "OAuth 2, client credentials",
    "oauth_refresh": "OAuth 2, refresh token",
    "certificate": "Client certificate",
}
"""Kind → its name for people."""


def read_credential(value: Any) -> Credential:
    """Parses a credential from decoded JSON. Raises InvalidInput, which names the faulty fields but never their
    values."""
    try:
        made = _ADAPTER.validate_python(value)
    except ValidationError as error:
        findings = [
            Finding(join_pointer(*fault["loc"][1:]), fault["type"], describe_fault(fault))
            for fault in error.errors(include_url=False, include_input=False)[:20]
        ]
        said = "; ".join(f"{each.pointer.lstrip('/') or 'type'}: {each.detail}" for each in findings[:3])
        raise InvalidInput(f"These are no credentials OpsIQ can use: {said}.", findings=findings) from None
    if isinstance(made, Certificate):
        _check_certificate(made)
    return made


def _check_certificate(given: Certificate) -> None:
    try:
        given.make_client_certificate().context()
    except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
        raise InvalidInput(
            "The client certificate and its key can't be used: give both as PEM, the key without a passphrase."
        ) from error
