"""The composition root: a config, the knowledge, the store and the mailboxes become one Watcher."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from watcher.config import Config
from watcher.errors import UsageError
from watcher.store import Store

if TYPE_CHECKING:
    from watcher.config import AccountSettings
    from watcher.cycle import Pass, Plan, Progress, ScanReport, Setting
    from watcher.cycle.report import Preview
    from watcher.cycle.speaking import Heard, Speaking, TakeDown
    from watcher.knowledge.model import Rulebook
    from watcher.mailbox.base import Mailbox
    from watcher.mailbox.reached import Abilities, Reached, ServerTime
    from watcher.message.model import Folder

READING_VERSION = 1  # raised when the code of reading changes what it finds, so that stored readings are made anew


def build(config: Config) -> Watcher:
    """The watcher that a config describes; nothing is opened yet."""
    return Watcher(config)


def knowledge(overlay: Path | None = None) -> Rulebook:
    """The rulebook that ships with watcher, under the user's overlay."""
    from watcher.knowledge.loader import load

    return load(overlay)


NO_WORDS = "0/0"  # the store's mark where the user has said nothing yet


@dataclass(frozen=True, slots=True)
class Found:
    """What a sign-in found: the folders, whose mailbox it is where the server tells ("" where not), what it can do, and
    the server's time."""

    folders: tuple[Folder, ...]
    address: str = ""
    abilities: Abilities | None = None
    server_time: ServerTime | None = None


@dataclass(frozen=True, slots=True)
class Materials:
    """What passes are made of: what they go by, the plan at an instant, the mailboxes, and the lock of one pass."""

    config: Config
    setting: Setting
    plan: Callable[[datetime], Plan]
    mailboxes: tuple[Mailbox, ...]
    lock: Path


