"""Nothing that can't be seen stays hidden in what a person reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.display_text import (
    _MOST_JOINED,
    _load_joined_emoji,
    _split_pieces,
    begin_sentence,
    drop_choices,
    drop_listing,
    is_hidden,
    split_listing,
    to_display_text,
    within_sentence,
)


@pytest.mark.parametrize(
    "text", ["Adam Novak", "Žofia Wiśniewska", "佐藤 花子", "محمد الفارسي", "49.00 € – “paid”", ""]
)
def test_plain_text_goes_out_as_it_came_in(text: str) -> None:
    assert to_display_text(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a‹U+202E›b"),
        ("Be\u200bcker", "Be‹U+200B›cker"),
        ("a\x00b\x1b[31m", "a‹U+0000›b‹U+001B›[31m"),
        ("a\nb", "a‹U+000A›b"),
        ("\u2066x\u2069", "‹U+2066›x‹U+2069›"),
        ("\U000e0041", "‹U+E0041›"),
        ("\u3164", "‹U+3164›"),
        ("\u2028", "‹U+2028›"),
    ],
)
def test_what_is_hidden_is_spelled_out(text: str, shown: str) -> None:
    assert to_display_text(text) == shown


def test_line_breaks_stay_where_lines_are_shown() -> None:
    assert to_display_text("a\nb\r", lines=True) == "a\nb‹U+000D›"


def test_a_long_text_is_cut_with_an_ellipsis() -> None:
    assert to_display_text("x" * 50, limit=10) == "x" * 9 + "…"


@given(st.one_of(st.text(), st.text(alphabet="👩👨🏽❤💻\u200d\ufe0fa")), st.integers(min_value=1, max_value=40))
def test_the_result_holds_nothing_hidden_and_keeps_the_limit(text: str, limit: int) -> None:
    shown = to_display_text(text, limit=limit)
    assert not any(is_hidden(piece) for piece in _split_pieces(shown) if len(piece) == 1)
    assert len(shown) <= limit


@pytest.mark.parametrize(
    "emoji",
    [
        "👩\u200d💻",
        "👩🏽\u200d💻",
        "❤\ufe0f",
        "🏳\ufe0f\u200d🌈",
        "👨\u200d👩\u200d👧",
        "🧔\u200d♂\ufe0f",
        "👩🏽\u200d❤\ufe0f\u200d💋\u200d👨🏿",
    ],
)
def test_what_joins_the_pictures_of_a_known_emoji_stays(emoji: str) -> None:
    assert to_display_text(f"thanks {emoji}!") == f"thanks {emoji}!"
    for limit in range(1, len(emoji) + 1):
        cut = to_display_text(f"{emoji}!!", limit=limit)
        assert cut.endswith("…")
        assert "\u200d" not in cut.removeprefix(emoji)
        assert "\ufe0f" not in cut.removeprefix(emoji)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("👩\u200d", "👩‹U+200D›"),
        ("a\u200d👩", "a‹U+200D›👩"),
        ("👩\u200da", "👩‹U+200D›a"),
        ("👩\u200d\u200d💻", "👩‹U+200D›‹U+200D›💻"),
        ("❤\ufe0f\ufe0f", "❤\ufe0f‹U+FE0F›"),
        ("a\ufe0f", "a‹U+FE0F›"),
        ("👩\u202e💻", "👩‹U+202E›💻"),
        ("🐕\u200d🐈", "🐕‹U+200D›🐈"),
        ("💻\u200d👩", "💻‹U+200D›👩"),
        ("👩\u200d💻\u200d👩\u200d💻", "👩\u200d💻‹U+200D›👩\u200d💻"),
        ("👩\ufe0f", "👩‹U+FE0F›"),
        ("❤\u200d🔥", "❤‹U+200D›🔥"),
        ("1\ufe0f", "1‹U+FE0F›"),
    ],
)
def test_a_joiner_that_makes_no_known_emoji_is_spelled_out(text: str, shown: str) -> None:
    assert to_display_text(text) == shown


def test_a_sentence_without_the_list_that_stands_below_it() -> None:
    assert drop_listing("2 tickets: A: x; B.", ["A: x", "B"], 2) == "2 tickets"
    assert drop_listing("9 bills (2 open): A; B and 7 more.", ["A", "B"], 9) == "9 bills (2 open)"
    assert drop_listing("You can hire 2 boats: A; B. And oars.", ["A", "B"]) == "You can hire 2 boats. And oars."


def test_a_sentence_that_says_more_than_the_list_is_left_whole() -> None:
    for told in ("2 tickets: A (Ada, total 5); B.", "2 tickets: A; B; C.", "2 tickets.", "A. Ada · open."):
        assert drop_listing(told, ["A", "B"], 2) == told
    assert drop_listing("No: 2 tickets of Bo: A; B.", ["A", "B"], 2) == "No: 2 tickets of Bo"
    assert drop_listing("1 ticket: A.", ["A"], 1) == "1 ticket: A."


def test_what_a_list_says_beside_its_labels_is_split_from_the_sentence() -> None:
    told = "9 bills (2 open): A (Ada, due (late)); B; A: x and 6 more. And a tip."
    assert split_listing(told, ["A", "B", "A: x"], 9) == ("9 bills (2 open). And a tip.", ("Ada, due (late)", "", ""))
    assert split_listing("Of A: one: A; B (b).", ["A", "B"]) == ("Of A: one", ("", "b"))
    for other in ("2 bills: A (Ada; B.", "2 bills: A (Ada), late; B.", "2 bills: B; A.", "2 bills."):
        assert split_listing(other, ["A", "B"], 2) == (other, ())


ADAMS = [("Adam Novak", "a@b.cz · Brno"), ("Adam Nowak", "c@d.pl · Łódź")]
TWO = "Two customers are called ‘Adam’"


def test_choices_that_stand_below_a_question_are_not_told_in_it() -> None:
    for told in ("Adam Novak (a@b.cz) or Adam Nowak (c@d.pl)", "Adam Novak or Adam Nowak"):
        assert drop_choices(f"{TWO}: {told}?", ADAMS) == f"{TWO}. Which one do you mean?"
    alike = [("Ada (vet)", "a@x.example"), ("Ada (cook)", "b@x.example")]
    assert drop_choices("Two are called ‘Ada’: Ada (vet) or Ada (cook)?", alike) == (
        "Two are called ‘Ada’. Which one do you mean?"
    )
    assert drop_choices("Two could be meant: Ada or Bo?", [("Ada", ""), ("Bo", "")]) == "Two could be meant. Which one?"
    assert drop_choices("Which one: Ada (1), Bo (2) or Cy (3)?", [("Ada", "1"), ("Bo", "2"), ("Cy", "3")]) == (
        "Which one?"
    )
    assert drop_choices("None is ‘Eve’. Which one do you mean: Ada or Bo?", [("Ada", ""), ("Bo", "")]) == (
        "None is ‘Eve’. Which one do you mean?"
    )


def test_a_question_that_says_more_than_its_choices_show_is_left_whole() -> None:
    for told in (
        "Adam Novak (c1) or Adam Nowak (c2)",
        "Adam Novak (a@b.cz) or Adam Nowak (c@d.pl), or another",
        "Adam Nowak or Adam Novak",
        "Adam Novak, Eve or Adam Nowak",
        "Adam Novak (a@b) or Adam Nowak (d.p)",
        "Adam Novak (a@b.cz (new)) or Adam Nowak (c@d.pl)",
        "adam novak or adam nowak",
    ):
        assert drop_choices(f"{TWO}: {told}?", ADAMS) == f"{TWO}: {told}?"
    assert drop_choices("One: Ada?", [("Ada", "")]) == "One: Ada?"


def test_choices_that_look_alike_are_told_apart_in_the_question() -> None:
    told = "Two are called ‘Marta’: Marta Bell (c1) or Marta Bell (c2)?"
    for detail in ("", "Kraków", "c1 c2"):
        assert drop_choices(told, [("Marta Bell", detail)] * 2) == told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("loan 7 is out.", "Loan 7 is out."),
        ("dinghy: afloat.", "Dinghy: afloat."),
        ("pH meter: 4.", "pH meter: 4."),
        ("ines@boats.example", "ines@boats.example"),
        ("‘loan 7’ is none.", "‘loan 7’ is none."),
        ("7 loans.", "7 loans."),
        ("", ""),
    ],
)
def test_a_sentence_begins_with_a_capital_and_a_name_as_it_is_written(text: str, said: str) -> None:
    assert begin_sentence(text) == said


@pytest.mark.parametrize(
    ("label", "inside"), [("Due day", "due day"), ("VAT number", "VAT number"), ("iPad", "iPad"), ("", "")]
)
def test_a_label_is_small_inside_a_sentence(label: str, inside: str) -> None:
    assert within_sentence(label) == inside


def test_emoji_differ_in_what_is_seen() -> None:
    """No two known emoji are the same but for their joiners."""
    known = _load_joined_emoji()
    assert max(map(len, known)) == _MOST_JOINED
    bare = [each.replace("\u200d", "").replace("\ufe0f", "") for each in known]
    assert len(set(bare)) == len(bare)
    assert all({"\u200d", "\ufe0f"} & set(each[1:3]) for each in known)
