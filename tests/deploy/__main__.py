"""``python -m tests.deploy [guide] [upgrade] [container]``: each on a fresh Debian, to a typed request and a confirmed
call."""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from core.webhook_signature import make_secret
from tests.deploy import containerfile, story
from tests.deploy.chroot import Chroot, fresh_debian, make_base
from tests.deploy.units import Unit

ROOT: Final = Path(__file__).parents[2]
GUIDE: Final = (ROOT / "docs/guide/deploy.md").read_text("utf-8")
OLD: Final = "918b922"
"""The last version whose wheel had many names."""
DOMAIN: Final = "localhost"


def say(line: str) -> None:
    print(f"{time.monotonic() - BEGAN:6.0f} s  {line}", flush=True)


BEGAN: Final = time.monotonic()


def blocks(chapter: str) -> dict[str, str]:
    """The ``sh`` blocks of a chapter by their headings, for a domain that is this machine."""
    text = re.split(r"^## ", GUIDE.partition(f"\n## {chapter}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    made: dict[str, str] = {}
    for part in re.split(r"^### ", text, flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        found = re.findall(r"^```sh\n(.*?)^```", body, re.DOTALL | re.MULTILINE)
        if found:
            made[title] = "\n".join(found).replace("ops.example.com", DOMAIN)
    return made


def pasted(debian: Chroot, title: str, block: str, *, stdin: str = "") -> str:
    """One block, typed by root in the folder with the version's files. Only what installs packages has a network."""
    offline = not re.search(r"apt-get|pip install", block)
    said = debian.run("sh", "-eu", "-c", block, cwd="/root/opsiq", offline=offline, stdin=stdin)
    say(f"{title}: done")
    return said


def bring_files(debian: Chroot) -> None:
    folder = debian.root / "root/opsiq"
    folder.mkdir(parents=True, exist_ok=True)
    for each in (ROOT / "dist").glob("*"):
        shutil.copy(each, folder)
    shutil.copytree(ROOT / "deploy", folder / "deploy", dirs_exist_ok=True)


def start_platform(debian: Chroot, python: str) -> tuple[str, str, str]:
    """A demo platform inside: its address, its read token, the secret of calls to it."""
    token, secret = secrets.token_urlsafe(16), make_secret()
    command = (python, "-P", "-m", "opsiq_server.run_module", "demo", "--data", "/tmp/platform.db")
    process = debian.start(
        *command, environ={"DEMO_TOKEN": token, "DEMO_SECRET": secret, "PYTHONDONTWRITEBYTECODE": "1"}
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, debian.log()
    return json.loads(line)["url"], token, secret


def told(debian: Chroot, url: str, platform: tuple[str, str, str] | None, text: str, **environ: str) -> dict[str, Any]:
    """The story of ``tests.deploy.story``, from this checkout's Python in the network of the new machine."""
    command = [
        *debian.network.inside,
        sys.executable,
        "-m",
        "tests.deploy.story",
        url,
        *(platform or ("", "", "")),
        text,
    ]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **environ}, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-3000:]}\n{debian.log()}"
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert said["succeeded"] == "True", said
    return said


def ledger(debian: Chroot, platform: tuple[str, str, str]) -> list[dict[str, Any]]:
    said = debian.run(
        "python3", "-c",
        "import sys, urllib.request as u; "
        "print(u.urlopen(u.Request(sys.argv[1], headers={'Authorization': 'Bearer ' + sys.argv[2]})).read().decode())",
        f"{platform[0]}/ledger?format=json", platform[1],
    )  # fmt: skip
    items: list[dict[str, Any]] = json.loads(said)["items"]
    return items


def start_unit(debian: Chroot, name: str, **more: str) -> Any:
    unit = Unit(ROOT / "deploy/systemd" / name)
    process = debian.start(*unit.command(), environ=unit.environ(debian.root) | more)
    assert process.stdout is not None
    assert process.stdout.readline(), debian.log()
    return process


def follow_guide(base: Path) -> None:
    """deploy.md from its first block to its last."""
    with fresh_debian(base) as debian:
        bring_files(debian)
        steps = blocks("A Debian machine")
        assert list(steps) == ["Packages, a user, folders", "A version", "Settings", "A workspace", "Start it", "HTTPS"]
        for title in ("Packages, a user, folders", "A version"):
            pasted(debian, title, steps[title])
        # Only here: the demo platform is on this machine, and calls to it are refused unless that is said.
        settings = steps["Settings"].replace("OPSIQ_LOG_FORMAT", "OPSIQ_ALLOW_ADDRESSES=127.0.0.0/8\nOPSIQ_LOG_FORMAT")
        pasted(debian, "Settings", settings)
        pasted(debian, "A workspace", steps["A workspace"], stdin=f"{story.PASSWORD}\n")
        server = start_unit(debian, "opsiq-server.service")
        said = pasted(debian, "Start it", steps["Start it"])
        assert '"status":"ok"' in said, said
        assert "fail" not in said, said
        *_, last = steps["HTTPS"].split("\n\n")
        pasted(debian, "HTTPS: Caddyfile", steps["HTTPS"].removesuffix(last))
        debian.start("caddy", "run", "--config", "/etc/caddy/Caddyfile", environ={"XDG_DATA_HOME": "/root/caddy"})
        assert '"status":"ok"' in pasted(debian, "HTTPS: answered through Caddy", last)
        authority = debian.root / "root/caddy/caddy/pki/authorities/local/root.crt"
        platform = start_platform(debian, "/opt/opsiq/current/bin/python")
        run = told(
            debian, f"https://{DOMAIN}", platform, "give Hugo Bernard 75 EUR credit", SSL_CERT_FILE=str(authority)
        )
        (call,) = ledger(debian, platform)
        say(
            f"signed in over HTTPS, asked in words, confirmed, called once: {run['run']}, "
            f"{call['action']} answered {call['status']}"
        )
        backup = re.search(r"^    ?opsiq backup .*$|^opsiq backup .*$", GUIDE, re.MULTILINE)
        assert backup
        pasted(debian, "Backup", backup[0])
        debian.run(
            *Unit(ROOT / "deploy/systemd/opsiq-backup.service").command(),
            environ=Unit(ROOT / "deploy/systemd/opsiq-backup.service").environ(debian.root),
        )
        kept = list((debian.root / "var/backups/opsiq").iterdir())
        assert len(kept) == 2, kept
        say(f"backups: {sorted(each.name for each in kept)}")
        began = time.monotonic()
        assert debian.stop(server) == 0, debian.log()
        say(f"stopped gently in {time.monotonic() - began:.1f} s")


def upgrade(base: Path) -> None:
    """A data folder that version ``OLD`` has made and worked in goes on under this one."""
    with fresh_debian(base) as debian, tempfile.TemporaryDirectory() as temporary:
        bring_files(debian)
        old = Path(temporary) / "old"
        old.mkdir()
        packed = subprocess.run(["git", "archive", OLD], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "-x", "-C", old], input=packed, check=True)
        project = old / "pyproject.toml"
        project.write_text(project.read_text().replace('version = "0.1.0"', 'version = "0.0.9"'))
        subprocess.run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", old],
            cwd=old,
            check=True,
            capture_output=True,
        )
        (wheel,) = old.glob("*.whl")
        shutil.copy(wheel, debian.root / "root")
        shutil.copy(old / "requirements.lock", debian.root / "root/old.lock")
        steps = blocks("A Debian machine")
        pasted(debian, "Packages, a user, folders", steps["Packages, a user, folders"])
        debian.run(
            "sh", "-eu", "-c",
            "python3 -m venv /opt/opsiq/0.0.9; "
            "/opt/opsiq/0.0.9/bin/pip install --quiet --require-hashes --no-deps -r /root/old.lock; "
            "/opt/opsiq/0.0.9/bin/pip install --quiet --no-deps /root/opsiq_server-0.0.9-py3-none-any.whl; "
            "ln -sfn /opt/opsiq/0.0.9 /opt/opsiq/current",
            offline=False,
        )  # fmt: skip
        say("the version before is installed")
        settings = steps["Settings"].replace("OPSIQ_BASE_URL=https://localhost", "OPSIQ_BASE_URL=http://127.0.0.1:8080")
        settings = settings.replace("OPSIQ_LOG_FORMAT", "OPSIQ_ALLOW_ADDRESSES=127.0.0.0/8\nOPSIQ_LOG_FORMAT")
        pasted(debian, "Settings", settings)
        pasted(debian, "A workspace", steps["A workspace"], stdin=f"{story.PASSWORD}\n")
        old_unit = Unit(ROOT / "deploy/systemd/opsiq-server.service")
        old_unit.settings["ExecStart"] = ["/opt/opsiq/0.0.9/bin/opsiq serve --processes 2"]
        server = debian.start(*old_unit.command(), environ=old_unit.environ(debian.root))
        assert server.stdout is not None
        assert server.stdout.readline(), debian.log()
        pasted(debian, "A version", steps["A version"])  # beside the one that runs
        platform = start_platform(debian, "/opt/opsiq/current/bin/python")
        first = told(debian, "http://127.0.0.1:8080", platform, "give Hugo Bernard 75 EUR credit")
        say(f"the version before did {first['run']}")
        assert debian.stop(server) == 0, debian.log()
        server = start_unit(debian, "opsiq-server.service")
        second = told(debian, "http://127.0.0.1:8080", None, "give Emma Fischer 90 EUR credit")
        said = debian.run("opsiq", "history", "verify")
        assert len(ledger(debian, platform)) == 2
        say(f"the same folder under this version: {second['run']} done; history: {' '.join(said.split())[:200]}")
        assert "fail" not in debian.run("opsiq", "doctor"), debian.run("opsiq", "doctor")
        assert debian.stop(server) == 0, debian.log()


