"""An opportunity is known by its employer: the names a message gives for one, weighed by where they stand.

Never the system that delivers the mail, and an agency only where it names no client.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise

from watcher.knowledge.model import SenderRule
from watcher.message.model import Address, Message
from watcher.reading.agencies import CREDIBLE, LIKE, Employer, is_between, split_agency
from watcher.reading.claims import Tally
from watcher.reading.clients import clients_in
from watcher.reading.closings import firms_in_closing
from watcher.reading.contacts import within
from watcher.reading.displays import UNLIKELY, Delivery, from_display
from watcher.reading.firms import (
    domain_label,
    is_board,
    is_body_of,
    is_firm,
    is_job,
    likeness,
    name_at,
    spells_parts,
    standing,
    trimmed,
)
from watcher.reading.labels import spelled_out, written_in
from watcher.reading.namebook import Namebook, before_names, fold, letters, lowered
from watcher.reading.page import Page, bare
from watcher.reading.titles import is_head, tells_job

WEIGHTS = {"client": 0.9, "employer": 0.6, "place": 0.4, "with": 0.25}

_SUBJECT_PARTS = re.compile(
    r"\s*(?:\s[-\u2013\u2014/|@]{1,2}\s|\||\u00b7|\u2022|//|: |:$|\(|\)|,\s|;|\?|!|\. |\s@\s?)\s*"
)
_CAPITALS = re.compile(r"(?<![\w@./])[A-Z][\w'\u2019&-]+(?:(?: (?:&|of|and|for))? [A-Z][\w'\u2019&-]+){1,6}")
_ARTICLES = ("der", "den", "dem", "des", "die", "das", "beim", "im", "zum", "zur")
_NUMBER = re.compile(r"^(?:[A-Z]{1,4}-?)?\d[\w/-]*(?: [-\u2013\u2014]|:) ")


def employer_of(message: Message, page: Page, book: Namebook, delivery: Delivery, people: Iterable[str]) -> Employer:
    """The employers that `message` names. `people` are names of persons, never firms."""
    system, outgoing = delivery.system, delivery.outgoing
    replies = [to.name for to in message.header.reply_to if to.name]
    persons = [*people, *replies, *(name.split()[0] for name in replies)]
    anchor = _anchor(message, system, outgoing=outgoing)
    label = domain_label(anchor, book) if anchor else ""
    if delivery.machine and any(part.endswith(book.firms.portals) for part in label.split("-")):
        label = ""
    banned = frozenset(letters(name) for name in (*persons, *(system.names if system and not delivery.guessed else ())))
    tally = Tally(label, banned, book)
    names = () if system else (message.header.sender.name, *replies)
    writer = {letters(word): bare(word) for name in names for word in name.split() if letters(word)}
    if not outgoing:
        from_display(message, tally, delivery)
        firms_in_closing(page, tally)
    _from_subject(page, tally)
    _from_frames(page.text, page.low, tally, 1.0, writer)
    if not outgoing:
        clients_in(page, tally, between=is_between(page, label, book))
    _from_capitals(page.text, tally)
    if system is not None:
        _from_lines((*page.body, *page.closing), tally)
    if delivery.machine and page.closing:
        closing = "\n".join(page.closing[:12])
        _from_frames(closing, lowered(closing), tally, 0.8)
    if label and not is_board(label, book):
        _from_domain(page, label, tally, writer)
    if page.quoted and not any(claim.weight >= CREDIBLE for claim in tally.found.values()):
        _from_frames(page.quoted, lowered(page.quoted), tally, 0.5)
    return split_agency(tally.claims(), page, tally.label, book, outgoing=outgoing)


def _anchor(message: Message, system: SenderRule | None, *, outgoing: bool) -> Address | None:
    """The address whose domain may name the employer."""
    if system is not None:
        replies = (to for to in message.header.reply_to if not within(to.domain, system))
        return next(replies, None) if not outgoing else None
    if outgoing:
        return message.header.to[0] if message.header.to else None
    return message.header.sender


def _from_subject(page: Page, tally: Tally) -> None:
    subject, book = page.subject, tally.book
    low = lowered(subject)
    _from_verbs(subject, low, tally, 1.5)
    for match in book.firms.subject_frames.finditer(low):
        name = name_at(subject, match.end(), book)
        if name and not is_job(name, book):
            met = match.group(1) in book.firms.subject_meets
            tally.add(name, 0.55 if not met else 0.4 if is_firm(name, book) else 0.15, "subject", subject)
    parts = [part for part in _SUBJECT_PARTS.split(subject) if part]
    beside_mark = _beside_marker(subject, low, book)
    for index, part in enumerate(parts[:6]):
        name = name_at(part, 0, book)
        if not name and is_firm(part, book):
            name = name_at(part, 0, book, expected=True)  # "Second Judicial District Court"
        if name and beside_mark and name in beside_mark:
            continue  # "Customer Service Export (m/w/d)": a title
        if name and " " not in name and name.lower().endswith(book.jobs.activities or ("\0",)):
            continue  # "Rechtsberatung"
        if not name or name != bare(part) or is_job(name, book) or (name.isupper() and len(name) < 4):
            continue
        firm = is_firm(name, book)
        if not firm and any(fold(bare(word)) in book.places for word in name.split()):
            continue
        if not firm and _names_job(name, page, book):
            continue
        told = _is_told(name, page)
        weight = (0.45 if firm else 0.2) if len(parts) > 1 else (0.4 if firm else 0.1)
        if not (firm and book.firms.tells(fold(name).rpartition(" ")[2])) and _is_only_behind_job(name, page, book):
            weight, told = UNLIKELY, False
        if not (firm and " " in name) and _is_beside_job(subject, name, index, parts, book):
            weight, told = UNLIKELY, False
        tally.add(trimmed(name, book) or name, weight + (0.2 if told else 0.0) - 0.04 * index, "subject", subject)


def _beside_marker(subject: str, low: str, book: Namebook) -> str:
    """What stands right before and behind "(m/w/d)" in a subject: of the job's title, and no firm."""
    mark = book.jobs.markers.search(low) if book.jobs.markers else None
    if mark is None:
        return ""
    before = _SUBJECT_PARTS.split(subject[: mark.start()].rstrip(" ("))[-1]
    behind = subject[mark.end() :].lstrip(")")
    return f"{before}\n{behind.split(',')[0]}" if behind[:1] == " " and behind[1:2].isupper() else before


