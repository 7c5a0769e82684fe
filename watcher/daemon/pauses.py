"""How long to wait after a failure: by who acts next, longer each time, and never at the same moment as others."""

from __future__ import annotations

from watcher.errors import (
    CredentialsMissing,
    CredentialsRejected,
    MailboxUnavailable,
    StoreDamaged,
    StoreLocked,
    StoreTooNew,
    StoreUnwritable,
)

MOST_REFUSALS = 3  # more of them, and a provider locks the account
STORE = (StoreLocked, StoreUnwritable, StoreDamaged, StoreTooNew)
HOPELESS = (StoreDamaged, StoreTooNew)  # only a person can help, and nothing works until they have

_SPREAD = 0.2
_REFUSED = (60.0, 300.0)
# First pause and longest, in seconds; each is twice the one before.
_LOCKED = (1.0, 60.0)
_MISSING = (10.0, 300.0)  # a keyring that is locked at login is unlocked within minutes
_UNREACHABLE = (5.0, 900.0)
_ASKED = 3600.0  # the longest that a server's own wish is followed without another look


def pause(fault: BaseException, tries: int, chance: float) -> float | None:
    """Seconds until the next try after the `tries`-th failure in a row; None where it waits for the user.

    `chance` is between 0 and 1.
    """
    if isinstance(fault, CredentialsRejected):
        if tries >= MOST_REFUSALS:
            return None
        length = _REFUSED[tries - 1]
    else:
        first, longest = _UNREACHABLE
        if isinstance(fault, StoreLocked):
            first, longest = _LOCKED
        elif isinstance(fault, CredentialsMissing):
            first, longest = _MISSING
        length = min(first * 2 ** min(tries - 1, 20), longest)
    length *= 1 + _SPREAD * (2 * chance - 1)
    asked = min(fault.after, _ASKED) if isinstance(fault, MailboxUnavailable) else 0.0
    return max(length, asked * (1 + _SPREAD * chance))
