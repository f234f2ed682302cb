"""Eval reports in the console: added, opened, compared, deleted; bad files and other people's reports."""

from __future__ import annotations

import json

import pytest
from httpx import AsyncClient, Response

from evals.report import report_storage
from evals.report.report_parser import MAX_BYTES
from tests.integration.web.console.console import PASSWORD, Console, csrf, post
from tests.integration.web.console.samples.evals import entry, report, report_json, with_entries
from tests.integration.web.console.test_hostile_text import HOSTILE, judged


async def upload(browser: AsyncClient, raw: bytes) -> Response:
    token = csrf(await browser.get("/evals"))
    return await browser.post("/evals", data={"csrf": token}, files={"file": ("report.json", raw, "application/json")})


async def evaluator(console: Console, name: str = "Eva") -> AsyncClient:
    email = f"{name.lower()}@shop.test"
    await console.container.workspace_admin.add_member(
        console.owner, email=email, person=name, role="evaluator", password=PASSWORD
    )
    return await console.signed_in(email)


async def test_the_front_page_leads_an_evaluator_to_the_reports(console: Console) -> None:
    eva = await evaluator(console)
    assert '<a class="button primary" href="/evals">Look at eval reports</a>' in (await eva.get("/")).text
    olivia = await console.signed_in("olivia@shop.test")
    assert "Look at eval reports" not in (await olivia.get("/")).text


async def test_a_report_is_added_opened_and_listed(console: Console) -> None:
    eva = await evaluator(console)
    added = await upload(eva, report_json(wrong=2, right=3, title="ours by offline"))
    assert added.status_code == 303
    page = (await eva.get(added.headers["location"])).text
    assert "ours by offline" in page
    assert "60.0 %" in page, "all right, of five"
    assert "It took another action." in page
    assert page.count('<details class="panel attempt">') == 2, "every wrong case, and no right one"
    assert "case-0" in page
    assert "case-4" not in page
    assert page.count("<svg") > 4
    listed = (await eva.get("/evals")).text
    assert added.headers["location"] in listed
    assert "kept by Eva" in listed


