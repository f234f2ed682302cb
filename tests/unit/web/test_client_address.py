"""Whom a request comes from: forwarded addresses, trusted proxies, and whom an address counts for."""

from __future__ import annotations

import ipaddress

import pytest

from web.client_address import find_forwarded_for, fold_address, is_in, parse_address

TRUSTED = tuple(ipaddress.ip_network(each) for each in ("10.0.0.0/24", "127.0.0.1/32", "2001:db8:ffff::/48"))
PROXY = "10.0.0.7"


@pytest.mark.parametrize(
    ("said", "client"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("1.1.1.1, 203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, 10.0.0.8", "203.0.113.9"),
        ("203.0.113.9,10.0.0.8 , 127.0.0.1", "203.0.113.9"),
        ("10.0.0.9, 10.0.0.8", "10.0.0.9"),
        ("203.0.113.9:4711", "203.0.113.9"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("2001:DB8:0::7", "2001:db8::7"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, 2001:db8:ffff::1", "203.0.113.9"),
        ("", PROXY),
        ("unknown", PROXY),
        ("203.0.113.9, unknown", PROXY),
        ("203.0.113.9, _hidden, 10.0.0.8", "10.0.0.8"),
        ("<script>, 127.0.0.1", "127.0.0.1"),
        ("9" * 10_000, PROXY),
        ("203.0.113.9, " + ", ".join(["10.0.0.8"] * 200), "10.0.0.8"),
    ],
)
def test_the_last_address_that_is_no_trusted_proxy_is_the_clients(said: str, client: str) -> None:
    assert find_forwarded_for(said, PROXY, TRUSTED) == client


@pytest.mark.parametrize(
    ("address", "folded"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:0:1:ffff::9", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", "unknown"),
        ("x" * 100, "unknown"),
    ],
)
def test_an_ipv6_address_counts_with_its_64(address: str, folded: str) -> None:
    assert fold_address(address) == folded


def test_only_what_is_named_is_trusted() -> None:
    assert is_in("127.0.0.1", TRUSTED)
    assert is_in("::ffff:10.0.0.3", TRUSTED)
    assert not is_in("127.0.0.2", TRUSTED)
    assert not is_in("::1", TRUSTED)
    assert not is_in("127.0.0.1", ())
    assert parse_address("127.1") is None
