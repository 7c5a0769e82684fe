"""Splits readable text by who speaks in it: new, quoted, forwarded, signature, footer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from watcher.message.footers import take_footers
from watcher.message.lines import Ending, strip_blank
from watcher.message.marks import Marks, fold
from watcher.message.quoting import Run, Voice, divide
from watcher.message.signature import take_signature

LINES_LIMIT = 4_000
LINE_LIMIT = 4_000
NEW_LIMIT = 100_000  # characters; nobody has written more in one mail


@dataclass(frozen=True, slots=True)
class Split:
    """The text of one message by voice; lines end in "\\n"."""

    new: str = ""
    quoted: str = ""
    forwarded: str = ""
    signature: str = ""
    footer: str = ""


def split(text: str, marks: Marks, *, subject: str = "", writer: str = "", reply: bool = False) -> Split:
    """Who speaks in `text`.

    `subject` tells mail that is passed on, `writer` (the sender's display name) finds a signature without a sign-off,
    `reply` says that the message answers another one. The sign-off and the closing name stay in `new`; title, phone
    and address go to `signature`, and legal text to `footer`. Answers between quotations are new.
    """
    forward = fold(subject).startswith(marks.forward_subjects)
    lines = [line[:LINE_LIMIT] for line in text.split("\n")[:LINES_LIMIT]]
    runs = divide(lines, marks, forward=forward, reply=reply or fold(subject).startswith(marks.reply_subjects))
    ending = Ending()
    new: list[str] = []
    for run in runs:
        if run.voice is Voice.NEW:
            own = _take_ending_off(run.lines, marks, writer, ending)
            if own:
                new.extend(([""] if new else []) + own)
    return Split(
        new=_join(new)[:NEW_LIMIT],
        quoted=_voice(runs, Voice.QUOTED),
        forwarded=_voice(runs, Voice.FORWARDED),
        signature=_join(ending.signature),
        footer=_join(ending.footer),
    )


def _take_ending_off(lines: Sequence[str], marks: Marks, writer: str, ending: Ending) -> list[str]:
    own = take_footers(strip_blank(lines), marks, ending)
    return strip_blank(take_signature(own, marks, writer, ending))


def _voice(runs: Sequence[Run], voice: Voice) -> str:
    return _join([line for run in runs if run.voice is voice for line in run.lines])


def _join(lines: Sequence[str]) -> str:
    text = "\n".join(line.rstrip() for line in lines).strip("\n")
    return f"{text}\n" if text.strip() else ""


def is_stub(plain: str, marks: Marks) -> bool:
    """Whether a plain part only says that the mail is elsewhere."""
    text = fold(plain[:1000])
    return len(text) < 500 and any(mark in text for mark in marks.stubs)
