"""What is printed and how: tables and colour on a terminal, plain lines anywhere else, nothing a mail could abuse."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Cell:
    """A piece of a table. `tone` is good, warm, quiet, bad or "" (rich's colours for them are in TONES)."""

    text: str
    tone: str = ""


TONES = {"good": "green", "warm": "yellow", "quiet": "dim", "bad": "red", "bold": "bold"}


class Screen:
    """Where a command prints. `environ` tells whether colour is wanted (NO_COLOR, TERM)."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")

    @property
    def terminal(self) -> bool:
        """Whether a person looks at the output."""
        return sys.stdout.isatty() and self._environ.get("TERM") != "dumb"

    @property
    def watched(self) -> bool:
        """Whether a person looks at the error output (where progress is shown)."""
        return sys.stderr.isatty() and self._environ.get("TERM") != "dumb"

    def say(self, text: str = "") -> None:
        """A line, or several."""
        print(plain(text))

    def heading(self, text: str) -> None:
        """A line that stands out on a terminal."""
        if self.terminal and not self._environ.get("NO_COLOR"):
            print(f"\033[1m{plain(text)}\033[0m")
        else:
            self.say(text)

    def complain(self, text: str) -> None:
        """A line on the error output."""
        print(plain(text), file=sys.stderr)

    def letter(self, to: str, subject: str, text: str) -> None:
        """A letter; on a terminal its long lines are folded and stand in a little."""
        lines = [f"To: {to}", f"Subject: {subject}", "", *text.rstrip().splitlines()]
        if self.terminal:
            import textwrap

            room = min(_room() - 4, 76)
            lines = [f"  {part}" for line in lines for part in textwrap.wrap(plain(line), max(room, 20)) or [""]]
        self.say("\n".join(lines))
        self.say()

    def json(self, value: Any, *, long: bool = False) -> None:
        """A value as JSON; a `long` one by a library that is worth its loading then."""
        wide = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
        if long and wide:
            from watcher.store.codec import laid_out

            print(laid_out(value))
        else:
            print(json.dumps(value, indent=2, ensure_ascii=not wide))

    def table(
        self, columns: Sequence[str], rows: Sequence[Sequence[Cell]], stacks: Sequence[Sequence[int]] | None = None
    ) -> None:
        """A table: drawn on a terminal; else lines with aligned columns, never cut.

        `stacks` names columns (by number) to put under each other where the terminal is too narrow for all of them.
        """
        cells = [[Cell(" ".join(plain(cell.text).split()), cell.tone) for cell in row] for row in rows]
        if self.terminal:
            whole = [max(map(width, column)) for column in _columns(columns, cells)]
            if stacks is None or sum(whole) + 3 * len(whole) <= _room():
                stacks = [(number,) for number in range(len(columns))]
            self._draw(
                [columns[stack[0]] for stack in stacks], [[[row[n] for n in s] for s in stacks] for row in cells]
            )
            return
        widths = [max(map(width, column)) for column in _columns(columns, cells)]
        for row in ([*columns], *([cell.text for cell in row] for row in cells)):
            print("  ".join(pad(text, size) for text, size in zip(row, widths, strict=True)).rstrip())

    def _draw(self, columns: Sequence[str], rows: Sequence[Sequence[Sequence[Cell]]]) -> None:
        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        stacked = any(len(stack) > 1 for row in rows for stack in row)
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, int(stacked), 0))
        for column in columns:
            table.add_column(column, overflow="fold", vertical="top")
        for row in rows:
            table.add_row(
                *(
                    Text("\n").join(Text(cell.text, style=TONES.get(cell.tone, "")) for cell in stack if cell.text)
                    for stack in row
                )
            )
        colours: dict[str, Any] = {"color_system": None} if self._environ.get("NO_COLOR") else {}
        Console(file=sys.stdout, **colours).print(table)


class Progress:
    """A progress bar on the error output, drawn only for folders worth waiting for and only for a person."""

    WORTH_IT = 500  # messages

    def __init__(self, screen: Screen) -> None:
        self._watched = screen.watched
        self._bar: Any = None
        self._tasks: dict[tuple[str, str], Any] = {}

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, account: str, folder: str, done: int, total: int) -> None:
        """`done` of `total` messages of a folder have been seen."""
        if not self._watched or total < self.WORTH_IT:
            return
        if self._bar is None:
            from rich.console import Console
            from rich.progress import Progress as Bar

            self._bar = Bar(console=Console(file=sys.stderr), transient=True)
            self._bar.start()
        key = (account, folder)
        if key not in self._tasks:
            from rich.markup import escape

            self._tasks[key] = self._bar.add_task(escape(plain(f"{account} {folder}")), total=total)
        self._bar.update(self._tasks[key], completed=done, total=total)


def plain(text: str) -> str:
    """`text` without what would command a terminal or turn the direction of reading: mail may hold either."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf", "Cs") or c == "\u200d" else "" for c in text
    )


def _columns(names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Iterator[tuple[str, ...]]:
    return zip(names, *([cell.text for cell in row] for row in rows), strict=True)


def _room() -> int:
    import shutil

    return shutil.get_terminal_size().columns


def width(text: str) -> int:
    """How many columns `text` takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in ("W", "F") else 1 for c in text
    )


def pad(text: str, size: int) -> str:
    """`text` with spaces up to `size` columns."""
    return text + " " * (size - width(text))
