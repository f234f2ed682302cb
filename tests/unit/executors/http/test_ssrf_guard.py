from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadSetting
from executors.http.ssrf_guard import Blocked, SsrfGuard, explain_refusal, find_dialled_origin

PRIVATE = [
    IPv4Network(cidr)
    for cidr in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]
private_v4 = st.sampled_from(PRIVATE).flatmap(lambda net: st.ip_addresses(v=4, network=str(net)))
public_v4 = st.sampled_from(["8.8.8.8", "1.1.1.1", "93.184.216.34", "172.32.0.1", "100.128.0.1", "9.255.255.255"]).map(
    IPv4Address
)

EMBEDDINGS = {
    "mapped": lambda v4: IPv6Address(0xFFFF << 32 | int(v4)),
    "compatible": lambda v4: IPv6Address(int(v4)),
    "NAT64": lambda v4: IPv6Address(int(IPv6Address("64:ff9b::")) | int(v4)),
    "local NAT64": lambda v4: IPv6Address(int(IPv6Address("64:ff9b:1::")) | int(v4)),
    "6to4": lambda v4: IPv6Address(0x2002 << 112 | int(v4) << 80 | 1),
    "Teredo client": lambda v4: IPv6Address(
        0x2001 << 112 | int(IPv4Address("8.8.8.8")) << 64 | (int(v4) ^ 0xFFFF_FFFF)
    ),
    "Teredo server": lambda v4: IPv6Address(0x2001 << 112 | int(v4) << 64 | 0x1234),
}


def names(answers: dict[str, Sequence[Sequence[str]]]) -> SsrfGuard:
    """A guard whose name server gives one answer after the other, the last for ever."""
    asked: dict[str, int] = {}

    async def lookup(host: str, port: int) -> Sequence[str]:
        at = asked.get(host, 0)
        asked[host] = at + 1
        return answers[host][min(at, len(answers[host]) - 1)]

    return SsrfGuard(lookup=lookup)


@pytest.mark.parametrize(
    "host", ["a..example", ".example", "a" * 64 + ".example", "a.example..", "-a.example", "a.example-", "a." * 128]
)
def test_what_no_name_server_can_be_asked_for_is_no_host_name(host: str) -> None:
    with pytest.raises(Blocked):
        SsrfGuard().url(f"https://{host}/x")


@pytest.mark.parametrize("host", ["a.example", "a.example.", "_x.a-b.example", "a" * 63 + ".example", "localhost"])
def test_labels_of_up_to_63_characters_are_a_host_name(host: str) -> None:
    assert SsrfGuard().url(f"https://{host}/x").raw_host == host


@given(private_v4, st.sampled_from(sorted(EMBEDDINGS)))
def test_a_private_address_is_refused_in_whatever_ipv6_form_it_is_wrapped(v4: IPv4Address, form: str) -> None:
    wrapped = EMBEDDINGS[form](v4)
    with pytest.raises(Blocked):
        SsrfGuard().address(str(wrapped))
    with pytest.raises(Blocked):
        SsrfGuard().url(f"http://[{wrapped}]/")


@given(private_v4)
def test_a_private_address_is_refused(v4: IPv4Address) -> None:
    with pytest.raises(Blocked):
        SsrfGuard().url(f"https://{v4}/x")


@given(public_v4)
def test_a_public_address_is_let_through_also_behind_a_nat64_gateway(v4: IPv4Address) -> None:
    assert SsrfGuard().address(str(v4)) == v4
    assert explain_refusal(EMBEDDINGS["NAT64"](v4)) is None
    assert explain_refusal(EMBEDDINGS["mapped"](v4)) is None


@given(st.ip_addresses(v=6))
def test_no_ipv6_address_outside_global_unicast_is_let_through(v6: IPv6Address) -> None:
    if explain_refusal(v6) is None:
        assert v6 in IPv6Network("2000::/3") or v6.ipv4_mapped or v6 in IPv6Network("64:ff9b::/96")


@pytest.mark.parametrize(
    "text",
    [
        "::",
        "::1",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "3fff::1",
        "169.254.169.254",
        "168.63.129.16",
        "100.100.100.200",
        "192.0.0.192",
        "255.255.255.255",
        "198.18.0.1",
    ],
)
def test_special_addresses_are_refused(text: str) -> None:
    with pytest.raises(Blocked):
        SsrfGuard().address(text)


@pytest.mark.parametrize(
    "text", ["2606:4700:4700::1111", "2a00:1450:4001:800::200e", "2001:4860:4860::8888", "8.8.8.8"]
)
def test_ordinary_addresses_are_let_through(text: str) -> None:
    assert str(SsrfGuard().address(text)) == text


@pytest.mark.parametrize(
    "host",
    [
        "2130706433",
        "127.1",
        "127.0.1",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "017700000001",
        "127.0.0.1.",
        "1.2.3.4.5",
        "127。0。0。1",
        "①②⑦.⓪.⓪.①",
        "８.８.８.８.",
        "256.1.1.1",
        "08.8.8.8",
        "foo.0x7f",
        "[::1%25lo]",
        "[::ffff:7f00:1]",
        "%31%32%37.0.0.1",
        "0",
        "0x",
        "[::127.0.0.1]",
    ],
)
def test_an_address_in_an_odd_form_is_refused(host: str) -> None:
    with pytest.raises(Blocked):
        SsrfGuard().url(f"http://{host}/")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "//example.com/",
        "example.com",
        "http:///x",
        "",
        "http://user@example.com/",
        "http://user:pw@example.com/",
        "http://@example.com/",
        "http://:@example.com/",
        "http://example.com\\@127.0.0.1/",
        "http://exa mple.com/",
        "http://example.com/\r\nHost: x",
        "http://ex\tample.com/",
        "http://example.com:0/",
        "http://example.com:99999/",
        "http://[::1",
        "http://exam!ple.com/",
        "http://-x.com/",
        "http://example.com/" + "a" * 5000,
    ],
)
def test_a_url_that_is_not_a_plain_http_url_is_refused(url: str) -> None:
    with pytest.raises(Blocked):
        SsrfGuard().url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "http://example.com:8080/a?b=c",
        "https://8.8.8.8/",
        "https://bücher.example/",
        "http://a_b.c/",
    ],
)
def test_a_plain_url_is_let_through(url: str) -> None:
    assert SsrfGuard().url(url).raw_host


