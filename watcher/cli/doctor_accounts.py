"""What `watcher doctor` says of an account: the way to its server, the sign-in, its folders and what it can do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from watcher.cli import clock
from watcher.cli.doctor_clock import compared
from watcher.cli.doctor_line import FAILED, OK, WARNING, Line
from watcher.errors import WatcherError

if TYPE_CHECKING:
    from watcher.app import Found, Watcher
    from watcher.config import AccountSettings, Config
    from watcher.mailbox.reached import Abilities, Reached

SOON = timedelta(days=14)  # certificates are renewed a month ahead, where somebody sees to it


def account_lines(watcher: Watcher, config: Config, settings: AccountSettings) -> Iterator[Line]:
    """Every line about one account, as it is found; what cannot be reached is not asked further."""
    from watcher.mailbox.reached import Untrusted

    name = settings.name
    try:
        way = watcher.reach(name)
    except WatcherError as fault:
        check = "tls" if isinstance(fault, Untrusted) else "connection"
        remedy = fault.remedy or "Check the network and the host name."
        yield Line(check, FAILED, fault.message, remedy, name)
        yield from compared(name, None, _newest(config, name))
        return
    if way is not None:
        yield Line("connection", OK, f"{way.where} answers.", account=name)
        yield _encryption(way, name)
    try:
        found = watcher.probe(name, os.environ)
    except WatcherError as fault:
        remedy = fault.remedy or "Check the network; it may be the server's own trouble, and pass."
        yield Line("sign-in", FAILED, fault.message, remedy, name)
        yield from compared(name, None, _newest(config, name))
        return
    yield from compared(name, found.server_time, _newest(config, name))
    user = getattr(settings, "user", "").lower()
    if found.address and found.address.lower() not in {user, *config.addresses}:
        yield Line(
            "sign-in", FAILED, f"It is signed in as {found.address}.", f"Sign in again: `watcher login {name}`.", name
        )
        return
    yield Line("sign-in", OK, "The mailbox lets watcher in.", account=name)
    yield from _folders(found, settings)
    if found.abilities is not None:
        yield from _abilities(found.abilities, name, wanted=config.follow_up.drafting != "off")


def _encryption(way: Reached, name: str) -> Line:
    """How the way to the server is kept secret. Loud where it is not."""
    if not way.protocol:
        return Line(
            "tls", WARNING, "NOT ENCRYPTED: whoever is on the way can read the mail and the sign-in.",
            "`endpoint` is for tests on this machine; leave it out of the config.", name,
        )  # fmt: skip
    if not way.checked_by:
        return Line(
            "tls", FAILED, f"{way.protocol}, but THE CERTIFICATE IS NOT CHECKED: any machine may answer in its place.",
            "Nothing in watcher's config does that; look for what changes Python's ssl module on this machine.", name,
        )  # fmt: skip
    said = f"{way.protocol}; the certificate is vouched for by {way.checked_by}"
    if way.until is None:
        return Line("tls", OK, f"{said}.", account=name)
    left = way.until - clock.now()
    said = f"{said} until {way.until:%Y-%m-%d}."
    if left < SOON:
        remedy = "Whoever runs the server must renew it; from then on watcher cannot go on."
        return Line("tls", WARNING, said, remedy, name)
    return Line("tls", OK, said, account=name)


def _folders(found: Found, settings: AccountSettings) -> Iterator[Line]:
    from watcher.message.model import Role

    name = settings.name
    roles = {folder.role: folder.name for folder in found.folders}
    wanted = ((Role.INBOX, FAILED), (Role.SENT, WARNING), (Role.DRAFTS, FAILED))
    for role, status in wanted:
        if role not in roles:
            yield Line("folders", status, f"There is no folder for {role.value}.", WITHOUT[role.value], name)
    missing = [folder for folder in settings.folders if folder not in {each.name for each in found.folders}]
    for folder in missing:
        yield Line("folders", WARNING, f"There is no folder {folder}.", "Look at `folders` in the config.", name)
    if not missing and all(role in roles for role, _ in wanted):
        told = ", ".join(f"{role.value}: {roles[role]}" for role, _ in wanted)
        yield Line("folders", OK, f"{told}.", account=name)


WITHOUT = {
    "inbox": "Check that this is the mailbox you mean.",
    "sent": "Let your mail program keep what you send; without it, watcher cannot know that you answered.",
    "drafts": "Make a folder named Drafts in your mail program.",
}


def _abilities(can: Abilities, name: str, *, wanted: bool) -> Iterator[Line]:
    """What the account can do. Being told of news and quick ways to what changed are comforts; the rest is needed."""
    if wanted and not can.drafts:
        remedy = f"Sign in again and tick every box: `watcher login {name}`; of a Maildir, see who may write to Drafts."
        yield Line("capabilities", FAILED, "Drafts cannot be written.", remedy, name)
        return
    if wanted and not can.takes_back:
        said = "Drafts can be written and not taken back (neither UIDPLUS nor MOVE)."
        yield Line("capabilities", WARNING, said, "Delete yourself what `watcher drafts` calls stale.", name)
        return
    news = "the server tells of news" if can.tells_of_news else "news is looked for every minute or so"
    drafts = "drafts can be written and taken back" if wanted else "drafts are not wanted"
    known = f" ({', '.join(can.extensions)})" if can.extensions else ""
    yield Line("capabilities", OK, f"{drafts[0].upper()}{drafts[1:]}; {news}{known}.", account=name)


def _newest(config: Config, name: str) -> datetime | None:
    """When the mail that came last was delivered, as far as was read."""
    from watcher.store import Store

    try:
        with Store.open_for_reading(config.storage) as store:
            return store.newest(name)
    except WatcherError:  # told in a line of its own
        return None
