"""Scaffold of a connector without code: a document without findings, with one kind and one action to replace."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from core.errors import InvalidInput
from registry.declarative.document import SCHEMA

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


def write_scaffold(name: str, parent: Path) -> Path:
    """Writes the folder and returns it. Raises InvalidInput for an invalid name and for an existing folder: nothing is
    overwritten."""
    if not _NAME.fullmatch(name):
        raise InvalidInput("A connector is named in lower-case letters, digits and underscores, such as ticket_shop.")
    folder = parent / name
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        raise InvalidInput(f"{folder} is there already; nothing was changed.") from error
    except OSError as error:
        raise InvalidInput(f"{folder} can't be made: {error.strerror}.") from error
    for file, value in (("connector.json", make_document(name)), ("actions.json", {"actions": [make_action(name)]})):
        (folder / file).write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return folder


def make_document(name: str) -> dict[str, Any]:
    """The document to begin with."""
    return {
        "schema": SCHEMA,
        "name": name,
        "title": name.replace("_", " ").capitalize(),
        "version": "1.0.0",
        "connection": {"credential": {"type": "bearer"}},
        "kinds": {
            "order": {
                "title": "Order",
                "nouns": ["order", "orders"],
                "label": "{number} · {status}",
                "fields": {
                    "id": {"type": "id"},
                    "number": {"label": "Number", "search": "number"},
                    "status": {"type": "enum", "values": ["open", "closed"]},
                    "created_at": {"type": "datetime", "ranged": True},
                },
                "order": "created_at",
                "states": {"open": {"status": ["open"]}},
                "list": {
                    "path": "/api/orders",
                    "records": "/data",
                    "text": {"query": "search"},
                    "filters": {"status": {"query": "status"}},
                    "pagination": {"type": "page", "place": {"query": "page"}, "size": {"query": "per_page"}},
                },
                "get": {"path": "/api/orders/{id}"},
            }
        },
        "actions": "actions.json",
    }


def make_action(name: str) -> dict[str, Any]:
    """The action to begin with."""
    return {
        "schema": "opsiq/contract/v2",
        "name": f"{name}.close_order",
        "title": "Close an order",
        "description": "Close an order that is open.",
        "surfaces": ["admin"],
        "roles": ["owner"],
        "parameters": {
            "type": "object",
            "additionalProperties": False,
            "required": ["order"],
            "properties": {"order": {"type": "string", "description": "The order."}},
        },
        "annotations": {"order": {"record": "order", "filter": {"status": ["open"]}, "ask": "Which order is meant?"}},
        "confirmation": {"policy": "always"},
        "endpoint": {
            "type": "http",
            "connection": name,
            "method": "POST",
            "url": "/api/orders/{order}/close",
            "path": {"order": {"parameter": "order"}},
        },
        "preview": "Close order {{ records.order.number }}.",
        "examples": ["close order 1042", "close the last open order", "order 1042 can be closed", "please close 1042"],
        "aliases": ["close", "complete", "finish"],
    }
