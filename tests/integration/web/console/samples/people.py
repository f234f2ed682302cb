"""One sample of each page about people: every field is filled, and with markup where words stand."""

from __future__ import annotations

from datetime import UTC, datetime

from web.console.account import account, active_sessions, join, sso
from web.console.forms import FormOption
from web.console.labels import Badge
from web.console.members import members
from web.console.members.belongings import Belonging, BelongingList
from web.console.pages import Page, Pagination, Shell

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
BADGE = Badge("a badge", "quiet")
SIGN_IN = active_sessions.ActiveSession("ses_2", "Firefox on Linux", "Mozilla/5.0 <x>", "127.0.0.1", AT, AT, False)
ROLES = (FormOption("admin", "admin", True), FormOption("owner", "owner"))


def of_people(shell: Shell) -> dict[type[Page], Page]:
    return {
        members.MembersPage: members.MembersPage(
            shell=shell,
            title="Members",
            lines=(members.MemberTableRow("mem_1", "Olivia <b>", "o@shop.test", "owner", BADGE, AT, True),),
            q="a<b",
            place=Pagination(total=91, first=31, before=0, after=60),
        ),
        members.NewMemberPage: members.NewMemberPage(
            shell=shell, title="Invite", email="<x>@shop.test", roles=ROLES, days=7, trouble="wrong & again"
        ),
        members.MemberPage: members.MemberPage(
            shell=shell,
            title="Olivia",
            member_id="mem_1",
            name="Olivia <b>",
            email="o@shop.test",
            role="owner",
            state=BADGE,
            can="active",
            me=False,
            last_owner=False,
            invited_by="Amir <b>",
            created_at=AT,
            standing_since=AT,
            last_seen_at=AT,
            invite_expires_at=AT,
            roles=ROLES,
            sign_ins=(SIGN_IN,),
            theirs=(BelongingList("Keys", (Belonging("/keys/key_1", "till <b>", BADGE),), 3),),
            role_affects="It affects <b>.",
            leaving_affects="It affects <i>.",
            days=7,
            trouble="wrong & again",
            at_fault="role",
        ),
        account.AccountPage: account.AccountPage(
            shell=shell,
            title="Account",
            name="Olivia <b>",
            email="o@shop.test",
            role="owner",
            sign_ins=(SIGN_IN,),
            least_characters=10,
            changed=True,
            trouble="wrong & again",
            has_password=True,
            issuer="Shop <accounts>",
            links=(account.Link("idn_1", "https://login.test/<x>", "o@else.test <b>", AT, AT),),
            link_trouble="not & linked",
            name_trouble="too <long>",
        ),
        sso.OnwardPage: sso.OnwardPage(
            shell=shell, title="On", issuer="Shop <accounts>", href="https://login.test/authorize?a=1&b=2"
        ),
        join.JoinPage: join.JoinPage(
            shell=shell,
            title="Join",
            allowed=True,
            invitation="a-token",
            workspace="Shop <b>",
            email="n@shop.test",
            role="admin",
            name="Nora <b>",
            trouble="wrong & again",
            least_characters=10,
        ),
    }
