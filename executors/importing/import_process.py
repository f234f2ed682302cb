"""Import process: runs an import in its own process, which is killable and bounded in CPU time, memory and waiting.

This side reads the documents that the process asks for, from one source for each tree, and so decides what may be read.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, Protocol

from core.errors import Finding, InvalidInput, Unavailable
from core.python_command import make_command
from executors.child_process import signal_child
from executors.importing.import_worker import CPU_S, HEAD

if TYPE_CHECKING:  # a server only names tasks; their code is imported where they run
    from registry.importing.tasks import Task

log = logging.getLogger("opsiq.executors.importing")

WALL_S: Final = 180.0
MAX_ANSWER_BYTES: Final = 64 * 1024 * 1024
"""An answer is parsed by this process, which hears nobody meanwhile, and takes several times this memory."""
MAX_AT_ONCE: Final = 2
_ENVIRONMENT: Final = ("PATH", "PYTHONPATH", "PYTHONHOME", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "LD_LIBRARY_PATH")


class DocumentSource(Protocol):
    """The source of a tree of documents: a folder, an archive, a text, a host. ``root`` names its first."""

    root: str

    async def read(self, name: str) -> bytes:
        """Reads one document by its name. Raises InvalidInput for one that is not there or may not be read."""
        ...


class ImportProcess:
    """Runs tasks, a few at a time."""

    def __init__(self, *, at_once: int = MAX_AT_ONCE, wall_s: float = WALL_S) -> None:
        self._room = asyncio.Semaphore(at_once)
        self._wall_s = wall_s

    async def run(self, task: Task, sources: Sequence[DocumentSource]) -> dict[str, Any]:
        """Runs a task and returns its answer. Raises InvalidInput for unusable documents, including those that take too
        much time or memory."""
        async with self._room:
            environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
            process = await asyncio.create_subprocess_exec(
                *make_command("executors.importing.import_worker"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=environment,
            )
            complaints = asyncio.create_task(_tail(process.stderr))
            try:
                async with asyncio.timeout(self._wall_s):
                    return await _converse(process, {**task, "roots": [each.root for each in sources]}, sources)
            except TimeoutError as error:
                raise InvalidInput(f"The import took longer than {self._wall_s:.0f} s. Import a part of it.") from error
            finally:
                signal_child(process, signal.SIGKILL)
                await process.wait()
                if said := await complaints:
                    log.warning("an import complained: %s", said.strip().rsplit("\n", 1)[-1][:300])


async def _converse(
    process: asyncio.subprocess.Process, task: Task, sources: Sequence[DocumentSource]
) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        await _send(process.stdin, json.dumps(task).encode())
        while True:
            message: dict[str, Any] = json.loads(await _receive(process.stdout))
            if "need" in message:
                tree, name = message["need"]
                try:
                    await _send(process.stdin, b"\x00" + await sources[tree].read(name))
                except InvalidInput as error:
                    await _send(process.stdin, b"\x01" + error.detail.encode())
            elif "error" in message:
                findings = [Finding(*each) for each in message["error"].get("findings", ())]
                raise InvalidInput(message["error"]["detail"], findings=findings)
            else:
                done: dict[str, Any] = message["done"]
                return done
    except (EOFError, OSError) as error:
        code = await process.wait()
        if code < 0:
            raise InvalidInput(
                f"The document could not be read within {CPU_S} s of processor time. Import a part of it."
            ) from error
        raise Unavailable("The import stopped before it was done; try again.") from error


async def _tail(stream: asyncio.StreamReader | None) -> str:
    """The end of a stream's text. The stream is read to its end, so that its writer never blocks."""
    kept = b""
    while stream is not None and (chunk := await stream.read(4096)):
        kept = (kept + chunk)[-2000:]
    return kept.decode("utf-8", "replace")


async def _send(stream: asyncio.StreamWriter, body: bytes) -> None:
    stream.write(HEAD.pack(len(body)) + body)
    await stream.drain()


async def _receive(stream: asyncio.StreamReader) -> bytes:
    (size,) = HEAD.unpack(await stream.readexactly(HEAD.size))
    if size > MAX_ANSWER_BYTES:
        raise InvalidInput("The import's result is larger than can be handed on. Import a part of it.")
    return await stream.readexactly(size)
