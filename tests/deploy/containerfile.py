"""A container file's steps, carried out in folders instead of by a container engine, and its last stage run as an
engine would: as its user, with a read-only root, a volume, and /tmp in memory."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from tests.deploy.chroot import Chroot, fresh_debian


@dataclass
class Image:
    """One stage: its folder and what it says about running."""

    chroot: Chroot
    environ: dict[str, str] = field(default_factory=dict)
    workdir: str = "/"
    user: str = "0:0"
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    healthcheck: list[str] = field(default_factory=list)
    volume: str = ""
    stop_signal: str = "SIGTERM"


def build(path: Path, context: Path, base: Path, held: ExitStack) -> Image:
    """The last stage. Every FROM must be the Debian that ``base`` is."""
    text = re.sub(r"\\\n(\s*#.*\n)*", " ", path.read_text())
    stages: dict[str, Image] = {}
    image: Image | None = None
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        word, _, rest = line.strip().partition(" ")
        rest = rest.strip()
        if word == "FROM":
            source, *named = rest.split(" AS ")
            assert source.split("/")[-1] == "debian:trixie-slim", f"no such base here: {source}"
            image = Image(held.enter_context(fresh_debian(base)))
            stages[named[0] if named else str(len(stages))] = image
            continue
        assert image is not None
        match word:
            case "ENV":
                image.environ |= dict(each.split("=", 1) for each in shlex.split(rest))
            case "RUN":
                image.chroot.run("sh", "-ec", rest, environ=image.environ, cwd=image.workdir, offline=False)
            case "COPY":
                _copy(image, shlex.split(rest), context, stages)
            case "WORKDIR":
                image.workdir = rest
            case "USER":
                image.user = rest
            case "VOLUME":
                image.volume = rest
            case "STOPSIGNAL":
                image.stop_signal = rest
            case "ENTRYPOINT":
                image.entrypoint = json.loads(rest)
            case "CMD":
                image.command = json.loads(rest)
            case "HEALTHCHECK":
                image.healthcheck = json.loads(rest[rest.index("CMD") + 3 :])
            case "EXPOSE":
                pass
            case _:
                raise AssertionError(f"{word} is not known here")
    assert image is not None
    return image


def _copy(image: Image, words: list[str], context: Path, stages: dict[str, Image]) -> None:
    origin = context
    if words[0].startswith("--from="):
        origin = stages[words.pop(0).removeprefix("--from=")].chroot.root
    *sources, target = words
    into = image.chroot.root / target.lstrip("/")
    for name in sources:
        source = origin / name.lstrip("/")
        if name == ".":  # what is tracked, as .containerignore leaves it
            listed = subprocess.run(["git", "ls-files", "-z"], cwd=context, check=True, capture_output=True).stdout
            for each in filter(None, listed.decode().split("\0")):
                if (context / each).is_file():
                    (into / each).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(context / each, into / each)
        elif source.is_dir():
            subprocess.run(["cp", "-a", source, into.parent if into.name == source.name else into], check=True)
        else:
            place = into / source.name if target.endswith("/") else into
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, place)


READ_ONLY = r"""
set -eu
mount --make-rprivate /proc
for each in /usr /etc /opt /root /home /srv /var; do
    mount --bind "$each" "$each"
    mount -o remount,bind,ro "$each"
done
mount --bind "$VOLUME" "$VOLUME"; mount -o remount,bind,rw "$VOLUME"
mount -t tmpfs tmpfs /tmp
exec setpriv --reuid "${USER%:*}" --regid "${USER#*:}" --clear-groups \
    --no-new-privs --bounding-set=-all --inh-caps=-all "$@"
"""


def confined(image: Image, *command: str) -> tuple[list[str], dict[str, str]]:
    """The command line and the environment of a container of this image."""
    environ = image.environ | {"VOLUME": image.volume, "USER": image.user}
    return ["unshare", "--mount", "sh", "-c", READ_ONLY, "sh", *command], environ
