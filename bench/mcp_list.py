"""MCP server: the size of the list of tools, and the time to make it and to find an action, at 10 and at 10,000
contracts; request states opened a second."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from functools import partial

from core.crypto.secretbox import SecretBox, make_key
from registry.catalogue import Catalogue
from registry.contract import Contract, parse
from registry.offers.shortlist import Shortlist
from web.mcp.access import SCOPES
from web.mcp.request_state import SealedState
from web.mcp.tools import MOST_DIRECT, list_direct_tools, make_tools

THINGS = ("invoice", "order", "ticket", "customer", "voucher", "shipment", "licence", "seat", "refund", "note")
ACTS = ("create", "close", "archive", "send", "merge", "assign", "export", "tag", "renew", "cancel")


def contract(at: int) -> Contract:
    act, thing = ACTS[at % 10], THINGS[at // 10 % 10]
    return parse(
        {
            "schema": "opsiq/contract/v1",
            "name": f"shop.{act}_{thing}_{at}",
            "title": f"{act.title()} {thing} {at}",
            "description": f"{act.title()} the {thing} of series {at}.",
            "roles": ["owner"],
            "surfaces": ["admin"],
            "parameters": {"type": "object", "properties": {"id": {"type": "integer"}}, "required": ["id"]},
            "endpoint": {"url": "https://shop.example/act"},
        }
    )


def timed(work: Callable[[], object]) -> float:
    """The best of several, in ms."""
    found = []
    for _ in range(5):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1000)
    return min(found)


def find(shortlist: Shortlist, asked: Iterator[int]) -> object:
    return shortlist.top(f"renew the licence of series {next(asked)}", 5)


def main() -> None:
    every = [contract(at) for at in range(10_000)]
    for count in (10, 10_000):
        catalogue = Catalogue(every[:count])

        def tools(catalogue: Catalogue = catalogue) -> str:
            offers = catalogue.offers("owner", "admin")
            few = [each for offer in offers[: MOST_DIRECT + 1] if (each := catalogue.get(offer.name))]
            made = make_tools(frozenset(SCOPES), list_direct_tools(few), anything=bool(few))
            return json.dumps([each.model_dump(mode="json", by_alias=True, exclude_none=True) for each in made])

        shortlist = Shortlist(catalogue.offers("owner", "admin"))
        asked = iter(range(1000))
        size, list_ms = len(tools()), timed(tools)
        find_ms = timed(partial(find, shortlist, asked))
        print(f"{count:>6} contracts: tools/list {size:,} bytes, {list_ms:.1f} ms; find_action {find_ms:.1f} ms")
    codec = SealedState(SecretBox(make_key()))
    token = codec.seal(b'{"run":"run_01JD0000000000000000000000","slot":null,"waits":0}')
    print(f"a request state opens in {timed(lambda: [codec.unseal(token) for _ in range(1000)]):.1f} µs")


if __name__ == "__main__":
    main()
