from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watcher.knowledge.loader import load
from watcher.reading.model import ReadingSettings, TimeMention, TimeUse
from watcher.reading.times import mentions

RULES = load()
NEW_YORK = ZoneInfo("America/New_York")
SENT = datetime(2026, 3, 11, 10, 0, tzinfo=NEW_YORK)  # a Wednesday
US = ReadingSettings("Alex", (), "America/New_York", day_first=False)
UK = ReadingSettings("Alex", (), "Europe/London")


def find(text: str, sent: datetime = SENT, user: ReadingSettings = US) -> tuple[TimeMention, ...]:
    return mentions(text, sent, user, RULES.english, RULES.tables["zones"])


def starts(text: str, sent: datetime = SENT, user: ReadingSettings = US) -> list[str]:
    return [mention.start.isoformat() for mention in find(text, sent, user) if mention.start]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Thursday 12th at half two", "2026-03-12T14:30:00-04:00"),
        ("Tue 3/17 at 2pm", "2026-03-17T14:00:00-04:00"),
        ("tomorrow at nine", "2026-03-12T09:00:00-04:00"),
        ("tomorrow at quarter past ten", "2026-03-12T10:15:00-04:00"),
        ("tomorrow at quarter to ten", "2026-03-12T09:45:00-04:00"),
        ("Friday, ten to nine", "2026-03-13T08:50:00-04:00"),
        ("Friday at two thirty", "2026-03-13T14:30:00-04:00"),
        ("Monday half nine", "2026-03-16T09:30:00-04:00"),
        ("Monday at half past eight", "2026-03-16T08:30:00-04:00"),
        ("Tuesday noon", "2026-03-17T12:00:00-04:00"),
        ("12 March at 14.30hrs", "2026-03-12T14:30:00-04:00"),
        ("March 12th, 1.00pm", "2026-03-12T13:00:00-04:00"),
        ("at 1500 on Monday", "2026-03-16T15:00:00-04:00"),
        ("3 o'clock Tuesday", "2026-03-17T15:00:00-04:00"),
        ("Friday 10ish", "2026-03-13T10:00:00-04:00"),
        ("fri 3p, gate 2", "2026-03-13T15:00:00-04:00"),
        ("Mon 20 at 8", "2026-04-20T08:00:00-04:00"),
        ("the 5th of May at 11", "2026-05-05T11:00:00-04:00"),
        ("tomorrow, Thursday, 16:00", "2026-03-12T16:00:00-04:00"),
        ("Tuesday evening at 7", "2026-03-17T19:00:00-04:00"),
        ("7 in the evening on Tuesday", "2026-03-17T19:00:00-04:00"),
        ("Monday week at 10am", "2026-03-23T10:00:00-04:00"),
        ("next Monday at 10am", "2026-03-16T10:00:00-04:00"),
        ("Tuesday of next week at 10am", "2026-03-17T10:00:00-04:00"),
        ("a week on Friday at 10am", "2026-03-20T10:00:00-04:00"),
        ("MAR 19, 2026 (THU), 3PM", "2026-03-19T15:00:00-04:00"),
        ("2026-03-17T14:00:00Z", "2026-03-17T14:00:00+00:00"),
        ("Thursday 12.3. at 9 o'clock", "2026-03-12T09:00:00-04:00"),
    ],
)
def test_a_day_and_an_hour_in_words_are_one_instant(words: str, expected: str) -> None:
    assert starts(words) == [expected]


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        ("Tue 3/17 2-3pm ET", "14:00", "15:00"),
        ("Friday 10-10.45am", "10:00", "10:45"),
        ("Friday 11-1pm", "11:00", "13:00"),
        ("Friday 10 to 1", "10:00", "13:00"),
        ("Friday between 2 and 4", "14:00", "16:00"),
        ("Friday 9.30 AM to 12.30 PM", "09:30", "12:30"),
        ("When: Wed Jun 10, 2026 3:15pm – 3:45pm Mountain Time - Denver", "15:15", "15:45"),
    ],
)
def test_a_range_of_hours_gives_start_and_end(words: str, start: str, end: str) -> None:
    (mention,) = find(words)
    assert mention.start
    assert mention.end
    assert (mention.start.strftime("%H:%M"), mention.end.strftime("%H:%M")) == (start, end)


