"""Base of the API's answer models, from which the OpenAPI document is made. A resource's views are beside its routes.
Request bodies are in ``web.api.body``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from core.clock import format_iso

LATER: Final[JsonDict] = {"x-later": True}
"""Marks a field that was added to an answer later. The document doesn't require it, so a newer SDK can read the answers
of an older server: it uses the default."""


def _not_required(schema: JsonDict) -> None:
    properties, required = schema.get("properties"), schema.get("required")
    if isinstance(properties, dict) and isinstance(required, list):
        later = {name for name, each in properties.items() if isinstance(each, dict) and each.pop("x-later", False)}
        schema["required"] = [each for each in required if each not in later]


class View(BaseModel):
    """Base of all answers. An answer always has all its fields, with null for an empty one."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True, json_schema_extra=_not_required
    )

    def json_value(self) -> dict[str, Any]:
        return self.model_dump(mode="json", by_alias=True)


Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""A time in UTC (RFC 3339)."""


def format_moment(at: datetime | None) -> str | None:
    return format_iso(at) if at else None
