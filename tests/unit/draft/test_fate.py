from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from watcher.draft.fate import STEPS, DraftSeen, SentSeen, fate, fates, own_drafts, seen, sent
from watcher.draft.model import Placement, PlacementState
from watcher.followup.model import Kind
from watcher.message.model import Address, Header, RawMessage, Ref, Role

S = PlacementState
NOON = datetime(2026, 3, 17, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DANA = "dana@acme.example"


def placed(name: str = "d1", state: PlacementState = S.PENDING, answers: str = "m1") -> Placement:
    """A draft to Dana, read back after placing with the fingerprint "as placed"."""
    return Placement(
        message_id=f"<{name}@example.net>",
        account="home",
        opportunity="acme",
        kind=Kind.AFTER_INTERVIEW,
        attempt=1,
        anchor="<m1@acme.example>",
        state=state,
        to=DANA,
        subject="Re: Interview",
        in_reply_to=f"<{answers}@acme.example>",
        intended_at=NOON,
        changed_at=NOON,
        fingerprint="as placed",
        answers=("<m0@acme.example>", f"<{answers}@acme.example>"),
        thread="T1",
    )


def draft(
    name: str = "d1",
    fingerprint: str = "as placed",
    *,
    answers: str = "m1",
    to: str = DANA,
    subject: str = "Re: Interview",
    thread: str = "",
    at: datetime = NOON + HOUR,
    account: str = "home",
) -> DraftSeen:
    return DraftSeen(
        account=account,
        message_id=f"<{name}@example.net>",
        at=at,
        recipients=frozenset({to} - {""}),
        subject=subject,
        fingerprint=fingerprint,
        in_reply_to=f"<{answers}@acme.example>" if answers else "",
        thread=thread,
    )


def mail(
    name: str = "s1",
    *,
    answers: str = "m1",
    to: str = DANA,
    subject: str = "Re: Interview",
    references: tuple[str, ...] = (),
    at: datetime = NOON + HOUR,
    account: str = "home",
    thread: str = "",
) -> SentSeen:
    return SentSeen(
        account=account,
        message_id=f"<{name}@example.net>",
        at=at,
        recipients=frozenset({to}),
        subject=subject,
        in_reply_to=f"<{answers}@acme.example>" if answers else "",
        references=references,
        thread=thread,
    )


# --- pending and edited ---


def test_a_draft_that_lies_there_as_placed_is_pending() -> None:
    verdict = fate(placed(), [draft()], [])
    assert (verdict.state, verdict.why) == (S.PENDING, "")
    assert verdict.draft == draft()


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        (draft(fingerprint="other"), "You changed its text."),
        (draft(fingerprint="other", subject="Re: Our talk"), "You changed its subject."),
        (draft(fingerprint="other", to="lee@acme.example"), "You changed whom it goes to."),
    ],
)
def test_a_draft_that_was_changed_is_edited(changed: DraftSeen, why: str) -> None:
    verdict = fate(placed(), [changed], [])
    assert (verdict.state, verdict.why) == (S.EDITED, why)


def test_what_was_edited_stays_edited_when_it_reads_as_placed_again() -> None:
    assert fate(placed(state=S.EDITED), [draft()], []).state is S.EDITED


@pytest.mark.parametrize(
    "renamed",
    [
        pytest.param(draft("new", "other"), id="answers the same mail"),
        pytest.param(draft("new", "other", to="lee@acme.example"), id="answers the same mail, to somebody else"),
        pytest.param(draft("new", "other", to=""), id="answers the same mail, to nobody yet"),
        pytest.param(draft("new", "other", answers="", thread="T1"), id="in the provider's thread"),
        pytest.param(draft("new", "other", answers=""), id="same person and subject"),
    ],
)
def test_an_edited_draft_is_known_under_a_new_message_id(renamed: DraftSeen) -> None:
    verdict = fate(placed(), [renamed], [])
    assert (verdict.state, verdict.draft) == (S.EDITED, renamed)
    assert own_drafts([renamed], [placed()]) == ()


def test_a_draft_that_the_server_alone_renamed_is_untouched() -> None:
    assert fate(placed(), [draft("new")], []).state is S.PENDING


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(draft("new", "other", answers="", subject="Lunch?"), id="another subject"),
        pytest.param(draft("new", "other", answers="", to="lee@acme.example"), id="another person"),
        pytest.param(draft("new", "other", at=NOON - 2 * HOUR), id="older than ours"),
        pytest.param(draft("new", "other", account="work"), id="another account"),
        pytest.param(draft("new", "other", answers="", thread="T1", account="work"), id="another account's thread"),
    ],
)
def test_another_draft_is_not_taken_for_ours(other: DraftSeen) -> None:
    assert fate(placed(), [other], []).state is S.DISCARDED
    assert own_drafts([other], [placed()]) == (other,)


