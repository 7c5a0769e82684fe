"""One line of `watcher doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

OK, WARNING, FAILED = "ok", "warning", "failed"


@dataclass(frozen=True, slots=True)
class Line:
    """What was looked at, for which account (""), how it is, and what to do about it."""

    check: str
    status: str
    message: str
    remedy: str = ""
    account: str = ""

    def as_json(self) -> dict[str, Any]:
        """The line as `doctor --json` prints it (schemas/doctor.json)."""
        return {
            "check": self.check,
            "account": self.account or None,
            "status": self.status,
            "message": self.message,
            "remedy": self.remedy or None,
        }
