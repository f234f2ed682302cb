"""Fields of related records: many rows don't cost as many reads."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Mapping
from typing import Any

import pytest

from core.errors import PlatformUnavailable
from registry.connector import PlatformAnswer, PlatformRequest
from registry.declarative.document import parse
from registry.declarative.records import DeclarativeRecords
from registry.records import Query

PAGES: dict[str, Any] = {
    "type": "page", "place": {"query": "page"}, "size": {"query": "size"}, "total": "/count", "max_size": 10,
}  # fmt: skip
ID: dict[str, Any] = {"type": "id"}
DOCUMENT: dict[str, Any] = {
    "schema": "opsiq/connector/v1",
    "name": "stable",
    "title": "Stable",
    "kinds": {
        "rider": {
            "title": "Rider",
            "nouns": ["rider", "riders"],
            "fields": {
                "id": ID, "name": {"search": "name"}, "level": {}, "coach_id": ID,
                "coach": {"of": {"via": "coach_id", "field": "name"}},
            },
            "relations": [{"kind": "coach", "via": "coach_id"}],
            "list": {"path": "/riders", "records": "/rows", "pagination": PAGES},
            "get": {"path": "/riders/{id}"},
        },
        "coach": {
            "title": "Coach",
            "nouns": ["coach", "coaches"],
            "fields": {"id": ID, "name": {"search": "name"}},
            "list": {"path": "/coaches", "records": "/rows", "pagination": PAGES},
            "get": {"path": "/coaches/{id}"},
        },
        "horse": {
            "title": "Horse",
            "nouns": ["horse", "horses"],
            "fields": {
                "id": ID, "name": {"search": "name"}, "rider_id": ID,
                "rider": {"of": {"via": "rider_id", "field": "name"}, "search": "name"},
                "level": {"of": {"via": "rider_id", "field": "level"}},
            },
            "relations": [{"kind": "rider", "via": "rider_id"}],
            "list": {"path": "/horses", "records": "/rows", "pagination": {**PAGES, "max_size": 100}},
            "get": {"path": "/horses/{id}"},
        },
    },
}  # fmt: skip


class FakeStable:
    """``horses`` and as many ``riders``, each with its own, except what the arguments say."""

    def __init__(self, horses: int, *, riders: int = 0, listed: Mapping[str, Any] | None = None) -> None:
        self.riders = {
            str(n): {"id": n, "name": f"Rider {n}", "level": "novice", "coach_id": 1}
            for n in range(1, (riders or horses) + 1)
        }
        self.horses = [{"id": n, "name": f"Horse {n}", "rider_id": n} for n in range(1, horses + 1)]
        self.listed = {"leaves_out": (), "fails": False, "without": frozenset()} | dict(listed or {})
        self.asked: list[str] = []
        self.now = self.most_at_once = 0

    async def get_json(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        raise AssertionError("a declarative connector reads by read()")

    async def read(self, request: PlatformRequest) -> PlatformAnswer:
        asked = dict(request.query)
        self.asked.append(request.path)
        self.now += 1
        self.most_at_once = max(self.most_at_once, self.now)
        await asyncio.sleep(0)
        self.now -= 1
        match request.path.strip("/").split("/"):
            case ["horses"]:
                rows = self.horses
            case ["riders"]:
                if self.listed["fails"]:
                    raise PlatformUnavailable("a list needs a query")
                known = asked["ids"].split(",") if "ids" in asked else list(self.riders)
                dropped = {*self.listed["leaves_out"]}
                rows = [
                    {name: value for name, value in self.riders[n].items() if name not in dropped}
                    for n in known
                    if n in self.riders and n not in self.listed["without"]
                ]
            case ["riders", number]:
                held = self.riders.get(number)
                return PlatformAnswer(200, held) if held else PlatformAnswer(404, None)
            case _:
                raise AssertionError(request.path)
        size, page = int(asked["size"]), int(asked["page"])
        return PlatformAnswer(200, {"rows": rows[(page - 1) * size : page * size], "count": len(rows)})


async def horses(stable: FakeStable, document: dict[str, Any] = DOCUMENT) -> list[str]:
    """Every horse with its rider's name and level."""
    found = await DeclarativeRecords(stable, parse(document), {}).search(Query("horse", limit=100))
    return [f"{each.id} {each.values['rider']} {each.values['level']}" for each in found]


def expected(count: int) -> list[str]:
    return [f"{n} Rider {n} novice" for n in range(1, count + 1)]


async def test_a_small_list_is_read_whole_instead_of_each_of_its_records() -> None:
    stable = FakeStable(18)
    assert await horses(stable) == expected(18)
    assert stable.asked == ["/horses", "/riders", "/riders"]


async def test_a_few_are_read_one_by_one_and_at_the_same_time() -> None:
    stable = FakeStable(4, riders=500)
    assert await horses(stable) == expected(4)
    assert sorted(stable.asked) == ["/horses", *(f"/riders/{n}" for n in range(1, 5))]
    assert stable.most_at_once == 4


async def test_a_long_list_is_given_up_after_a_page_that_saves_nothing() -> None:
    stable = FakeStable(0, riders=500)
    stable.horses = [{"id": n, "name": f"Horse {n}", "rider_id": 400 + n} for n in range(1, 21)]
    assert await horses(stable) == [f"{n} Rider {400 + n} novice" for n in range(1, 21)]
    assert stable.asked[:2] == ["/horses", "/riders"]
    assert sorted(stable.asked[2:]) == sorted(f"/riders/{400 + n}" for n in range(1, 21))
    assert stable.most_at_once == 4


async def test_a_platform_that_filters_by_ids_is_asked_for_those() -> None:
    document = copy.deepcopy(DOCUMENT)
    document["kinds"]["rider"]["list"]["filters"] = {"id": {"query": "ids", "several": "comma"}}
    stable = FakeStable(0, riders=500)
    stable.horses = [{"id": n, "name": f"Horse {n}", "rider_id": 400 + n} for n in range(1, 21)]
    assert await horses(stable, document) == [f"{n} Rider {400 + n} novice" for n in range(1, 21)]
    assert set(stable.asked) == {"/horses", "/riders"}
    assert len(stable.asked) <= 5


@pytest.mark.parametrize("listed", [{"leaves_out": ("level",)}, {"fails": True}])
async def test_what_a_list_does_not_tell_is_read_of_each_record(listed: dict[str, Any]) -> None:
    stable = FakeStable(8, listed=listed)
    assert await horses(stable) == expected(8)
    assert sorted(stable.asked) == sorted(["/horses", "/riders", *(f"/riders/{n}" for n in range(1, 9))])


async def test_a_record_that_its_list_leaves_out_is_read_alone_and_one_that_is_gone_has_no_fields() -> None:
    stable = FakeStable(8, listed={"without": frozenset({"3"})})
    del stable.riders["5"]
    assert await horses(stable) == [each if each[0] != "5" else "5 None None" for each in expected(8)]
    assert stable.asked[:2] == ["/horses", "/riders"]
    assert sorted(stable.asked[2:]) == ["/riders/3", "/riders/5"]


async def test_what_related_records_belong_to_themselves_is_not_read() -> None:
    stable = FakeStable(3)
    await horses(stable)
    assert not [each for each in stable.asked if "coach" in each]


async def test_more_single_reads_than_one_answer_may_cost_are_refused() -> None:
    stable = FakeStable(60, listed={"fails": True})
    with pytest.raises(PlatformUnavailable, match="more than 50 rider records"):
        await horses(stable)
    assert await horses(FakeStable(60)) == expected(60)
