"""The README's picture of a card is one of the console as it is. ``make pictures`` takes it anew."""

from __future__ import annotations

import os
import re
import struct
from pathlib import Path
from typing import Final

import pytest

from tests.browser.conftest import New

ROOT: Final = Path(__file__).parents[2]
IMAGES: Final = ROOT / "docs/images"
WIDTH: Final = 1000
MARGIN_PX: Final = 20
ABOVE_PX: Final = 10
REQUEST: Final = "refund Adam's last invoice"
SLACK_PX: Final = 120
"""By how much another font on another machine may make a card taller."""


def pixels(picture: bytes) -> tuple[int, int]:
    """Width and height, of a PNG's header."""
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_of_a_card_shows_what_the_console_shows(visit: New, scheme: str) -> None:
    olivia = visit(WIDTH, scheme, device_scale_factor=1.5).sign_in("olivia")
    olivia.ask(REQUEST)
    olivia.sees(re.compile("Two customers"))
    olivia.press("1")
    olivia.sees("Refund an invoice")
    page = olivia.page
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(0, 0)
    top, card = page.get_by_text("You asked").bounding_box(), page.locator("#card").bounding_box()
    assert top is not None
    assert card is not None
    clip = {
        "x": card["x"] - MARGIN_PX,
        "y": top["y"] - ABOVE_PX,
        "width": card["width"] + 2 * MARGIN_PX,
        "height": card["y"] + card["height"] - top["y"] + ABOVE_PX + MARGIN_PX,
    }
    taken = page.screenshot(clip=clip, full_page=True, animations="disabled")  # type: ignore[arg-type]
    if folder := os.environ.get("PICTURES"):
        Path(folder, f"card-{scheme}.png").write_bytes(taken)

    (said,) = re.findall(r'<img alt="([^"]+)" src="docs/images/card-light.png"', (ROOT / "README.md").read_text())
    shown = page.locator("main").inner_text()
    quoted = re.findall("“([^”]+)”", said)
    assert REQUEST in quoted
    assert len(quoted) >= 4
    assert [words for words in quoted if words not in shown] == []

    (width, height), (mine, high) = pixels((IMAGES / f"card-{scheme}.png").read_bytes()), pixels(taken)
    assert width == mine
    assert abs(height - high) <= SLACK_PX, "the page has changed: make pictures"
