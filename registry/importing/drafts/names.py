"""Operation naming: ``resource.verb`` and a title from the document's texts, always the same for the same document.

The operation's id is used if it consists of words. Ids that a framework made from the path are worse than the path. A
name depends only on its own operation, unless two collide: then both include more of their path, or their title's verb.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from language.example_patterns import PARTICLES
from language.text import singularize, with_article, word_set
from registry.importing.document.description import Operation
from registry.importing.drafts import words

MAX_NAME: Final = 128
_MAX_PART: Final = 60
_MAX_ID_WORDS: Final = 9
VERBS: Final = word_set(
    "accept acknowledge activate add allocate append apply approve archive assign associate attach "
    "authorize backup ban batch block book bulk cancel capture change charge check claim clear clone "
    "close complete configure confirm connect convert copy count create deactivate decline decrypt delete "
    "deliver deny deploy destroy detach disable disassociate disconnect dismiss dispatch download "
    "duplicate edit email enable encrypt end enqueue evaluate execute expire export fetch find finish "
    "follow forward generate get grant hide import increment initiate insert install invite invoke issue "
    "join kick kill launch leave link list load lock lookup login logout mark merge move mute notify open "
    "order parse patch pause pay ping post preview process promote publish purge put query queue read "
    "reactivate rebuild receive record refresh refund register reinstate reject release remove rename "
    "renew reopen reorder replace reply report request resend reserve reset resize resolve restart "
    "restore resume retrieve retry return reverse review revert revoke rotate run save schedule search "
    "send set share ship show sign simulate skip snooze sort split star start stop submit subscribe "
    "suspend swap switch sync tag terminate test toggle track transfer transition trigger unarchive "
    "unassign unassociate unban unblock unfollow uninstall unlink unlock unmute unpublish unregister "
    "unshare unstar unsubscribe update upgrade upload upsert use validate verify view void withdraw write "
)
_METHOD_WORDS: Final = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})
_BY_METHOD: Final[Mapping[str, tuple[str, str]]] = {  # on a collection, on one of it
    "GET": ("list", "get"), "POST": ("create", "update"), "PUT": ("replace", "replace"),
    "PATCH": ("update", "update"), "DELETE": ("delete", "delete"),
}  # fmt: skip
_THIRD_PERSON: Final = {"returns": "get", "retrieves": "retrieve", "gets": "get", "provides": "get", "allows": "allow"}
_PLURAL: Final = re.compile(r"(?<![sui])s\Z")
_DETERMINERS: Final = word_set("a an the all any one some this that these those your each every multiple new")
_METHOD_TOLD: Final = re.compile(r"\s*\((?:(?:partial|full)(?: update)?|patch|put)\)\Z", re.I)
_MARKED: Final = re.compile(r"^\[[^\[\]]{1,20}\]\s*")
"""An author's label before an operation's title: ``[Beta]``."""
_BY_ID: Final = re.compile(r"\s+(?:by|with|using|via)\s+(?:an?\s+|the\s+|its\s+|their\s+)?(?:ids?|pks?|uuids?)\Z", re.I)
_SUFFIX: Final = re.compile(r"\.(?:json|xml|php|aspx?)\Z", re.I)


def name_operations(operations: Iterable[Operation], *, prefix: str, kept: Mapping[str, str]) -> dict[str, str]:
    """Operation key → a contract's name, each unique. ``kept`` are earlier names, which don't change."""
    left = [each for each in operations if each.key not in kept]
    names = {each.key: kept[each.key] for each in operations if each.key in kept}
    taken = set(names.values())
    for candidates in (_short, _longer, _titled, _longest):
        groups: dict[str, list[Operation]] = defaultdict(list)
        for each in left:
            groups[_joined(prefix, *candidates(each))].append(each)
        left = []
        for name, group in groups.items():
            if len(group) == 1 and name not in taken:
                names[group[0].key] = name
                taken.add(name)
            else:
                left += group
    for each in left:  # ids that differ only in upper and lower case, or the like
        resource, verb = _short(each)
        names[each.key] = _joined(prefix, resource, f"{verb}_{words.make_mark(each.key)}")
    return names


def _short(operation: Operation) -> tuple[str, str]:
    return _of_function(operation) or _of_id(operation) or _of_path(operation)


def _longer(operation: Operation) -> tuple[str, str]:
    """The name with the part of the path before it."""
    resource, verb = _short(operation)
    above = [word for each in _static(operation.path)[:-1] for word in words.split_words(each)]
    return "_".join(dict.fromkeys([*above, *resource.split("_")])), verb


def _titled(operation: Operation) -> tuple[str, str]:
    """The longer name with the verb of the title: ``servers.start`` for "Start a server"."""
    resource, verb = _longer(operation)
    told = to_imperative(operation.summary.partition(" ")[0]).lower()
    return resource, told if told in VERBS else verb


def _longest(operation: Operation) -> tuple[str, str]:
    """The whole path, placeholders included, and the method."""
    every = [word for each in operation.path.split("/") for word in words.split_words(each)]
    return "_".join(every) or "root", operation.method.lower()


def _of_function(operation: Operation) -> tuple[str, str] | None:
    """The name from an id that is a function's name with path and method behind it: ``weigh_parcel_parcels_post``. The
    path names it, but for a POST whose path tells no verb while the function's name does."""
    path = re.sub(r"\W", "_", operation.path)
    function = words.split_words(operation.id.strip().removesuffix(f"{path}_{operation.method.lower()}"))
    if not function or function == words.split_words(operation.id):
        return None
    resource, verb = _of_path(operation)
    if operation.method != "POST" or verb not in _BY_METHOD["POST"] or function[0] in _METHOD_WORDS:
        return resource, verb
    *above, last = [words.split_words(each) for each in _static(operation.path)] or [()]
    if above and "".join(_cut_noun(function, "_".join(above[-1]))) == "".join(last):  # POST /parcels/{id}/seal
        return "_".join(above[-1]), "_".join(last)
    told = _cut_noun(function, resource)
    head = told[: 1 + (told[1:2] != () and told[1] in PARTICLES)]
    if head and (head[0] in VERBS or (told == head and told != function)):
        return resource, "_".join(head)
    return resource, verb


