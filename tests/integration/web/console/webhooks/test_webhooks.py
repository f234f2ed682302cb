"""Webhook endpoints and deliveries in the console."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import get_args

import pytest
from httpx import AsyncClient, Response

import store.history.log
import store.jobs.jobs
import store.webhooks.attempts
import store.webhooks.deliveries
import store.webhooks.endpoints
from events.webhooks.endpoints import EndpointState
from events.webhooks.redelivery import RECOVER_JOB, REPLAY_JOB
from executors.retry import ErrorKind
from store.webhooks.attempts import AttemptResult
from tests.integration.web.console.console import Console, csrf
from tests.integration.web.console.keys.test_keys import submit, ticket
from web.console.webhooks.delivery_status import FAILURES

GIVEN = {
    "url": "https://ledger.example/hooks", "patterns": "invoice.*\norder.shipped", "description": "The ledger",
    "headers": "X-Token: s3cr3t-of-the-gateway\nX-Env: live", "per_minute": "60",
}  # fmt: skip


async def listed(console: Console) -> list[EndpointState]:
    return await console.container.webhooks.endpoints.list_endpoints(console.owner)


async def made(console: Console, browser: AsyncClient, **more: object) -> EndpointState:
    answer = await submit(browser, "/webhooks/new", "/webhooks", **{**GIVEN, **more})
    assert answer.status_code == 201, answer.text
    return (await listed(console))[0]


async def act(browser: AsyncClient, shown: EndpointState, name: str, **fields: object) -> Response:
    return await submit(browser, f"/webhooks/{shown.row.id}", f"/webhooks/{shown.row.id}/{name}", **fields)


async def attempted(
    console: Console, delivery: str, n: int, status: int, response: bytes = b"", **more: object
) -> None:
    at = console.clock() + timedelta(seconds=n)
    given = {
        "headers": '{"content-type": "application/json"}',
        "cut": False,
        "detail": "",
        "error": None,
        "in_series": True,
        "next_at": None,
        "finished_at": at,
        "state": "succeeded" if status < 300 else "failed",
        **more,
    }
    came = AttemptResult(
        attempt=f"{delivery}.{n}",
        n=n,
        duration_ms=12,
        response=response,
        delivery=delivery,
        status=status,
        at=at,
        **given,
    )  # type: ignore[arg-type]
    async with console.container.database.begin() as session:
        await store.webhooks.attempts.record_attempts(session, [came])


async def test_an_endpoint_is_made_as_it_was_filled_in_and_its_secret_is_shown_this_once(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    answer = await submit(browser, "/webhooks/new", "/webhooks", **GIVEN, tick=["ticket.created", "order.shipped"])
    assert answer.status_code == 201
    found = re.search(r'id="secret"[^>]*>(whsec_[^<]+)<', answer.text)
    assert found
    (shown,) = await listed(console)
    assert shown.row.url == GIVEN["url"]
    assert shown.row.patterns.split() == ["invoice.*", "order.shipped", "ticket.created"]
    assert (shown.row.description, shown.row.per_minute) == ("The ledger", 60)
    assert shown.header_names == ("x-env", "x-token")
    for page in ("/webhooks", f"/webhooks/{shown.row.id}", f"/webhooks/{shown.row.id}/edit", "/history"):
        text = (await browser.get(page)).text
        assert found[1] not in text, page
        assert "s3cr3t-of-the-gateway" not in text, page


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("url", "", "begins with https://"),
        ("url", "http://ledger.example/in", "Use https"),
        ("url", "https://10.0.0.7/in", "can&#39;t be an endpoint"),
        ("url", "javascript:alert(1)", "can&#39;t be an endpoint"),
        ("patterns", "", "Name 1 to 50 patterns"),
        ("patterns", "Invoice Paid", "A pattern is"),
        ("headers", "no colon here", "A header is written as Name: value"),
        ("headers", "A: 1\na: 2", "stands there twice"),
        ("headers", "webhook-id: mine", "is not an endpoint"),
        ("per_minute", "0", "A bound is a whole number"),
    ],
)
async def test_what_can_not_be_an_endpoint_is_said_and_what_was_filled_in_stays(
    console: Console, field: str, value: str, said: str
) -> None:
    browser = await console.signed_in("olivia@shop.test")
    answer = await submit(browser, "/webhooks/new", "/webhooks", **{**GIVEN, field: value})
    assert answer.status_code == 422, answer.text
    assert said in answer.text
    assert 'value="The ledger"' in answer.text
    assert not await listed(console)


async def test_a_name_close_to_a_universal_events_is_told(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    shown = await made(console, browser, patterns="order.shiped\ninvoice.*")
    page = (await browser.get(f"/webhooks/{shown.row.id}")).text
    assert page.count("Did you mean") == 1
    assert "Did you mean <code>order.shipped</code>?" in page


async def test_a_change_keeps_the_headers_unless_they_are_written_anew_or_taken_away(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    shown = await made(console, browser)
    given = {**GIVEN, "headers": "", "description": "Another", "per_minute": ""}
    answer = await act(browser, shown, "edit", **given)
    assert answer.headers["location"] == f"/webhooks/{shown.row.id}?did=changed"
    (now,) = await listed(console)
    assert (now.row.description, now.row.per_minute, now.header_names) == ("Another", None, ("x-env", "x-token"))
    await act(browser, shown, "edit", **{**given, "headers": "X-New: 1"})
    assert (await listed(console))[0].header_names == ("x-new",)
    await act(browser, shown, "edit", **given, bare="yes")
    assert (await listed(console))[0].header_names == ()
    bad = await act(browser, shown, "edit", **{**given, "url": "nowhere"})
    assert bad.status_code == 422
    assert (await listed(console))[0].row.url == GIVEN["url"]


async def test_pause_resume_rotate_and_delete(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    shown = await made(console, browser)
    await act(browser, shown, "pause")
    assert (await listed(console))[0].row.state == "paused"
    assert "its deliveries wait" in (await browser.get(f"/webhooks/{shown.row.id}")).text
    assert (await act(browser, shown, "pause")).status_code == 409
    await act(browser, shown, "resume")
    assert (await listed(console))[0].row.state == "active"
    answer = await act(browser, shown, "rotate")
    assert re.search(r'id="secret"[^>]*>whsec_', answer.text)
    assert "signed with two secrets until" in (await browser.get(f"/webhooks/{shown.row.id}")).text
    await act(browser, shown, "delete")
    assert not await listed(console)
    assert (await browser.get(f"/webhooks/{shown.row.id}")).status_code == 404


async def test_one_that_was_disabled_is_told_of_on_every_page_and_says_why(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    shown = await made(console, browser)
    assert "disabled" not in (await browser.get("/runs")).text
    async with console.container.database.begin() as session:
        await store.webhooks.endpoints.disable(session, shown.row.id, console.clock(), "Nothing went well for 5 days.")
    for page in ("/runs", "/", "/webhooks"):
        assert '<span class="badge bad">1 disabled</span>' in (await browser.get(page)).text, page
    assert "1 disabled" not in (await (await console.signed_in("amir@shop.test")).get("/runs")).text
    page = (await browser.get("/webhooks")).text
    assert 'role="alert"' in page
    assert "Nothing went well for 5 days." in page
    mine = (await browser.get(f"/webhooks/{shown.row.id}")).text
    assert "It is disabled and gets nothing." in mine
    assert (await act(browser, shown, "recover", since="2026-11-24T10:00")).status_code == 409
    await act(browser, shown, "resume")
    assert "disabled" not in (await browser.get("/runs")).text


async def test_a_test_send_leads_to_its_delivery_which_waits_for_the_attempt(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    shown = await made(console, browser)
    answer = await act(browser, shown, "test", event="invoice.refunded")
    where = answer.headers["location"]
    delivery = where.split("/")[-1].split("?")[0]
    page = await browser.get(where)
    assert "An attempt is under way" in page.text
    assert "invoice.refunded" in page.text
    found = re.search(r'hx-get="([^"]+)" hx-trigger="every', page.text)
    assert found
    look = found[1].replace("&amp;", "&")
    hx = {"HX-Request": "true", "HX-Current-URL": f"http://console.test{where}"}
    assert (await browser.get(look, headers=hx)).status_code == 204
    await attempted(console, delivery, 1, 200, b'{"ok": true}')
    news = await browser.get(look, headers=hx)
    assert news.status_code == 200
    assert "An attempt is under way" not in news.text
    assert "hx-trigger" not in news.text
    assert "hx-push-url" not in news.headers
    assert "{&#34;ok&#34;: true}" in news.text


async def test_a_delivery_shows_every_attempt_with_its_request_and_answer_newest_first(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    shown = await made(console, browser)
    row = await console.container.webhooks.redelivery.test(console.owner, shown.row.id, "invoice.paid")
    hidden = json.dumps({"x-token": "(hidden)", "webhook-id": row.event_id})
    await attempted(
        console, row.id, 1, 500, b"<b>down</b> \xff", headers=hidden, detail="The endpoint answered 500.", cut=True
    )
    await attempted(console, row.id, 2, 204, in_series=False)
    page = (await browser.get(f"/webhooks/deliveries/{row.id}")).text
    first, second = page.index('<span class="n">1</span>'), page.index('<span class="n">2</span>')
    assert second < first
    assert "&lt;b&gt;down&lt;/b&gt; \ufffd" in page
    assert "<b>down" not in page
    assert "by hand" in page
    assert "There was more" in page
    for told in ("(hidden)", "12 ms", "500", "204", row.event_id, "The endpoint answered 500."):
        assert told in page, told
    async with console.container.database.read() as session:
        body = await store.webhooks.deliveries.body(session, row.event_id)
    assert body is not None
    assert body.decode().replace('"', "&#34;") in page


async def test_sent_again_once_however_often_the_form_is(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    shown = await made(console, browser)
    row = await console.container.webhooks.redelivery.test(console.owner, shown.row.id, "invoice.paid")
    await attempted(console, row.id, 1, 500)
    page = await browser.get(f"/webhooks/deliveries/{row.id}")

    data = {"csrf": csrf(page), "once": ticket(page)}
    answer = await browser.post(f"/webhooks/deliveries/{row.id}/resend", data=data)
    assert answer.headers["location"] == f"/webhooks/deliveries/{row.id}?awaited=2"
    assert (await browser.post(f"/webhooks/deliveries/{row.id}/resend", data=data)).status_code == 409
    async with console.container.database.read() as session:
        resent = store.history.log.HistoryFilters(kinds=("webhook_resent",))
        assert len(await store.history.log.page(session, console.owner.workspace, filters=resent, limit=9)) == 1


async def test_deliveries_are_filtered_by_state_and_event_and_paged(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    shown = await made(console, browser)
    for at in range(33):
        name = "invoice.paid" if at % 2 else "order.shipped"
        row = await console.container.webhooks.redelivery.test(console.owner, shown.row.id, name)
        await attempted(console, row.id, 1, 200 if at % 3 else 500)
    mine = f"/webhooks/{shown.row.id}"
    page = (await browser.get(mine)).text
    assert page.count('href="/webhooks/deliveries/dlv_') == 30
    older = re.search(r'href="([^"]+before=[^"]+)"', page)
    assert older
    assert (await browser.get(older[1].replace("&amp;", "&"))).text.count('href="/webhooks/deliveries/dlv_') == 3
    failed = (await browser.get(mine, params={"state": "failed"})).text
    assert failed.count('href="/webhooks/deliveries/dlv_') == 11
    assert '<option value="failed" selected>' in failed
    both = (await browser.get(mine, params={"state": "failed", "event": "invoice.paid"})).text
    assert both.count('href="/webhooks/deliveries/dlv_') == 5
    assert "No delivery fits this filter." in (await browser.get(mine, params={"event": "no.such"})).text


@pytest.mark.parametrize(("which", "job"), [("recover", RECOVER_JOB), ("replay", REPLAY_JOB)])
async def test_spans_are_sent_again_in_utc(console: Console, which: str, job: str) -> None:
    browser = await console.signed_in("olivia@shop.test")
    shown = await made(console, browser)
    answer = await act(browser, shown, which, since="2026-11-24T08:30", until="2026-11-24T09:30")
    assert answer.headers["location"] == f"/webhooks/{shown.row.id}?did={which}"
    assert 'role="status"' in (await browser.get(answer.headers["location"])).text
    async with console.container.database.read() as session:
        kind = {RECOVER_JOB: "webhook_recovered", REPLAY_JOB: "webhook_replayed"}[job]
        (entry,) = await store.history.log.page(
            session, console.owner.workspace, filters=store.history.log.HistoryFilters(kinds=(kind,)), limit=9
        )
    told = json.loads(entry.data)
    assert (told["since"], told["until"]) == ("2026-11-24T08:30:00.000000Z", "2026-11-24T09:30:00.000000Z")
    for since in ("", "yesterday", "2026-11-25T08:00"):
        bad = await act(browser, shown, which, since=since)
        assert bad.status_code == 422, since
        assert 'id="trouble"' in bad.text


async def test_the_list_says_how_each_endpoint_has_been_doing(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    assert "There is no endpoint yet." in (await browser.get("/webhooks")).text
    shown = await made(console, browser)
    assert "no attempts" in (await browser.get("/webhooks")).text
    now = console.clock()
    tally = store.webhooks.endpoints.AttemptCounts(
        shown.row.id, store.webhooks.endpoints.find_hour(now), 997, 3, 0, now, now - timedelta(minutes=2), None
    )
    async with console.container.database.begin() as session:
        await store.webhooks.endpoints.count(session, [tally])
    page = (await browser.get("/webhooks")).text
    assert "99.7 %" in page
    assert "of 1000 in 24 h" in page
    assert "24 Nov 2026, 12:00:00 UTC" in page


def test_every_way_in_which_an_attempt_gets_no_status_has_words() -> None:
    assert set(FAILURES) == set(get_args(ErrorKind))
