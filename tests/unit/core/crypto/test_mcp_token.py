"""MCP access tokens: made from a key's secret, and good for that key alone."""

from __future__ import annotations

import pytest

from core.crypto.mcp_token import fits, make_token, read_public_part


def test_a_token_fits_the_secret_it_was_made_of_and_no_other() -> None:
    token = make_token("pk_live_a", "sk_one")
    assert read_public_part(token) == "pk_live_a"
    assert fits(token, ["sk_one"])
    assert fits(token, ["sk_new", "sk_one"])
    assert not fits(token, ["sk_two"])
    assert not fits(token, [])
    assert not fits(token.replace("pk_live_a", "pk_live_b"), ["sk_one"])


def test_a_token_does_not_hold_the_secret() -> None:
    assert "sk_one" not in make_token("pk_live_a", "sk_one")


@pytest.mark.parametrize("text", ["", "pk_live_a", "pk_live_a.", "sk_a." + "A" * 43, "pk_live_a." + "A" * 44, "a.b.c"])
def test_what_is_in_another_form_is_of_no_key(text: str) -> None:
    assert read_public_part(text) is None
