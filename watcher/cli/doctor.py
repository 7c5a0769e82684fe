"""`watcher doctor`: one line for each thing that must work, and what to do where it does not."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from watcher.cli.doctor_accounts import account_lines
from watcher.cli.doctor_clock import kept_right
from watcher.cli.doctor_line import FAILED, OK, WARNING, Line
from watcher.cli.opening import hush_libraries
from watcher.errors import FaultyFile, Problem, WatcherError

if TYPE_CHECKING:
    from watcher.cli.screen import Screen
    from watcher.config import Config

FAULTY = 2


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Look at everything; 1 where something failed, 2 where it is the config."""
    lines: list[Line] = []
    for line in examine(options):
        lines.append(line)
        if not options.json:
            tell(line, screen)
    if options.json:
        screen.json([line.as_json() for line in lines])
    failed = [line for line in lines if line.status == FAILED]
    if any(line.check == "config" for line in failed):
        return FAULTY
    return 1 if failed else 0


def tell(line: Line, screen: Screen) -> None:
    """A line in words, its remedy below it."""
    where = f"{line.check} {line.account}" if line.account else line.check
    screen.say(f"{line.status:<8}{where}: {line.message}")
    if line.remedy:
        screen.say(f"{'':<8}{line.remedy}")


def examine(options: argparse.Namespace) -> Iterator[Line]:
    """Every line, as it is found."""
    from watcher.app import build
    from watcher.config import config_path, load

    path = Path(options.config) if options.config else config_path(os.environ)
    try:
        config = load(path, os.environ)
    except WatcherError as fault:
        yield from _faults("config", fault)
        return
    yield Line("config", OK, f"{path} is sound.")
    hush_libraries()
    yield from _letters(config)
    yield _state(config)
    yield _service(config)
    yield from kept_right()
    yield from _keyring(config)
    watcher = build(config)
    for settings in config.accounts:
        yield from account_lines(watcher, config, settings)


def _faults(check: str, fault: WatcherError) -> Iterator[Line]:
    if isinstance(fault, FaultyFile):
        for problem in fault.problems:
            yield _fault(check, FAILED, problem)
    else:
        yield Line(check, FAILED, fault.message, fault.remedy or "Look at the file that it names.")


def _fault(check: str, status: str, problem: Problem) -> Line:
    bare = Problem(problem.file, problem.line, problem.key, problem.message, column=problem.column)
    return Line(check, status, str(bare), problem.remedy or "config.example.toml shows how it is written.")


def _letters(config: Config) -> Iterator[Line]:
    """What ships with watcher, and the user's own letters, which ours stand in for where they are broken."""
    from watcher.app import knowledge
    from watcher.draft.templates import faults

    try:
        rulebook = knowledge()
    except WatcherError as fault:
        yield from _faults("knowledge", fault)
        return
    yield Line("knowledge", OK, f"{', '.join(sorted(rulebook.packs))}; {len(rulebook.senders)} kinds of sender.")
    found = faults(config.templates, rulebook.packs)
    for problem in found:
        yield _fault("letters", WARNING, problem)
    if not found:
        own = len(config.templates)
        yield Line("letters", OK, f"{own} of your own." if own else "Ours, none of your own.")


def _state(config: Config) -> Line:
    from watcher.store import Store

    try:
        with Store.open_for_reading(config.storage) as store:
            count = len(store.placements())
    except WatcherError as fault:
        return Line("state", FAILED, fault.message, fault.remedy)
    if not config.storage.exists():
        return Line("state", OK, f"There is none yet; the first scan makes {config.storage}.")
    if config.storage.stat().st_mode & 0o077:
        return Line("state", WARNING, f"{config.storage} can be read by others.", f"chmod 600 {config.storage}")
    return Line("state", OK, f"{config.storage}, {count} drafts so far.")


def _service(config: Config) -> Line:
    """How the daemon fares, where one runs."""
    from watcher.cli.beside import daemon
    from watcher.daemon.unit import unit_path

    told = daemon(config.storage, ZoneInfo(config.timezone))
    if told is None:
        if unit_path(os.environ, Path.home()).exists():
            return Line("service", WARNING, "It is installed and does not run.", "`watcher service logs` may tell why.")
        return Line("service", OK, "None runs; `watcher service install` would have it run by itself.")
    if told["store_error"]:
        return Line("service", FAILED, told["store_error"], "It goes on by itself; `watcher service logs` tells when.")
    if told["config_error"]:
        return Line("service", WARNING, f"It goes by the old config: {told['config_error']}", "Mend it, and reload.")
    waits = [account["name"] for account in told["accounts"] if account["state"] == "parked"]
    if waits:
        remedy = f"`watcher login {waits[0]}`, or `systemctl --user reload watcher`."
        return Line("service", FAILED, f"It has stopped asking for {', '.join(waits)}.", remedy)
    return Line("service", OK, f"It runs (process {told['pid']}).")


def _keyring(config: Config) -> Iterator[Line]:
    """Which keyring would be asked, where an account's secret is to be there."""
    from watcher.config import MaildirAccount
    from watcher.mailbox.credentials import approved, is_for_keyring

    needing = [
        one.name
        for one in config.accounts
        if not isinstance(one, MaildirAccount) and is_for_keyring(one.name, one.password_command, os.environ)
    ]
    if not needing:
        return
    try:
        names = [type(keyring).__module__.rpartition(".")[2] for keyring in approved(os.environ)]
    except WatcherError as fault:
        yield Line("keyring", FAILED, fault.message, fault.remedy)
        return
    if names:
        yield Line("keyring", OK, f"{', '.join(names)}.")
    else:
        remedy = f"Log in to a desktop that has one, or set `password_command` for {', '.join(needing)}."
        yield Line("keyring", FAILED, "There is none in this session.", remedy)
