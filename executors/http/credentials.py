"""Credentials: added to a request at the last moment before it is sent."""

from __future__ import annotations

import base64
import html
import json
import os
import re
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote, quote_plus

MASK: Final = b"***"
_LEAST_MASKED: Final = 6
"""Shorter secrets aren't masked in answers: they would match everywhere."""


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """TLS client certificate with its key, and the authority of the server's certificate (empty for the system's). All
    are PEM."""

    certificate: str
    key: str = field(repr=False)
    authority: str = ""

    def context(self) -> ssl.SSLContext:
        """A TLS context with the client certificate. Raises ssl.SSLError for unusable PEM."""
        made = ssl.create_default_context(cadata=self.authority or None)
        # The library reads only files. This file exists only in memory.
        held = os.memfd_create("certificate", os.MFD_CLOEXEC)
        try:
            os.write(held, f"{self.certificate}\n{self.key}\n".encode("ascii"))
            made.load_cert_chain(f"/proc/self/fd/{held}")
        finally:
            os.close(held)
        return made


@dataclass(frozen=True, slots=True)
class AppliedCredentials:
    """What a connection's credentials add to a request. ``secrets`` are texts that must not be stored anywhere.
    ``renewable``: new ones can be had if these are refused."""

    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    certificate: ClientCertificate | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    renewable: bool = False

    def mask(self, answer: bytes) -> bytes:
        """The answer without the secrets, since some servers echo them."""
        for each in _spellings(self.secrets):
            answer = answer.replace(each, MASK)
        return answer


NO_CREDENTIALS: Final = AppliedCredentials()


def _spellings(secrets: Iterable[str]) -> list[bytes]:
    """The secrets in every form that may occur in an answer, longest first."""
    texts = {each for each in secrets if len(each) >= _LEAST_MASKED}
    texts |= {base64.b64encode(each.encode()).decode("ascii") for each in list(texts)}
    texts |= {write(each) for each in list(texts) for write in (_quote, _quote_low, quote_plus, html.escape)}
    texts |= {json.dumps(each, ensure_ascii=plain)[1:-1] for each in list(texts) for plain in (True, False)}
    texts |= {each.replace("/", "\\/") for each in list(texts)}
    return sorted((each.encode() for each in texts), key=len, reverse=True)


def _quote(text: str) -> str:
    """As an address holds it. Error pages often repeat the address that was asked for."""
    return quote(text, safe="")


def _quote_low(text: str) -> str:
    return re.sub("%..", lambda found: found[0].lower(), _quote(text))
