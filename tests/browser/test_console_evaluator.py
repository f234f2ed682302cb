"""An evaluator's day: reports of two runs added, opened, compared; what an owner sees of the history and its
insights."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.acceptance.installation import PASSWORD
from tests.browser.browser_session import Visit
from tests.browser.conftest import New
from tests.integration.web.console.samples.evals import entry, report_json, with_entries


def invited(visit: New, email: str, role: str, name: str) -> Visit:
    """A new person of this role, let in by an owner's invitation."""
    olivia = visit().sign_in("olivia")
    olivia.page.goto("/members/new")
    olivia.page.get_by_label("E-mail").fill(email)
    olivia.page.get_by_label("Role").select_option(role)
    olivia.page.get_by_label("Your password again").fill(PASSWORD)
    olivia.press("Enter")
    olivia.sees(f"{email} is invited")
    link = olivia.page.locator("#link").inner_text()
    new = visit()
    new.page.goto(link[link.index("/join") :])
    new.type(name)
    new.press("Tab")
    new.type("a password of their own")
    new.press("Enter")
    new.sees("What should be done?")
    return new


def added(who: Visit, path: Path, raw: bytes) -> None:
    """Put a report in by the form, with Enter."""
    path.write_bytes(raw)
    who.page.goto("/evals")
    who.page.get_by_label("Add a report").set_input_files(path)
    who.page.get_by_role("button", name="Add", exact=True).press("Enter")


def test_an_evaluator_adds_a_report_and_opens_it_with_the_keyboard(visit: New, tmp_path: Path) -> None:
    eva = invited(visit, "eva@test.test", "evaluator", "Eva")
    page = eva.page
    page.get_by_role("link", name="Evals").focus()
    eva.press("Enter")
    eva.sees("Evals")
    expect(page.get_by_role("link", name="History")).to_have_count(0)
    added(eva, tmp_path / "bad.json", b'{"schema": "opsiq/eval-report/v1"}')
    expect(page.get_by_role("alert")).to_contain_text("at title: Field required")
    eva.is_clean()
    added(eva, tmp_path / "good.json", report_json(wrong=2, right=9, title="the older prompt"))
    eva.sees("the older prompt")
    page.locator("details.attempt > summary").first.focus()
    eva.press("Enter")
    expect(page.locator("details.attempt[open]").get_by_text("It took another action.")).to_be_visible()
    eva.is_clean()


def test_two_reports_are_ticked_and_compared_with_the_keyboard(visit: New, tmp_path: Path) -> None:
    olivia = visit().sign_in("olivia")
    page = olivia.page
    older = [entry(at, right=at >= 9, wrong_act=False, unsafe=False) for at in range(12)]
    newer = [entry(at, right=at != 11, unsafe=False) for at in range(12)]
    for name, entries in (("older", older), ("newer", newer)):
        made_at = f"2030-01-0{1 if name == 'older' else 2}T00:00:00Z"
        added(olivia, tmp_path / f"{name}.json", with_entries(entries, title=f"ticked, the {name}", made_at=made_at))
        olivia.sees(f"ticked, the {name}")
    page.goto("/evals")
    for box in page.locator("input[name=of]").all()[:2]:
        box.focus()
        olivia.press("Space")
    page.get_by_role("button", name="Compare the two ticked").focus()
    olivia.press("Enter")
    olivia.sees("Compare reports")
    expect(page.get_by_text("p = 0.0215")).to_be_visible()
    olivia.is_clean()
    page.get_by_role("link", name=re.compile("^9 ")).focus()
    olivia.press("Enter")
    expect(page.get_by_text("1–9 of 9")).to_be_visible()


def test_a_file_that_is_too_large_is_told_of_before_it_is_sent(visit: New, tmp_path: Path) -> None:
    olivia = visit().sign_in("olivia")
    olivia.page.goto("/evals")
    large = tmp_path / "large.json"
    large.write_bytes(b" " * (9 * 1024 * 1024))
    olivia.page.get_by_label("Add a report").set_input_files(large)
    message = olivia.page.locator("#file").evaluate("input => input.validationMessage")
    assert "This file has 9.0 MiB; at most 8 are taken." in message


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_of_reports_history_and_insights_is_clean(
    visit: New, tmp_path: Path, width: int, scheme: str
) -> None:
    olivia = visit(width, scheme).sign_in("olivia")
    page = olivia.page
    for at in range(2):
        path = tmp_path / f"{at}.json"
        path.write_bytes(report_json(wrong=2 + at, right=9 - at, title=f"{width} {scheme} {at} <b>"))
        page.goto("/evals")
        page.get_by_label("Add a report").set_input_files(path)
        page.get_by_role("button", name="Add", exact=True).click()
        olivia.sees(f"{width} {scheme} {at} <b>")
    olivia.is_clean()
    page.get_by_role("button", name="Compare", exact=True).click()
    olivia.is_clean()
    for path_ in ("/evals/compare", "/insights?days=7", "/insights?days=365", "/history?kind=prompt&model=offline"):
        page.goto(path_)
        olivia.is_clean()


def test_an_owner_keeps_a_view_and_takes_an_export_that_shows_how_far_it_is(visit: New, tmp_path: Path) -> None:
    olivia = visit().sign_in("olivia")
    page = olivia.page
    olivia.ask("resend invoice INV-1042")
    olivia.sees("Done")
    page.goto("/history?kind=prompt")
    page.get_by_text("Save as a view").press("Enter")
    page.get_by_label("Name").fill("What was asked")
    olivia.press("Enter")
    expect(page.get_by_role("link", name="What was asked")).to_be_visible()
    olivia.is_clean()
    before = page.locator("table.history").bounding_box()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export CSV").press("Enter")
    expect(page.locator("#export output")).to_have_text(re.compile(r"^\d+ entries exported\.$"))
    olivia.is_clean()
    assert page.locator("table.history").bounding_box() == before, "nothing has moved"
    taken = tmp_path / "history.csv"
    download.value.save_as(taken)
    with taken.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["kind"] for row in rows} == {"prompt"}
    assert "resend invoice INV-1042" in {json.loads(row["data"])["text"] for row in rows}
    said = page.locator("#export output").inner_text()
    assert said == f"{len(rows)} entries exported."
    page.get_by_role("button", name="Delete the view What was asked").press("Enter")
    expect(page.get_by_role("link", name="What was asked")).to_have_count(0)
