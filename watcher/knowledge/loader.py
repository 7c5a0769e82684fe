"""Turns the knowledge files, and a user's overlay of them, into one checked and frozen Rulebook.

A language is a folder of two letters: `phrases/*.toml` are rules, `letters/*.j2` templates, `words.bin` and `acts.bin`
the weights of the linear models (ours alone), every other TOML file a table. Files beside the folders are tables free
of language, `senders.toml` aside. An overlay has the same shape: its rules and senders replace those of the same id,
its tables are laid over ours key by key.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import tomli

from watcher.errors import KnowledgeError, Problem
from watcher.knowledge.model import Pack, PhraseRule, Rulebook, SenderRule, Table
from watcher.knowledge.patterns import SlotUnknown, fault, fill, fill_slots

_SAYS = """
application_received outreach scheduling interview_confirmed interview_rescheduled interview_cancelled assessment
info_request offer rejection on_hold update auto_reply hiring not_hiring
"""
_ACTS = """
applied picked_time gave_times asked_times cancelled answered handed_in will_hand_in thanked nudged asked accepted
declined acknowledged interested spoke
"""
SAYS = frozenset(_SAYS.split())
ACTS = frozenset(_ACTS.split())
ASKS = frozenset({"times", "booking", "answer", "documents", "references", "form", "task", "decision"})
STRENGTHS = frozenset({"certain", "strong", "weak"})
SPEAKERS = frozenset({"me", "them", "human", "robot", "anyone"})
PLACES = frozenset({"sentence", "subject", "text"})
ANSWERS = frozenset({"never", "reply_to", "yes"})
PROPERTIES = frozenset({"@conditional", "@question", "@negated"})

_RULE_LISTS = ("any", "unless", "yes", "no")
WEIGHTS = {"words.bin": "words", "acts.bin": "acts"}
_RULE_TEXTS = ("id", "signal", "strength", "speaker", "where", "why")
_SENDER_LISTS = ("domains", "locals", "company_from", "names")
_SENDER_TEXTS = ("id", "kind", "answer", "source", "checked")


def load(overlay: Path | None = None) -> Rulebook:
    """All knowledge there is, with the files of the folder `overlay` laid over it.

    The package's own patterns are checked by its tests, an overlay's here. Raises KnowledgeError with all faults.
    """
    shelf = _Shelf()
    shelf.take(files("watcher.knowledge"), own=True)
    if overlay is not None and overlay.is_dir():
        shelf.take(overlay, own=False)
    if shelf.problems:
        raise KnowledgeError(shelf.problems)
    return shelf.rulebook()


def inspect(folder: Traversable) -> list[Problem]:
    """Every fault in a folder of knowledge files, patterns compiled and weighed too (slow: for tests and doctor)."""
    shelf = _Shelf()
    shelf.take(folder, own=False)
    return shelf.problems


class _Shelf:
    """The files read so far, and what was wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._digest = sha256()
        self._rules: dict[str, dict[str, PhraseRule]] = {}
        self._tables: dict[str, dict[str, dict[str, Any]]] = {}
        self._letters: dict[str, dict[str, str]] = {}
        self._weights: dict[tuple[str, str], bytes] = {}
        self._senders: dict[str, SenderRule] = {}
        self._free: dict[str, dict[str, Any]] = {}
        self._slots: dict[str, dict[str, str]] = {}
        self._lists: dict[str, dict[str, tuple[str, ...]]] = {}

    def take(self, folder: Traversable, *, own: bool) -> None:
        """Reads one folder of knowledge files; patterns are checked unless they are our own."""
        for entry in _sorted(folder):
            if entry.is_dir() and len(entry.name) == 2:
                self._take_language(entry, own=own)
            elif entry.name == "senders.toml":
                self._take_senders(self._parse(entry), entry.name)
            elif entry.name.endswith(".toml"):
                _lay_over(self._free.setdefault(_stem(entry.name), {}), self._parse(entry))

    def rulebook(self) -> Rulebook:
        """All that was read, frozen."""
        languages = self._rules.keys() | self._tables.keys() | self._letters.keys()
        packs = {
            language: Pack(
                language=language,
                phrases=tuple(self._rules.get(language, {}).values()),
                tables=self._tables.get(language, {}),
                letters=self._letters.get(language, {}),
                words=self._weights.get(("words", language), b""),
                acts=self._weights.get(("acts", language), b""),
                lists=self._lists.get(language, {}),
            )
            for language in sorted(languages)
        }
        return Rulebook(packs, tuple(self._senders.values()), self._free, self._digest.hexdigest())

    def _take_language(self, folder: Traversable, *, own: bool) -> None:
        language = folder.name
        tables = self._tables.setdefault(language, {})
        phrases: list[tuple[str, Table]] = []
        for entry in _sorted(folder):
            if entry.is_dir() and entry.name == "phrases":
                phrases = [(file.name, self._parse(file)) for file in _sorted(entry) if file.name.endswith(".toml")]
            elif entry.is_dir() and entry.name == "letters":
                for file in _sorted(entry):
                    if file.name.endswith(".j2"):
                        self._letters.setdefault(language, {})[file.name] = self._read(file).decode("utf-8", "replace")
            elif entry.name in WEIGHTS and own:
                self._weights[WEIGHTS[entry.name], language] = self._read(entry)
            elif entry.name.endswith(".toml"):
                _lay_over(tables.setdefault(_stem(entry.name), {}), self._parse(entry))
        self._slots.setdefault(language, {})
        self._lists.setdefault(language, {})
        self._take_slots(language, tables.get("slots", {}), f"{language}/slots.toml")
        for name, table in phrases:
            place = f"{language}/phrases/{name}"
            self._take_slots(language, table.get("words", {}), place)
        for name, table in phrases:
            self._take_rules(language, f"{language}/phrases/{name}", table, own=own)

    def _take_slots(self, language: str, table: Table, place: str) -> None:
        """Adds word lists (or patterns, where given as one text) under their names; later ones may use earlier ones."""
        slots, lists = self._slots[language], self._lists[language]
        for name, words in table.items():
            try:
                slots[name] = fill_slots(words, slots)
                added = (words,) if isinstance(words, str) else tuple(words)
                lists[name] = (*lists.get(name, ()), *added)  # what is laid over is filled in elsewhere: either may be
            except SlotUnknown as unknown:
                self._fault(place, f"words.{name}", f"there is no word list {unknown}.")

    def _take_rules(self, language: str, place: str, table: Table, *, own: bool) -> None:
        defaults = table.get("defaults", {})
        rules = self._rules.setdefault(language, {})
        seen: set[str] = set()
        for raw in table.get("rule", ()):
            entry = {**defaults, **raw}
            entry["unless"] = [*defaults.get("unless", ()), *raw.get("unless", ())]
            identity = str(entry.get("id", "?"))
            if identity in seen or (own and identity in rules):
                self._fault(place, identity, "is there twice.", "Give each rule an id of its own.")
            seen.add(identity)
            rule = self._rule(place, identity, entry, language)
            if rule is None:
                continue
            if not own:
                self._check(place, rule)
            rules[identity] = rule

    def _rule(self, place: str, identity: str, entry: dict[str, Any], language: str) -> PhraseRule | None:
        good = self._fields(place, identity, entry, _RULE_TEXTS, _RULE_LISTS, ("id", "signal", "strength", "any"))
        if not good:
            return None
        slots = self._slots[language]
        try:
            patterns = tuple(fill(pattern, slots) for pattern in entry["any"])
            unless = tuple(part if part.startswith("@") else fill(part, slots) for part in entry["unless"])
        except SlotUnknown as unknown:
            self._fault(place, f"{identity}.any", f"there is no word list {unknown}.")
            return None
        self._known(place, f"{identity}.signal", entry["signal"], _signals())
        self._known(place, f"{identity}.strength", entry["strength"], STRENGTHS)
        self._known(place, f"{identity}.speaker", entry.get("speaker", "them"), SPEAKERS)
        self._known(place, f"{identity}.where", entry.get("where", "sentence"), PLACES)
        texts = {name: entry[name] for name in ("speaker", "where", "why") if name in entry}
        return PhraseRule(
            id=identity,
            signal=entry["signal"],
            strength=entry["strength"],
            any=patterns,
            unless=unless,
            yes=tuple(entry.get("yes", ())),
            no=tuple(entry.get("no", ())),
            sources=tuple(entry["any"]),
            **texts,
        )

    def _check(self, place: str, rule: PhraseRule) -> None:
        for pattern in (*rule.any, *(part for part in rule.unless if not part.startswith("@"))):
            wrong = fault(pattern)
            if wrong:
                self._fault(place, f"{rule.id}.any", f"{pattern[:80]!r} {wrong}.")
        for part in rule.unless:
            if part.startswith("@"):
                self._known(place, f"{rule.id}.unless", part, PROPERTIES)

    def _take_senders(self, table: Table, place: str) -> None:
        for entry in table.get("sender", ()):
            identity = str(entry.get("id", "?"))
            if not self._fields(place, identity, entry, _SENDER_TEXTS, _SENDER_LISTS, ("id", "kind", "domains")):
                continue
            self._known(place, f"{identity}.answer", entry.get("answer", "never"), ANSWERS)
            known: dict[str, Any] = {name: tuple(entry[name]) for name in _SENDER_LISTS if name in entry}
            known |= {name: entry[name] for name in _SENDER_TEXTS if name in entry}
            self._senders[identity] = SenderRule(**known)

    def _fields(
        self,
        place: str,
        identity: str,
        entry: dict[str, Any],
        texts: tuple[str, ...],
        lists: tuple[str, ...],
        needed: tuple[str, ...],
    ) -> bool:
        before = len(self.problems)
        for name in needed:
            if not entry.get(name):
                self._fault(place, f"{identity}.{name}", "is missing.")
        for name, value in entry.items():
            if name in texts:
                if not isinstance(value, str):
                    self._fault(place, f"{identity}.{name}", "must be a text.")
            elif name in lists:
                if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                    self._fault(place, f"{identity}.{name}", "must be a list of texts.")
            else:
                self._fault(place, f"{identity}.{name}", "is no field we know.", f"Known: {', '.join(texts + lists)}.")
        return len(self.problems) == before

    def _known(self, place: str, key: str, value: str, allowed: frozenset[str]) -> None:
        if value not in allowed:
            self._fault(place, key, f"{value!r} is not known.", f"Use one of: {', '.join(sorted(allowed))}.")

    def _read(self, file: Traversable) -> bytes:
        data = file.read_bytes()
        self._digest.update(file.name.encode() + b"\0" + data + b"\0")
        return data

    def _parse(self, file: Traversable) -> dict[str, Any]:
        try:
            return tomli.loads(self._read(file).decode("utf-8"))
        except (tomli.TOMLDecodeError, UnicodeDecodeError) as wrong:
            self._fault(file.name, "", f"cannot be read: {wrong}.", "Mend the TOML there.")
            return {}

    def _fault(self, place: str, key: str, message: str, remedy: str = "") -> None:
        self.problems.append(Problem(place, None, key, message, remedy))


def _signals() -> frozenset[str]:
    return SAYS | {f"act.{act}" for act in ACTS} | {f"ask.{ask}" for ask in ASKS}


def _sorted(folder: Traversable) -> Iterator[Traversable]:
    return iter(sorted(folder.iterdir(), key=lambda entry: entry.name))


def _stem(name: str) -> str:
    return name.removesuffix(".toml")


def _lay_over(under: dict[str, Any], over: Mapping[str, Any]) -> None:
    """Puts `over` upon `under`: tables key by key, all else replaced."""
    for key, value in over.items():
        if isinstance(value, dict) and isinstance(under.get(key), dict):
            _lay_over(under[key], value)
        else:
            under[key] = value
