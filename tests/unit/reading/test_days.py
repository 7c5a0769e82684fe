from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.knowledge.loader import load
from watcher.reading.days import named_day, return_day
from watcher.reading.feasts import easter
from watcher.reading.model import ReadingSettings

RULES = load()
SENT = datetime.fromisoformat("2026-03-11T10:00:00-04:00")  # a Wednesday
US = ReadingSettings("Alex", (), "America/New_York", "US", day_first=False)
UK = ReadingSettings("Alex", (), "Europe/London", "GB")


def day(text: str, sent: datetime = SENT, user: ReadingSettings = US) -> str | None:
    found = named_day(text, sent, user, RULES.english)
    return found.day.isoformat() if found else None


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("We'll get back to you by Friday.", "2026-03-13"),
        ("Results will be posted on 20 March and candidates will be contacted.", "2026-03-20"),
        ("The panel couldn't meet, so we now need until Friday 20 March.", "2026-03-20"),
        ("You'll hear from us by the end of next week.", "2026-03-20"),
        ("I'll let you know by the end of the week.", "2026-03-13"),
        ("We will be in touch early next week.", "2026-03-17"),
        ("You should hear from us next week.", "2026-03-20"),
        ("Expect a decision in the middle of next week.", "2026-03-18"),
        ("I'll come back to you week commencing 23 March.", "2026-03-27"),
        ("I'll come back to you in two weeks.", "2026-03-25"),
        ("We'll let you know in a fortnight.", "2026-03-25"),
        ("You will hear from us within 5-7 business days.", "2026-03-20"),
        ("You will hear from us within five working days.", "2026-03-18"),
        ("We'll contact you within 10 days.", "2026-03-21"),
        ("We'll contact you within 48 hours.", "2026-03-13"),
        ("I'll write to you before the week is out.", "2026-03-13"),
        ("You'll hear from me a week today.", "2026-03-18"),
        ("You'll hear from me Monday week.", "2026-03-23"),
        ("You'll have our answer after Easter.", "2026-04-07"),
        ("We decide by month end.", "2026-03-31"),
        ("We expect to make a decision in the first week of June.", "2026-06-05"),
        ("You will hear from us in early April.", "2026-04-03"),
        ("If you hear nothing by the 14th, assume it went to somebody else.", "2026-03-14"),
        ("You will have our answer by close of play Friday.", "2026-03-13"),
        ("I need two weeks, then I can give you an answer.", "2026-03-25"),
        ("We should have made up our minds by Tuesday.", "2026-03-17"),
        ("Feedback goes out to everybody no later than 20 March.", "2026-03-20"),
        ("The panel sits on the 18th; I shall write the day after.", "2026-03-19"),
        ("Bear with us until the end of the month and you'll have a proper reply.", "2026-03-31"),
        ("You should get word from Priya by the 25th.", "2026-03-25"),
        ("Should you not have had a call from us by Friday then you have not been successful.", "2026-03-13"),
        ("Don't expect anything before the 24th.", "2026-03-24"),
        ("It'll take us about ten days to get back to everyone.", "2026-03-21"),
        ("I'll email you by Friday lunchtime.", "2026-03-13"),
        ("You'll hear tomorrow or Friday.", "2026-03-13"),
        ("Once the panel has met on Thursday we'll be in touch.", "2026-03-13"),
        ("The board meets on the 12th and I'll write after that.", "2026-03-13"),
        ("They reopen it on Monday, April 6 and you'll hear from me that day.", "2026-04-06"),
        ("Candidates will be informed by 2 April.", "2026-04-02"),
        ("They turn these around in 3 business days. I will call you then.", "2026-03-16"),
    ],
)
def test_the_day_they_name_is_found(words: str, expected: str) -> None:
    assert day(words) == expected


def test_before_a_feast_is_the_day_before_it() -> None:
    assert (
        day("You'll have my answer before Thanksgiving.", datetime.fromisoformat("2026-11-12T09:00:00-05:00"))
        == "2026-11-25"
    )


def test_after_the_bank_holiday_is_the_working_day_after_it() -> None:
    sent = datetime.fromisoformat("2026-05-20T09:00:00+01:00")
    assert day("We'll be in touch after the bank holiday.", sent, UK) == "2026-05-26"


def test_in_the_new_year_is_the_friday_of_its_first_full_week() -> None:
    assert (
        day("We'll be back to you in the new year.", datetime.fromisoformat("2026-12-15T09:00:00-05:00"))
        == "2027-01-08"
    )


@pytest.mark.parametrize(
    "words",
    [
        "We'll be in touch soon.",
        "You'll hear from us in the coming days.",
        "We'll get back to you shortly, in a few weeks.",
        "Please let me know by Friday.",
        "Could you send us your documents by Friday?",
        "The test expires on Friday.",
        "I will call you on Friday at 10am.",
        "The job starts on 1 April.",
        "We made the decision on Monday.",
        "Please reply by Friday so that we can move on.",
        "See you on Friday.",
        "Your application was submitted on 11 March. Only candidates under consideration will be contacted.",
    ],
)
def test_vague_words_and_deadlines_for_the_reader_name_no_day(words: str) -> None:
    assert day(words) is None


def test_the_promise_counts_beside_a_deadline_for_the_reader() -> None:
    assert day("Please send your papers by Friday and we'll get back to you by the 24th.") == "2026-03-24"


def test_the_evidence_is_the_words_as_they_stand() -> None:
    found = named_day("We will let you know by Friday the 20th.", SENT, US, RULES.english)
    assert found
    assert found.evidence.words == "Friday the 20th"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("I'm away, back on Monday 23 March.", date(2026, 3, 23)),
        ("On leave until 20 March.", date(2026, 3, 23)),
        ("I am skiing. From Monday 23 March you can reach me again.", date(2026, 3, 23)),
        ("You can reach me again from 23 March.", date(2026, 3, 23)),
        ("I am out of the office through March 17.", date(2026, 3, 18)),
        ("Returning 16th. For urgent matters ring the desk.", date(2026, 3, 16)),
        ("I'm out Mar 12 - 16.", date(2026, 3, 17)),
        ("I read mail twice a day.", None),
    ],
)
def test_an_out_of_office_tells_when_its_writer_returns(words: str, expected: date | None) -> None:
    assert return_day(words, SENT, US, RULES.english) == expected


@pytest.mark.parametrize(
    ("year", "expected"), [(2024, "2024-03-31"), (2025, "2025-04-20"), (2026, "2026-04-05"), (2038, "2038-04-25")]
)
def test_easter_falls_where_the_almanac_says(year: int, expected: str) -> None:
    assert easter(year).isoformat() == expected


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_no_text_makes_it_raise(text: str) -> None:
    day("we will let you know " + text)
    return_day("back " + text, SENT, US, RULES.english)


@given(
    st.dates(date(2026, 3, 12), date(2026, 12, 31)),
    st.sampled_from(["{0:%A} {0.day} {0:%B}", "{0:%B} {0.day}, {0.year}", "{0:%Y-%m-%d}"]),
)
@settings(max_examples=100, deadline=None)
def test_a_formatted_day_comes_back_equal(when: date, style: str) -> None:
    assert day(f"You will hear from us by {style.format(when)}.") == when.isoformat()
