"""SSRF guard: refuses private addresses at connect time, so that no URL, name or DNS answer leads into a private
network.

A name is resolved once for each connection. Every address of the answer is checked, and one refused address refuses all
of them (a public and a private address under one name is a sign of DNS rebinding). The socket is opened only to a
checked address. SNI and the Host header keep the name. Addresses that contain another one (IPv4-mapped, NAT64) are
checked by the contained address. 6to4, Teredo and local NAT64 prefixes have no legitimate use here and are always
refused. A network's own NAT64 prefix can't be told from other addresses: behind one, refuse private IPv4 at the gateway
too.

Sources: IANA IPv4 and IPv6 Special-Purpose Address Registries, RFC 6052, RFC 8215, RFC 7526, WHATWG URL (hosts that end
in a number).
"""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache, partial
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final
from urllib.parse import unquote

from aiohappyeyeballs import AddrInfoType
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from core.errors import BadSetting

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
"""Looks up the addresses of a name, as text. Raises OSError if there are none."""

MAX_URL_CHARS: Final = 4000
_LOOKUP_THREADS: Final = 16
_URLS_KEPT: Final = 2_000

_METADATA: Final = {
    ip_address(text)
    for text in ("169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200", "192.0.0.192", "fd00:ec2::254")
}
_REFUSED_V4: Final = tuple(
    (IPv4Network(cidr), why)
    for cidr, why in (
        ("0.0.0.0/8", "this host"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)
_GLOBAL_V6: Final = IPv6Network("2000::/3")
_NAT64: Final = IPv6Network("64:ff9b::/96")
_REFUSED_V6: Final = tuple(
    (IPv6Network(cidr), why)
    for cidr, why in (
        ("::/128", "unspecified"),
        ("::1/128", "loopback"),
        ("64:ff9b:1::/48", "local NAT64"),
        ("2001::/32", "Teredo"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_UNPRINTABLE: Final = re.compile(r"[\x00-\x20\x7f\\]")
_AUTHORITY: Final = re.compile(r"^[^:/]*://([^/?#]*).*$")
_NAME: Final = re.compile(r"(?=.{1,254}$)[a-z0-9_][a-z0-9_-]{0,62}(\.[a-z0-9_-]{1,63})*(?<!-)\.?")
"""Labels of 1 to 63 characters (RFC 1035 §2.3.4). For others, the look-up itself raises."""
_ENDS_IN_NUMBER: Final = re.compile(r"(^|\.)([0-9]+|0x[0-9a-f]*)\.?$")


class Blocked(OSError):
    """Raised for an address that may not be reached, with the reason. It is an OSError, which passes through aiohttp's
    dialling unchanged."""


class SsrfGuard:
    """Checks URLs and addresses. ``allow`` lists CIDRs that are reachable although they would be refused (the demo
    allows loopback).

    A cloud's metadata address is reachable only if it is listed alone (``169.254.169.254/32``), never as part of a
    wider range. ``opened_only`` refuses every address that isn't listed. Raises BadSetting for an unreadable CIDR.
    """

    def __init__(self, allow: Iterable[str] = (), *, lookup: Lookup | None = None, opened_only: bool = False) -> None:
        self._allow = tuple(_network(cidr) for cidr in allow)
        self._lookup = lookup
        self._judged: dict[str, URL] = {}
        self._opened_only = opened_only

    def for_secrets_at(self, url: str) -> SsrfGuard:
        """The guard of a request that may carry credentials or records. Over plain http, which everybody on the way can
        read, it lets only through what ``allow`` lists."""
        return self if url[:6].lower() == "https:" else self._for_plain_http

    @cached_property
    def _for_plain_http(self) -> SsrfGuard:
        return SsrfGuard(map(str, self._allow), lookup=self._lookup, opened_only=True)

    def url(self, text: str) -> URL:
        """Parses and checks a URL in the form in which it will be dialled. Raises Blocked for anything but a plain
        http(s) URL of a reachable host.
        """
        known = self._judged.get(text)
        if known is None:
            known = self._url(text)
            if len(self._judged) >= _URLS_KEPT:
                self._judged.clear()
            self._judged[text] = known
        return known

    def _url(self, text: str) -> URL:
        if len(text) > MAX_URL_CHARS or _UNPRINTABLE.search(text):
            raise Blocked("the URL is too long or holds spaces, control characters or backslashes")
        try:
            url = URL(text)
            host, port = url.raw_host, url.port
        except ValueError as error:
            raise Blocked(f"the URL can't be read: {error}") from error
        if url.scheme not in ("http", "https"):
            raise Blocked("only http and https URLs are called")
        if not host or not port:
            raise Blocked("the URL names no host or no port")
        if "@" in _AUTHORITY.sub(r"\1", text, count=1):
            raise Blocked("a URL with a user name or password in it is not called; credentials travel in headers")
        if ":" in host or _ENDS_IN_NUMBER.search(host):
            self.address(host)
        elif not _NAME.fullmatch(host):
            raise Blocked(f"{host!r} is not a host name")
        elif self._opened_only and not self._allow:
            raise Blocked("use https; plain http is only for addresses that OPSIQ_ALLOW_ADDRESSES opens")
        return url

    def address(self, text: str) -> Address:
        """Checks an address. Raises Blocked if it may not be reached, or isn't written in the usual form."""
        try:
            address = ip_address(text)
        except ValueError as error:
            raise Blocked(f"{text!r} is not an address in its usual form") from error
        if why := self._refusal(address):
            raise Blocked(f"{text} may not be reached ({why}); list it in OPSIQ_ALLOW_ADDRESSES if it is meant")
        return address

    def open_socket(self, text: str) -> bool:
        """Whether this host (an address or ``localhost``) is reachable only because it is on the allow-list."""
        text = "127.0.0.1" if text == "localhost" else text
        try:
            address = ip_address(text)
        except ValueError:
            return False
        return any(address in network for network in self._allow) and self._refusal(address) is None

    async def addresses(self, host: str, port: int) -> list[Address]:
        """Resolves a name and checks every address. Raises Blocked if one may not be reached, and OSError if there are
        none."""
        lookup = self._lookup or _system_lookup
        found = await lookup(host, port)
        if not found:
            raise OSError(f"{host} has no address")
        return [self.address(text) for text in dict.fromkeys(found)]

    def resolver(self) -> AbstractResolver:
        return _Resolver(self)

    def socket(self, info: AddrInfoType) -> socket.socket:
        """Opens the socket for one dial after the last check of the address. The kernel connects to exactly this
        address."""
        family, kind, protocol, _, peer = info
        self.address(str(peer[0]))
        return socket.socket(family=family, type=kind, proto=protocol)

    def _refusal(self, address: Address) -> str | None:
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        if address in _METADATA:
            return None if any(net.num_addresses == 1 and address in net for net in self._allow) else "cloud metadata"
        if any(address in net for net in self._allow):
            return None
        return explain_refusal(address) or ("over plain http: use https" if self._opened_only else None)


@lru_cache(maxsize=4096)
def explain_refusal(address: Address) -> str | None:
    """Why an address is not on the public internet, or None if it is."""
    if isinstance(address, IPv4Address):
        if address in _METADATA:
            return "cloud metadata"
        return next((why for net, why in _REFUSED_V4 if address in net), None)
    if getattr(address, "scope_id", None):
        return "scoped to one interface"
    contained = _find_contained(address)
    if contained is not address:
        why = explain_refusal(contained)
        return why and (f"NAT64 of {why}" if address in _NAT64 else why)
    if why := next((why for net, why in _REFUSED_V6 if address in net), None):
        return why
    return None if address in _GLOBAL_V6 else "not global unicast"


def find_dialled_origin(url: str) -> str:
    """Scheme, host and port that a URL is dialled at: one text, however they are spelled. Every name and address of
    loopback is one host, and so are an IPv4 address and the IPv6 ones that contain it. Other names of one machine are
    not known here. A URL that can't be read is never dialled, and returned as it is."""
    try:
        parts = URL(url)
        host, port = unquote(parts.raw_host or "").rstrip("."), parts.port
    except ValueError:
        return url
    try:
        address = _find_contained(ip_address(host))
    except ValueError:
        local = f".{host}".endswith(".localhost")
    else:
        host, local = str(address), address.is_loopback or address.is_unspecified
    return f"{parts.scheme}://{'localhost' if local else host}:{port}"


def _find_contained(address: Address) -> Address:
    """The IPv4 address that an IPv6 address contains (IPv4-mapped, NAT64), or else the address itself."""
    if isinstance(address, IPv6Address) and (address.ipv4_mapped or address in _NAT64):
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


class _Resolver(AbstractResolver):
    """aiohttp resolver that returns only checked addresses."""

    def __init__(self, guard: SsrfGuard) -> None:
        self._guard = guard

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=str(address),
                port=port,
                family=socket.AF_INET6 if address.version == 6 else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in await self._guard.addresses(host, port)
            if family in (socket.AF_UNSPEC, socket.AF_INET6 if address.version == 6 else socket.AF_INET)
        ]

    async def close(self) -> None:
        """Nothing to close."""


@lru_cache(maxsize=1)
def _threads() -> ThreadPoolExecutor:
    """Thread pool for look-ups. Each blocks a thread, and a slow name server must not hold up file access."""
    return ThreadPoolExecutor(_LOOKUP_THREADS, thread_name_prefix="opsiq-dns")


async def _system_lookup(host: str, port: int) -> Sequence[str]:
    look = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_threads(), look)
    return [str(peer[0]) for *_, peer in found]


def _network(cidr: str) -> Network:
    try:
        return ip_network(cidr.strip())
    except ValueError as error:
        raise BadSetting(
            f"OPSIQ_ALLOW_ADDRESSES: {cidr!r} is not a CIDR such as 127.0.0.0/8 or ::1/128 ({error})."
        ) from error
