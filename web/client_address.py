"""Client addresses: the origin of a request, as a trusted proxy reports it.

``X-Forwarded-For`` and ``X-Forwarded-Proto`` can be forged unless the connection comes from one of
``OPSIQ_TRUSTED_PROXIES``. Only named proxies are trusted, and loopback isn't one by default: any program on this
machine could otherwise claim any address.
"""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from core.env_variable import Network

log = logging.getLogger(__name__)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")
"""Headers that show that a proxy forwarded the request."""
_MOST_HOPS: Final = 32


class ClientAddress:
    """ASGI middleware, outermost. After it ``scope["client"]`` and ``scope["scheme"]`` are the client's, for everything
    that reads an address.

    The last address in ``X-Forwarded-For`` is the one that the trusted proxy saw. Earlier proxies are skipped while
    they are trusted too. Entries that no trusted proxy wrote are never read, so a client gains nothing by sending the
    header itself.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            trusted = _trusted(scope)
            said = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
            peer = (scope.get("client") or ("", 0))[0]
            if trusted and is_in(peer, trusted):
                if said:
                    scope["client"] = (find_forwarded_for(b",".join(said).decode("latin-1"), peer, trusted), 0)
                schemes = [value.lower() for name, value in scope["headers"] if name == b"x-forwarded-proto"]
                if schemes in ([b"http"], [b"https"]):
                    scope["scheme"] = schemes[0].decode()
            elif said and not self._warned and _private(peer):
                self._warned = True
                log.warning(
                    "%s sends X-Forwarded-For and is not in OPSIQ_TRUSTED_PROXIES: whoever is behind it counts as "
                    "one and the same",
                    peer,
                )
        await self._app(scope, receive, send)


def find_forwarded_for(said: str, peer: str, trusted: Sequence[Network]) -> str:
    """The client's address in ``X-Forwarded-For``, as sent by ``peer``, a trusted proxy: the last one that is no
    trusted proxy itself. If an entry is no address, the nearest hop that is one."""
    nearest = peer
    for word in reversed(said.rsplit(",", _MOST_HOPS)[-_MOST_HOPS:]):
        hop = _hop(word.strip())
        if hop is None:
            return nearest
        nearest = hop
        if not is_in(hop, trusted):
            return hop
    return nearest


def find_client(request: Request) -> str:
    """The address a request comes from. Empty if there is none (a test's transport, a Unix socket)."""
    return request.client.host if request.client else ""


def came_through_proxy(request: Request) -> bool:
    return any(name in request.headers for name in FORWARDED)


def came_from_this_machine(request: Request) -> bool:
    """Whether a request comes directly from a loopback address and names a loopback host: without a proxy, and without
    a rebound DNS name, behind which a browser on this machine acts for a page from anywhere."""
    if came_through_proxy(request):
        return False
    try:
        host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    except ValueError:
        return False
    return is_loopback(find_client(request)) and (host == "localhost" or is_loopback(host))


def is_loopback(host: str) -> bool:
    parsed = parse_address(host)
    return parsed is not None and parsed.is_loopback


def parse_address(text: str) -> Address | None:
    """Parses an address. An IPv4 address mapped into IPv6 becomes the IPv4 one. None for anything else."""
    if len(text) > 60:
        return None
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, ipaddress.IPv6Address) else parsed


@lru_cache(4096)
def fold_address(address: str) -> str:
    """The unit to limit an address by: an IPv4 address itself, an IPv6 address by its holder's /64."""
    parsed = parse_address(address)
    if parsed is None:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((parsed.packed[:8] + bytes(8), 64)))
    return str(parsed)


@lru_cache(4096)
def _is_in(address: str, networks: tuple[Network, ...]) -> bool:
    parsed = parse_address(address)
    return parsed is not None and any(parsed in each for each in networks)


def is_in(address: str, networks: Sequence[Network]) -> bool:
    return bool(networks) and _is_in(address[:64], tuple(networks))


def _hop(word: str) -> str | None:
    """One hop of the list without its port, which some proxies add: ``192.0.2.1:80``, ``[2001:db8::1]:80``."""
    if word.startswith("["):
        word = word[1:].partition("]")[0]
    elif word.count(":") == 1:
        word = word.partition(":")[0]
    parsed = parse_address(word)
    return str(parsed) if parsed is not None else None


def _private(host: str) -> bool:
    parsed = parse_address(host)
    return parsed is not None and parsed.is_private


def _trusted(scope: Scope) -> Sequence[Network]:
    container = getattr(getattr(scope.get("app"), "state", None), "container", None)
    return container.settings.trusted_proxies if container is not None else ()