async def test_a_name_with_one_private_address_among_public_ones_is_refused_whole() -> None:
    guard = names({"mixed.example": [["8.8.8.8", "10.0.0.1"]]})
    with pytest.raises(Blocked):
        await guard.resolver().resolve("mixed.example", 443)


async def test_every_answer_of_a_flipping_name_server_is_judged_again() -> None:
    resolver = names({"flip.example": [["8.8.8.8"], ["127.0.0.1"]]}).resolver()
    assert [found["host"] for found in await resolver.resolve("flip.example", 443, socket.AF_UNSPEC)] == ["8.8.8.8"]
    with pytest.raises(Blocked):
        await resolver.resolve("flip.example", 443, socket.AF_UNSPEC)


async def test_the_resolved_address_is_what_is_dialled_under_the_name() -> None:
    guard = names({"two.example": [["8.8.8.8", "2606:4700::1", "8.8.8.8"]]})
    found = await guard.resolver().resolve("two.example", 8443, socket.AF_UNSPEC)
    assert [(one["hostname"], one["host"], one["port"]) for one in found] == [
        ("two.example", "8.8.8.8", 8443),
        ("two.example", "2606:4700::1", 8443),
    ]


async def test_a_name_without_addresses_is_an_error_and_not_let_through() -> None:
    with pytest.raises(OSError, match="no address"):
        await names({"empty.example": [[]]}).addresses("empty.example", 80)


def test_no_socket_is_made_for_a_refused_address() -> None:
    with pytest.raises(Blocked):
        SsrfGuard().socket((socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", 80)))


def test_the_allow_list_opens_what_it_names_and_nothing_beside_it() -> None:
    guard = SsrfGuard(["127.0.0.0/8", " ::1/128 "])
    guard.address("127.0.0.1")
    guard.address("::ffff:127.0.0.1")
    guard.address("::1")
    for text in ("10.0.0.1", "::2", "64:ff9b::7f00:1"):
        with pytest.raises(Blocked):
            guard.address(text)


def test_over_plain_http_only_what_is_listed_is_let_through() -> None:
    guard = SsrfGuard(["10.0.0.0/8"])
    assert guard.for_secrets_at("HTTPS://barn.example") is guard
    plain = guard.for_secrets_at("http://barn.example")
    assert str(plain.address("10.1.2.3")) == "10.1.2.3"
    for refused in ("8.8.8.8", "192.168.0.1"):
        with pytest.raises(Blocked):
            plain.address(refused)
    assert guard.address("8.8.8.8")


def test_cloud_metadata_opens_only_when_it_is_listed_alone() -> None:
    with pytest.raises(Blocked):
        SsrfGuard(["0.0.0.0/0", "::/0"]).address("169.254.169.254")
    with pytest.raises(Blocked):
        SsrfGuard(["0.0.0.0/0", "::/0"]).address("::ffff:169.254.169.254")
    with pytest.raises(Blocked):
        SsrfGuard(["::/0"]).address("fd00:ec2::254")
    SsrfGuard(["169.254.169.254/32"]).address("169.254.169.254")


def test_an_allow_list_that_can_not_be_read_is_an_error_that_names_the_entry() -> None:
    with pytest.raises(BadSetting, match=r"127\.0\.0\.1/8"):
        SsrfGuard(["127.0.0.1/8"])


@pytest.mark.parametrize(
    ("url", "other"),
    [
        ("https://till.example/a", "HTTPS://Till.Example:443/b"),
        ("https://till.example", "https://till.example:00443"),
        ("https://till.example", "https://till.example./"),
        ("https://till.example", "https://ⓣill.example"),
        ("https://till.example", "https://till。example"),
        ("https://till2.example", "https://till２.example"),
        ("https://till.example", "https://till%2Eexample"),
        ("https://kööki.example", "https://xn--kki-snaa.example"),
        ("http://8.8.8.8:81", "http://[::ffff:8.8.8.8]:081"),
        ("http://8.8.8.8", "http://[64:ff9b::808:808]"),
        ("http://[2a00:1450:0:0::8]", "http://[2A00:1450::8]:80"),
        ("http://localhost:8090", "http://127.0.0.1:08090"),
        ("http://localhost:8090", "http://till.localhost.:8090"),
        ("http://localhost:8090", "http://[0:0::1]:8090"),
    ],
)
def test_an_origin_is_one_however_it_is_spelled(url: str, other: str) -> None:
    assert find_dialled_origin(url) == find_dialled_origin(other)


@pytest.mark.parametrize(
    "other",
    ["http://till.example", "https://till.example:8443", "https://tills.example", "https://a.till.example",
     "https://till.example.com", "https://localhost", "https://till.example:99999"],
)  # fmt: skip
def test_another_scheme_host_or_port_is_another_origin(other: str) -> None:
    assert find_dialled_origin("https://till.example") != find_dialled_origin(other)
