"""A Dovecot of our own on loopback, in folder names and separators of several kinds, and a second mail client on it."""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.support.servers import program
from watcher.mailbox.connection import ImapSettings
from watcher.mailbox.imap import ImapMailbox, make_imap
from watcher.message.model import Account, Folder, Role

PASSWORD = 'sesame "open\\'
ROLES = (Role.DRAFTS, Role.SENT, Role.TRASH, Role.ARCHIVE, Role.JUNK)
ENGLISH = ("Drafts", "Sent", "Trash", "Archive", "Junk")
GERMAN = ("Entwürfe", "Gesendet", "Papierkorb", "Archiv", "Spam")


@dataclass(frozen=True)
class Flavour:
    """How a server names its folders, and what it says and does not say about them."""

    separator: str = "/"
    prefix: str = ""
    names: tuple[str, ...] = ENGLISH
    more: tuple[str, ...] = ()
    special_use: bool = True
    hidden: tuple[str, ...] = ()  # capabilities it does not admit to
    require_tls: bool = False


FLAVOURS = {
    "standard": Flavour(more=("Job applications", "Q&A", "2024")),
    "nested": Flavour(".", "INBOX.", ENGLISH, ("Work.Applications",), special_use=False),
    "german": Flavour(".", "INBOX.", GERMAN, ("Arbeit.Bewerbungen",), special_use=False),
    "german_marked": Flavour(names=GERMAN, more=("Arbeit/Bewerbungen",)),
    "plain": Flavour(hidden=("CONDSTORE", "QRESYNC", "ENABLE", "MOVE", "LIST-EXTENDED", "LIST-STATUS", "ESEARCH")),
    "without_uidplus": Flavour(hidden=("UIDPLUS",)),
    "without_move": Flavour(hidden=("UIDPLUS", "MOVE", "UNSELECT")),
    "starttls_only": Flavour(require_tls=True),
}

CAPABILITIES = (
    "IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE SORT THREAD=REFERENCES MULTIAPPEND CATENATE UNSELECT CHILDREN "
    "NAMESPACE UIDPLUS LIST-EXTENDED CONDSTORE QRESYNC ESEARCH SEARCHRES WITHIN LIST-STATUS BINARY MOVE LITERAL+ "
    "SPECIAL-USE"
)


@dataclass
class Dovecot:
    """A running server. Every user name is let in with PASSWORD and finds a mailbox of its own."""

    folder: Path
    flavour: Flavour
    imap_port: int
    imaps_port: int
    process: subprocess.Popen[bytes]

    @property
    def host(self) -> str:
        return _host(self.flavour)

    @property
    def ca(self) -> str:
        return str(self.folder / "ca.pem")

    def settings(self, user: str, **changes: Any) -> ImapSettings:
        """How to reach a user's mailbox by TLS."""
        given = {"host": self.host, "port": self.imaps_port, "user": user, "ca": self.ca, "timeout": 10.0} | changes
        return ImapSettings(**given)

    def path(self, role: Role) -> str:
        """The full name of a folder that was made with the mailbox."""
        return "INBOX" if role is Role.INBOX else self.flavour.prefix + self.flavour.names[ROLES.index(role)]

    @contextmanager
    def full(self, user: str, name: str) -> Iterator[None]:
        """While it lasts, nothing can be put into a folder at the top of a mailbox."""
        inside = [self.folder / "mail" / user / "Maildir" / f".{name}" / part for part in ("tmp", "new", "cur")]
        for one in inside:
            one.chmod(0o500)
        try:
            yield
        finally:
            for one in inside:
                one.chmod(0o700)


@contextmanager
def running(name: str) -> Iterator[Dovecot]:
    """A server of the flavour `name`, stopped and swept away at the end."""
    executable = program("dovecot", "dovecot-imapd")
    openssl = program("openssl", "openssl")
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    folder.chmod(0o755)  # as root, mail is read by the user `mail`
    try:
        make_certificates(folder, openssl)
        flavour = FLAVOURS[name]
        ports = free_ports(_host(flavour), 2)
        _write_config(folder, flavour, *ports)
        process = _start(executable, folder)
        try:
            server = Dovecot(folder, flavour, *ports, process)
            _wait_until_ready(server)
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _host(flavour: Flavour) -> str:
    # Dovecot trusts a client that has the server's own address and would not demand TLS of it.
    return "127.0.0.2" if flavour.require_tls else "127.0.0.1"


