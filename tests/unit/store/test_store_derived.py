from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.store.makings import HOUR, NOON, batch, message, pairs, placement, reading, readings
from watcher.draft.model import PlacementState
from watcher.opportunity.model import Stage, Word
from watcher.store import Store
from watcher.store.model import Pruned, Scan, State

DAY = timedelta(days=1)


@pytest.fixture
def store() -> Store:
    """A store that has swept m1 to m3 of one account, and fetched m1 and m2."""
    store = Store.in_memory()
    some = batch("m1", "m2", "m3")
    store.apply_batch("home", some, pairs(some))
    store.put_bodies([message("m1"), message("m2")])
    return store


def key(name: str, account: str = "home") -> tuple[str, str]:
    return account, f"<{name}@acme.example>"


# --- readings ---


def test_readings_are_found_under_the_digest_they_were_made_under(store: Store) -> None:
    store.put_readings("old", {key("m1"): reading("m1"), key("m2"): reading("m2")})
    store.put_readings("new", {key("m1"): reading("m1")})
    assert readings(store, "new") == {key("m1"): reading("m1")}
    assert readings(store, "old") == {key("m2"): reading("m2")}
    assert readings(store, "other") == {}


def test_the_reading_of_an_unknown_message_is_passed_over(store: Store) -> None:
    store.put_readings("d", {key("nobody"): reading("nobody"), key("m1", "work"): reading("m1")})
    assert readings(store, "d") == {}


def test_a_reading_that_cannot_be_decoded_is_as_if_never_made(store: Store) -> None:
    store.put_readings("d", {key("m1"): reading("m1"), key("m2"): reading("m2")})
    store._db.run("UPDATE readings SET record = '{}' WHERE message = (SELECT min(message) FROM readings)")
    assert readings(store, "d") == {key("m2"): reading("m2")}


# --- the sieve's place ---


def test_the_sieves_place_holds_for_its_digest_alone(store: Store) -> None:
    assert store.sieved("d") == 0
    store.note_sieved("d", 3)
    assert store.sieved("d") == 3
    assert store.sieved("other") == 0


# --- views ---


def test_views_come_back_as_plain_values_in_their_order(store: Store) -> None:
    assert store.views() is None
    store.put_views({"digest": "d", "at": NOON}, {"globex": {"stage": Stage.LEAD}, "acme": {"ids": ("a", "b")}}.items())
    views = store.views()
    assert views
    assert views.meta == {"digest": "d", "at": "2026-03-17T12:00:00Z"}
    assert list(views.documents.items()) == [("globex", {"stage": "lead"}), ("acme", {"ids": ["a", "b"]})]


def test_one_part_of_each_view_can_be_asked_for(store: Store) -> None:
    pages = {
        "globex": {"status": {"stage": "lead", "who": "Zoë"}, "show": [1]},
        "acme": {"status": {"n": [0.97]}, "show": []},
    }
    store.put_views({}, pages.items())
    views = store.views("status")
    assert views
    assert list(views.documents.items()) == [(name, {"status": page["status"]}) for name, page in pages.items()]


def test_a_view_that_stands_keeps_its_document_and_takes_its_place(store: Store) -> None:
    store.put_views({"pass": 1}, {"acme": {"n": 1}, "globex": {"n": 1}, "gone": {}}.items(), {"stands": 1})
    assert store.lasting() == {"stands": 1}
    store.put_views({"pass": 2}, {"new": {"n": 2}, "globex": None, "acme": {"n": 3}}.items())
    views = store.views()
    assert views
    assert list(views.documents.items()) == [("new", {"n": 2}), ("globex", {"n": 1}), ("acme", {"n": 3})]
    assert store.lasting() is None


def test_a_new_pass_replaces_what_the_last_one_left(store: Store) -> None:
    store.put_views({"pass": 1}, {"acme": {"n": 1}, "globex": {"n": 1}, "gone": {}}.items())
    store.put_views({"pass": 2}, {"globex": {"n": 2}, "acme": {"n": 1}}.items())
    views = store.views()
    assert views
    assert views.meta == {"pass": 2}
    assert list(views.documents.items()) == [("globex", {"n": 2}), ("acme", {"n": 1})]


# --- scans ---


def test_a_failed_scan_keeps_the_time_of_the_last_that_went_through(store: Store) -> None:
    store.note_scan("home", NOON, None)
    store.note_scan("home", NOON + HOUR, "The server cannot be reached.")
    store.note_scan("work", NOON, "No password is stored.")
    assert store.scans() == {
        "home": Scan(NOON + HOUR, NOON, "The server cannot be reached."),
        "work": Scan(NOON, None, "No password is stored."),
    }
    store.note_scan("home", NOON + 2 * HOUR, None)
    assert store.scans()["home"] == Scan(NOON + 2 * HOUR, NOON + 2 * HOUR, None)


