"""A check of a live connection tells what its values show about its declaration."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from agent.workspace.connection_setup import CheckFinding, check
from registry.records import Field, Query, Record, RecordKind, admit


class Berths:
    def __init__(self, search: Any, codes: Sequence[str | None]) -> None:
        fields = (Field("id", "id"), Field("code", label="Code", search=search))
        self.kind = RecordKind("berth", "Berth", ("berth", "berths"), fields, label="{code}")
        self.rows = [admit(self.kind, {"id": str(at), "code": code}) for at, code in enumerate(codes)]

    def kinds(self) -> tuple[RecordKind, ...]:
        return (self.kind,)

    async def search(self, query: Query) -> Sequence[Record]:
        return self.rows[: query.limit]

    async def get(self, kind: str, record_id: str) -> Record | None:
        return self.rows[int(record_id)]


async def found(search: Any, *codes: str | None) -> list[CheckFinding]:
    connector: Any = SimpleNamespace(connection="pier", context_providers=lambda: (Berths(search, codes),))
    return list(await check(connector, ()))


@pytest.mark.parametrize(
    "codes",
    [
        ("D4", "D5", "E11", "WEST"),
        ("SLP-12", "SLP-13", "SLP-14"),
        ("1042", "1043", "#1044"),
        ("A 1", "A 2", "B 7"),
    ],
)
async def test_codes_that_are_searched_as_names_are_warned_of(codes: tuple[str, ...]) -> None:
    warning = (await found("name", *codes))[-1]
    assert (warning.state, warning.about) == ("warn", "berth")
    assert '"search": "number"' in warning.detail
    assert sorted(codes)[0] in warning.detail
    assert [each.state for each in await found("number", *codes)] == ["ok"]


@pytest.mark.parametrize(
    "names",
    [
        ("Ana Ruiz", "Bo Lind", "Cy Dee"),
        ("Studio 54", "Unit 4", "Box 12"),
        ("D4",),
        ("D4", "D5", None),
        ("Orchid", "Lily", "Rose", "R2D2"),
    ],
)
async def test_names_are_not_taken_for_codes(names: tuple[str | None, ...]) -> None:
    assert [each.state for each in await found("name", *names)] == ["ok"]