def test_the_draft_of_another_placement_is_not_taken_for_this_one() -> None:
    older, newer = placed("d1"), placed("d2")
    verdicts = fates([older, newer], [draft("d2")], [])
    assert verdicts[older.message_id].state is S.DISCARDED
    assert verdicts[newer.message_id].state is S.PENDING
    assert fate(older, [draft("d2")], [], others=[newer]).state is S.DISCARDED


def test_the_nearest_of_several_drafts_is_ours() -> None:
    near, far = draft("near", "other"), draft("far", "other", answers="", thread="T1")
    assert fate(placed(), [far, near], []).draft == near
    assert own_drafts([far, near], [placed()]) == (far,)


# --- after a crash ---


@pytest.mark.parametrize("state", [S.INTENDED, S.PLACED])
def test_a_draft_found_after_a_crash_is_healed(state: PlacementState) -> None:
    verdict = fate(replace(placed(state=state), fingerprint=""), [draft(fingerprint="read back")], [])
    assert verdict.state is S.PENDING
    assert verdict.draft
    assert verdict.draft.fingerprint == "read back"


def test_an_intention_of_which_nothing_is_found_was_never_placed() -> None:
    assert fate(placed(state=S.INTENDED), [], []).state is S.INTENDED


def test_the_users_own_letter_is_not_the_one_we_only_intended() -> None:
    intended = placed(state=S.INTENDED)
    own = draft("own", "other")
    assert fate(intended, [own], []).state is S.INTENDED
    assert own_drafts([own], [intended]) == (own,)
    assert fate(intended, [], [mail()]).state is S.INTENDED


def test_an_intention_found_in_trash_was_placed_and_thrown_away() -> None:
    verdict = fate(placed(state=S.INTENDED), [], [], trashed={"<d1@example.net>"})
    assert (verdict.state, verdict.why) == (S.DISCARDED, "You moved it to Trash.")


def test_an_intention_found_in_sent_was_placed_and_sent() -> None:
    assert fate(placed(state=S.INTENDED), [], [mail("d1")]).state is S.SENT


# --- sent and discarded ---


@pytest.mark.parametrize("state", [S.PLACED, S.PENDING, S.EDITED, S.STALE])
@pytest.mark.parametrize(
    "letter",
    [
        pytest.param(mail("d1", answers="", to="x@acme.example", subject="x"), id="its Message-ID"),
        pytest.param(mail(), id="answers the same mail"),
        pytest.param(mail(to="lee@acme.example"), id="answers the same mail, to somebody else"),
        pytest.param(mail(account="work"), id="from another account"),
        pytest.param(mail(answers="m0"), id="answers another mail of the opportunity"),
        pytest.param(mail(answers="", thread="T1"), id="in the provider's thread"),
        pytest.param(mail(answers="x", references=("<m1@acme.example>",)), id="in the thread by its references"),
        pytest.param(mail(answers="", subject="AW: Interview"), id="same person and subject"),
        pytest.param(mail(at=NOON - timedelta(minutes=1)), id="with a clock that is behind"),
    ],
)
def test_a_draft_that_is_gone_and_lies_in_sent_was_sent(state: PlacementState, letter: SentSeen) -> None:
    verdict = fate(placed(state=state), [], [letter])
    assert (verdict.state, verdict.sent) == (S.SENT, letter)


@pytest.mark.parametrize(
    "letter",
    [
        pytest.param(mail(at=NOON - HOUR), id="before ours was placed"),
        pytest.param(mail(answers="", subject="Lunch?"), id="another subject"),
        pytest.param(mail(answers="", to="lee@acme.example"), id="another person"),
        pytest.param(mail(answers="m0", to="lee@acme.example"), id="another mail and another person"),
        pytest.param(mail(answers="", subject="Hello", thread="T1", account="work"), id="another account's thread"),
    ],
)
def test_a_draft_that_is_gone_and_was_not_sent_is_discarded(letter: SentSeen) -> None:
    verdict = fate(placed(), [], [letter])
    assert (verdict.state, verdict.why) == (S.DISCARDED, "It is gone from Drafts, and nothing like it was sent.")


def test_a_draft_that_still_lies_there_was_not_sent_by_a_letter_of_the_users_own() -> None:
    assert fate(placed(), [draft()], [mail()]).state is S.PENDING
    assert fate(placed(), [draft(fingerprint="other")], [mail()]).state is S.EDITED


def test_a_draft_that_was_sent_as_it_is_counts_as_sent_while_its_copy_still_lies_there() -> None:
    assert fate(placed(), [draft()], [mail("d1")]).state is S.SENT


def test_a_binned_draft_that_was_sent_was_sent() -> None:
    assert fate(placed(), [], [mail()], trashed={"<d1@example.net>"}).state is S.SENT


