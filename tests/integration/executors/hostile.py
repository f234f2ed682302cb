"""Answers that no well-behaved server gives: as raw bytes, for a peer that closes the connection after each."""

from __future__ import annotations

import asyncio
import gzip
from dataclasses import dataclass

from hypothesis import strategies as st

from tests.integration.executors.http.peers import Peer, take

BODIES = st.one_of(
    st.binary(max_size=200),
    st.text(st.characters(codec=None), max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from(
        [
            b"\x00",
            b'{"ok":"\\u0000"}',
            b'{"ok":"\\ud800"}',
            b"[" * 70_000,
            b'{"a":' * 20_000,
            b'{"n":1e999}',
            b"9" * 6_000,
            b"NaN",
            b'"' + b"\xf0\x9f\x92\xa9" * 16_384,
            b"\x00" * 200_000,
            b"\xff" * 65_536,
            gzip.compress(b"\0" * 5_000_000),
            b"\xed\xa0\x80",
        ]
    ),
)
VALUES = st.one_of(
    st.binary(max_size=40).map(lambda raw: raw.replace(b"\r", b"").replace(b"\n", b"")),
    st.sampled_from([b"9" * 400, b"-1", b"Thu, 01 Jan 0001 00:00:00 +2359", b"gzip, br", b"chunked, chunked", b"\xff\xfe", b"y" * 9_000]),  # noqa: E501
)  # fmt: skip
NAMES = st.sampled_from(
    [
        b"retry-after",
        b"content-encoding",
        b"content-type",
        b"set-cookie",
        b"connection",
        b"x-odd",
        b"upgrade",
        b"trailer",
    ]
)
LENGTHS = st.sampled_from([b"", b"{}", b"{}", b"{}", b"-1", b"0", b"1", b"99999999999999999999", b"2, 3", b"0x10"])
"""Of Content-Length; ``{}`` stands for the true one."""
STATUSES = st.sampled_from([200, 200, 200, 201, 204, 301, 404, 410, 429, 500, 503, 504, 999])


@st.composite
def answers(draw: st.DrawFn) -> bytes:
    body = draw(BODIES)
    lines = [b"HTTP/1.1 %d %s" % (draw(STATUSES), draw(st.sampled_from([b"OK", b"", b"\xff\x00"])))]
    length = draw(LENGTHS)
    if length:
        lines.append(b"content-length: " + length.replace(b"{}", b"%d" % len(body)))
    elif draw(st.booleans()):
        lines.append(b"transfer-encoding: chunked")
        body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body) if draw(st.booleans()) else body
    lines += [name + b": " + value for name, value in draw(st.lists(st.tuples(NAMES, VALUES), max_size=4))]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body[: draw(st.sampled_from([None, None, None, 3]))]


@dataclass
class Saying:
    """Serves ``answer``, whatever it is by then, and closes."""

    answer: bytes = b""

    async def __call__(self, peer: Peer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await take(peer, reader, writer)
        writer.write(self.answer)
        await writer.drain()
