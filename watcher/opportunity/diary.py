"""The diary of one opportunity: which interviews stand, moved, fell or took place, from invitations and from words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from watcher.opportunity.model import Interview, InterviewStatus
from watcher.reading.model import CalendarEvent

MISSED = timedelta(days=2)  # a move or a cancellation this long after the hour means that it did not take place
SPOKEN_OF = timedelta(days=10)  # a talk spoken of is one known of if that was at most this long ago
USUAL_LENGTH = timedelta(hours=1)


@dataclass(slots=True)
class Meeting:
    """One entry of the diary while it is being kept. `uid` is "" for one known from words alone."""

    key: str
    source: str
    start: datetime | None
    end: datetime | None = None
    uid: str = ""
    sequence: int = 0
    all_day: bool = False
    organizer: str = ""
    where: str = ""
    people: tuple[str, ...] = ()
    cancelled: bool = False
    mentioned: bool = False
    said: bool = False

    def begun(self, at: datetime) -> bool:
        """Whether it has taken place, as far as the clock tells."""
        return self.mentioned or (self.start is not None and self.start <= at)

    def over(self) -> datetime | None:
        """When it ended; an hour after its start where no end is known."""
        if self.start is None:
            return None
        if self.end is None or self.end <= self.start:
            return self.start + USUAL_LENGTH
        return self.end


class Diary:
    """The interviews of one opportunity, kept message by message."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._meetings: list[Meeting] = []
        self._highest: dict[str, int] = {}

    # --- asking ---------------------------------------------------------------------------------------------------

    def ahead(self, at: datetime) -> list[Meeting]:
        """Those that stand and have not begun, the next one first; one without a known time last."""
        standing = [each for each in self._meetings if not each.cancelled and not each.begun(at)]
        return sorted(standing, key=lambda each: (each.start is None, each.start or at))

    def held(self, at: datetime) -> list[Meeting]:
        """Those that have taken place, the latest last; one only spoken of first."""
        held = [each for each in self._meetings if not each.cancelled and each.begun(at)]
        return sorted(held, key=lambda each: (each.start is not None, each.start or at))

    def current(self, at: datetime) -> Meeting | None:
        """The one that talk of "the interview" means: the next ahead, else one whose hour has only just passed."""
        ahead = self.ahead(at)
        if ahead:
            return ahead[0]
        just = [each for each in self.held(at) if each.start and at - each.start <= MISSED]
        return just[-1] if just else None

    def by_uid(self, uid: str) -> Meeting | None:
        """The meeting of a calendar event."""
        return next((each for each in self._meetings if each.uid == uid), None) if uid else None

    def by_key(self, key: str) -> Meeting | None:
        """The meeting that others know by this key."""
        return next((each for each in self._meetings if each.key == key), None)

    def on(self, day: date, at: datetime) -> Meeting | None:
        """The standing meeting on a day of the user's."""
        found = [each for each in self._meetings if not each.cancelled and each.start and self._day(each.start) == day]
        return found[0] if found else None

    def knows(self, event: CalendarEvent) -> bool:
        """Whether the event says nothing that is not known already (an older or equal sequence)."""
        return event.uid in self._highest and event.sequence < self._highest[event.uid]

    # --- keeping --------------------------------------------------------------------------------------------------

    def invite(self, event: CalendarEvent, source: str, people: tuple[str, ...] = ()) -> Meeting | None:
        """Enter an invitation, or update the one it belongs to. None where it is out of date or a stranger's."""
        known = self.by_uid(event.uid)
        organizer = event.organizer.address if event.organizer else ""
        if self.knows(event) or (known and known.organizer and organizer and known.organizer != organizer):
            return None
        self._highest[event.uid] = event.sequence
        if known is None:
            known = self._take_over(event) or self._enter(event.uid or source, source, None)
        if (
            not event.all_day
            or known.start is None
            or (event.start and known.start and self._day(event.start) != self._day(known.start))
        ):
            known.start, known.end = event.start, event.end
        known.all_day = event.all_day
        known.uid, known.key, known.sequence = event.uid, event.uid or known.key, event.sequence
        known.organizer = organizer or known.organizer
        known.where = event.location or known.where
        known.people = people or known.people
        known.cancelled, known.source = False, source
        return known

    def uninvite(self, event: CalendarEvent) -> Meeting | None:
        """Take a cancelled event out. None where it is unknown, a stranger's, or cancelled already."""
        known = self.by_uid(event.uid)
        organizer = event.organizer.address if event.organizer else ""
        if known is None or (known.organizer and organizer and known.organizer != organizer) or self.knows(event):
            return None
        self._highest[event.uid] = event.sequence
        if known.cancelled:
            return None
        known.cancelled = True
        return known

    def book(self, start: datetime | None, end: datetime | None, source: str, at: datetime) -> Meeting:
        """Enter an interview that words alone make stand. On a day that has one already it is that one, and the
        invitation's hours stand unless it covers the whole day."""
        same = self.on(self._day(start), at) if start else None
        if same is None and start:
            same = next((each for each in self.ahead(at) if each.start is None), None)
        if same is None:
            return self._enter(source, source, start, end)
        if start and (not same.uid or same.all_day):
            same.start, same.end, same.all_day = start, end, False
        return same

    def move(self, meeting: Meeting, start: datetime | None, end: datetime | None, source: str) -> None:
        """Give a meeting another time, said in words."""
        length = meeting.end - meeting.start if meeting.start and meeting.end and not meeting.all_day else None
        meeting.start = start
        meeting.end = end or (start + length if start and length else None)
        meeting.cancelled, meeting.all_day, meeting.source = False, False, source

    def cancel(self, meeting: Meeting) -> None:
        """Take a meeting off, said in words."""
        meeting.cancelled = True

    def forget(self, meeting: Meeting) -> None:
        """Strike out a meeting that another entry has replaced, so that a moved one is listed once."""
        self._meetings = [each for each in self._meetings if each is not meeting]

    def speak_of(self, start: datetime | None, source: str, at: datetime) -> Meeting | None:
        """Enter an interview of which somebody wrote afterwards; None where one is known that it will have been."""
        if start is not None:
            same = self.on(self._day(start), at)
            if same is not None:
                return None
        else:
            for each in self.held(at):
                if each.start is None or at - each.start <= SPOKEN_OF:
                    return None
        if any(each.start is None for each in self._meetings):
            return None
        meeting = self._enter(source, source, start)
        meeting.mentioned = True
        return meeting

    def settle(self, meeting: Meeting, *, held: bool) -> None:
        """Enter the user's own word about a meeting."""
        meeting.said, meeting.cancelled, meeting.mentioned = True, not held, held

    # --- the page as others see it --------------------------------------------------------------------------------

    def page(self, now: datetime, *, ended: datetime | None) -> tuple[Interview, ...]:
        """Every interview once, those of one day as one, oldest first. `ended`: none that lay ahead then stands."""
        by_day: dict[object, list[Meeting]] = {}
        for meeting in self._meetings:
            day: object = self._day(meeting.start) if meeting.start else meeting.key
            by_day.setdefault((day, meeting.cancelled), []).append(meeting)
        pages = [self._one_day(meetings, now, ended=ended) for meetings in by_day.values()]
        return tuple(sorted(pages, key=lambda each: (each.start is not None, each.start or now, each.key)))

    def _one_day(self, meetings: list[Meeting], now: datetime, *, ended: datetime | None) -> Interview:
        first = min(meetings, key=lambda each: (each.start or now, each.key))
        ends = [each.end for each in meetings if each.end and each.start and each.end > each.start]
        status = InterviewStatus.HELD if first.begun(now) else InterviewStatus.BOOKED
        if first.cancelled or (ended and not first.begun(ended)):
            status = InterviewStatus.CANCELLED
        basis = "said" if first.said else "mentioned" if first.mentioned else "assumed"
        people = tuple(dict.fromkeys(name for each in meetings for name in each.people))
        whole = Interview(first.key, first.start, max(ends, default=None), first.where, people, status, basis)
        return replace(whole, source=first.source)

    def _enter(self, key: str, source: str, start: datetime | None, end: datetime | None = None) -> Meeting:
        meeting = Meeting(key, source, start, end)
        self._meetings.append(meeting)
        return meeting

    def _take_over(self, event: CalendarEvent) -> Meeting | None:
        """The meeting known from words that this invitation is for."""
        if event.start is None:
            return None
        for each in self._meetings:
            if not each.uid and not each.cancelled:
                if each.start is None and not each.mentioned:
                    return each
                if each.start and self._day(each.start) == self._day(event.start):
                    return each
        return None

    def _day(self, instant: datetime) -> date:
        return instant.astimezone(self._zone).date()
