from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from tests.unit.store.makings import HOUR, NOON, placement
from watcher.draft.fate import STEPS
from watcher.draft.model import Placement, PlacementState
from watcher.opportunity.model import Identity, Word
from watcher.store import Store

S = PlacementState
D1 = "<d1@example.net>"


@pytest.fixture
def store() -> Store:
    return Store.in_memory()


def brought_to(store: Store, *states: PlacementState) -> Placement:
    assert store.intend(placement())
    for state in states:
        store.advance(D1, state, now=NOON + HOUR)
    return store.placements()[0]


# --- placements ---


def test_an_intended_draft_is_on_record_word_for_word(store: Store) -> None:
    assert store.intend(placement())
    assert store.placements() == (placement(),)
    assert store.placement(D1) == placement()
    assert store.placement("<other@example.net>") is None


def test_a_draft_once_placed_is_never_intended_again(store: Store) -> None:
    brought_to(store, S.PLACED, S.PENDING, S.DISCARDED)
    assert not store.intend(placement())
    assert store.placements()[0].state is S.DISCARDED


def test_an_intention_that_came_to_nothing_is_renewed(store: Store) -> None:
    store.intend(placement())
    assert store.intend(replace(placement(), text="A better letter.", intended_at=NOON + HOUR))
    (only,) = store.placements()
    assert only.text == "A better letter."
    assert [change.state for change in store.history(D1)] == [S.INTENDED]


@pytest.mark.parametrize("state", [S.PLACED, S.PENDING])
def test_no_second_draft_beside_an_untouched_one_of_the_same_opportunity(store: Store, state: PlacementState) -> None:
    brought_to(store, state)
    assert not store.intend(placement("d2"))
    assert store.intend(placement("d3", opportunity="globex"))
    assert len(store.placements()) == 2


@pytest.mark.parametrize("state", [S.SENT, S.DISCARDED, S.WITHDRAWN])
def test_a_later_draft_may_follow_one_whose_life_is_over(store: Store, state: PlacementState) -> None:
    brought_to(store, S.PLACED, S.PENDING, state)
    assert store.intend(placement("d2", at=NOON + HOUR))
    assert [found.message_id for found in store.placements()] == [D1, "<d2@example.net>"]


def test_a_placement_begins_as_intended(store: Store) -> None:
    with pytest.raises(ValueError):
        store.intend(replace(placement(), state=S.PENDING))


def test_each_step_leaves_a_row_of_history(store: Store) -> None:
    store.intend(placement())
    store.advance(D1, S.PLACED, now=NOON + HOUR)
    found = store.advance(D1, S.PENDING, now=NOON + 2 * HOUR, fingerprint="abc", text="As read back.")
    assert found.fingerprint == "abc"
    assert found.text == "As read back."
    store.advance(D1, S.EDITED, now=NOON + 3 * HOUR, why="You changed its text.")
    assert store.placement(D1) == replace(
        found, state=S.EDITED, changed_at=NOON + 3 * HOUR, why="You changed its text."
    )
    assert [(change.state, change.at, change.why) for change in store.history(D1)] == [
        (S.INTENDED, NOON, ""),
        (S.PLACED, NOON + HOUR, ""),
        (S.PENDING, NOON + 2 * HOUR, ""),
        (S.EDITED, NOON + 3 * HOUR, "You changed its text."),
    ]


def path_to(state: PlacementState) -> tuple[PlacementState, ...]:
    """The shortest legal way from INTENDED to `state`."""
    ways: list[tuple[PlacementState, ...]] = [()]
    while True:
        way = ways.pop(0)
        here = way[-1] if way else S.INTENDED
        if here is state:
            return way
        ways += [(*way, step) for step in sorted(STEPS[here])]


