"""Sign-in throttling: counts wrong passwords by origin and account, so that guessing is slow and nobody is locked out.

An account is one member, and an e-mail address may be a member's of several workspaces. Each has its own counts, known
browsers and known addresses: an owner elsewhere can make anybody's address a member's there, with a password of their
own.

The pair of address and account counts first, with an increasing back-off: a guesser elsewhere delays only themselves.
Two lenient limits come after it, for one account from anywhere and for one address on any account. They allow one
attempt a minute, so guessing spread over many addresses or accounts is limited to that rate. Known visitors are exempt
from them: a browser that has signed in to the account before (``web.console.account.device``) has its own count, and an
address that it was signed in from counts only by its pair.

An IPv6 address counts with its /64. ``web.client_address`` finds the addresses.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from fastapi import Request

import store.accounts.logins
from agent.workspace.wrong_passwords import count_wrong_password
from app.container import Container
from core.crypto import passwords
from store.accounts.logins import Failures, FailureScope
from store.accounts.members import MemberRow, normalize_email
from web.auth import get_container
from web.client_address import find_client, fold_address
from web.console.account.device import find_device
from web.console.forms import Form

FREE_BY_PAIR: Final = 5
"""Wrong passwords before the first wait, which is a minute and doubles with each further one."""
LONGEST_WAIT: Final = timedelta(minutes=15)
PAIR_WINDOW: Final = timedelta(hours=1)
FREE_BY_ACCOUNT: Final = 20
ACCOUNT_WINDOW: Final = timedelta(hours=1)
FREE_BY_ADDRESS: Final = 30
ADDRESS_WINDOW: Final = timedelta(minutes=15)
GENTLE_WAIT: Final = timedelta(minutes=1)
SKEW: Final = timedelta(minutes=1)
"""How far the clock of another server may be ahead. A count from further ahead was made before this clock was set back.
It would lock people out until the clock has caught up."""
MOST_WAITING: Final = 32
"""Most passwords that wait to be checked, since each check takes tens of milliseconds of CPU."""
BUSY: Final = "Too many people are signing in at this moment. Try again in a few seconds."
_WRONG: Final = "This is not your password. Nothing was done."


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt at one account. ``pair`` has the back-off. ``counted`` are the lenient limits in which it counts.
    ``held_to`` are the limits that may stop it. ``member`` is None if nobody has the address, or before the person is
    known."""

    pair: str
    counted: tuple[tuple[FailureScope, str], ...] = ()
    held_to: tuple[tuple[FailureScope, str], ...] = ()
    member: MemberRow | None = None

    @property
    def known(self) -> bool:
        return not self.held_to


class Lane:
    """A bounded queue for password checks, one at a time, so that racing guesses can't pass one count together."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[bool]:
        """Waits for a turn. False if too many wait already."""
        if self._waiting > MOST_WAITING:
            yield False
            return
        self._waiting += 1
        try:
            async with self._lock:
                yield True
        finally:
            self._waiting -= 1


@dataclass(frozen=True, slots=True)
class Lanes:
    """Queues for password checks: known devices don't queue behind unknown ones."""

    known: Lane
    strangers: Lane

    @classmethod
    def new(cls) -> Lanes:
        return cls(Lane(), Lane())


async def make_attempts(request: Request, email: str, members: Sequence[MemberRow]) -> list[Attempt]:
    """The attempts that one password for ``email`` makes: one for each of its ``members``, or one if there are none."""
    places: Sequence[MemberRow | None] = members or [None]
    return [await _make_attempt(request, digest_account(email), each) for each in places]


async def _make_attempt(request: Request, nobodys: str, member: MemberRow | None) -> Attempt:
    account, workspace = (member.id, member.workspace) if member else (nobodys, "")
    network, device = fold_address(find_client(request)), find_device(request, account)
    if device:
        return Attempt(f"device:{device} {account}", member=member)
    async with get_container(request).database.read() as session:
        before = await store.accounts.logins.addresses_of(session, workspace, account)
    counted: tuple[tuple[FailureScope, str], ...] = (("ip", network), ("email", account))
    held_to = () if network in map(fold_address, before) else counted
    return Attempt(f"{network} {account}", counted, held_to, member)


