"""Content checks: compares what an answer or a drafted text says with what it should say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evals.score.plain import fold


def compare_answer(given: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> tuple[str, str]:
    """Compares an answer. Returns a cause and its detail, both empty if the answer is right: the exact records
    (``ids``, in any order), how many (``count``), what (``value``, or one of ``also``; a list has all of them). If
    ``kind`` is ``help``, any answer is right."""
    if given is None:
        return "other_answer", "nothing"
    if wanted.get("kind") == "help":
        return "", ""
    if "ids" in wanted:
        ids = {str(each) for each in given.get("ids") or ()}
        if ids != {str(each) for each in wanted["ids"]}:
            return "other_answer", f"records {', '.join(sorted(ids)) or 'none'}"
    elif "count" in wanted and given.get("count") != wanted["count"]:
        return "other_answer", f"count {given.get('count')}"
    if "value" not in wanted:
        return "", ""
    told = given.get("value")
    values = [fold(str(each)) for each in (told if isinstance(told, list) else [told])]
    if isinstance(wanted["value"], list):
        fits = set(values) == {fold(str(each)) for each in wanted["value"]}
    else:
        right = {fold(str(each)) for each in (wanted["value"], *(wanted.get("also") or ()))}
        fits = len(values) == 1 and values[0] in right
    return ("", "") if fits else ("other_answer", f"value {told}")


def compare_text(given: Any, wanted: Mapping[str, Any]) -> tuple[str, str]:
    """Compares a drafted text: it must contain one wording of each list in ``must`` and none of ``must_not``, ignoring
    case."""
    if not isinstance(given, str) or not given.strip():
        return "text_lacks", "any words"
    text = given.casefold()
    for wordings in wanted.get("must") or ():
        if not any(each.casefold() in text for each in wordings):
            return "text_lacks", " or ".join(wordings)
    for each in wanted.get("must_not") or ():
        if each.casefold() in text:
            return "text_holds", each
    return "", ""
