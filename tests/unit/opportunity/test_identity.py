"""Ids are minted once and outlive what is learnt later."""

from tests.support.hiring import at, mine, they
from watcher.opportunity import assign
from watcher.opportunity.model import Group, Identity
from watcher.reading.model import Act, Says

NOW = at("03-16 09:00")
FIRST = Group((they("m1", "03-02 15:00", Says.OUTREACH),))
OTHER = Group((they("m2", "03-03 15:00", Says.OUTREACH, role="Office Manager"),))


def test_an_id_is_company_and_role() -> None:
    assigned = assign([FIRST], [], NOW)
    assert assigned.ids == ("acme-backend-engineer",)
    assert assigned.changed == (Identity("acme-backend-engineer", NOW, FIRST.ids),)


def test_two_that_would_share_an_id_are_numbered() -> None:
    twin = Group((they("m9", "03-05 15:00", Says.OUTREACH),))
    assert assign([FIRST, twin], [], NOW).ids == ("acme-backend-engineer", "acme-backend-engineer-2")


def test_an_id_is_kept_when_the_names_become_clearer() -> None:
    known = Identity("somebody", at("03-01 09:00"), FIRST.ids)
    assigned = assign([FIRST], [known], NOW)
    assert (assigned.ids, assigned.changed) == (("somebody",), ())


def test_new_mail_is_written_into_the_record() -> None:
    grown = Group((*FIRST.entries, mine("m3", "03-04 15:00", Act.ANSWERED)))
    assigned = assign([grown], [Identity("somebody", at("03-01 09:00"), FIRST.ids)], NOW)
    assert assigned.changed == (Identity("somebody", at("03-01 09:00"), grown.ids),)


def test_a_merge_keeps_the_older_id_and_the_other_leads_to_it() -> None:
    older = Identity("older", at("03-01 09:00"), OTHER.ids)
    newer = Identity("newer", at("03-02 09:00"), FIRST.ids)
    merged = Group((*FIRST.entries, *OTHER.entries))
    assigned = assign([merged], [newer, older], NOW)
    assert assigned.ids == ("older",)
    assert assigned.aliases == {"older": frozenset({"newer"})}
    again = assign([merged], list(assigned.changed), at("03-17 09:00"))
    assert (again.ids, again.changed) == (("older",), ())


def test_a_split_leaves_the_id_with_the_greater_part() -> None:
    three = Group((they("m1", "03-02 15:00", Says.OUTREACH), they("m4", "03-04 15:00", Says.UPDATE)))
    known = Identity("somebody", at("03-01 09:00"), three.ids | OTHER.ids)
    assert assign([OTHER, three], [known], NOW).ids == ("acme-office-manager", "somebody")


def test_a_taken_id_is_not_minted_again_though_its_mail_is_gone() -> None:
    gone = Identity("acme-backend-engineer", at("01-01 09:00"), frozenset({"<gone@acme.example>"}))
    assert assign([FIRST], [gone], NOW).ids == ("acme-backend-engineer-2",)


def test_accents_and_signs_make_a_plain_id() -> None:
    group = Group((they("m1", "03-02 15:00", Says.OUTREACH, company="Café Ōhope & Söhne", role="Küchenhilfe (m/w/d)"),))
    assert assign([group], [], NOW).ids == ("cafe-ohope-sohne-kuchenhilfe-m-w-d",)


def test_what_falls_apart_again_has_its_two_ids_back() -> None:
    older = Identity("older", at("03-01 09:00"), OTHER.ids)
    newer = Identity("newer", at("03-02 09:00"), FIRST.ids)
    merged = assign([Group((*FIRST.entries, *OTHER.entries))], [newer, older], NOW)
    apart = assign([FIRST, OTHER], list(merged.changed), NOW)
    assert (apart.ids, apart.aliases) == (("newer", "older"), {})
