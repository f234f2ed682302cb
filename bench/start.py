"""How long things take to begin: ``opsiq --help`` beside a bare interpreter, the server from start to its first answer,
idle memory."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

RUNS = 5


def timed(*command: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def server() -> tuple[float, float]:
    """Seconds to the first answer, resident MiB then."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, "-m", "cli.main", "serve", "--port", "0"],
            env={**os.environ, "OPSIQ_DATA": folder},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert child.stdout is not None
            url = json.loads(child.stdout.readline())["url"]
            with urllib.request.urlopen(f"{url}/readyz", timeout=10) as answer:
                answer.read()
            took = time.perf_counter() - began
            status = Path(f"/proc/{child.pid}/status")
            lines = status.read_text().splitlines() if status.exists() else []
            resident = next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)
        finally:
            child.terminate()
            child.wait()
            if child.stdout:
                child.stdout.close()
        return took, resident


def main() -> None:
    bare = statistics.median(timed("-c", "pass") for _ in range(RUNS))
    help_ = statistics.median(timed("-m", "cli.main", "--help") for _ in range(RUNS))
    starts = [server() for _ in range(RUNS)]
    first = statistics.median(took for took, _ in starts)
    print(f"bare interpreter      {bare:6.3f} s")
    print(f"opsiq --help          {help_:6.3f} s   {help_ / bare:4.1f}x bare   goal < 0.4 s")
    print(f"server, first answer  {first:6.3f} s   {first / bare:4.1f}x bare   goal < 2 s")
    print(f"server, resident      {statistics.median(mib for _, mib in starts):6.0f} MiB")


if __name__ == "__main__":
    main()
