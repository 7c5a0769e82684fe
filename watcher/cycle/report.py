"""What a pass tells of itself."""

from __future__ import annotations

from dataclasses import dataclass

from watcher.draft.model import Draft, Placement
from watcher.followup.model import Decision


@dataclass(frozen=True, slots=True)
class AccountReport:
    """How one account went: headers swept, texts fetched, and the error where it could not be reached."""

    name: str
    swept: int = 0
    fetched: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A letter that was put into Drafts (or would be, in a dry run)."""

    opportunity: str
    account: str
    kind: str
    attempt: int
    to: str
    subject: str
    text: str
    message_id: str

    @classmethod
    def of(cls, draft: Draft) -> DraftLine:
        to = f"{draft.to.name} <{draft.to.address}>" if draft.to.name else draft.to.address
        key = draft.key
        return cls(
            draft.opportunity, key.account, key.kind.value, key.attempt, to, draft.subject, draft.text, draft.message_id
        )


@dataclass(frozen=True, slots=True)
class WithdrawnLine:
    """A draft that was taken back, and why."""

    opportunity: str
    kind: str
    to: str
    why: str

    @classmethod
    def of(cls, placement: Placement, why: str) -> WithdrawnLine:
        return cls(placement.opportunity, placement.kind.value, placement.to, why)


@dataclass(frozen=True, slots=True)
class Preview:
    """What would be done about one opportunity: as things stand (`today`), and with other settings (`then`, the same
    where none are asked about). `letter` is that of `then`, None where there is none to write."""

    opportunity: str
    today: Decision
    then: Decision
    letter: DraftLine | None = None


@dataclass(frozen=True, slots=True)
class ScanReport:
    """One pass. `waiting` are due letters that the user has to approve; `notes` are further words for the user."""

    accounts: tuple[AccountReport, ...]
    opportunities: int = 0
    drafted: tuple[DraftLine, ...] = ()
    withdrawn: tuple[WithdrawnLine, ...] = ()
    waiting: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def partly(self) -> bool:
        """Whether some account could not be reached."""
        return any(account.error for account in self.accounts)
