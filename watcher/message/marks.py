"""The words by which mail shows who speaks, as data: what introduces a quotation, a signature, a legal footer."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

from watcher.knowledge.model import Table


@dataclass(frozen=True, slots=True)
class Marks:
    """All phrases in lower case with plain apostrophes and single blanks, ready to be looked for with `in`.

    `labels` maps the words of a quoted header ("from", "von") to what they name: from, sent, to, cc, subject.
    """

    openers: frozenset[str]
    verbs: tuple[str, ...]
    labels: dict[str, str]
    original: tuple[str, ...]
    forwarded: tuple[str, ...]
    forward_subjects: tuple[str, ...]
    reply_subjects: tuple[str, ...]
    device: tuple[str, ...]
    sign_offs: frozenset[str]
    by_order: frozenset[str]
    postscripts: tuple[str, ...]
    legal: tuple[str, ...]
    headings: frozenset[str]
    closing: tuple[str, ...]
    banners: tuple[str, ...]
    stubs: tuple[str, ...]
    meeting: tuple[str, ...]
    titles: frozenset[str]
    contact: tuple[str, ...]
    contact_labels: frozenset[str]


def marks_of(table: Table) -> Marks:
    """The marks of a `mail.toml` that has been read."""
    labels = {fold(word): kind for kind, words in table["labels"].items() for word in words}
    quotation, signature, footer = table["quotation"], table["signature"], table["footer"]
    return Marks(
        openers=frozenset(_folded(quotation["openers"])),
        verbs=_folded(quotation["verbs"]),
        labels=labels,
        original=_folded(quotation["original"]),
        forwarded=_folded(quotation["forwarded"]),
        forward_subjects=_folded(quotation["forward_subjects"]),
        reply_subjects=_folded(quotation["reply_subjects"]),
        device=_folded(signature["device"]),
        sign_offs=frozenset(_folded(signature["sign_offs"])),
        by_order=frozenset(_folded(signature["by_order"])),
        postscripts=_folded(signature["postscripts"]),
        titles=frozenset(_folded(signature["titles"])),
        contact=_folded(signature["contact"]),
        contact_labels=frozenset(_folded(signature["contact_labels"])),
        meeting=_folded(signature["meeting"]),
        legal=_folded(footer["legal"]),
        headings=frozenset(_folded(footer["headings"])),
        closing=_folded(footer["closing"]),
        banners=_folded(footer["banners"]),
        stubs=_folded(footer["stubs"]),
    )


@cache
def standard() -> Marks:
    """The marks that ship with watcher, all languages together."""
    source = resources.files("watcher.knowledge").joinpath("mail.toml").read_text(encoding="utf-8")
    return marks_of(tomllib.loads(source))


def _folded(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(fold(word) for word in words)


def fold(text: str) -> str:
    """`text` as phrases are compared: lower case, plain apostrophes and dashes, single blanks."""
    return " ".join(text.lower().replace("’", "'").replace("‘", "'").replace("–", "-").replace("—", "-").split())
