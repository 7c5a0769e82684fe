"""`watcher setup`: a conversation that ends with a config, a sign-in that works, and a first look at the mail."""

from __future__ import annotations

import argparse
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from watcher.cli import clock
from watcher.cli.asking import Asking
from watcher.cli.opening import hush_libraries
from watcher.cli.screen import Progress, Screen
from watcher.cli.setup_file import Answers, text_of, write
from watcher.errors import CredentialsMissing, CredentialsRejected, MailboxUnavailable, UsageError, WatcherError

if TYPE_CHECKING:
    from watcher.app import Watcher
    from watcher.config import Config
    from watcher.config.providers import Provider

TRIES = 3
PACES = {"patient": "waits longer", "standard": "", "brisk": "waits shorter"}


def run(options: argparse.Namespace, screen: Screen) -> int:
    """Ask, try, write, and look."""
    import sys

    from watcher.config import config_path

    hush_libraries()
    asking = Asking(screen, person=sys.stdin.isatty() and sys.stdout.isatty())
    path = Path(options.config) if options.config else config_path(os.environ)
    if path.exists() and not asking.yes(
        f"There is a config already ({path}). Put another in its place? The old one is kept beside it.",
        given=options.replace or None,
        default=False,
    ):
        raise UsageError(f"{path} is left as it is.", "--replace puts another in its place and keeps the old one.")
    answers = _account(options, asking, screen, _you(options, asking))
    answers = _until_signed_in(options, asking, screen, path, answers)
    answers = _manners(options, asking, answers)
    write(path, answers)
    screen.say(f"Written: {path}. Every other key is in config.example.toml.")
    _first_look(options, asking, screen, path, answers)
    _service(options, asking, screen)
    return 0


# --- questions ---------------------------------------------------------------------------------------------------


def _you(options: argparse.Namespace, asking: Asking) -> Answers:
    from watcher.config.places import local_zone, zone_name

    name = asking.text("Your name, as you sign letters", "--name", options.name, check=_not_empty)
    given = " ".join(options.address) if options.address else None
    addresses = asking.text("Your address (several: with blanks between)", "--address", given, check=_addresses)
    zone = asking.text("Your time zone", "--timezone", options.timezone, local_zone(), zone_name)
    return Answers(name=name, addresses=tuple(addresses.split()), timezone=zone)


def _account(options: argparse.Namespace, asking: Asking, screen: Screen, answers: Answers) -> Answers:
    from watcher.config.providers import IMAP, MAILDIR, domain_of, likely, providers
    from watcher.mailbox.discovery import imap_server, mail_hosts

    known = {provider.id: provider for provider in providers()}
    domain = domain_of(answers.addresses[0])
    first = likely(answers.addresses[0])
    if asking.person and options.kind is None and first[0].id == IMAP:
        first = likely(answers.addresses[0], mail_hosts(domain))  # a domain of one's own, kept by a provider
    order = [*(provider.id for provider in first), *(key for key in known if key not in {one.id for one in first})]
    shown = {key: " ".join(filter(None, (f"{known[key].name}.", known[key].cost))) for key in order}
    kind = asking.choice("Where is your mail?", "--kind", options.kind, shown, order[0])
    provider = known[kind]
    answers = replace(answers, account=options.account, provider=provider)
    if kind == MAILDIR:
        where = asking.text("The folder it lies in", "--path", options.path, check=_folder)
        return replace(answers, kind="maildir", path=where)
    user = asking.text("The name you sign in with", "--user", options.user, answers.addresses[0], _not_empty)
    if kind == "gmail":
        return replace(answers, kind="gmail", user=user, endpoint=options.endpoint or "")
    host, port, tls = provider.host, options.port or 993, "starttls" if options.port == 143 else "tls"
    if options.host or kind == IMAP or not host:
        found = None if options.host else imap_server(domain)
        host = asking.text(
            "The IMAP server", "--host", options.host, found.host if found else f"imap.{domain}", _not_empty
        )
        if found and found.host == host and not options.port:
            port, tls = found.port, found.tls
    command = options.password_command or ""
    if kind == "outlook":
        client = asking.text(
            "Your client id at Microsoft (docs/outlook.md)", "--client-id", options.client_id, check=_not_empty
        )
        answers = replace(answers, sign_in="microsoft", client_id=client)
    return replace(
        answers, kind="imap", user=user, host=host, port=port, tls=tls, ca=options.ca or "", password_command=command
    )


