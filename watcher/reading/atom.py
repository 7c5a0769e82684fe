"""What a text is cut into to find days and hours: a word or number that may be part of a time."""

from __future__ import annotations

from dataclasses import dataclass

# Kinds of atom. Numbers that cannot be part of a time are JUNK: they keep their neighbours apart.
WEEKDAY, MONTH, NUMBER, CLOCK, DATE, ISO, WORD, JUNK = (
    "weekday",
    "month",
    "number",
    "clock",
    "date",
    "iso",
    "word",
    "junk",
)


@dataclass(slots=True)
class Atom:
    """A word or number that may be part of a time.

    `n`, `m`, `y` hold what the kind needs: weekday (0 is Monday), month (1 to 12), number, hour and minute, the two
    numbers of a numeric date and its year (0 where there is none). `flag`: for a clock "am", "pm", "24" (certain)
    or ""; for a number "ordinal", "word", "year", "hours", "quantity" or ""; for a date its separator; for a word its
    part; "weak" for a weekday that may be an ordinary word. `joined` says that a dash joins it to the next as a range.
    """

    kind: str
    start: int
    end: int
    n: int = 0
    m: int = 0
    y: int = 0
    flag: str = ""
    joined: bool = False
