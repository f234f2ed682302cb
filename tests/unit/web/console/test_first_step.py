from __future__ import annotations

import pytest

from registry.catalogue import Catalogue
from tests.unit.registry.test_catalogue import contract
from web.console.first_step import find_first_step


@pytest.mark.parametrize(
    ("roles", "addresses", "href"),
    [
        ([], {}, "/connectors"),
        ([], {"shop": "https://shop.example"}, "/connectors/shop/contracts"),
        ([], {"shop": "https://shop.example", "crm": "https://crm.example"}, "/connectors"),
        (["support"], {"shop": "https://shop.example"}, "/contracts"),
    ],
)
def test_an_owner_is_led_to_what_comes_next(roles: list[str], addresses: dict[str, str], href: str) -> None:
    made = [contract(roles=roles)] if roles else []
    assert find_first_step(Catalogue(made, addresses=addresses)).href == href