def run_container(base: Path) -> None:
    """The container file's own steps, and what an engine does with the image."""
    with ExitStack() as held:
        run_image(containerfile.build(ROOT / "deploy/Containerfile", ROOT, base, held))


def run_image(image: containerfile.Image) -> None:
    """Founds a workspace in it, runs it, asks it, and ends it, as an engine would."""
    debian = image.chroot
    size = subprocess.run(
        ["du", "-sm", debian.root / "opt", debian.root / "usr"], capture_output=True, text=True, check=True
    )
    say(f"built: {' '.join(size.stdout.split())} (MB)")
    command, environ = containerfile.confined(
        image, *image.entrypoint, "init", "--name", "Container", "--email", story.EMAIL
    )
    debian.run(
        *command,
        environ=environ | {"OPSIQ_ALLOW_ADDRESSES": "127.0.0.0/8"},
        cwd=image.workdir,
        stdin=f"{story.PASSWORD}\n",
    )
    command, environ = containerfile.confined(image, *image.entrypoint, *image.command)
    server = debian.start(*command, environ=environ | {"OPSIQ_ALLOW_ADDRESSES": "127.0.0.0/8"}, cwd=image.workdir)
    assert server.stdout is not None
    assert server.stdout.readline(), debian.log()
    debian.run(*image.healthcheck, environ=image.environ, cwd=image.workdir)
    say("healthy, as user 10001 with a read-only root")
    platform = start_platform(debian, "/opt/opsiq/bin/python")
    run = told(debian, "http://127.0.0.1:8080", platform, "give Hugo Bernard 75 EUR credit")
    assert len(ledger(debian, platform)) == 1
    places = "find /usr /etc /opt /root /home /srv /var -xdev -newer /data/opsiq.db -type f"
    written = debian.run("sh", "-c", f"{places} -not -path /var/log/started.log")
    assert not written.split(), written
    began = time.monotonic()
    assert image.stop_signal == "SIGTERM"
    assert debian.stop(server) == 0, debian.log()
    say(f"{run['run']} done; SIGTERM ended it in {time.monotonic() - began:.1f} s")


CHECKS: Final = {"guide": follow_guide, "upgrade": upgrade, "container": run_container}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checks", nargs="*", help=f"any of {', '.join(CHECKS)}; all by default")
    parser.add_argument(
        "--base", type=Path, default=Path("/var/tmp/opsiq-debian/base"), help="where the fresh Debian is kept"
    )
    given = parser.parse_args()
    if unknown := set(given.checks) - set(CHECKS):
        parser.error(f"no such check: {', '.join(sorted(unknown))}")
    if os.geteuid() != 0 or not shutil.which("debootstrap"):
        parser.error("it takes root and debootstrap (apt-get install debootstrap)")
    make_base(given.base)
    for name in given.checks or CHECKS:
        say(f"── {name}")
        CHECKS[name](given.base)
    return 0


if __name__ == "__main__":
    sys.exit(main())
