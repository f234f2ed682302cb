"""Waiting for a slow model in a real browser: the steps are seen, it can be cancelled, and it works without a
script."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.acceptance.installation import Installation, running_installation
from tests.browser.browser_session import Visit
from tests.browser.conftest import New
from tests.browser.slow_model import SlowModel, slow_model

pytestmark = pytest.mark.timeout(400)  # the model client alone takes long to import on a busy machine
HEIGHTS = """() => {
  const section = document.querySelector(".moving"), steps = [...section.querySelectorAll("[data-step]")];
  const was = steps.map((each) => each.className);
  const heights = steps.map((_, now) => {
    steps.forEach((each, number) => (each.className = number < now ? "done" : number === now ? "now" : "todo"));
    return section.offsetHeight;
  });
  steps.forEach((each, number) => (each.className = was[number]));
  return heights;
}"""


@pytest.fixture(scope="module")
def model() -> Iterator[SlowModel]:
    with slow_model() as made:
        yield made


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, model: SlowModel) -> Iterator[Installation]:
    """Two processes on one port that only serve, and a worker that works: who streams is never who resolves."""
    asks = {
        "OPSIQ_MODEL": "openai/slow",
        "OPSIQ_MODEL_URL": model.url,
        "OPSIQ_MODEL_KEY": "local",
        "OPSIQ_MODEL_FORM": "full",
    }
    folder = tmp_path_factory.mktemp("waiting")
    with running_installation(folder, processes=2, OPSIQ_WORKERS="0", **asks) as made:
        made.start_worker(**asks)
        yield made


@pytest.fixture(autouse=True)
def closed(model: SlowModel) -> None:
    model.let.clear()


def asks(visit: New, model: SlowModel, text: str, **options: object) -> Visit:
    olivia = visit(**options).sign_in("olivia")
    olivia.ask(text)
    assert model.asked.acquire(timeout=200), "the model was not asked"
    return olivia


def is_clean_while_it_moves(visit: Visit) -> None:
    """The model is held back, so this page stands as long as it is looked at."""
    visit.looks._no_wider()
    visit.looks._judge((visit.page.viewport_size or {"width": 0})["width"])


def test_the_step_is_seen_and_what_comes_of_it_takes_its_place(visit: New, model: SlowModel) -> None:
    olivia = asks(visit, model, "send the weather of Prague as an invoice")
    page = olivia.page
    olivia.sees("Working it out…")
    expect(page.locator("[data-step=choosing]")).to_have_attribute("aria-current", "step")
    expect(page.locator(".moving [role=status]")).to_have_text("Finding the one action that does this")
    assert len(set(page.evaluate(HEIGHTS))) == 1, "a step that begins moves nothing"
    is_clean_while_it_moves(olivia)
    model.let.set()
    olivia.sees("Nothing was done")


def test_a_look_up_in_another_process_is_seen_as_such(world: Installation, visit: New, model: SlowModel) -> None:
    model.answer = {"call": {"action": "none"}}
    olivia = asks(visit, model, "refund invoice INV-1050", width=390, scheme="dark")
    olivia.sees("Working it out…")
    is_clean_while_it_moves(olivia)
    expect(olivia.page.locator(".stages li")).to_have_count(3)
    model.let.set()
    expect(olivia.page.locator(".moving")).to_have_count(0)


def test_escape_cancels_and_an_entry_says_so(world: Installation, visit: New, model: SlowModel) -> None:
    olivia = asks(visit, model, "resend invoice INV-1042")
    page = olivia.page
    expect(page.get_by_role("button", name="Cancel")).to_be_visible()
    page.locator(".moving h1").focus()
    olivia.press("Escape")
    olivia.sees("Cancelled. Nothing was sent.")
    olivia.is_clean()
    run_id = page.url.rsplit("/", 1)[1]
    model.let.set()
    page.reload()
    olivia.sees("Cancelled. Nothing was sent.")
    run = world.clients["olivia"].get(f"/v1/runs/{run_id}")
    assert run["state"] == "rejected"
    page.goto("/history?kind=cancelled")
    expect(page.locator("tbody tr").first).to_contain_text("cancelled")
    olivia.is_clean()


def test_a_page_that_is_closed_stops_nothing(world: Installation, visit: New, model: SlowModel) -> None:
    olivia = asks(visit, model, "send the weather of Brno as an invoice")
    where = olivia.page.url
    olivia.page.goto("/runs")
    model.let.set()
    olivia.page.goto(where)
    olivia.sees("Nothing was done")


def test_without_a_script_the_page_looks_again_by_itself_and_cancels(visit: New, model: SlowModel) -> None:
    plain = visit(java_script_enabled=False)
    plain.page.goto("/sign-in")
    plain.sign_in("olivia")
    plain.page.locator("#text").fill("resend invoice INV-1042")
    plain.page.get_by_role("button", name="Ask").click()
    assert model.asked.acquire(timeout=200)
    expect(plain.page.locator("[data-step=choosing]")).to_have_class(re.compile("now"))
    plain.page.get_by_role("button", name="Cancel").click()
    plain.sees("Cancelled. Nothing was sent.")
