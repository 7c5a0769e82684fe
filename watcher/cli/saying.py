"""The user's word: `note`, `heard`, `told`, `interview`, `mute`, `snooze`, `resume`, `pause`, `close`, `hired`,
`correct`, `approve`, and `undo` of each."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from watcher.cli import clock
from watcher.cli.opening import asked_about, hush_libraries, open_watcher
from watcher.cli.scan import PARTLY
from watcher.cli.screen import Screen
from watcher.cli.words import KINDS, when

if TYPE_CHECKING:
    from watcher.app import Watcher
    from watcher.cycle.speaking import Heard, TakeDown


def note(options: argparse.Namespace, screen: Screen) -> int:
    """Keep a key point, asked for where none is given."""
    text = " ".join(options.text) or _asked_for(options.id)
    return _say(options, screen, lambda ear: ear.note(options.id, text))


def heard(options: argparse.Namespace, screen: Screen) -> int:
    """They spoke."""
    spoken, by = " ".join(options.when), " ".join(options.by)
    return _say(options, screen, lambda ear: ear.heard(options.id, spoken, by))


def told(options: argparse.Namespace, screen: Screen) -> int:
    """The user followed up elsewhere."""
    return _say(options, screen, lambda ear: ear.told(options.id, " ".join(options.when)))


def interview(options: argparse.Namespace, screen: Screen) -> int:
    """What became of an interview."""
    return _say(options, screen, lambda ear: ear.interview(options.id, options.outcome, " ".join(options.when)))


def mute(options: argparse.Namespace, screen: Screen) -> int:
    """No letters here."""
    return _say(options, screen, lambda ear: ear.mute(options.id))


def snooze(options: argparse.Namespace, screen: Screen) -> int:
    """No letter here before a day."""
    return _say(options, screen, lambda ear: ear.snooze(options.id, " ".join(options.until)))


def resume(options: argparse.Namespace, screen: Screen) -> int:
    """Letters again."""
    return _say(options, screen, lambda ear: ear.resume(options.id))


def pause(options: argparse.Namespace, screen: Screen) -> int:
    """No drafts at all."""
    words = options.until[1:] if options.until[:1] == ["until"] else options.until
    return _say(options, screen, lambda ear: ear.pause(" ".join(words)))


def close(options: argparse.Namespace, screen: Screen) -> int:
    """It is over."""
    return _say(options, screen, lambda ear: ear.close(options.id, options.stage))


def hired(options: argparse.Namespace, screen: Screen) -> int:
    """The user found work."""
    return _say(options, screen, lambda ear: ear.hired(options.id))


def correct(options: argparse.Namespace, screen: Screen) -> int:
    """What was read wrongly."""
    return _say(options, screen, lambda ear: ear.correct(options.what, options.field, options.values))


def approve(options: argparse.Namespace, screen: Screen) -> int:
    """Write the letter that waits."""

    def ask(watcher: Watcher, now: datetime, hide_later: bool) -> Heard:
        return watcher.approve(options.id, now, hide_later=hide_later, environ=os.environ)

    return _tell(options, screen, ask)


def undo(options: argparse.Namespace, screen: Screen) -> int:
    """Take a word back, or list those that stand."""
    if options.list:
        return _list(options, screen)

    def ask(watcher: Watcher, now: datetime, hide_later: bool) -> Heard:
        return watcher.undo(options.which, now, hide_later=hide_later, environ=os.environ)

    return _tell(options, screen, ask, undone=True)


def _asked_for(name: str) -> str:
    if sys.stdin.isatty():
        print(f"A key point for the next letter to {name}. Complete the sentence: I especially enjoyed hearing about")
    return sys.stdin.readline().strip()


def _say(options: argparse.Namespace, screen: Screen, take_down: TakeDown) -> int:
    def ask(watcher: Watcher, now: datetime, hide_later: bool) -> Heard:
        return watcher.hear(take_down, now, hide_later=hide_later, environ=os.environ)

    return _tell(options, screen, ask)


def _tell(
    options: argparse.Namespace,
    screen: Screen,
    ask: Callable[[Watcher, datetime, bool], Heard],
    *,
    undone: bool = False,
) -> int:
    config, watcher = open_watcher(options)
    asked = asked_about(options, config)
    hush_libraries()
    now = asked or clock.now()
    heard = ask(watcher, now, asked is not None)
    found = as_json(heard, config.timezone, undone=undone)
    if options.json:
        screen.json(found)
    else:
        tell(found, now, screen)
    return PARTLY if heard.report is not None and heard.report.partly else 0


def as_json(heard: Heard, timezone: str, *, undone: bool = False) -> dict[str, Any]:
    """What came of a word (schemas/word.json)."""
    from zoneinfo import ZoneInfo

    from watcher.explain.views import word_view

    zone, report = ZoneInfo(timezone), heard.report
    numbers = {word.number for word in heard.words}
    anchors = {anchor for word in heard.words for anchor in word.anchors}
    about = [
        document["status"]
        for name, document in heard.documents.items()
        if numbers & {item.get("number") for item in document["show"]["timeline"]} or name in anchors
    ]
    words = [{**word_view(word, zone), "value": word.value} for word in heard.words]
    return {
        "undone": undone,
        "words": [{key: word[key] for key in ("number", "verb", "value", "text", "at")} for word in words],
        "opportunities": about,
        "drafted": [
            {"opportunity": line.opportunity, "kind": line.kind, "to": line.to, "message_id": line.message_id}
            for line in (report.drafted if report else ())
        ],
        "withdrawn": [
            {"opportunity": line.opportunity, "kind": line.kind, "to": line.to, "why": line.why}
            for line in (report.withdrawn if report else ())
        ],
        "errors": [
            f"{account.name}: {account.error}" for account in (report.accounts if report else ()) if account.error
        ],
        "notes": [*(report.notes if report else ()), *([heard.busy] if heard.busy else [])],
    }


def tell(found: dict[str, Any], now: datetime, screen: Screen) -> None:
    """The same in words."""
    for word in found["words"]:
        taken = "Taken back: " if found["undone"] else ""
        screen.say(f"{taken}{word['text'] if taken else word['text'][0].upper() + word['text'][1:]}.")
        if not found["undone"]:
            screen.say(f"(`watcher undo {word['number']}` takes it back.)")
    for line in found["drafted"]:
        screen.say(
            f"{line['opportunity']}: {KINDS.get(line['kind'], line['kind'])} to {line['to']} lies in your Drafts."
        )
    for line in found["withdrawn"]:
        screen.say(f"{line['opportunity']}: the {KINDS.get(line['kind'], line['kind'])} was taken back: {line['why']}")
    for opportunity in found["opportunities"]:
        _next(opportunity, now, screen)
    for text in (*found["errors"], *found["notes"]):
        screen.complain(text)


def _next(opportunity: dict[str, Any], now: datetime, screen: Screen) -> None:
    follow_up = opportunity["follow_up"]
    kind = KINDS.get(follow_up["kind"], follow_up["kind"])
    due = f", {when(follow_up['due_at'], now)}" if follow_up["due_at"] and follow_up["status"] == "scheduled" else ""
    what = "nothing" if follow_up["kind"] == "none" else f"{kind}, {follow_up['status']}{due}"
    screen.say(f"{opportunity['id']}: next {what}. {follow_up['reason']}".rstrip())


def _list(options: argparse.Namespace, screen: Screen) -> int:
    config, watcher = open_watcher(options)
    now = asked_about(options, config) or clock.now()
    found = watcher.words()
    if options.json:
        screen.json({"words": [{key: word[key] for key in ("number", "verb", "text", "at")} for word in found]})
    elif not found:
        screen.say("You have said nothing that stands.")
    for word in found if not options.json else ():
        screen.say(f"{word['number']:>4}  {when(word['at'], now)}  {word['text']}")
    return 0