@pytest.mark.parametrize(
    ("words", "zone", "offset"),
    [
        ("Friday 2pm UK time", "Europe/London", 0),
        ("Friday 2pm CDT", "America/Chicago", -5),
        ("Friday 2pm central", "America/Chicago", -5),
        ("Friday 2pm PT", "America/Los_Angeles", -7),
        ("Friday 2pm (Europe/Berlin)", "Europe/Berlin", 1),
        ("Friday 2pm Dubai time", "Asia/Dubai", 4),
        ("Friday 2pm IST", "Asia/Kolkata", 5.5),
        ("Friday 2pm your time", "America/New_York", -4),
        ("Friday 2pm GMT+3", "", 3),
        ("Friday 2pm Mountain Time - Denver", "America/Denver", -6),
    ],
)
def test_a_zone_beside_the_hour_is_the_hours_zone(words: str, zone: str, offset: float) -> None:
    (mention,) = find(words)
    assert mention.start
    assert mention.zone == zone
    assert mention.start.utcoffset() == timedelta(hours=offset)
    assert mention.start.hour == 14


def test_standard_time_said_in_summer_means_the_local_clock() -> None:
    july = datetime(2026, 7, 6, 9, tzinfo=NEW_YORK)
    assert starts("Wednesday at 3pm EST", july) == ["2026-07-08T15:00:00-04:00"]


def test_ist_is_irish_for_a_user_in_dublin() -> None:
    sent = datetime(2026, 7, 6, 9, tzinfo=ZoneInfo("Europe/Dublin"))
    (mention,) = find("Wednesday 3pm IST", sent, ReadingSettings("A", (), "Europe/Dublin"))
    assert mention.zone == "Europe/Dublin"


def test_a_date_field_in_utc_leaves_the_hour_in_the_users_zone() -> None:
    assert starts("tomorrow at 3pm", SENT.astimezone(UTC)) == ["2026-03-12T15:00:00-04:00"]


def test_an_hour_beyond_a_clock_change_keeps_the_writers_local_clock() -> None:
    sent = datetime.fromisoformat("2026-03-20T10:00:00+01:00")  # Central Europe, before its change
    (mention,) = find("Tuesday 31 March at 11:00", sent)
    assert mention.start
    assert mention.start.astimezone(UTC).hour == 9


def test_tomorrow_is_the_writers_tomorrow() -> None:
    sent = datetime.fromisoformat("2026-03-11T21:00:00-07:00")  # already the 12th in London
    assert starts("tomorrow at 3", sent, UK) == ["2026-03-12T15:00:00-07:00"]


def test_the_users_country_decides_the_order_of_a_numeric_date() -> None:
    assert find("12/03 at 9am", user=US)[0].day == date(2026, 12, 3)
    assert find("12/03 at 9am", user=UK)[0].day == date(2026, 3, 12)


def test_a_weekday_beside_a_numeric_date_decides_its_order() -> None:
    assert find("Thursday 12/03 at 9am", user=US)[0].day in (date(2026, 12, 3), date(2026, 3, 12))
    assert find("Friday 04/10 at 9am", user=UK)[0].day == date(2026, 4, 10)


def test_a_date_that_can_be_read_one_way_shows_the_order_of_the_others() -> None:
    first, second = find("25/03 at 9am or 04/05 at 9am", user=US)
    assert (first.day, second.day) == (date(2026, 3, 25), date(2026, 5, 4))


def test_a_date_without_a_year_lies_in_the_coming_one() -> None:
    december = datetime(2025, 12, 20, 9, tzinfo=NEW_YORK)
    assert starts("Monday January 5 at 10am", december) == ["2026-01-05T10:00:00-05:00"]


