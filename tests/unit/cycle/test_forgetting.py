"""What is kept to be fast during a pass is let go of after it, and made again when it is needed."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.support.daemon import letter
from watcher.app import knowledge
from watcher.cycle.forgetting import forget
from watcher.message import parse
from watcher.message.model import RawMessage, Ref, Role
from watcher.opportunity import names
from watcher.reading import namebook, read
from watcher.reading.examining import _Key, _words
from watcher.reading.model import ReadingSettings

AT = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
FIRM = "".join(("Zyr", "vontal"))  # a word that stands nowhere but in the mail of this test, not even in its code


def test_names_of_mail_and_unpacked_weights_are_forgotten() -> None:
    rulebook = knowledge()
    before = _words(_Key(rulebook.digest, rulebook.english))
    assert names.squeezed("Arden & Law Ltd") == "ardenlaw"
    assert namebook._folded_word("José") == "Jose"
    forget()
    assert not names.squeezed.cache_info().currsize
    assert not namebook._folded_word.cache_info().currsize
    again = _words(_Key(rulebook.digest, rulebook.english))
    assert again is not before
    assert again == before


def test_no_word_of_a_mail_is_kept_by_what_reads_it() -> None:
    assert _say_what_it_means() == f"{FIRM} Labs"
    gc.collect()
    assert set(_strings_with(FIRM.lower()))  # the caches hold some, or this test would show nothing
    forget()
    gc.collect()
    assert not set(_strings_with(FIRM.lower()))


def _say_what_it_means() -> str:
    text = (
        f"Hi Alex,\r\n\r\nYour interview for the Backend Engineer role at {FIRM} Labs is confirmed for Tuesday 17 March "
        f"at 2pm.\r\n\r\nBest,\r\nDana {FIRM}\r\nRecruiter, {FIRM} Labs"
    )
    data = letter(1, text, subject=f"Backend Engineer at {FIRM} Labs", at=AT)
    data = data.replace(b"@acme", f"@{FIRM}".lower().encode())
    raw = RawMessage("personal", Ref("INBOX", "1"), Role.INBOX, AT, data)
    settings = ReadingSettings("Alex Morgan", ("alex@example.net",), "Europe/Berlin")
    return read(parse(raw), knowledge(), settings).companies[0].name


def _strings_with(word: str) -> Iterator[str]:
    """Every string in a container of this process that holds a word."""
    stack: list[object] = gc.get_objects()
    seen = {id(each) for each in stack}
    while stack:
        for each in gc.get_referents(stack.pop()):
            if isinstance(each, str):
                if each not in (FIRM, word) and word in each.lower():
                    yield each
            elif id(each) not in seen:
                seen.add(id(each))
                stack.append(each)
