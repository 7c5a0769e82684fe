"""Folding is total, and says the same of the same mail."""

from dataclasses import replace
from datetime import date, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.hiring import SETTINGS, WORKDAYS, ZONE, at, invitation, mine, they
from watcher.followup import decide
from watcher.followup.model import FollowUpSettings, Kind, Status
from watcher.message.model import Address, Role
from watcher.opportunity import assign, fold, join
from watcher.opportunity.model import OVER, Entry, Group, WaitingOn, Word
from watcher.reading.model import Act, Ask, Evidence, NamedDay, Says, TimeMention, TimeUse

START = at("03-02 09:00")
SENDERS = (
    Address("Dana Reyes", "dana@acme.example"),
    Address("Lee Quan", "lee@acme.example"),
    Address("", "x@y.example"),
)

moments = st.integers(0, 40 * 24).map(lambda hours: START + timedelta(hours=hours))
mentions = st.builds(
    TimeMention,
    use=st.sampled_from(TimeUse),
    words=st.just("then"),
    start=st.none() | moments,
    end=st.none() | moments,
    day=st.none() | st.dates(date(2026, 3, 1), date(2026, 4, 30)),
    clock=st.none() | st.times(max_value=time(23, 59)),
    ordinal=st.none() | st.integers(-3, 6),
    shift=st.none() | st.integers(-10, 10).map(lambda days: timedelta(days=days)),
    zone=st.sampled_from(["", "Europe/Paris", "No/Such"]),
)


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    made = []
    for number in range(draw(st.integers(1, 7))):
        when = draw(moments).astimezone(ZONE).strftime("%m-%d %H:%M")
        times = tuple(draw(st.lists(mentions, max_size=3)))
        uid, sequence = draw(st.sampled_from(["u1", "u2"])), draw(st.integers(0, 3))
        method = draw(st.sampled_from(["REQUEST", "CANCEL", "REPLY", "PUBLISH"]))
        partstat = draw(st.sampled_from(["", "ACCEPTED", "DECLINED"]))
        event = invitation(uid, when, sequence=sequence, method=method, partstat=partstat)
        events = (event,) if draw(st.booleans()) else ()
        reply_to = made[-1].id if made and draw(st.booleans()) else ""
        if draw(st.booleans()):
            acts = draw(st.sets(st.sampled_from(Act), max_size=3))
            made.append(mine(f"m{number}", when, *acts, times=times, events=events, reply_to=reply_to))
            continue
        day = draw(st.none() | st.dates(date(2026, 3, 1), date(2026, 4, 30)))
        made.append(
            they(
                f"m{number}",
                when,
                draw(st.sampled_from([says for says in Says if says is not Says.SENT])),
                sender=draw(st.sampled_from(SENDERS)),
                reply_to=reply_to,
                times=times,
                events=events,
                asks=frozenset(draw(st.sets(st.sampled_from(Ask), max_size=2))),
                named_day=NamedDay(day, Evidence("a.rule", "by then")) if day else None,
                roles=frozenset({draw(st.sampled_from([Role.INBOX, Role.TRASH, Role.JUNK]))}),
            )
        )
    return made


words = st.lists(
    st.builds(
        Word,
        verb=st.sampled_from(
            ["stage", "close", "hired", "heard", "told", "interview", "mute", "says", "join", "split"]
        ),
        value=st.sampled_from(["", "held", "off", "moved 2026-03-20T10:00", "offer", "2026-03-15", "rejection", "??"]),
        said_at=moments,
        anchors=st.just(("<m0@acme.example>", "<m0@example.net>")),
    ),
    max_size=3,
)


@settings(deadline=None, max_examples=150)
@given(entries(), words, moments)
def test_folding_never_raises_and_folding_twice_equals_once(mail: list[Entry], said: list[Word], now: object) -> None:
    once = fold(Group(tuple(mail)), "an-id", now, SETTINGS, WORKDAYS, said)  # type: ignore[arg-type]
    again = fold(Group(tuple(reversed(mail))), "an-id", now, SETTINGS, WORKDAYS, said)  # type: ignore[arg-type]
    assert replace(once, accounts=()) == replace(again, accounts=())


@settings(deadline=None, max_examples=150)
@given(entries(), moments)
def test_what_is_over_waits_on_nobody_and_promises_nothing(mail: list[Entry], now: object) -> None:
    result = fold(Group(tuple(mail)), "an-id", now, SETTINGS, WORKDAYS)  # type: ignore[arg-type]
    if result.stage in OVER:
        assert result.waiting_on is WaitingOn.NOBODY
        assert result.promised_by is None
    assert 0.0 <= result.confidence <= 1.0


@settings(deadline=None, max_examples=150)
@given(entries(), words)
def test_joining_puts_no_message_into_two_groups_and_minting_is_stable(mail: list[Entry], said: list[Word]) -> None:
    groups = join(mail, SETTINGS, said)
    ids = [message for group in groups for message in group.ids]
    assert len(ids) == len(set(ids))
    first = assign(groups, (), START)
    assert len(set(first.ids)) == len(groups)
    second = assign(groups, first.changed, START + timedelta(days=1))
    assert (second.ids, second.changed) == (first.ids, ())


@settings(deadline=None, max_examples=150)
@given(entries())
def test_the_order_in_which_mail_is_handed_in_changes_no_group(mail: list[Entry]) -> None:
    def sets(found: tuple[Group, ...]) -> set[frozenset[str]]:
        return {group.ids for group in found}

    assert sets(join(mail, SETTINGS)) == sets(join(list(reversed(mail)), SETTINGS))


@settings(deadline=None, max_examples=150)
@given(entries(), moments)
def test_a_letter_is_written_only_when_due_in_working_hours_and_to_somebody(mail: list[Entry], now: object) -> None:
    result = fold(Group(tuple(mail)), "an-id", now, SETTINGS, WORKDAYS)  # type: ignore[arg-type]
    found = decide(result, now, FollowUpSettings(), WORKDAYS)  # type: ignore[arg-type]
    assert found.reasons
    assert (found.kind is Kind.NONE) == (found.status is Status.NONE)
    if found.act:
        assert found.due_at is not None
        assert found.due_at <= now  # type: ignore[operator]
        assert result.contact is not None
        local = now.astimezone(WORKDAYS.zone)  # type: ignore[attr-defined]
        assert WORKDAYS.is_working(local.date())
        assert 7 <= local.hour < 21
