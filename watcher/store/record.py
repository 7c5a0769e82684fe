"""The facts that no mailbox can give back: drafts placed, words of the human, ids minted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from watcher.store import changes
from watcher.store.codec import decode, encode
from watcher.store.model import Change

if TYPE_CHECKING:
    from collections.abc import Iterable

    from watcher.draft.model import Placement, PlacementState
    from watcher.opportunity.model import Identity, Word
    from watcher.store.ledger import Ledger
    from watcher.store.sqlite import Database, Row


class RecordTables:
    """Placements with their history, words, identities."""

    _db: Database
    _ledger: Ledger

    # --- placements ---

    def placed_ids(self) -> tuple[str, ...]:
        """The Message-IDs of all drafts that were ever placed."""
        found = self._db.rows("SELECT DISTINCT message_id FROM placement_history WHERE state <> 'intended'")
        return tuple(row[0] for row in found)

    def is_forgotten(self, message_id: str) -> bool:
        """Whether a draft was placed once that the database, being lost or older, knows nothing of."""
        return self._ledger.holds(message_id) and self.placement(message_id) is None

    def placements(self) -> tuple[Placement, ...]:
        """Every draft that was ever intended, oldest first."""
        return tuple(
            _placement(row)
            for row in self._db.rows("SELECT record, text FROM placements ORDER BY intended_at, message_id")
        )

    def placement(self, message_id: str) -> Placement | None:
        """The draft with this Message-ID, None where none was ever intended."""
        row = self._db.row("SELECT record, text FROM placements WHERE message_id = ?", (message_id,))
        return _placement(row) if row else None

    def history(self, message_id: str) -> tuple[Change, ...]:
        """The states a draft has gone through, oldest first."""
        from watcher.draft.model import PlacementState

        rows = self._db.rows(
            "SELECT state, at, why FROM placement_history WHERE message_id = ? ORDER BY id", (message_id,)
        )
        return tuple(Change(PlacementState(state), datetime.fromisoformat(at), why) for state, at, why in rows)

    def intend(self, placement: Placement) -> bool:
        """Record that a draft is about to be placed (law 4). False, and nothing recorded, where it must not be: this
        very draft has been placed before, or another one of this opportunity still lies untouched in Drafts.

        Intending again what was intended but never placed brings its record up to date: a crash or a refusal came
        between.
        """
        from watcher.draft.model import PlacementState

        if placement.state is not PlacementState.INTENDED:
            raise ValueError(f"a placement begins as intended, not {placement.state}")
        untouched = {PlacementState.PLACED, PlacementState.PENDING}
        with self._db.transaction():
            known = self.placement(placement.message_id)
            if known is not None and known.state is not PlacementState.INTENDED:
                return False
            for other in self.placements():
                if (
                    other.opportunity == placement.opportunity
                    and other.message_id != placement.message_id
                    and other.state in untouched
                ):
                    return False
            self._write(placement)
            if known is None:
                self._note(placement.message_id, placement.state, placement.intended_at, placement.why)
        return True

    def advance(
        self,
        message_id: str,
        state: PlacementState,
        *,
        now: datetime,
        fingerprint: str | None = None,
        text: str | None = None,
        why: str | None = None,
        leaving: str | None = None,
    ) -> Placement:
        """Record that a draft has come to `state`, with a row of its history; what is None stays as it was.

        The same state again only refreshes the rest. Raises KeyError for a draft never intended, ValueError for a step
        that is none in the life of a draft (`draft.fate.STEPS`).
        """
        from dataclasses import replace

        from watcher.draft.fate import STEPS

        with self._db.transaction():
            placement = self.placement(message_id)
            if placement is None:
                raise KeyError(message_id)
            moved = state is not placement.state
            if moved and state not in STEPS[placement.state]:
                raise ValueError(f"a draft does not go from {placement.state} to {state}")
            placement = replace(
                placement,
                state=state,
                changed_at=now if moved else placement.changed_at,
                fingerprint=placement.fingerprint if fingerprint is None else fingerprint,
                text=placement.text if text is None else text,
                why=placement.why if why is None else why,
                leaving=placement.leaving if leaving is None else leaving,
            )
            self._write(placement)
            if moved:
                self._note(message_id, state, now, why or "")
        # Only what has come to lie in Drafts, and only after the record says so: what a crash kept from being placed is
        # due yet, also where the database is lost after it.
        self._ledger.note(message_id)
        return placement

    def rename_opportunity(self, old: str, new: str) -> None:
        """Let the placements of one opportunity be those of another, where two have turned out to be one."""
        from dataclasses import replace

        with self._db.transaction():
            for placement in self.placements():
                if placement.opportunity == old:
                    self._write(replace(placement, opportunity=new))

    def _write(self, placement: Placement) -> None:
        from dataclasses import replace

        changes.note(self._db)
        self._db.run(
            "INSERT INTO placements (message_id, intended_at, text, record) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (message_id) DO UPDATE"
            " SET intended_at = excluded.intended_at, text = excluded.text, record = excluded.record",
            (
                placement.message_id,
                _utc(placement.intended_at),
                placement.text,
                encode(replace(placement, text="")),
            ),
        )

    def _note(self, message_id: str, state: PlacementState, at: datetime, why: str) -> None:
        self._db.run(
            "INSERT INTO placement_history (message_id, state, at, why) VALUES (?, ?, ?, ?)",
            (message_id, state.value, _utc(at), why),
        )

    # --- words ---

    def words(self) -> tuple[Word, ...]:
        """What the human told us and has not taken back, each with its number, in the order in which it was said."""
        from dataclasses import replace

        from watcher.opportunity.model import Word

        rows = self._db.rows("SELECT id, record FROM words WHERE undone_at IS NULL ORDER BY id")
        return tuple(replace(decode(record, Word), number=number) for number, record in rows)

    def add_word(self, word: Word) -> Word:
        """Keep what the human told us; gives it back with its number."""
        from dataclasses import replace

        with self._db.transaction():
            self._db.run("INSERT INTO words (record) VALUES (?)", (encode(word),))
            (number,) = self._db.row("SELECT max(id) FROM words") or (0,)
        return replace(word, number=number)

    def undo_word(self, number: int, now: datetime) -> bool:
        """Note that a word was taken back; False where none of that number stands."""
        with self._db.transaction():
            return bool(
                self._db.run("UPDATE words SET undone_at = ? WHERE id = ? AND undone_at IS NULL", (_utc(now), number))
            )

    def words_mark(self) -> str:
        """What changes with every word that is said or taken back: it tells whether views are up to date."""
        row = self._db.row("SELECT max(id), count(undone_at) FROM words")
        return "/".join(str(part or 0) for part in row or ())

    # --- identities ---

    def identities(self) -> tuple[Identity, ...]:
        """Every id ever minted, oldest first."""
        from watcher.opportunity.model import Identity

        found = [decode(row[0], Identity) for row in self._db.rows("SELECT record FROM identities ORDER BY id")]
        return tuple(sorted(found, key=lambda identity: (identity.minted_at, identity.id)))

    def mint(self, identity: Identity) -> None:
        """Keep a new id for good. Raises ValueError where it was minted before."""
        with self._db.transaction():
            if self._db.row("SELECT 1 FROM identities WHERE id = ?", (identity.id,)):
                raise ValueError(f"the id {identity.id} was minted before")
            self._db.run("INSERT INTO identities (id, record) VALUES (?, ?)", (identity.id, encode(identity)))

    def update_identity(
        self, name: str, *, messages: Iterable[str] | None = None, alias_of: str | None = None
    ) -> Identity:
        """Note which messages the id `name` stands for now, or that it has become another name for `alias_of`.

        What is None stays. Raises KeyError for an id never minted.
        """
        from dataclasses import replace

        from watcher.opportunity.model import Identity

        with self._db.transaction():
            row = self._db.row("SELECT record FROM identities WHERE id = ?", (name,))
            if row is None:
                raise KeyError(name)
            known = decode(row[0], Identity)
            identity = replace(
                known,
                messages=known.messages if messages is None else frozenset(messages),
                alias_of=known.alias_of if alias_of is None else alias_of,
            )
            if identity != known:
                self._db.run("UPDATE identities SET record = ? WHERE id = ?", (encode(identity), name))
        return identity


def _placement(row: Row) -> Placement:
    from dataclasses import replace

    from watcher.draft.model import Placement

    return replace(decode(row[0], Placement), text=row[1])


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
