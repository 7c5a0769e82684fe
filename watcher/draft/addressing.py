"""How a letter speaks to its reader: formal or warm as they write, the greeting, and the closing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from watcher.draft.envelope import clean
from watcher.draft.facts import is_own, voices
from watcher.message.model import Message
from watcher.opportunity.model import Opportunity
from watcher.reading.model import Person, Speaker

LETTERS_WEIGHED = 3  # of theirs, the newest first
FORMAL_FROM = 1  # the weight from which they count as writing formally


# --- formal or warm ---


def is_formal(opportunity: Opportunity, answered: Message, words: Mapping[str, Any]) -> bool:
    """Whether they write formally: by greeting, closing, contractions and emoji of their newest letters; where they
    never wrote, as the user wrote to them. In a language with a familiar form of address, whether they don't use it."""
    text = (answered.body.new if answered.body else "").strip()
    if "familiar" in words:
        return not _has(words["familiar"], text) or _has(words["formal"], text)
    if "register" not in words:
        return any(_has(words["formal"], line) for line in _edges(text))
    texts = _theirs(opportunity, text, answered.id)
    if not texts:
        own = [s.entry.new_text for s in opportunity.statements if is_own(s.entry) and s.entry.new_text.strip()]
        return not own or weight(own[-1], words["register"]) >= 0
    return sum(weight(each, words["register"]) for each in texts) >= FORMAL_FROM


def weight(text: str, rules: Sequence[Mapping[str, Any]]) -> int:
    """How formal a text is, above 0, or how warm, below it. Each rule counts once; `times` is how often it must match.

    `where` of a rule is first (the greeting), edges (greeting and closing) or text (everything).
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    places = {"first": lines[:1], "edges": _edges(text), "text": ["\n".join(lines)]}
    total = 0
    for rule in rules:
        found = sum(
            len(re.findall(pattern, place, re.IGNORECASE)) for pattern in rule["any"] for place in places[rule["where"]]
        )
        total += int(rule["weight"]) if found >= rule.get("times", 1) else 0
    return total


def _theirs(opportunity: Opportunity, answered: str, identity: str) -> list[str]:
    """The newest letters of the person written to (else of their side), newest first, the answered one among them."""
    human = [s.entry for s in opportunity.statements if s.entry.reading.speaker is Speaker.HUMAN]
    contact = opportunity.contact.address if opportunity.contact else ""
    chosen = [entry for entry in human if contact in voices(entry)] or human
    newest = sorted(chosen, key=lambda entry: entry.at, reverse=True)[:LETTERS_WEIGHED]
    texts = [answered if entry.id == identity and answered else entry.new_text for entry in newest]
    return [text for text in texts if text.strip()]


def _edges(text: str) -> list[str]:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return [*lines[:1], *lines[1:][-4:]]


def _has(patterns: Iterable[str], text: str) -> bool:
    return any(re.search(pattern, text, re.IGNORECASE) for pattern in patterns)


# --- the greeting ---


def greeting(opportunity: Opportunity, formal: bool, answered: Message, words: Mapping[str, Any]) -> str:
    """The line that greets the contact: as they sign; with a title the formal one; "Hello," where that is not sure."""
    contact = opportunity.contact
    name = greetable(contact, words) if contact else ""
    full = clean(contact.name) if contact else ""
    if formal and "greeting" in words and (addressed := _addressed(full or name, words)):
        return addressed
    if not name:
        return str(words["unknown_greeting"])
    if name.split()[0].strip(".").casefold() in words.get("titles", ()):
        formal = True
    elif formal and " " not in name and len(full.split()) > 1 and name in full.split():
        text = (answered.body.new if answered.body else "").strip()
        if _has(words.get("by_family_name", ()), text.split("\n")[0]):
            name = " ".join(part for part in _in_order(full).split() if len(part.strip(".")) > 1)
    return str(words["formal_greeting" if formal else "warm_greeting"]).format(name=name, full=full or name)


def greetable(contact: Person, words: Mapping[str, Any]) -> str:
    """The name to greet somebody by, "" where none is sure: no desk, no initials, no word that is no name."""
    name = clean(contact.greeting).strip(" ,.;:!?\"'")
    if not name or "@" in name or any(letter.isdigit() for letter in name):
        return ""
    full = _in_order(clean(contact.name))
    plain = {word.casefold() for word in re.findall(r"[^\W\d_]+", f"{full} {name}")}
    if plain & set(words.get("desks", ())):
        return ""
    parts = full.split()
    initials = "".join(part[0] for part in parts).casefold()
    squeezed = name.replace(".", "").casefold()
    if len(parts) > 1 and (squeezed in words.get("not_names", ()) or (len(squeezed) > 1 and squeezed == initials)):
        name = parts[0].strip(",.")
        name = "" if len(name) < 2 else name
    if name.casefold() in words.get("not_names", ()) or (name.isascii() and len(name.strip(".")) < 2):
        return ""
    return _cased(name)


def _in_order(name: str) -> str:
    """ "Reyes, Dana" as it is spoken."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}" if comma and first.strip() and len(first.split()) < 3 else name


