"""Gmail's labels as folders with roles: which messages lie in each, by their labels and as a search.

A message lies once in Gmail, under any number of labels. The folders that are swept divide it up, so that no header is
fetched twice: what is neither in the inbox nor sent lies in a folder of our own making, the archive.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from watcher.message.model import Folder, Role

INBOX, SENT, DRAFT, TRASH, SPAM, CHAT = "INBOX", "SENT", "DRAFT", "TRASH", "SPAM", "CHAT"
ASIDE = frozenset({DRAFT, TRASH, SPAM})
ARCHIVED = "-in:inbox -in:sent -in:drafts -in:chats"


@dataclass(frozen=True, slots=True)
class Shelf:
    """A folder and the label it stands for ("" for the archive, which is the absence of labels)."""

    folder: Folder
    label: str

    def holds(self, labels: Collection[str]) -> bool:
        """Whether a message with these labels lies here."""
        if self.label in ASIDE:
            return self.label in labels and (self.label == TRASH or TRASH not in labels)
        if not ASIDE.isdisjoint(labels):
            return False
        return self.label in labels if self.label else {INBOX, SENT, CHAT}.isdisjoint(labels)

    @property
    def telling(self) -> frozenset[str]:
        """The labels whose coming and going may bring a message here, or take it away."""
        return ASIDE | ({self.label} if self.label else {INBOX, SENT})

    @property
    def search(self) -> Mapping[str, Any]:
        """How Gmail is asked for what lies here, perhaps with a little more."""
        if not self.label:
            return {"q": ARCHIVED}
        asked: dict[str, Any] = {"labelIds": [self.label]}
        if self.label in (TRASH, SPAM):
            asked["includeSpamTrash"] = True
        return asked


OWN = (
    Shelf(Folder("INBOX", Role.INBOX), INBOX),
    Shelf(Folder("[Gmail]/Archive", Role.ARCHIVE), ""),
    Shelf(Folder("[Gmail]/Sent", Role.SENT), SENT),
    Shelf(Folder("[Gmail]/Drafts", Role.DRAFTS), DRAFT),
    Shelf(Folder("[Gmail]/Trash", Role.TRASH), TRASH),
    Shelf(Folder("[Gmail]/Spam", Role.JUNK), SPAM),
)
DRAFTS = OWN[3].folder


def shelves(labels: Iterable[Mapping[str, Any]]) -> list[Shelf]:
    """Gmail's own folders, and the user's labels after them, from the answer to labels.list."""
    made = list(OWN)
    names = {shelf.folder.name for shelf in made}
    for label in labels:
        name = str(label.get("name", ""))
        if label.get("type") == "user" and name and name not in names:
            names.add(name)
            made.append(Shelf(Folder(name, Role.OTHER), str(label["id"])))
    return made
