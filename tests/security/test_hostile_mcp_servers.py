"""Attack class: an MCP server whose answers are more than they seem."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.security.hostile_endpoint import HostileEndpoint, hostile_endpoint

ROOT: Final = Path(__file__).parents[2]


@cache
def bomb() -> bytes:
    """Within what is read of an answer, and a thousand times that once it is unpacked."""
    megabyte, count, check = b" " * 1_000_000, 600, 0
    packer = zlib.compressobj(6, wbits=-zlib.MAX_WBITS)
    # After a full flush nothing refers to what came before: packed once, it stands there as often as one likes.
    packed = packer.compress(megabyte) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(count):
        check = zlib.crc32(megabyte, check)
    return b"\x1f\x8b\x08\0\0\0\0\0\0\xff" + packed * count + b"\x03\0" + struct.pack("<II", check, count * 1_000_000)


MOST_MEGABYTES: Final = 450
"""The SDK and its modules are half of it."""

MEASURED: Final = """import resource, subprocess, sys
ended = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(ended)"""
"""Runs a command from a small process: what a process has held counts for those that it starts."""


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
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, *map(str, command)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"OPSIQ_DATA": str(tmp_path), "OPSIQ_ALLOW_ADDRESSES": "127.0.0.0/8"},
    )
    assert done.returncode == 1
    assert "can't be used" in done.stderr
    assert server.got
    assert int(done.stdout.split()[-1]) / 1024 < MOST_MEGABYTES
