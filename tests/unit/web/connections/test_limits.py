"""Who goes when there is no more room."""

from __future__ import annotations

import ipaddress

import pytest

from web.connections.limits import ConnectionLimits, limit_connections


class Line:
    def __init__(self, limits: ConnectionLimits, address: str, *, works: bool = False) -> None:
        self.evicted = False
        self.admitted = limits.admit(self, address)
        if works and self.admitted:
            limits.works(self)

    def evict(self) -> None:
        self.evicted = True


def test_the_one_that_waited_longest_for_its_client_makes_room() -> None:
    limits = ConnectionLimits(3, 0)
    first, second, busy = Line(limits, "192.0.2.1"), Line(limits, "192.0.2.2"), Line(limits, "192.0.2.3", works=True)
    limits.waits(first)  # it has said something since
    assert Line(limits, "192.0.2.4").admitted
    assert (first.evicted, second.evicted, busy.evicted) == (False, True, False)
    assert limits.count == 3


def test_where_all_are_answered_a_new_one_is_refused_until_one_is_done() -> None:
    limits = ConnectionLimits(2, 0)
    busy = [Line(limits, "192.0.2.1", works=True) for _ in range(2)]
    assert not Line(limits, "192.0.2.2").admitted
    limits.gone(busy[0])
    assert Line(limits, "192.0.2.2").admitted
    assert not any(each.evicted for each in busy)


def test_an_address_at_its_limit_makes_room_among_its_own() -> None:
    limits = ConnectionLimits(100, 2)
    other = Line(limits, "2001:db8:0:2::1")
    own = [Line(limits, f"2001:db8:0:1::{each}") for each in range(4)]
    assert [each.evicted for each in own] == [True, True, False, False]
    assert not other.evicted
    for each in own[2:]:
        limits.works(each)
    assert not Line(limits, "2001:db8:0:1::9").admitted


def test_a_limit_of_one_lets_the_next_take_its_place() -> None:
    limits = ConnectionLimits(1, 1)
    first = Line(limits, "192.0.2.1")
    second = Line(limits, "192.0.2.1")
    assert (first.evicted, second.admitted, limits.count) == (True, True, 1)
    limits.gone(first)
    limits.gone(second)
    limits.waits(second)
    assert limits.count == 0


def test_a_trusted_proxy_is_under_the_limit_of_all_alone() -> None:
    limits = ConnectionLimits(10, 2, [ipaddress.ip_network("127.0.0.1/32")])
    lines = [Line(limits, "127.0.0.1") for _ in range(11)]
    assert [each.evicted for each in lines] == [True] + [False] * 10


@pytest.mark.parametrize(
    ("wanted", "files", "room"),
    [(4096, 20_000, 4096), (4096, 1024, 768), (4096, 256, 128), (4096, 64, 1), (4096, 0, 4096)],
)
def test_connections_leave_files_for_the_rest(wanted: int, files: int, room: int) -> None:
    assert limit_connections(wanted, files) == room
