"""Questions of a pottery: sums of what is left, whether there is one, and every word of what is asked."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Reply
from tests.unit.agent.resolve.rules.grammar.questions.test_continued import went_on
from tests.unit.clockmaker import ask_clockmaker
from tests.unit.pottery import POTTERY, ask_pottery


async def tell(text: str) -> str:
    verdict = (await ask_pottery(text)).verdict
    return verdict.text if isinstance(verdict, Reply) and not verdict.partial else ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "how much does Edda owe?",
            "Outstanding: 80.00 EUR in 1 unpaid due of Edda Frost: due 801 (payable on 1 Oct 2026, overdue).",
        ),
        (
            "how much dues are unpaid",
            "Outstanding: 380.00 EUR across 2 unpaid dues (1 open, 1 overdue): due 803 (Nia Hill, outstanding 300.00 EUR, payable on 5 Dec 2026, open); due 801 (Edda Frost, outstanding 80.00 EUR, payable on 1 Oct 2026, overdue).",  # noqa: E501
        ),
        (
            "how much is unpaid",
            "Outstanding: 380.00 EUR across 2 unpaid dues (1 open, 1 overdue): due 803 (Nia Hill, outstanding 300.00 EUR, payable on 5 Dec 2026, open); due 801 (Edda Frost, outstanding 80.00 EUR, payable on 1 Oct 2026, overdue).",  # noqa: E501
        ),
        (
            "total outstanding",
            "Outstanding: 380.00 EUR across 3 dues: due 803 (Nia Hill, outstanding 300.00 EUR, payable on 5 Dec 2026, open); due 801 (Edda Frost, outstanding 80.00 EUR, payable on 1 Oct 2026, overdue); due 802 (Jonas Winters, outstanding 0.00 EUR, payable on 1 Oct 2026, paid).",  # noqa: E501
        ),
        (
            "how much are we still owed",
            "Outstanding: 380.00 EUR across 2 unpaid dues (1 open, 1 overdue): due 803 (Nia Hill, outstanding 300.00 EUR, payable on 5 Dec 2026, open); due 801 (Edda Frost, outstanding 80.00 EUR, payable on 1 Oct 2026, overdue).",  # noqa: E501
        ),
        (
            "how much is overdue?",
            "Outstanding: 80.00 EUR in 1 overdue due: due 801 (Edda Frost, payable on 1 Oct 2026).",
        ),
        (
            "sum of the unpaid dues",
            "Outstanding: 380.00 EUR across 2 unpaid dues (1 open, 1 overdue): due 803 (Nia Hill, outstanding 300.00 EUR, payable on 5 Dec 2026, open); due 801 (Edda Frost, outstanding 80.00 EUR, payable on 1 Oct 2026, overdue).",  # noqa: E501
        ),
        (
            "total of the unpaid dues",
            "Outstanding: 380.00 EUR across 2 unpaid dues (1 open, 1 overdue): due 803 (Nia Hill, outstanding 300.00 EUR, payable on 5 Dec 2026, open); due 801 (Edda Frost, outstanding 80.00 EUR, payable on 1 Oct 2026, overdue).",  # noqa: E501
        ),
        (
            "how much are the overdue dues in total",
            "Outstanding: 80.00 EUR in 1 overdue due: due 801 (Edda Frost, payable on 1 Oct 2026).",
        ),
        (
            "how much do all dues come to",
            "800.00 EUR across 3 dues: due 803 (Nia Hill, total 300.00 EUR, payable on 5 Dec 2026, open); due 801 (Edda Frost, total 200.00 EUR, payable on 1 Oct 2026, overdue); due 802 (Jonas Winters, total 300.00 EUR, payable on 1 Oct 2026, paid).",  # noqa: E501
        ),
        ("makers with over 100 euros overdue", "No makers with overdue dues (outstanding over 100.00 EUR)."),
        ("does Edda owe more than 100", "No: due 801 (80.00 EUR, not more than 100)."),
    ],
)
async def test_what_is_owed_is_summed_by_what_is_left_of_it(text: str, said: str) -> None:
    assert await tell(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("has Edda ever skipped a session", "Yes: 1 skipped session of Edda Frost: session 301 (10 Nov 2026)."),
        ("did Edda skip any sessions this month", "Yes: 1 skipped session of Edda Frost from 1 Nov 2026 to 24 Nov 2026: session 301 (10 Nov 2026)."),  # noqa: E501
        ("has Edda ever skipped", "Yes: 1 skipped session of Edda Frost: session 301 (10 Nov 2026)."),
        ("has Jonas skipped a session?", "No skipped sessions of Jonas Winters."),
        ("has Nia had a session yet", "No: Nia Hill has no sessions by 24 Nov 2026 (not cancelled)."),
        ("has Jonas had a session", "Yes: 1 session of Jonas Winters by 24 Nov 2026 (not cancelled): session 303 (12 Nov 2026, held)."),  # noqa: E501
        ("has Edda paid anything yet", "Due 801: total 200.00 EUR; outstanding 80.00 EUR."),  # a part of it
        ("has Edda paid?", "No: 1 unpaid due of Edda Frost: due 801 (overdue, total 200.00 EUR, payable on 1 Oct 2026)."),  # noqa: E501
        ("is Table 4 in", "No: Table 4 (repair)."),
        ("is session 302 on Friday?", "Yes: session 302 of Edda Frost."),
        ("is session 302 on Thursday?", "No: session 302 of Edda Frost (April Reyes, 27 Nov 2026)."),
        ("is session 302 on Friday with Bruno?", "No: session 302 of Edda Frost (April Reyes, 27 Nov 2026)."),
        ("is there a session with Bruno on Thursday", "Yes: 1 session of Bruno Adler on 26 Nov 2026: session 304 of Jonas Winters (booked)."),  # noqa: E501
    ],
)  # fmt: skip
async def test_whether_there_is_one_is_not_denied_by_another(text: str, said: str) -> None:
    assert await tell(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("which makers have no wheel of ours?", "Nia Hill (master)."),
        ("which makers have no session with Bruno", "2 makers with no sessions of Bruno Adler: Edda Frost; Nia Hill."),
        ("who has a wheel that is overdue", "Edda Frost (novice)."),
        ("which wheels are overdue", "Kick 2 (lent)."),
        ("who is overdue", "Edda Frost (novice)."),
        ("what is overdue?", "Due 801."),
        ("how many sessions has each coach this month", "4 sessions from 1 Nov 2026 to 30 Nov 2026: 2 April Reyes, 2 Bruno Adler."),  # noqa: E501
        ("total of the dues by status in October", "500.00 EUR across 2 dues payable from 1 Oct 2026 to 31 Oct 2026: overdue 200.00 EUR, paid 300.00 EUR."),  # noqa: E501
        ("what does Nia owe and when is it due", "Due 803: outstanding 300.00 EUR; payable on 5 Dec 2026."),
        ("when is Edda's next session and with whom?", "Session 302 of Edda Frost: 27 Nov 2026; coach April Reyes."),
        ("how long is session 302", "Session 302 of Edda Frost: 90 minutes."),
        ("who isn't a novice", "2 makers (not novice): Jonas Winters; Nia Hill."),
        ("how many makers does Bruno coach", "2 makers of Bruno Adler: Jonas Winters; Nia Hill."),
        ("which makers does Bruno coach", "2 makers of Bruno Adler: Jonas Winters; Nia Hill."),
        ("how many sessions does Bruno have this month", "2 sessions of Bruno from 1 Nov 2026 to 30 Nov 2026: session 304 of Jonas Winters (26 Nov 2026, booked); session 303 of Jonas Winters (12 Nov 2026, held)."),  # noqa: E501
        ("is Jonas Winters a novice", "No: Jonas Winters (skilled)."),  # no winters of a season
        ("sessions of Jonas Winters", "2 sessions of Jonas Winters: session 304 (26 Nov 2026, booked); session 303 (12 Nov 2026, held)."),  # noqa: E501
    ],
)  # fmt: skip
async def test_no_word_of_a_question_is_passed_over(text: str, said: str) -> None:
    assert await tell(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "who do we owe",
        "when is the hill concert",  # nothing of Nia Hill's
        "who coaches Edda and what",
        "when is Edda's next session and why",
        "how many sessions does each coach like",
        "which makers of April are novices",  # perhaps hers
        "who has a table",  # somebody who has one, and not the table wheels
    ],
)
async def test_a_question_that_only_a_part_is_known_of_is_not_answered(text: str) -> None:
    assert await tell(text) == ""


async def test_a_sum_of_what_was_listed_is_over_what_is_left() -> None:
    reply = await went_on("list the unpaid dues", "how much is that in total?", POTTERY)
    assert reply is not None
    assert reply.values == ("380.00 EUR",)


async def test_words_without_a_noun_are_no_name_for_a_day() -> None:
    assert "is called" not in repr((await ask_clockmaker("is the big bell ringing on Friday?")).verdict)


async def test_what_sort_they_are_is_next_to_the_noun() -> None:
    assert (
        await tell("how many kick wheels are lent")
        == "2 lent kick wheels: Kick 3 (Jonas Winters, due on 20 Dec 2026); Kick 2 (Edda Frost, due on 20 Nov 2026)."
    )


async def test_what_somebody_paid_is_not_given_back() -> None:
    assert not isinstance((await ask_pottery("Jonas Winters paid 90")).verdict, Plan)
    assert isinstance((await ask_pottery("Edda Frost -> skilled")).verdict, Plan)  # a grade that makers have to have
    assert isinstance((await ask_pottery("pay back 90 of the paid due of Jonas Winters")).verdict, Plan)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("who coaches Jonas Winters", "Bruno Adler."),
        ("who coaches Jonas Winters on Thursday", "Bruno Adler."),
        ("who coached Edda Frost on 10 November", "April Reyes."),
        ("who coaches Jonas Winters on 1 December", ""),
    ],
)
async def test_the_day_behind_a_name_is_of_what_is_done_then_and_not_of_when_somebody_joined(
    text: str, said: str
) -> None:
    assert await tell(text) == said
