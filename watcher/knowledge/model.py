"""The rulebook: everything watcher knows about hiring mail, as checked and frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PhraseRule:
    """One rule of a language pack's `phrases/*.toml`.

    `signal` names what the phrase shows: a value of `Says`, `act.NAME`, `ask.NAME`, `hiring`, or `not_hiring`.
    `strength` is certain, strong or weak. `any` are patterns of which one must match, `unless` ones that must not
    match in the same sentence. `speaker` limits it to mail by me, them (human or robot), human or robot. `where` is
    the text it is tried on: sentence (each sentence of the new text), subject, or text (the whole new text). `why` is
    a sentence for the user. `yes` and `no` are lines that must and must not match. `unless` may also name a property of
    the sentence: `@conditional`, `@question`, `@negated`. `sources` are the patterns of `any` as they were
    written, with the names of word lists in them (empty: there are none in them).
    """

    id: str
    signal: str
    strength: str
    any: tuple[str, ...]
    unless: tuple[str, ...] = ()
    speaker: str = "them"
    where: str = "sentence"
    why: str = ""
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SenderRule:
    """A system that sends hiring mail (or mail that looks like it), from senders.toml.

    `kind` is ats, board, scheduler, assessment, relay or calendar. `domains` match the address's domain or a parent of
    it; `locals` narrow by local part (regexes). `answer` tells whether an answer reaches a person: never, reply_to
    (only where Reply-To differs), or yes. `company_from` names where the employer stands: display_name, subject, local,
    subdomain. `source` and `checked` say where the fact is from.
    """

    id: str
    kind: str
    domains: tuple[str, ...]
    locals: tuple[str, ...] = ()
    answer: str = "never"
    company_from: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # how it calls itself; never a company
    source: str = ""
    checked: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """All that is known of one language. `tables` are the other TOML files of its folder (times, days, names ...) by
    stem; `letters` are the Jinja sources by file name; `words` and `acts` are the packed weights of the linear models,
    of what mail says and of what the user does in it; `lists` are the word lists of its phrases as written, of which
    later ones may name earlier ones."""

    language: str
    phrases: tuple[PhraseRule, ...] = ()
    tables: Mapping[str, Table] = field(default_factory=dict)
    letters: Mapping[str, str] = field(default_factory=dict)
    words: bytes = b""
    acts: bytes = b""
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All knowledge files, checked. `digest` changes when any of their bytes do."""

    packs: Mapping[str, Pack]
    senders: tuple[SenderRule, ...]
    tables: Mapping[str, Table]  # language-free TOML files by stem (zones, domains ...)
    digest: str

    @property
    def english(self) -> Pack:
        return self.packs["en"]
