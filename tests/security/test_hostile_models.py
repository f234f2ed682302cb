"""Attack class: a model server that answers what no model does. A request is then resolved by words alone, and nothing
else changes."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.acceptance.installation import Installation, running_installation
from tests.acceptance.scripted_model import find
from tests.security.hostile_endpoint import HostileEndpoint, hostile_endpoint

RIGHT: Final = '{"call":{"action":"saas.refund_invoice"}}'


def said(body: bytes, *headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"content-length: {len(body)}", "content-type: application/json", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def completion(content: Any = RIGHT, usage: Any = None, logprobs: Any = None, message: Any = None) -> bytes:
    choice = {"finish_reason": "stop", "logprobs": logprobs, "message": message or {"content": content}}
    return said(json.dumps({"choices": [choice], "usage": usage}).encode())


ANSWERS: Final = {
    "JSON 200,000 deep": said(b"[" * 200_000 + b"]" * 200_000),
    "objects 200,000 deep": said(b'{"a":' * 200_000 + b"1" + b"}" * 200_000),
    "content 200,000 deep": completion("[" * 200_000),
    "negative usage": completion(usage={"prompt_tokens": -1, "completion_tokens": 1}),
    "usage in words": completion(usage={"prompt_tokens": "many", "completion_tokens": [1]}),
    "usage that is no number": completion(usage={"prompt_tokens": float("nan"), "completion_tokens": float("inf")}),
    "more tokens than there are": completion(usage={"prompt_tokens": 10**400, "completion_tokens": 2**63}),
    "no completion": said(b'{"choices":{"0":1}}'),
    "a message that is a list": completion(message=[1]),
    "tool calls of nothing": completion(message={"tool_calls": [None]}),
    "content that is an object": completion({"a": 1}),
    "a NUL and a lone surrogate": completion("\x00\ud800"),
    "likelihoods of nothing": completion("no", logprobs={"content": [{"token": None, "logprob": "x"}, 7]}),
    "no JSON": said(b"\xff\xfe\x00[" * 50),
    "a gzip bomb": said(gzip.compress(b"\0" * 20_000_000, 1), "content-encoding: gzip"),
}


@pytest.fixture(scope="module")
def model() -> Iterator[HostileEndpoint]:
    with hostile_endpoint() as made:
        yield made


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, model: HostileEndpoint) -> Iterator[Installation]:
    asks = {
        "OPSIQ_MODEL": "openai/hostile",
        "OPSIQ_MODEL_URL": model.url,
        "OPSIQ_MODEL_KEY": "local",
        "OPSIQ_MODEL_FORM": "full",
    }
    with running_installation(tmp_path_factory.mktemp("models"), OPSIQ_MODEL_RETRIES="0", **asks) as made:
        yield made


@pytest.mark.parametrize("name", ANSWERS)
def test_the_offline_resolver_is_asked_where_the_model_makes_no_sense(
    world: Installation, model: HostileEndpoint, name: str
) -> None:
    model.answers = [ANSWERS[name]]
    before = len(model.got)
    run = world.ask("olivia", "give Hugo Bernard 61 EUR credit")
    assert len(model.got) > before, "the model was asked"
    assert run["state"] == "held", run
    assert [call["action"] for call in run["card"]["calls"]] == ["saas.apply_credit"]
    (resolved,) = world.entries(run, "resolved")
    assert any("resolved by offline" in note for note in resolved["data"]["trace"]["notes"]), resolved["data"]["trace"]


CREDIT: Final = {
    "action": "apply_credit",
    "customer_id": find("customer", "Hugo Bernard"),
    "amount": {"number": 41, "unit": "EUR", "quote": "41 EUR"},
}
LATER: Final = "aber erst im Januar"
SWALLOWED: Final = {
    "nothing is said of the rest": {"result": {"type": "plan", "steps": [CREDIT]}},
    "a text that is left out": {
        "result": {"type": "plan", "steps": [{**CREDIT, "note": {"draft": "Thanks.", "fills": [], "quote": LATER}}]},
        "rest": [],
    },
    "a condition that holds of everybody": {
        "result": {
            "type": "plan",
            "steps": [
                {
                    **CREDIT,
                    "customer_id": {
                        **find("customer", "Hugo Bernard"),
                        "where": [{"field": "country", "op": "!=", "value": {"word": LATER, "quote": LATER}}],
                    },
                }
            ],
        },
        "rest": [],
    },
}


@pytest.mark.parametrize("how", SWALLOWED)
def test_a_model_that_hides_words_has_them_on_the_card(world: Installation, model: HostileEndpoint, how: str) -> None:
    model.answers = [completion(json.dumps({"understood": "", **SWALLOWED[how]}))]
    run = world.ask("olivia", f"give Hugo Bernard 41 EUR credit, {LATER}")
    assert run["state"] == "held", run
    assert any(LATER in each for each in run["card"]["held"])
