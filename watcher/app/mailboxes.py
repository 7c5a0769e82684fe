"""An account's settings become its mailbox, with the way to its secret; nothing is opened yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from watcher.config import GmailAccount, ImapAccount, MaildirAccount

if TYPE_CHECKING:
    from watcher.config import AccountSettings
    from watcher.mailbox.base import Mailbox
    from watcher.mailbox.microsoft import MicrosoftTokens


def mailbox(
    settings: AccountSettings,
    addresses: Sequence[str],
    environ: Mapping[str, str],
    given: str | None,
    *,
    drafting: bool,
) -> Mailbox:
    """The mailbox of an account. `given` is a secret that is not stored yet, None for the one that is; `drafting` false
    asks for reading alone."""
    from watcher.message.model import Account

    account = Account(settings.name, tuple(addresses))
    if isinstance(settings, MaildirAccount):
        from watcher.mailbox.maildir import MaildirMailbox

        return MaildirMailbox(account, settings.path)
    secret = _secret_of(settings, environ, given)
    if isinstance(settings, GmailAccount):
        return _gmail(account, settings, secret, drafting=drafting)
    return _imap(account, settings, secret, environ if given is None else None)


def _secret_of(
    settings: ImapAccount | GmailAccount, environ: Mapping[str, str], given: str | None
) -> Callable[[], str]:
    def get() -> str:
        from watcher.mailbox.credentials import secret

        return given if given is not None else secret(settings.name, settings.password_command, environ)

    return get


def _imap(account: Any, settings: ImapAccount, secret: Callable[[], str], environ: Mapping[str, str] | None) -> Mailbox:
    from watcher.mailbox.imap import ImapMailbox, ImapSettings

    sign_in, tokens = None, None
    if settings.sign_in == "microsoft":
        from watcher.mailbox.signin import with_token

        tokens = _tokens(settings, environ, secret)
        sign_in = with_token(settings.name, settings.host, settings.user, tokens)
    mailbox = ImapMailbox(
        account,
        ImapSettings(
            host=settings.host,
            port=settings.port,
            user=settings.user,
            tls=settings.tls,
            ca=str(settings.ca or ""),
            folders=settings.folders,
        ),
        secret,
        sign_in,
    )
    if tokens is not None:
        mailbox.clock = tokens.server_time
    return mailbox


def _tokens(settings: ImapAccount, environ: Mapping[str, str] | None, secret: Callable[[], str]) -> MicrosoftTokens:
    """Microsoft changes the refresh token with each use; where the keyring keeps it, it keeps the new one."""
    from watcher.mailbox.credentials import is_for_keyring, store_secret
    from watcher.mailbox.microsoft import Client, MicrosoftTokens

    name = settings.name

    def keep(changed: str) -> None:
        store_secret(name, changed, environ or {})

    in_keyring = environ is not None and is_for_keyring(name, settings.password_command, environ)
    client = Client(settings.client_id, settings.tenant)
    return MicrosoftTokens(name, client, secret, keep if in_keyring else None)


def _gmail(account: Any, settings: GmailAccount, secret: Callable[[], str], *, drafting: bool) -> Mailbox:
    from watcher.mailbox.gmail import GmailMailbox
    from watcher.mailbox.gmail_wire import Wire
    from watcher.mailbox.oauth import GrantTokens, grant_of

    name = settings.name
    tokens = GrantTokens(name, lambda: grant_of(secret(), name))
    wire = Wire(name, tokens, endpoint=settings.endpoint, drafting=drafting)
    return GmailMailbox(account, wire, drafting=drafting)
