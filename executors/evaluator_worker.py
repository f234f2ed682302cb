"""Worker process of the condition evaluator: one JSON line in, one out, each within a CPU budget that the kernel
enforces.

The library holds the interpreter until it is done, so no Python thread or signal handler could stop it. The interval
timer's default action does: it ends the process, and the caller starts another (``executors.evaluator``). The process
has no settings, keys or connections of the server. It ends when its input does.
"""

from __future__ import annotations

import json
import resource
import signal
import sys
from typing import Any, Final

from core.errors import InvalidInput
from registry.conditions import condition

MEMORY_BYTES: Final = 768 * 1024 * 1024
"""Limit of the address space, including the interpreter's."""


def main() -> int:
    cpu_s = float(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    condition.compile("true")  # imports the library, outside anybody's budget
    for line in sys.stdin.buffer:
        signal.setitimer(signal.ITIMER_PROF, cpu_s)
        answer = _answer(json.loads(line))
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()
    return 0


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    try:
        compiled = condition.compile(asked["expression"], frozenset(asked["variables"]))
    except InvalidInput as error:
        return {"holds": True, "trouble": f"the condition can't be judged: {error.detail}"}
    result = compiled.evaluate(asked["values"])
    return {"holds": result.holds, "trouble": result.trouble}


if __name__ == "__main__":
    sys.exit(main())
