"""Knowledge files: laid over one another, checked, and every fault told at once."""

from pathlib import Path

import pytest

from watcher.errors import KnowledgeError
from watcher.knowledge.loader import load

RULE = '[[rule]]\nid = "{id}"\nsignal = "{signal}"\nstrength = "strong"\nany = ["{any}"]\n'


def overlay(folder: Path, text: str, name: str = "mine.toml") -> Path:
    (folder / "en" / "phrases").mkdir(parents=True, exist_ok=True)
    (folder / "en" / "phrases" / name).write_text(text, encoding="utf-8")
    return folder


def test_the_shipped_knowledge_loads() -> None:
    book = load()
    assert len(book.english.phrases) > 80
    assert len(book.senders) >= 60
    assert "grammar" in book.english.tables
    assert any(name.endswith(".j2") for name in book.english.letters)


def test_a_rule_of_the_users_replaces_ours_by_id(tmp_path: Path) -> None:
    ours = load()
    text = RULE.format(id="en.rejection.another_way", signal="rejection", any="wrong tree")
    book = load(overlay(tmp_path, text))
    assert len(book.english.phrases) == len(ours.english.phrases)
    assert next(r for r in book.english.phrases if r.id == "en.rejection.another_way").any == ("wrong tree",)
    assert book.digest != ours.digest


def test_a_rule_of_the_users_may_use_our_word_lists(tmp_path: Path) -> None:
    book = load(overlay(tmp_path, RULE.format(id="mine", signal="offer", any="here is your {job}")))
    rule = next(r for r in book.english.phrases if r.id == "mine")
    assert "{job}" not in rule.any[0]


def test_tables_are_laid_over_key_by_key(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "grammar.toml").write_text('negation = ["nope"]\n', encoding="utf-8")
    grammar = load(tmp_path).english.tables["grammar"]
    assert grammar["negation"] == ["nope"]
    assert grammar["condition"]


def test_a_sender_of_the_users_is_added(tmp_path: Path) -> None:
    (tmp_path / "senders.toml").write_text(
        '[[sender]]\nid = "acorn"\nkind = "ats"\ndomains = ["acorn.example"]\n', encoding="utf-8"
    )
    assert any(rule.id == "acorn" for rule in load(tmp_path).senders)


def test_every_fault_is_told_at_once_with_file_rule_and_field(tmp_path: Path) -> None:
    text = (
        RULE.format(id="one", signal="nonsense", any="x")
        + RULE.format(id="two", signal="offer", any="(a+)+")
        + RULE.format(id="three", signal="offer", any="{nowhere}")
        + '[[rule]]\nid = "four"\nsignal = "offer"\nstrength = "strong"\nwhat = 1\n'
    )
    with pytest.raises(KnowledgeError) as caught:
        load(overlay(tmp_path, text))
    told = str(caught.value)
    for words in ("mine.toml", "one.signal", "two.any", "three.any", "four.any", "four.what"):
        assert words in told


def test_a_file_that_is_no_toml_is_told(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError, match=r"mine\.toml"):
        load(overlay(tmp_path, "[[rule"))


def test_the_digest_stays_where_nothing_changes() -> None:
    assert load().digest == load().digest
