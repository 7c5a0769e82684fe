"""What folders are for, in the words of many servers and languages."""

import tomllib
from importlib import resources

import pytest

from watcher.mailbox.folders import Listed, assign, role_of, selectable
from watcher.message.model import Folder, Role


def roles(*listed: Listed) -> dict[str, Role]:
    return {folder.name: folder.role for folder in assign(listed)}


@pytest.mark.parametrize(
    ("name", "flags", "role"),
    [
        ("Concepts", ("\\HasNoChildren", "\\Drafts"), Role.DRAFTS),
        ("Anything", ("\\drafts",), Role.DRAFTS),  # Cyrus
        ("Post", ("\\Sent",), Role.SENT),
        ("Weg", ("\\Trash",), Role.TRASH),
        ("[Gmail]/Alle Nachrichten", ("\\All",), Role.ALL),
        ("[Gmail]/All", ("\\AllMail",), Role.ALL),  # XLIST
        ("Ablage", ("\\Archive",), Role.ARCHIVE),
        ("Müll", ("\\Junk",), Role.JUNK),
        ("Archive", ("\\Important",), Role.OTHER),
        ("[Gmail]", ("\\Noselect", "\\HasChildren"), Role.OTHER),
        ("Sent", ("\\NonExistent",), Role.OTHER),
    ],
)
def test_the_servers_word_about_a_folder_outranks_its_name(name: str, flags: tuple[str, ...], role: Role) -> None:
    assert role_of(name, flags) is role


@pytest.mark.parametrize(
    ("name", "separator", "role"),
    [
        ("INBOX", "/", Role.INBOX),
        ("Inbox", "/", Role.INBOX),
        ("Drafts", "/", Role.DRAFTS),
        ("INBOX.Drafts", ".", Role.DRAFTS),
        ("INBOX/Drafts", "/", Role.DRAFTS),
        ("INBOX.Entwürfe", ".", Role.DRAFTS),
        ("Entwu\u0308rfe", "/", Role.DRAFTS),  # decomposed, as macOS writes it
        ("[Gmail]/Entwürfe", "/", Role.DRAFTS),
        ("[Google Mail]/Sent Mail", "/", Role.SENT),
        ("[Gmail]/Bin", "/", Role.TRASH),
        ("[Gmail]/Todos", "/", Role.ALL),
        ("[Gmail]/すべてのメール", "/", Role.ALL),
        ("Brouillons", "/", Role.DRAFTS),
        ("Éléments envoyés", "/", Role.SENT),
        ("Borradores", "/", Role.DRAFTS),
        ("Posta inviata", "/", Role.SENT),
        ("Verzonden items", "/", Role.SENT),
        ("Itens Enviados", "/", Role.SENT),
        ("Wersje robocze", "/", Role.DRAFTS),
        ("Skickat", "/", Role.SENT),
        ("下書き", "/", Role.DRAFTS),
        ("Sent Messages", "/", Role.SENT),
        ("Deleted Items", "/", Role.TRASH),
        ("Junk Email", "/", Role.JUNK),
        ("Spamverdacht", "/", Role.JUNK),
        ("Archives/2025", "/", Role.ARCHIVE),
        ("Drafts", "", Role.DRAFTS),
    ],
)
def test_a_folder_is_known_by_the_name_its_program_gave_it(name: str, separator: str, role: Role) -> None:
    assert role_of(name, (), separator) is role


@pytest.mark.parametrize(
    ("name", "separator"),
    [
        ("Work/Sent", "/"),
        ("Sent/2024", "/"),
        ("Drafts.old", "."),
        ("INBOX.Work.Drafts", "."),
        ("Todos", "/"),
        ("All Mail", "/"),
        ("Applications", "/"),
        ("Job/Archive", "/"),
        ("Sent.Items", "/"),
        ("", "/"),
    ],
)
def test_a_folder_of_the_users_own_has_no_role(name: str, separator: str) -> None:
    assert role_of(name, (), separator) is Role.OTHER


def test_one_drafts_folder_is_chosen_and_it_is_the_one_the_server_names() -> None:
    found = roles(Listed("Drafts"), Listed("Entwürfe", ("\\Drafts",)), Listed("INBOX"))
    assert found == {"Drafts": Role.OTHER, "Entwürfe": Role.DRAFTS, "INBOX": Role.INBOX}


def test_of_two_drafts_folders_without_a_word_from_the_server_the_first_in_the_data_is_chosen() -> None:
    found = roles(Listed("INBOX.Entwürfe", (), "."), Listed("INBOX.Drafts", (), "."))
    assert found == {"INBOX.Entwürfe": Role.OTHER, "INBOX.Drafts": Role.DRAFTS}


def test_of_two_folders_of_one_name_the_one_nearer_the_top_is_chosen() -> None:
    assert roles(Listed("INBOX/Trash"), Listed("Trash")) == {"INBOX/Trash": Role.OTHER, "Trash": Role.TRASH}


def test_mail_sent_from_two_programs_is_read_from_both_their_folders() -> None:
    found = roles(Listed("Sent", ("\\Sent",)), Listed("Sent Messages"))
    assert set(found.values()) == {Role.SENT}


def test_folders_keep_the_order_of_the_server() -> None:
    assert assign([Listed("B"), Listed("INBOX"), Listed("A")]) == [
        Folder("B", Role.OTHER),
        Folder("INBOX", Role.INBOX),
        Folder("A", Role.OTHER),
    ]


def test_a_folder_that_only_holds_others_cannot_be_opened() -> None:
    assert not selectable(("\\HasChildren", "\\NoSelect"))
    assert selectable(("\\HasNoChildren",))


def test_no_name_in_the_data_file_means_two_things() -> None:
    tables = tomllib.loads(resources.files("watcher.knowledge").joinpath("folders.toml").read_text(encoding="utf-8"))
    del tables["containers"]
    names = [name.casefold() for table in tables.values() for key in ("names", "gmail") for name in table.get(key, ())]
    assert sorted(names) == sorted(set(names))