def test_day_and_hour_on_lines_of_their_own_belong_together() -> None:
    (mention,) = find("Date: Tuesday 11 August 2026\nTime: 14:00 BST (15:00 CEST)", user=UK)
    assert mention.start == datetime(2026, 8, 11, 13, tzinfo=UTC)


def test_every_day_of_a_list_gets_the_hours_that_follow_it() -> None:
    assert starts("the 16th, 17th or 18th, at 8.30 or at 5") == [
        f"2026-03-{day}T{hour}:00-04:00" for day in (16, 17, 18) for hour in ("08:30", "17:00")
    ]


def test_every_line_of_a_list_of_slots_is_offered_by_itself() -> None:
    found = find("Which of these?\n1. Mar 16 (Mon) 1:00 PM\n2. Mar 18 (Wed) 9:30 AM")
    assert [m.start and m.start.strftime("%d %H:%M") for m in found] == ["16 13:00", "18 09:30"]


@pytest.mark.parametrize(
    ("words", "use"),
    [
        ("Your interview is confirmed for Friday at 2pm.", TimeUse.STANDS),
        ("Could you do Friday at 2pm?", TimeUse.OFFERED),
        ("Sorry, I can't make Friday at 2pm.", TimeUse.CANCELLED),
        ("Please submit it by Friday 5pm.", TimeUse.DEADLINE),
        ("Thanks for your time on Monday.", TimeUse.PAST),
    ],
)
def test_the_sentence_tells_what_a_time_is_mentioned_for(words: str, use: TimeUse) -> None:
    assert [mention.use for mention in find(words)] == [use]


def test_a_move_tells_the_old_time_from_the_new() -> None:
    old, new = find("We have to move it from Tuesday at 2 to Thursday at 3.")
    assert (old.use, new.use) == (TimeUse.MOVED_FROM, TimeUse.STANDS)


def test_a_weekday_in_a_thank_you_is_the_last_one() -> None:
    assert find("Thank you for meeting me on Monday.")[0].day == date(2026, 3, 9)


def test_thanks_in_the_same_sentence_do_not_make_an_invitation_past() -> None:
    assert find("Thank you for applying, could you come in on Monday at 2?")[0].day == date(2026, 3, 16)


def test_the_day_after_a_list_of_hours_is_the_day_of_all_of_them() -> None:
    found = find("We can do 10am, 11am or 2pm on Tuesday and 9am on Friday")
    assert [m.start and m.start.strftime("%d %H") for m in found] == ["17 10", "17 11", "17 14", "13 09"]
    assert {m.use for m in found} == {TimeUse.OFFERED}


def test_a_bare_number_before_a_day_is_an_hour() -> None:
    assert starts("10 on Tuesday works") == ["2026-03-17T10:00:00-04:00"]


def test_a_house_number_is_no_hour() -> None:
    assert starts("at 2 Harbour Street on Monday at 10") == ["2026-03-16T10:00:00-04:00"]


@pytest.mark.parametrize(
    ("words", "ordinal"),
    [
        ("The second slot works for me", 2),
        ("option B please", 2),
        ("Number 3 please", 3),
        ("the latter is good", -1),
        ("the first one works", 1),
        ("slot 2", 2),
    ],
)
def test_a_place_in_a_list_is_an_ordinal(words: str, ordinal: int) -> None:
    assert [mention.ordinal for mention in find(words)] == [ordinal]


@pytest.mark.parametrize(
    ("words", "shift"),
    [
        ("same time next week", timedelta(days=7)),
        ("an hour later", timedelta(hours=1)),
        ("push it back 30 minutes", timedelta(minutes=30)),
        ("bring it forward by half an hour", timedelta(minutes=-30)),
    ],
)
def test_a_distance_from_the_standing_time_is_a_shift(words: str, shift: timedelta) -> None:
    assert [mention.shift for mention in find(words)] == [shift]


