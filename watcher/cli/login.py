"""`watcher login` and `watcher logout`: a secret goes into the keyring, once it has been seen to work, or out of it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from watcher.cli.opening import hush_libraries, open_watcher
from watcher.config import GmailAccount, MaildirAccount
from watcher.errors import CredentialsMissing, CredentialsRejected, UsageError

if TYPE_CHECKING:
    from watcher.app import Watcher
    from watcher.cli.screen import Screen
    from watcher.config import AccountSettings, Config, ImapAccount
    from watcher.mailbox.oauth import Client, Grant

PATIENCE = 300.0  # seconds that the browser's answer is waited for
ELSEWHERE = "http://127.0.0.1:8085/"  # where a browser on another machine is sent; nobody answers there
REVOKE = "https://myaccount.google.com/connections"
REVOKE_PERSONAL = "https://account.live.com/consent/Manage"
REVOKE_WORK = "https://myapps.microsoft.com"
QUICKER = (
    'Thirty seconds instead: kind = "imap", host = "imap.gmail.com" and an app password, which opens the whole account '
    "to whoever has it."
)


def login(options: argparse.Namespace, screen: Screen) -> int:
    """Ask for the secret of an account, try it, and keep it."""
    config, watcher = open_watcher(options)
    hush_libraries()
    settings = account_of(config, options.account)
    if isinstance(settings, MaildirAccount):
        screen.say(f"{settings.name} lies on this machine; there is nothing to sign in to.")
        return 0
    if settings.password_command and not options.print:
        raise UsageError(
            f"`password_command` says where the secret of {settings.name} is; the keyring would not be asked.",
            "Take it out of the config, or use --print and hand the secret to that program.",
        )
    if isinstance(settings, GmailAccount):
        secret = with_google(options, settings, config, watcher, screen)
    elif settings.sign_in == "microsoft":
        secret = with_microsoft(settings, watcher, screen)
    else:
        secret = _with_password(settings, watcher, screen)
    if options.print:
        print(secret)
        return 0
    from watcher.mailbox.credentials import store_secret
    from watcher.store.beside import nudge

    store_secret(settings.name, secret, os.environ)
    nudge(config.storage, forgive=True)
    screen.say(f"Signed in to {settings.name}. What it takes is in your keyring; `watcher logout` removes it.")
    return 0


def logout(options: argparse.Namespace, screen: Screen) -> int:
    """Remove the secret of an account from the keyring."""
    from watcher.mailbox.credentials import delete_secret

    config, _ = open_watcher(options)
    settings = account_of(config, options.account)
    there = delete_secret(settings.name, os.environ)
    screen.say(f"Signed out of {settings.name}." if there else f"Nothing was stored for {settings.name}.")
    if not isinstance(settings, MaildirAccount):
        if settings.password_command:
            screen.say("`password_command` in the config still gives one; that program keeps it, not watcher.")
        if isinstance(settings, GmailAccount):
            screen.say(f"Google itself forgets the permission at {REVOKE}.")
        elif settings.sign_in == "microsoft":
            screen.say(f"Microsoft itself forgets the permission at {REVOKE_PERSONAL}, or {REVOKE_WORK} at work.")
    return 0


def account_of(config: Config, name: str) -> AccountSettings:
    """The account of that name. Raises UsageError."""
    for settings in config.accounts:
        if settings.name == name:
            return settings
    known = ", ".join(settings.name for settings in config.accounts)
    raise UsageError(f"The config has no account '{name}'.", f"It has: {known}.")


def _with_password(settings: ImapAccount, watcher: Watcher, screen: Screen) -> str:
    from watcher.mailbox.signin import as_pasted

    password = _asked(f"Password of {settings.user} at {settings.host}: ", hidden=True)
    if not password:
        raise UsageError("No password was given.", "Nothing is stored.")
    password = as_pasted(settings.host, password)
    watcher.probe(settings.name, os.environ, password)
    return password


def with_microsoft(settings: ImapAccount, watcher: Watcher, screen: Screen) -> str:
    """The secret of an account, once the user has typed a code into a page of Microsoft's."""
    import threading

    from watcher.mailbox.microsoft import Client, begin, finish

    device = begin(Client(settings.client_id, settings.tenant))
    screen.complain(f"Open {device.page} in any browser, type the code {device.user_code}, and say yes.")
    told = finish(device, threading.Event().wait)
    watcher.probe(settings.name, os.environ, told.fresh)
    return told.secret


def with_google(
    options: argparse.Namespace, settings: GmailAccount, config: Config, watcher: Watcher, screen: Screen
) -> str:
    """The grant for an account, from the browser, seen to be for the right mailbox."""
    from watcher.mailbox.oauth import scopes

    client = _client(options, settings)
    wanted = scopes(drafting=config.follow_up.drafting != "off")
    grant = _answered(
        client, wanted, settings, screen, paste=options.paste or no_browser(os.environ), quiet=options.print
    )
    found = watcher.probe(settings.name, os.environ, grant.as_text()).address.lower()
    if found and found not in {settings.user.lower(), *config.addresses}:
        raise CredentialsRejected(
            f"That was {found}, but {settings.name} is {settings.user}; nothing is stored.",
            "Choose the right account in the browser, or add the address to the config.",
        )
    return grant.as_text()


def _client(options: argparse.Namespace, settings: GmailAccount) -> Client:
    """The client id in the file given, else the one of the last sign-in."""
    from watcher.mailbox.credentials import secret
    from watcher.mailbox.oauth import client_of, grant_of

    if options.client:
        try:
            text = Path(options.client).expanduser().read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(
                f"{options.client} cannot be read.", "Name the file that Google let you download."
            ) from error
        return client_of(text)
    try:
        return grant_of(secret(settings.name, settings.password_command, os.environ), settings.name).client
    except CredentialsMissing as error:
        raise UsageError(
            "To sign in with Google the first time you need a client id of your own.",
            f"docs/gmail.md shows how in five minutes; then `watcher login {settings.name} --client FILE`. {QUICKER}",
        ) from error


def _answered(
    client: Client, wanted: tuple[str, ...], settings: GmailAccount, screen: Screen, *, paste: bool, quiet: bool
) -> Grant:
    from watcher.mailbox.loopback import Loopback
    from watcher.mailbox.oauth import Question, exchange

    if paste:
        question = Question(client, ELSEWHERE, wanted, settings.user)
        screen.complain(f"Open this page in any browser, and say yes there:\n\n{question.url}\n")
        screen.complain("At the end the browser shows that it cannot reach a page. Copy the address of that page.")
        return exchange(question, question.code(_asked("Paste it here: ", hidden=False)))
    import threading
    import webbrowser

    with Loopback() as page:
        question = Question(client, page.redirect, wanted, settings.user)
        screen.complain(f"Say yes in the browser. Where none opens, open this page in one:\n\n{question.url}\n")
        if not quiet:
            # Some browsers keep hold of whoever opens them until they are closed.
            threading.Thread(target=webbrowser.open, args=(question.url,), daemon=True).start()
        return exchange(question, question.code(page.wait(PATIENCE)))


def no_browser(environ: Mapping[str, str]) -> bool:
    """Whether a browser that is opened here would be seen by nobody."""
    if environ.get("SSH_CONNECTION"):
        return True
    return sys.platform != "darwin" and not (environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))


def _asked(prompt: str, *, hidden: bool) -> str:
    """What the user types, or the next line where no one sits there."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip("\r\n")
    if hidden:
        from getpass import getpass

        return getpass(prompt)
    print(prompt, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()
