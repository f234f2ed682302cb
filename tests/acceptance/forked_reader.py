"""Stands in for Python in forked servers (``sys.executable``): a reading worker is forked too, anything else is Python
itself.

This process is what the server sees of its worker: it ends as the worker does, and when it is killed the worker is.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys

READER = ["-P", "-m", "opsiq_server.run_module", "agent.planning.reading_worker"]


def main() -> int:
    given = sys.argv[1:]
    if given[: len(READER)] != READER:
        os.execv(sys.executable, [sys.executable, *given])
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line.connect(os.path.join(os.path.dirname(__file__), "line"))  # noqa: PTH118, PTH120 - pathlib takes as long to import as all the rest
    fd, *arguments = given[len(READER) :]
    wanted = {"module": READER[-1], "arguments": arguments, "environ": dict(os.environ), "files": None}
    socket.send_fds(line, [json.dumps(wanted).encode()], [int(fd), 2])
    os.close(int(fd))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    code = int(line.recv(64) or 1)
    if code < 0:
        signal.signal(-code, signal.SIG_DFL) if -code != signal.SIGKILL else None
        os.kill(os.getpid(), -code)
    return code


if __name__ == "__main__":
    sys.exit(main())