def _is_told(name: str, page: Page) -> bool:
    """Whether the text names it too, a single word inside a sentence and not after "in"."""
    if any(name in line for line in page.closing):
        return f"in {name}" not in page.text
    at = page.text.find(name)
    while at >= 0:
        before = page.text[max(0, at - 8) : at]
        if not before.endswith(("in ", "in the ", "near ")) and (
            " " in name or (before[-2:-1].isalpha() and before.endswith(" "))
        ):
            return True
        at = page.text.find(name, at + 1)
    return False


def _names_job(name: str, page: Page, book: Namebook) -> bool:
    """Whether the text says "role" or "post" behind a name: it is the job's, not the firm's."""
    at = page.text.find(f"{name} ")
    follows = page.low[at + len(name) + 1 : at + len(name) + 20].split() if at >= 0 else []
    return bool(follows) and bare(follows[0]) in book.jobs.job_nouns


def _is_only_behind_job(name: str, page: Page, book: Namebook) -> bool:
    """Whether a name stands right behind a job's title wherever it is told: "Associate, Dispute Resolution"."""
    told = f"{page.subject}\n{page.text}".split(name)
    return all(
        (before := front.rstrip(' "\u201c')).endswith((",", "(", " -", " \u2013"))
        and is_head(bare(before.rstrip("(,-\u2013 ").rpartition(" ")[2]), book)
        for front in told[:-1]
    )


def _is_beside_job(subject: str, name: str, index: int, parts: list[str], book: Namebook) -> bool:
    """Whether a word after a job's title tells more of the job: "Lead Brewer, Harbour", "Forester (Soils)"."""
    before = subject[: subject.find(name)].rstrip(" ")
    beside = before.endswith((",", "(")) or (name.isupper() and len(name) > 5)
    return beside and index > 0 and " " not in name and is_job(parts[index - 1].strip(), book)


def _from_frames(text: str, low: str, tally: Tally, trust: float, writer: Mapping[str, str] | None = None) -> None:
    """Names after "at", "your application to", "our client" in running text."""
    book = tally.book
    for match in before_names(book.firms.frames, text, low):
        at = match.end()
        name = name_at(text, at, book, expected=True)
        if name and not is_job(name, book):
            kind = book.firms.frame_kinds[match.group(1)]
            if kind in ("place", "with") and _is_behind_job(text, match.start(), book) and _may_be_whole(name, book):
                kind = "employer"  # "Senior Sonographer with Wexmoor Scans"
            weight = trust * _frame_weight(name, kind, book)
            if _is_common(name, low[match.start() : at], book):
                weight = UNLIKELY * trust  # "bei der Suche"
            if kind == "place" and writer and _is_another(text[: match.start()], writer, book):
                weight = UNLIKELY * trust
            elif kind in ("place", "with") and writer and _in_passing(name, text[: match.start()], kind, tally, writer):
                continue
            tally.add(trimmed(name, book) or name, weight, kind, text[match.start() : at] + name)
    _from_verbs(text[:1500], low[:1500], tally, trust)


