"""Connections that say nothing, half of something, or something that can be read in two ways: raw sockets against real
processes."""

from __future__ import annotations

import contextlib
import re
import resource
import select
import socket
import time
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.installation import Installation

HALF = b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Half: "
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
FILES = 256
ATTACK = 1200
MOST_LOG_BYTES = 20_000
PATIENCE_S = 15.0
"""What an answer may take on a machine that is busy with other tests; without the limits none comes at all."""


class Attacked:
    """A server, its own folder, and raw sockets to it."""

    def __init__(self, world: Installation) -> None:
        self.world = world
        parts = urllib.parse.urlsplit(world.url)
        self.there = (parts.hostname or "", parts.port or 0)
        self.pid = world.processes["server"].pid

    def connect(self, source: str = "127.0.0.1", timeout_s: float = PATIENCE_S) -> socket.socket:
        return socket.create_connection(self.there, timeout=timeout_s, source_address=(source, 0))

    def ask(self, request: bytes, source: str = "127.0.0.1", timeout_s: float = PATIENCE_S) -> bytes:
        """All that comes back until the server closes."""
        with self.connect(source, timeout_s) as line:
            line.sendall(request)
            return read_all(line)

    def status(self, request: bytes) -> int:
        answer = self.ask(request)
        return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0

    def health_s(self, source: str = "127.0.0.1") -> float:
        """How long /healthz takes from there; 1000 where it does not answer."""
        began = time.monotonic()
        try:
            answer = self.ask(HEALTH, source)
        except OSError:
            return 1000.0
        return time.monotonic() - began if answer.startswith(b"HTTP/1.1 200") else 1000.0

    def files(self) -> int:
        """How many the server has open."""
        return sum(1 for _ in Path(f"/proc/{self.pid}/fd").iterdir())

    def closed_for(self, why: str) -> float:
        """How many connections it has closed for this, by its own metrics."""
        told = self.ask(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").decode()
        found = re.search(rf'^opsiq_connections_closed_total{{why="{why}"}} (\S+)$', told, re.MULTILINE)
        return float(found[1]) if found else 0.0

    def log_bytes(self) -> int:
        return self.world.log_of("server").stat().st_size


def read_all(line: socket.socket) -> bytes:
    came = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := line.recv(65536):
            came += piece
    return came


@contextlib.contextmanager
def half_heads(attacked: Attacked, count: int) -> Iterator[list[socket.socket]]:
    """``count`` connections from one address that send half a head and then nothing."""
    lines: list[socket.socket] = []
    try:
        for _ in range(count):
            line = socket.socket()
            line.setblocking(False)
            line.connect_ex(attacked.there)
            lines.append(line)
        waiting = set(lines)
        end = time.monotonic() + PATIENCE_S
        while waiting and time.monotonic() < end:
            poll = select.poll()
            of = {line.fileno(): line for line in waiting}
            for fd in of:
                poll.register(fd, select.POLLOUT)
            for fd, _ in poll.poll(500):
                waiting.discard(of[fd])
                with contextlib.suppress(OSError):
                    of[fd].send(HALF)
        yield lines
    finally:
        for line in lines:
            line.close()


def wait_for(what: Callable[[], bool]) -> None:
    """The bound only ends a test that fails."""
    end = time.monotonic() + 2 * PATIENCE_S
    while not what():
        assert time.monotonic() < end, "it did not come to this in time"
        time.sleep(0.1)


def closed(lines: list[socket.socket]) -> int:
    """How many of them the server has closed."""
    count = 0
    for line in lines:
        try:
            count += line.recv(65536) == b""
        except BlockingIOError:
            pass
        except OSError:
            count += 1
    return count


def started(folder: Path, files: int | None = None, processes: int = 1, **environ: str) -> Installation:
    world = Installation(folder, keep_logs=True)
    try:
        world.start_server(files=files, processes=processes, **environ)
    except BaseException:
        world.stop()
        raise
    return world


@pytest.fixture(scope="module", autouse=True)
def room_for_sockets() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """Few files, short times."""
    world = started(
        tmp_path_factory.mktemp("attacked"),
        FILES,
        OPSIQ_HEAD_TIMEOUT_S="1",
        OPSIQ_BODY_TIMEOUT_S="1",
        OPSIQ_READ_TIMEOUT_S="1",
    )
    try:
        yield Attacked(world)
    finally:
        world.stop()


def test_a_server_answers_beside_1200_half_heads_from_one_address(attacked: Attacked) -> None:
    before = attacked.log_bytes()
    with half_heads(attacked, ATTACK) as lines:
        took = [attacked.health_s(source) for source in ("127.0.0.1", "127.0.0.2", "127.0.0.1")]
        assert max(took) < PATIENCE_S, took
        wait_for(lambda: closed(lines) == ATTACK)
    assert attacked.log_bytes() - before < MOST_LOG_BYTES
    assert attacked.files() < FILES / 2, "and nothing of them is left open"


def test_a_server_that_runs_out_of_files_says_so_once_a_second_and_answers(attacked: Attacked) -> None:
    """The limit is lowered under the running server, below what it reckons with."""
    before = attacked.log_bytes()
    resource.prlimit(attacked.pid, resource.RLIMIT_NOFILE, (attacked.files() + 20, FILES))
    try:
        with half_heads(attacked, ATTACK):
            took = [attacked.health_s(source) for source in ("127.0.0.1", "127.0.0.2")]
        assert max(took) < PATIENCE_S, took
    finally:
        resource.prlimit(attacked.pid, resource.RLIMIT_NOFILE, (FILES, FILES))
    wait_for(lambda: attacked.health_s() < PATIENCE_S)
    written = attacked.world.log_of("server").read_text()[before:]
    assert "Too many open files" in written, "it came to that"
    assert len(written) < MOST_LOG_BYTES


FORM = b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"


def test_what_does_not_come_in_its_time_ends_the_connection(attacked: Attacked) -> None:
    """All at once: nothing, half a head, half a body, half a chunk, half of a second head."""
    halves = {
        b"": 0,
        HALF: 408,
        FORM + b"Content-Length: 100\r\n\r\nhalf a body": 408,
        FORM + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhalf ": 408,
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" + HALF: 408,
    }
    with contextlib.ExitStack() as held:
        lines = {sent: held.enter_context(attacked.connect()) for sent in halves}
        for sent, line in lines.items():
            line.sendall(sent)
        came = {sent: read_all(line) for sent, line in lines.items()}
    for sent, answer in came.items():
        last = answer[answer.rfind(b"HTTP/1.1 ") :] if answer else b""
        assert (int(last.split(b" ", 2)[1]) if last else 0) == halves[sent], (sent, answer)
        assert not last or b'"retryable": true' in last


def test_a_body_that_drips_ends_though_each_byte_comes_soon(attacked: Attacked) -> None:
    with attacked.connect() as line:
        line.sendall(FORM + b"Content-Length: 1000\r\n\r\n")
        end = time.monotonic() + PATIENCE_S
        answer = b""
        while not answer and time.monotonic() < end:
            line.sendall(b"x")
            if select.select([line], [], [], 0.1)[0]:
                answer = line.recv(4096)
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_body_that_was_refused_may_not_come_for_ever(attacked: Attacked) -> None:
    cut = False
    with attacked.connect() as line:
        line.sendall(b"POST /v1/runs HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000000\r\n\r\n")
        assert line.recv(4096).startswith(b"HTTP/1.1 413 ")
        end = time.monotonic() + PATIENCE_S
        try:
            while time.monotonic() < end:
                line.sendall(b"x" * 65536)
        except (ConnectionResetError, BrokenPipeError):
            cut = True
    assert cut
    assert attacked.health_s() < PATIENCE_S


def test_an_answer_that_nobody_reads_ends_the_connection_and_its_request(attacked: Attacked) -> None:
    """As many requests one after the other as fill every buffer between here and there."""
    page = b"GET /static/console.css HTTP/1.1\r\nHost: x\r\n\r\n"
    before = attacked.closed_for("not_read")
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.settimeout(PATIENCE_S)
        line.connect(attacked.there)
        line.setblocking(False)
        end = time.monotonic() + 2 * PATIENCE_S
        while attacked.closed_for("not_read") == before:
            assert time.monotonic() < end
            with contextlib.suppress(BlockingIOError, ConnectionResetError, BrokenPipeError):
                for _ in range(200):
                    line.send(page)
            time.sleep(0.1)


GOOD = b"POST /v1/runs HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (GOOD + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (GOOD + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400),
        (GOOD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
        (GOOD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
        (GOOD.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (GOOD + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400),
        (GOOD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", 400),
        (GOOD + b"Content-Length: 2, 2\r\n\r\n{}", 400),
        (GOOD + b"Content-Length: +2\r\n\r\n{}", 400),
        (GOOD + b"Content-Length: 0x2\r\n\r\n{}", 400),
        (GOOD + b"Content-Length:\r\n\r\n{}", 400),
        (GOOD + b"Content-Length : 2\r\n\r\n{}", 400),
        (GOOD + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n{}", 400),
        (b"GET /healthz HTTP/1.1\nHost: x\n\n", 400),
        (b"GET /healthz HTTP/1.1\r\nHost: x\nX-A: b\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\n\n", 400),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: b\r\n c\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: b\rX-B: c\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: \0\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\n\r\n", 400),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * 33_000 + b"\r\n\r\n", 431),
        (b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
        (GOOD + b"Transfer-Encoding: chunked\r\n\r\n2\n{}\n0\n\n", 400),
        (GOOD + b"Transfer-Encoding: chunked\r\n\r\n2;a\rb\r\n{}\r\n0\r\n\r\n", 400),
        (GOOD + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\n\r\n", 400),
        (GOOD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 5000 + b"0\r\n\r\n", 400),
        (GOOD + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"x" * 5000 + b"\r\nx\r\n0\r\n\r\n", 400),
    ],
    ids=[
        "length then encoding",
        "encoding then length",
        "two encodings",
        "an encoding before chunked",
        "an encoding in HTTP/1.0",
        "one length twice",
        "two lengths",
        "a list of lengths",
        "a signed length",
        "a hexadecimal length",
        "no length",
        "a space before the colon",
        "a huge length",
        "bare LF throughout",
        "bare LF in a header",
        "bare LF at the end",
        "a folded header",
        "bare CR",
        "NUL",
        "two hosts",
        "no host",
        "a long header",
        "many headers",
        "bare LF in chunks",
        "bare CR in a chunk's line",
        "bare LF in a trailer",
        "tiny chunks",
        "a long chunk line",
    ],
)
def test_a_request_that_can_be_read_in_two_ways_is_refused(attacked: Attacked, request_: bytes, status: int) -> None:
    """And nothing after it is taken for another request."""
    came = attacked.ask(request_ + HEALTH)
    assert int(came.split(b" ", 2)[1]) == status, came[:200]
    assert came.count(b"HTTP/1.1 ") == 1
    assert b"invalid_request" in came


def test_a_flood_of_requests_that_are_none_fills_no_log(attacked: Attacked) -> None:
    before = attacked.log_bytes()
    for _ in range(400):
        assert attacked.status(b"GET /healthz HTTP/1.1\nHost: x\n\n") == 400
    assert attacked.log_bytes() - before < MOST_LOG_BYTES


def test_requests_one_after_the_other_and_a_body_in_pieces_still_get_through(attacked: Attacked) -> None:
    twice = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" + HEALTH
    assert attacked.ask(twice).count(b"HTTP/1.1 200 ") == 2
    with attacked.connect() as line:
        for byte in HEALTH:
            line.sendall(bytes([byte]))
        assert read_all(line).startswith(b"HTTP/1.1 200 ")
    chunked = GOOD + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\nX: y\r\n\r\n"
    assert attacked.ask(chunked).startswith(b"HTTP/1.1 401 ")


def test_one_address_makes_room_for_itself_and_a_trusted_proxy_has_more(tmp_path: Path) -> None:
    world = started(
        tmp_path,
        OPSIQ_MAX_ADDRESS_CONNECTIONS="20",
        OPSIQ_TRUSTED_PROXIES="127.0.0.9/32",
        OPSIQ_KEEP_ALIVE_S="600",
        OPSIQ_HEAD_TIMEOUT_S="600",
    )
    try:
        attacked = Attacked(world)
        with contextlib.ExitStack() as held:

            def opened(source: str, count: int) -> list[socket.socket]:
                lines = [held.enter_context(attacked.connect(source)) for _ in range(count)]
                for line in lines:
                    line.sendall(HALF)
                    line.setblocking(False)
                return lines

            bystander, proxy, attacker = opened("127.0.0.2", 5), opened("127.0.0.9", 60), opened("127.0.0.3", 60)
            assert attacked.health_s("127.0.0.3") < PATIENCE_S
            wait_for(lambda: closed(attacker) >= 40)
            assert closed(attacker) <= 41, "twenty, of which the last to come took one's place"
            assert closed(bystander) == closed(proxy) == 0
    finally:
        world.stop()


def test_every_process_of_a_family_answers_under_attack_and_all_stop_when_told(tmp_path: Path) -> None:
    world = started(tmp_path, FILES, processes=2, OPSIQ_HEAD_TIMEOUT_S="600")
    try:
        attacked = Attacked(world)
        with half_heads(attacked, ATTACK):
            took = [attacked.health_s() for _ in range(6)]
            assert max(took) < PATIENCE_S, took
            family = world.processes["server"]
            family.terminate()
            assert family.wait(40) == 0, "connections that say nothing hold no stop up"
        assert attacked.log_bytes() < MOST_LOG_BYTES
    finally:
        world.stop()
