"""Headers of an archive are never taken at their word: what is unpacked is no longer than what is there, and little is
held in memory."""

from __future__ import annotations

import io
import tarfile
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.archive_reader import Archive, Unusable


def header(name: str, size: int, kind: bytes = tarfile.REGTYPE, form: int = tarfile.GNU_FORMAT) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.type = size, kind
    return member.tobuf(form)


WHOLE = (
    header("manifest.json", 2)
    + b"{}".ljust(512, b"\0")
    + header("opsiq.db", 3)
    + b"abc".ljust(512, b"\0")
    + bytes(1024)
)


def test_the_parts_of_a_plain_tar_are_read_where_they_lie(tmp_path: Path) -> None:
    archive = Archive(io.BytesIO(WHOLE))
    assert archive.names == {"manifest.json", "opsiq.db"}
    assert archive.read("manifest.json") == b"{}"
    digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    archive.check("opsiq.db", digest, 3)
    archive.copy("opsiq.db", tmp_path / "out", digest)
    assert (tmp_path / "out").read_bytes() == b"abc"
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0
    for sha256, size in ((digest, 4), ("0" * 64, 3), (None, None)):
        with pytest.raises(Unusable):
            archive.check("opsiq.db", sha256, size)


@pytest.mark.parametrize(
    "kind", [tarfile.REGTYPE, tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_SPARSE]
)
def test_a_header_that_says_terabytes_costs_nothing(kind: bytes) -> None:
    raw = header("manifest.json", 2**42, kind) + bytes(4096)
    tracemalloc.start()
    try:
        with pytest.raises(Unusable):
            Archive(io.BytesIO(raw))
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_a_small_part_that_is_a_large_one_is_not_read() -> None:
    raw = header("data.key", 5000) + bytes(5120) + bytes(1024)
    with pytest.raises(Unusable, match="too large"):
        Archive(io.BytesIO(raw)).read("data.key")


@settings(deadline=None, max_examples=300)
@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=40))
def test_whatever_is_changed_in_it_an_archive_is_read_or_refused(at: int, by: bytes) -> None:
    raw = bytearray(WHOLE)
    raw[at : at + len(by)] = by
    try:
        archive = Archive(io.BytesIO(bytes(raw)))
        assert archive.names <= {"manifest.json", "manifest.mac", "data.key", "opsiq.db", "opsiq.pgdump"}
        assert len(archive.read("manifest.json")) <= len(raw)
    except Unusable:
        pass
