"""A config becomes the settings of the floors; what is wrong with it is told all at once, with line, key and remedy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from watcher.config import Config, ImapAccount, MaildirAccount, config_path, load
from watcher.errors import ConfigError, Problem
from watcher.followup.model import DEFAULT_THRESHOLDS, FollowUpSettings, Kind, Threshold

Load = Callable[..., Config]
Faults = Callable[..., dict[str, Problem]]


def test_a_short_config_has_the_floors_own_defaults(loaded: Load, tmp_path: Path) -> None:
    config = loaded()
    assert config.addresses == ("alex.morgan@example.net",)
    assert config.accounts == (MaildirAccount("local", tmp_path / "mail"),)
    assert config.storage == tmp_path / ".local/state/watcher/state.db"
    assert config.history == timedelta(days=180)
    assert config.follow_up == FollowUpSettings()
    assert (config.reading.timezone, config.reading.day_first) == ("Europe/London", True)
    assert config.letters.name == config.joining.name == "Alex Morgan"


def test_a_machine_that_says_nothing_but_a_scenarios_keys_is_understood(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    file = tmp_path / "config.toml"
    file.write_text(
        'drafting = "auto"\n'
        f'[you]\nname = "Zoë \\u00c5berg"\naddresses = ["z@example.net"]\ntimezone = "America/New_York"\n'
        f'[storage]\npath = "{tmp_path}/state.db"\n[calendar]\nholidays = "US"\n[follow_up]\nafter_interview = 3\n'
        f'[[accounts]]\nname = "scenario"\nkind = "maildir"\npath = "{tmp_path}/mail"\n',
        encoding="utf-8",
    )
    config = load(file, {})
    assert config.name == "Zoë Åberg"
    assert config.storage == tmp_path / "state.db"
    assert config.workdays.place == config.reading.country == "US"
    assert config.reading.day_first is False
    assert config.follow_up.thresholds[Kind.AFTER_INTERVIEW] == Threshold(working_days=3)
    assert config.follow_up.thresholds[Kind.AFTER_REPLY] == DEFAULT_THRESHOLDS[Kind.AFTER_REPLY]
    assert (config.follow_up.drafting, config.follow_up.drafting_set) == ("auto", True)


def test_thresholds_attempts_spacing_and_overrides_are_filled_in(loaded: Load) -> None:
    settings = loaded(
        top='pace = "brisk"\nhistory = "all"\ndrafting = "ask"\n',
        more="""
[follow_up]
thank_you = 4
after_hold = "off"
lapse = "6 weeks"
thank_you_lapses = 3
not_before = 2026-03-01
attempts.after_reply = 1
[follow_up.spacing]
after_interview = "2 weeks"
[follow_up.companies."Harbour & FINCH"]
after_interview = "1 week"
attempts.after_interview = 0
[follow_up.opportunities.acme-nurse]
after_reply = "off"
[drafts]
max_a_day = 2
hours = "08:00-18:00"
same_person = 0
least_confidence = 0.8
""",
    ).follow_up
    assert settings.thresholds[Kind.THANK_YOU] == Threshold(span=timedelta(hours=4))
    assert settings.thresholds[Kind.AFTER_INTERVIEW] == Threshold(working_days=3)
    assert settings.thresholds[Kind.AFTER_HOLD].off
    assert settings.lapse == timedelta(days=42)
    assert settings.thank_you_lapses == Threshold(working_days=3)
    assert settings.not_before == datetime(2026, 3, 1, tzinfo=ZoneInfo("Europe/London"))
    assert settings.attempts == {Kind.AFTER_REPLY: 1}
    assert settings.spacing == {Kind.AFTER_INTERVIEW: Threshold(span=timedelta(days=14))}
    assert settings.overrides["harbour & finch"].thresholds == {Kind.AFTER_INTERVIEW: Threshold(span=timedelta(days=7))}
    assert settings.overrides["harbour & finch"].attempts == {Kind.AFTER_INTERVIEW: 0}
    assert settings.overrides["acme-nurse"].thresholds[Kind.AFTER_REPLY].off
    assert (settings.max_a_day, settings.from_hour, settings.to_hour, settings.same_person) == (2, 8, 18, 0)
    assert (settings.least_confidence, settings.drafting) == (0.8, "ask")


def test_history_may_be_all_or_a_span(loaded: Load) -> None:
    assert loaded(top='history = "all"').history is None
    assert loaded(top='history = "2 weeks"').history == timedelta(days=14)
    assert loaded(top="history = 90").history == timedelta(days=90)


@pytest.mark.parametrize("pace", ["patient", "brisk"])
def test_a_pace_changes_every_threshold_the_same_way(loaded: Load, pace: str) -> None:
    def hours(waiting: Threshold) -> float:
        return (waiting.working_days or 0) * 24 + (waiting.span or timedelta()).total_seconds() / 3600

    found = loaded(top=f'pace = "{pace}"').follow_up.thresholds
    assert found.keys() == DEFAULT_THRESHOLDS.keys()
    for kind, plain in DEFAULT_THRESHOLDS.items():
        assert (hours(found[kind]) > hours(plain)) is (pace == "patient")
        assert hours(found[kind]) != hours(plain)


def test_imap_accounts_have_the_ports_and_user_that_people_expect(loaded: Load, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").touch()
    accounts = loaded(
        accounts="""