def _may_be_whole(name: str, book: Namebook) -> bool:
    """Whether a name behind a title may be a firm's: "Mitarbeiterin in der Mitgliederverwaltung" tells a department."""
    return book.jobs.markers is None or " " in name


def _is_common(name: str, frame: str, book: Namebook) -> bool:
    """Whether a name behind an article may be any noun, in a language that writes all of them with a capital."""
    if book.jobs.markers is None or " " in name or is_firm(name, book):
        return False
    return frame.rstrip().endswith(_ARTICLES)


def _in_passing(name: str, front: str, kind: str, tally: Tally, writer: Mapping[str, str]) -> bool:
    """Whether somebody with a domain of their own speaks of a firm unlike it, and not of where they or the job are."""
    book = tally.book
    if not tally.label or likeness(name, tally.label, book) >= LIKE:
        return False
    before = [word for token in re.split(r"[.!?\n]", front[-60:])[-1].split() if (word := bare(token))][-6:]
    if any(tells_job(word, book) for word in before[-2:]):
        return False
    own = any(fold(word) in book.firms.own_words or letters(word) in writer for word in before)
    return not own or kind == "with"


def _is_behind_job(text: str, at: int, book: Namebook) -> bool:
    """Whether a job's title, with a capital, ends right before."""
    word = text[max(0, at - 24) : at].rstrip(' "\u201d)').rpartition(" ")[2]
    return word[:1].isupper() and is_head(word, book)


def _is_another(before: str, writer: Mapping[str, str], book: Namebook) -> bool:
    """Whether somebody other than the writer is named just before: "me plus Dr. Beaton from ..."."""
    words = before[-40:].split("\n")[-1].split()[-2:]
    if len(words) < 2 or not words[1][:1].isupper() or words[1][-1] in ".,;:!?":
        return False
    plain = fold(bare(words[1]))
    if letters(plain) in writer or plain in book.not_names or plain in book.firms.around or plain in book.jobs.heads:
        return False
    return fold(bare(words[0])) in book.people.honorifics or plain in book.people.given


def _from_verbs(text: str, low: str, tally: Tally, trust: float) -> None:
    """Names before "has invited you", "would like to meet": from the start of their sentence."""
    for match in tally.book.firms.verbs.finditer(low):
        start = max(text.rfind(mark, 0, match.start()) for mark in ("\n", ". ", "! ", "? ", ", ", ": ")) + 1
        start += text[start : start + 1] == " "
        if text[match.start() - 1 : match.start()] == ")":
            start = text.rfind("(", start, match.start()) + 1 or start  # "a bakery here (Acme) asked me to"
        if match.start() - start > 50 or not text[start : start + 1].isupper():
            continue
        name = name_at(text, start, tally.book)
        if name and len(name) >= match.start() - start - 1 and not is_job(name, tally.book):
            several = is_firm(name, tally.book) or len(name.split()) > 1
            known = name.split()[0].lower() in tally.book.people.given and not is_firm(name, tally.book)
            tally.add(name, trust * (0.1 if known else 0.4 if several else 0.15), "acts", text[start : match.end()])


def _frame_weight(name: str, kind: str, book: Namebook) -> float:
    weight = WEIGHTS[kind]
    if is_firm(name, book):
        return min(0.95, weight + 0.1)
    first = fold(bare(name.split()[0]))
    if first in book.people.given or first in book.people.honorifics:
        return {"client": 0.35, "employer": 0.18}.get(kind, 0.03)
    return weight * {"place": 0.7, "with": 0.4}.get(kind, 1.0)


def _from_capitals(text: str, tally: Tally) -> None:
    """Capitalised runs that a word of theirs shows to be firms, wherever they stand."""
    book = tally.book
    for match in _CAPITALS.finditer(text[:4000]):
        words = fold(match.group()).split(" ")
        last = words[-1]
        if (last in book.firms.firm_words and last not in book.firms.around) or is_body_of(words, book):
            name = name_at(text, match.start(), book, expected=len(words) > 2)
            if " of " in name and not is_body_of(fold(name).split(" "), book):
                name = name.rpartition(" of ")[2]  # "Conference Room of Dansoman Hospital"
                name = name if " " in name else ""
            if (
                name
                and is_firm(name, book)
                and not is_job(name, book)
                and name.split()[-1].lower() not in book.people.title_words
            ):
                tally.add(name, 0.2, "capitals", name)


