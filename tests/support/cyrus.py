"""A Cyrus IMAP server of our own on loopback: special folders in lower case, and another mind about most things.

Debian's cyrus-imapd cannot be installed beside Dovecot, so its imapd is taken from where `.ci/run` unpacks it.
"""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.dovecot import ENGLISH, PASSWORD, Dovecot, Flavour, OtherClient, free_ports, make_certificates
from tests.support.servers import program

FLAVOURS = {"classic": Flavour(".", "INBOX."), "alternative": Flavour("/")}
UNPACKED = "/opt/cyrus-imapd/usr/lib/cyrus/bin"
DIRECTORIES = "lib/db lib/socket lib/log lib/msg lib/ptclient lib/quota lib/user spool/stage. run/proc run/lock"


@dataclass
class Cyrus(Dovecot):
    """A running server. A user is made known by `invite` and finds folders at the first login."""

    saslpasswd: str = ""

    def invite(self, user: str) -> str:
        """Let a user in with PASSWORD."""
        database = self.folder / "sasldb2"
        words = [self.saslpasswd, "-f", str(database), "-c", "-p", "-u", "localhost", user]
        subprocess.run(words, input=PASSWORD.encode(), check=True, capture_output=True)
        if os.geteuid() == 0:
            shutil.chown(database, "cyrus", "mail")
        return user


@contextmanager
def running(name: str) -> Iterator[Cyrus]:
    """A server of the flavour `name`, stopped and swept away at the end."""
    imapd = program("imapd", "cyrus-imapd, unpacked to /opt/cyrus-imapd: see .ci/run", UNPACKED)
    master = program("master", "cyrus-common", "/usr/lib/cyrus/bin")
    saslpasswd = program("saslpasswd2", "sasl2-bin")
    folder = Path(tempfile.mkdtemp(prefix="cyrus-"))
    folder.chmod(0o755)
    try:
        make_certificates(folder, program("openssl", "openssl"))
        flavour = FLAVOURS[name]
        ports = free_ports("127.0.0.1", 2)
        _write_config(folder, flavour, imapd, *ports)
        process = _start(master, folder)
        try:
            server = Cyrus(folder, flavour, *ports, process, saslpasswd=saslpasswd)
            _wait_until_ready(server)
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(master: str, folder: Path) -> subprocess.Popen[bytes]:
    words = [master, "-D", "-C", str(folder / "imapd.conf"), "-M", str(folder / "cyrus.conf")]
    with (folder / "console").open("wb") as console:
        return subprocess.Popen(
            [*words, "-p", str(folder / "lib" / "master.pid")],
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            start_new_session=True,
        )


def _wait_until_ready(server: Cyrus) -> None:
    user = server.invite("early")
    pause = threading.Event()
    for _ in range(200):
        try:
            OtherClient(server, user).close()
        except (OSError, imaplib.IMAP4.error) as error:
            problem = error
            if server.process.poll() is not None:
                break
            pause.wait(0.05)
        else:
            return
    raise RuntimeError(f"Cyrus does not answer: {problem}\n{(server.folder / 'console').read_text()[-2000:]}")


def _write_config(folder: Path, flavour: Flavour, imapd: str, imap_port: int, imaps_port: int) -> None:
    root = os.geteuid() == 0
    user = "cyrus" if root else pwd.getpwuid(os.geteuid()).pw_name
    group = "mail" if root else grp.getgrgid(os.getegid()).gr_name
    alternative = "yes" if flavour.separator == "/" else "no"
    special = "".join(f"xlist-{name.lower()}: {name}\n" for name in ENGLISH)
    (folder / "imapd.conf").write_text(
        f"""
configdirectory: {folder}/lib
partition-default: {folder}/spool
defaultpartition: default
proc_path: {folder}/run/proc
mboxname_lockpath: {folder}/run/lock
cyrus_user: {user}
cyrus_group: {group}
altnamespace: {alternative}
unixhierarchysep: {alternative}
autocreate_quota: 0
autocreate_inbox_folders: {"|".join(ENGLISH)}
autocreate_subscribe_folders: {"|".join(ENGLISH)}
{special}specialusealways: yes
allowplaintext: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {folder}/sasldb2
sasl_mech_list: PLAIN LOGIN
servername: localhost
tls_server_cert: {folder}/server.pem
tls_server_key: {folder}/server.key
skiplist_unsafe: 1
conversations: no
httpmodules: admin
"""
    )
    (folder / "cyrus.conf").write_text(
        f"""
START {{
  recover cmd="/usr/lib/cyrus/bin/ctl_cyrusdb -C {folder}/imapd.conf -r"
}}
SERVICES {{
  imap  cmd="{imapd} -C {folder}/imapd.conf" listen="127.0.0.1:{imap_port}" prefork=0
  imaps cmd="{imapd} -s -C {folder}/imapd.conf" listen="127.0.0.1:{imaps_port}" prefork=0
}}
EVENTS {{
}}
"""
    )
    for one in DIRECTORIES.split():
        (folder / one).mkdir(parents=True)
    if root:
        inside = [folder / name for name in ("lib", "spool", "run")]
        for path in (folder / "server.key", *inside, *(below for top in inside for below in top.rglob("*"))):
            shutil.chown(path, "cyrus", "mail")