def test_a_bare_answer_gives_the_part_it_has() -> None:
    assert [(m.clock, m.start) for m in find("10 works")] == [(time(10), None)]
    assert [(m.clock, m.start) for m in find("2pm is fine")] == [(time(14), None)]
    assert [(m.day, m.start) for m in find("Tuesday works best")] == [(date(2026, 3, 17), None)]
    assert [m.clock for m in find("can we bring it forward to 2")] == [time(14)]


@pytest.mark.parametrize(
    "words",
    [
        "call me on 07700 900173 or +1 412 555 0139",
        "$45/hr and 6 months",
        "support is 24/7, the job is 9 to 5",
        "in 5 minutes",
        "room 4, gate 12, suite 2200",
        "requisition 20260312-7 and version 2.30.1",
        "a 20min call, 1 to 1",
        "3rd floor, 2nd round",
        "he sat and may march on",
        "Mondays are busy here",
        "https://meet.example/2026/03/12/14:00",
        "ten years of experience, aged 45",
        "I am one of two people",
    ],
)
def test_other_numbers_are_no_times(words: str) -> None:
    assert find(words) == ()


@given(st.text(max_size=400))
@settings(max_examples=150, deadline=None)
def test_no_text_makes_it_raise(text: str) -> None:
    for mention in find(text):
        assert mention.words


PIECES = [
    "Thursday",
    "12th",
    "march",
    "at",
    "half",
    "two",
    "3/17",
    "2-3pm",
    "ET",
    "12",
    "31.12.",
    "9999",
    "-",
    "\n",
    "or",
    "week",
    "next",
]


@given(st.lists(st.sampled_from(PIECES), max_size=30))
@settings(max_examples=200, deadline=None)
def test_no_heap_of_time_words_makes_it_raise(pieces: list[str]) -> None:
    find(" ".join(pieces))


FIRST = datetime(2025, 1, 1, tzinfo=UTC)
STYLES = [
    "{d:%A}, {d:%B} {d.day}, {d.year} at {h12}:{d:%M} {half}",
    "{d:%A} {d.day} {d:%B} {d.year}, {d:%H}:{d:%M}",
    "{d:%d.%m.%Y} at {d:%H}:{d:%M} h",
    "{d:%Y-%m-%d} {d:%H}:{d:%M}",
    "{d.day} {d:%b} {d.year} {h12}.{d:%M}{half}",
    "{h12}:{d:%M}{half} on {d:%a} {d.day} {d:%b} {d.year}",
]


@given(
    st.integers(7 * 60, 3 * 365 * 24 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes)),
    st.sampled_from(STYLES),
)
@settings(max_examples=200, deadline=None)
def test_a_formatted_instant_comes_back_equal(moment: datetime, style: str) -> None:
    half = "am" if moment.hour < 12 else "pm"
    words = style.format(d=moment, h12=moment.hour % 12 or 12, half=half)
    (mention,) = find(words, user=UK, sent=datetime(2026, 3, 11, 10, tzinfo=ZoneInfo("Europe/London")))
    assert mention.start
    assert mention.start.replace(tzinfo=UTC) == moment


@pytest.mark.parametrize(
    "piece", ["12 ", "Mon ", "1-", "at 2 or ", "the second slot ", "\n1. Feb 9 ", "a", "2pm. ", "same time, "]
)
def test_hostile_text_takes_little_time(piece: str) -> None:
    begun = perf_counter()
    find(piece * (60_000 // len(piece)))
    assert perf_counter() - begun < 5  # a guard against runaway growth, not a benchmark


def test_come_by_is_no_deadline() -> None:
    (found,) = find("Come by Tuesday the 17th, 1:30, third floor over the bank.")
    assert found.use is TimeUse.STANDS
    (due,) = find("Please send it by Tuesday the 17th, 1:30.")
    assert due.use is TimeUse.DEADLINE


def test_an_hour_that_begins_a_sentence_belongs_to_the_day_behind_it() -> None:
    assert starts("Lovely to talk on Friday. Half five on Thursday 19th is grand.") == ["2026-03-19T17:30:00-04:00"]
    assert starts("See you Friday. Half five as agreed.") == ["2026-03-13T17:30:00-04:00"]
