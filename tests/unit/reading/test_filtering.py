"""The filter before the phrase rules: it may let through too much, but it never hides a match."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.knowledge.loader import load
from watcher.knowledge.needs import fragments, needs, needs_of_lists, offers, words_in
from watcher.knowledge.patterns import anchored, fill, fill_slots, fold
from watcher.reading.filtering import NEVER, REMEMBERED, AnyOf, Filter, Sought, places
from watcher.reading.spans import span_words

BOOK = load()
MESSAGES = Path(__file__).parents[3] / "fixtures" / "training"
PATTERNS = {
    language: [
        (rule.id, source, re.compile(anchored(pattern)))
        for rule in pack.phrases
        for source, pattern in zip(rule.sources, rule.any, strict=True)
    ]
    for language, pack in BOOK.packs.items()
}
LINES = [fold(line) for pack in BOOK.packs.values() for rule in pack.phrases for line in (*rule.yes, *rule.no)]
PIECES = sorted({piece for line in LINES for piece in re.findall(r"\S+", line)})


@cache
def a_filter(language: str) -> Filter:
    found = Filter()
    lists = needs_of_lists(BOOK.packs[language].lists)
    for _, source, _ in PATTERNS[language]:
        found.add(needs(source, lists))
    return found


def hidden(language: str, text: str) -> list[str]:
    """The rules whose pattern matches `text` though the filter says that it cannot."""
    passing = set(places(a_filter(language).passing(text)))
    return [
        f"{rule}: {source}"
        for at, (rule, source, pattern) in enumerate(PATTERNS[language])
        if at not in passing and pattern.search(text)
    ]


def some_sentences() -> Iterator[str]:
    files = sorted(MESSAGES.glob("*.yaml"))
    assert files
    for file in files:
        rows = yaml.load(file.read_text("utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader)) or []
        for row in rows[::100]:
            yield from (fold(" ".join(part.split())) for part in re.split(r"[.!?]\s+|\n\n", str(row.get("body", ""))))


@pytest.mark.parametrize("language", sorted(PATTERNS))
def test_no_line_of_a_rule_is_hidden_from_any_pattern(language: str) -> None:
    assert [(line, rules) for line in LINES if (rules := hidden(language, line))] == []


@pytest.mark.parametrize("language", sorted(PATTERNS))
def test_no_sentence_of_real_mail_is_hidden_from_any_pattern(language: str) -> None:
    assert [(line, rules) for line in some_sentences() if (rules := hidden(language, line))] == []


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(PATTERNS)),
    st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=14),
    st.sampled_from([" ", "", "-", ". "]),
)
def test_no_made_up_sentence_is_hidden_from_any_pattern(language: str, pieces: list[str], glue: str) -> None:
    assert hidden(language, fold(glue.join(pieces))) == []


@pytest.mark.parametrize("language", sorted(PATTERNS))
def test_few_patterns_are_left_to_try(language: str) -> None:
    tried = sum(a_filter(language).passing(line).bit_count() for line in LINES)
    assert tried < 0.02 * len(LINES) * len(PATTERNS[language])


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("(?:we|they) (?:have )?chosen {others}", "they chosen another"),
        ("(?:the )?(?:job|post)s? (?:is|was) gone", "jobs was gone"),
        ("[0-9]{2,3}k", "a50k"),
        ("[0-9]{2,3}k", "50k"),
        ("interested\\?", "interested?"),
        ("cvs?|resume", "my resumes"),
        ("(?:[a-z]+ ){0,3}?(?:offer|contract)s? ?letter", "our offerletter"),
        ("not (?:re-?)?open(?:ed|ing)?\\b", "not reopened"),
        ("£ ?[0-9]+", "for £ 20"),
        ("(?:it|this)[^.]{0,9}moved?\\b", "its removed"),
        ("(?:x|)yes", "yes"),
        ("(?!no)y.s", "yes"),
        ("(?P<who>we) do", "we do"),
        ("a*b{0,2}c{1,2}", "c"),
        ("süß|gro(?:ß|ss) genug", "gross genug"),
    ],
)
def test_what_a_pattern_needs_is_there_where_it_matches(pattern: str, text: str) -> None:
    lists = {"others": ("another", "someone else")}
    slots = {"others": fill_slots(lists["others"], {})}
    assert re.search(anchored(fill(pattern, slots)), text)
    found = Filter()
    found.add(needs(pattern, needs_of_lists(lists)))
    assert found.passing(text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("you have been shortlisted", "you have been told"),
        ("(?:the )?(?:job|post) is gone", "the position is gone"),
        ("(?:we|they) (?:took|chose) {others}", "we took nobody"),
        ("offer letter", "offering a letter"),
        ("[0-9]{2,3}k", "like"),
        ("are you in\\?", "you are in"),
        ("it[^.]{0,9}(?:moved|shifted)", "it is over"),
    ],
)
def test_a_pattern_is_not_tried_where_a_word_is_lacking(pattern: str, text: str) -> None:
    found = Filter()
    found.add(needs(pattern, needs_of_lists({"others": ("another", "someone else")})))
    assert not found.passing(text)


def test_the_most_telling_need_comes_first() -> None:
    assert needs("you have been shortlisted", {})[0] == {"shortlis"}


def test_a_word_list_laid_over_by_the_user_hides_nothing_of_ours(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "slots.toml").write_text('interview = ["kaffeeklatsch"]\n', encoding="utf-8")
    pack = load(tmp_path).english
    lists = needs_of_lists(pack.lists)
    for rule in pack.phrases:
        for source, pattern in zip(rule.sources, rule.any, strict=True):
            if "{interview}" in source and re.search(anchored(pattern), "your interview is confirmed for monday at 10"):
                found = Filter()
                found.add(needs(source, lists))
                assert found.passing("your interview is confirmed for monday at 10")


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        (r"\b(?:this|next) (?P<unit>week|month)\b", ("month", "week")),
        (r"(?:over the )?weekend", ("week",)),
        (r"[0-9]{1,2} days?", ("day",)),
        (r"(?:soon)?", ()),
        (r"\d+", ()),
    ],
)
def test_the_letters_that_a_pattern_cannot_do_without(pattern: str, letters: tuple[str, ...]) -> None:
    assert fragments(pattern) == letters


@pytest.mark.parametrize("language", [language for language, pack in BOOK.packs.items() if "days" in pack.tables])
def test_a_stretch_of_days_is_sought_wherever_it_stands(language: str) -> None:
    tables = BOOK.packs[language].tables
    words = span_words(tables["days"], tables["times"])
    sought = [each for part in (words, words.stretches) for each in vars(part).values() if isinstance(each, Sought)]
    plain = [re.compile(str(each._pattern)) for each in sought]
    texts = [*some_sentences(), "bis ende nächster woche", "early next week", "the week after easter", "kw 12"]
    for each, pattern in zip(sought, plain, strict=True):
        for text in texts:
            assert [found.span() for found in each.finditer(text)] == [m.span() for m in pattern.finditer(text)]


def test_what_is_sought_nowhere_is_not_found() -> None:
    assert not list(Sought(NEVER).finditer("anything"))


def test_marks_count_as_words() -> None:
    assert words_in("at £9, ok?") == {"at", "9", "ok", "£", "?"}
    assert {"#", "~#", "9 "} <= offers("9")


def test_the_words_remembered_are_no_more_than_so_many() -> None:
    found = Filter()
    found.add(needs("gone", {}))
    for number in range(REMEMBERED + 10):
        found.passing(f"word{number} gone")
    assert len(found._words) <= REMEMBERED
    assert found.passing("gone") == 1


@pytest.mark.parametrize("name", ["promise", "demand"])
@pytest.mark.parametrize("language", [language for language, pack in BOOK.packs.items() if "days" in pack.tables])
def test_any_of_some_patterns_is_found_where_one_of_them_matches(language: str, name: str) -> None:
    patterns = BOOK.packs[language].tables["days"][name]
    quick, slow = AnyOf(patterns), re.compile("|".join(patterns))
    lines = [*LINES, *some_sentences()]
    assert any(slow.search(line) for line in lines)
    assert [line for line in lines if quick.search(line) != bool(slow.search(line))] == []
