"""Each type of entry has words of its own, and is offered once."""

from __future__ import annotations

from agent.history.entry_text import label_entry
from agent.history.recorder import EntryType
from web.console.history.entry_labels import group_entry_types


def test_every_type_is_offered_once_in_some_group() -> None:
    offered = [each.value for group in group_entry_types() for each in group.options]
    assert sorted(offered) == sorted(each.value for each in EntryType)


def test_no_two_types_are_called_the_same_and_none_is_a_raw_word() -> None:
    labels = [label_entry(each.value) for each in EntryType]
    assert len(set(labels)) == len(labels)
    assert not [label for label in labels if "_" in label]


def test_a_type_of_a_later_version_is_said_by_its_name() -> None:
    assert label_entry("moon_landed") == "moon landed"