@pytest.mark.parametrize(("start", "end"), list(product(S, S)))
def test_only_steps_of_a_drafts_life_are_taken(store: Store, start: PlacementState, end: PlacementState) -> None:
    brought_to(store, *path_to(start))
    before = store.history(D1)
    if end in STEPS[start]:
        assert store.advance(D1, end, now=NOON).state is end
        assert len(store.history(D1)) == len(before) + 1
    elif end is start:
        assert store.advance(D1, end, now=NOON, why="again").why == "again"
        assert store.history(D1) == before
    else:
        with pytest.raises(ValueError):
            store.advance(D1, end, now=NOON)
        assert store.placements()[0].state is start
        assert store.history(D1) == before


def test_nothing_leads_from_edited_to_a_state_that_is_withdrawn() -> None:
    reached, ahead = set(), [S.EDITED]
    while ahead:
        state = ahead.pop()
        reached.add(state)
        ahead += [step for step in STEPS[state] if step not in reached]
    assert not reached & {S.INTENDED, S.PLACED, S.PENDING, S.WITHDRAWN}


def test_an_unknown_draft_cannot_be_advanced(store: Store) -> None:
    with pytest.raises(KeyError):
        store.advance(D1, S.PLACED, now=NOON)


def test_placements_follow_their_opportunity_into_another(store: Store) -> None:
    brought_to(store, S.PLACED)
    store.rename_opportunity("acme", "acme-backend-engineer")
    assert store.placements()[0].opportunity == "acme-backend-engineer"
    assert store.placements()[0].text == placement().text


# --- words ---


def test_words_are_kept_in_the_order_in_which_they_were_said(store: Store) -> None:
    words = [Word("mute", "acme", NOON + HOUR), Word("note", "tea", NOON, ("<m1@acme.example>",), {"by": "Friday"})]
    for word in words:
        store.add_word(word)
    assert list(store.words()) == words


def test_a_word_is_taken_back_by_its_number_and_only_once(store: Store) -> None:
    word, other = Word("note", "tea", NOON), Word("note", "coffee", NOON)
    numbers = [store.add_word(said).number for said in (word, other, word)]
    assert [said.number for said in store.words()] == numbers
    assert store.undo_word(numbers[0], NOON + HOUR)
    assert [said.number for said in store.words()] == numbers[1:]
    assert not store.undo_word(numbers[0], NOON + HOUR)
    assert not store.undo_word(99, NOON)


def test_no_number_ever_means_two_words(store: Store) -> None:
    first = store.add_word(Word("note", "tea", NOON))
    store.undo_word(first.number, NOON)
    assert store.add_word(Word("note", "coffee", NOON)).number > first.number


def test_whatever_is_said_or_taken_back_changes_the_mark(store: Store) -> None:
    marks = [store.words_mark()]
    number = store.add_word(Word("note", "tea", NOON)).number
    marks.append(store.words_mark())
    store.undo_word(number, NOON)
    marks.append(store.words_mark())
    assert len(set(marks)) == 3


# --- identities ---


def test_an_id_is_minted_once(store: Store) -> None:
    first = Identity("acme", NOON, frozenset({"<m1@acme.example>"}))
    store.mint(first)
    with pytest.raises(ValueError):
        store.mint(replace(first, messages=frozenset()))
    assert store.identities() == (first,)


def test_identities_come_oldest_first(store: Store) -> None:
    newer, older = Identity("acme", NOON + HOUR, frozenset()), Identity("globex", NOON, frozenset())
    store.mint(newer)
    store.mint(older)
    assert store.identities() == (older, newer)


def test_an_identity_follows_its_messages_and_may_become_an_alias(store: Store) -> None:
    store.mint(Identity("acme", NOON, frozenset({"<m1@acme.example>"})))
    both = {"<m1@acme.example>", "<m2@acme.example>"}
    assert store.update_identity("acme", messages=both).messages == both
    changed = store.update_identity("acme", alias_of="acme-ltd")
    assert changed == Identity("acme", NOON, frozenset(both), "acme-ltd")
    assert store.identities() == (changed,)
    with pytest.raises(KeyError):
        store.update_identity("globex", messages=())
