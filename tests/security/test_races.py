"""Two people at once, or one who loses a right while their request is under way: nobody keeps what was taken from them,
nothing is lost without a word, and the server never breaks. Real processes, on both databases."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest

from cli.client import Client, Refused
from cli.console_session import ConsoleSession
from core.errors import Forbidden
from store.accounts.members import MemberRow
from tests.acceptance.installation import PASSWORD, Installation, founded_installation
from tests.integration.conftest import NewDatabase, postgresql
from tests.security.test_cost_bombs import Health
from tests.security.test_sign_in import WRONG, Browser

__all__ = ["postgresql"]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def both(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation on each database."""
    fresh: NewDatabase | None = None if request.param == "sqlite" else request.getfixturevalue("postgresql")
    folder = tmp_path_factory.mktemp(f"races-{request.param}")
    with founded_installation(folder, database_url=fresh() if fresh else "") as made:
        made.start_server()
        yield made


def member_id(world: Installation, person: str) -> str:
    [(found,)] = world.execute("SELECT id FROM members WHERE email = :email", email=f"{person}@test.test")
    return str(found)


def role(world: Installation, person: str) -> str:
    [(found,)] = world.execute("SELECT role FROM members WHERE email = :email", email=f"{person}@test.test")
    return str(found)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each did, or the refusal it met."""
    ready = threading.Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        ready.wait()
        try:
            return act()
        except (Forbidden, Refused) as refused:
            return refused

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def patch(by: Client, path: str, body: dict[str, Any]) -> Any:
    return by._call("PATCH", path, "", json.dumps(body).encode(), "")


def revoke(by: Client, key_id: str) -> Any:
    return by._call("DELETE", f"/v1/keys/{key_id}", "", b"", f"revoke-{key_id}")


def signed_in(world: Installation, person: str) -> ConsoleSession:
    return ConsoleSession(world.url, f"{person}@test.test", PASSWORD)


def statuses(answers: Sequence[Any]) -> Counter[int]:
    return Counter(each.problem["status"] if isinstance(each, Refused) else 200 for each in answers)


# ── members ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@contextmanager
def owners(world: Installation) -> Iterator[None]:
    """Olivia and Oscar are owners again afterwards."""
    try:
        yield
    finally:
        for person in ("olivia", "oscar"):
            world.rewrite(MemberRow, member_id(world, person), role="owner", state="active")


def test_of_two_owners_who_demote_each_other_one_stays(both: Installation) -> None:
    with owners(both):
        for _ in range(3):
            one, two = signed_in(both, "olivia"), signed_in(both, "oscar")
            his, hers = (f"/members/{member_id(both, person)}" for person in ("oscar", "olivia"))
            at_once(
                lambda page=his, by=one: by.send(page, f"{page}/role", role="admin", password=PASSWORD),
                lambda page=hers, by=two: by.send(page, f"{page}/role", role="admin", password=PASSWORD),
            )
            assert sorted((role(both, "olivia"), role(both, "oscar"))) == ["admin", "owner"]
            for person in ("olivia", "oscar"):
                both.rewrite(MemberRow, member_id(both, person), role="owner", state="active")


def test_who_is_demoted_while_their_password_is_checked_gives_nobody_a_role(both: Installation) -> None:
    """The password takes a while, and many at once a long while: by then the role they came with is gone."""
    amir = member_id(both, "amir")
    both.rewrite(MemberRow, amir, role="owner")
    sara, his = f"/members/{member_id(both, 'sara')}", f"/members/{amir}"
    mine = [signed_in(both, "amir") for _ in range(12)]
    olivia = signed_in(both, "olivia")
    at_once(
        lambda: olivia.send(his, f"{his}/deactivate"),
        *((lambda by=each: by.send(sara, f"{sara}/role", role="owner", password=PASSWORD)) for each in mine),
    )
    entries = both.clients["olivia"].get("/v1/history", "limit=200")["data"]
    ended = next(n for n, each in enumerate(entries) if each["kind"] == "member_deactivated")
    assert [each["kind"] for each in entries[:ended] if each["actor"]["id"] == amir] == []
    both.rewrite(MemberRow, amir, role="admin", state="active")
    both.rewrite(MemberRow, member_id(both, "sara"), role="support")


def test_a_role_that_was_given_meanwhile_is_not_overwritten_unseen(both: Installation) -> None:
    page = f"/members/{member_id(both, 'amir')}"
    one, two = signed_in(both, "olivia"), signed_in(both, "oscar")
    fields = {"was": role(both, "amir"), "password": PASSWORD}
    before = role(both, "amir")
    one.send(page, f"{page}/role", role="support", **fields)
    with pytest.raises(Forbidden, match="support meanwhile"):
        two.send(page, f"{page}/role", role="owner", **fields)
    assert role(both, "amir") == "support"
    both.rewrite(MemberRow, member_id(both, "amir"), role=before)


# ── keys, webhooks, automations, contracts ───────────────────────────────────────────────────────────────────────────


def test_a_key_that_is_revoked_while_it_acts_leaves_nothing_that_goes_on(both: Installation) -> None:
    made = both.clients["olivia"].post(
        "/v1/keys", {"name": "short", "scopes": ["keys:write", "keys:read"], "mode": "live", "role": "owner"}
    )
    heir = {"name": "heir", "scopes": ["keys:read"], "mode": "live"}
    short = Client(both.url, made["key"]["public"], made["secret"])
    answers = at_once(
        lambda: revoke(both.clients["oscar"], made["key"]["id"]),
        *((lambda: short.post("/v1/keys", heir)) for _ in range(8)),
    )
    assert not isinstance(answers[0], Exception)
    assert set(statuses(answers[1:])) <= {200, 401, 403}
    entries = both.clients["olivia"].get("/v1/history", "limit=100")["data"]
    ended = next(n for n, each in enumerate(entries) if each["kind"] == "key_revoked")
    assert not [each for each in entries[:ended] if each["actor"]["id"] == made["key"]["id"]]


def test_of_two_keys_that_revoke_each_other_at_once_one_acts_and_stays(both: Installation) -> None:
    owner = both.clients["olivia"]
    for _ in range(4):
        wanted = {"scopes": ["keys:write", "keys:read"], "mode": "live", "role": "owner"}
        one, two = (owner.post("/v1/keys", {"name": name, **wanted}) for name in ("one", "two"))
        clients = [Client(both.url, each["key"]["public"], each["secret"]) for each in (one, two)]
        answers = at_once(*(partial(revoke, by, of["key"]["id"]) for by, of in zip(clients, (two, one), strict=True)))
        assert set(statuses(answers)) <= {200, 401, 403}, answers
        assert statuses(answers)[200] == 1, answers
        kept = {each["id"] for each in owner.get("/v1/keys")["data"] if each["state"] == "active"}
        assert kept, "the owner's own"
        assert len(kept & {one["key"]["id"], two["key"]["id"]}) == 1


@pytest.mark.parametrize("what", ["keys", "webhooks/endpoints"])
def test_of_those_who_rotate_a_secret_at_once_none_loses_the_one_that_is_in_use(both: Installation, what: str) -> None:
    """The secret before is good for a day: a second rotation, of who had not seen the first, would end it."""
    olivia = both.clients["olivia"]
    other = both.new_key("olivia") if what == "keys" else both.clients["oscar"]  # nobody else rotates a key of hers
    wanted: dict[str, dict[str, Any]] = {
        "keys": {"name": "turned", "scopes": ["keys:read"], "mode": "live"},
        "webhooks/endpoints": {"url": "http://127.0.0.1:9/turned", "events": ["invoice.*"]},
    }
    told: Counter[int] = Counter()
    for _ in range(3):
        made = olivia.post(f"/v1/{what}", wanted[what])
        path = f"/v1/{what}/{made['key']['id'] if 'key' in made else made['id']}/rotate"
        told += statuses(at_once(*(partial(by.post, path) for by in (olivia, other) * 3)))
    assert set(told) == {200, 409}


def test_of_those_who_share_a_platforms_secret_at_once_the_late_ones_are_told(both: Installation) -> None:
    """The secret before is good for a day: a second one, of who had not seen the first, would end it."""
    olivia, oscar = both.clients["olivia"], both.clients["oscar"]
    path, told = "/v1/connectors/saas/webhook-secret", Counter[int]()
    for _ in range(3):
        told += statuses(at_once(*(partial(by.post, path, {}) for by in (olivia, oscar) * 3)))
    assert set(told) == {200, 409}


def test_two_changes_of_an_endpoint_at_once_are_both_there_and_headers_stay_where_they_were_given(
    both: Installation,
) -> None:
    olivia, oscar = both.clients["olivia"], both.clients["oscar"]
    moved, given = {"url": "http://127.0.0.2:9/"}, {"headers": {"X-Gateway-Token": "for 127.0.0.1 alone"}}
    for n in range(6):
        body = {"url": f"http://127.0.0.1:9/hooks/{n}", "events": ["invoice.*"]}
        path = f"/v1/webhooks/endpoints/{olivia.post('/v1/webhooks/endpoints', body)['id']}"
        at_once(partial(patch, olivia, path, {"description": "ours"}), partial(patch, oscar, path, {"events": ["*"]}))
        now = olivia.get(path)
        assert (now["description"], now["events"]) == ("ours", ["*"])
        moving, giving = at_once(partial(patch, olivia, path, moved), partial(patch, oscar, path, given))
        assert not isinstance(giving, Exception)
        if not isinstance(moving, Exception):  # moved before the headers came, or refused
            changes = both.clients["olivia"].get("/v1/history", "kind=webhook_changed&limit=2")["data"]
            assert changes[0]["data"]["changed"] == ["headers"], "they were given to the server where it is now"


def test_a_form_that_was_opened_before_another_change_says_so_and_saves_when_it_is_sent_again(
    both: Installation,
) -> None:
    body = {"url": "http://127.0.0.1:9/old", "events": ["invoice.*"]}
    there = both.clients["olivia"].post("/v1/webhooks/endpoints", body)
    page, console = f"/webhooks/{there['id']}/edit", signed_in(both, "oscar")
    opened = console.page(page).split('name="as_of" value="')[1].partition('"')[0]
    patch(both.clients["olivia"], f"/v1/webhooks/endpoints/{there['id']}", {"url": "http://127.0.0.1:9/new"})
    mine = {"url": "http://127.0.0.1:9/old", "patterns": "order.*"}
    with pytest.raises(Forbidden, match="Somebody changed it"):
        console.send(page, page, as_of=opened, **mine)
    assert both.clients["olivia"].get(f"/v1/webhooks/endpoints/{there['id']}")["url"] == "http://127.0.0.1:9/new"
    console.send(page, page, as_of=console.page(page).split('name="as_of" value="')[1].partition('"')[0], **mine)
    assert both.clients["olivia"].get(f"/v1/webhooks/endpoints/{there['id']}")["events"] == ["order.*"]


def test_of_many_changes_of_a_rule_at_once_each_is_there_or_is_told_409(both: Installation) -> None:
    rule = both.clients["olivia"].post(
        "/v1/rules",
        {"name": "r", "event": "order.shipped", "action": "saas.send_kb_link", "mode": "off",
         "parameters": {"ticket_id": {"value": 5519}, "article": {"value": "how-to-reset-password"}}},
    )  # fmt: skip
    path = f"/v1/rules/{rule['id']}"
    answers = at_once(
        *(
            (lambda n=n: patch(both.clients["olivia" if n % 2 else "oscar"], path, {"note": f"by {n}"}))
            for n in range(8)
        )
    )
    assert set(statuses(answers)) <= {200, 409}
    assert statuses(answers)[200] >= 1
    done = [each["note"] for each in answers if not isinstance(each, Exception)]
    assert both.clients["olivia"].get(path)["note"] in done


def test_of_one_version_signed_by_two_at_once_with_two_contents_one_stands(both: Installation) -> None:
    olivia, oscar = both.clients["olivia"], both.clients["oscar"]
    [(raw,)] = both.execute("SELECT raw FROM contracts WHERE name = 'saas.send_kb_link' AND state = 'active'")
    there = json.loads(raw)
    fresh = [{**there, "version": there["version"] + 1, "title": title} for title in ("Send a page", "Send an article")]
    answers = at_once(
        lambda: olivia.post("/v1/contracts", {"contracts": [fresh[0]]}),
        lambda: oscar.post("/v1/contracts", {"contracts": [fresh[1]]}),
    )
    assert statuses(answers) == {200: 1, 409: 1}
    won = next(n for n, each in enumerate(answers) if not isinstance(each, Exception))
    [(raw,)] = both.execute("SELECT raw FROM contracts WHERE name = 'saas.send_kb_link' AND state = 'active'")
    assert json.loads(raw)["title"] == fresh[won]["title"]


# ── sign-ins ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_of_two_hundred_sign_ins_at_once_none_breaks_and_others_are_answered(both: Installation) -> None:
    """Half with the right password, half with a wrong one, each from a browser of its own."""

    def sign_in(n: int) -> tuple[bool, int]:
        browser = Browser(both.url, f"127.0.3.{n % 100 + 1}")
        try:
            right = n % 2 == 0
            person = ("olivia", "oscar", "amir", "sara")[n % 4]
            return right, browser.sign_in(person, PASSWORD if right else WRONG)
        finally:
            browser.http.close()

    with Health([both.url]) as health, ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(sign_in, range(200)))
    right, wrong = (Counter(status for was, status in answers if was is each) for each in (True, False))
    assert set(right) <= {303, 429, 503}, "in, or told to wait"
    assert set(wrong) <= {401, 429, 503}, "nobody comes in with a wrong one"
    assert right[303] > 0
    assert health.worst_s < 15, "others are answered meanwhile, though this process has 200 threads beside"
    counted = both.execute("SELECT count(*) FROM failed_logins WHERE scope = 'email'")
    assert counted[0][0] == wrong[401], "each wrong password that was tried is counted, and no other"


def test_of_one_person_who_signs_in_on_many_devices_at_once_each_comes_in(both: Installation) -> None:
    """Each sign-in notes the person's last visit, and checks that they are still who signed in."""

    def sign_in(by: Browser) -> int:
        return by.sign_in("oscar")

    browsers = [Browser(both.url, f"127.0.4.{n + 1}") for n in range(10)]
    try:
        for each in browsers:  # known devices, which don't wait behind strangers
            assert each.sign_in("oscar") == 303
            each.cookies = {name: value for name, value in each.cookies.items() if "session" not in name}
        for _ in range(5):
            assert at_once(*(partial(sign_in, each) for each in browsers)) == [303] * len(browsers)
            for each in browsers:
                each.cookies = {name: value for name, value in each.cookies.items() if "session" not in name}
    finally:
        for each in browsers:
            each.http.close()