def _from_lines(lines: tuple[str, ...], tally: Tally) -> None:
    """The firm on the line below the job's, as boards and tracking systems set it."""
    for whole, line in pairwise(lines[:30]):
        title = _NUMBER.sub("", whole)  # "421190 - Policy Adviser"
        head = name_at(title, 0, tally.book)
        if not 0 < len(title) <= 70 or title[-1] in ".!?," or not head or not is_job(head, tally.book):
            continue
        part = next((part for part in _SUBJECT_PARTS.split(line) if part), "")
        name = name_at(part, 0, tally.book, loose=True)
        if name and bare(name) == bare(part) and not is_job(name, tally.book):
            tally.add(name, 0.4, "line", line)


def _from_domain(page: Page, label: str, tally: Tally, writer: Mapping[str, str]) -> None:
    """The sender's own domain, spelled by words of the text where some spell it, else by itself as a last resort."""
    book, squeezed = tally.book, letters(label)
    for key, claim in list(tally.found.items()):
        alike = 1.0 if spells_parts(claim.name, label) else likeness(claim.name, squeezed, book)
        if alike >= LIKE:
            tally.found[key] = replace(claim, weight=1 - (1 - claim.weight) * (1 - 0.75 * alike))
    best, alike = "", LIKE - 0.05
    for text in ("\n".join(page.closing[:10]), page.subject, page.text):
        for name in _spellings(text, squeezed, book):
            share = likeness(name, squeezed, book)
            front = name.rpartition(" ")[0]
            if front and " " not in front and share <= likeness(front, squeezed, book) and not is_firm(name, book):
                continue  # "Justice Comeau" at `justice-ns`
            if "-" in label and any(part in writer for part in label.split("-") if part not in letters(name)):
                continue  # "Treuhand" at `treuhand-wyss`, of a Ruth Wyss
            if share > alike and not (book.jobs.markers is not None and is_job(name, book)):
                best, alike = name, share
    if best:
        best = _nominative(best, label) if book.jobs.markers is not None else best
        tally.add(best, 0.75 * alike, "domain_in_text", best)
    known = any(
        likeness(claim.name, squeezed, book) >= LIKE or spells_parts(claim.name, label)
        for claim in tally.found.values()
    )
    if known or len(squeezed) < 3:
        return
    text = "\n".join((*page.closing[:10], page.subject, page.text, page.quoted))
    glued = letters(text.replace("&", "and"))
    for part in dict.fromkeys((squeezed, letters(re.split("[-_]", label)[0]))):
        words = written_in(text, part) if len(part) > 5 and part in glued else ""
        if words:
            tally.add(words.title() if words.islower() else words, 0.5, "domain_in_text", words)
            return
    tally.add(spelled_out(label, book, text, writer), 0.3 if "-" in label else 0.22, "domain", label)


def _nominative(name: str, label: str) -> str:
    """ "Lebenshauses Tirol" at `lebenshaus-tirol` is "Lebenshaus Tirol"."""
    first, space, rest = name.partition(" ")
    for ending in ("es", "s", "en", "n"):
        stem = first.removesuffix(ending)
        if (
            stem != first
            and letters(label).startswith(letters(stem + rest))
            and not letters(label).startswith(letters(first))
        ):
            return stem + space + rest
    return name


def _spellings(text: str, label: str, book: Namebook) -> list[str]:
    """Capitalised names in `text` that begin with the letters of a domain label."""
    beginning = label[:3]
    low = fold(text)
    if len(low) != len(text):
        low = lowered(text)
    found: list[str] = []
    at = low.find(beginning)
    while at >= 0 and len(found) < 8:
        if text[at].isupper() and (at == 0 or not (low[at - 1].isalnum() or low[at - 1] in "@.")):
            strict = name_at(text, at, book, expected=True)
            name = name_at(text, at, book, loose=True, expected=True)
            if len(name) > len(strict) and likeness(name, label, book) <= likeness(strict, label, book):
                name = strict  # "Acme for Senior Engineer"
            name = trimmed(name, book)
            named = text[max(0, at - 4) : at] == "The " and standing(name, book, -1) < 0 if name else False
            found += [f"The {name}" if named else name] if name else []
        at = low.find(beginning, at + 1)
    return found