def test_a_stale_draft_stays_stale_while_it_lies_there() -> None:
    assert fate(placed(state=S.STALE), [draft(fingerprint="other")], []).state is S.STALE


def test_a_stale_draft_that_is_gone_was_discarded() -> None:
    assert fate(placed(state=S.STALE), [], []).state is S.DISCARDED


# --- lives that are over ---


def test_a_discarded_draft_turns_out_sent_where_the_letter_is_older_than_the_discovery() -> None:
    noticed = replace(placed(state=S.DISCARDED), changed_at=NOON + 2 * HOUR)
    assert fate(noticed, [], [mail(at=NOON + HOUR)]).state is S.SENT
    assert fate(noticed, [], [mail(at=NOON + 3 * HOUR)]).state is S.DISCARDED


def test_a_discarded_draft_that_is_back_is_the_users() -> None:
    assert fate(placed(state=S.DISCARDED), [draft()], []).state is S.EDITED


def test_a_new_draft_of_the_users_is_not_a_discarded_one_come_back() -> None:
    own = draft("own", "other")
    gone = placed(state=S.DISCARDED)
    assert fate(gone, [own], []).state is S.DISCARDED
    assert own_drafts([own], [gone]) == (own,)


def test_a_withdrawn_draft_stays_withdrawn_when_the_user_answers_in_the_thread() -> None:
    assert fate(placed(state=S.WITHDRAWN), [], [mail()]).state is S.WITHDRAWN
    assert fate(placed(state=S.WITHDRAWN), [draft()], []).state is S.WITHDRAWN


def test_a_withdrawn_draft_that_was_sent_all_the_same_was_sent() -> None:
    assert fate(placed(state=S.WITHDRAWN), [], [mail("d1")]).state is S.SENT


def test_what_was_sent_stays_sent() -> None:
    assert fate(placed(state=S.SENT), [draft()], []).state is S.SENT
    assert fate(placed(state=S.SENT), [], []).state is S.SENT


def test_every_verdict_is_a_step_that_a_draft_can_take() -> None:
    drafts: list[list[DraftSeen]] = [[], [draft()], [draft(fingerprint="other")], [draft("new", "other")]]
    letters = [[], [mail()], [mail("d1")], [mail(at=NOON)]]
    for state in S:
        for lying in drafts:
            for letter in letters:
                for trashed in (set(), {"<d1@example.net>"}):
                    end = fate(placed(state=state), lying, letter, trashed=trashed).state
                    assert end is state or end in STEPS[state]


# --- the user's own drafts ---


def test_a_draft_we_never_placed_is_the_users_own() -> None:
    own = draft("own", "other", answers="m9", to="lee@acme.example", subject="Hello")
    assert own_drafts([draft(), own], [placed()]) == (own,)
    assert own_drafts([own], []) == (own,)


@pytest.mark.parametrize("state", [S.PLACED, S.PENDING, S.EDITED])
def test_ours_is_not_the_users_own_even_when_edited(state: PlacementState) -> None:
    assert own_drafts([draft(fingerprint="other")], [placed(state=state)]) == ()


def test_a_stale_draft_was_left_to_the_user() -> None:
    stale = draft(fingerprint="other")
    assert own_drafts([stale], [placed(state=S.STALE)]) == (stale,)


# --- what is compared ---


def test_a_draft_is_seen_as_it_lies_in_the_mailbox() -> None:
    data = (
        b"Message-ID: <d1@example.net>\r\nIn-Reply-To: <m1@acme.example>\r\nTo: Dana <Dana@acme.example>\r\n"
        b"Subject: Re: Interview\r\n\r\nDear Dana,\r\n"
    )
    raw = RawMessage("home", Ref("Drafts", "7"), Role.DRAFTS, NOON, data, thread="T1")
    found = seen(raw)
    assert found == DraftSeen(
        "home", "<d1@example.net>", NOON, frozenset({DANA}), "Re: Interview", found.fingerprint,
        "<m1@acme.example>", (), "T1", raw,
    )  # fmt: skip


def test_a_sent_mail_is_seen_by_its_header() -> None:
    header = Header(
        "<s1@example.net>", NOON, NOON, Address("", "alex@example.net"), "Re: Interview",
        to=(Address("Dana", DANA),), cc=(Address("", "lee@acme.example"),),
        in_reply_to="<m1@acme.example>", references=("<m1@acme.example>",), thread="T1",
    )  # fmt: skip
    assert sent("home", header) == SentSeen(
        "home", "<s1@example.net>", NOON, frozenset({DANA, "lee@acme.example"}), "Re: Interview",
        "<m1@acme.example>", ("<m1@acme.example>",), "T1",
    )  # fmt: skip
