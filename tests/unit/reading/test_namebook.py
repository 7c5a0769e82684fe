"""Lists of phrases as patterns: the longest wins, however the pattern is put together."""

import re

from hypothesis import given
from hypothesis import strategies as st

from watcher.reading.namewords import alternatives

PHRASES = st.lists(st.text("ab. (", min_size=1, max_size=5), min_size=1, max_size=8)


def plain(phrases: list[str]) -> str:
    return "|".join(re.escape(phrase) for phrase in sorted(set(phrases), key=len, reverse=True))


@given(PHRASES, st.text("ab. (", max_size=12))
def test_the_longest_phrase_wins_wherever_one_stands(phrases: list[str], text: str) -> None:
    for frame in ("{}", "({}) ", "(?:{})b"):
        quick, slow = re.compile(frame.format(alternatives(phrases))), re.compile(frame.format(plain(phrases)))
        assert [found.span() for found in quick.finditer(text)] == [found.span() for found in slow.finditer(text)]


def test_phrases_that_begin_alike_are_looked_at_once() -> None:
    assert alternatives(["role", "roles", "post"]) == "post|role(?:s)?"
