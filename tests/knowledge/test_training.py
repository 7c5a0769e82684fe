"""The made-up messages that the linear model learns from, and the weights made of them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
import yaml

from tools.training import SAYS, digest, rows
from watcher.app import knowledge
from watcher.reading.model import Act, Says
from watcher.reading.words import CANDIDATE, HIRING, HIRING_MINE, MAGIC, Words

FOLDER = Path(__file__).parents[2] / "fixtures" / "training"
FIELDS = {"says", "sender", "subject", "body", "thread", "about", "headers", "acts"}
LARGEST = 2_000_000  # bytes of one language's weights


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_training_message_has_a_label_and_a_text(file: Path) -> None:
    for number, row in enumerate(yaml.load(file.read_text("utf-8"), yaml.CSafeLoader)):
        assert row.keys() <= FIELDS, number
        assert Says(row["says"]), number
        assert isinstance(row["body"], str), number
        assert "about" not in row or (row["about"], row["says"]) == ("other", "sent"), number
        assert ("acts" in row) is (row["says"] == "sent"), number
        assert all(Act(act) for act in row.get("acts", ())), number


def test_no_training_message_is_there_twice() -> None:
    for language in ("en", "de"):
        texts = Counter(" ".join(row["body"].split()) for _, _, row in rows(FOLDER, language) if len(row["body"]) > 40)
        assert [text for text, count in texts.items() if count > 1] == []


def test_every_label_has_many_messages_of_many_writers() -> None:
    found: dict[str, set[str]] = {}
    count = Counter(row["says"] for _, _, row in rows(FOLDER, "en"))
    for _, writer, row in rows(FOLDER, "en"):
        found.setdefault(row["says"], set()).add(writer)
    assert all(count[says.value] >= 80 for says in Says)
    assert all(len(writers) >= 5 for writers in found.values())
    assert sum(count.values()) >= 2000


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_shipped_weights_were_made_of_these_messages(language: str) -> None:
    pack = knowledge().packs[language]
    for data in (pack.words, pack.acts):
        head = json.loads(data[len(MAGIC) : data.index(b"\n", len(MAGIC))])
        assert head["made_of"] == digest(FOLDER, language), "run `make model`"


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_shipped_weights_are_small_and_know_every_label(language: str) -> None:
    data = knowledge().packs[language].words
    assert len(data) <= LARGEST
    words = Words.unpack(data)
    assert set(words.columns) == {HIRING, HIRING_MINE, CANDIDATE, *(says.value for says in SAYS)}
    assert set(words.agreement) >= {"mine", "theirs", *(says.value for says in SAYS)}


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_weights_of_acts_know_every_act(language: str) -> None:
    words = Words.unpack(knowledge().packs[language].acts)
    assert set(words.columns) == {act.value for act in Act}
    assert set(words.agreement) == {act.value for act in Act}
