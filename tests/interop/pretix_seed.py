"""Seeds a pretix installation. Runs in pretix's own Python, not in ours: prints the API token of organizer ``acme``."""

import os
from datetime import timedelta
from decimal import Decimal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pretix.settings")
import django  # type: ignore[import-not-found]

django.setup()
from django.utils.timezone import now  # type: ignore[import-not-found]  # noqa: E402
from django_scopes import scopes_disabled  # type: ignore[import-not-found]  # noqa: E402
from pretix.base.models import (  # type: ignore[import-not-found]  # noqa: E402
    Event,
    Order,
    OrderPosition,
    Organizer,
    Team,
    TeamAPIToken,
    User,
)

TOKEN = "interop" + "0" * 57
PEOPLE = [
    ("HARBR", "n", "Maya Okafor", "maya@example.org", 0, "45.00"),
    ("LANTN", "n", "Tom Reuter", "tom@example.org", 0, "90.00"),
    ("MAPLE", "n", "Maya Okafor", "maya@example.org", 9, "45.00"),
    ("CEDAR", "p", "Ines Duarte", "ines@example.org", 3, "45.00"),
    ("BIRCH", "p", "Oskar Lind", "oskar@example.org", 1, "135.00"),
    ("ASPEN", "c", "Priya Nair", "priya@example.org", 5, "45.00"),
    ("ROWAN", "e", "Jonas Weber", "jonas@example.org", 20, "45.00"),
    ("ALDER", "n", "Lena Fuchs", "lena@example.org", 2, "90.00"),
]


def named(person: str) -> dict[str, str]:
    return {"_scheme": "full", "full_name": person}


@scopes_disabled()
def seed() -> None:
    if Organizer.objects.filter(slug="acme").exists():
        return
    user = User.objects.create_user("owner@example.org", "interop-password")
    organizer = Organizer.objects.create(name="Acme Events", slug="acme", plugins="pretix.plugins.banktransfer")
    team = Team.objects.create(
        organizer=organizer, name="All", all_events=True, all_event_permissions=True, all_organizer_permissions=True
    )
    team.members.add(user)
    TeamAPIToken.objects.create(team=team, name="interop", token=TOKEN)
    for slug, name, days in (("jazz", "Jazz Night", 40), ("expo", "Garden Expo", 90)):
        event = Event.objects.create(
            organizer=organizer, slug=slug, name=name, currency="EUR", date_from=now() + timedelta(days=days),
            plugins="pretix.plugins.banktransfer,pretix.plugins.manualpayment", is_public=True,
        )  # fmt: skip
        event.settings.timezone = "UTC"
        event.settings.waiting_list_enabled = True
        event.settings.invoice_generate = "admin"
        event.settings.payment_banktransfer__enabled = True
        event.settings.payment_banktransfer_bank_details_type = "other"
        event.settings.payment_banktransfer_bank_details = "Bank of Example"
        category = event.categories.create(name="Tickets")
        items = [
            event.items.create(name=title, default_price=Decimal(price), category=category, active=active)
            for title, price, active in (
                ("Standing ticket", "45.00", True), ("Balcony seat", "90.00", True), ("Workshop pass", "30.00", False)
            )
        ]  # fmt: skip
        for title, size, item in (("Standing", 200, items[0]), ("Balcony", 40, items[1])):
            quota = event.quotas.create(name=title, size=size)
            quota.items.add(item)
        if slug != "jazz":
            event.vouchers.create(code="EXPO10", price_mode="percent", value=Decimal("10"), max_usages=5)
            continue
        for code, status, person, email, ago, total in PEOPLE:
            at = now() - timedelta(days=ago, hours=1)
            order = Order.objects.create(
                event=event, code=code, status=status, email=email, datetime=at, expires=at + timedelta(days=14),
                total=Decimal(total), locale="en", sales_channel=organizer.sales_channels.get(identifier="web"),
            )  # fmt: skip
            OrderPosition.objects.create(
                order=order, item=items[0], price=Decimal(total), positionid=1, attendee_name_parts=named(person)
            )  # fmt: skip
            if status == "p":
                order.payments.create(provider="manual", amount=order.total, state="confirmed")
        event.vouchers.create(code="FRIENDS", price_mode="percent", value=Decimal("20"), max_usages=10)
        event.vouchers.create(code="CREW", price_mode="set", value=Decimal("0"), max_usages=25, comment="crew")
        event.waitinglistentries.create(item=items[1], email="wanda@example.org", name_parts=named("Wanda Krol"))
        event.waitinglistentries.create(item=items[1], email="felix@example.org", name_parts=named("Felix Amann"))
    organizer.issued_gift_cards.create(secret="GIFT-AUTUMN", currency="EUR")
    organizer.issued_gift_cards.create(secret="GIFT-WINTER", currency="EUR")


seed()
print(TOKEN)  # noqa: T201
