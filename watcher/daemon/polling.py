"""How often a mailbox is looked into whose server does not tell of new mail: quickly after news, slowly at night.

Who has just had mail, or has just written, is likely to get an answer soon. A look at Gmail with nothing new costs
three units of its quota (docs/providers.md), so that even the quickest all day long is a small part of what is allowed.
"""

from __future__ import annotations

from datetime import datetime, timedelta

QUICKEST = 30.0
SLOWEST = 300.0  # a letter is only placed in mail that was fetched within ten minutes (law 8)
BRISK = 60.0
STEADY = 120.0

JUST_NOW = timedelta(minutes=10)
LATELY = timedelta(hours=2)
HOURS = range(8, 19)  # when people in offices write
DAY = range(7, 23)


def until_next_look(now: datetime, news_at: datetime | None) -> float:
    """Seconds until the next look. `now` is aware, in the user's zone; `news_at` is when mail last came.

    Never less than QUICKEST and never more than SLOWEST.
    """
    since = now - news_at if news_at else None
    if since is not None and abs(since) < JUST_NOW:  # the clock may have been set back since
        return QUICKEST
    lately = since is not None and abs(since) < LATELY
    if now.weekday() < 5 and now.hour in HOURS:
        return BRISK
    if now.hour in DAY:
        return BRISK if lately else STEADY
    return STEADY if lately else SLOWEST
