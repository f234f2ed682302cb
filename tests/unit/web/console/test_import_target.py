from __future__ import annotations

import pytest

from core.errors import InvalidInput
from web.console.imports.import_state import ImportState
from web.console.imports.target import choose_connection, is_elsewhere


def said(address: str) -> ImportState:
    return ImportState("Harbour", "1", 1, "harbour", address, (), ())


@pytest.mark.parametrize(
    ("address", "there", "chosen"),
    [
        ("http://h.example:9001", {"b": "http://h.example:9002", "z": "http://h.example:9001/"}, "z"),
        ("http://h.example:9001", {"harbour": "http://h.example:9002"}, ""),
        ("http://h.example", {"z": "https://h.example/v2"}, "z"),
        ("https://h.example/v2", {"a": "https://h.example/v1", "z": "https://h.example/v2/"}, "z"),
        ("https://h.example/v3", {"a": "https://h.example/v1", "z": "https://h.example/v2"}, ""),
        ("https://h.example", {"a": "https://h.example", "harbour": "https://h.example"}, "harbour"),
        ("https://h.example", {"a": "https://h.example", "b": "https://h.example"}, ""),
        ("/v2", {"a": "https://h.example", "harbour": "https://g.example"}, "harbour"),
        ("", {"a": "https://h.example"}, "a"),
        ("", {"a": "https://h.example", "b": "https://g.example"}, ""),
        ("https://h.example", {}, ""),
    ],
)
def test_the_only_connection_at_the_documents_address_is_chosen_at_first(
    address: str, there: dict[str, str], chosen: str
) -> None:
    assert choose_connection("", said(address), there) == chosen


def test_a_persons_choice_holds_wherever_it_is() -> None:
    assert choose_connection("a", said("https://h.example"), {"a": "https://g.example"}) == "a"
    with pytest.raises(InvalidInput, match="no connection gone"):
        choose_connection("gone", said("https://h.example"), {"a": "https://g.example"})


def test_another_port_is_another_address_and_another_scheme_is_not() -> None:
    assert is_elsewhere("http://h.example:9001", "http://h.example:9002")
    assert not is_elsewhere("http://h.example", "https://h.example:443/v1")
    assert is_elsewhere("https://h.example", "https://h.example:99999")
