"""Every key of a TOML text is found on its line."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from watcher.config.lines import locate, nearest

TEXT = '''# a comment with [table] and key = 1
drafting = "auto"   # and "quotes"

[you]
name = "Alex [Morgan] = # no"
addresses = [
    "a@b.example",  # one ]
    "c@d.example",
]
long = """
[not.a.table]
nor = "a key"
"""
'quoted key' = 'C:\\path'

[follow_up]
after_interview = 3
attempts.after_interview = 1
[follow_up.companies."Harbour & Finch"]
after_reply = "off"

[[accounts]]
name = "one"
[[accounts]]
name = "two"
path = "x"
[accounts.extra]
deep = true
'''


def test_keys_are_found_on_their_lines() -> None:
    tomllib.loads(TEXT)
    lines = {path: TEXT.split("\n")[line - 1] for path, line in locate(TEXT).items()}
    assert lines[("drafting",)].startswith("drafting")
    assert lines[("you",)] == "[you]"
    assert lines[("you", "name")].startswith("name")
    assert lines[("you", "addresses")] == "addresses = ["
    assert lines[("you", "quoted key")].startswith("'quoted key'")
    assert lines[("follow_up", "attempts", "after_interview")].startswith("attempts.")
    assert lines[("follow_up", "companies", "Harbour & Finch", "after_reply")].startswith("after_reply")
    assert lines[("accounts", 0, "name")] == 'name = "one"'
    assert lines[("accounts", 1, "name")] == 'name = "two"'
    assert lines[("accounts", 1, "extra", "deep")] == "deep = true"
    assert ("not", "a", "table") not in lines
    assert ("you", "nor") not in lines


def test_lines_hold_where_the_file_has_windows_line_ends() -> None:
    assert locate(TEXT.replace("\n", "\r\n")) == locate(TEXT)


def test_a_missing_key_is_placed_at_the_table_that_should_hold_it() -> None:
    places = locate(TEXT)
    assert nearest(places, ("accounts", 1, "host")) == places[("accounts", 1)]
    assert nearest(places, ("nowhere",)) is None


NAMES = st.text("abcdefgh_-", min_size=1, max_size=8)
VALUES = st.one_of(st.integers(), st.booleans(), st.text("abc[]#'=\" {}", max_size=12))


@given(st.dictionaries(NAMES, st.dictionaries(NAMES, VALUES, max_size=4), max_size=4))
def test_every_key_of_a_written_file_is_found(tables: dict[str, dict[str, object]]) -> None:
    import json

    lines: list[str] = []
    expected = {}
    for name, table in tables.items():
        lines.append(f"[{name}]")
        expected[(name,)] = len(lines)
        for key, value in table.items():
            lines += [f"# {key}", f"{key} = {json.dumps(value)}"]
            expected[(name, key)] = len(lines)
    assert locate("\n".join(lines)) == expected
