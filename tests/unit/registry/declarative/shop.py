"""A shop's API in memory that filters, sorts and pages as its switches say, and the document that declares it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from core.errors import PlatformUnavailable
from registry.connector import PlatformAnswer, PlatformRequest

PEOPLE = ["Ada Byron", "Grace Hopper", "Adam Novotný", "Linus Berg", "Ada Lind"]


def rows(count: int = 5) -> list[dict[str, Any]]:
    return [
        {
            "no": f"B{number:03d}",
            "state": ("n", "p", "c")[number % 3],
            "sum": f"{number}.50",
            "made": f"2026-10-{1 + number % 28:02d}T10:00:00+02:00",
            "mail": f"buyer{number}@example.org",
            "buyer": {"name": PEOPLE[number % len(PEOPLE)]},
            "title": {"en": f"Box {number}", "de": f"Kiste {number}"},
            "lines": [1] * (number % 2),
            "secret": "never",
        }
        for number in range(count)
    ]


DOCUMENT: dict[str, Any] = {
    "schema": "opsiq/connector/v1",
    "name": "shop",
    "title": "Shop",
    "connection": {"settings": {"tenant": {"label": "Tenant", "example": "acme"}}},
    "kinds": {
        "basket": {
            "title": "Basket",
            "nouns": ["basket", "baskets"],
            "words": {"de": {"nouns": ["Korb"], "states": {"bezahlt": "paid"}}},
            "id": "number",
            "label": "{number} · {total} · {status}",
            "fields": {
                "number": {"at": "/no", "type": "id", "search": "number"},
                "status": {"at": "/state", "type": "enum", "values": {"n": "open", "p": "paid", "c": "cancelled"}},
                "total": {"at": "/sum", "type": "money_minor", "from": "decimal", "currency_field": "currency"},
                "currency": {"value": "EUR", "type": "currency"},
                "made_at": {"at": "/made", "type": "datetime", "ranged": True},
                "email": {"at": "/mail", "type": "email", "search": "email"},
                "buyer": {"at": "/buyer/name", "search": "name"},
                "title": {"from": "language", "search": "text"},
                "filled": {"at": "/lines", "type": "boolean", "from": "exists"},
            },
            "order": "made_at",
            "size": "total",
            "states": {"paid": {"status": ["paid"]}, "open": {"status": ["open"]}},
            "list": {
                "path": "/v1/{tenant}/baskets",
                "records": "/items",
                "text": {"query": "q"},
                "filters": {"status": {"query": "state", "several": "comma"}, "number": {"query": "no"}},
                "bounds": {"made_at": {"at_least": {"query": "since"}, "less_than": {"query": "before"}}},
                "order": {"place": {"query": "sort"}, "fields": {"made_at": "made"}},
                "pagination": {"type": "page", "place": {"query": "page"}, "size": {"query": "size"}, "max_size": 10},
            },
            "get": {"path": "/v1/{tenant}/baskets/{id}", "record": "/item"},
        }
    },
}


def document(**changes: Any) -> dict[str, Any]:
    """The document with parts of its only kind's list changed."""
    made = copy.deepcopy(DOCUMENT)
    made["kinds"]["basket"]["list"] |= changes
    return made


class FakeShop:
    """Answers reads from ``rows``. ``filters`` False: it takes no notice of what it is asked to filter and sort by."""

    def __init__(self, held: list[dict[str, Any]], *, paging: str = "page", filters: bool = True) -> None:
        self.held, self.paging, self.filters = held, paging, filters
        self.asked: list[PlatformRequest] = []

    async def get_json(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        raise AssertionError("a declarative connector reads by read()")

    async def read(self, request: PlatformRequest) -> PlatformAnswer:
        self.asked.append(request)
        asked: dict[str, str] = dict(request.query) | (request.body or {})
        if request.path.startswith("/v1/acme/baskets/"):
            number = request.path.rsplit("/", 1)[1]
            found = [each for each in self.held if each["no"] == number]
            return PlatformAnswer(200, {"item": found[0]}) if found else PlatformAnswer(404, None)
        if request.path != "/v1/acme/baskets":
            raise PlatformUnavailable(f"no {request.path}")
        found = self._filtered(asked) if self.filters else self.held
        size = int(asked.get("size", 3))
        start = (int(asked.get("page", 1)) - 1) * size if self.paging in ("page", "link", "next_url") else 0
        start = int(asked.get("from", asked.get("cursor", 0))) if self.paging in ("offset", "cursor") else start
        page, more = found[start : start + size], start + size < len(found)
        body: dict[str, Any] = {"items": page}
        headers: dict[str, str] = {}
        if more and self.paging == "cursor":
            body["next"] = str(start + size)
        following = urlencode({**asked, "page": start // size + 2})
        if more and self.paging == "next_url":
            body["next"] = f"https://elsewhere.example/other/path?{following}"
        if more and self.paging == "link":
            headers["link"] = f'<https://x.example/a?{following}>; rel="next", <https://x.example/z>; rel="last"'
        return PlatformAnswer(200, body, headers)

    def _filtered(self, asked: Mapping[str, str]) -> list[dict[str, Any]]:
        found = [
            each
            for each in self.held
            if ("state" not in asked or each["state"] in asked["state"].split(","))
            and ("no" not in asked or each["no"] == asked["no"])
            and ("q" not in asked or asked["q"].casefold() in each["buyer"]["name"].casefold())
            and ("since" not in asked or each["made"] >= asked["since"])
            and ("before" not in asked or each["made"] < asked["before"])
        ]
        if "sort" in asked:
            found = sorted(found, key=lambda each: each["made"], reverse=asked["sort"].startswith("-"))
        return found