[[accounts]]
name = "work"
kind = "imap"
host = "imap.example.net"
password_command = "pass show 'my mail'"
folders = ["Jobs"]
[[accounts]]
name = "here"
kind = "imap"
host = "127.0.0.1"
user = "alice"
[[accounts]]
name = "old"
kind = "imap"
host = "localhost"
tls = "starttls"
port = 1143
ca = "ca.pem"
password_command = ["pass", "old"]
"""
    ).accounts
    assert accounts == (
        ImapAccount("work", "imap.example.net", 993, "alex.morgan@example.net", "tls", None, ("pass", "show", "my mail"), ("Jobs",)),
        ImapAccount("here", "127.0.0.1", 993, "alice"),
        ImapAccount("old", "localhost", 1143, "alex.morgan@example.net", "starttls", tmp_path / "ca.pem", ("pass", "old")),
    )  # fmt: skip


def test_a_users_own_letters_and_days_off_are_read(loaded: Load, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thank_you.j2").write_text("Hello", encoding="utf-8")
    config = loaded(
        more='[letters]\ntemplates = "mine"\nsignature = "A."\nhighlights = ["moving payrolls"]\n'
        '[calendar]\ndays_off = [2026-12-24]\nholidays = "gb-sct"\n'
    )
    assert config.letters.overrides == {"thank_you.j2": "Hello"}
    assert (config.letters.signature, config.letters.highlights) == ("A.", ("moving payrolls",))
    assert config.workdays.extra == {date(2026, 12, 24)}
    assert config.workdays.place == "GB-SCT"


def test_every_fault_is_told_at_once_in_the_order_of_the_file(write: Callable[..., Path]) -> None:
    file = write(
        top='drafting = "automatic"\nhistroy = "all"',
        you='[you]\nname = ""\naddresses = ["Alex <alex@example.net>"]\ntimezone = "Europe/Londn"\n',
        more="[follow_up]\nafter_interveiw = 3\nafter_reply = -1\n[drafts]\nmax_a_day = true\n",
        accounts='[[accounts]]\nname = "a"\nkind = "pop3"\n[[accounts]]\nname = "A"\nkind = "maildir"\npath = "gone"\n',
    )
    with pytest.raises(ConfigError) as caught:
        load(file, {})
    text = file.read_text(encoding="utf-8").split("\n")
    told = [
        (problem.key, text[problem.line - 1].split(" =")[0] if problem.line else "")
        for problem in caught.value.problems
    ]
    assert told == [
        ("drafting", "drafting"),
        ("histroy", "histroy"),
        ("you.name", "name"),
        ("you.addresses", "addresses"),
        ("you.timezone", "timezone"),
        ("follow_up.after_interveiw", "after_interveiw"),
        ("follow_up.after_reply", "after_reply"),
        ("drafts.max_a_day", "max_a_day"),
        ("accounts[1].kind", "kind"),
        ("accounts[2].name", "name"),
        ("accounts[2].path", "path"),
    ]  # fmt: skip
    assert all(problem.file == str(file) for problem in caught.value.problems)
    assert caught.value.exit_status == 2
    words = str(caught.value)
    assert 'Did you mean "after_interview"?' in words
    assert 'Did you mean "history"?' in words
    assert 'did you mean "Europe/London"?' in words


@pytest.mark.parametrize(
    ("parts", "key", "words"),
    [
        ({"you": ""}, "you.name", "missing"),
        ({"accounts": ""}, "accounts", "missing"),
        ({"accounts": '[accounts]\nname = "x"\n'}, "accounts", "[[accounts]]"),
        ({"accounts": '[[accounts]]\nname = "x"\nkind = "gmail"\nhost = "imap.gmail.com"\n'}, "accounts[1].host", "not a key"),
        ({"accounts": '[[accounts]]\nname = "x"\nkind = "gmail"\nendpoint = "http://mail.example"\n'}, "accounts[1].endpoint", "Leave it out"),
        ({"accounts": '[[accounts]]\nname = "x"\nkind = "maildir"\n'}, "accounts[1].path", "missing"),
        ({"accounts": '[[accounts]]\nname = "x"\nkind = "imap"\n'}, "accounts[1].host", "missing"),
        ({"more": 'follow_up = 3\n'}, "you.follow_up", "not a key"),
        ({"top": "follow_up = 3\n"}, "follow_up", "must be a table"),
        ({"top": "drafting = false\n"}, "drafting", "must be a text"),
        ({"top": 'pace = "fast"\n'}, "pace", '"patient", "standard" or "brisk"'),
        ({"top": 'history = "3 working days"\n'}, "history", "plain days"),
        ({"more": '[calendar]\nholidays = "XX"\n'}, "calendar.holidays", "not the code of a country"),
        ({"more": '[calendar]\nholidays = "DE-XX"\n'}, "calendar.holidays", "BY"),
        ({"more": '[calendar]\ndays_off = ["Monday"]\n'}, "calendar.days_off", "list of days"),
        ({"more": '[drafts]\nhours = "21-7"\n'}, "drafts.hours", "earlier to a later"),
        ({"more": '[drafts]\nhours = 7\n'}, "drafts.hours", "span of hours"),
        ({"more": '[drafts]\nleast_confidence = 2\n'}, "drafts.least_confidence", "from 0 to 1"),
        ({"more": '[follow_up]\nnot_before = "soon"\n'}, "follow_up.not_before", "2026-03-01"),
        ({"more": '[follow_up]\nnone = 3\n'}, "follow_up.none", "not a key"),
        ({"more": '[follow_up]\nthank_you_lapses = "off"\n'}, "follow_up.thank_you_lapses", "for good"),
        ({"more": '[follow_up.attempts]\nafter_reply = 9\n'}, "follow_up.attempts.after_reply", "from 0 to 5"),
        ({"more": '[follow_up.companies.Acme]\nafter = 9\n'}, "follow_up.companies.Acme.after", "not a key"),
        ({"more": '[follow_up.companies."A & B"]\nafter = 9\n'}, 'follow_up.companies."A & B".after', "not a key"),
        ({"more": '[storage]\npath = "mail"\n'}, "storage.path", "folder"),
        ({"more": '[letters]\ntemplates = "gone"\n'}, "letters.templates", "no folder"),
        ({"more": '[letters]\nhighlights = [1]\n'}, "letters.highlights", "entry 1"),
        ({"more": '[notifications]\ndesktop = "yes"\n'}, "notifications.desktop", "true or false"),
    ],
)  # fmt: skip
def test_a_fault_names_its_key_and_what_to_do(faults: Faults, parts: dict[str, str], key: str, words: str) -> None:
    problem = faults(**parts)[key]
    assert words in f"{problem.message} {problem.remedy}"
    assert problem.remedy or "must be" in problem.message


@pytest.mark.parametrize(
    ("line", "key", "words"),
    [
        ('host = "https://imap.example.net"', "host", "name of a server"),
        ('host = "imap.example.net"\ntls = "none"', "tls", '"tls" or "starttls"'),
        ('host = "imap.example.net"\ntls = "ssl"', "tls", '"tls"'),
        ('host = "imap.example.net"\nport = 70000', "port", "65535"),
        ('host = "imap.example.net"\nport = "993"', "port", "whole number"),
        ('host = "imap.example.net"\nca = "gone.pem"', "ca", "no file"),
        ('host = "imap.example.net"\npassword_command = "pass \'x"', "password_command", "no command"),
        ('host = "imap.example.net"\npassword_command = 3', "password_command", "command"),
    ],
)
def test_an_imap_account_that_cannot_work_is_refused(faults: Faults, line: str, key: str, words: str) -> None:
    found = faults(accounts=f'[[accounts]]\nname = "x"\nkind = "imap"\n{line}\n')
    assert set(found) == {f"accounts[1].{key}"}
    assert words in str(found[f"accounts[1].{key}"])


def test_a_secret_in_the_config_is_refused_and_never_repeated(faults: Faults) -> None:
    found = faults(accounts='[[accounts]]\nname = "x"\nkind = "imap"\nhost = "h.example"\npassword = "hunter2"\n')
    problem = found["accounts[1].password"]
    assert "watcher login" in problem.remedy
    assert "hunter2" not in str(problem)


def test_a_text_that_is_not_toml_is_shown_with_its_line(write: Callable[..., Path]) -> None:
    with pytest.raises(ConfigError) as caught:
        load(write(top="\n\nname = Alex"), {})
    (problem,) = caught.value.problems
    assert problem.line == 3
    assert "quotation marks" in problem.remedy


def test_a_missing_or_unreadable_config_is_a_fault_of_the_config(tmp_path: Path) -> None:
    for file, words in ((tmp_path / "none.toml", "no config"), (tmp_path, "cannot be read")):
        with pytest.raises(ConfigError, match=words):
            load(file, {})
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        load(binary, {})


def test_a_byte_order_mark_does_no_harm(write: Callable[..., Path]) -> None:
    file = write()
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert load(file, {}).name == "Alex Morgan"


def test_the_places_are_those_of_the_xdg_folders() -> None:
    assert config_path({"HOME": "/h"}) == Path("/h/.config/watcher/config.toml")
    assert config_path({"HOME": "/h", "XDG_CONFIG_HOME": "/c"}) == Path("/c/watcher/config.toml")
    assert config_path({"HOME": "/h", "XDG_CONFIG_HOME": "relative"}) == Path("/h/.config/watcher/config.toml")


def test_paths_begin_at_the_config_or_at_home(loaded: Load, tmp_path: Path) -> None:
    assert loaded(more='[storage]\npath = "~/deep/state.db"').storage == tmp_path / "deep/state.db"
    assert loaded(more='[storage]\npath = "state.db"').storage == tmp_path / "state.db"


def test_the_state_lies_in_the_xdg_state_folder(write: Callable[..., Path]) -> None:
    assert load(write(), {"HOME": "/h", "XDG_STATE_HOME": "/s"}).storage == Path("/s/watcher/state.db")
