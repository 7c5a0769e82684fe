"""The linear model: what it reads of a message, and how its packed weights are added up."""

from __future__ import annotations

import json
import math

import pytest

from watcher.reading.model import Says
from watcher.reading.words import HIRING, HIRING_MINE, LIFT, LONGEST, MAGIC, Words, evened, terms

COLUMNS = (HIRING, HIRING_MINE, "rejection", "offer")


def packed(rows: dict[str, tuple[int, int, int, int]], bias: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)) -> bytes:
    """A model of few words, all equally rare; one unit of weight is 0.1."""
    names = sorted(rows)
    head = {
        "columns": COLUMNS,
        "scales": [0.1] * 4,
        "bias": bias,
        "sign": 0.5,
        "rarity": [0.0, 1.0],
        "vocabulary": len("\n".join(names).encode()),
        "agreement": {},
    }
    table = bytes(weight + LIFT for name in names for weight in rows[name])
    return MAGIC + json.dumps(head).encode() + b"\n" + "\n".join(names).encode() + table + bytes(len(names))


def test_words_and_pairs_are_read_once_each_with_those_of_subject_and_sender_marked() -> None:
    found = terms("the post", "we chose, we chose", "jo bell")
    assert found == ["we", "chose", "we chose", "chose we", "s:the", "s:post", "s:the post", "f:jo", "f:bell"]


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("see https://a.example/x?y=1", "0link"),
        ("to jo.bell@a.example", "0mail"),
        ("for £32,000", "0money"),
        ("at 14:30", "0time"),
        ("at 9am", "0time"),
        ("on the 4th", "0date"),
        ("on 04/05/2026", "0date"),
        ("room 17", "0number"),
    ],
)
def test_what_differs_from_mail_to_mail_is_read_by_its_shape(text: str, shape: str) -> None:
    assert shape in terms("", text, "")


def test_of_a_long_text_only_the_beginning_is_read() -> None:
    assert "end" not in terms("", "word " * LONGEST + "end", "")


def test_the_weights_of_known_words_are_added_up_and_unknown_ones_are_passed_over() -> None:
    words = Words.unpack(packed({"chose": (20, 0, 50, -50), "you": (10, 0, -30, 30)}, (1.0, 0.0, 0.0, 0.0)))
    opinion = words.judge(["chose", "you", "zebra"], [])
    assert opinion.hiring == pytest.approx(1.0 + 0.1 * 30 * evened(2.0))
    assert opinion.likeliest is Says.REJECTION
    assert opinion.says[Says.REJECTION] == pytest.approx(1 / (1 + math.exp(-0.1 * 40 * evened(2.0))))


def test_a_sign_of_structure_weighs_the_same_however_long_the_text_is() -> None:
    words = Words.unpack(packed({"@bulk": (-40, 0, 0, 0), "a": (0, 0, 0, 0), "b": (0, 0, 0, 0)}))
    assert words.judge(["a", "b"], ["bulk"]).hiring == pytest.approx(-2.0)
    assert words.judge([], ["bulk", "unheard of"]).hiring == pytest.approx(-2.0)


def test_of_the_users_own_mail_it_tells_only_whether_it_is_about_a_job() -> None:
    words = Words.unpack(packed({"hire": (90, -90, 10, 0)}))
    opinion = words.judge(["hire"], [], mine=True)
    assert opinion.hiring == pytest.approx(-9.0)
    assert not opinion.says
    assert opinion.likeliest is None


def test_the_words_that_spoke_loudest_for_the_likeliest_meaning_are_its_evidence() -> None:
    words = Words.unpack(
        packed({"chose": (0, 0, 50, 0), "them": (0, 0, 90, 0), "you": (0, 0, -30, 0), "s:no": (0, 0, 99, 0)})
    )
    opinion = words.judge(["chose", "them", "you", "s:no"], [])
    assert [each.words for each in opinion.words] == ["them", "chose"]


def test_a_file_that_is_no_model_is_refused() -> None:
    with pytest.raises(ValueError, match="no file of packed words"):
        Words.unpack(b"something else")