# --- housekeeping ---


def test_the_text_of_a_draft_is_kept_thirty_days(store: Store) -> None:
    store.intend(placement())
    store.advance("<d1@example.net>", PlacementState.SENT, now=NOON)
    assert store.prune(NOON + 30 * DAY, {key("m1"), key("m2")}).draft_texts == 0
    assert store.prune(NOON + 30 * DAY + HOUR, {key("m1"), key("m2")}).draft_texts == 1
    assert store.placements() == (replace(placement(), state=PlacementState.SENT, text=""),)
    assert store.prune(NOON + 60 * DAY, {key("m1"), key("m2")}) == Pruned(0, 0, 0)


def test_the_text_of_mail_that_is_no_opportunitys_is_dropped_and_its_header_kept(store: Store) -> None:
    store.put_readings("d", {key("m1"): reading("m1"), key("m2"): reading("m2")})
    assert store.prune(NOON, {key("m1")}) == Pruned(0, 1, 0)
    assert [found.id for found in store.messages(only_fetched=True)] == [key("m1")[1]]
    assert [swept.state for swept in store.headers()] == [State.FETCHED, State.SWEPT, State.SWEPT]
    assert set(readings(store, "d")) == {key("m1"), key("m2")}
    store.want([key("m2")])
    assert [swept.key for swept in store.headers(state=State.WANTED)] == [key("m2")]


def test_mail_that_lies_nowhere_and_belongs_to_nothing_is_dropped(store: Store) -> None:
    gone = batch(vanished=("m1", "m3"))
    store.apply_batch("home", gone, [])
    assert store.prune(NOON, {key("m1")}) == Pruned(0, 1, 1)
    assert [swept.key for swept in store.headers()] == [key("m1"), key("m2")]


def test_an_account_that_is_no_longer_configured_is_forgotten_but_for_its_record(store: Store) -> None:
    some = batch("w1")
    store.apply_batch("work", some, pairs(some))
    store.note_scan("home", NOON, None)
    store.note_scan("work", NOON, None)
    store.intend(placement())
    store.add_word(Word("note", "tea", NOON))
    store.forget_accounts(["work"])
    assert {found.account for found in store.messages()} == {"work"}
    assert store.cursors("home") == {}
    assert set(store.cursors("work")) == {"INBOX"}
    assert set(store.scans()) == {"work"}
    assert len(store.placements()) == len(store.words()) == 1


# --- all mail that was read ---


def test_what_was_read_comes_in_slices_without_its_text(store: Store) -> None:
    store.put_readings("d", {key("m1"): reading("m1"), key("m3"): reading("m3")})
    (some,) = store.each_read("d")
    assert [(each.message.id, each.reading) for each in some] == [
        ("<m1@acme.example>", reading("m1")),  # that with text before that without
        ("<m3@acme.example>", reading("m3")),
    ]
    assert not any(each.message.body for each in some)
    assert all(each.message.copies for each in some)
    assert not list(store.each_read("other"))


def test_the_text_is_given_where_it_is_asked_for(store: Store) -> None:
    store.put_readings("d", {key("m1"): reading("m1"), key("m3"): reading("m3")})
    (some,) = store.each_read("d")
    whole = message("m1").body
    assert whole is not None
    assert store.texts([each.serial for each in some], 5) == {some[0].serial: whole.new[:5]}
    again = store.read_again([key("m1"), key("m2"), key("nobody")], "d")
    assert {name: found.message.body for name, found in again.items()} == {key("m1"): whole}


def test_a_reading_that_cannot_be_decoded_is_told_as_none(store: Store) -> None:
    store.put_readings("d", {key("m1"): reading("m1")})
    store._db.run("UPDATE readings SET record = '{}'")
    ((found,),) = store.each_read("d")
    assert found.reading is None


# --- how long views stand ---


def test_new_views_are_not_taken_to_stand_as_long_as_the_last(store: Store) -> None:
    store.put_views({"pass": 1}, [])
    store.note_standing({"until": "noon"})
    assert store.standing() == {"until": "noon"}
    store.put_views({"pass": 2}, [])
    assert store.standing() is None


def test_every_change_of_mail_is_counted_and_nothing_else(store: Store) -> None:
    before = store.changes()
    nothing = batch()
    store.apply_batch("home", nothing, pairs(nothing))
    store.put_readings("d", {key("m1"): reading("m1")})
    store.note_scan("home", NOON, None)
    store.put_views({}, [])
    assert store.changes() == before
    some = batch("m4")
    store.apply_batch("home", some, pairs(some))
    assert store.changes() > before
    before = store.changes()
    store.put_bodies([message("m4")])
    assert store.changes() > before
    before = store.changes()
    store.intend(placement())
    assert store.changes() > before
    before = store.changes()
    store.forget_accounts(["nobody"])
    assert store.changes() > before
