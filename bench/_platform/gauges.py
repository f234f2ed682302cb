"""What the kernel says of a process: its memory and its CPU."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_TICK_S: Final = 1 / os.sysconf("SC_CLK_TCK")
MIB: Final = 1024


def resident_mib(pid: int) -> float:
    return _kib(pid, "VmRSS") / MIB


def peak_mib(pid: int) -> float:
    """The most since the process began or since ``forget_peak``."""
    return _kib(pid, "VmHWM") / MIB


def forget_peak(pid: int) -> None:
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def cpu_s(pid: int) -> float:
    """User and system time of all its threads."""
    columns = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(columns[11]) + int(columns[12])) * _TICK_S


def family_cpu_s(pid: int) -> float:
    """Of a process and the children it has now."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return cpu_s(pid) + sum(cpu_s(int(child)) for child in children)


def _kib(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    raise LookupError(f"The kernel says no {name} of process {pid}.")
