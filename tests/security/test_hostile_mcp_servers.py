"""Attack class: an MCP server whose answers are more than they seem."""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.security.hostile_endpoint import HostileEndpoint, hostile_endpoint

ROOT: Final = Path(__file__).parents[2]


def bomb() -> bytes:
    """Within what is read of an answer, and a thousand times that once it is unpacked. Made in pieces: what this
    process holds counts for those that it starts."""
    packer = zlib.compressobj(6, wbits=16 + zlib.MAX_WBITS)
    return b"".join([packer.compress(b" " * 1_000_000) for _ in range(600)]) + packer.flush()


MOST_MEGABYTES: Final = 450
"""The SDK and its modules are half of it."""


@pytest.fixture
def server() -> Iterator[HostileEndpoint]:
    with hostile_endpoint() as made:
        yield made


@pytest.mark.parametrize("encoding", ["gzip", "identity, GZIP"])
def test_a_compressed_answer_is_never_unpacked(server: HostileEndpoint, tmp_path: Path, encoding: str) -> None:
    head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: {encoding}\r\n"
    packed = bomb()
    server.answers = [f"{head}content-length: {len(packed)}\r\n\r\n".encode() + packed]
    command = [sys.executable, "-m", "opsiq_server", "import", "mcp", "shelf", "--url", server.url, "--out", tmp_path]
    process = subprocess.Popen(
        [*map(str, command)],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        env=os.environ | {"OPSIQ_DATA": str(tmp_path), "OPSIQ_ALLOW_ADDRESSES": "127.0.0.0/8"},
    )
    assert process.stderr is not None
    said = process.stderr.read().decode()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    assert process.returncode == 1
    assert "can't be used" in said
    assert server.got
    assert used.ru_maxrss / 1024 < MOST_MEGABYTES
