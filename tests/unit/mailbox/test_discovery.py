"""Where a domain keeps its mail, as its name server tells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.names import Names, running
from watcher.mailbox import discovery
from watcher.mailbox.discovery import Server, imap_server, mail_hosts

SECURE, LATER = ("_imaps._tcp.example.net.", "SRV"), ("_imap._tcp.example.net.", "SRV")


@pytest.fixture
def names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    with running(tmp_path, monkeypatch) as made:
        yield made


def test_the_server_of_the_lowest_priority_and_among_those_of_the_greatest_weight_is_taken(names: Names) -> None:
    names.records[SECURE] = [
        "20 0 993 spare.example.net.", "10 1 9993 light.example.net.", "10 9 9993 mail.example.net.",
    ]  # fmt: skip
    assert imap_server("example.net") == Server("mail.example.net", 9993)
    assert names.asked == [SECURE]


def test_where_there_is_only_one_with_starttls_that_is_taken(names: Names) -> None:
    names.records[SECURE] = ["0 0 0 ."]
    names.records[LATER] = ["0 1 143 mail.example.net."]
    assert imap_server("example.net") == Server("mail.example.net", 143, "starttls")


def test_an_answer_that_is_too_long_for_a_datagram_is_asked_for_again(names: Names) -> None:
    names.truncates = True
    names.records[SECURE] = [f"{number} 1 993 mail{number}.example.net." for number in range(1, 200)]
    assert imap_server("example.net") == Server("mail1.example.net", 993)


def test_a_domain_in_another_script_is_asked_for_as_the_name_server_knows_it(names: Names) -> None:
    names.records["_imaps._tcp.xn--mller-kva.example.", "SRV"] = ["0 1 993 mail.example.net."]
    assert imap_server("müller.example") == Server("mail.example.net", 993)


@pytest.mark.parametrize("record", ["0 0 0 .", r"0 0 993 a\032b.example."])
def test_no_host_is_no_server(names: Names, record: str) -> None:
    names.records[SECURE] = [record]
    assert imap_server("example.net") is None


@pytest.mark.parametrize(
    "nonsense", [b"\x81\x80\0\1\0\1\0\0\0\0\xc0\x0c", b"", b"\x81\x80" + b"\xff" * 40, b"\x81\x83\0\0\0\0\0\0\0\0"]
)
def test_nonsense_is_no_server(names: Names, nonsense: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "PATIENCE", 0.3)
    names.nonsense = nonsense
    assert imap_server("example.net") is None


@pytest.mark.parametrize("domain", ["", "a..b", "x" * 70 + ".example", "a b.example", "\udc80.example"])
def test_what_is_no_domain_is_no_fault(names: Names, domain: str) -> None:
    assert imap_server(domain) is None
    assert mail_hosts(domain) == ()


def test_without_a_name_server_there_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in (None, "", "nameserver nowhere\n"):
        file = tmp_path / "resolv.conf"
        if text is not None:
            file.write_text(text)
        monkeypatch.setattr(discovery, "RESOLVERS", file)
        assert imap_server("example.net") is None


def test_the_hosts_that_take_mail_come_in_their_order(names: Names) -> None:
    names.records["example.net.", "MX"] = ["20 b.mail.example.", "10 a.mail.example."]
    assert mail_hosts("example.net") == ("a.mail.example", "b.mail.example")
    names.records["example.net.", "MX"] = ["0 ."]  # takes none (RFC 7505)
    assert mail_hosts("example.net") == ()
