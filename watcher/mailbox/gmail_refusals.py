"""What Gmail's refusals mean, who acts next, and how long to wait before asking again."""

from __future__ import annotations

import email.utils
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from watcher.errors import CredentialsRejected, MailboxUnavailable, WatcherError

LATER = "It is tried again later."
# In all no more than three minutes for one request, so that a watchdog does not take it for a standstill.
TRIES = 7
LOST_TRIES = 4  # of those without an answer, which may take half a minute each
LONGEST = 25.0  # seconds waited at once, where Google names no time
MOST = 150.0  # seconds waited in all, where it does; what goes beyond is for whoever asks to wait for
# What Google calls it when too much was asked in too short a time: nothing was carried out, and later it will be.
QUOTA = frozenset({"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded"})
_RETRY_AFTER = re.compile(r"\bretry after (\d{4}-\d\d-\d\dT[\d:.]{8,15}Z)", re.I)


class Missing(Exception):
    """Google knows no such thing: it is gone, or history does not reach back to it."""


class Busy(MailboxUnavailable):
    """Too much was asked in too short a time; nothing was carried out. `after` is how long Google wants us to wait."""

    def __init__(self, message: str, after: float) -> None:
        super().__init__(message, LATER, after)


class Refused(MailboxUnavailable):
    """Google says no to this request and would say it again; nothing was carried out."""


class Stale(CredentialsRejected):
    """The token is not good any more; another may be."""


class Failing(MailboxUnavailable):
    """No answer, or Google's own fault: whether it was carried out is not known."""


@dataclass(slots=True)
class Patience:
    """How one request, or one batch, is asked again: how often it was, and how long was waited for it."""

    tries: int = 0
    waited: float = 0.0

    def length(self, fault: WatcherError) -> float:
        """Seconds to wait before it is asked again. Raises the fault itself where it is not to be."""
        self.tries += 1
        after = fault.after if isinstance(fault, MailboxUnavailable) else 0.0
        length = max(after, min(2.0 ** (self.tries - 1), LONGEST))
        if self.tries >= (TRIES if isinstance(fault, Busy) else LOST_TRIES) or self.waited + length > MOST:
            raise fault
        self.waited += length
        return length


def meaning(account: str, response: Any, content: bytes) -> Exception:
    """What an answer that is not a success means. Google's reference: "Resolve errors" of the Gmail API."""
    status, reason = int(response.status), _reason(content)
    if status in (404, 410):
        return Missing("Gmail knows nothing of what was asked for.", LATER)
    if status == 429 or (status == 403 and reason in QUOTA):
        return Busy(f"Gmail wants {account} to ask less often ({reason or status}).", _seconds(response, content))
    if status >= 500 or status == 408:
        return Failing(f"Gmail is out of order just now (status {status}).", LATER, _seconds(response, b""))
    if status in (401, 403):
        kind = Stale if status == 401 else CredentialsRejected
        return kind(f"Gmail does not let {account} in ({reason or status}).", _remedy(reason, account))
    return Refused(f"Gmail refuses what was asked for {account} ({reason or status}).")


def _reason(content: bytes) -> str:
    """Google's word for what is wrong, never its sentence, which may repeat what was asked."""
    try:
        error = json.loads(content)["error"]
        reason = str((error.get("errors") or [{}])[0].get("reason") or error.get("status") or "")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return ""
    return reason if re.fullmatch(r"\w{1,60}", reason) else ""


def _seconds(response: Mapping[str, str], content: bytes) -> float:
    """How long Google wants us to wait: by Retry-After, as a number or a date (RFC 9110 10.2.3), or by the instant that
    the sentence of a refusal names. Instants are compared with the answer's own Date, not with this machine's clock."""
    after = str(response.get("retry-after", "")).strip()
    if after.isascii() and after.isdecimal():
        return float(after[:6])
    named = _instant(after)
    if named is None and (told := _RETRY_AFTER.search(content.decode("utf-8", "replace"))):
        named = _iso(told[1])
    date = _instant(str(response.get("date", "")))
    return max((named - date).total_seconds(), 0.0) if named and date else 0.0


def _instant(text: str) -> datetime | None:
    try:
        at = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _remedy(reason: str, account: str) -> str:
    if reason == "accessNotConfigured":
        return (
            "Turn on the Gmail API for your project at https://console.cloud.google.com/apis/library and wait a minute."
        )
    if reason == "domainPolicy":
        return "Your organisation does not allow it; ask its administrator."
    return f"Sign in again: `watcher login {account}`."