def _manners(options: argparse.Namespace, asking: Asking, answers: Answers) -> Answers:
    from watcher.config.places import holiday_place
    from watcher.config.providers import country_of

    place = asking.text(
        "Country for holidays, with a region where they differ (US, DE-BY, GB-SCT)", "--holidays", options.holidays,
        _known(country_of(answers.timezone)), holiday_place,
    )  # fmt: skip
    pace = asking.choice("How long may a silence last?", "--pace", options.pace, PACES, "standard")
    thanks = asking.yes("A thank-you after each interview?", given=options.thank_yous, default=True)
    highlights = list(options.highlight or [])
    if asking.person and not options.highlight:
        asking.say('What should letters recall of you? Ends of "my experience with ...", such as "moving payrolls".')
        while len(highlights) < 3 and (one := asking.line("One more, or nothing: ")):
            highlights.append(one)
    desktop = asking.yes("Tell the desktop when a draft is ready?", given=options.notify, default=True)
    return replace(
        answers, holidays=place, pace=pace, thank_yous=thanks, highlights=tuple(highlights), notify=desktop
    )  # fmt: skip


# --- the sign-in -------------------------------------------------------------------------------------------------


def _until_signed_in(
    options: argparse.Namespace, asking: Asking, screen: Screen, path: Path, answers: Answers
) -> Answers:
    """Sign in; where a person is there and the fault may be a name that was mistyped, a box that was not ticked or a
    network that was away, once more, so that what they have answered so far is not lost."""
    from watcher.config.providers import IMAP

    for number in range(TRIES):
        try:
            return _sign_in(options, asking, screen, path, answers)
        except (MailboxUnavailable, CredentialsRejected) as fault:
            typed = isinstance(fault, CredentialsRejected) and not (answers.kind == "gmail" or answers.sign_in)
            if typed or not asking.person or number == TRIES - 1:
                raise
            asking.say(str(fault))
            if answers.provider.id == IMAP:
                answers = replace(
                    answers, host=asking.text("The IMAP server", "--host", None, answers.host, _not_empty)
                )
            elif not asking.yes("Try again?", given=None, default=True):
                raise
    raise AssertionError


def _sign_in(options: argparse.Namespace, asking: Asking, screen: Screen, path: Path, answers: Answers) -> Answers:
    """Try it until it works; only then is the secret kept."""
    from watcher.app import build

    config = _config(path, answers)
    watcher = build(config)
    name = answers.account
    if answers.kind == "maildir" or answers.password_command:
        folders = watcher.probe(name, os.environ).folders
    else:
        secret = _google(options, asking, config, watcher, screen) if answers.kind == "gmail" else ""
        secret = _microsoft(config, watcher, screen) if answers.sign_in == "microsoft" else secret
        secret = secret or _password(asking, screen, watcher, answers)
        folders = watcher.probe(name, os.environ, secret).folders
        answers = _keep(asking, name, secret, answers)
    roles = {folder.role.value: folder.name for folder in folders}
    screen.say("Signed in. Your folders:")
    for role in ("inbox", "sent", "drafts", "archive", "all", "trash"):
        if role in roles or role in ("inbox", "sent", "drafts"):
            screen.say(f"  {role}: {roles.get(role, 'there is none')}")
    if "drafts" not in roles:
        raise UsageError("There is no folder for drafts.", "Make a folder named Drafts in your mail program.")
    return answers


def _password(asking: Asking, screen: Screen, watcher: Watcher, answers: Answers) -> str:
    from watcher.mailbox.signin import as_pasted

    provider: Provider = answers.provider
    for told in (provider.hint, provider.page):
        if told:
            screen.say(told)
    for number in range(TRIES):
        secret = as_pasted(answers.host, asking.secret(f"Password of {answers.user} at {answers.host}"))
        try:
            watcher.probe(answers.account, os.environ, secret)
        except CredentialsRejected as fault:
            if not asking.person or number == TRIES - 1:
                raise
            screen.say(str(fault))
        else:
            return secret
    raise AssertionError


def _google(options: argparse.Namespace, asking: Asking, config: Config, watcher: Watcher, screen: Screen) -> str:
    from watcher.cli.login import with_google
    from watcher.config import GmailAccount

    client = asking.text("The client file from Google (docs/gmail.md)", "--client", options.client, check=_not_empty)
    given = argparse.Namespace(client=client, paste=options.paste, print=False)
    (settings,) = config.accounts
    assert isinstance(settings, GmailAccount)
    return with_google(given, settings, config, watcher, screen)


