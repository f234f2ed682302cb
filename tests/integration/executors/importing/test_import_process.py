"""Imports in their own process: documents from folders, archives and the web, and ones that would never end."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.errors import InvalidInput
from executors.http.ssrf_guard import SsrfGuard
from executors.importing.import_process import ImportProcess, _receive
from executors.importing.import_worker import HEAD
from executors.importing.sources import TextSource, WebSource, find_root, open_archive, open_path

ROOT = (
    'openapi: 3.0.0\ninfo: {title: Split}\nservers: [{url: https://a.example}]\npaths:\n  /x: {$ref: "paths/x.yaml"}\n'
)
PART = "get:\n  parameters: [{$ref: '../shared/p.json#/page'}]\n"
SHARED = '{"page": {"name": "page", "in": "query", "schema": {"type": "integer"}}}'
FILES = {"api.yaml": ROOT, "paths/x.yaml": PART, "shared/p.json": SHARED}


def is_whole(answer: dict[str, object]) -> bool:
    (contract,) = answer["contracts"]  # type: ignore[misc]
    return bool(contract["parameters"]["properties"] == {"page": {"type": "integer"}})


def written(folder: Path) -> Path:
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


async def test_a_folder_and_archives_of_it_are_read_alike(tmp_path: Path) -> None:
    folder = written(tmp_path / "spec")
    tar, zipped = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w:gz") as archive:
        archive.add(folder, "spec")
    with zipfile.ZipFile(zipped, "w") as pack:
        for name, text in FILES.items():
            pack.writestr(name, text)
    sources = [
        open_path(folder),
        open_path(folder / "api.yaml"),
        open_archive(tar.getvalue(), "spec.tar.gz"),
        open_archive(zipped.getvalue(), "spec.zip"),
    ]
    for source in sources:
        assert is_whole(await ImportProcess().run({"do": "draft"}, [source]))


def test_what_an_import_runs_reads_no_cryptography() -> None:
    """A process is started for each, and a third of its time would go by reading what it never uses."""
    code = "import sys, registry.importing.tasks; print(*{'cryptography', 'joserfc'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.split() == []


async def test_a_folder_is_never_left(tmp_path: Path) -> None:
    folder = written(tmp_path / "spec")
    (tmp_path / "secret.yaml").write_text("get: {}")
    (folder / "paths" / "x.yaml").unlink()
    (folder / "paths" / "x.yaml").symlink_to(tmp_path / "secret.yaml")
    answer = await ImportProcess().run({"do": "draft"}, [open_path(folder)])
    assert answer["contracts"] == []
    single = await ImportProcess().run({"do": "draft"}, [TextSource(ROOT.encode())])
    assert single["contracts"] == []


@pytest.fixture
async def host() -> AsyncIterator[TestServer]:
    async def file(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name == "moved.yaml":
            raise web.HTTPFound("/api.yaml")
        if name not in FILES:
            raise web.HTTPNotFound
        return web.Response(text=FILES[name])

    app = web.Application()
    app.router.add_get("/{name:.*}", file)
    server = TestServer(app)
    await server.start_server()
    yield server
    await server.close()


async def test_a_document_on_the_web_brings_those_of_its_host(host: TestServer) -> None:
    allowed = SsrfGuard(["127.0.0.0/8"])
    answer = await ImportProcess().run({"do": "draft"}, [WebSource(str(host.make_url("/api.yaml")), allowed)])
    assert is_whole(answer)
    for name, said in (("moved.yaml", "import it from there"), ("none.yaml", "answers 404")):
        with pytest.raises(InvalidInput, match=said):
            await WebSource(str(host.make_url(f"/{name}")), allowed).read(str(host.make_url(f"/{name}")))


async def test_an_inner_address_is_not_fetched(host: TestServer) -> None:
    with pytest.raises(InvalidInput, match="may not be reached"):
        await ImportProcess().run({"do": "draft"}, [WebSource(str(host.make_url("/api.yaml")), SsrfGuard())])


async def test_what_takes_too_long_is_killed() -> None:
    class Slow:
        root = "api.yaml"

        async def read(self, name: str) -> bytes:
            await asyncio.sleep(60)
            raise AssertionError

    with pytest.raises(InvalidInput, match="longer than"):
        await ImportProcess(wall_s=1.0).run({"do": "draft"}, [Slow()])
    running = [" ".join(each.cmdline()) for each in psutil.Process().children()]
    assert not any("import_worker" in each for each in running)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (lambda: b"[" * 3_000_000, "nested deeper|no JSON"),
        (lambda: b"[" + b"[]," * 8_000_000 + b"[]]", "more than|memory"),
        (lambda: b"\x1f\x8b\x08", "not UTF-8"),
        (lambda: b"x" * 40_000_000, "at most"),
    ],
    ids=["deep", "wide", "binary", "long"],
)
async def test_hostile_documents_end_in_an_error_within_bounds(data: Callable[[], bytes], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        await ImportProcess().run({"do": "draft"}, [TextSource(data())])


def test_an_archive_that_grows_without_end_is_refused() -> None:
    bomb = io.BytesIO()
    with tarfile.open(fileobj=bomb, mode="w:gz") as archive:
        entry = tarfile.TarInfo("api.json")
        entry.size = 140 * 1024 * 1024
        archive.addfile(entry, io.BytesIO(bytes(entry.size)))
    with pytest.raises(InvalidInput, match=r"larger than|more than"):
        open_archive(bomb.getvalue(), "bomb.tar.gz")
    with pytest.raises(InvalidInput, match="no archive"):
        open_archive(b"nothing", "x.zip")


def test_the_first_document_is_found_or_asked_for() -> None:
    api = b"openapi: 3.0.0\npaths: {}"
    assert find_root(
        [("a/b/api.yaml", api), ("spec.json", json.dumps({"swagger": "2.0"}).encode()), ("x.yaml", b"a: 1")]
    )
    with pytest.raises(InvalidInput, match="There are 2 OpenAPI documents"):
        find_root([("a.yaml", api), ("b.yaml", api)])
    with pytest.raises(InvalidInput, match="No document"):
        find_root([("a.yaml", b"a: 1")])


async def test_a_result_that_would_hold_up_the_server_is_not_read() -> None:
    answers = asyncio.StreamReader()
    answers.feed_data(HEAD.pack(80 * 1024 * 1024))
    with pytest.raises(InvalidInput, match="larger than can be handed on"):
        await asyncio.wait_for(_receive(answers), 5)
