"""Stands in for Python in forked servers (``sys.executable``): what they start of the server's own is forked too,
anything else is Python itself.

This process is what the server sees of its child: it hands signals on, it ends as the child does, and when it is killed
the child is.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys

RUN = ["-P", "-m", "opsiq_server.run_module"]
FORKED = ("agent.planning.reading_worker", "cli.main", "executors.importing.import_worker")


def main() -> int:
    given = sys.argv[1:]
    if given[: len(RUN)] != RUN or given[len(RUN)] not in FORKED:
        os.execv(sys.executable, [sys.executable, *given])
    module, *arguments = given[len(RUN) :]
    named = zip(["", *arguments], arguments, strict=False)
    fds = [int(value) for name, value in named if name.endswith("-fd") or (module == FORKED[0] and not name)]
    standard = [0, 1, 2] if module == FORKED[2] else [1, 2]
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line.connect(os.path.join(os.path.dirname(__file__), "line"))  # noqa: PTH118, PTH120 - pathlib takes longer to import than all the rest
    wanted = {"module": module, "arguments": arguments, "environ": dict(os.environ), "places": [*fds, *standard]}
    socket.send_fds(line, [json.dumps(wanted).encode()], [*fds, *standard])
    pid = int(line.recv(64))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: os.kill(pid, number))
    for fd in fds:
        os.close(fd)
    code = int(line.recv(64) or 1)
    if code < 0:
        if -code != signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    return code


if __name__ == "__main__":
    sys.exit(main())
