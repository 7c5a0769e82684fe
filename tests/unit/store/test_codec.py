from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.store.makings import NOON, header
from watcher.draft.model import Placement
from watcher.errors import StoreDamaged
from watcher.message.model import Body, Header, Message
from watcher.opportunity.model import Identity, Word
from watcher.reading.model import Reading
from watcher.store.codec import decode, encode, laid_out

_OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))

# What the models are made of; hypothesis builds the dataclasses from their own annotations.
st.register_type_strategy(str, st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
st.register_type_strategy(float, st.floats(0, 1))
st.register_type_strategy(
    datetime,
    st.builds(
        lambda seconds, zone: datetime.fromtimestamp(seconds, zone),
        st.floats(1e6, 4e9).map(lambda s: round(s, 6)),
        _OFFSETS,
    ),
)
st.register_type_strategy(date, st.dates(date(1970, 1, 1), date(2100, 1, 1)))
st.register_type_strategy(time, st.times())
st.register_type_strategy(timedelta, st.timedeltas(timedelta(days=-400), timedelta(days=400)))
st.register_type_strategy(Mapping, lambda kind: st.dictionaries(*map(st.from_type, kind.__args__), max_size=3))


@pytest.mark.parametrize("kind", [Header, Body, Message, Reading, Placement, Word, Identity])
def test_every_value_comes_back_as_it_was(kind: type[Any]) -> None:
    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.from_type(kind))
    def comes_back(value: Any) -> None:
        assert decode(encode(value), kind) == value

    comes_back()


def test_an_instant_keeps_the_writers_offset() -> None:
    there = datetime(2026, 3, 17, 9, 0, tzinfo=timezone(timedelta(hours=-4)))
    back = decode(encode(header("m1", at=there)), Header)
    assert back.date.utcoffset() == timedelta(hours=-4)
    assert back.date == there


def test_a_field_that_came_later_takes_its_default() -> None:
    older = '{"verb":"note","value":"their tea","said_at":"2026-03-17T12:00:00Z"}'
    assert decode(older, Word) == Word("note", "their tea", NOON)


def test_a_field_that_is_no_longer_known_is_passed_over() -> None:
    newer = '{"verb":"note","value":"their tea","said_at":"2026-03-17T12:00:00Z","mood":"warm"}'
    assert decode(newer, Word) == Word("note", "their tea", NOON)


def test_undecodable_bytes_of_a_header_do_not_stop_it_from_being_kept() -> None:
    back = decode(encode(header("m1", subject="Caf\udce9")), Header)
    assert back.subject == "Caf\ufffd"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"verb": 3}'])
def test_nonsense_is_called_damage(text: str) -> None:
    with pytest.raises(StoreDamaged) as caught:
        decode(text, Word)
    assert caught.value.remedy


def test_a_plain_document_is_encoded_with_the_values_of_models_in_it() -> None:
    assert encode({"at": datetime(2026, 3, 17, 12, tzinfo=UTC), "ids": ("a", "b")}) == (
        '{"at":"2026-03-17T12:00:00Z","ids":["a","b"]}'
    )


def test_what_is_laid_out_is_what_json_makes_of_it_with_an_indent() -> None:
    value = {
        "name": "Zoë \u2019 \U0001f600",
        "none": None,
        "empty": [[], {}],
        "numbers": [1, 0.97, True],
        "deep": {"a": ["b"]},
    }
    assert laid_out(value) == json.dumps(value, indent=2, ensure_ascii=False)
