"""What no calendar and no database has: moments, numbers and characters of an address or form that are refused where
they come in, and end no answer half way. On PostgreSQL, which takes fewer of them."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from cli.client import Refused
from core.errors import Forbidden
from tests.acceptance.installation import Installation, founded_installation
from tests.integration.conftest import NewDatabase, postgresql

__all__ = ["postgresql"]  # a fixture

LATE = "9999-12-31T23:59:59-14:00"
"""A moment that has no time in UTC."""
LISTS = ("history", "history/cases", "history/export.csv", "history/export.jsonl", "events", "webhooks/deliveries")


@pytest.fixture(scope="module")
def world(postgresql: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with founded_installation(tmp_path_factory.mktemp("odd"), database_url=postgresql()) as made:
        made.start_server()
        yield made


@pytest.mark.parametrize("name", LISTS)
def test_a_moment_outside_the_calendar_is_refused_before_an_answer_begins(world: Installation, name: str) -> None:
    for field in ("since", "until"):
        with pytest.raises(Refused) as refused:
            world.clients["olivia"].get(f"/v1/{name}", f"{field}={LATE}")
        assert refused.value.problem["code"] == "invalid_request"


@pytest.mark.parametrize(
    "path",
    [
        "/history?until=9999-12-31",
        "/history?before=9223372036854775808",
        "/history/9223372036854775808",
        "/history/9223372036854775808/case.zip",
        "/runs/%00",
        "/runs?before=a%00",
        "/history/export.csv?run=%00",
    ],
)
def test_a_page_that_no_number_or_day_leads_to_is_refused(world: Installation, path: str) -> None:
    with pytest.raises(Forbidden) as refused:
        world.console("olivia").page(path)
    assert "broke" not in refused.value.detail
    assert "answered 5" not in refused.value.detail


def test_a_nul_is_refused_before_anybody_has_signed_in(world: Installation) -> None:
    with httpx.Client(base_url=world.url, timeout=30) as http:
        csrf = http.get("/sign-in").text.partition('name="csrf" value="')[2].partition('"')[0]
        form = {"csrf": csrf, "email": "olivia\x00@test.test", "password": "x"}
        assert http.post("/sign-in", data=form).status_code == 400
        assert http.get("/join?invitation=%00").status_code == 400


def test_a_nul_is_refused_in_every_form(world: Installation) -> None:
    with pytest.raises(Forbidden, match="400"):
        world.console("olivia").send("/", "/runs", text="close ticket 5519\x00")