def make_issuer_attempt(request: Request) -> Attempt:
    """An attempt through an issuer, before the person is known."""
    device, network = find_device(request), fold_address(find_client(request))
    if device:
        return Attempt(f"device:{device} issuer")
    counted: tuple[tuple[FailureScope, str], ...] = (("ip", network),)
    return Attempt("", counted, counted)


async def own_password(request: Request, form: Form) -> str:
    """Checks the visitor's own password in the form. Empty if it is right, otherwise why it doesn't count.

    Somebody at an unattended console isn't its owner. The sign-in's counts apply, but attempts from elsewhere stop
    nobody here.
    """
    container, visitor, password = get_container(request), form.member, form.fields.get("password", "")
    if visitor.member.password_hash is None:
        return "You have no password here yet. Set one under Your account, then do this again."
    attempt = Attempt(f"login:{visitor.login.id}", member=visitor.member)
    async with turn(request, [attempt]) as free:
        if not free:
            return BUSY
        wait = await find_wait(container, attempt)
        if wait:
            return f"Too many wrong passwords. Wait {describe_wait(wait)} and try again."
        if await asyncio.to_thread(passwords.verify_password, password, visitor.member.password_hash):
            await forgive(container, attempt)
            return ""
        await count(container, [attempt], find_client(request))
    return _WRONG


@asynccontextmanager
async def turn(request: Request, attempts: Sequence[Attempt]) -> AsyncIterator[bool]:
    """Holds a turn while the count is read, the password checked and the result counted. False if too many wait
    already."""
    lanes: Lanes = request.app.state.sign_in_lanes
    known = any(each.known for each in attempts)
    async with (lanes.known if known else lanes.strangers).turn() as free:
        yield free


async def find_wait(container: Container, attempt: Attempt) -> timedelta:
    """Time until this attempt is allowed, zero for at once."""
    now, longest = container.clock(), timedelta()
    async with container.database.read() as session:
        if attempt.pair:
            failures = await store.accounts.logins.failures(
                session, "pair", attempt.pair, now - PAIR_WINDOW, now + SKEW
            )
            over = failures.count - FREE_BY_PAIR
            pause = min(LONGEST_WAIT, timedelta(minutes=2 ** min(over, 10))) if over >= 0 else timedelta()
            longest = _left(failures, pause, now)
        for scope, subject in attempt.held_to:
            window, free = (ADDRESS_WINDOW, FREE_BY_ADDRESS) if scope == "ip" else (ACCOUNT_WINDOW, FREE_BY_ACCOUNT)
            failures = await store.accounts.logins.failures(session, scope, subject, now - window, now + SKEW)
            if failures.count >= free:
                longest = max(longest, _left(failures, GENTLE_WAIT, now))
    return longest


async def count(container: Container, attempts: Sequence[Attempt], address: str = "") -> None:
    """Counts a failure of these attempts, all of one password from ``address``. Their members get an entry in AI
    History."""
    pairs: list[tuple[FailureScope, str]] = [("pair", each.pair) for each in attempts if each.pair]
    limits = dict.fromkeys(limit for each in attempts for limit in each.counted)
    now = container.clock()
    async with container.database.begin() as session:
        await store.accounts.logins.record_failure(session, [*pairs, *limits], now)
        await count_wrong_password(session, [each.member for each in attempts if each.member], address, now)


async def forgive(container: Container, attempt: Attempt) -> None:
    """Resets the back-off after a right password. The lenient limits are not reset, or each success would allow a flood
    of guesses."""
    async with container.database.read() as session:
        failures = await store.accounts.logins.failures(session, "pair", attempt.pair, container.clock() - PAIR_WINDOW)
    if failures.count:
        async with container.database.begin() as session:
            await store.accounts.logins.forgive(session, "pair", attempt.pair)


def describe_wait(wait: timedelta) -> str:
    """‘a minute’, ‘4 minutes’."""
    whole = math.ceil(wait / timedelta(minutes=1))
    return "a minute" if whole <= 1 else f"{whole} minutes"


def digest_account(email: str) -> str:
    """A digest of an address that nobody has here. People also type other things into that field, and none of them is
    stored."""
    return hashlib.sha256(normalize_email(email).encode(errors="backslashreplace")).hexdigest()[:32]


def _left(failures: Failures, pause: timedelta, now: datetime) -> timedelta:
    return max(timedelta(), failures.last + pause - now) if failures.last else timedelta()