async def test_answers_are_shown_by_cause_all_of_them_and_a_page_at_a_time(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    entries = [entry(at, right=False, cause="other_action" if at < 25 else "parameter_missing") for at in range(30)]
    entries.append(entry(30, right=True))
    raw = with_entries(entries, answers=31, causes={"other_action": 25, "parameter_missing": 5})
    at = (await upload(browser, raw)).headers["location"]
    first = (await browser.get(at)).text
    assert "1–20 of 30" in first
    assert f"{at}?start=20#wrong" in first
    assert "21–30 of 30" in (await browser.get(f"{at}?start=20")).text
    assert "1–5 of 5" in (await browser.get(f"{at}?cause=parameter_missing")).text
    assert "1–20 of 31" in (await browser.get(f"{at}?all=1")).text
    assert "case-30" in (await browser.get(f"{at}?all=1&start=20")).text


async def test_two_reports_are_compared_side_by_side(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    before = [entry(at, right=at >= 9, wrong_act=False, unsafe=False) for at in range(12)]
    after = [entry(at, right=at != 11, wrong_act=at == 11, unsafe=False) for at in range(12)]
    one = (await upload(browser, with_entries(before, title="the older"))).headers["location"].rpartition("/")[2]
    two = (await upload(browser, with_entries(after, title="the newer"))).headers["location"].rpartition("/")[2]
    page = (await browser.get("/evals/compare", params={"of": [one, two]})).text
    assert "<b>3</b> → <b>11</b> of 12 right" in page
    assert "9 fixed" in page
    assert "1 broken" in page
    assert "more than chance: p = 0.0215 (McNemar, exact)" in page, "exact two-sided, 1 of 10"
    assert "case-11" in page, "what broke is shown first"
    assert "It took another action." in page
    fixed = (await browser.get("/evals/compare", params={"of": [one, two], "show": "fixed"})).text
    assert "case-0" in fixed
    assert "1–9 of 9" in fixed
    other_way = (await browser.get("/evals/compare", params={"of": [two, one]})).text
    assert "1 fixed" in other_way
    assert "9 broken" in other_way


async def test_two_reports_that_agree_are_said_to_and_no_chance_is_spoken_of(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    raws = [with_entries([entry(1, right=True)], title=title) for title in ("the older", "the newer")]
    of = [(await upload(browser, raw)).headers["location"].rpartition("/")[2] for raw in raws]
    page = (await browser.get("/evals/compare", params={"of": of})).text
    assert "No case came out differently." in page
    assert "McNemar" not in page


async def test_reports_that_can_not_be_compared_say_why(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    raws = [
        with_entries([entry(1, right=True)]), with_entries([entry(2, right=True)]),
        with_entries([entry(1, right=True, case="changed")]),
    ]  # fmt: skip
    one, two, three = [(await upload(browser, raw)).headers["location"].rpartition("/")[2] for raw in raws]
    none = await browser.get("/evals/compare", params={"of": [one, two]})
    assert (none.status_code, "no case in common" in none.text) == (422, True)
    changed = await browser.get("/evals/compare", params={"of": [one, three]})
    assert (changed.status_code, "has changed between the two" in changed.text) == (422, True)
    for of in ([one], [one, one], [one, two, three], [one, ""]):
        answer = await browser.get("/evals/compare", params={"of": of})
        assert answer.status_code in (404, 422), of
    assert "choose a report" in (await browser.get("/evals/compare")).text


async def test_the_same_file_is_kept_once(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    first, again = await upload(browser, report_json()), await upload(browser, report_json())
    assert first.headers["location"] == again.headers["location"]
    assert "1–1 of 1" in (await browser.get("/evals")).text
    theirs = await console.signed_in("eve@else.test")
    assert (await upload(theirs, report_json())).headers["location"] != first.headers["location"]


@pytest.mark.parametrize(
    ("raw", "status", "why"),
    [
        (b"", 422, "Choose the file"),
        (b"{", 422, "no JSON"),
        (b'{"schema": "opsiq/eval-report/v1"}', 422, "at title: Field required"),
        (json.dumps(report(title=f"{HOSTILE}\x00")).encode(), 422, "NUL character"),
        (b" " * (MAX_BYTES + 1), 413, "at most 8 MiB; this one has 8.0"),
    ],
    ids=["nothing", "no JSON", "no report", "a NUL", "too large"],
)
async def test_a_bad_file_is_told_of_on_the_page_and_nothing_is_kept(
    console: Console, raw: bytes, status: int, why: str
) -> None:
    browser = await console.signed_in("olivia@shop.test")
    answer = await upload(browser, raw)
    assert (answer.status_code, why in answer.text) == (status, True), answer.text
    assert "No report is kept here yet." in answer.text


async def test_a_file_far_too_large_is_not_even_read(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    answer = await upload(browser, b" " * (17 * 1024 * 1024))
    assert answer.status_code == 413
    elsewhere = await browser.post("/keys", data={"name": "x" * (2 * 1024 * 1024)})
    assert elsewhere.status_code == 413, "only where a file is wanted may a body be larger than others"


async def test_hostile_text_of_a_report_is_text_where_it_is_compared_too(console: Console) -> None:
    browser = await console.signed_in("olivia@shop.test")
    kept = [
        await report_storage.store_report(
            console.container.database,
            console.owner,
            report_json(wrong, 3 - wrong, title=HOSTILE, words=HOSTILE),
            console.clock(),
        )
        for wrong in (1, 2)
    ]
    for query in ("", "&show=fixed"):
        page = await browser.get(f"/evals/compare?of={kept[0].id}&of={kept[1].id}{query}")
        assert page.status_code == 200
        assert "1 broken" in page.text
        judged("/evals/compare", page.text)
    judged("a cause", (await browser.get(f"/evals/{kept[0].id}", params={"cause": HOSTILE.replace("\u202e", "")})).text)


async def test_who_kept_it_and_owners_delete_it_and_nobody_else(console: Console) -> None:
    eva, eli = await evaluator(console), await evaluator(console, "Eli")
    at = (await upload(eva, report_json())).headers["location"]
    assert "Delete…" in (await eva.get(at)).text
    assert "Delete…" not in (await eli.get(at)).text
    refused = await post(eli, f"{at}/delete")
    assert (refused.status_code, "Only Eva, who kept this report, and owners delete it." in refused.text) == (403, True)
    assert (await post(eva, f"{at}/delete")).status_code == 303
    assert (await eva.get(at)).status_code == 404
    owner = await console.signed_in("olivia@shop.test")
    again = (await upload(eli, report_json())).headers["location"]
    assert (await post(owner, f"{again}/delete")).status_code == 303
    history = (await owner.get("/history?q=report")).text
    assert history.count("eval report kept</td>") == 2
    assert history.count("eval report deleted</td>") == 2


async def test_another_workspaces_report_is_none_where_two_are_compared(console: Console) -> None:
    theirs = await report_storage.store_report(
        console.container.database, console.stranger, report_json(title="theirs alone"), console.clock()
    )
    mine = await report_storage.store_report(console.container.database, console.owner, report_json(), console.clock())
    browser = await console.signed_in("olivia@shop.test")
    answer = await browser.get("/evals/compare", params={"of": [mine.id, theirs.id]})
    assert answer.status_code == 404
    assert "theirs alone" not in (await browser.get("/evals")).text
