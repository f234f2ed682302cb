from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Optional

import httpx
import pytest

import opsiq

VECTORS = Path(__file__).parents[3] / "tests" / "vectors"
PUBLIC, SECRET = "pk_test_1", "sk_test_" + "A" * 43
NOW = 1_700_000_000


def vectors(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((VECTORS / name).read_text(encoding="utf-8"))
    return read


def named(cases: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("case", cases, ids=[each["name"] for each in cases])


def body_of(answer: dict[str, Any]) -> bytes:
    return json.dumps(answer["problem"]).encode() if "problem" in answer else answer.get("body", "").encode()


class Scripted:
    """Answers what it is told to, one after the other, and keeps what was sent."""

    def __init__(self, answers: list[dict[str, Any]]) -> None:
        self.answers = list(answers)
        self.sent: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(request)
        answer = self.answers.pop(0)
        kinds = {"connect": httpx.ConnectError, "timeout": httpx.ReadTimeout, "dropped": httpx.RemoteProtocolError}
        if "transport" in answer:
            raise kinds[answer["transport"]]("trouble")
        return httpx.Response(answer["status"], headers=answer.get("headers"), content=body_of(answer))


@pytest.fixture
def scripted() -> Iterator[Callable[..., tuple[opsiq.OpsIQ, Scripted]]]:
    """A client whose server answers as scripted; it never really pauses."""
    made = []

    def make(
        answers: list[dict[str, Any]], clock: Optional[list[float]] = None, **options: Any
    ) -> tuple[opsiq.OpsIQ, Scripted]:
        script = Scripted(answers)
        http = httpx.Client(transport=httpx.MockTransport(script))
        made.append(http)
        client = opsiq.OpsIQ(
            options.pop("public_key", PUBLIC), options.pop("secret_key", SECRET), base_url="http://opsiq.test", http=http,  # noqa: E501
            clock=clock_of(script, clock or [NOW]), sleep=options.pop("sleep", lambda _: None), random=lambda: 0.5, **options,  # noqa: E501
        )  # fmt: skip
        return client, script

    yield make
    for each in made:
        each.close()


def clock_of(script: Scripted, readings: list[float]) -> Callable[[], float]:
    """Reads what the n-th attempt's clock reads."""
    return lambda: float(readings[min(len(script.sent), len(readings) - 1)])


def called(client: Any, case: dict[str, Any]) -> Any:
    method = client
    for name in case["call"].split("."):
        method = getattr(method, name)
    return method(*case.get("args", ()), **case.get("options", {}))
