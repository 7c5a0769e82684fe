"""The [[accounts]] tables: where the user's mail lies and how it is reached."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from watcher.config.model import GMAIL, AccountSettings, GmailAccount, ImapAccount, MaildirAccount
from watcher.config.paths import resolve
from watcher.config.section import Section, did_you_mean, shown

KINDS = ("imap", "maildir", "gmail")
SIGN_INS = ("password", "microsoft")
TLS_PORTS = {"tls": 993, "starttls": 143}
_ENDPOINT = re.compile(r"https://[\w.-]+(?::\d+)?\Z|http://127\.0\.0\.1:\d+\Z")
_TENANT = re.compile(r"[\w.-]+\Z")
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)*\.?\Z")


def accounts(
    root: Section, folder: Path, environ: Mapping[str, str], addresses: Sequence[str]
) -> tuple[AccountSettings, ...]:
    """Every account of the file. Relative paths begin at `folder`, the config's own."""
    found: list[AccountSettings] = []
    names: set[str] = set()
    tables = root.entries("accounts")
    if not tables and not root.raw("accounts"):
        root.fault(
            "accounts",
            "is missing: there is no mailbox to read.",
            'Add an [[accounts]] table with kind = "imap", "gmail" or "maildir".',
        )
    for table in tables:
        name = _name(table, names)
        kind = table.text("kind", required='Write kind = "imap", "gmail" or "maildir".')
        account = _account(table, kind, name, folder, environ, addresses)
        if kind in KINDS:
            table.close()
        if account is not None:
            found.append(account)
    return tuple(found)


def _account(
    table: Section, kind: str, name: str, folder: Path, environ: Mapping[str, str], addresses: Sequence[str]
) -> AccountSettings | None:
    if kind == "maildir":
        return _maildir(table, name, folder, environ)
    if kind == "imap":
        return _imap(table, name, folder, environ, addresses)
    if kind == "gmail":
        return _gmail(table, name, addresses)
    if kind:
        remedy = did_you_mean(kind.lower(), KINDS) or 'It can be "imap", "gmail" or "maildir".'
        table.fault("kind", f"is {shown(kind)}.", remedy)
    return None


def _name(table: Section, names: set[str]) -> str:
    name = table.text("name", required='Give each account a name of its own, such as "personal".')
    if any(not c.isprintable() for c in name):
        table.fault("name", "holds characters that cannot be shown.", 'A plain word is best, such as "personal".')
    if name and name.casefold() in names:
        table.fault("name", f"is {shown(name)}, as another account's is.", "Give each account a name of its own.")
    names.add(name.casefold())
    return name


def _maildir(table: Section, name: str, folder: Path, environ: Mapping[str, str]) -> MaildirAccount:
    written = table.text("path", required="Write the folder where the mail lies.")
    path = resolve(written, folder, environ)
    if written and not path.is_dir():
        table.fault(
            "path", f"leads to {path}, which is no folder.", "Check the path; `mbsync` or `offlineimap` makes it."
        )
    return MaildirAccount(name, path, table.texts("folders"))


def _imap(table: Section, name: str, folder: Path, environ: Mapping[str, str], addresses: Sequence[str]) -> ImapAccount:
    host = table.text("host", required='Write the server\'s name, such as host = "imap.example.net".')
    if host and not _HOST.match(host) and not _is_ip(host):
        table.fault(
            "host", f"is {shown(host)}, which is not the name of a server.", "Write it without https:// and port."
        )
    tls = table.choice("tls", "tls", tuple(TLS_PORTS))
    port = table.number("port", TLS_PORTS[tls], 1, 65535)
    user = table.text("user", addresses[0] if addresses else "")
    ca_written = table.text("ca")
    ca = resolve(ca_written, folder, environ) if ca_written else None
    if ca is not None and not ca.is_file():
        table.fault(
            "ca", f"leads to {ca}, which is no file.", "Name a file of certificates (PEM), or leave the key out."
        )
    sign_in = table.choice("sign_in", "password", SIGN_INS)
    client_id = table.text("client_id")
    tenant = table.text("tenant", "common")
    if sign_in == "microsoft" and not client_id:
        table.fault("client_id", "is missing: Microsoft wants one.", "docs/outlook.md tells how to make one.")
    if not _TENANT.match(tenant):
        table.fault("tenant", f"is {shown(tenant)}.", 'Write "common", or your organisation\'s own id or domain.')
    return ImapAccount(
        name, host, port, user, "starttls" if tls == "starttls" else "tls", ca, _command(table), table.texts("folders"),
        sign_in, client_id, tenant,
    )  # fmt: skip


def _gmail(table: Section, name: str, addresses: Sequence[str]) -> GmailAccount:
    endpoint = table.text("endpoint", GMAIL)
    if not _ENDPOINT.match(endpoint):
        table.fault("endpoint", f"is {shown(endpoint)}.", "Leave it out: it is for tests on this machine.")
    user = table.text("user", addresses[0] if addresses else "")
    return GmailAccount(name, user, _command(table), table.texts("folders"), endpoint)


def _command(table: Section) -> tuple[str, ...]:
    """The command that prints the password: a list of words, or one text that is split as a shell would."""
    key, remedy = "password_command", 'Write it like ["pass", "show", "mail"] or "pass show mail".'
    value = table.raw(key)
    if isinstance(value, list):
        return table.texts(key)
    if value is None:
        return ()
    if not isinstance(value, str):
        table.fault(key, "must be a command.", remedy)
        return ()
    try:
        words = tuple(shlex.split(value))
    except ValueError:
        words = ()
    if not words:
        table.fault(key, f"{shown(value)} is no command.", remedy)
    return words


def _is_ip(host: str) -> bool:
    import ipaddress

    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
