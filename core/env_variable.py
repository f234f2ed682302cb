"""Environment variable as a value: its name, its description for the docs, and the parser of its text."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from core.clock import find_zone
from core.crypto import secretbox

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")
Price = tuple[Decimal, Decimal]
"""US dollars per million tokens: (prompt, completion)."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable. ``read`` raises ValueError with a clause that continues after the name ("must be …"). ``default``
    describes the default for the docs if the field's own default doesn't. A ``secret`` value is never shown in an
    error."""

    name: str
    about: str
    read: Callable[[str], Any] = str
    default: str | None = None
    secret: bool = False


def variable(
    name: str, about: str, read: Callable[[str], Any] = str, *, default: str | None = None, secret: bool = False
) -> dict[str, Variable]:
    """The field metadata that declares a setting's variable."""
    return {"variable": Variable(name, about, read, default, secret)}


def get_variable(metadata: Mapping[str, Any]) -> Variable:
    return cast(Variable, metadata["variable"])


def integer(low: int, high: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(text)

    return read


def yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return text == "yes"


def one_of(*members: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in members:
            raise ValueError("must be one of " + ", ".join(members))
        return text

    return read


def address(*schemes: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in schemes or not (parts.netloc or parts.path.strip("/")):
            raise ValueError("must be an address that begins with " + " or ".join(f"{each}://" for each in schemes))
        return text.rstrip("/")

    return read


def origin(text: str) -> str:
    """The address that a server is reached by: it is served at the root."""
    read = address("http", "https")(text)
    parts = urlsplit(read)
    if parts.path or parts.query or parts.fragment:
        raise ValueError("must be an address without a path, since OpsIQ is served at the root of its address")
    return read


def issuer(text: str) -> str:
    """An issuer URL exactly as written. Issuers are compared character by character, including the last slash."""
    parts = urlsplit(text)
    on_this_machine = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and on_this_machine)):
        raise ValueError("must be an address that begins with https:// (http:// on this machine alone)")
    if parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError("must hold no query, no fragment and no user name")
    return text


def time_zone(text: str) -> str:
    try:
        find_zone(text)
    except ValueError as error:
        raise ValueError("must be a time zone by its IANA name, such as Europe/Madrid") from error
    return text


def domains(text: str) -> tuple[str, ...]:
    made = tuple(part.casefold() for part in words(text))
    for part in made:
        if not _DOMAIN.fullmatch(part):
            raise ValueError(f"holds {part!r}, which is no domain such as example.com (ASCII, without @ or *)")
    return made


def words(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def paths(text: str) -> tuple[Path, ...]:
    return tuple(Path(part).expanduser() for part in text.split(os.pathsep) if part.strip())


def networks(text: str) -> tuple[Network, ...]:
    made: list[Network] = []
    for part in words(text):
        try:
            made.append(ipaddress.ip_network(part))
        except ValueError as error:
            raise ValueError(f"holds {part!r}, which is no CIDR network such as 127.0.0.0/8 ({error})") from error
    return tuple(made)


def prices(text: str) -> dict[str, Price]:
    made: dict[str, Price] = {}
    for part in words(text):
        model, _, amounts = part.rpartition("=")
        prompt, _, completion = amounts.partition("/")
        wrong = ValueError(f"holds {part!r}; write model=prompt/completion, as in gpt-x=0.15/0.60")
        try:
            price = (Decimal(prompt), Decimal(completion))
        except InvalidOperation as error:
            raise wrong from error
        if not model or not all(each.is_finite() and each >= 0 for each in price):
            raise wrong
        made[model] = price
    return made


def key(text: str) -> bytes:
    try:
        made = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError(f"must be {secretbox.KEY_BYTES} bytes in base64url") from error
    if len(made) != secretbox.KEY_BYTES:
        raise ValueError(f"must be {secretbox.KEY_BYTES} bytes in base64url; this is {len(made)}")
    return made