def _cased(name: str) -> str:
    """A name all in small letters or capitals as names are written."""
    if (name.islower() or (name.isupper() and len(name) > 3)) and name.isascii():
        return re.sub(r"[^\W\d_]+", lambda match: match.group().capitalize(), name)
    return name


def _addressed(full: str, words: Mapping[str, Any]) -> str:
    """The formal greeting that a title or a given name calls for ("Sehr geehrte Frau Dr. Lohse,"), else ""."""
    parts = full.split()
    plain = [part.strip(".").casefold() for part in parts]
    degrees = [part for part in parts if part.endswith(".") and len(part) > 2 and part.strip(".").casefold() != "hr"]
    for form in words["greeting"]:
        titled = bool(plain) and plain[0] in form["titles"]
        rest = [part for part in parts[titled:] if part not in degrees]
        given = rest[0].partition("-")[0].casefold() if rest else ""
        if (titled and rest) or (len(rest) > 1 and given in form["given"]):
            family = rest[-1] if titled and len(rest) == 1 else " ".join(_family_name(rest))
            return str(form["form"]).format(name=" ".join([*degrees, family]))
    return ""


def _family_name(parts: Sequence[str]) -> Sequence[str]:
    """The family name of a name in reading order, with the small words that belong to it ("von Arx")."""
    small = next((index for index, part in enumerate(parts[1:], 1) if part.islower()), len(parts) - 1)
    return parts[small:]


# --- the closing ---


def closing(
    opportunity: Opportunity, formal: bool, signature: str, name: str, words: Mapping[str, Any], turn: int
) -> str:
    """The closing words and the user's name, once. A signature of the user's own that closes with their name stands as
    it is; one that begins with it gets closing words before it, one without it both. `turn` chooses among the
    wordings."""
    closings = words["formal_closings" if formal else "warm_closings"]
    parting = str(closings[turn % len(closings)])
    own = [line.rstrip() for line in signature.strip().split("\n") if line.strip() not in _DELIMITERS]
    if own and _is_form_of(own[0], name):
        return "\n".join((parting, *own))
    if any(_names(line, name) for line in own):
        return "\n".join(own)
    first = name.split()[0] if name.split() else name
    return "\n".join((parting, _signs_as(opportunity, name) or (name if formal else first), *own))


_DELIMITERS = frozenset(("", "--"))  # a letter's close is no signature below it (RFC 3676, section 4.3)


def _names(line: str, name: str) -> bool:
    """Whether a line holds the user's first or last name."""
    parts = {part.strip(".,").casefold() for part in name.split()[:1] + name.split()[-1:]}
    words = [word.strip(".,") for word in line.casefold().split()]
    return not parts.isdisjoint(word for word in words if word.isalpha())  # none out of an address


def _is_form_of(line: str, name: str) -> bool:
    """Whether a line is the user's name or part of it ("Alex", "A. Morgan", "Alex Morgan")."""
    parts = [part.strip(".,").casefold() for part in line.strip(" ,-–—").split()]
    folded = [part.strip(".,").casefold() for part in name.split()]
    initials = {part[0] for part in folded if part}
    return 0 < len(parts) <= 4 and all(part in folded or (len(part) == 1 and part in initials) for part in parts)


def _signs_as(opportunity: Opportunity, name: str) -> str:
    """How the user signs to these people: the last line of their newest mail that is a form of their name."""
    own = sorted((s.entry for s in opportunity.statements if is_own(s.entry)), key=lambda entry: entry.at, reverse=True)
    for entry in own:
        lines = [line.strip(" ,-–—") for line in entry.new_text.split("\n") if line.strip()]
        for line in reversed(lines[-6:]):
            if line[:1].isupper() and len(line) > 2 and _is_form_of(line, name):
                return line
    return ""
