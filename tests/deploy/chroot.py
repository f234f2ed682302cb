"""A fresh Debian in a folder: made by debootstrap, entered by chroot, with a network of its own where servers run."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

SUITE: Final = "trixie"
OF_THIS_MACHINE: Final = (
    "/etc/apt",
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/pip.conf",
    "/etc/xdg/pip",
    "/etc/ssl/certs",
    "/usr/local/share/ca-certificates",
)
"""How this machine reaches its package indexes: mirrors, certificates. Nothing else is taken along."""
LEFT_OUT: Final = ("preferences.d", "older-defaults-of-debian.sources")
PATHS: Final = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
}
PASSED_ON: Final = (
    "PIP_CERT",
    "PIP_INDEX_URL",
    "PIP_DEFAULT_TIMEOUT",
    "SSL_CERT_FILE",
    "http_proxy",
    "https_proxy",
    "no_proxy",
)
_NO_NEW_NET: Final = 0x40000000  # CLONE_NEWNET
_IFF_UP_RUNNING: Final = 0x1 | 0x40


def make_base(folder: Path) -> None:
    """The smallest Debian there is, once: kept for the next run."""
    if (folder / "etc/debian_version").exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        ["debootstrap", "--variant=minbase", SUITE, folder, *_mirror()], check=True, stdout=subprocess.DEVNULL
    )


def _mirror() -> list[str]:
    """The first mirror that this machine's own sources name."""
    for path in [*sorted(Path("/etc/apt").rglob("*.sources")), Path("/etc/apt/sources.list")]:
        for line in path.read_text().splitlines() if path.is_file() else ():
            words = line.split()
            if len(words) > 1 and words[0] in ("URIs:", "deb"):
                return [next(each for each in words[1:] if "://" in each)]
    return []


class Network:
    """A network namespace with nothing but a loopback interface, held open by a process."""

    def __init__(self) -> None:
        ready, theirs = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            ctypes.CDLL(None).unshare(_NO_NEW_NET)
            with socket.socket() as asking:
                fcntl.ioctl(asking, 0x8914, struct.pack("16sH14s", b"lo", _IFF_UP_RUNNING, b""))  # SIOCSIFFLAGS
            os.write(theirs, b"r")
            signal.pause()
        os.read(ready, 1)
        self.inside = ("nsenter", f"--net=/proc/{self._pid}/ns/net")

    def close(self) -> None:
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)


class Chroot:
    """``run`` a command to its end, ``start`` one that goes on; ``network`` cuts it off from all but loopback."""

    def __init__(self, root: Path, network: Network) -> None:
        self.root, self.network = root, network
        self._started: list[subprocess.Popen[str]] = []

    def run(
        self, *command: str, environ: Mapping[str, str] = {}, cwd: str = "/root", offline: bool = True, stdin: str = ""
    ) -> str:
        """What it printed. Raises AssertionError with all it said when it fails."""
        done = subprocess.run(
            self._entered(command, cwd, offline),
            env=self._environ(environ),
            input=stdin,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{command[-1]}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout

    def start(self, *command: str, environ: Mapping[str, str] = {}, cwd: str = "/root") -> subprocess.Popen[str]:
        log = (self.root / "var/log/started.log").open("a")
        process = subprocess.Popen(
            self._entered(command, cwd, True), env=self._environ(environ), stdout=subprocess.PIPE, stderr=log, text=True
        )
        self._started.append(process)
        return process

    def stop(self, process: subprocess.Popen[str]) -> int:
        """SIGTERM, and its exit code."""
        process.terminate()
        code = process.wait(60)
        self._started.remove(process)
        return code

    def close(self) -> None:
        for process in self._started:
            process.kill()

    def log(self) -> str:
        return (self.root / "var/log/started.log").read_text()[-3000:]

    def _entered(self, command: Sequence[str], cwd: str, offline: bool) -> list[str]:
        inside = self.network.inside if offline else ()
        return [
            *inside,
            "env",
            f"--chdir={self.root}",
            "/usr/sbin/chroot",
            str(self.root),
            "env",
            f"--chdir={cwd}",
            *command,
        ]

    def _environ(self, more: Mapping[str, str]) -> dict[str, str]:
        return {**PATHS, **{name: os.environ[name] for name in PASSED_ON if name in os.environ}, **more}


@contextmanager
def fresh_debian(base: Path) -> Iterator[Chroot]:
    """A copy of ``base``, with what this machine knows of its mirrors; gone at the end."""
    with tempfile.TemporaryDirectory(prefix="opsiq-debian-", dir=base.parent) as folder:
        root = Path(folder) / "root"
        subprocess.run(["cp", "-a", "--reflink=auto", base, root], check=True)
        for name in OF_THIS_MACHINE:
            source, target = Path(name), root / name[1:]
            if source.is_dir():
                shutil.rmtree(target, ignore_errors=True)
                shutil.copytree(
                    source,
                    target,
                    symlinks=False,
                    ignore=shutil.ignore_patterns(*LEFT_OUT),
                    ignore_dangling_symlinks=True,
                )
            elif source.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(source, target)
        mounts = []
        network = Network()
        made = Chroot(root, network)
        try:
            # A mount of its own, so that what is mounted inside stays inside.
            for words in (["--bind", root, root], ["--make-private", root]):
                subprocess.run(["mount", *words], check=True)
            mounts.append(root)
            for source_, target_, kind in (("proc", "proc", ["-t", "proc"]), ("/dev", "dev", ["--rbind"])):
                subprocess.run(["mount", *kind, source_, root / target_], check=True)
                mounts.append(root / target_)
            yield made
        finally:
            made.close()
            network.close()
            for each in reversed(mounts):
                with contextlib.suppress(subprocess.CalledProcessError):
                    subprocess.run(["umount", "-R", "-l", each], check=True)
