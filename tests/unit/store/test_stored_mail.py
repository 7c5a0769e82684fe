from __future__ import annotations

import pytest

from tests.unit.store.makings import ARCHIVE, HOUR, INBOX, NOON, batch, header, message, pairs, raw, reading, readings
from watcher.message.model import Batch, Body, Copy, Cursor, Message, Role
from watcher.store import Store
from watcher.store.model import State, Unread


@pytest.fixture
def store() -> Store:
    return Store.in_memory()


def sweep(store: Store, some: Batch, account: str = "home") -> None:
    store.apply_batch(account, some, pairs(some))


def key(name: str, account: str = "home") -> tuple[str, str]:
    return account, f"<{name}@acme.example>"


def test_a_batch_brings_its_messages_and_moves_the_cursor(store: Store) -> None:
    sweep(store, batch("m1", "m2", cursor="7"))
    first, second = store.headers()
    assert first.header == header("m1")
    assert first.key == key("m1")
    assert first.copies == (Copy("INBOX", Role.INBOX, "m1"),)
    assert first.state is State.SWEPT
    assert second.serial > first.serial
    assert store.cursors("home") == {"INBOX": Cursor("INBOX", "7")}
    assert store.cursors("work") == {}


def test_an_empty_batch_moves_the_cursor_too(store: Store) -> None:
    sweep(store, batch("m1", cursor="7"))
    sweep(store, batch(cursor="8"))
    assert store.cursors("home")["INBOX"].state == "8"
    assert len(list(store.headers())) == 1


def test_where_a_batch_cannot_be_stored_the_cursor_stays(store: Store) -> None:
    sweep(store, batch("m1", cursor="7"))
    store._db.run("CREATE TRIGGER full BEFORE INSERT ON copies BEGIN SELECT raise(ABORT, 'no'); END")
    with pytest.raises(Exception, match="damaged"):
        sweep(store, batch("m2", cursor="8"))
    assert store.cursors("home")["INBOX"].state == "7"
    assert [swept.key for swept in store.headers()] == [key("m1")]


def test_the_same_message_in_two_folders_is_one_with_two_copies(store: Store) -> None:
    sweep(store, batch("m1"))
    sweep(store, batch("m1", folder=ARCHIVE))
    (only,) = store.headers()
    assert {copy.folder for copy in only.copies} == {"INBOX", "Archive"}
    (whole,) = store.messages()
    assert whole.roles == {Role.INBOX, Role.ARCHIVE}


def test_the_same_message_id_in_two_accounts_is_two_messages(store: Store) -> None:
    sweep(store, batch("m1"))
    sweep(store, batch("m1"), account="work")
    assert [swept.account for swept in store.headers()] == ["home", "work"]
    assert [found.account for found in store.messages(["work"])] == ["work"]
    assert [swept.account for swept in store.headers(["home"])] == ["home"]
    assert list(store.headers([])) == []


def test_a_message_that_vanished_from_its_folder_is_kept_without_a_copy(store: Store) -> None:
    sweep(store, batch("m1", "m2"))
    sweep(store, batch(vanished=("m1", "never-seen"), cursor="2"))
    first, second = store.headers()
    assert first.copies == ()
    assert len(second.copies) == 1


def test_a_reset_forgets_the_copies_of_that_folder_alone(store: Store) -> None:
    sweep(store, batch("m1", "m2"))
    sweep(store, batch("m1", folder=ARCHIVE))
    again = Batch(INBOX, (raw("m2", key="77"),), (), Cursor("INBOX", "new"), reset=True)
    store.apply_batch("home", again, [(again.messages[0], header("m2"))])
    first, second = store.headers()
    assert first.copies == (Copy("Archive", Role.ARCHIVE, "m1"),)
    assert second.copies == (Copy("INBOX", Role.INBOX, "77"),)


def test_a_message_that_moves_is_the_same_message(store: Store) -> None:
    sweep(store, batch("m1"))
    store.put_bodies([message("m1")])
    sweep(store, batch(vanished=("m1",)))
    sweep(store, batch("m1", folder=ARCHIVE))
    (only,) = store.messages(only_fetched=True)
    assert only.copies == (Copy("Archive", Role.ARCHIVE, "m1"),)
    assert only.body is not None


def test_a_later_mail_cannot_take_over_a_message_id(store: Store) -> None:
    sweep(store, batch("m1"))
    forged = batch("m1", folder=ARCHIVE)
    store.apply_batch("home", forged, [(forged.messages[0], header("m1", subject="An offer for you"))])
    assert next(store.headers()).header.subject == "Your application"


def test_a_header_is_read_anew_when_its_folder_is(store: Store) -> None:
    sweep(store, batch("m1"))
    again = batch("m1", reset=True)
    store.apply_batch("home", again, [(again.messages[0], header("m1", subject="Now read better"))])
    assert next(store.headers()).header.subject == "Now read better"


def test_two_copies_in_one_batch_are_one_message(store: Store) -> None:
    both = Batch(INBOX, (raw("m1", key="1"), raw("m1", key="2")), (), Cursor("INBOX", "2"))
    store.apply_batch("home", both, [(message, header("m1")) for message in both.messages])
    (only,) = store.headers()
    assert [copy.ref for copy in only.copies] == ["1", "2"]


# --- how far a message has come ---


def test_wanting_and_fetching(store: Store) -> None:
    sweep(store, batch("m1", "m2"))
    store.want([key("m1"), key("unknown")])
    assert [swept.key for swept in store.headers(state=State.WANTED)] == [key("m1")]
    assert list(store.messages(only_fetched=True)) == []
    store.put_bodies([message("m1", "Hello")])
    assert list(store.headers(state=State.WANTED)) == []
    (fetched,) = store.messages(only_fetched=True)
    assert fetched == message("m1", "Hello")
    assert store.message(key("m1")) == fetched
    assert [found.body is None for found in store.messages()] == [False, True]


