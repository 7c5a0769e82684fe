"""Secrets come from where the user put them, and go nowhere but into a keyring that encrypts."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from keyring.errors import InitError, KeyringLocked

from watcher.errors import CredentialsMissing
from watcher.mailbox.credentials import approved, delete_secret, is_for_keyring, secret, store_secret

ENVIRON = {"PATH": os.environ.get("PATH", "")}


class Drawer:
    """A keyring in memory; `error` is what it raises instead, `forgets` whether it stores nothing."""

    def __init__(self, *, error: Exception | None = None, forgets: bool = False, **secrets: str) -> None:
        self.secrets = secrets
        self.error = error
        self.forgets = forgets

    def get_password(self, service: str, username: str) -> str | None:
        if self.error:
            raise self.error
        return self.secrets.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.error:
            raise self.error
        if not self.forgets:
            self.secrets[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.secrets[username]


def printing(text: str, status: int = 0) -> list[str]:
    return [sys.executable, "-c", f"import sys; sys.stdout.write({text!r}); sys.exit({status})"]


@pytest.fixture
def credentials(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "watcher-personal").write_text("from systemd\n")
    return {**ENVIRON, "CREDENTIALS_DIRECTORY": str(tmp_path)}


def test_a_systemd_credential_comes_first(credentials: dict[str, str]) -> None:
    assert secret("personal", printing("from command"), credentials, [Drawer(personal="kept")]) == "from systemd"


def test_an_account_without_a_systemd_credential_goes_on_to_the_command(credentials: dict[str, str]) -> None:
    assert secret("work", printing("from command\nmore\n"), credentials, [Drawer(work="kept")]) == "from command"


def test_an_account_name_cannot_lead_out_of_the_credentials_directory(credentials: dict[str, str]) -> None:
    outside = Path(credentials["CREDENTIALS_DIRECTORY"]).parent / "secret"
    outside.write_text("stolen")
    (outside.parent / Path(credentials["CREDENTIALS_DIRECTORY"]).name / "watcher-x").mkdir()
    with pytest.raises(CredentialsMissing):
        secret("x/../../secret", None, credentials, [Drawer()])


def test_an_empty_systemd_credential_is_an_error_and_not_an_empty_password(tmp_path: Path) -> None:
    (tmp_path / "watcher-personal").write_text("\n")
    with pytest.raises(CredentialsMissing, match="empty"):
        secret("personal", None, {"CREDENTIALS_DIRECTORY": str(tmp_path)}, [Drawer()])


def test_a_command_may_be_one_line_of_text() -> None:
    assert secret("personal", "printf 'two words'", ENVIRON, []) == "two words"


def test_a_command_is_run_without_a_shell() -> None:
    assert secret("personal", "echo $HOME;echo", ENVIRON, []) == "$HOME;echo"


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        (printing("half a secret", 3), "status 3"),
        (printing(""), "printed nothing"),
        (["no-such-program-anywhere"], "not found"),
        ("'unclosed", "cannot be run"),
    ],
)
def test_a_command_that_fails_is_told_and_not_passed_over(command: list[str] | str, complaint: str) -> None:
    with pytest.raises(CredentialsMissing, match=complaint) as caught:
        secret("personal", command, ENVIRON, [Drawer(personal="kept")])
    assert caught.value.remedy
    assert "half a secret" not in f"{caught.value}{caught.value.__cause__}"


def test_the_keyrings_are_asked_in_order() -> None:
    assert (
        secret("personal", None, ENVIRON, [Drawer(), Drawer(personal="second"), Drawer(personal="third")]) == "second"
    )


@pytest.mark.parametrize(
    ("error", "complaint"),
    [
        (KeyringLocked("no"), "locked"),
        (InitError("Prompt dismissed"), "not been set up"),
        (RuntimeError("bus"), "did not answer"),
    ],
)
def test_each_trouble_with_a_keyring_has_its_own_words(error: Exception, complaint: str) -> None:
    drawer = Drawer(error=error)
    for attempt in (
        lambda: secret("personal", None, ENVIRON, [drawer]),
        lambda: store_secret("personal", "sesame", ENVIRON, [drawer]),
        lambda: delete_secret("personal", ENVIRON, [drawer]),
    ):
        with pytest.raises(CredentialsMissing, match=complaint) as caught:
            attempt()
        assert "password_command" in caught.value.remedy
        assert caught.value.__cause__ is error


def test_a_locked_keyring_does_not_hide_an_open_one() -> None:
    locked = Drawer(error=KeyringLocked("no"))
    assert secret("personal", None, ENVIRON, [locked, Drawer(personal="kept")]) == "kept"


def test_a_secret_that_was_never_stored_is_told_with_the_command_that_stores_it() -> None:
    with pytest.raises(CredentialsMissing, match="watcher login personal"):
        secret("personal", None, ENVIRON, [Drawer()])


def test_a_session_without_a_keyring_stores_nothing_anywhere() -> None:
    with pytest.raises(CredentialsMissing, match="no keyring"):
        store_secret("personal", "sesame", ENVIRON, [])
    with pytest.raises(CredentialsMissing, match="no keyring"):
        secret("personal", None, ENVIRON, [])


def test_a_keyring_that_keeps_nothing_is_found_out_when_storing() -> None:
    with pytest.raises(CredentialsMissing, match="does not give it back"):
        store_secret("personal", "sesame", ENVIRON, [Drawer(forgets=True)])


def test_a_stored_secret_is_found_and_deleted() -> None:
    drawer = Drawer()
    store_secret("personal", "sesame", ENVIRON, [drawer])
    assert secret("personal", None, ENVIRON, [drawer]) == "sesame"
    assert delete_secret("personal", ENVIRON, [drawer])
    assert not delete_secret("personal", ENVIRON, [drawer])


@pytest.mark.parametrize(
    "backend",
    [
        "keyring.backends.null.Keyring",
        "keyring.backends.fail.Keyring",
        "keyring.backends.chainer.ChainerBackend",
        "keyrings.alt.file.PlaintextKeyring",
    ],
)
def test_a_backend_from_outside_the_list_is_refused(backend: str) -> None:
    with pytest.raises(CredentialsMissing, match="may not keep a password safe"):
        approved({"PYTHON_KEYRING_BACKEND": backend})


def test_only_an_account_with_neither_credential_nor_command_is_for_the_keyring(tmp_path: Path) -> None:
    (tmp_path / "watcher-work").write_text("secret")
    environ = {**ENVIRON, "CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert not is_for_keyring("work", None, environ)
    assert not is_for_keyring("home", ["pass"], environ)
    assert is_for_keyring("home", None, environ)
    assert is_for_keyring("work", (), ENVIRON)
