"""What a log may not hold: what people typed into a form, and what a row holds, when the database fails."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from tests.acceptance.installation import PASSWORD, Installation, founded_installation


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with founded_installation(tmp_path_factory.mktemp("log")) as made:
        made.keep_logs = True
        made.start_server()
        yield made


def test_a_statement_that_fails_is_logged_without_what_it_was_given(world: Installation) -> None:
    with httpx.Client(base_url=world.url, timeout=30) as http:
        csrf = http.get("/sign-in").text.partition('name="csrf" value="')[2].partition('"')[0]
        world.execute("ALTER TABLE logins RENAME COLUMN csrf TO csrf_gone")
        form = {"csrf": csrf, "email": "olivia@test.test", "password": PASSWORD}
        agent = "a browser that is named in the row"
        assert http.post("/sign-in", data=form, headers={"User-Agent": agent}).status_code == 500
    log = world.log_of("server").read_text()
    assert "logins" in log
    assert agent not in log
