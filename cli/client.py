"""API client of the command line: signs calls to a running server.

Credentials come from OPSIQ_URL, OPSIQ_KEY and OPSIQ_SECRET, or from the data folder.
"""

from __future__ import annotations

import itertools
import json
import os
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.opener import find_opener
from cli.program import name_program
from core.crypto import request_signature
from core.errors import InvalidInput, Unavailable

FILE = "cli.json"


class Refused(InvalidInput):
    """Raised where the server answers with a problem. The message names each fault by its pointer, and ends with
    ``hint``: where else to look."""

    def __init__(self, problem: dict[str, Any], hint: str = "") -> None:
        said = f"{problem.get('detail', 'The server refused.')} [{problem.get('code')}, request {problem.get('request_id')}]"  # noqa: E501
        for each in problem.get("errors", ()):
            said += f"\n  {each.get('pointer') or '/'}: {each.get('detail')} [{each.get('code')}]"
        super().__init__(f"{said}\n  {hint}" if hint else said)
        self.problem = problem


@dataclass(frozen=True)
class Client:
    """``from_environment``: the key and its secret are those of OPSIQ_KEY and OPSIQ_SECRET, not this terminal's own."""

    url: str
    key: str
    secret: str
    from_environment: bool = False

    def __repr__(self) -> str:
        return f"Client({self.url!r}, {self.key!r})"

    def get(self, path: str, query: str = "") -> Any:
        return self._call("GET", path, query, b"", "")

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return self._call("POST", path, "", b"" if body is None else json.dumps(body).encode(), uuid.uuid4().hex)

    def delete(self, path: str) -> Any:
        return self._call("DELETE", path, "", b"", uuid.uuid4().hex)

    def _call(self, method: str, path: str, query: str, body: bytes, idempotency_key: str) -> Any:
        authorization = request_signature.make_header(
            self.secret,
            ts=int(time.time()),
            nonce=request_signature.make_nonce(),
            key=self.key,
            method=method,
            path=path,
            query=query,
            idempotency_key=idempotency_key,
            body=body,
        )
        headers = {"Authorization": authorization, "Content-Type": "application/json"}
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        target = f"{self.url}{path}" + (f"?{query}" if query else "")
        request = urllib.request.Request(target, data=body or None, headers=headers, method=method)  # noqa: S310
        try:
            with find_opener().open(request, timeout=90) as answer:
                said = answer.read()
                return _read_object(said) if said else None
        except urllib.error.HTTPError as error:
            try:
                problem = _read_object(error.read())
            except ValueError:
                problem = {}
            if not isinstance(problem.get("code"), str):
                raise Unavailable(self._strange(f"answered {error.code}")) from error
            raise Refused(problem, self._find_hint(problem["code"])) from error
        except ValueError as error:
            raise Unavailable(self._strange("answered what is no JSON object")) from error
        except (urllib.error.URLError, OSError) as error:
            raise Unavailable(
                f"No server answers at {self.url}. Is it running? ({name_program()} serve, {name_program()} demo)"
            ) from error

    def _find_hint(self, code: str) -> str:
        """Which key this was signed with, where that is what to look at; else nothing."""
        own = "Unset both, and this terminal's own key is used." if find_key_path() is not None else ""
        if code == "invalid_signature" and self.from_environment:
            signed = f"It is signed with OPSIQ_SECRET as the key in OPSIQ_KEY, {self.key}. The server at {self.url} does not know this pair."  # noqa: E501
            return f"{signed} Give it a pair of its own, or set OPSIQ_URL to the pair's server. {own}".rstrip()
        if code == "invalid_signature":
            return f"Another server may be at {self.url}, one that does not know this terminal's key: see OPSIQ_URL and OPSIQ_DATA."  # noqa: E501
        if code == "forbidden" and self.from_environment and own:
            return f"It is signed with the key in OPSIQ_KEY and OPSIQ_SECRET. {own}"
        return ""

    def _strange(self, did: str) -> str:
        return (
            f"What answers at {self.url} is no OpsIQ server, or a proxy whose server is down: it {did}. See OPSIQ_URL."
        )


def _read_object(said: bytes) -> dict[str, Any]:
    """Raises ValueError for what is no JSON object: OpsIQ answers nothing else."""
    value = json.loads(said)
    if isinstance(value, dict):
        return value
    raise ValueError


def make_client() -> Client:
    """The client of this terminal. Raises InvalidInput when nothing says where the server is, and when the environment
    has half a pair or what is none: no other key then acts in its place."""
    given = {name: os.environ.get(f"OPSIQ_{name}", "") for name in ("URL", "KEY", "SECRET")}
    if given["KEY"] or given["SECRET"]:
        _check_pair(given["KEY"], given["SECRET"])
        url = (given["URL"] or "http://127.0.0.1:8080").rstrip("/")
        return Client(url, given["KEY"], given["SECRET"], from_environment=True)
    path = find_key_path()
    if path is not None:
        own = json.loads(path.read_text())
        return Client(given["URL"] or own["url"], own["key"], own["secret"])
    if named := os.environ.get("OPSIQ_DATA"):
        raise InvalidInput(
            f"There is no key of this terminal in {named}, the folder that OPSIQ_DATA names. Create a workspace in it "
            f"({name_program()} init), name another folder, or set OPSIQ_URL, OPSIQ_KEY and OPSIQ_SECRET."
        )
    raise InvalidInput(
        "No server is known here. Go to the folder in which it was started or set OPSIQ_DATA to its data folder, "
        "set OPSIQ_URL, "
        f"OPSIQ_KEY and OPSIQ_SECRET, or start one ({name_program()} demo)."
    )


def _check_pair(key: str, secret: str) -> None:
    """Raises InvalidInput for what is no whole pair. A swapped one would put the secret into a header."""
    for name, value, prefix in (("OPSIQ_KEY", key, "pk_"), ("OPSIQ_SECRET", secret, "sk_")):
        if not value.startswith(prefix):
            what = f"does not begin with {prefix}" if value else "is empty or not set"
            raise InvalidInput(
                f"{name} {what}, so OPSIQ_KEY and OPSIQ_SECRET are no pair. Nothing was sent. Set both as "
                f"`{name_program()} keys create` shows them, or unset both to go on with this terminal's own key."
            )


def find_key_path() -> Path | None:
    """Path of this terminal's own stored key, if it has one. A folder that OPSIQ_DATA names is the only one looked in:
    no request meant for it goes to another server."""
    named = os.environ.get("OPSIQ_DATA")
    folders = (Path(named),) if named else (Path(".data"), Path(".data/demo"))
    return next((folder / FILE for folder in folders if (folder / FILE).exists()), None)


def set_aside(folder: Path) -> Path | None:
    """Renames the key that a data folder has already, and returns where it is now. None if it has none."""
    path = folder / FILE
    if not path.exists():
        return None
    number = next(each for each in itertools.count(1) if not (folder / f"cli-{each}.json").exists())
    return path.rename(folder / f"cli-{number}.json")


def keep(folder: Path, url: str, key: str, secret: str) -> None:
    """Store how this machine's user reaches the server: readable by nobody else."""
    path = folder / FILE
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"url": url, "key": key, "secret": secret}, file)
