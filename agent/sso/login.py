"""Single sign-on: signs in a member who is linked to an identity or, once, a member with the same verified address.

A login never creates a member who was not invited, and never an owner. An owner links their account from inside, with
their password. Once linked, only the pair of issuer and subject counts, never the address.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

import store.accounts.identities
import store.accounts.logins
import store.accounts.members
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.sso.identity import LoginRefusalReason, LoginRefused, SsoIdentity
from agent.workspace import principals
from agent.workspace.admin import make_owner
from agent.workspace.members import has_namesake
from core import ids
from core.actor import OWNER, Actor
from core.clock import Clock
from core.errors import NotFound
from store.accounts.identities import IdentityRow
from store.accounts.members import MemberRow
from store.database import Database

log = logging.getLogger(__name__)

_DEACTIVATED = "Your place here is deactivated. Ask an owner."
_MAX_NAME = 100


@dataclass(frozen=True)
class SsoLogin:
    """Single sign-on for members. ``domains`` are the case-folded domains whose addresses may sign in; empty allows
    any. ``name`` is the issuer's name for people."""

    database: Database
    clock: Clock
    name: str
    domains: tuple[str, ...]

    async def enter(self, who: SsoIdentity) -> MemberRow | LoginRefused:
        """Finds the member to sign in. A refusal of somebody known here is recorded in AI History."""
        outside = self._check_domain(who)
        if outside is not None:
            return self._log_refusal(outside)
        async with self.database.begin() as session:
            identity = await store.accounts.identities.by_subject(session, who.issuer, who.subject)
            if identity is not None:
                member = await store.accounts.members.get(session, identity.workspace, identity.member_id)
                came = await self._in(session, member, who)
                if isinstance(came, MemberRow):
                    await store.accounts.identities.touch(session, identity.id, self.clock())
                return came
            if not who.email:
                return self._log_refusal(self._refuse_unverified())
            there = await store.accounts.members.by_email(session, who.email)
            open_to = [row for row in there if row.state != "disabled"]
            if len(open_to) > 1:
                return self._log_refusal(
                    LoginRefused(
                        LoginRefusalReason.SEVERAL,
                        "Your address is a member of several workspaces. Sign in with a password and link your "
                        "account there.",
                    )
                )
            if not open_to:
                if there:
                    return await self._record_refusal(
                        session, there[0], LoginRefused(LoginRefusalReason.DEACTIVATED, _DEACTIVATED)
                    )
                return self._log_refusal(
                    LoginRefused(
                        LoginRefusalReason.UNKNOWN,
                        f"Nobody here has the address {who.email}. Ask an owner for an invitation.",
                    )
                )
            return await self._link_first_time(session, open_to[0], who)

    async def link(self, by: Actor, who: SsoIdentity, *, login: str) -> LoginRefused | None:
        """Links an identity to a member who is signed in by ``login``. The caller has asked for their password. Returns
        the refusal, or None. Raises Forbidden if that sign-in has ended meanwhile: the issuer takes its time, and an
        identity would outlast a change of the password."""
        outside = self._check_domain(who)
        if outside is not None:
            return self._log_refusal(outside)
        async with self.database.begin() as session:
            await principals.check_signed_in(session, by, login, self.clock())
            member = await store.accounts.members.get(session, by.workspace, by.id)
            if not await self._linked(session, member, who):
                return await self._record_refusal(session, member, self._refuse_otherwise_linked())
        return None

    async def unlink(self, by: Actor, identity_id: str, *, login: str) -> None:
        """Unlinks an identity from a member, and ends their sign-ins through its issuer, except ``login``. Raises
        NotFound."""
        async with self.database.begin() as session:
            gone = await store.accounts.identities.unlink(session, by.workspace, by.id, identity_id)
            if gone is None:
                raise NotFound("There is no such link.")
            ended = await store.accounts.logins.revoke_all(
                session, by.workspace, by.id, self.clock(), but=login, issuer=gone.issuer
            )
            await recorder.record_act(
                session,
                by,
                EntryType.IDENTITY_UNLINKED,
                self.clock(),
                member=by.id,
                issuer=gone.issuer,
                subject=gone.subject,
                logins=ended,
            )

    async def _link_first_time(
        self, session: AsyncSession, member: MemberRow, who: SsoIdentity
    ) -> MemberRow | LoginRefused:
        if member.role == OWNER:
            way = (
                "open the link of your invitation, and then link your account under Your account"
                if member.state == "invited"
                else "sign in with your password, and then link it under Your account"
            )
            return await self._record_refusal(
                session,
                member,
                LoginRefused(LoginRefusalReason.OWNER_UNLINKED, f"An owner's account is linked from within: {way}."),
            )
        if not await self._linked(session, member, who):
            return await self._record_refusal(session, member, self._refuse_otherwise_linked())
        return await self._in(session, member, who)

    async def _in(self, session: AsyncSession, member: MemberRow, who: SsoIdentity) -> MemberRow | LoginRefused:
        if member.state == "active":
            return member
        if member.state == "invited" and member.role != OWNER:
            name = who.name.strip()
            fits = 0 < len(name) <= _MAX_NAME and name.isprintable()
            fits = fits and not await has_namesake(session, member.workspace, member.id, name)
            joined = await store.accounts.members.accept_sso(
                session, member.workspace, member.id, name=name if fits else member.email, now=self.clock()
            )
            if joined is not None:
                await recorder.record_act(
                    session,
                    make_owner(joined),
                    EntryType.MEMBER_JOINED,
                    self.clock(),
                    member=joined.id,
                    email=joined.email,
                    role=joined.role,
                    invited_by=joined.invited_by,
                    issuer=who.issuer,
                )
                return joined
            return await self._record_refusal(
                session,
                member,
                LoginRefused(LoginRefusalReason.UNKNOWN, "Your invitation is over. Ask an owner for a fresh one."),
            )
        return await self._record_refusal(session, member, LoginRefused(LoginRefusalReason.DEACTIVATED, _DEACTIVATED))

    async def _linked(self, session: AsyncSession, member: MemberRow, who: SsoIdentity) -> bool:
        row = IdentityRow(
            id=ids.make_id("idn"),
            workspace=member.workspace,
            member_id=member.id,
            issuer=who.issuer,
            subject=who.subject,
            email=who.email,
            created_at=self.clock(),
            last_used_at=None,
        )
        if not await store.accounts.identities.link(session, row):
            return False
        await recorder.record_act(
            session,
            make_owner(member),
            EntryType.IDENTITY_LINKED,
            self.clock(),
            member=member.id,
            email=who.email,
            issuer=who.issuer,
            subject=who.subject,
        )
        return True

    def _check_domain(self, who: SsoIdentity) -> LoginRefused | None:
        """Checks the domain. If domains are set, every sign-in needs a verified address in one of them, linked or
        not."""
        if who.unverified:
            return self._refuse_unverified()
        if not self.domains:
            return None
        if not who.email:
            return self._refuse_unverified()
        if who.email.rpartition("@")[2].casefold() in self.domains:
            return None
        return LoginRefused(
            LoginRefusalReason.OTHER_DOMAIN, f"Addresses like {who.email} may not sign in here with {self.name}."
        )

    def _refuse_unverified(self) -> LoginRefused:
        return LoginRefused(
            LoginRefusalReason.UNVERIFIED,
            f"{self.name} does not say that it has verified your e-mail address. Verify it there, or sign in with "
            f"your password.",
        )

    def _refuse_otherwise_linked(self) -> LoginRefused:
        return LoginRefused(
            LoginRefusalReason.OTHERWISE_LINKED,
            f"Either this account of {self.name} is another member's, or your place here is linked to another "
            f"one. Sign in with your "
            "password and look under Your account.",
        )

    def _log_refusal(self, turned: LoginRefused) -> LoginRefused:
        log.info("a sign-in through the issuer was refused", extra={"why": turned.why.value})
        return turned

    async def _record_refusal(self, session: AsyncSession, member: MemberRow, turned: LoginRefused) -> LoginRefused:
        await recorder.record_act(
            session,
            make_owner(member),
            EntryType.SIGN_IN_REFUSED,
            self.clock(),
            member=member.id,
            email=member.email,
            why=turned.why.value,
        )
        return self._log_refusal(turned)