def _microsoft(config: Config, watcher: Watcher, screen: Screen) -> str:
    from watcher.cli.login import with_microsoft
    from watcher.config import ImapAccount

    (settings,) = config.accounts
    assert isinstance(settings, ImapAccount)
    return with_microsoft(settings, watcher, screen)


def _keep(asking: Asking, name: str, secret: str, answers: Answers) -> Answers:
    """The secret goes into the keyring; where there is none, a command of the user's must know it."""
    from watcher.mailbox.credentials import store_secret

    try:
        store_secret(name, secret, os.environ)
    except CredentialsMissing as fault:
        if not asking.person:
            raise
        asking.say(str(fault))
        if answers.kind == "gmail" or answers.sign_in:
            return _hand_over(asking, name, secret, answers)
        command = asking.text("A command that prints it", "--password-command", None, check=_not_empty)
        return replace(answers, password_command=command)
    return answers


def _hand_over(asking: Asking, name: str, secret: str, answers: Answers) -> Answers:
    """A sign-in that no person could type goes to a program of the user's, which must give it back."""
    from watcher.mailbox import credentials

    asking.say('Which program is to keep the sign-in? Such as "pass insert -m mail/work" and "pass show mail/work".')
    for number in range(TRIES):
        keeps = asking.text("A command that keeps what it reads", "--password-command", None, check=_not_empty)
        prints = asking.text("A command that prints it", "--password-command", None, check=_not_empty)
        try:
            credentials.hand_over(name, keeps, secret, os.environ)
            given = credentials.secret(name, prints, os.environ)
            if given != secret:
                raise CredentialsMissing(f"{prints} prints something else.", "Try both in a terminal.")
        except CredentialsMissing as fault:
            if number == TRIES - 1:
                raise
            asking.say(str(fault))
        else:
            return replace(answers, password_command=prints)
    raise AssertionError


# --- the first look ----------------------------------------------------------------------------------------------


def _first_look(options: argparse.Namespace, asking: Asking, screen: Screen, path: Path, answers: Answers) -> None:
    from watcher.app import build
    from watcher.cli.scan import tell

    watcher = build(_config(path, answers))
    if not asking.yes("Look at the mail now? Nothing is written.", given=options.look, default=True):
        return
    with Progress(screen) as progress:
        report = watcher.scan(clock.now(), dry_run=True, progress=progress, environ=os.environ)
    tell(report, screen, dry_run=True)
    if not report.drafted:
        return
    choices = {"today": "leave what has been silent so far alone", "write": "put these letters into Drafts"}
    if asking.choice("What about these?", "--start", options.start, choices, "today") == "today":
        write(path, replace(answers, not_before=clock.now().date().isoformat()), keep=False)
        return
    with Progress(screen) as progress:
        tell(watcher.scan(clock.now(), progress=progress, environ=os.environ), screen, dry_run=False)


def _service(options: argparse.Namespace, asking: Asking, screen: Screen) -> None:
    if shutil.which("systemctl") is None and not options.service:
        screen.say("`watcher run` does this from now on, for as long as it runs.")
        return
    if asking.yes("Have watcher run in the background from now on?", given=options.service, default=asking.person):
        from watcher.cli.service import run as service

        try:
            service(argparse.Namespace(action="install", config=options.config, unconfined=False), screen)
        except WatcherError as fault:
            screen.complain(str(fault))


def _config(path: Path, answers: Answers) -> Config:
    from watcher.config.loading import load_text

    return load_text(text_of(answers), path, os.environ)


# --- checks ------------------------------------------------------------------------------------------------------


def _known(country: str) -> str:
    """A country, if its holidays are known."""
    from watcher.config.places import holiday_place

    try:
        return holiday_place(country)
    except ValueError:
        return ""


def _not_empty(said: str) -> str:
    if not said.strip():
        raise ValueError("is empty")
    return said.strip()


def _addresses(said: str) -> str:
    found = said.replace(",", " ").split()
    if not found or any(one.count("@") != 1 or one.startswith("@") or one.endswith("@") for one in found):
        raise ValueError("is not an address")
    return " ".join(found)


def _folder(said: str) -> str:
    if not Path(said).expanduser().is_dir():
        raise ValueError("is not a folder")
    return str(Path(said).expanduser().absolute())
