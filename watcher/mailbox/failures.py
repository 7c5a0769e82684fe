"""Makes our own errors of what imaplib, IMAPClient, the socket and TLS raise, each with what to do about it."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from watcher.errors import DraftRefused, MailboxUnavailable
from watcher.mailbox.reached import Untrusted
from watcher.mailbox.signin import words_of


class Refused(MailboxUnavailable):
    """The server said no to one command; the connection is as good as before."""


@contextmanager
def translated(
    host: str,
    account: str,
    what: str,
    folder: str,
    refused: type[MailboxUnavailable] | type[DraftRefused],
    drop: Callable[[], None],
) -> Iterator[None]:
    """Library errors become ours, and `drop` is called where the connection can no longer be trusted.

    The libraries' text may hold words of the mail, so only the server's NO is passed on.
    """
    where = f" for the folder {folder}" if folder else ""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        drop()
        raise Untrusted(
            f"The certificate of {host} is not to be trusted ({error.verify_message or error.reason}).",
            "If the server is your own, give the file of its certificate authority as `ca`; else do not go on.",
        ) from error
    except TimeoutError as error:
        drop()
        raise MailboxUnavailable(f"The server {host} of {account} does not answer ({what}).") from error
    except (imaplib.IMAP4.abort, OSError) as error:
        drop()
        reason = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
        raise MailboxUnavailable(
            f"The connection to {host} of {account} failed ({what}{reason}).",
            "Check the network and the host name; it is tried again later.",
        ) from error
    except imaplib.IMAP4.error as error:
        if type(error) is imaplib.IMAP4.error:
            raise refused(f"The server {host} refused {what}{where}: {words_of(error)}") from error
        drop()
        raise _nonsense(host, account, what) from error
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:  # while parsing
        drop()
        raise _nonsense(host, account, what) from error


def _nonsense(host: str, account: str, what: str) -> MailboxUnavailable:
    return MailboxUnavailable(f"The server {host} of {account} answered {what} with nonsense.")