def _cut_noun(function: tuple[str, ...], noun: str) -> tuple[str, ...]:
    """The words of a function's name without the noun at their end."""
    ends = (at for at in range(len(function)) if singularize("_".join(function[at:])) == singularize(noun))
    return function[: next(ends, len(function))]


def _of_id(operation: Operation) -> tuple[str, str] | None:
    """The name from an operation's id, if it consists of words: ``createRefund``, ``ssh_keys_list``,
    ``repos/add-tag``."""
    given = operation.id.strip()
    parts = [each for each in re.split(r"[./:#]|::", given) if words.split_words(each)]
    every = words.split_words(given)
    every = every[1:] if every[:1] == ("api",) and len(every) > 2 else every
    if not every or len(every) > _MAX_ID_WORDS or "__" in given or any(len(each) > 40 for each in every):
        return None
    if len(parts) > 1:
        return "_".join(word for each in parts[:-1] for word in words.split_words(each)), "_".join(
            words.split_words(parts[-1])
        )
    placeholders = [word for each in re.findall(r"\{([^}]*)\}", operation.path) for word in words.split_words(each)]
    if every[0] in _METHOD_WORDS and placeholders and every[-1] == placeholders[-1] and "by" not in every:
        return None  # made from the path: get_files_id
    if every[0] in ("post", "put", "patch") and every[0] == operation.method.lower():
        return None
    verb_at = next((place for place, each in enumerate(every) if each in VERBS), None)
    if verb_at is None:
        return None
    if verb_at == 0:
        also = 3 if every[1:2] == ("or",) and every[2:3] and every[2] in VERBS else 1
        verb, rest = every[:also], every[also:]
    else:
        rest, verb = every[:verb_at], every[verb_at:]
    if not rest:
        return (
            _resource(operation.path) or words.to_snake_case(operation.tags[0] if operation.tags else "api")
        ), "_".join(verb)
    return "_".join(rest), "_".join(verb)


