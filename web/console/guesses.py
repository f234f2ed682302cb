"""Passwords that are tried: counted by address and by machine, and stopped when there are too many."""

from __future__ import annotations

import asyncio
import math
from datetime import timedelta
from typing import Final

from fastapi import Request

import store.logins
from agent.house import House
from core import passwords
from web.console.visitor import Visitor
from web.door import house_of

WINDOW: Final = timedelta(minutes=15)
MOST_BY_EMAIL: Final = 5
MOST_BY_ADDRESS: Final = 30
_WRONG: Final = "This is not your password. Nothing was done."


async def own_password(request: Request, visitor: Visitor, password: str) -> str:
    """Empty when it is the visitor's own password, else why it does not count. An open console left alone is not yet its owner."""
    house, email = house_of(request), visitor.member.email
    if visitor.member.password_hash is None:
        return "You have no password here yet. Set one under Your account, then do this again."
    address = request.client.host if request.client else ""
    async with one_at_a_time(request):
        wait = await wait_min(house, email, address)
        if wait:
            return f"Too many wrong passwords. Wait {wait} minutes and try again."
        if await asyncio.to_thread(passwords.matches, password, visitor.member.password_hash):
            return ""
        await count(house, email, address)
    return _WRONG


def one_at_a_time(request: Request) -> asyncio.Lock:
    """Look at the count, try the password, count: not two at once, so that racing guesses can't pass one count together."""
    lock: asyncio.Lock = request.app.state.console_door
    return lock


async def wait_min(house: House, email: str, address: str) -> int:
    """Minutes to wait, 0 for none. Without an ``email`` only the machine counts."""
    since = house.clock() - WINDOW
    async with house.sessions.read() as session:
        by_email = await store.logins.failures(session, "email", email, since)
        by_address = await store.logins.failures(session, "ip", address, since)
    over = (bool(email) and by_email >= MOST_BY_EMAIL) or by_address >= MOST_BY_ADDRESS
    return math.ceil(WINDOW.total_seconds() / 60) if over else 0


async def count(house: House, email: str, address: str) -> None:
    async with house.sessions.begin() as session:
        await store.logins.failed(session, email=email, address=address, now=house.clock())
