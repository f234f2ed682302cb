"""A small OpenID Connect issuer on this machine: real HTTP, real keys, and every way to be wrong that a test asks
for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlencode

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import ECKey, Key, RSAKey
from joserfc.jws import JWSRegistry

CLIENT_ID: Final = "opsiq-console"
CLIENT_SECRET: Final = "s3cret with + and %"
REDIRECT: Final = "http://console.test/sign-in/callback"
_RSA: Final = RSAKey.generate_key(2048, {"kid": "rsa-1", "use": "sig"})


def no_change(claims: dict[str, Any]) -> dict[str, Any]:
    return claims


@dataclass
class Person:
    sub: str = "u-amir"
    email: str | None = "amir@shop.test"
    email_verified: Any = True
    name: str = "Amir"

    def claims(self) -> dict[str, Any]:
        said = {"email": self.email, "email_verified": self.email_verified, "name": self.name}
        return {name: value for name, value in said.items() if value is not None}


@dataclass
class LocalIssuer:
    """``person`` is who sits at its sign-in page. ``claims`` has the last word on the ID token's; ``header`` on its
    header; ``forge`` makes the whole token. ``told`` is what the description says otherwise."""

    now: Callable[[], datetime]
    url: str = ""
    person: Person = field(default_factory=Person)
    keys: list[Key] = field(default_factory=lambda: [_RSA])
    alg: str = "RS256"
    claims: Callable[[dict[str, Any]], dict[str, Any]] = no_change
    header: dict[str, Any] = field(default_factory=dict)
    forge: Callable[[dict[str, Any]], str] | None = None
    told: dict[str, Any] = field(default_factory=dict)
    published: list[dict[str, Any]] | None = None
    email_in_token: bool = True
    userinfo_sub: str | None = None
    answer_iss: str | None = None
    redirect: str = REDIRECT
    meanwhile: Callable[[], Awaitable[None]] | None = None
    """Done before it answers with a token."""
    asked: list[str] = field(default_factory=list)
    granted: list[dict[str, str]] = field(default_factory=list)
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    async def describe(self, _: web.Request) -> web.Response:
        self.asked.append("describe")
        described = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
            "end_session_endpoint": f"{self.url}/leave",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        }
        return web.json_response({**described, **self.told})

    async def jwks(self, _: web.Request) -> web.Response:
        self.asked.append("jwks")
        mine = [{**key.as_dict(private=False), "use": "sig"} for key in self.keys]
        return web.json_response({"keys": mine if self.published is None else self.published})

    async def authorize(self, request: web.Request) -> web.Response:
        """Signs the person in without a question, as an issuer does that knows them already."""
        query = dict(request.query)
        if (
            query["client_id"] != CLIENT_ID
            or query["redirect_uri"] != self.redirect
            or query["response_type"] != "code"
        ):
            raise web.HTTPBadRequest(text="unknown client or redirect address")
        code = f"code-{len(self._codes) + 1}"
        self._codes[code] = query
        back = {"code": code, "state": query["state"], **({"iss": self.answer_iss} if self.answer_iss else {})}
        raise web.HTTPFound(f"{self.redirect}?{urlencode(back)}")

    async def token(self, request: web.Request) -> web.Response:
        form = {name: values[0] for name, values in parse_qs(await request.text()).items()}
        expected = base64.b64encode(f"{CLIENT_ID}:{'s3cret%20with%20%2B%20and%20%25'}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {expected}":
            return web.json_response({"error": "invalid_client"}, status=401)
        asked = self._codes.pop(form["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or form["grant_type"] != "authorization_code"
            or form["redirect_uri"] != asked["redirect_uri"]
            or asked["code_challenge_method"] != "S256"
            or challenge.decode().rstrip("=") != asked["code_challenge"]
        ):
            return web.json_response({"error": "invalid_grant"}, status=400)
        self.granted.append(form)
        if self.meanwhile is not None:
            await self.meanwhile()
        at = int(self.now().timestamp())
        claims = {"iss": self.url, "aud": CLIENT_ID, "sub": self.person.sub, "iat": at, "exp": at + 300}
        claims = self.claims(
            {**claims, "nonce": asked["nonce"], **(self.person.claims() if self.email_in_token else {})}
        )
        token = self.forge(claims) if self.forge else self.signed(claims)
        return web.json_response({"access_token": "an-access-token", "token_type": "Bearer", "id_token": token})

    def signed(self, claims: dict[str, Any], key: Key | None = None) -> str:
        key = key or self.keys[-1]
        header = {"alg": self.alg, "kid": key.kid, **self.header}
        return jwt.encode(header, claims, key, registry=JWSRegistry(algorithms=[self.alg]))

    async def userinfo(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer an-access-token"
        return web.json_response({"sub": self.userinfo_sub or self.person.sub, **self.person.claims()})


def unsigned(claims: dict[str, Any]) -> str:
    """``alg: none`` (RFC 7519 §6.1)."""
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}."


def hmac_by_public_key(issuer: LocalIssuer) -> Callable[[dict[str, Any]], str]:
    """The confusion of CVE-2016-10555: HS256, its key the issuer's public one as PEM."""

    def made(claims: dict[str, Any]) -> str:
        key = issuer.keys[0]
        assert isinstance(key, RSAKey)
        said = f"{_part({'alg': 'HS256', 'kid': key.kid})}.{_part(claims)}"
        mac = hmac.new(key.as_pem(private=False), said.encode(), "sha256").digest()
        return f"{said}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"

    return made


def ec_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})


def rsa_key(kid: str, bits: int = 2048) -> RSAKey:
    return RSAKey.generate_key(bits, {"kid": kid, "use": "sig"})


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@asynccontextmanager
async def local_issuer(now: Callable[[], datetime]) -> AsyncIterator[LocalIssuer]:
    made = LocalIssuer(now)
    app = web.Application()
    app.add_routes(
        [
            web.get("/.well-known/openid-configuration", made.describe),
            web.get("/jwks", made.jwks),
            web.get("/authorize", made.authorize),
            web.post("/token", made.token),
            web.get("/userinfo", made.userinfo),
        ]
    )
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        await runner.cleanup()
