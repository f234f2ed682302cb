"""A fault of a form says what to write, not what the parser is called."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

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
    mark: Annotated[str, Field(min_length=1, max_length=3)] = "x"
    owner: Annotated[str, Field(min_length=2)] = "Ida"
    ropes: Annotated[list[int], Field(min_length=1, max_length=2)] = [1]
    masts: Annotated[int, Field(ge=1, le=5)] = 1
    draught: Annotated[int, Field(gt=0, lt=9)] = 1
    side: Literal["port", "starboard"] = "port"
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
        ({"mark": ""}, "Write at least 1 character."),
        ({"mark": "long"}, "Write at most 3 characters."),
        ({"owner": "I"}, "Write at least 2 characters."),
        ({"ropes": []}, "Give at least 1."),
        ({"ropes": [1, 2, 3]}, "Give at most 2."),
        ({"masts": 0}, "Write at least 1."),
        ({"masts": 6}, "Write at most 5."),
        ({"draught": 0}, "Write more than 0."),
        ({"draught": 9}, "Write less than 9."),
        ({"side": "bow"}, "Write 'port' or 'starboard'."),
        ({"pier": "none"}, "There is no such pier."),
        ({"peir": "3"}, "There is no field 'peir' here; remove it."),
    ],
)
def test_a_fault_says_what_to_write(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Berth.model_validate(given)
    assert [describe_fault(each) for each in refused.value.errors()] == [said]
