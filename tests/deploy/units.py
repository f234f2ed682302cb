"""A systemd unit run without systemd: its user, its environment, and as much of its confinement as plain system calls
give (read-only root, private /tmp, no new privileges, no capabilities, no memory both writable and executable)."""

from __future__ import annotations

import shlex
from collections import defaultdict
from pathlib import Path
from typing import Final

_CONFINED: Final = r"""
import ctypes, os, pwd, subprocess, sys
user, umask, writable, *command = sys.argv[1:]
libc = ctypes.CDLL(None, use_errno=True)
def must(done, what):
    if done != 0:
        sys.exit(f"{what}: {os.strerror(ctypes.get_errno())}")
must(libc.unshare(0x00020000), "mount namespace")
def mount(*words):
    subprocess.run(["mount", *words], check=True)
mount("--make-rprivate", "/proc")
for each in ("/usr", "/etc", "/opt", "/root", "/srv"):
    mount("--bind", each, each)
    mount("-o", "remount,bind,ro", each)
mount("--bind", "/var", "/var")
mount("-o", "remount,bind,ro", "/var")
for each in writable.split():
    mount("--bind", each, each)
    mount("-o", "remount,bind,rw", each)
mount("-t", "tmpfs", "tmpfs", "/tmp")
who = pwd.getpwnam(user)
for each in range(64):
    if libc.prctl(24, each, 0, 0, 0) != 0:  # PR_CAPBSET_DROP
        break
os.setgroups([]); os.setgid(who.pw_gid); os.setuid(who.pw_uid)
must(libc.prctl(38, 1, 0, 0, 0), "PR_SET_NO_NEW_PRIVS")
libc.prctl(65, 1, 0, 0, 0)  # PR_SET_MDWE, where the kernel has it
os.umask(int(umask, 8))
os.chdir("/var/lib/opsiq")
os.execvp(command[0], command)
"""


class Unit:
    def __init__(self, path: Path) -> None:
        self.settings: dict[str, list[str]] = defaultdict(list)
        for line in path.read_text().splitlines():
            name, equals, value = line.partition("=")
            if equals and not line.startswith(("#", "[")):
                self.settings[name].append(value)

    def environ(self, root: Path) -> dict[str, str]:
        """What ``Environment`` and the files of ``EnvironmentFile`` below ``root`` set."""
        made = dict(each.split("=", 1) for line in self.settings["Environment"] for each in shlex.split(line))
        for name in self.settings["EnvironmentFile"]:
            path = root / name.removeprefix("-")[1:]
            if path.exists() or not name.startswith("-"):
                made |= dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
        return made

    def command(self) -> list[str]:
        """To be run as root in the root folder: it gives up being root."""
        (user,), (umask,), (start,) = self.settings["User"], self.settings["UMask"], self.settings["ExecStart"]
        writable = " ".join(self.settings["ReadWritePaths"]) or f"/var/lib/{self.settings['StateDirectory'][0]}"
        return ["python3", "-c", _CONFINED, user, umask, writable, *shlex.split(start.replace("%%", "%"))]