def _of_path(operation: Operation) -> tuple[str, str]:
    """The name from method and path: ``POST /customers/{id}/block`` → customers.block."""
    segments = [each for each in operation.path.split("?")[0].split("/") if each and not words.is_version(each)]
    if custom := re.search(r"\}:([A-Za-z]+)\Z", segments[-1] if segments else ""):
        above = [each for each in segments[:-1] if "{" not in each and words.split_words(each)]
        return "_".join(words.split_words(above[-1])) if above else "root", "_".join(words.split_words(custom[1]))
    static = [(place, each) for place, each in enumerate(segments) if "{" not in each and words.split_words(each)]
    if not static:
        return words.to_snake_case(operation.tags[0] if operation.tags else "api"), operation.method.lower()
    place, last = static[-1]
    last = _SUFFIX.sub("", last)
    calls = [each for each in last.split(".") if words.split_words(each)]
    if len(calls) > 1:  # remote procedures: /conversations.info
        return "_".join(word for each in calls[:-1] for word in words.split_words(each)), "_".join(
            words.split_words(calls[-1])
        )
    last_words = words.split_words(last)
    on_one = place < len(segments) - 1
    if not on_one and place and operation.method != "GET" and last_words and last_words[0] in VERBS:
        above = [each for _, each in static[:-1]]
        if above:
            return "_".join(words.split_words(above[-1])), "_".join(last_words)
    on_one = on_one or (operation.method == "GET" and not _PLURAL.search(last_words[-1] if last_words else ""))
    verb = _BY_METHOD.get(operation.method, (operation.method.lower(),) * 2)[on_one]
    if operation.method == "PUT" and operation.summary.lower().startswith("update"):
        verb = "update"
    if operation.method == "POST" and on_one and re.match(r"creates? (?!or\b)", operation.summary, re.I):
        # The path names the one that is made, POST /teams/{name}: POST /teams may make several.
        return singularize("_".join(last_words)) or "root", "create"
    return "_".join(last_words) or "root", verb


def _resource(path: str) -> str:
    static = _static(path)
    return "_".join(words.split_words(static[-1])) if static else ""


def _static(path: str) -> list[str]:
    """The meaningful segments of a path: no placeholders, no versions."""
    segments = (_SUFFIX.sub("", each) for each in path.split("?")[0].split("/"))
    return [
        each for each in segments if each and "{" not in each and not words.is_version(each) and words.split_words(each)
    ]


def _joined(prefix: str, resource: str, verb: str) -> str:
    parts = [_part(each) for each in (prefix, resource, verb) if each]
    return ".".join(parts)[:MAX_NAME].rstrip("._")


def _part(text: str) -> str:
    text = text if text[:1].isalpha() else f"n_{text}"
    return text if len(text) <= _MAX_PART else f"{text[: _MAX_PART - 7].rstrip('_')}_{words.make_mark(text)}"


def write_title(operation: Operation, name: str) -> str:
    """One line for the card: the summary as an imperative, or else words of the name."""
    summary = _METHOD_TOLD.sub("", _MARKED.sub("", words.to_plain_text(operation.summary)).rstrip(" ."))
    if not summary:
        sentence = words.take_first_sentence(words.to_plain_text(operation.description)).rstrip(" .")
        summary = sentence if 0 < len(sentence) <= 80 else ""
    if not summary or (words.split_words(summary) == words.split_words(operation.id) and " " not in summary):
        resource, verb = name.split(".")[-2:]
        noun = resource.replace("_", " ")
        one = singularize(noun)
        if operation.method in ("DELETE", "PUT", "PATCH") and not operation.path.rstrip("/").endswith("}"):
            noun = f"all {noun}" if one != noun else noun  # an action on a collection affects all its members
        elif one != noun and verb != "list":
            noun = with_article(one)
        made = verb.replace("_", " ") if "_" in verb else f"{verb} {noun}"
        return words.cut_text(made[:1].upper() + made[1:], 200)
    first, _, rest = summary.partition(" ")
    determined = rest.partition(" ")[0].lower() in _DETERMINERS
    return words.cut_text(_BY_ID.sub("", f"{to_imperative(first, determined=determined)} {rest}".strip()), 200)


def to_imperative(word: str, *, determined: bool = False) -> str:
    """``Creates`` → ``Create``, ``Creating`` → ``Create``. An unknown verb is unchanged, unless an article after it
    shows that it is a verb."""
    low = word.lower()
    base = _THIRD_PERSON.get(low)
    ends = {"s": ("",), "es": ("",), "ies": ("y",), "ing": ("", "e")}
    for end, others in ends.items():
        if base is None and low.endswith(end):
            base = next((low[: -len(end)] + each for each in others if low[: -len(end)] + each in VERBS), None)
    if base is None and determined and low.isalpha() and low.endswith("s") and not low.endswith(("ss", "is", "us")):
        base = re.sub(r"(?<=sh|ch|ss|zz)e\Z|(?<=x)e\Z", "", low[:-1])
        base = base[:-2] + "y" if base.endswith("ie") and len(base) > 4 else base
    if base is None:
        return word[:1].upper() + word[1:]
    return base[:1].upper() + base[1:]
