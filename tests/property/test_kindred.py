"""Of mail that was passed over, the same is found to belong to what is known as when all of it is looked at each time."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.passes import PLAN
from watcher.app import knowledge
from watcher.cycle import kindred, syncing
from watcher.mailbox.memory import MemoryMailbox
from watcher.message.model import Account
from watcher.reading.sieve import Known, Sieve
from watcher.store import Store
from watcher.store.model import State

NOW = datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
SIEVE = Sieve(knowledge(), frozenset({"alex@example.net"}))
DOMAINS = ("acme.example", "globex.example", 'q"uote.example')
PEOPLE = ("ann", "bo", "zoë")
FIRMS = ("acme", "globex", "straße works")


def mail(number: int, who: str, domain: str, subject: str, answers: int, *, bulk: bool) -> bytes:
    head = f"From: X <{who}@{domain}>\nTo: alex@example.net\nSubject: {subject}\nMessage-ID: <m{number}@x.example>\n"
    head += f"In-Reply-To: <m{answers}@x.example>\n" if answers else ""
    head += "List-Unsubscribe: <https://x.example>\nPrecedence: bulk\n" if bulk else ""
    return (head + "\nHello.\n").encode()


class Both:
    """Two stores with the same mail: one in which everything is looked at each time."""

    def __init__(self) -> None:
        self.box = MemoryMailbox(Account("home", ("alex@example.net",)))
        self.quick, self.thorough = Store.in_memory(), Store.in_memory()
        self.known = Known()

    def look(self) -> None:
        self.thorough._db.run("DELETE FROM meta WHERE name = 'known'")
        for store in (self.quick, self.thorough):
            syncing.sweep(self.box, store, PLAN)
            syncing.want_known(store, SIEVE, self.known, (), "1")
        assert self.states(self.quick) == self.states(self.thorough)

    @staticmethod
    def states(store: Store) -> dict[str, State]:
        return {header.header.message_id: header.state for header in store.headers()}

    def learn(self, name: str, word: str) -> None:
        self.known = replace(self.known, **{name: frozenset({*getattr(self.known, name), word})})

    def bin(self, number: int) -> None:
        for raw in list(self.box.everything()):
            if f"<m{number}@" in raw.data.decode() and raw.ref.folder == "INBOX":
                self.box.remove(raw.ref)
                self.box.deliver("Trash", raw.data, raw.received_at)

    def pass_over(self) -> None:
        for store in (self.quick, self.thorough):
            store.put_bodies([], [header.key for header in store.headers(state=State.WANTED)])


WORDS = st.one_of(
    st.tuples(st.just("messages"), st.integers(0, 9).map(lambda number: f"<m{number}@x.example>")),
    st.tuples(st.just("addresses"), st.builds("{}@{}".format, st.sampled_from(PEOPLE), st.sampled_from(DOMAINS))),
    st.tuples(st.just("domains"), st.sampled_from(DOMAINS)),
    st.tuples(st.just("companies"), st.sampled_from(FIRMS)),
)
STEPS = st.one_of(
    st.tuples(
        st.just("mail"),
        st.tuples(
            st.sampled_from(PEOPLE), st.sampled_from(DOMAINS), st.sampled_from(("Hi", "News of ACME", "Straße Works")),
            st.integers(0, 9), st.booleans(),
        ),
    ),
    st.tuples(st.just("learn"), WORDS),
    st.tuples(st.just("bin"), st.integers(1, 9)),
    st.tuples(st.just("pass over"), st.none()),
    st.tuples(st.just("look"), st.none()),
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(steps=st.lists(STEPS, min_size=4, max_size=24))
def test_the_same_is_asked_for(steps: list[tuple[str, object]]) -> None:
    both, count = Both(), 0
    for what, more in steps:
        if what == "mail":
            count += 1
            who, domain, subject, answers, bulk = more  # type: ignore[misc]
            both.box.deliver("INBOX", mail(count, who, domain, subject, answers, bulk=bulk), NOW)
        elif what == "learn":
            both.learn(*more)  # type: ignore[misc]
        elif what == "bin":
            both.bin(more)  # type: ignore[arg-type]
        elif what == "pass over":
            both.pass_over()
        else:
            both.look()
    both.look()


def looked_at(both: Both) -> set[str]:
    found = kindred.to_look_at(both.quick, both.known, "1")
    return {header.header.message_id for header in found}


@pytest.fixture
def both() -> Both:
    made = Both()
    for number, domain in enumerate(DOMAINS, start=1):
        made.box.deliver("INBOX", mail(number, "ann", domain, "Hi", 0, bulk=False), NOW)
    made.look()
    return made


def test_where_nothing_more_is_known_no_header_is_looked_at_again(both: Both) -> None:
    assert looked_at(both) == set()


def test_only_those_are_looked_at_that_say_what_is_new(both: Both) -> None:
    both.learn("domains", DOMAINS[1])
    assert looked_at(both) == {"<m2@x.example>"}


def test_what_lies_in_trash_is_looked_at_for_the_name_of_a_new_company_in_any_letters(both: Both) -> None:
    both.box.deliver("Trash", mail(7, "bo", "x.example", "STRASSE works wrote", 0, bulk=True), NOW)
    both.box.deliver("INBOX", mail(8, "bo", "x.example", "Straße Works", 0, bulk=True), NOW)
    both.look()
    both.learn("companies", "strasse works")
    assert looked_at(both) == {"<m7@x.example>"}
    both.look()
    assert both.states(both.quick)["<m7@x.example>"] is State.WANTED


def test_with_other_rules_all_are_looked_at(both: Both) -> None:
    assert len(list(kindred.to_look_at(both.quick, both.known, "2"))) == len(DOMAINS)


def test_every_kind_of_thing_that_can_be_known_is_compared() -> None:
    assert set(kindred._PARTS) == {each.name for each in fields(Known)}
