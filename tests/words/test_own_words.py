"""The user's word, from the command line to the mailbox: it stands above every reading, at once, and can be taken back."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.support.passes import lying, two_accounts
from tests.support.scenarios import build, lay_out
from tests.unit.cli.made_up import schema
from watcher.cli import main
from watcher.store import Store
from watcher.store.lock import Lock

TOLD: dict[str, Any] = two_accounts()
for _entry in TOLD["messages"]:
    _entry.pop("account", None)
NOW = datetime.fromisoformat(TOLD["now"])  # a Wednesday; the interviews were on the Tuesday of the week before
LARCHMONT, QUILL, BRACK = "larchmont-tools-backend-engineer", "quillfeather-data-analyst", "brackenridge-site-manager"


@dataclass
class Desk:
    """A mailbox on this machine, what watcher remembers of it, and its command line."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    now: datetime = NOW

    def run(self, *words: str, status: int = 0) -> str:
        self.capture.readouterr()
        got = main(["--config", str(self.folder / "config.toml"), *words, "--now", self.now.isoformat()])
        said = self.capture.readouterr()
        assert got == status, (words, said.out, said.err)
        return said.out + said.err

    def json(self, *words: str, status: int = 0) -> Any:
        told = json.loads(self.run(*words, "--json", status=status))
        if words[0] not in {"scan", "status", "show", "drafts", "preview"} and words != ("undo", "--list"):
            jsonschema.validate(told, schema("word"))
        return told

    def refused(self, *words: str) -> str:
        """A command that is wrong use; nothing is kept of it."""
        before = self.words()
        said = self.run(*words, status=2)
        assert self.words() == before
        return said

    def status(self) -> dict[str, dict[str, Any]]:
        found = self.json("status", "--all")
        jsonschema.validate(found, schema("status"))
        return {each["id"]: each for each in found["opportunities"]}

    def follow_up(self, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.status()[name]["follow_up"]
        return found

    def words(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.run("undo", "--list", "--json"))["words"]
        return found

    def drafts(self) -> set[str]:
        """The opportunities of which a letter lies in Drafts."""
        files = [path for path in (self.folder / "mail" / ".Drafts").rglob("*") if path.is_file()]
        ids = {lying(path.read_bytes()) for path in files}
        assert len(ids) == len(files)
        with Store.open_for_reading(self.folder / "state.db") as store:
            return {placement.opportunity for placement in store.placements() if placement.message_id in ids}

    def letters(self) -> dict[str, tuple[str, str]]:
        """State and text of every letter ever made, by its Message-ID."""
        with Store.open_for_reading(self.folder / "state.db") as store:
            return {placement.message_id: (placement.state.value, placement.text) for placement in store.placements()}

    def later(self, **much: float) -> Desk:
        self.now += timedelta(**much)
        return self

    def deliver(self, **entry: Any) -> str:
        """A message arrives now; its Message-ID."""
        told = {**TOLD, "messages": [*TOLD["messages"], {"date": self.now.isoformat(), **entry}]}
        place = self.folder / "mail" / (f".{entry['folder']}" if "folder" in entry else "") / "cur"
        data = build(told, told["messages"][-1])
        file = place / f"{int(self.now.timestamp())}.M9P9.{entry['id']}:2,S"
        file.write_bytes(data)
        os.utime(file, (self.now.timestamp(), self.now.timestamp()))
        return lying(data)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A mailbox with three interviews, scanned when they had just been agreed: nothing is due yet."""
    folder = tmp_path_factory.mktemp("words") / "template"
    config = lay_out(TOLD, folder)
    assert main(["--config", str(config), "scan", "--now", "2026-03-06T10:00:00-05:00"]) == 0
    return folder


@pytest.fixture
def early(template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    """The same at the time of that scan."""
    folder = tmp_path / "desk"
    shutil.copytree(template, folder)
    config = folder / "config.toml"
    config.write_text(config.read_text().replace(str(template), str(folder)))
    return Desk(folder, capsys, datetime.fromisoformat("2026-03-06T10:00:00-05:00"))


@pytest.fixture
def desk(early: Desk) -> Desk:
    """A week after the interviews: a letter to each lies in Drafts."""
    early.now = NOW
    early.run("scan")
    assert early.drafts() == {LARCHMONT, QUILL, BRACK}
    return early


# --- every word is shown, and can be taken back ---


@pytest.mark.parametrize(
    "words",
    [
        ("note", "larch", "how the team plans"),
        ("heard", "larch", "yesterday", "--by", "friday"),
        ("told", "larch"),
        ("interview", "larch", "held", "monday"),
        ("mute", "larch"),
        ("snooze", "larch", "in", "two", "weeks"),
        ("close", "larch", "--as", "rejected"),
        ("hired", "larch"),
        ("correct", "larch", "stage", "on hold"),
        ("correct", "larch", "interview", "16 March 3pm"),
        ("correct", "larch", "contact", "Ann Lee <ann@larchmonttools.example>"),
        ("correct", "larch", "role", "Platform Engineer"),
        ("correct", "larch", "company", "Larchmont"),
        ("correct", "two-accounts.both@larchmonttools.example", "says", "rejection"),
        ("correct", "larch", "join", "quill"),
        ("correct", "two-accounts.answer@example.org", "split"),
    ],
    ids=lambda words: " ".join(words[:3]),
)
def test_a_word_is_shown_with_its_number_and_taking_it_back_leaves_all_as_it_was(
    early: Desk, words: tuple[str, ...]
) -> None:
    early.now = NOW  # nothing was drafted, so that nothing is taken back
    early.run("status")
    before = early.status()
    told = early.json(*words)
    (word,) = told["words"]
    name = told["opportunities"][0]["id"]
    shown = [item for item in early.json("show", name)["timeline"] if item["what"] == "word"]
    assert [(item["number"], item["text"]) for item in shown] == [(word["number"], word["text"])]
    assert word["text"] in early.run("show", name)
    assert early.status() != before or words[0] == "note"
    taken = early.json("undo", str(word["number"]))
    assert taken["undone"]
    assert [{**each, "aliases": []} for each in early.status().values()] == list(before.values())
    assert early.words() == []
    assert "no such word" in early.refused("undo", str(word["number"]))


def test_undo_takes_the_newest_word_or_the_newest_about_one(desk: Desk) -> None:
    for who in ("larch", "quill"):
        desk.run("note", who, "one")
        desk.run("note", who, "two")
    desk.run("undo", "larch")
    desk.run("undo")
    assert [desk.status()[name]["notes"] for name in (LARCHMONT, QUILL)] == [["one"], ["one"]]


def test_a_word_said_beside_a_running_scan_is_kept_and_seen_at_once(desk: Desk) -> None:
    with Lock(desk.folder / "state.lock", "run"):
        told = desk.json("mute", "larch")
        assert "is at work" in told["notes"][0]
        assert desk.status()[LARCHMONT]["muted"]
        assert desk.drafts() == {LARCHMONT, QUILL, BRACK}
    desk.run("scan")
    assert desk.drafts() == {QUILL, BRACK}


def test_what_was_said_outlives_everything_that_can_be_rebuilt(desk: Desk) -> None:
    desk.run("note", "larch", "how the team plans")
    desk.run("mute", "quill")
    with Store.open(desk.folder / "state.db") as store:
        for table in ("readings", "views", "meta", "copies", "bodies", "cursors"):
            store._db.run(f"DELETE FROM {table}")
        store._db.run("DELETE FROM messages")
    desk.run("scan")
    assert desk.status()[LARCHMONT]["notes"] == ["how the team plans"]
    assert desk.status()[QUILL]["muted"]


@pytest.mark.parametrize(
    "words",
    [
        ("heard", "larch", "yesterday"),
        ("told", "larch"),
        ("mute", "larch"),
        ("close", "larch"),
        ("hired", "larch"),
        ("correct", "larch", "stage", "offer"),
        ("correct", "larch", "contact", "Ann Lee <ann@larchmonttools.example>"),
        ("correct", "two-accounts.both@larchmonttools.example", "says", "rejection"),
        ("correct", "quill", "join", "larch"),
    ],
    ids=lambda words: " ".join(words[:3]),
)
def test_a_letter_that_a_word_took_back_comes_back_with_it(desk: Desk, words: tuple[str, ...]) -> None:
    before = desk.letters()
    gone = desk.json(*words)["withdrawn"]
    assert gone
    taken = desk.json("undo")
    assert {line["opportunity"] for line in taken["drafted"]} == {line["opportunity"] for line in gone}
    assert desk.drafts() == {LARCHMONT, QUILL, BRACK}
    assert desk.letters() == before
    assert {state for state, _ in before.values()} == {"pending"}
    assert desk.json("scan")["drafted"] == []


def test_a_letter_that_came_back_is_the_users_to_throw_away(desk: Desk) -> None:
    desk.run("mute", "larch")
    desk.run("undo")
    for file in (desk.folder / "mail" / ".Drafts").rglob("*"):
        if file.is_file() and b"larchmont" in file.read_bytes():
            file.unlink()
    desk.run("scan")
    assert desk.follow_up(LARCHMONT)["status"] == "discarded"
    desk.run("mute", "larch")
    desk.run("undo")
    assert desk.drafts() == {QUILL, BRACK}


def test_a_letter_does_not_come_back_where_they_have_answered_since(desk: Desk) -> None:
    desk.run("mute", "larch")
    desk.later(hours=2).deliver(
        id="answer2",
        reply_to="both",
        **{"from": "Dana Reyes <dana@larchmonttools.example>"},
        to=["alex@example.net"],
        subject="Re: Interview for Backend Engineer at Larchmont Tools",
        body="Hi Alex,\n\nWe are still talking to others and will be back to you by the end of next week.\n\nDana\n",
    )
    desk.run("scan")
    assert desk.json("undo")["drafted"] == []
    assert desk.drafts() == {QUILL, BRACK}


# --- what each does ---


def test_a_mute_takes_the_draft_back_at_once_and_no_other(desk: Desk) -> None:
    told = desk.json("mute", "larch")
    assert [(line["opportunity"], line["why"]) for line in told["withdrawn"]] == [(LARCHMONT, "you muted it")]
    assert desk.drafts() == {QUILL, BRACK}
    assert (desk.follow_up(LARCHMONT)["status"], desk.status()[LARCHMONT]["muted"]) == ("blocked", True)
    desk.run("resume", "larch")
    assert not desk.status()[LARCHMONT]["muted"]
    assert desk.json("scan")["drafted"] == []  # one letter for one silence


def test_a_snooze_puts_the_letter_off_to_the_morning_of_its_day(early: Desk) -> None:
    early.now = NOW
    early.run("snooze", "larch", "next", "friday")
    assert early.follow_up(LARCHMONT)["not_before"] == "2026-03-27T07:00:00-04:00"
    early.run("scan")
    assert early.drafts() == {QUILL, BRACK}
    early.later(days=9).run("scan")
    assert LARCHMONT in early.drafts()


def test_a_pause_holds_every_letter_until_its_day(early: Desk) -> None:
    early.now = NOW
    early.run("pause", "until", "monday")
    early.run("scan")
    assert early.drafts() == set()
    assert early.json("status")["paused"] == {"until": "2026-03-23T00:00:00-04:00", "hired": False}
    assert "paused all drafting until Mon 23 Mar" in early.run("status")
    early.later(days=5).run("scan")
    assert early.drafts() == {LARCHMONT, QUILL, BRACK}


def test_a_pause_without_a_day_lasts_until_it_is_ended(early: Desk) -> None:
    early.now = NOW
    early.run("pause")
    early.run("scan")
    assert early.drafts() == set()
    early.run("resume")
    assert early.json("status")["paused"] is None
    early.run("scan")
    assert early.drafts() == {LARCHMONT, QUILL, BRACK}


def test_being_hired_ends_it_takes_every_draft_back_and_pauses(desk: Desk) -> None:
    told = desk.json("hired", "larch")
    assert {line["why"] for line in told["withdrawn"]} == {"you found work"}
    assert desk.drafts() == set()
    assert desk.status()[LARCHMONT]["stage"] == "accepted"
    assert desk.json("status")["paused"] == {"until": None, "hired": True}
    desk.later(days=7).run("scan")
    assert desk.drafts() == set()


def test_closing_ends_it_until_newer_mail_opens_it_again(desk: Desk) -> None:
    desk.run("close", "larch", "--as", "rejected")
    assert (desk.status()[LARCHMONT]["stage"], desk.drafts()) == ("rejected", {QUILL, BRACK})
    desk.later(days=1).deliver(
        id="again",
        reply_to="both",
        **{"from": "Dana Reyes <dana@larchmonttools.example>"},
        to=["alex@example.net"],
        subject="Re: Interview for Backend Engineer at Larchmont Tools",
        body="Hi Alex,\n\nGood news: we would like to offer you the position of Backend Engineer. The offer letter is "
        "attached.\n\nBest,\nDana Reyes\n",
    )
    desk.run("scan")
    assert desk.status()[LARCHMONT]["stage"] == "offer"


def test_hearing_from_them_begins_a_new_silence_and_takes_the_letter_back(desk: Desk) -> None:
    told = desk.json("heard", "larch", "today", "--by", "friday")
    assert told["withdrawn"][0]["why"] == "you heard from them"
    found = desk.status()[LARCHMONT]
    assert (found["promised_by"], found["silent_since"]) == ("2026-03-20", NOW.isoformat())
    assert (found["follow_up"]["status"], found["follow_up"]["due_at"]) == ("scheduled", "2026-03-23T07:00:00-04:00")
    assert desk.later(days=5).json("scan")["drafted"][0]["opportunity"] == LARCHMONT


def test_a_nudge_made_elsewhere_counts_as_the_attempt(desk: Desk) -> None:
    told = desk.json("told", "larch")
    assert told["withdrawn"][0]["why"] == "you followed up yourself"
    found = desk.follow_up(LARCHMONT)
    assert (found["attempt"], found["due_at"], found["status"]) == (2, "2026-03-25T10:00:00-04:00", "scheduled")
    desk.run("told", "larch", "yesterday")
    assert desk.follow_up(LARCHMONT)["kind"] == "none"


def test_an_interview_that_no_mail_knows_of_is_thanked_for(early: Desk) -> None:
    early.now = NOW
    early.run("interview", "larch", "held", "today", "9am")
    last = early.status()[LARCHMONT]["interviews"][-1]
    assert (last["start"], last["status"], last["basis"]) == ("2026-03-18T09:00:00-04:00", "held", "said")
    found = early.follow_up(LARCHMONT)
    assert (found["kind"], found["due_at"]) == ("thank_you", "2026-03-18T12:00:00-04:00")


def test_an_interview_said_to_be_held_without_a_word_more_has_just_ended(early: Desk) -> None:
    early.now = datetime.fromisoformat("2026-03-25T15:00:00-04:00")
    early.run("interview", "larch", "held")
    assert early.follow_up(LARCHMONT)["due_at"] == "2026-03-25T17:00:00-04:00"


def test_an_interview_that_was_off_is_not_thanked_for(early: Desk) -> None:
    early.now = datetime.fromisoformat("2026-03-10T18:00:00-04:00")
    assert early.follow_up(LARCHMONT)["kind"] == "thank_you"
    early.run("interview", "larch", "off")
    found = early.status()[LARCHMONT]
    assert (found["stage"], [each["status"] for each in found["interviews"]]) == ("scheduling", ["cancelled"])


def test_an_interview_that_has_moved_is_listed_once_at_its_new_time(early: Desk) -> None:
    early.run("interview", "larch", "moved", "12 March")
    found = early.status()[LARCHMONT]
    assert [(each["start"], each["status"]) for each in found["interviews"]] == [
        ("2026-03-12T14:00:00-04:00", "booked")
    ]


# --- corrections ---


def test_a_corrected_time_counts_from_the_mail_that_gave_it(early: Desk) -> None:
    early.now = NOW
    before = early.status()[LARCHMONT]
    early.run("correct", "larch", "interview", "16 March 3pm")
    found = early.status()[LARCHMONT]
    assert [each["start"] for each in found["interviews"]] == ["2026-03-16T15:00:00-04:00"]
    assert (found["stage"], found["silent_since"]) == (before["stage"], "2026-03-16T16:00:00-04:00")


def test_a_corrected_stage_stands_until_newer_mail(desk: Desk) -> None:
    told = desk.json("correct", "larch", "stage", "on_hold")
    assert told["withdrawn"][0]["why"] == "you said otherwise"
    assert desk.follow_up(LARCHMONT)["kind"] == "after_hold"
    assert desk.later(days=1).status()[LARCHMONT]["stage"] == "on_hold"
    desk.deliver(
        id="no",
        reply_to="both",
        **{"from": "Dana Reyes <dana@larchmonttools.example>"},
        to=["alex@example.net"],
        subject="Re: Interview for Backend Engineer at Larchmont Tools",
        body="Hi Alex,\n\nUnfortunately we have decided not to move forward with your application.\n\nBest,\nDana\n",
    )
    desk.run("scan")
    assert desk.status()[LARCHMONT]["stage"] == "rejected"


def test_a_corrected_stage_needs_no_clock_to_be_overtaken(desk: Desk) -> None:
    """It was said long after the pass that is asked about; mail that was not known then is newer all the same."""
    main(["--config", str(desk.folder / "config.toml"), "correct", "larch", "stage", "on_hold"])
    assert desk.status()[LARCHMONT]["stage"] == "on_hold"
    desk.later(days=1).deliver(
        id="no",
        reply_to="both",
        **{"from": "Dana Reyes <dana@larchmonttools.example>"},
        to=["alex@example.net"],
        subject="Re: Interview for Backend Engineer at Larchmont Tools",
        body="Hi Alex,\n\nUnfortunately we have decided not to move forward with your application.\n\nBest,\nDana\n",
    )
    desk.run("scan")
    assert desk.status()[LARCHMONT]["stage"] == "rejected"


def test_another_contact_is_written_to_and_the_old_letter_taken_back(desk: Desk) -> None:
    told = desk.json("correct", "larch", "contact", "Dr. Ann Lee <Ann@larchmonttools.example>")
    assert told["withdrawn"][0]["why"] == "you named somebody else to write to"
    assert desk.status()[LARCHMONT]["contact"] == {"name": "Dr. Ann Lee", "address": "ann@larchmonttools.example"}
    assert "Dr. Lee" in desk.run("preview", "larch")
    desk.run("correct", "larch", "contact", "nobody")
    assert (desk.status()[LARCHMONT]["contact"], desk.follow_up(LARCHMONT)["kind"]) == (None, "none")


def test_company_and_role_are_corrected_for_good_and_the_id_stays(desk: Desk) -> None:
    desk.run("correct", "larch", "company", "Larchmont & Sons")
    desk.run("correct", "larch", "role", "Lead Engineer")
    desk.later(days=1).run("scan")
    found = desk.status()[LARCHMONT]
    assert (found["company"], found["role"]) == ("Larchmont & Sons", "Lead Engineer")


def message_of(desk: Desk, name: str, number: int = 0) -> str:
    found: str = desk.status()[name]["messages"][number]["message_id"]
    return found


@pytest.mark.parametrize(
    ("says", "stage"),
    [
        ("rejection", "rejected"),
        ("offer", "offer"),
        ("on hold", "on_hold"),
        ("assessment", "assessment"),
        ("scheduling", "scheduling"),
        ("outreach", "lead"),
        ("update", "in_conversation"),
        ("application_received", "applied"),
        ("info_request", "in_conversation"),
    ],
)
def test_a_message_says_what_the_user_says_it_says(early: Desk, says: str, stage: str) -> None:
    early.now = NOW
    early.run("correct", message_of(early, QUILL), "says", says)
    found = early.status()[QUILL]
    message = found["messages"][0]
    assert (message["says"], message["confidence"], found["stage"]) == (says.replace(" ", "_"), 1.0, stage)
    assert message["evidence"][0]["rule"] == "said"


def test_mail_that_is_called_none_of_the_users_leaves_with_its_draft(desk: Desk) -> None:
    told = desk.json("correct", message_of(desk, QUILL), "says", "not_hiring")
    assert told["withdrawn"][0]["why"] == "you said that it is about no job of yours"
    assert QUILL not in desk.status()
    assert desk.drafts() == {LARCHMONT, BRACK}
    desk.run("undo")
    assert QUILL in desk.status()


def test_mail_that_was_passed_over_is_fetched_and_read_when_the_user_says_what_it_says(desk: Desk) -> None:
    sent = desk.deliver(
        id="plain", **{"from": "Kim Osei <kim@osei.example>"}, to=["alex@example.net"], subject="The boiler",
        body="Dear Alex,\n\nThe plumber comes for the boiler on Saturday morning.\n\nKim\n",
    )  # fmt: skip
    desk.run("scan")
    assert len(desk.status()) == 3
    told = desk.json("correct", sent.strip("<>"), "says", "update")
    assert [each["contact"]["address"] for each in told["opportunities"]] == ["kim@osei.example"]
    assert len(desk.status()) == 4


def test_two_that_are_one_keep_the_older_id_and_the_other_leads_to_it(desk: Desk) -> None:
    desk.run("note", "brack", "the new site")
    desk.run("correct", "brack", "join", "quill")
    found = desk.status()
    (name,) = {QUILL, BRACK} & set(found)
    (other,) = {QUILL, BRACK} - {name}
    assert len(found[name]["messages"]) == 2
    assert other in desk.run("show", other)
    assert found[name]["notes"] == ["the new site"]
    assert len({QUILL, BRACK} & desk.drafts()) <= 1
    desk.run("undo")
    assert set(desk.status()) == {LARCHMONT, QUILL, BRACK}
    assert desk.status()[BRACK]["notes"] == ["the new site"]


def test_one_that_is_two_falls_apart_with_the_answers_to_what_is_split_off(desk: Desk) -> None:
    asked = desk.deliver(
        id="other",
        reply_to="both",
        **{"from": "Dana Reyes <dana@larchmonttools.example>"},
        to=["alex@example.net"],
        subject="Re: Interview for Backend Engineer at Larchmont Tools",
        body="Hi Alex,\n\nSeparately, would you be interested in our Office Manager position?\n\nBest,\nDana Reyes\n",
    )
    desk.run("scan")
    assert len(desk.status()) == 3
    desk.run("correct", asked, "split")
    assert len(desk.status()) == 4
    assert len(desk.status()[LARCHMONT]["messages"]) == 2
    desk.run("undo")
    assert len(desk.status()) == 3


# --- wrong use ---


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("mute", "zzz"), "no opportunity"),
        (("snooze", "larch", "yesterday"), "does not lie ahead"),
        (("snooze", "larch", "whenever"), "no day"),
        (("heard", "larch", "tomorrow"), "has not come yet"),
        (("told", "larch", "sometime"), "no day"),
        (("pause", "until", "last", "week"), "no day"),
        (("close", "larch", "--as", "applied"), "no way in which it can end"),
        (("correct", "larch", "colour", "red"), "nothing that can be corrected"),
        (("correct", "larch", "stage", "winning"), "no stage"),
        (("correct", "larch", "role"), "What is the role"),
        (("correct", "larch", "contact", "dana at larchmont"), "no mail address"),
        (("correct", "larch", "join", "larch"), "already"),
        (("correct", "larch", "interview", "soon"), "no day and hour"),
        (("correct", "nobody@nowhere.example", "says", "offer"), "no message"),
        (("correct", "two-accounts.both@larchmonttools.example", "says", "hello"), "nothing that a message says"),
        (("correct", "two-accounts.answer@example.org", "says", "offer"), "wrote that message yourself"),
        (("interview", "larch", "moved"), "To what time"),
        (("note", "larch", "x" * 301), "too long"),
        (("approve", "larch"), "waits for your yes"),
        (("undo",), "no such word"),
        (("preview", "larch", "--set", "nonsense"), "KEY=VALUE"),
        (("preview", "larch", "--set", "follow_up.after_lunch=3"), "after_lunch"),
    ],
    ids=lambda words: " ".join(words)[:40] if isinstance(words, tuple) else "",
)
def test_what_makes_no_sense_is_wrong_use_and_keeps_nothing(desk: Desk, words: tuple[str, ...], said: str) -> None:
    assert said in desk.refused(*words)


def test_a_note_is_asked_for_where_none_is_given(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.StringIO("how the\tteam plans.\n"))
    desk.run("note", "larch")
    assert desk.status()[LARCHMONT]["notes"] == ["how the team plans"]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n"))
    assert "empty" in desk.refused("note", "larch")


# --- asking first ---


@pytest.fixture
def asking(early: Desk) -> Desk:
    """A week after the interviews, where letters wait for a yes."""
    config = early.folder / "config.toml"
    config.write_text('drafting = "ask"\n' + config.read_text())
    early.now = NOW
    assert sorted(early.json("scan")["waiting"]) == sorted([LARCHMONT, QUILL, BRACK])
    assert early.drafts() == set()
    return early


def test_a_letter_that_waits_is_shown_and_then_written_alone(asking: Desk) -> None:
    found = asking.follow_up(LARCHMONT)
    assert (found["status"], "watcher approve" in found["reason"]) == ("due", True)
    letter = asking.json("preview", "larch")["opportunities"][0]["letter"]
    told = asking.json("approve", "larch")
    assert [line["opportunity"] for line in told["drafted"]] == [LARCHMONT]
    assert asking.drafts() == {LARCHMONT}
    with Store.open_for_reading(asking.folder / "state.db") as store:
        assert [placement.text for placement in store.placements()] == [letter["text"]]
    assert asking.json("scan")["drafted"] == []
    assert "waits for your yes" in asking.refused("approve", "larch")


def test_a_yes_is_for_one_letter_and_not_for_the_next(asking: Desk) -> None:
    asking.run("approve", "larch")
    asking.run("told", "larch")
    asking.later(days=7).run("scan")
    assert asking.drafts() == set()
    assert asking.follow_up(LARCHMONT)["attempt"] == 2
    assert LARCHMONT in asking.json("scan")["waiting"]


def test_a_yes_given_at_night_is_taken_at_its_word(asking: Desk) -> None:
    asking.later(hours=13)
    assert asking.json("approve", "larch")["drafted"]


# --- looking ahead ---


def test_a_preview_shows_the_letter_before_it_is_due_and_writes_nothing(early: Desk) -> None:
    early.now = datetime.fromisoformat("2026-03-13T10:00:00-04:00")
    state = (early.folder / "state.db").read_bytes()
    found = early.json("preview", "larch")
    jsonschema.validate(found, schema("preview"))
    (one,) = found["opportunities"]
    assert (one["then"]["status"], one["then"]["drafted"]) == ("scheduled", False)
    assert "Hi Dana" in one["letter"]["text"]
    assert (early.folder / "state.db").read_bytes() == state


def test_a_preview_with_other_settings_stands_beside_today(early: Desk) -> None:
    early.now = datetime.fromisoformat("2026-03-13T15:00:00-04:00")
    found = early.json("preview", "--set", "after_interview=2", "--set", "follow_up.thank_you=off")
    jsonschema.validate(found, schema("preview"))
    assert found["settings"] == {"follow_up.after_interview": "2", "follow_up.thank_you": "off"}
    for one in found["opportunities"]:
        assert (one["today"]["drafted"], one["then"]["drafted"]) == (False, True)
        assert one["letter"]["text"]
    assert "would be written now" in early.run("preview", "--set", "after_interview=2")
    assert "nothing would change" in early.run("preview", "--set", "after_hold=30")


@pytest.mark.parametrize("change", [lambda desk: desk.run("scan"), lambda desk: None])
def test_a_preview_agrees_with_the_scan_that_follows(early: Desk, change: Callable[[Desk], Any]) -> None:
    early.now = NOW
    change(early)
    foreseen = {o["id"]: o["letter"]["text"] for o in early.json("preview")["opportunities"] if o["then"]["drafted"]}
    written = {line["opportunity"]: line["text"] for line in early.json("scan")["drafted"]}
    assert foreseen == written


def test_the_time_line_tells_what_became_of_each_draft(desk: Desk) -> None:
    desk.run("mute", "larch")
    line = [item["text"] for item in desk.json("show", "larch")["timeline"] if item["what"] == "draft"]
    assert line == ["a follow-up after the interview was put into Drafts", "the draft was taken back: you muted it"]


def test_a_yes_that_cannot_be_followed_now_is_followed_by_the_next_scan(asking: Desk) -> None:
    with Lock(asking.folder / "state.lock", "run"):
        assert asking.json("approve", "larch")["drafted"] == []
    assert [line["opportunity"] for line in asking.json("scan")["drafted"]] == [LARCHMONT]
