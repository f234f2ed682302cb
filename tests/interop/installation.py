"""A real platform on this machine: installed once in a folder of its own, started afresh with a seeded database."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

ENVIRONMENTS: Final = Path(__file__).parent / "environments"
CACHE: Final = Path(os.environ.get("INTEROP_CACHE") or Path.home() / ".cache" / "opsiq-interop")
"""Where platforms are installed: outside the tree, kept between runs. About 1.5 GB."""
START_S: Final = 180.0


@dataclass(frozen=True)
class Platform:
    """A platform that runs. ``api`` is what the paths of its requests' checks are below."""

    connector: str
    base_url: str
    api: str
    credential: Mapping[str, str]
    options: Mapping[str, str]
    token_header: tuple[str, str]


class Installation(Protocol):
    name: str

    def install(self) -> None:
        """Does nothing where it is there already. Raises CalledProcessError, LookupError."""

    def running(self, folder: Path) -> AbstractContextManager[Platform]:
        """The platform with fresh data in ``folder``, until the end of the block."""


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def once(folder: Path, pins: Sequence[Path], make: Callable[[], None]) -> None:
    """Makes ``folder`` unless it was made whole from the same pins; half-made or of other pins, it is made anew."""
    digest = hashlib.sha256(b"".join(each.read_bytes() for each in pins)).hexdigest()
    mark = folder / ".made-from"
    if mark.is_file() and mark.read_text() == digest:
        return
    say(f"installing into {folder}: some minutes, once")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    make()
    mark.write_text(digest)


def call(command: Sequence[str | Path], **more: object) -> None:
    """Raises CalledProcessError with the end of what the command said."""
    made = subprocess.run(
        [*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **more
    )  # type: ignore[call-overload]
    if made.returncode:
        raise SystemExit(f"{Path(command[0]).name} failed ({made.returncode}):\n{made.stdout[-3000:]}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def process(
    command: Sequence[str | Path], url: str, log: Path, environ: Mapping[str, str], folder: Path
) -> Iterator[None]:
    """Runs a server in ``folder`` until the end of the block, from when ``url`` answers. Raises SystemExit."""
    with log.open("a") as said:
        started = subprocess.Popen(
            [*map(str, command)], stdout=said, stderr=said, cwd=folder, env=dict(environ), start_new_session=True
        )
    try:
        end = time.monotonic() + START_S
        while not answers(url):
            if started.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"{Path(command[0]).name} did not start; it said:\n{log.read_text()[-3000:]}")
            time.sleep(0.3)
        yield
    finally:
        os.killpg(started.pid, signal.SIGTERM)
        try:
            started.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