def _start(executable: str, folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "console").open("wb") as console:
        return subprocess.Popen(
            [executable, "-F", "-c", str(folder / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
        )


def _wait_until_ready(server: Dovecot) -> None:
    pause = threading.Event()
    for _ in range(200):
        try:
            OtherClient(server, "early").close()
        except (OSError, imaplib.IMAP4.error) as error:
            problem = error
            if server.process.poll() is not None:
                break
            pause.wait(0.05)
        else:
            return
    log = server.folder / "dovecot.log"
    said = (server.folder / "console").read_text() + (log.read_text() if log.exists() else "")
    raise RuntimeError(f"Dovecot does not answer: {problem}\n{said[-2000:]}")


def free_ports(host: str, count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind((host, 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def make_certificates(folder: Path, openssl: str) -> None:
    """A certificate authority `ca.pem` in `folder`, and from it `server.pem` and `server.key` for this machine."""

    def run(*arguments: str) -> None:
        subprocess.run([openssl, *arguments], cwd=folder, check=True, capture_output=True)

    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    usage = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")
    run("req", "-x509", *key, "-days", "30", "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=Test CA", *usage)
    run("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (folder / "extensions").write_text(
        "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:127.0.0.2\n"
        "basicConstraints=CA:FALSE\nkeyUsage=digitalSignature\nextendedKeyUsage=serverAuth\n"
    )
    signing = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30", "-extfile", "extensions")
    run("x509", "-req", "-in", "server.csr", *signing, "-out", "server.pem")


def _write_config(folder: Path, flavour: Flavour, imap_port: int, imaps_port: int) -> None:
    me, my_group = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
    root = os.geteuid() == 0
    owner, group = ("mail", "mail") if root else (me, my_group)  # Dovecot serves no mail to uid 0
    (folder / "mail").mkdir()
    if root:
        shutil.chown(folder / "mail", owner, group)
    unprivileged = f"""
default_internal_user = {me}
default_login_user = {me}
default_internal_group = {my_group}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
}}
"""
    hidden = set(flavour.hidden) | (set() if flavour.special_use else {"SPECIAL-USE"})
    offered = " ".join(name for name in CAPABILITIES.split() if name not in hidden)
    (folder / "dovecot.conf").write_text(
        f"""
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = {_host(flavour)}
ssl = {"required" if flavour.require_tls else "yes"}
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
disable_plaintext_auth = {"yes" if flavour.require_tls else "no"}
auth_mechanisms = plain login
auth_failure_delay = 0
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:%h/Maildir
mail_access_groups = {group}
mail_fsync = never
mail_max_userip_connections = 50
imap_capability = {offered}
{"" if root else unprivileged}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
passdb {{
  driver = passwd-file
  args = username_format=anyone {folder}/users
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
  separator = {flavour.separator}
  prefix = {flavour.prefix}
{_mailboxes(flavour)}}}
""",
        encoding="utf-8",
    )
    (folder / "users").write_text(f"anyone:{{PLAIN}}{PASSWORD}::::::\n")


def _mailboxes(flavour: Flavour) -> str:
    lines = []
    for name, use in zip(flavour.names, ENGLISH, strict=True):
        special = f"    special_use = \\{use}\n" if flavour.special_use else ""
        lines.append(f'  mailbox "{name}" {{\n    auto = create\n{special}  }}\n')
    lines += [f'  mailbox "{name}" {{\n    auto = create\n  }}\n' for name in flavour.more]
    return "".join(lines)


class OtherClient:
    """The user's other mail program: writes, reads and deletes as it likes. It speaks IMAP by imaplib alone."""

    def __init__(self, server: Dovecot, user: str) -> None:
        context = ssl.create_default_context(cafile=server.ca)
        self.user = user
        self.imap = imaplib.IMAP4_SSL(server.host, server.imaps_port, ssl_context=context, timeout=10)
        self.imap.login(user, PASSWORD)

    def close(self) -> None:
        self.imap.logout()

    def append(self, folder: str, data: bytes, at: datetime | None = None, flags: str = "") -> None:
        stamp = imaplib.Time2Internaldate(at) if at else ""
        _ok(self.imap.append(_quoted(folder), flags, stamp, data))

    def expunge(self, folder: str, message_id: str) -> None:
        self._store(folder, message_id, "\\Deleted")
        for uid in self._find(message_id):
            _ok(self.imap.uid("EXPUNGE", uid))
        self.imap.unselect()

    def flag(self, folder: str, message_id: str, flag: str) -> None:
        self._store(folder, message_id, flag)
        self.imap.unselect()

    def make_anew(self, folder: str) -> None:
        _ok(self.imap.delete(_quoted(folder)))
        _ok(self.imap.create(_quoted(folder)))

    def empty(self, folder: str) -> None:
        _ok(self.imap.select(_quoted(folder)))
        _ok(self.imap.store("1:*", "+FLAGS", "\\Deleted"))
        _ok(self.imap.expunge())
        self.imap.unselect()

    def folders(self) -> list[str]:
        _, lines = self.imap.list()
        names = [re.match(rb'\((.*?)\) (?:"."|NIL) "?(.*?)"?$', line) for line in lines if isinstance(line, bytes)]
        return [name[2].decode() for name in names if name and b"\\Noselect" not in name[1]]

    def snapshot(self, folder: str) -> Hashable:
        """Every message of a folder (its name as it goes over the wire) with UID, flags, date and bytes."""
        _ok(self.imap.select(f'"{folder}"', readonly=True))
        rows = []
        _, found = self.imap.fetch("1:*", "(UID FLAGS INTERNALDATE BODY.PEEK[])") if self._exists() else ("OK", [])
        for row in found:
            if isinstance(row, tuple):
                about = re.sub(rb"^\d+ |\\Recent ?|BODY\[\].*", b"", row[0])
                rows.append((about.replace(b" )", b")"), row[1]))
        uidvalidity = self.imap.untagged_responses.get("UIDVALIDITY", [b""])[0]
        self.imap.unselect()
        return (folder, uidvalidity, tuple(sorted(rows)))

    def _exists(self) -> bool:
        return self.imap.untagged_responses.get("EXISTS", [b"0"])[-1] != b"0"

    def _find(self, message_id: str) -> list[str]:
        _, found = self.imap.uid("SEARCH", "HEADER", "Message-ID", f'"{message_id}"')
        return [uid.decode() for uid in found[0].split()]

    def _store(self, folder: str, message_id: str, flag: str) -> None:
        _ok(self.imap.select(_quoted(folder)))
        for uid in self._find(message_id):
            _ok(self.imap.uid("STORE", uid, "+FLAGS", f"({flag})"))


def _ok(answer: tuple[str, Any]) -> None:
    assert answer[0] == "OK", answer


def _quoted(folder: str) -> str:
    from imapclient.imap_utf7 import encode

    return f'"{encode(folder).decode()}"'


@dataclass
class DovecotHarness:
    """One user's mailbox as the contract tests want it, with the other client at hand."""

    server: Dovecot
    user: str
    mailbox: ImapMailbox = field(init=False)
    other: OtherClient = field(init=False)

    def __post_init__(self) -> None:
        self.other = OtherClient(self.server, self.user)
        self.mailbox = self.reopen()

    def close(self) -> None:
        self.mailbox.close()
        self.other.close()

    def make(self, settings: ImapSettings | None = None, password: str = PASSWORD) -> ImapMailbox:
        """A mailbox that is not open yet."""
        account = Account("personal", ("alex@example.net",))
        return make_imap(account, settings or self.server.settings(self.user), lambda: password)

    def folder(self, role: Role) -> Folder:
        return Folder(self.server.path(role), role)

    def deliver(self, folder: Folder, data: bytes, received_at: datetime) -> None:
        self.other.append(folder.name, data, received_at)

    def remove(self, folder: Folder, message_id: str) -> None:
        self.other.expunge(folder.name, message_id)

    def mark_read(self, folder: Folder, message_id: str) -> None:
        self.other.flag(folder.name, message_id, "\\Seen")

    def edit_draft(self, message_id: str, data: bytes) -> None:
        drafts = self.server.path(Role.DRAFTS)
        self.other.expunge(drafts, message_id)
        self.other.append(drafts, data, flags="(\\Draft \\Seen)")

    def empty(self, folder: Folder) -> None:
        self.other.empty(folder.name)

    def reopen(self) -> ImapMailbox:
        mailbox = self.make()
        mailbox.open()
        return mailbox

    def snapshot(self) -> Hashable:
        return tuple(self.other.snapshot(name) for name in sorted(self.other.folders()))