class Watcher:
    """What the commands ask: a scan, the status, one opportunity, the drafts."""

    def __init__(self, config: Config, mailboxes: Sequence[Mailbox] | None = None) -> None:
        self._config = config
        self._given = mailboxes

    # --- the pass ---

    def scan(
        self,
        now: datetime,
        *,
        hide_later: bool = False,
        dry_run: bool = False,
        progress: Progress | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> ScanReport:
        """One pass over all accounts. A dry run reads the real mailboxes and writes nothing anywhere (law 11)."""
        from watcher.cycle import Pass
        from watcher.mailbox.recording import RecordingMailbox
        from watcher.store.lock import Lock

        config = self._config
        plan = self._plan(now)
        mailboxes = self._mailboxes(environ or {})
        if dry_run:
            mailboxes = [RecordingMailbox(mailbox, now) for mailbox in mailboxes]
        with ExitStack() as stack:
            if not dry_run:
                stack.enter_context(Lock(self._lock, "scan"))
            store = stack.enter_context(Store.open_copy(config.storage) if dry_run else Store.open(config.storage))
            for mailbox in mailboxes:
                stack.callback(mailbox.close)
            one = Pass(self._setting(), store, now, now if hide_later else None, progress)
            return one.run(mailboxes, plan)

    def materials(self, environ: Mapping[str, str]) -> Materials:
        """What the daemon makes its passes of; nothing is opened yet."""
        return Materials(self._config, self._setting(), self._plan, tuple(self._mailboxes(environ)), self._lock)

    @property
    def _lock(self) -> Path:
        return self._config.storage.with_suffix(".lock")

    def _plan(self, now: datetime) -> Plan:
        from watcher.cycle import Plan

        config = self._config
        since = now - config.history if config.history else None
        return Plan(since, frozenset(name for account in config.accounts for name in account.folders))

    def _mailboxes(self, environ: Mapping[str, str]) -> list[Mailbox]:
        if self._given is not None:
            return list(self._given)
        return [self._mailbox(account, environ) for account in self._config.accounts]

    def probe(self, name: str, environ: Mapping[str, str], given: str | None = None) -> Found:
        """Sign in to one account, perhaps with a secret that is not stored yet, and see what folders there are.

        Raises what a mailbox may raise.
        """
        from watcher.mailbox.reached import Examined

        settings = next(account for account in self._config.accounts if account.name == name)
        mailbox = self._mailbox(settings, environ, given)
        try:
            mailbox.open()
            folders, address = tuple(mailbox.folders()), getattr(mailbox, "address", "")
            if isinstance(mailbox, Examined):
                return Found(folders, address, mailbox.abilities(), mailbox.server_time())
            return Found(folders, address)
        finally:
            mailbox.close()

    def reach(self, name: str) -> Reached | None:
        """Connect to the server of one account, without signing in; None where there is none. Raises
        MailboxUnavailable."""
        from watcher.mailbox.reached import Examined

        settings = next(account for account in self._config.accounts if account.name == name)
        mailbox = self._mailbox(settings, {}, "")
        return mailbox.reach() if isinstance(mailbox, Examined) else None

    def _mailbox(self, settings: AccountSettings, environ: Mapping[str, str], given: str | None = None) -> Mailbox:
        from watcher.app.mailboxes import mailbox

        drafting = self._config.follow_up.drafting != "off"
        return mailbox(settings, self._config.addresses, environ, given, drafting=drafting)

    def _setting(self) -> Setting:
        from watcher.cycle import Setting

        config = self._config
        rulebook = knowledge()
        return Setting(
            rulebook=rulebook,
            digest=_digest(rulebook, config),
            reading=config.reading,
            joining=replace(config.joining, free_domains=frozenset(rulebook.tables["mailboxes"]["free_mail"])),
            follow_up=config.follow_up,
            letters=config.letters,
            workdays=config.workdays,
            accounts=tuple(account.name for account in config.accounts),
            version=_version(),
        )

    # --- the user's word ---

    def hear(self, take_down: TakeDown, now: datetime, *, hide_later: bool, environ: Mapping[str, str]) -> Heard:
        """Keep what the user says, and let it take effect at once: everything is judged again, and drafts that it has
        outdated are taken back. `take_down` makes words of it, or raises UsageError."""
        return self._speaking(now, environ, hide_later=hide_later).hear(take_down)

    def undo(self, which: str, now: datetime, *, hide_later: bool, environ: Mapping[str, str]) -> Heard:
        """Take back a word: by its number, the newest about an opportunity, or the newest of all (""). Raises
        UsageError where there is none."""
        return self._speaking(now, environ, hide_later=hide_later).undo(which)

    def approve(self, name: str, now: datetime, *, hide_later: bool, environ: Mapping[str, str]) -> Heard:
        """Write the letter that waits for the user's yes. Raises UsageError where none does."""
        return self._speaking(now, environ, hide_later=hide_later).approve(name)

    def words(self) -> list[dict[str, Any]]:
        """Every word of the user's that stands, oldest first."""
        from watcher.explain.views import word_view

        with Store.open_for_reading(self._config.storage) as store:
            return [word_view(word, self._config.workdays.zone) for word in store.words()]

    def _speaking(self, now: datetime, environ: Mapping[str, str], *, hide_later: bool) -> Speaking:
        from watcher.cycle.speaking import Speaking

        until = now if hide_later else None
        return Speaking(
            self._config.storage,
            self._lock,
            self._setting(),
            self._plan(now),
            now,
            until,
            documents=lambda store: self._documents(store, now, until),
            find=lambda name, documents: find_id(name, _aliases(documents)),
            mailboxes=lambda: self._mailboxes(environ),
        )

    def preview(
        self,
        name: str,
        now: datetime,
        changes: Mapping[str, object],
        *,
        as_of: datetime | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> list[Preview]:
        """What would be done, about one opportunity or about all that are not over, with the letters; also with
        `changes` to the config, beside what is done today. Writes nothing. Raises ConfigError and UsageError."""
        from watcher.config import load
        from watcher.cycle.previewing import previews

        then = Watcher(load(self._config.file, environ or {}, changes)) if changes else self
        with Store.open_for_reading(self._config.storage) as store:
            known = _aliases(self._documents(store, now, as_of))
            wanted = find_id(name, known) if name else ""
            today_pass = self._pass(store, now, as_of)
            then_pass = then._pass(store, now, as_of) if changes else today_pass
            return previews(today_pass, then_pass, wanted)

    # --- what it knows ---

    def status(self, now: datetime, *, as_of: datetime | None = None) -> dict[str, Any]:
        """The JSON of `status`: every opportunity, over ones too, and how each account's last scan went.

        It prints what the last pass concluded. Where `as_of` asks for another instant, or time alone has changed
        something since (an interview has begun, a letter has come due), it judges what is stored once more.
        """
        with Store.open_for_reading(self._config.storage) as store:
            documents = self._documents(store, now, as_of, "status")
            scans = store.scans()
            zone = self._config.workdays.zone
            return {
                "generated_at": (as_of or now).astimezone(zone).isoformat(timespec="seconds"),
                "opportunities": [document["status"] for document in documents.values()],
                "accounts": [_account(account.name, scans, zone) for account in self._config.accounts],
                "paused": self._paused(store, as_of or now),
            }

    def show(self, name: str, now: datetime, *, as_of: datetime | None = None) -> dict[str, Any]:
        """One opportunity as a time line. Raises UsageError where `name` is no id, alias or unambiguous prefix."""
        with Store.open_for_reading(self._config.storage) as store:
            documents = self._documents(store, now, as_of)
            return dict(documents[find_id(name, _aliases(documents))]["show"])

    def drafts(self, name: str | None = None) -> list[dict[str, Any]]:
        """Every draft that was ever made, oldest first, and what became of it."""
        with Store.open_for_reading(self._config.storage) as store:
            zone = self._config.workdays.zone
            placements = sorted(store.placements(), key=lambda placement: placement.intended_at)
            if name:
                views = store.views()
                documents: Mapping[str, Any] = views.documents if views else {}
                known = _aliases(documents)
                known |= {p.opportunity: [] for p in placements if p.opportunity not in known}
                wanted = find_id(name, known)
                names = {wanted, *known.get(wanted, [])}
                placements = [placement for placement in placements if placement.opportunity in names]
            return [
                {
                    "message_id": placement.message_id,
                    "opportunity": placement.opportunity,
                    "account": placement.account,
                    "kind": placement.kind.value,
                    "attempt": placement.attempt,
                    "to": placement.to,
                    "subject": placement.subject,
                    "state": placement.state.value,
                    "why": placement.why or None,
                    "made_at": placement.intended_at.astimezone(zone).isoformat(timespec="seconds"),
                    "changed_at": placement.changed_at.astimezone(zone).isoformat(timespec="seconds"),
                    "text": placement.text or None,
                }
                for placement in placements
            ]

    def _documents(self, store: Store, now: datetime, as_of: datetime | None, part: str = "") -> Mapping[str, Any]:
        """The pages of each opportunity, or of each the one that is named."""
        views = store.views(part)
        if views is None:
            return {}
        asked = as_of or now
        judged_at = datetime.fromisoformat(str(views.meta["judged_at"]))
        same = as_of is None or as_of == judged_at
        same = same and views.meta.get("words", NO_WORDS) == store.words_mark()
        if same and not _has_come(views.documents, judged_at, asked):
            return views.documents
        return self._pass(store, asked, as_of).judge_only()[1]

    def _paused(self, store: Store, now: datetime) -> dict[str, Any] | None:
        """Whether all drafting is paused; `status` loads what words are made of only where one was said."""
        if store.words_mark() == NO_WORDS:
            return None
        from watcher.explain.views import paused_view
        from watcher.followup.consent import pause_of

        zone = self._config.workdays.zone
        return paused_view(pause_of(store.words(), zone), now, zone)

    def _pass(self, store: Store, now: datetime, until: datetime | None) -> Pass:
        from watcher.cycle import Pass

        return Pass(self._setting(), store.copy_in_memory(), now, until)


def _aliases(documents: Mapping[str, Any]) -> dict[str, Sequence[str]]:
    return {key: document["show"]["aliases"] for key, document in documents.items()}


def find_id(name: str, known: Mapping[str, Sequence[str]]) -> str:
    """The opportunity that `name` means among `known` (aliases by id): an id, an alias or an unambiguous prefix."""
    if name in known:
        return name
    for key, aliases in known.items():
        if name in aliases:
            return key
    near = sorted({key for key, aliases in known.items() if any(each.startswith(name) for each in (key, *aliases))})
    if len(near) == 1:
        return near[0]
    if near:
        raise UsageError(f"'{name}' could be {', '.join(near)}.", "Write a little more of it.")
    raise UsageError(f"There is no opportunity '{name}'.", "`watcher status --all` lists them all with their ids.")


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("watcher")
    except PackageNotFoundError:
        return ""


def _digest(rulebook: Rulebook, config: Config) -> str:
    """What readings depend on: the knowledge, the reader's version, and who and where the user is."""
    parts = (
        rulebook.digest,
        str(READING_VERSION),
        repr(config.reading),
        config.workdays.timezone,
        config.workdays.place,
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _account(name: str, scans: Mapping[str, Any], zone: Any) -> dict[str, Any]:
    scan = scans.get(name)
    scanned = scan.scanned_at.astimezone(zone).isoformat(timespec="seconds") if scan and scan.scanned_at else None
    return {"name": name, "last_scan_at": scanned, "error": scan.error if scan else None}


def _has_come(documents: Mapping[str, Any], then: datetime, now: datetime) -> bool:
    """Whether an instant that changes a conclusion lies between two instants."""
    for document in documents.values():
        status = document["status"]
        instants = [interview["end"] or interview["start"] for interview in status["interviews"]]
        instants += [interview["start"] for interview in status["interviews"]]
        instants += [status["follow_up"]["due_at"], status["follow_up"]["not_before"]]
        if any(then < datetime.fromisoformat(at) <= now for at in instants if at):
            return True
    return False
