"""Wrong passwords in AI History: one entry for each member and quarter of an hour, with their number and where they
came from.

Each wrong password is counted when it comes. The first one of a window adds a job, which writes the entry when the
window is over. So however many guesses a stranger sends, the history grows by one entry a window.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.accounts.logins
import store.accounts.members
import store.jobs.enqueue
from agent.history import recorder
from agent.history.recorder import EntryType
from core.actor import Actor
from core.clock import Clock, format_iso, from_iso
from executors.jobs.queue import Done, Outcome
from store.accounts.members import MemberRow
from store.database import Database
from store.jobs.jobs import Job

WRONG_PASSWORDS_JOB: Final = "sign_in.wrong_passwords"
WINDOW: Final = timedelta(minutes=15)
WHY: Final = "wrong_password"
_MAX_ADDRESSES: Final = 5
_LAST_ONES_S: Final = 5.0
"""Time after a window in which its last wrong passwords are still stored."""


async def count_wrong_password(
    session: AsyncSession, members: Iterable[MemberRow], address: str, now: datetime
) -> None:
    """Counts a wrong password for these members, who share an e-mail address. The entry comes when the window is
    over."""
    begin = now - (now - datetime.min.replace(tzinfo=now.tzinfo)) % WINDOW
    for member in members:
        await store.accounts.logins.record_failure(session, [("member", f"{member.id} {address}")], now)
        await store.jobs.enqueue.enqueue(
            session,
            key=f"{WRONG_PASSWORDS_JOB}:{member.id}:{format_iso(begin)}",
            kind=WRONG_PASSWORDS_JOB,
            workspace=member.workspace,
            payload={"member": member.id, "begin": format_iso(begin)},
            delay_s=(begin + WINDOW - now).total_seconds() + _LAST_ONES_S,
        )


@dataclass(frozen=True)
class WrongPasswords:
    """Writes the entries."""

    database: Database
    clock: Clock

    async def record(self, job: Job) -> Outcome:
        """Writes the entry of one window, in the transaction that ends its job."""
        begin = from_iso(job.payload["begin"])
        async with self.database.read() as session:
            member = await store.accounts.members.get(session, job.workspace, job.payload["member"])
            by_address = await store.accounts.logins.failures_by_address(session, member.id, begin, begin + WINDOW)
        count = sum(by_address.values())

        async def write(session: AsyncSession) -> None:
            await recorder.record_act(
                session,
                Actor(job.workspace, id="opsiq", kind="system", name="OpsIQ", role="", person=""),
                EntryType.SIGN_IN_REFUSED,
                self.clock(),
                member=member.id,
                email=member.email,
                why=WHY,
                detail=_tell(count, member.email, begin),
                count=count,
                since=format_iso(begin),
                until=format_iso(begin + WINDOW),
                addresses=list(by_address)[:_MAX_ADDRESSES],
                more_addresses=max(len(by_address) - _MAX_ADDRESSES, 0),
            )

        return Done(write if count else None)


def _tell(count: int, email: str, begin: datetime) -> str:
    passwords = "1 wrong password" if count == 1 else f"{count} wrong passwords"
    return f"{passwords} for {email} between {begin:%H:%M} and {begin + WINDOW:%H:%M} UTC."
