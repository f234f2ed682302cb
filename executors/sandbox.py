"""Sandboxed executor: answers calls of test mode without a network.

It opens no socket, signs nothing and knows no secret. A call ends here, and its answer is made from the contract alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from core import canon
from executors.retry import Reply
from registry.json_schema.result_example import NoExample, make_example

ANSWERED: Final = "Test mode: nothing was sent. The answer is an example made from the contract."
NO_SCHEMA: Final = "Test mode: nothing was sent. The contract has no result schema, so the answer is empty."
NO_EXAMPLE: Final = "Test mode: nothing was sent, and no example can be made of the contract's result schema: {}."


def answer(result: Mapping[str, Any] | None) -> Reply:
    """200 with the smallest answer that fits the contract's result schema. ``{}`` if there is no schema, or no fitting
    answer."""
    if result is None:
        return _reply({}, NO_SCHEMA)
    try:
        return _reply(make_example(result), ANSWERED)
    except NoExample as error:
        return _reply({}, NO_EXAMPLE.format(error))


def _reply(body: Any, detail: str) -> Reply:
    return Reply(status=200, body=canon.dumps(body), duration_ms=0, error=None, sent=False, detail=detail)
