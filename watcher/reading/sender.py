"""Says who wrote a message: the user, a person over there, or a machine, and whether an answer would reach anyone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from watcher.knowledge.model import Rulebook, SenderRule, Table
from watcher.knowledge.patterns import fold
from watcher.message.model import NOBODY, Address, Body, Header
from watcher.reading.filtering import holds
from watcher.reading.identity import Identity
from watcher.reading.model import ReadingSettings, Speaker


@dataclass(frozen=True, slots=True)
class Sender:
    """Who a message is from.

    `system` is the id of the machine or relay in senders.toml, else ""; `kind` its kind. `contact` is the address an
    answer would go to, None where nobody reads it. `person` is the human's display name where one stands ("Femi Lawal"
    of "Femi Lawal via LinkedIn"), `company` the employer as far as the display name or address tells it.
    """

    speaker: Speaker
    system: str = ""
    kind: str = ""
    answerable: bool = True
    bulk: bool = False
    automatic: bool = False
    contact: Address | None = None
    person: str = ""
    company: str = ""
    rule: SenderRule | None = None


def identify(header: Header, body: Body | None, rulebook: Rulebook, settings: ReadingSettings) -> Sender:
    """Who wrote the message, from its header and, for whether it is read, its footer and last lines."""
    contact = header.reply_to[0] if header.reply_to else header.sender
    if header.sender.address in settings.addresses:
        return Sender(Speaker.ME, contact=contact, person=header.sender.name)
    words: Table = rulebook.tables.get("mailboxes", {})
    rule = _rule_of(header.sender, rulebook.senders)
    bulk = _is_bulk(header)
    name, via = _split_via(header.sender.name)
    answerable, address = _answer(header, body, rule, words)
    human = _is_human(header, rule, words, name, via)
    return Sender(
        speaker=Speaker.HUMAN if human else Speaker.ROBOT,
        system=rule.id if rule else "",
        kind=rule.kind if rule else "",
        answerable=answerable,
        bulk=bulk,
        automatic=header.traits.get("auto-submitted", "no").lower() not in ("", "no"),
        contact=address if answerable else None,
        person=name if human and _looks_personal(name, words) else "",
        company=_company(header, rule, name, words),
        rule=rule,
    )


def _rule_of(sender: Address, rules: tuple[SenderRule, ...]) -> SenderRule | None:
    """The most exact rule for an address: the longest domain, then one that narrows by local part."""
    best: tuple[int, SenderRule] | None = None
    for domain, rule in rules_for(sender.domain, rules):
        if rule.locals and not any(re.search(local, sender.local) for local in rule.locals):
            continue
        score = len(domain) * 2 + bool(rule.locals)
        if best is None or score > best[0]:
            best = (score, rule)
    return best[1] if best else None


def rules_for(domain: str, rules: tuple[SenderRule, ...]) -> list[tuple[str, SenderRule]]:
    """The rules for a domain or a parent of it, in the order of senders.toml, each with that domain."""
    known = _by_domain(Identity(rules))
    labels = domain.split(".")
    found: list[tuple[int, str, SenderRule]] = []
    for at in range(len(labels)):
        parent = ".".join(labels[at:])
        found += [(place, parent, rule) for place, rule in known.get(parent, ())]
    found.sort(key=lambda one: one[0])
    return [(parent, rule) for _, parent, rule in found]


@lru_cache(maxsize=4)
def _by_domain(rules: Identity) -> dict[str, list[tuple[int, SenderRule]]]:
    found: dict[str, list[tuple[int, SenderRule]]] = {}
    for place, rule in enumerate(rules.thing):
        for domain in dict.fromkeys(rule.domains):
            found.setdefault(domain, []).append((place, rule))
    return found


def _is_bulk(header: Header) -> bool:
    traits = header.traits
    if traits.get("precedence", "").lower() in ("bulk", "list", "junk"):
        return True
    return any(name in traits for name in ("list-unsubscribe", "list-id", "list-post", "feedback-id"))


def _answer(header: Header, body: Body | None, rule: SenderRule | None, words: Table) -> tuple[bool, Address]:
    """Whether an answer reaches a person, and under which address."""
    reply_to = next((address for address in header.reply_to if address.address), None)
    own = header.sender
    target = reply_to or own
    if is_unread(target.local, words):
        return False, target
    if rule is not None and rule.answer == "never" and (reply_to is None or _same_system(reply_to, rule)):
        return False, target
    if rule is not None and rule.answer == "reply_to" and reply_to is None:
        return False, target
    if reply_to is not None and reply_to.address != own.address:
        return True, reply_to
    if body is not None and _says_unread(body, words):
        return False, target
    return True, target


def _same_system(address: Address, rule: SenderRule) -> bool:
    return any(address.domain == domain or address.domain.endswith("." + domain) for domain in rule.domains)


def is_unread(local: str, words: Table) -> bool:
    """Whether a local part says that nobody reads what is sent there, in any spelling of "no-reply"."""
    bare = _NO_LETTERS.sub("", local.lower())
    return holds(bare, words.get("unread", ())) or bare in words.get("unread_whole", ())


def _says_unread(body: Body, words: Table) -> bool:
    text = fold(" ".join(f"{body.new[-1500:]} {body.footer[-1500:]} {body.signature[-600:]}".split()))
    return holds(text, words.get("unread_phrases", ()))


_VIA = (
    re.compile(r"^(.*?)\s*[(\[]\s*(?:via|by way of)\s+([^)\]]{1,200})[)\]]\s*$", re.IGNORECASE),
    re.compile(r"^(.*?)\s+via\s+(.+)$", re.IGNORECASE),
)
_ON_BEHALF = re.compile(r"^(.*?)\s+on behalf of\s+(.+)$", re.IGNORECASE)
_BREAKS = re.compile(r"[\s.]+")
_NO_LETTERS = re.compile(r"[^a-z]")


def _split_via(name: str) -> tuple[str, str]:
    """A display name without the relay in it: "Marietta Bell (via Lever)" is ("Marietta Bell", "Lever")."""
    if not holds(name.lower(), ("via", "by way of", "on behalf of")):
        return name.strip(" '\""), ""
    for pattern in _VIA:
        found = pattern.match(name)
        if found:
            return found.group(1).strip(" '\""), found.group(2).strip()
    found = _ON_BEHALF.match(name)
    if found:
        return found.group(2).strip(), found.group(1).strip()
    return name.strip(" '\""), ""


def _is_human(header: Header, rule: SenderRule | None, words: Table, name: str, via: str) -> bool:
    """Whether a person wrote it: not where the address says that it is unread or is a known machine's, unless a
    person's name stands before a relay."""
    local = header.sender.local
    if header.traits.get("auto-submitted", "no").lower() not in ("", "no"):
        return False
    if rule is not None and rule.kind == "relay":
        return _looks_personal(name, words)
    if rule is not None and rule.answer == "yes" and _looks_personal(name, words):
        return True
    if rule is not None and rule.kind != "company":
        return bool(via) and _looks_personal(name, words) and not is_unread(local, words)
    return not is_unread(local, words)


