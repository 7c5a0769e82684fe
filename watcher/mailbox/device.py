"""Signing in with Microsoft: a code that the user types into a page in any browser (RFC 8628)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from watcher.errors import CredentialsRejected, MailboxUnavailable
from watcher.mailbox.oauth import LATER, Client, Grant, post

MICROSOFT = "https://login.microsoftonline.com"
# Mail by IMAP and nothing else (sending would be another, SMTP.Send), for longer than an hour.
SCOPES = ("https://outlook.office.com/IMAP.AccessAsUser.All", "offline_access")
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code"
SLOWER = 5.0  # seconds more each time it is asked for (RFC 8628 3.5)


@dataclass(frozen=True, slots=True)
class Device:
    """A sign-in under way: what the user types, and where; how often and how long to ask whether they have."""

    user_code: str
    page: str
    interval: float
    lifetime: float
    device_code: str = field(repr=False, default="")


def microsoft(client_id: str, tenant: str = "common", authority: str = "") -> Client:
    """The user's own client id at Microsoft; `tenant` is an organisation's, or common, consumers, organizations."""
    base = f"{authority or MICROSOFT}/{tenant}/oauth2/v2.0"
    return Client(client_id, "", f"{base}/devicecode", f"{base}/token")


def begin(client: Client) -> Device:
    """Ask for a code. Raises CredentialsRejected where the client id is refused, and MailboxUnavailable."""
    status, told = post(client.auth_uri, {"client_id": client.id, "scope": " ".join(SCOPES)})
    if status == 200 and told.get("device_code"):
        page = str(told.get("verification_uri") or told.get("verification_url") or "")
        return Device(
            user_code=str(told.get("user_code", "")),
            page=page,
            interval=max(float(told.get("interval", 5)), 0.01),
            lifetime=float(told.get("expires_in") or 900),
            device_code=str(told["device_code"]),
        )
    if status in (400, 401, 403):
        raise CredentialsRejected(f"{client.provider} refuses the client id ({_word(told)}).", client.guide)
    raise MailboxUnavailable(f"{client.provider}'s sign-in is out of order just now (status {status}).", LATER)


def finish(client: Client, device: Device, wait: Callable[[float], object]) -> Grant:
    """The grant, once the user has said yes; `wait` waits that many seconds. Raises CredentialsRejected where they say
    no or let the time pass, and MailboxUnavailable."""
    form = {"grant_type": GRANT_TYPE, "client_id": client.id, "device_code": device.device_code}
    interval, left = device.interval, device.lifetime
    while left > 0:
        wait(interval)
        left -= interval
        status, told = post(client.token_uri, form)
        if status == 200 and told.get("refresh_token"):
            return Grant(client, str(told["refresh_token"]), SCOPES)
        word = _word(told)
        if word == "slow_down":
            interval += SLOWER
        elif status >= 500:
            raise MailboxUnavailable(f"{client.provider}'s sign-in is out of order just now (status {status}).", LATER)
        elif word == "expired_token":
            break
        elif word != "authorization_pending":
            raise CredentialsRejected(f"{client.provider} was told no ({word}); nothing is stored.", client.guide)
    raise CredentialsRejected("Nobody typed the code in time.", "Start again.")


def _word(told: dict[str, object]) -> str:
    """The provider's word for what is wrong, never its sentence."""
    word = str(told.get("error", ""))
    return word if re.fullmatch(r"\w{1,60}", word) else "no reason"
