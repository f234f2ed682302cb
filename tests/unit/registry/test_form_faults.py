"""A fault of a form says what to write, not what the parser is called."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import pytest
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, field_validator

from registry.form_faults import describe_fault


class Berth(BaseModel):
    model_config = ConfigDict(extra="forbid")

    site: Annotated[str, Field(pattern=r"^https?://[^\s?#@]+$")] = "https://x.example"
    hook: Annotated[str, Field(pattern=r"^https?://[^\s]+$")] = "https://x.example"
    code: Annotated[str, Field(pattern=r"^[A-Z]{2}[0-9]$")] = "AB1"
    at: AwareDatetime | None = None
    local: datetime | None = None
    day: date | None = None
    length: int = 1
    depth: float = 1
    covered: bool = False
    tags: list[str] = []
    keeper: dict[str, str] = {}
    pier: str = ""

    @field_validator("pier")
    @classmethod
    def _known(cls, pier: str) -> str:
        if pier == "none":
            raise ValueError("There is no such pier.")
        return pier


MOMENT = "Write a point in time with its zone, such as 2027-01-31T00:00:00Z."
ADDRESS = "Write the whole address, beginning with http:// or https://. It has no spaces"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"site": "harbour.example"}, f"{ADDRESS}, no ?, no #, no @."),
        ({"hook": "harbour.example"}, f"{ADDRESS}."),
        ({"code": "ab1"}, "Write it in the form ^[A-Z]{2}[0-9]$ (a regular expression)."),
        ({"at": "next week"}, MOMENT),
        ({"at": "2027-01-31T00:00:00"}, MOMENT),
        ({"local": "noon"}, MOMENT),
        ({"day": "31/01/2027"}, "Write a day, such as 2027-01-31."),
        ({"length": "long"}, "Write a whole number."),
        ({"length": 1.5}, "Write a whole number."),
        ({"depth": "deep"}, "Write a number."),
        ({"covered": "partly"}, "Write true or false."),
        ({"tags": "a"}, "Write a list."),
        ({"keeper": "Ines"}, "A JSON object is expected here."),
        ({"code": 7}, "Write a text."),
        ({"pier": "none"}, "There is no such pier."),
        ({"peir": "3"}, "There is no field 'peir' here; remove it."),
    ],
)
def test_a_fault_says_what_to_write(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Berth.model_validate(given)
    assert [describe_fault(each) for each in refused.value.errors()] == [said]