def _looks_personal(name: str, words: Table) -> bool:
    """Whether a display name could be a person's: two to four words, none of them a company's or department's."""
    parts = [part for part in _BREAKS.split(fold(name)) if part]
    if not 2 <= len(parts) <= 5 or any(map(str.isdigit, name)) or "@" in name:
        return False
    return _not_people(Identity(words)).isdisjoint([part.strip("(),&") for part in parts])


@lru_cache(maxsize=4)
def _not_people(words: Identity) -> frozenset[str]:
    return frozenset(words.thing.get("not_people", ()))


@lru_cache(maxsize=4)
def _departments(words: Identity) -> tuple[tuple[str, str], ...]:
    """What departments call themselves, as written and in small letters."""
    return tuple((tail, tail.lower()) for tail in words.thing.get("departments", ()))


def _company(header: Header, rule: SenderRule | None, name: str, words: Table) -> str:
    """The employer's name where the display name or the address carries it; a hint, no more."""
    if rule is None or "display_name" not in rule.company_from:
        return "" if rule is not None else _department(name, words)
    if not name or fold(name) in {fold(own) for own in rule.names} or "@" in name:
        return ""
    return "" if _looks_personal(name, words) and rule.kind == "relay" else _department(name, words) or name


def _department(name: str, words: Table) -> str:
    """ "Northmere Health Talent Acquisition" is "Northmere Health"; "" where no department stands in the name."""
    bare = name
    low = name.lower()
    for tail, small in _departments(Identity(words)):
        if small not in low and low.isascii():
            continue
        found = re.search(rf"[\s,|–-]+{re.escape(tail)}\s*$", bare, re.IGNORECASE)
        if found and found.start() > 0:
            return bare[: found.start()].strip(" ,-|–'")
        found = re.match(rf"{re.escape(tail)}(?:\s+at|\s*@|,|\s+-)\s+", bare, re.IGNORECASE)
        if found:
            return bare[found.end() :].strip()
    return ""


def why_suspicious(header: Header, body: Body | None, rulebook: Rulebook, sender: Sender) -> str:
    """Why a message looks forged or a fraud, in words for the user; "" where it does not."""
    if sender.speaker is Speaker.ME:
        return ""
    words: Table = rulebook.tables.get("mailboxes", {})
    results = header.traits.get("authentication-results", "").lower()
    if "fail" in results and re.search(r"\bdmarc\s*=\s*fail", results):
        return f"the sender's domain {header.sender.domain} disowns this mail (DMARC failed)"
    if (
        "fail" in results
        and "dmarc=pass" not in results
        and re.search(r"\bspf\s*=\s*fail", results)
        and re.search(r"\bdkim\s*=\s*fail", results)
    ):
        return "neither SPF nor DKIM vouch for the sender"
    if body is None:
        return ""
    text = fold(" ".join(f"{header.subject} {body.new[:6000]}".split()))
    money = [phrase for phrase in words.get("fraud", ()) if phrase in text]
    if not money:
        return ""
    reply_to = header.reply_to[0] if header.reply_to else NOBODY
    free = words.get("free_mail", ())
    if reply_to.address and reply_to.domain != header.sender.domain and reply_to.domain in free:
        return f"answers go to a free mailbox elsewhere ({reply_to.domain}) and it speaks of {money[0]!r}"
    if len(money) >= 2:
        return f"it speaks of {money[0]!r} and {money[1]!r}"
    return ""