def test_wanting_again_what_was_fetched_changes_nothing(store: Store) -> None:
    sweep(store, batch("m1"))
    store.put_bodies([message("m1")])
    store.want([key("m1")])
    assert list(store.headers(state=State.WANTED)) == []


def test_fetched_mail_comes_newest_first_across_slices(store: Store) -> None:
    names = [f"m{number}" for number in range(1203)]
    some = batch(*names)
    store.apply_batch(
        "home",
        some,
        [(raw, header(raw.ref.key, at=NOON + HOUR * number)) for number, raw in enumerate(some.messages)],
    )
    store.put_bodies(
        [Message("home", header(name, at=NOON + HOUR * number), Body(name)) for number, name in enumerate(names)]
    )
    assert [found.body.new for found in store.messages(only_fetched=True) if found.body] == names[::-1]
    assert [swept.header.message_id for swept in store.headers()] == [key(name)[1] for name in names]


def test_a_sieve_goes_on_after_the_last_serial(store: Store) -> None:
    sweep(store, batch("m1", "m2"))
    last = list(store.headers())[-1].serial
    sweep(store, batch("m3"))
    assert [swept.key for swept in store.headers(after=last)] == [key("m3")]


def test_a_serial_is_never_given_twice(store: Store) -> None:
    sweep(store, batch("m1"))
    serial = next(store.headers()).serial
    sweep(store, batch(vanished=("m1",)))
    store.prune(NOON, set())
    sweep(store, batch("m2"))
    assert next(store.headers()).serial > serial


def test_headers_are_found_by_message_id(store: Store) -> None:
    sweep(store, batch("m1", "m2"))
    sweep(store, batch("m1"), account="work")
    found = store.headers(of=["<m1@acme.example>", "<unknown@acme.example>"])
    assert [swept.account for swept in found] == ["home", "work"]


def test_the_swept_are_never_asked_for_alone(store: Store) -> None:
    with pytest.raises(ValueError):
        list(store.headers(state=State.SWEPT))


def test_a_text_that_makes_no_sense_is_set_aside_with_its_reason(store: Store) -> None:
    sweep(store, batch("m1"))
    store.want([key("m1")])
    store.set_unreadable("home", "<m1@acme.example>", "its charset is unknown")
    assert list(store.headers(state=State.WANTED)) == []
    assert store.unreadable() == (Unread("home", "<m1@acme.example>", "", "", "its charset is unknown"),)
    store.put_bodies([message("m1")])
    assert store.unreadable() == ()


def test_a_header_that_makes_no_sense_is_set_aside_and_the_cursor_moves(store: Store) -> None:
    some = batch("m1", "m2", cursor="5")
    store.apply_batch("home", some, pairs(some)[:1], {"m2": "too many fields"})
    assert store.unreadable() == (Unread("home", "", "INBOX", "m2", "too many fields"),)
    assert store.cursors("home")["INBOX"].state == "5"


@pytest.mark.parametrize("later", [batch(vanished=("m2",)), batch(reset=True), batch("m2")])
def test_what_was_set_aside_is_forgotten_when_it_goes_or_can_be_read(store: Store, later: Batch) -> None:
    some = batch("m1", "m2")
    store.apply_batch("home", some, pairs(some)[:1])
    assert len(store.unreadable()) == 1
    sweep(store, later)
    assert store.unreadable() == ()


def test_a_message_whose_made_up_id_differs_is_known_by_its_copy(store: Store) -> None:
    sweep(store, batch("m1"))
    whole = message("other-digest")
    store.put_bodies([Message("home", whole.header, Body("Hello"), (Copy("INBOX", Role.INBOX, "m1"),))])
    (only,) = store.messages()
    assert only.header == header("m1")
    assert only.body == Body("Hello")


def test_a_fetched_message_that_was_never_swept_is_kept(store: Store) -> None:
    store.put_bodies([message("m1")])
    assert list(store.messages(only_fetched=True)) == [message("m1")]


def test_a_message_without_a_body_leaves_things_as_they_are(store: Store) -> None:
    sweep(store, batch("m1"))
    store.want([key("m1")])
    store.put_bodies([Message("home", header("m1"))])
    assert next(store.headers()).state is State.WANTED


def test_a_new_text_makes_the_old_reading_void(store: Store) -> None:
    sweep(store, batch("m1"))
    store.put_readings("d", {key("m1"): reading("m1")})
    store.put_bodies([message("m1")])
    assert readings(store, "d") == {}


def test_an_id_with_undecodable_bytes_is_one_and_the_same_message(store: Store) -> None:
    some = batch("m\udce9")
    for _ in range(2):
        store.apply_batch("home", some, pairs(some))
    (only,) = store.headers()
    assert only.copies == (Copy("INBOX", Role.INBOX, "m\udce9"),)  # a file's name comes back as it was
    store.want([("home", "<m\udce9@acme.example>")])
    assert [found.key for found in store.headers(state=State.WANTED)] == [only.key]
    assert store.message(only.key) is not None
    sweep(store, batch(vanished=("m\udce9",)))
    assert next(store.headers()).copies == ()


def test_what_is_stored_while_mail_is_walked_does_no_harm(store: Store) -> None:
    sweep(store, batch(*(f"m{number}" for number in range(1200))))
    seen = 0
    for swept in store.headers():
        seen += 1
        if seen % 400 == 1:
            store.want([swept.key])
    assert seen == 1200
    assert len(list(store.headers(state=State.WANTED))) == 3
