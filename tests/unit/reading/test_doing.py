"""What the user does in a mail of their own, by rules and model together."""

from __future__ import annotations

import pytest

from tests.unit.reading.test_reader import BOOK, ME, message
from watcher.message.model import Role
from watcher.reading import read
from watcher.reading.doing import deeds_of
from watcher.reading.examining import examine
from watcher.reading.model import Act


def acts(text: str) -> frozenset[Act]:
    mine = message(text, "Re: Night Baker", "Ann Lee <ann@example.net>", role=Role.SENT)
    return read(mine, BOOK, ME).acts


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("I've had a long think and I won't be taking this any further. Sorry, and good luck.", Act.DECLINED),
        ("Something nearer home has come up, so please take me off the list.", Act.DECLINED),
        ("That's the exercise finished, it's in the folder you shared.", Act.HANDED_IN),
        ("Thursday at ten is grand.", Act.PICKED_TIME),
        ("Any word yet on the baker's job?", Act.NUDGED),
        ("Yes please, I'd love to take it. When do I start?", Act.ACCEPTED),
        ("It was lovely meeting you all this morning, thank you for the tour.", Act.THANKED),
    ],
)
def test_an_act_is_heard_in_words_that_no_list_holds(text: str, act: Act) -> None:
    assert act in acts(text)


def test_a_question_is_always_a_question() -> None:
    assert Act.ASKED in acts("Great. Is there parking?")


def test_a_mail_that_ends_nothing_is_not_heard_as_a_no() -> None:
    for text in ("Thanks, see you on Monday.", "CV attached.", "No problem for me. Good luck with the crane."):
        assert Act.DECLINED not in acts(text), text


def test_nobody_accepts_and_declines_in_one_mail() -> None:
    found = acts("Thank you so much for the offer. After a lot of thought I have decided not to accept.")
    assert Act.DECLINED in found
    assert Act.ACCEPTED not in found


def test_what_may_be_done_is_told_with_its_odds_and_never_twice() -> None:
    mine = message("Nights are hard for me with the children.", "Re: Night Baker", "Ann Lee <ann@example.net>")
    does, may = deeds_of(examine(mine, BOOK, ME))
    assert may
    assert not does & may.keys()
    assert may.get(Act.DECLINED, 0.0) < 1.0  # what is likelier than that is believed


def test_of_others_only_agreeing_and_having_spoken_are_heard() -> None:
    theirs = read(message("Perfect, talk then. It was great to meet you on Monday."), BOOK, ME)
    assert theirs.acts <= {Act.PICKED_TIME, Act.SPOKE}
    assert theirs.leanings == {}
