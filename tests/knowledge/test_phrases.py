"""Every rule's own lines: those it must match and those it must not."""

from importlib.resources import files

import pytest

from watcher.knowledge.loader import inspect, load
from watcher.knowledge.model import PhraseRule
from watcher.reading.model import Speaker
from watcher.reading.phrases import Phrasebook

BOOK = load()
LINES = [
    (language, rule, line, wanted)
    for language, pack in BOOK.packs.items()
    for rule in pack.phrases
    for wanted, lines in ((True, rule.yes), (False, rule.no))
    for line in lines
]


def fires(language: str, rule: PhraseRule, line: str) -> bool:
    book = PHRASEBOOKS[language]
    speaker = Speaker.ME if rule.speaker == "me" else Speaker.ROBOT if rule.speaker == "robot" else Speaker.HUMAN
    subject = line if rule.where == "subject" else ""
    sentences = [] if subject else book.sentences(line)
    return any(hit.rule.id == rule.id for hit in book.hits(subject, sentences, speaker))


PHRASEBOOKS = {language: Phrasebook.of(pack) for language, pack in BOOK.packs.items()}


@pytest.mark.parametrize(
    ("language", "rule", "line", "wanted"), LINES, ids=[f"{rule.id}: {line[:50]}" for _, rule, line, _ in LINES]
)
def test_a_rule_matches_its_lines_and_only_those(language: str, rule: PhraseRule, line: str, wanted: bool) -> None:
    assert fires(language, rule, line) is wanted


def test_every_rule_brings_a_line_it_must_match_and_a_sentence_for_the_user() -> None:
    bare = [rule.id for pack in BOOK.packs.values() for rule in pack.phrases if not rule.yes or not rule.why]
    assert bare == []


def test_the_shipped_knowledge_has_no_fault() -> None:
    assert [str(problem) for problem in inspect(files("watcher.knowledge"))] == []
