"""Seeds a Directus over its own API: a small magazine with articles, readers and orders. Once."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

TEXT = {"type": "string"}
UNIQUE = {"type": "string", "schema": {"is_unique": True}}
COLLECTIONS: dict[str, dict[str, dict[str, Any]]] = {
    "sections": {"name": TEXT},
    "authors": {"name": TEXT, "email": TEXT},
    "articles": {
        "title": TEXT,
        "status": {"type": "string", "schema": {"default_value": "draft"}},
        "featured": {"type": "boolean", "schema": {"default_value": False}},
        "publish_on": {"type": "date"},
        "author": {"type": "integer"},
        "section": {"type": "integer"},
        "date_created": {"type": "timestamp", "meta": {"special": ["date-created"]}},
    },
    "reader_comments": {
        "name": TEXT,
        "text": {"type": "text"},
        "status": {"type": "string", "schema": {"default_value": "pending"}},
        "article": {"type": "integer"},
        "date_created": {"type": "timestamp", "meta": {"special": ["date-created"]}},
    },
    "subscribers": {
        "name": TEXT,
        "email": UNIQUE,
        "status": {"type": "string", "schema": {"default_value": "active"}},
        "plan": {"type": "string", "schema": {"default_value": "free"}},
        "date_created": {"type": "timestamp", "meta": {"special": ["date-created"]}},
    },
    "orders": {
        "number": UNIQUE,
        "subscriber": {"type": "integer"},
        "status": {"type": "string", "schema": {"default_value": "new"}},
        "total": {"type": "decimal", "schema": {"numeric_precision": 10, "numeric_scale": 2}},
        "currency": TEXT,
        "tracking": TEXT,
        "date_created": {"type": "timestamp", "meta": {"special": ["date-created"]}},
    },
}
RELATIONS = (
    ("articles", "author", "authors"),
    ("articles", "section", "sections"),
    ("reader_comments", "article", "articles"),
    ("orders", "subscriber", "subscribers"),
)
AUTHORS = ("Nora Beck", "Emil Sorg", "Priya Raman", "Hugo Marsh")
SECTIONS = ("Food", "Travel", "Science", "Culture")
ARTICLES = (
    ("Bread and Salt", "published", 1, 1, True),
    ("The Last Lighthouse", "draft", 2, 2, False),
    ("Night Trains of Europe", "in_review", 3, 2, False),
    ("A Field Guide to Moss", "draft", 1, 3, False),
    ("Ten Soups for Winter", "published", 4, 1, False),
    ("Letters from Tromsø", "archived", 2, 2, False),
    ("Why Bees Dance", "in_review", 4, 3, False),
    ("The Quiet Orchestra", "published", 3, 4, False),
    ("Old Bridges", "draft", 4, 4, False),
)
COMMENTS = (
    ("Rita Olsen", "My grandmother baked it without yeast.", "pending", 1),
    ("Max Keller", "The lentil one is too thin.", "pending", 5),
    ("seo-king", "Buy followers now!!!", "pending", 8),
    ("Lise Holm", "Lovely photographs.", "approved", 1),
)
SUBSCRIBERS = (
    ("Ada Brandt", "active", "free"),
    ("Ben Okoro", "active", "plus"),
    ("Clara Voss", "paused", "free"),
    ("Dan Lindqvist", "active", "free"),
    ("Eva Moreau", "unsubscribed", "free"),
    ("Finn Walsh", "active", "plus"),
)
ORDERS = (
    (1, "new", "24.00"),
    (2, "paid", "48.00"),
    (3, "paid", "12.50"),
    (4, "new", "24.00"),
    (6, "shipped", "36.00"),
    (5, "new", "24.00"),
)
ROLES = ("Editor", "Writer")
USERS = (
    ("Ines", "Carvalho", "Editor", "active"),
    ("Tomas", "Varga", "Editor", "active"),
    ("Greta", "Lund", "Writer", "suspended"),
    ("Olu", "Adeyemi", "Writer", "active"),
)


def seed(base_url: str, token: str) -> None:
    def call(method: str, path: str, body: Any = None) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(base_url + path, sent, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    if any(each["collection"] == "articles" for each in call("GET", "/collections")["data"]):
        return
    for name, fields in COLLECTIONS.items():
        key = {"field": "id", "type": "integer", "schema": {"is_primary_key": True, "has_auto_increment": True}}
        made = [key, *({"field": field, **how} for field, how in fields.items())]
        call("POST", "/collections", {"collection": name, "schema": {}, "meta": {}, "fields": made})
    for collection, field, other in RELATIONS:
        call("POST", "/relations", {"collection": collection, "field": field, "related_collection": other})

    def items(collection: str, rows: list[dict[str, Any]]) -> None:
        for row in rows:  # one at a time: ids then follow the order of the lists above
            call("POST", f"/items/{collection}", row)

    items("sections", [{"name": name} for name in SECTIONS])
    items("authors", [{"name": name, "email": address(name)} for name in AUTHORS])
    names = ("title", "status", "author", "section", "featured")
    items("articles", [dict(zip(names, each, strict=True)) for each in ARTICLES])
    items("reader_comments", [dict(zip(("name", "text", "status", "article"), each, strict=True)) for each in COMMENTS])
    items("subscribers", [{"name": n, "email": address(n), "status": s, "plan": p} for n, s, p in SUBSCRIBERS])
    items(
        "orders",
        [
            {"number": f"PR-{1001 + at}", "subscriber": who, "status": status, "total": total, "currency": "EUR"}
            for at, (who, status, total) in enumerate(ORDERS)
        ],
    )
    roles = {name: call("POST", "/roles", {"name": name})["data"]["id"] for name in ROLES}
    for first, last, role, status in USERS:
        user = {"first_name": first, "last_name": last, "role": roles[role], "status": status}
        call("POST", "/users", {**user, "email": address(f"{first} {last}")})


def address(person: str) -> str:
    return person.lower().replace(" ", ".") + "@example.org"
