"""Every state of a run's page, hostile data on it, themes, and the way in by keyboard. What is visited is looked at in
both themes and at both widths (``tests.browser.page_checks``); pages are walked through by ``test_every_page.py``."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import New


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_every_state_of_a_run_is_clean(visit: New, width: int, scheme: str) -> None:
    olivia = visit(width, scheme)
    olivia.page.goto("/sign-in")
    olivia.is_clean()
    olivia.sign_in("olivia")
    olivia.is_clean()
    olivia.ask("refund Adam's last invoice")
    olivia.sees(re.compile("Two customers"))
    olivia.is_clean()
    olivia.press("2")
    olivia.focus_is_on("#card-title")
    olivia.press("c")
    olivia.is_clean()
    olivia.page.locator(".edit summary").first.press("Enter")
    olivia.page.locator(".reject summary").press("Enter")
    olivia.is_clean()
    olivia.type("only looking")
    olivia.press("Enter")
    olivia.sees("Rejected. Nothing was sent.")
    olivia.is_clean()
    olivia.ask("what's the weather in Prague tomorrow?")
    olivia.sees("Nothing was done")
    olivia.is_clean()
    olivia.ask("resend invoice INV-1042")
    olivia.sees("Done")
    olivia.is_clean()


@pytest.mark.parametrize(("width", "height", "scheme"), [(1280, 860, "dark"), (390, 844, "light")])
def test_a_card_of_three_values_is_decided_on_without_scrolling(
    visit: New, width: int, height: int, scheme: str
) -> None:
    olivia = visit(width, scheme).sign_in("olivia")
    page = olivia.page
    page.set_viewport_size({"width": width, "height": height})
    olivia.ask("refund Adam's last invoice")
    olivia.sees(re.compile("Two customers"))
    olivia.press("1")
    olivia.focus_is_on("#card-title")
    assert page.evaluate("scrollY") == 0
    expect(page.locator(".param")).to_have_count(3)
    for what in (
        ".byline",
        ".head h2",
        ".head .badge",
        *(f".param >> nth={at}" for at in range(3)),
        ".stands",
        ".decide",
    ):
        expect(page.locator(what).first).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize(("width", "height", "scheme"), [(1280, 860, "light"), (390, 844, "dark")])
def test_a_card_of_twenty_calls_is_decided_on_from_wherever_one_reads(
    visit: New, width: int, height: int, scheme: str
) -> None:
    olivia = visit(width, scheme).sign_in("olivia")
    page = olivia.page
    page.set_viewport_size({"width": width, "height": height})
    olivia.ask("close the 20 oldest open tickets")
    olivia.sees("Close a ticket, 20 times")
    assert page.evaluate("scrollY") == 0
    expect(page.locator(".call")).to_have_count(20)
    decide = page.locator(".decide")
    for edit in (0, 9, 19):
        page.locator(".edit summary").nth(edit).focus()
        expect(decide).to_be_in_viewport(ratio=1)
        focused, bar = page.locator(":focus").bounding_box(), decide.bounding_box()
        assert focused is not None
        assert bar is not None
        assert focused["y"] + focused["height"] <= bar["y"], "what has the focus is not covered"
    assert page.locator(".fine .facts", has_text="Sent to").count() == 1
    expect(page.locator(".fine .payload")).to_have_count(20)
    olivia.is_clean()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "text",
    ["give customer 488 75 EUR credit", "refund invoice INV-1065", "give Marta Kowalska 10 PLN credit"],
    ids=["a name of 300 characters", "orders in an invoice's note", "lookalike customers"],
)
def test_hostile_data_stays_inside_its_box(visit: New, width: int, text: str) -> None:
    olivia = visit(width).sign_in("olivia")
    olivia.ask(text)
    expect(olivia.page.locator("#card-title, #question").first).to_be_visible()
    olivia.is_clean()


def test_words_from_right_to_left_are_read_from_the_right_and_stay_apart(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    page = olivia.page
    page.locator("#text").fill("מה שלומך היום?")
    assert page.locator("#text").evaluate("(box) => getComputedStyle(box).direction") == "rtl"
    page.locator("#text").press("Enter")
    expect(page.locator(".said p")).to_have_text("מה שלומך היום?")
    expect(page.locator(".said p")).to_have_css("direction", "rtl")
    expect(page.locator("h1").first).to_have_css("direction", "ltr")  # waits while the page is exchanged
    olivia.is_clean()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("path", ["/runs", "/history"])
def test_a_long_name_ends_within_its_list_and_begins_at_its_beginning(visit: New, width: int, path: str) -> None:
    olivia = visit(width).sign_in("olivia")
    olivia.ask("how many open tickets are there?")
    page = olivia.page
    page.goto(path)
    name = page.locator(".list .name").first
    within = "(it) => it.getBoundingClientRect().right <= it.closest('tr').getBoundingClientRect().right"
    name.evaluate("(it) => (it.textContent = 'W'.repeat(100))")
    assert name.evaluate(within)
    name.evaluate("(it) => (it.textContent = 'محمد عبد الرحمن بن عبد العزيز '.repeat(4))")
    assert name.evaluate("(it) => getComputedStyle(it).direction") == "rtl", "what is cut off is its end"
    assert name.evaluate(within)
    olivia.is_clean()


@pytest.mark.parametrize("width", [1280, 390])
def test_no_list_or_navigation_cuts_off_the_focus_of_what_is_in_it(visit: New, width: int) -> None:
    olivia = visit(width).sign_in("olivia")
    olivia.ask("how many open tickets are there?")
    page = olivia.page
    page.goto("/")
    for each in ("nav [aria-current]", ".rows a", ".able a"):
        page.keyboard.press("Tab")  # by keyboard, so that the focus is shown
        page.locator(each).first.focus()
        cut = page.locator(each).first.evaluate(
            """(it) => {
              const list = it.closest("nav, .rows, .able ul");
              const [mine, around] = [it.getBoundingClientRect(), list.getBoundingClientRect()];
              const style = getComputedStyle(it);
              const out = parseFloat(style.outlineOffset) + parseFloat(style.outlineWidth);
              return style.outlineStyle === "none" || mine.left - out < around.left || mine.right + out > around.right
                || mine.top - out < around.top;
            }"""
        )
        assert not cut, each


def test_a_server_that_does_not_answer_is_told_of_and_nothing_is_lost(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    page = olivia.looks.page
    told = page.get_by_role("alert").filter(has_text="The server did not answer")
    proxy = "<html><body><h1>502 Bad Gateway</h1></body></html>"
    for put_off in (
        lambda route: route.abort(),
        lambda route: route.fulfill(status=502, content_type="text/html", body=proxy),
        lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>Pay for this network</h1>"),
    ):
        page.goto("/")
        page.route("**/runs", put_off)
        page.locator("#text").fill("resend invoice INV-1042")
        olivia.press("Enter")
        expect(told).to_be_visible()
        expect(page.locator("#text")).to_have_value("resend invoice INV-1042")
        olivia.is_clean()
        page.unroute("**/runs")
    page.locator("#text").focus()
    page.keyboard.press("Enter")
    olivia.sees("Done")
    expect(told).to_be_hidden()
    olivia.complaints.clear()  # what the browser itself says of the answers that did not come


@pytest.mark.parametrize("width", [390, 1280])
def test_what_tells_that_a_server_is_late_or_gone_covers_nothing_of_what_was_typed(visit: New, width: int) -> None:
    olivia = visit(width).sign_in("olivia")
    olivia.ask("how many open tickets are there?")
    page = olivia.looks.page
    expect(page.locator(".follow")).to_be_visible()
    page.clock.install()
    held: list[Route] = []
    page.route("**/runs", lambda route: held.append(route))
    page.locator("#text").fill("resend invoice INV-1042")
    olivia.press("Enter")
    heard, told = page.locator("#working"), page.locator("#unanswered")
    expect(heard).to_be_empty()
    page.clock.run_for(1_500)
    expect(heard).to_have_text("Working on it…")
    page.clock.run_for(5_500)
    expect(told).to_be_hidden()
    page.clock.run_for(2_000)
    expect(told).to_contain_text("The server has not answered yet.")
    held[0].abort()
    expect(told).to_contain_text("The server did not answer.")
    expect(heard).to_be_empty()
    covered = """() => {
      const line = document.getElementById("unanswered").getBoundingClientRect().top;
      return document.querySelector(".follow form").getBoundingClientRect().bottom > line;
    }"""
    assert not page.evaluate(covered)
    olivia.is_clean()
    olivia.complaints.clear()  # what the browser itself says of the answer that did not come


def test_escape_closes_what_was_opened_and_gives_the_focus_back(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    page = olivia.page
    olivia.ask("give Hugo Bernard 75 EUR credit")
    olivia.sees("Give a customer credit")
    for summary in (".edit summary", ".reject summary", ".account summary"):
        page.locator(summary).first.click()
        expect(page.locator(f":is(.edit, .reject, .account)[open] {summary.split()[1]}")).to_have_count(1)
        if summary == ".account summary":
            olivia.tab_to(".pop a")
        page.keyboard.press("Escape")
        expect(page.locator(":is(.edit, .reject, .account)[open]")).to_have_count(0)
        olivia.focus_is_on(f"{summary} >> nth=0")
    page.locator(".account summary").click()
    page.locator("h2").first.click()
    expect(page.locator(".account[open]")).to_have_count(0)


def test_the_chosen_theme_wins_over_what_the_machine_prefers(visit: New) -> None:
    olivia = visit(scheme="light").sign_in("olivia")

    def background() -> str:
        colour: str = olivia.page.evaluate("getComputedStyle(document.body).backgroundColor")
        return colour

    light = background()
    olivia.page.get_by_role("button", name="Dark").click()
    expect(olivia.page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    assert background() != light
    olivia.is_clean()
    olivia.page.get_by_role("button", name="Auto").click()
    expect(olivia.page.get_by_role("button", name="Auto")).to_have_attribute("aria-pressed", "true")
    assert background() == light


def test_the_skip_link_is_first_and_leads_to_the_content(visit: New) -> None:
    olivia = visit().sign_in("olivia")
    olivia.page.goto("/runs")
    olivia.press("Tab")
    expect(olivia.page.get_by_role("link", name="Skip to content")).to_be_focused()
    olivia.press("Enter")
    olivia.focus_is_on("#main")


def test_where_one_is_stays_in_sight_in_the_navigation_of_a_window_made_narrow(visit: New) -> None:
    olivia = visit(1280).sign_in("olivia")
    olivia.page.goto("/keys")
    olivia.is_clean()
    olivia.page.set_viewport_size({"width": 390, "height": 844})
    expect(olivia.page.locator("#nav [aria-current]")).to_be_in_viewport(ratio=1)


CHOSEN = (
    ("nav a[aria-current]", "nav a:not([aria-current])"),
    (".theme [aria-pressed=true]", ".theme [aria-pressed=false]"),
    (".period a[aria-current]", ".period a:not([aria-current])"),
)


@pytest.mark.parametrize("width", [1280, 390])
def test_where_one_is_and_what_is_chosen_is_seen_in_forced_colours(visit: New, width: int) -> None:
    """A contrast theme takes backgrounds and shadows away. Axe takes the colour of a button's text there for the page's
    own, so this is not left to it."""
    olivia = visit(width).sign_in("olivia")
    olivia.ask("what's the weather in Prague tomorrow?")
    olivia.sees("Nothing was done")
    olivia.page.goto("/insights")
    olivia.is_clean()
    page = olivia.looks.page
    page.emulate_media(forced_colors="active")

    def style(selector: str, name: str) -> str:
        value: str = page.locator(selector).first.evaluate(f"(element) => getComputedStyle(element).{name}")
        return value

    def colour(selector: str, name: str = "backgroundColor") -> list[str]:
        """Without how much of it shines through: what is transparent there is the canvas."""
        return re.findall("[0-9.]+", style(selector, name))[:3]

    canvas = colour("body")
    for chosen, other in CHOSEN:
        assert colour(other) == canvas, other
        assert colour(chosen) != canvas, f"{chosen} is not told from {other}"
        page.locator(chosen).first.focus()
        assert colour(chosen, "outlineColor") == colour(chosen, "color") != colour(chosen), f"{chosen} with the focus"
    assert colour(".swatch") != canvas
    assert width > 390 or colour("nav a:not([aria-current])", "borderBottomColor") == canvas
    page.goto("/runs")
    assert style(".badge", "outlineStyle") == "solid"
    page.emulate_media(forced_colors="none")
