"""The errors a user can meet, each answering "who acts next?".

WatcherError
├── ConfigError            the human: the config has faults (exit 2, all of them at once)
├── KnowledgeError         the human: a data file or an overlay of it has faults (exit 2)
├── UsageError             the human: the command line asks for something that cannot be (exit 2)
├── MailboxUnavailable     the machine: back off and try again later
├── CredentialsRejected    the human: the server refused the secret
├── CredentialsMissing     the human: no secret is stored and no way to ask for one
├── CursorExpired          the machine: a bounded rescan
├── DraftRefused           the human: the server would not take a draft; the decision stays open
├── MessageUnreadable      nobody: the message is set aside, counted and shown
├── StoreLocked            the machine: try again
├── StoreUnwritable        the human: the disk is full or does not let us write; tried again later
├── StoreTooNew            the human: the database was written by a newer watcher
└── StoreDamaged           the human: the database cannot be read
"""

from __future__ import annotations

from dataclasses import dataclass


class WatcherError(Exception):
    """What went wrong, and what to do about it.

    `remedy` is a sentence for the person who reads it; it may be empty where nothing can be done.
    """

    exit_status = 1

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in a file a human wrote: where it is and how to mend it."""

    file: str
    line: int | None
    key: str
    message: str
    remedy: str = ""
    column: int | None = None

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        place += f":{self.column}" if self.line and self.column else ""
        key = f" {self.key}:" if self.key else ""
        return f"{place}:{key} {self.message} {self.remedy}".rstrip()


class FaultyFile(WatcherError):
    """One or more faults in files that a human wrote, reported together."""

    exit_status = 2

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class ConfigError(FaultyFile):
    """The config cannot be used as it stands."""


class KnowledgeError(FaultyFile):
    """A knowledge file (phrases, senders, letters, providers) cannot be used as it stands."""


class UsageError(WatcherError):
    """The command line asks for something that cannot be done as asked."""

    exit_status = 2


class MailboxUnavailable(WatcherError):
    """The mailbox cannot be reached or answers nonsense; worth trying again later, and no earlier than `after` seconds
    from now where the server says so."""

    def __init__(self, message: str, remedy: str = "", after: float = 0.0) -> None:
        super().__init__(message, remedy)
        self.after = after


class CredentialsRejected(WatcherError):
    """The server refused the secret; trying it again unchanged would be refused again."""


class CredentialsMissing(WatcherError):
    """No secret is stored for the account, or no place to store secrets was found."""


class CursorExpired(WatcherError):
    """The place in the mailbox's history is gone; the folder must be swept anew."""


class DraftRefused(WatcherError):
    """The mailbox would not take, find or remove a draft."""


class MessageUnreadable(WatcherError):
    """No sense could be made of a message's bytes."""


class StoreLocked(WatcherError):
    """Another process holds the database."""


class StoreUnwritable(WatcherError):
    """The database cannot be written: the disk is full, faulty, or does not let us."""


class StoreTooNew(WatcherError):
    """The database was written by a newer version of watcher."""


class StoreDamaged(WatcherError):
    """The database file cannot be read."""
