"""View of the API: the base of every answer's model, which the OpenAPI document is made of. Beside its routes stand a
resource's own views; requests have ``web.api.body``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from core.clock import format_iso

LATER: Final[JsonDict] = {"x-later": True}
"""For a member that answers have not had from the beginning: the document does not require it, so an SDK that is newer
than its server reads the default instead of nothing at all."""


def _not_required(schema: JsonDict) -> None:
    properties, required = schema.get("properties"), schema.get("required")
    if isinstance(properties, dict) and isinstance(required, list):
        later = {name for name, each in properties.items() if isinstance(each, dict) and each.pop("x-later", False)}
        schema["required"] = [each for each in required if each not in later]


class View(BaseModel):
    """Answers say every member they have, null where there is nothing."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_serialization_defaults_required=True, json_schema_extra=_not_required
    )

    def json_value(self) -> dict[str, Any]:
        return self.model_dump(mode="json", by_alias=True)


Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""A time in UTC (RFC 3339)."""


def format_moment(at: datetime | None) -> str | None:
    return format_iso(at) if at else None
