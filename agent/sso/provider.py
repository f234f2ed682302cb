"""OpenID Connect provider: its endpoints, its signing keys and its ID tokens (OpenID Connect Core 1.0 §3.1, Discovery
1.0).

authlib implements the protocol; connections are made by our own client. Any fault in a token is one refusal: BAD_TOKEN.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from agent.sso.flow import Flow
from agent.sso.identity import LoginRefusalReason, LoginRefused, SsoIdentity
from core.clock import Clock
from core.errors import Unavailable
from executors.http.issuer_client import IssuerClient

if TYPE_CHECKING:
    from joserfc.jwk import KeySet

log = logging.getLogger(__name__)

LEEWAY_S: Final = 60
"""Largest accepted difference between the issuer's clock and ours."""
KEPT: Final = timedelta(hours=1)
"""How long metadata and keys are used before they are read again. An unknown key is looked up at once …"""
LOOK_AGAIN: Final = timedelta(seconds=10)
"""… but not more often than this."""
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""Signatures with a key pair: never ``none``, and never an HMAC, whose key would be public here."""
_SCOPE: Final = "openid email profile"
_LEAST_RSA_CHARS: Final = 342
"""2048 bits in base64url."""
_MAX_SUBJECT: Final = 255
_MAX_TOKEN: Final = 8192


@dataclass(frozen=True, slots=True)
class AccessGrant:
    """Whom an access token stands for (the issuer's subject), and the scopes that were granted."""

    subject: str
    scopes: frozenset[str]


@dataclass
class Provider:
    """OpenID Connect provider, as seen by one client. Raises Unavailable if it does not answer or its metadata can't be
    used."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    redirect_uri: str
    client: IssuerClient
    clock: Clock
    _metadata: Mapping[str, Any] = field(default_factory=dict, init=False)
    _keys: KeySet | None = field(default=None, init=False)
    _read_at: datetime | None = field(default=None, init=False)
    _failures: int = field(default=0, init=False)
    _failure: str = field(default="", init=False)
    """How often reading failed, and why it did last."""
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    async def make_address(self, flow: Flow) -> str:
        """The authorization URL to send the browser to."""
        from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
        from authlib.oauth2.rfc7636 import create_s256_code_challenge

        metadata = await self._discover()
        made: str = prepare_grant_uri(
            metadata["authorization_endpoint"],
            self.client_id,
            "code",
            redirect_uri=self.redirect_uri,
            scope=_SCOPE,
            state=flow.state,
            nonce=flow.nonce,
            code_challenge=create_s256_code_challenge(flow.verifier),
            code_challenge_method="S256",
        )
        return made

    async def end_session(self) -> str:
        """The issuer's sign-out URL. Empty if the issuer has none or does not answer now."""
        from authlib.common.urls import add_params_to_uri

        try:
            at = (await self._discover()).get("end_session_endpoint", "")
        except Unavailable:
            return ""
        made: str = add_params_to_uri(at, [("client_id", self.client_id)]) if self._usable(at) else ""
        return made

    async def identify(self, flow: Flow, code: str, iss: str) -> SsoIdentity | LoginRefused:
        """Exchanges an authorization code for an identity. ``iss`` is the issuer named in the response, empty if it
        named none (RFC 9207)."""
        metadata = await self._discover()
        must_name = metadata.get("authorization_response_iss_parameter_supported") is True
        if (iss or must_name) and iss != self.issuer:
            return self._refuse_token("the answer came from another issuer")
        answer = await self.client.post(metadata["token_endpoint"], *self._exchange(metadata, flow, code))
        if answer.status != 200:
            said = answer.body.get("error")
            log.warning("the issuer refused the code", extra={"status": answer.status, "error": str(said)[:60]})
            return LoginRefused(
                LoginRefusalReason.CODE_REFUSED, f"{self.name} did not accept the sign-in any more. Begin it again."
            )
        token, access = answer.body.get("id_token"), answer.body.get("access_token")
        if not isinstance(token, str) or not token.isascii():
            return self._refuse_token("there was none")
        claims = await self._read_claims(metadata, token, access if isinstance(access, str) else "", flow.nonce)
        if isinstance(claims, LoginRefused):
            return claims
        return self._make_identity(await self._with_email(metadata, claims, access))

    async def authorize(self, token: str, *, audience: str) -> AccessGrant | None:
        """Verifies an access token (JWT profile, RFC 9068) for ``audience``. None if it is not this issuer's, is for
        another audience, or has expired. An ID token has another audience, so it is no access token. Raises
        Unavailable."""
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError, JoseError
        from joserfc.jws import JWSRegistry

        if not token.isascii() or token.count(".") != 2 or len(token) > _MAX_TOKEN:
            return None
        await self._discover()
        registry = JWSRegistry(algorithms=list(ALGORITHMS), strict_check_header=False)
        expected = jwt.JWTClaimsRegistry(
            now=int(self.clock().timestamp()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
        )
        try:
            try:
                read = jwt.decode(token, await self._load_keys(), registry=registry)
            except InvalidKeyIdError:
                read = jwt.decode(token, await self._load_keys(anew=True), registry=registry)
            expected.validate(read.claims)
        except (JoseError, ValueError, TypeError) as error:
            log.info("an access token does not hold: %s", str(error) or type(error).__name__)
            return None
        subject, scopes = read.claims["sub"], read.claims.get("scope", read.claims.get("scp", ""))
        if not isinstance(subject, str) or not subject or len(subject) > _MAX_SUBJECT:
            return None
        told = scopes.split() if isinstance(scopes, str) else scopes if isinstance(scopes, list) else []
        return AccessGrant(subject, frozenset(each for each in told if isinstance(each, str)))

    def _exchange(self, metadata: Mapping[str, Any], flow: Flow, code: str) -> tuple[str, dict[str, str]]:
        """Body and headers of the token request."""
        from authlib.oauth2.auth import ClientAuth
        from authlib.oauth2.rfc6749.parameters import prepare_token_request

        can = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        basic = "client_secret_basic" in can
        if self.client_secret and not basic and "client_secret_post" not in can:
            raise Unavailable(f"{self.name} takes no client secret as this server can give it.")
        body = prepare_token_request(
            "authorization_code", code=code, redirect_uri=self.redirect_uri, code_verifier=flow.verifier
        )
        if not self.client_secret:
            auth = ClientAuth(self.client_id, "", "none")
        elif basic:
            # RFC 6749 §2.3.1: both are form-encoded first.
            auth = ClientAuth(quote(self.client_id, safe=""), quote(self.client_secret, safe=""), "client_secret_basic")
        else:
            auth = ClientAuth(self.client_id, self.client_secret, "client_secret_post")
        _, headers, body = auth.prepare("POST", metadata["token_endpoint"], {}, body)
        return body, headers

    async def _read_claims(
        self, metadata: Mapping[str, Any], token: str, access: str, nonce: str
    ) -> Mapping[str, Any] | LoginRefused:
        """The claims of an ID token, if its signature and every claim are valid."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError, JoseError
        from joserfc.jws import JWSRegistry

        advertised = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        registry = JWSRegistry(
            algorithms=[each for each in ALGORITHMS if each in advertised], strict_check_header=False
        )
        try:
            try:
                read = jwt.decode(token, await self._load_keys(), registry=registry)
            except InvalidKeyIdError:
                read = jwt.decode(token, await self._load_keys(anew=True), registry=registry)
            options = {
                "iss": {"essential": True, "value": self.issuer},
                "aud": {"essential": True, "value": self.client_id},
            }
            params = {"nonce": nonce, "client_id": self.client_id, "access_token": access}
            claims = CodeIDToken(read.claims, read.header, options, params)
            claims.validate(int(self.clock().timestamp()), LEEWAY_S)
        except (JoseError, ValueError, TypeError) as error:
            return self._refuse_token(str(error) or type(error).__name__)
        subject = claims["sub"]
        if not subject or len(subject) > _MAX_SUBJECT or not subject.isprintable():
            return self._refuse_token("its subject can't be used")
        return dict(claims)

    async def _with_email(
        self, metadata: Mapping[str, Any], claims: Mapping[str, Any], access: Any
    ) -> Mapping[str, Any]:
        """Adds the e-mail claims that the token lacks from userinfo, which must name the same subject."""
        at = metadata.get("userinfo_endpoint", "")
        if ("email" in claims and "email_verified" in claims) or not self._usable(at) or not isinstance(access, str):
            return claims
        answer = await self.client.get(at, bearer=access)
        if answer.status != 200 or answer.body.get("sub") != claims["sub"]:
            return claims
        return {**answer.body, **claims}

    def _make_identity(self, claims: Mapping[str, Any]) -> SsoIdentity:
        email, verified, name = (claims.get(each) for each in ("email", "email_verified", "name"))
        return SsoIdentity(
            issuer=self.issuer,
            subject=claims["sub"],
            # An address outside ASCII may fold to another person's.
            email=email
            if verified is True and isinstance(email, str) and email.isascii() and len(email) <= 320
            else "",
            unverified=verified is not None and verified is not True,
            name=name if isinstance(name, str) else "",
        )

    async def _discover(self) -> Mapping[str, Any]:
        """The issuer's metadata, read again once an hour."""
        if self._stale():
            seen = self._failures
            async with self._reading:
                if self._stale():
                    await self._read_for_all(seen)
        return self._metadata

    async def _load_keys(self, *, anew: bool = False) -> KeySet:
        """The issuer's signing keys. Raises ValueError if none of them can be used."""
        seen = self._failures
        async with self._reading:
            if self._keys is None or (anew and self._read_at and self.clock() - self._read_at >= LOOK_AGAIN):
                await self._read_for_all(seen)
            if self._keys is None:
                raise ValueError("the issuer publishes no key that can be used")
            return self._keys

    def _stale(self) -> bool:
        return self._read_at is None or not timedelta() <= self.clock() - self._read_at < KEPT

    async def _read_for_all(self, seen: int) -> None:
        """Reads metadata and keys for everybody who waits for them. If that failed while this caller waited (after
        ``seen`` failures), it failed for them too: otherwise each would wait in turn for a server that doesn't answer.
        """
        if self._failures > seen:
            raise Unavailable(self._failure)
        try:
            await self._read()
        except Unavailable as error:
            self._failures, self._failure = self._failures + 1, error.detail
            raise

    async def _read(self) -> None:
        from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url

        answer = await self.client.get(get_well_known_url(self.issuer, external=True))
        if answer.status != 200:
            raise Unavailable(f"{self.name} answered {answer.status} where it should describe itself.")
        if answer.body.get("issuer") != self.issuer:
            raise Unavailable(f"{self.name} calls itself otherwise than OPSIQ_OIDC_ISSUER does.")
        try:
            OpenIDProviderMetadata(answer.body).validate()
        except ValueError as error:
            raise Unavailable(f"What {self.name} says of itself can't be used: {error}.") from error
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not self._usable(answer.body.get(name)):
                raise Unavailable(f"What {self.name} says of itself can't be used: {name} is no https address.")
        keys = await self.client.get(answer.body["jwks_uri"])
        if keys.status != 200:
            raise Unavailable(f"{self.name} answered {keys.status} where its keys should be.")
        self._metadata, self._keys, self._read_at = answer.body, _key_set(keys.body.get("keys")), self.clock()

    def _usable(self, address: Any) -> bool:
        """Whether an address may be used: https, or the plain http of an issuer on the same host."""
        if not isinstance(address, str) or not address.isascii() or not address.isprintable():
            return False
        parts, mine = urlsplit(address), urlsplit(self.issuer)
        local = mine.scheme == "http" and (parts.scheme, parts.netloc) == (mine.scheme, mine.netloc)
        return bool(parts.hostname) and (parts.scheme == "https" or local)

    def _refuse_token(self, detail: str) -> LoginRefused:
        log.warning("an ID token does not hold: %s", detail)
        return LoginRefused(
            LoginRefusalReason.BAD_TOKEN,
            f"What {self.name} answered can't be trusted ({detail}). Nobody was signed in.",
        )


def _key_set(keys: Any) -> KeySet | None:
    """Public keys for signatures. Keys that serve another use, are too short or can't be parsed are left out."""
    from joserfc.errors import JoseError
    from joserfc.jwk import JWKRegistry, KeySet

    made = []
    for each in keys if isinstance(keys, list) else ():
        if not isinstance(each, dict) or each.get("kty") not in ("RSA", "EC", "OKP") or each.get("use", "sig") != "sig":
            continue
        if each["kty"] == "RSA" and len(str(each.get("n", ""))) < _LEAST_RSA_CHARS:
            continue
        try:
            made.append(JWKRegistry.import_key(each))
        except (JoseError, ValueError, TypeError):
            continue
    return KeySet(made) if made else None
