"""Long requests as people send them: thirty kinds, each near the most that may be typed or as long as its kind gets."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

MAX_CHARS = 4000
MAX_TOKENS = 1200
TOKEN = re.compile(r"\w+|[^\w\s]")
PEOPLE = ("Adam Novak", "Berta Lind", "Dora Quist", "Ada Bob", "Adam Nowak")
TALK = (
    "I came back from a trip last night and found three letters in the hall. ",
    "The first of them says that my October invoice is overdue, although I paid it on the 12th. ",
    "My bank confirms it: 49.00 EUR, reference INV-1007, sent at half past nine. ",
    "I don't want to make a fuss, but this is the second time since August. ",
    "Could somebody who knows the account have a look, please? ",
    "My colleague wrote to you about the same thing two weeks ago and never heard back. ",
    "We like the product (really!), so it would be a pity to leave over 49 euros. ",
    "If there is anything you need from me, I'm at my desk from 9 to 5, or call 0151 2345678. ",
)


def fill(lines: Iterable[str], *, before: str = "", after: str = "") -> str:
    """As many of the lines, again and again, as fit between what stands before and after."""
    lines, made = tuple(lines), before
    tokens = len(TOKEN.findall(before + after))
    for at in itertools.count():
        line = lines[at % len(lines)].replace("{n}", str(1001 + at)).replace("{t}", str(5500 + at % 30))
        tokens += len(TOKEN.findall(line))
        if len(made + line + after) > MAX_CHARS or tokens > MAX_TOKENS:
            break
        made += line
    return made + after


def quoted(text: str, mark: str = "> ") -> str:
    return "".join(f"{mark}{line}\n" for line in text.splitlines())


MAIL = (
    "From: Dora Quist <dora@example.com>\nTo: Support <help@example.com>\nDate: Mon, 23 Nov 2026 09:14:02 +0100\n"
    "Subject: Re: Re: Invoice INV-1003\n\nHello,\n\n" + "".join(TALK[:4]) + "\n\nBest regards\nDora Quist\n"
    "Quist Interiors Ltd.\n12 Main Street, Oakland, California\nTel. +1 510 555 0100\n"
)
THREAD = (
    MAIL + "\nOn 22 Nov 2026, Bea wrote:\n" + quoted(MAIL) + "\nOn 20 Nov 2026, Dora wrote:\n" + quoted(MAIL, ">> ")
)
NUMBERS = [f"INV-{at}" for at in range(1001, 1041)]
TICKETS = [str(at) for at in range(5500, 5530)]

LONG: dict[str, str] = {
    "a_letter": fill(TALK, after="Please refund my last invoice. Dora Quist"),
    "a_letter_with_the_order_first": fill(TALK, before="Refund Dora Quist's last invoice. Here is what she wrote: "),
    "an_order_in_the_middle": fill((*TALK[:3], "So please close ticket 5519. ", *TALK[3:]))[:1900],
    "a_mail_thread": "close the ticket of this customer:\n\n" + THREAD[:3900],
    "a_mail_thread_alone": THREAD[:MAX_CHARS],
    "forty_invoices": "refund the invoices " + ", ".join(NUMBERS) + " because the service was down",
    "forty_invoices_in_lines": "void these invoices:\n" + "\n".join(NUMBERS),
    "forty_invoices_as_a_list": "void these invoices:\n" + "\n".join(f"- {each}" for each in NUMBERS),
    "thirty_tickets_with_and": "set the priority of tickets " + " and ".join(TICKETS) + " to urgent",
    "forty_names": "send the article about passwords to " + ", ".join(PEOPLE * 8),
    "forty_names_owning": "refund " + ", ".join(f"{name}'s last invoice" for name in PEOPLE * 8),
    "amounts_of_many": fill(("20.50 euros of invoice INV-{n}, ",), before="refund "),
    "fifteen_orders": " ".join(f"Close ticket {each}." for each in TICKETS[:15]),
    "fifteen_orders_in_lines": "\n".join(f"{at}. close ticket {each}" for at, each in enumerate(TICKETS[:15], 1)),
    "orders_with_reasons": fill(("Close ticket {t} because the customer wrote that it works again. ",))[:1300],
    "a_long_note": 'add a note saying "' + fill(TALK).replace('"', "")[:3800] + '" to ticket 5519',
    "a_long_reply": fill(TALK, before="reply to ticket 5519: "),
    "a_message_of_many_lines": fill((each + "\n" for each in TALK), before="send Adam Novak a message saying\n"),
    "minutes_of_a_meeting": fill(
        ("{n}. Berta asked whether the October numbers are final; Ada will check until Friday.\n",), before="Notes\n\n"
    ),
    "a_table": fill(
        ("| INV-{n} | Adam Novak | 49.00 EUR | 2026-10-05 | overdue |\n",), before="cancel what is here:\n"
    ),
    "rows_of_a_file": fill(
        ("INV-{n};Adam Novak;49.00;2026-10-05;open\n",), before="number;customer;total;day;status\n"
    ),
    "a_log": fill(
        ("2026-11-24T09:14:{t}Z ERROR payment {n} refused: card expired (code=51)\n",), before="close ticket 5519\n\n"
    ),
    "a_trace": fill(
        ('  File "/srv/app/billing.py", line {n}, in charge\n    raise Refused(code)\n',), before="5519:\n"
    )[:1700],
    "a_chat": fill(
        ("[09:{n}] Dora: any news about my invoice?\n", "[09:{n}] Bea: I'm looking into it, one moment\n"),
        before="refund the customer of this chat\n",
    ),
    "conditions": fill(
        ("If Adam Novak has unpaid invoices, send him a reminder, otherwise close his tickets. ",), before=""
    )[:1400],
    "a_question_with_its_story": fill(TALK, after="How many unpaid invoices does Dora Quist have?"),
    "a_long_description": "refund the last unpaid invoice of the customer "
    + "who wrote the oldest open ticket about the invoice of the customer " * 30,
    "exceptions": "void all open invoices except " + ", except ".join(NUMBERS[:30]),
    "corrections": fill(("refund INV-{n}, no, make that INV-1002, sorry, ",), before="", after="refund INV-1003")[
        :2600
    ],
    "not_these": "void all unpaid invoices, but do not touch " + ", and not ".join(NUMBERS),
    "another_script": fill(("Пожалуйста, верните деньги за последний счёт. ",), after="refund Adam's last invoice"),
    "accents": fill(("Zoë Müller-Lüdenscheid a payé la facture de février à l’hôtel. ",), after="close ticket 5519"),
    "capitals": fill(each.upper() for each in TALK),
    "no_marks": fill(each.replace(".", "").replace(",", "").lower() for each in TALK),
    "addresses": fill(("customer{n}@example.com, ",), before="send the article about passwords to "),
    "links": fill(("https://example.com/tickets/{t}?from=mail&id={n}\n",), before="close all of these\n"),
    "days": fill(("Monday 23 November 2026 from 9:15 to half past ten, ",), before="book a table on "),
    "a_signature": "close ticket 5519\n\n-- \nDora Quist | Quist Interiors Ltd.\n"
    + "Registered in England no. 1234567\n" * 30,
}
