"""What scan, status, show and drafts print: JSON that keeps to its schema, and words for people."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime

import jsonschema
import pytest

from tests.unit.cli.made_up import NOW, Answer, MadeUpWatcher, draft, opportunity, report, schema
from watcher.cli import words
from watcher.cli.screen import Screen, pad, plain, width
from watcher.cycle.report import AccountReport
from watcher.explain.sentences import STAGES
from watcher.followup.model import Kind
from watcher.opportunity.model import OVER, Stage, WaitingOn

Run = Callable[..., Answer]


@pytest.mark.parametrize("name", ["status", "show", "drafts", "scan", "read", "word", "words", "preview"])
def test_a_published_schema_is_a_valid_one(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("status", ("status",)),
        ("status", ("status", "--all")),
        ("show", ("show", "acme")),
        ("drafts", ("drafts",)),
        ("scan", ("scan",)),
        ("scan", ("scan", "--dry-run")),
    ],
)
def test_the_json_keeps_to_its_schema(run: Run, name: str, command: tuple[str, ...]) -> None:
    answer = run(*command, "--json")
    assert answer.status == 0
    jsonschema.validate(answer.json, schema(name))


def test_a_schema_refuses_what_is_not_promised() -> None:
    broken = {"generated_at": "yesterday", "opportunities": [], "accounts": []}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, schema("status"))


# --- status ---


def test_status_leaves_out_what_is_over_unless_all_is_asked_for(run: Run, watcher: MadeUpWatcher) -> None:
    watcher.opportunities.append(opportunity("beta-nurse", company="Beta", stage="rejected", waiting_on="nobody"))
    assert [each["id"] for each in run("status", "--json").json["opportunities"]] == ["acme-backend-engineer"]
    assert len(run("status", "--all", "--json").json["opportunities"]) == 2
    assert "Beta" not in run("status").out
    assert "1 more that is over" in run("status").out
    assert "Beta" in run("status", "--all").out


def test_status_says_who_has_to_move_how_long_it_is_silent_and_what_is_next(run: Run) -> None:
    out = run("status").out
    for piece in ("Acme", "Backend Engineer", "awaiting a decision", "they", "2 days", "thank-you lies in your Drafts"):
        assert piece in out


@pytest.mark.parametrize(
    ("follow_up", "said"),
    [
        ({"status": "scheduled", "draft_state": None}, "thank-you, Tue 17 Mar 17:00"),
        ({"status": "due", "not_before": "2026-03-19T07:00:00-04:00"}, "thank-you is due, from Thu 19 Mar 07:00"),
        ({"kind": "reply_owed", "status": "reminder"}, "your answer is owed"),
        ({"status": "drafted", "draft_state": "edited"}, "edited by you"),
        ({"kind": "after_interview", "attempt": 2}, "follow-up after the interview (no. 2) lies in your Drafts"),
        ({"kind": "none", "status": "none", "reason": "It is over."}, "It is over."),
        ({"status": "blocked", "reason": "Nobody can be answered."}, "Nobody can be answered."),
        ({"status": "sent"}, "you sent the thank-you"),
    ],
)
def test_status_says_what_comes_next_in_words(
    run: Run, watcher: MadeUpWatcher, follow_up: dict[str, object], said: str
) -> None:
    watcher.opportunities[:] = [opportunity(follow_up=follow_up)]
    assert said in run("status").out


def test_status_shows_the_interview_ahead_and_the_day_they_named(run: Run, watcher: MadeUpWatcher) -> None:
    ahead = {**opportunity()["interviews"][0], "start": "2026-03-20T11:00:00-04:00", "status": "booked"}
    watcher.opportunities[:] = [
        opportunity("a", stage="interview_booked", interviews=[ahead], waiting_on="nobody"),
        opportunity("b", promised_by="2026-03-23"),
    ]
    out = run("status").out
    assert "interview booked, Fri 20 Mar 11:00" in out
    assert "they named Mon 23 Mar" in out


def test_status_puts_letters_first_and_what_is_over_last(run: Run, watcher: MadeUpWatcher) -> None:
    none = {"kind": "none", "status": "none", "due_at": None, "draft": None}
    watcher.opportunities[:] = [
        opportunity("over", stage="rejected", follow_up=none),
        opportunity("later", follow_up={"status": "scheduled", "due_at": "2026-03-25T10:00:00-04:00"}),
        opportunity("sooner", follow_up={"status": "scheduled", "due_at": "2026-03-20T10:00:00-04:00"}),
        opportunity("owed", waiting_on="you", follow_up={"kind": "reply_owed", "status": "reminder"}),
        opportunity("letter"),
    ]
    lines = run("status", "--all").out.splitlines()[1:]
    assert [line.split()[-1] for line in lines] == ["letter", "owed", "sooner", "later", "over"]


def test_status_tells_of_accounts_that_failed_or_were_never_read(run: Run, watcher: MadeUpWatcher) -> None:
    watcher.opportunities.clear()
    watcher.accounts[:] = [
        {"name": "one", "last_scan_at": None, "error": None},
        {"name": "two", "last_scan_at": "2026-03-17T09:00:00-04:00", "error": "The server does not answer."},
    ]
    answer = run("status")
    assert answer.status == 0
    assert "one has not been read yet: `watcher scan`" in answer.out
    assert "two: The server does not answer. (last read Tue 17 Mar 09:00)" in answer.err


# --- scan ---


def test_scan_hides_later_mail_only_where_now_is_given(run: Run, watcher: MadeUpWatcher) -> None:
    run("scan")
    assert watcher.asked["hide_later"] is False
    assert watcher.asked["now"] == NOW
    run("scan", "--dry-run", "--now", "2026-03-10T10:00")
    assert (watcher.asked["hide_later"], watcher.asked["dry_run"]) == (True, True)
    assert watcher.asked["now"] == datetime.fromisoformat("2026-03-10T10:00-04:00")


def test_scan_tells_what_it_did(run: Run) -> None:
    out = run("scan").out
    assert "personal: 12 new messages, 3 texts read" in out
    assert "1 letter in your Drafts" in out
    assert "thank-you to Dana Reyes" in out
    assert "beta-nurse: the follow-up on your answer was taken back: they answered" in out
    assert "gamma-cook: a letter waits for your yes" in out
    assert "A note." in out
    assert "Hello Dana" not in out


def test_a_dry_run_prints_the_letters_and_says_that_nothing_was_written(run: Run) -> None:
    out = run("scan", "--dry-run").out
    assert "nothing was" in out
    assert "To: Dana Reyes <dana.reyes@acme.example>\nSubject: Re: Interview\n\nHello Dana," in out


def test_scan_leaves_with_3_where_an_account_could_not_be_reached(run: Run, watcher: MadeUpWatcher) -> None:
    watcher.pass_ = report(accounts=(AccountReport("a", 1, 1), AccountReport("b", error="It does not answer.")))
    answer = run("scan")
    assert answer.status == 3
    assert "b: It does not answer." in answer.err
    again = run("scan", "--json")
    assert again.status == 3
    assert again.json["partly"] is True


# --- show and drafts ---


def test_show_is_a_time_line_with_the_words_that_count(run: Run) -> None:
    out = run("show", "acme").out
    assert "Acme: Backend Engineer" in out
    assert "Thu 12 Mar 09:00" in out
    assert '"confirmed for Tuesday": They state that a talk stands.' in out
    assert "the interview took place with Dana Reyes" in out
    assert "they named Fri 20 Mar" in out
    assert "Two hours have passed since the interview." in out


def test_an_unknown_id_is_wrong_use(run: Run) -> None:
    answer = run("show", "zzz")
    assert answer.status == 2
    assert "watcher status --all" in answer.err


def test_drafts_says_what_became_of_each(run: Run, watcher: MadeUpWatcher) -> None:
    watcher.letters.append(draft(state="withdrawn", why="they answered", attempt=2))
    out = run("drafts").out
    assert "in your Drafts" in out
    assert "taken back: they answered" in out
    assert "thank-you (no. 2)" in out
    assert "Hello Dana" not in out


def test_drafts_prints_the_letters_when_asked(run: Run, watcher: MadeUpWatcher) -> None:
    watcher.letters.append(draft(text=None))
    out = run("drafts", "acme", "--text").out
    assert "Hello Dana,\n\nThank you." in out
    assert "kept for 30 days" in out
    assert watcher.asked["name"] == "acme"


def test_no_drafts_is_said_in_words(run: Run, watcher: MadeUpWatcher) -> None:
    watcher.letters.clear()
    assert run("drafts").out == "No draft has been made yet.\n"
    assert run("drafts", "--json").json == []


# --- the screen ---


def test_nothing_in_a_mail_commands_the_terminal(run: Run, watcher: MadeUpWatcher) -> None:
    watcher.opportunities[:] = [opportunity(company="Ac\x1b[31mme\u202egnp", role="a\nb\x07")]
    out = run("status").out
    assert not {"\x1b", "\u202e", "\x07"} & set(out)
    assert len(out.splitlines()) == 2


def test_plain_text_keeps_every_script_and_drops_only_commands() -> None:
    assert plain("Zoë 田中 नमस्ते 👩\u200d🔧") == "Zoë 田中 नमस्ते 👩\u200d🔧"
    assert plain("a\x00b\u2066c\x9bd") == "abcd"


def test_columns_are_aligned_whatever_the_script() -> None:
    assert width("田中") == 4
    assert width("é") == width("e\u0301") == 1
    assert pad("田中", 6) == "田中  "


def test_a_terminal_gets_a_table_and_colour_unless_it_says_no(
    monkeypatch: pytest.MonkeyPatch, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("watcher.cli.screen.Screen.terminal", True)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    Screen(os.environ).heading("A heading")
    assert "\x1b[1m" in capsys.readouterr().out
    assert "─" in run("status").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("status").out
    Screen(os.environ).heading("A heading")
    assert capsys.readouterr().out == "A heading\n"


def test_a_narrow_terminal_puts_company_role_and_id_under_each_other(
    monkeypatch: pytest.MonkeyPatch, run: Run, watcher: MadeUpWatcher
) -> None:
    monkeypatch.setattr("watcher.cli.screen.Screen.terminal", True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    lines = [line.split() for line in run("status").out.splitlines()]
    assert [line[0] for line in lines if line][-3:] == ["Acme", "Backend", "acme-backend-engineer"]


# --- words ---


def test_the_words_are_those_of_the_floors() -> None:
    assert {stage.value: text for stage, text in STAGES.items()} == words.STAGES
    assert {stage.value for stage in OVER} == words.OVER
    assert set(words.STAGES) == {stage.value for stage in Stage}
    assert set(words.KINDS) == {kind.value for kind in Kind}
    assert set(words.MOVES) == {move.value for move in WaitingOn}


def test_the_schemas_know_every_word_of_the_floors() -> None:
    found = schema("status")["$defs"]
    assert set(found["opportunity"]["properties"]["stage"]["enum"]) == set(words.STAGES)
    assert set(found["follow_up"]["properties"]["kind"]["enum"]) == set(words.KINDS)


@pytest.mark.parametrize(
    ("since", "said"),
    [
        (None, ""),
        ("2026-03-18T09:30:00-04:00", "under an hour"),
        ("2026-03-18T09:00:00-04:00", "1 hour"),
        ("2026-03-17T09:00:00-04:00", "25 hours"),
        ("2026-03-15T15:00:00-04:00", "2 days"),
        ("2026-03-19T09:00:00-04:00", ""),
    ],
)
def test_a_silence_is_told_in_hours_then_days(since: str | None, said: str) -> None:
    assert words.lasting(since, NOW) == said


def test_an_instant_of_another_year_names_the_year() -> None:
    assert words.when("2025-12-31T09:05:00-05:00", NOW) == "Wed 31 Dec 2025 09:05"
