"""The door to keyring: where an account's secret is looked for, and the only place it is stored.

A secret is asked for in this order: a systemd credential, the command the config names, the desktop's keyring. Keyring
backends are asked one by one by name, because the library on its own may settle for a file in plain text, for one that
stores nothing, or for a chain that hides either.
"""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol

from watcher.errors import CredentialsMissing

SERVICE = "watcher"
APPROVED = (
    "keyring.backends.SecretService.Keyring",
    "keyring.backends.kwallet.DBusKeyring",
    "keyring.backends.macOS.Keyring",
    "keyring.backends.Windows.WinVaultKeyring",
)
# A person may have to type a passphrase or touch a key meanwhile.
COMMAND_TIMEOUT = 120.0

ELSEWHERE = "or set `password_command` for the account in the config."


class Keyring(Protocol):
    """The part of a keyring backend that is used."""

    def get_password(self, service: str, username: str) -> str | None:
        """The secret, None where there is none."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store the secret."""

    def delete_password(self, service: str, username: str) -> None:
        """Remove the secret."""


def secret(
    account: str,
    password_command: Sequence[str] | str | None,
    environ: Mapping[str, str],
    keyrings: Sequence[Keyring] | None = None,
) -> str:
    """The secret of `account`.

    First the systemd credential `watcher-ACCOUNT` (a file in $CREDENTIALS_DIRECTORY), then the first line that
    `password_command` prints (run without a shell, with `environ`), then the approved `keyrings` of this desktop.
    Raises CredentialsMissing, always with what to do; a command that fails is not passed over for the keyring.
    """
    found = _from_systemd(account, environ)
    if found is None and password_command:
        found = _from_command(account, password_command, environ)
    if found is None:
        found = _from_keyrings(account, approved(environ) if keyrings is None else keyrings)
    return found


def is_for_keyring(account: str, password_command: Sequence[str] | str | None, environ: Mapping[str, str]) -> bool:
    """Whether the keyring is where the secret of `account` would be looked for in the end."""
    directory = environ.get("CREDENTIALS_DIRECTORY")
    return not password_command and not (directory and (Path(directory) / f"watcher-{account}").exists())


def store_secret(
    account: str, value: str, environ: Mapping[str, str], keyrings: Sequence[Keyring] | None = None
) -> None:
    """Keep the secret of `account` in the first approved keyring, and see that it is there.

    Raises CredentialsMissing where no keyring would keep it; it is never written anywhere else.
    """
    usable = approved(environ) if keyrings is None else keyrings
    if not usable:
        raise _no_keyring()
    try:
        usable[0].set_password(SERVICE, account, value)
        kept = usable[0].get_password(SERVICE, account)
    except Exception as error:
        raise _translated(error) from error
    if kept != value:
        raise CredentialsMissing("The keyring took the password but does not give it back.", f"Mend it, {ELSEWHERE}")


def delete_secret(account: str, environ: Mapping[str, str], keyrings: Sequence[Keyring] | None = None) -> bool:
    """Remove the secret of `account` from every approved keyring; whether there was one."""
    there = False
    for keyring in approved(environ) if keyrings is None else keyrings:
        try:
            if keyring.get_password(SERVICE, account) is not None:
                keyring.delete_password(SERVICE, account)
                there = True
        except Exception as error:
            raise _translated(error) from error
    return there


def approved(environ: Mapping[str, str]) -> list[Keyring]:
    """The keyrings that encrypt and that answer here, in the order they are asked.

    Where PYTHON_KEYRING_BACKEND names one of them, that one alone; CredentialsMissing where it names any other.
    """
    named = environ.get("PYTHON_KEYRING_BACKEND", "")
    if named and named not in APPROVED:
        raise CredentialsMissing(
            f"PYTHON_KEYRING_BACKEND names {named}, which may not keep a password safe.",
            f"Unset it for watcher, {ELSEWHERE}",
        )
    usable: list[Keyring] = []
    for path in (named,) if named else APPROVED:
        module, _, name = path.rpartition(".")
        try:
            backend = getattr(import_module(module), name)
            if backend.viable:
                usable.append(backend())
        except Exception:  # noqa: S112 - made for another system: not a failure, only not here
            continue
    return usable


def _from_systemd(account: str, environ: Mapping[str, str]) -> str | None:
    directory = environ.get("CREDENTIALS_DIRECTORY")
    if not directory or "/" in account:
        return None
    file = Path(directory) / f"watcher-{account}"
    try:
        return _checked(
            file.read_text(encoding="utf-8").rstrip("\r\n"), f"The systemd credential {file.name} is empty."
        )
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise CredentialsMissing(
            f"The systemd credential {file.name} cannot be read.", "Look at LoadCredential= in the service."
        ) from error


def hand_over(account: str, command: Sequence[str] | str, value: str, environ: Mapping[str, str]) -> None:
    """Give a secret to a program of the user's, one line on its standard input. Raises CredentialsMissing."""
    _run(account, command, environ, f"{value}\n", "Try the command in a terminal; it must read one line and keep it.")


def _from_command(account: str, command: Sequence[str] | str, environ: Mapping[str, str]) -> str:
    remedy = "Try the command in a terminal; it must print the password on its first line."
    first = _run(account, command, environ, "", remedy).split("\n", 1)[0].rstrip("\r")
    return _checked(first, f"The password_command of {account} printed nothing.", remedy)


def _run(account: str, command: Sequence[str] | str, environ: Mapping[str, str], given: str, remedy: str) -> str:
    """What a command prints that is given something to read. Raises CredentialsMissing."""
    words: list[str] = []
    try:
        words = shlex.split(command) if isinstance(command, str) else list(command)
        done = subprocess.run(  # noqa: S603 - the user's own command
            words,
            input=given,
            capture_output=True,
            timeout=COMMAND_TIMEOUT,
            env=dict(environ),
            check=True,
            text=True,
        )
    except FileNotFoundError as error:
        raise CredentialsMissing(f"The password_command of {account} was not found: {words[0]}.", remedy) from error
    except subprocess.CalledProcessError as error:
        # `from None`: what the command printed may be half a secret
        raise CredentialsMissing(
            f"The password_command of {account} failed with status {error.returncode}.", remedy
        ) from None
    except subprocess.TimeoutExpired:
        raise CredentialsMissing(
            f"The password_command of {account} was not done after {COMMAND_TIMEOUT:.0f} seconds.", remedy
        ) from None
    except (OSError, ValueError, IndexError) as error:
        raise CredentialsMissing(f"The password_command of {account} cannot be run.", remedy) from error
    return done.stdout


def _from_keyrings(account: str, keyrings: Sequence[Keyring]) -> str:
    if not keyrings:
        raise _no_keyring()
    trouble: CredentialsMissing | None = None
    for keyring in keyrings:
        try:
            found = keyring.get_password(SERVICE, account)
        except Exception as error:
            trouble = trouble or _translated(error)
            trouble.__cause__ = trouble.__cause__ or error
        else:
            if found:
                return found
    raise trouble or CredentialsMissing(
        f"No password is stored for {account}.", f"Store it with `watcher login {account}`, {ELSEWHERE}"
    )


def _checked(value: str, complaint: str, remedy: str = "") -> str:
    if not value:
        raise CredentialsMissing(complaint, remedy or f"Put the password there, {ELSEWHERE}")
    return value


def _no_keyring() -> CredentialsMissing:
    return CredentialsMissing(
        "There is no keyring in this session.",
        f"Log in to a desktop with GNOME Keyring, KWallet or KeePassXC, {ELSEWHERE}",
    )


def _translated(error: Exception) -> CredentialsMissing:
    from keyring.errors import InitError, KeyringLocked

    if isinstance(error, KeyringLocked):
        return CredentialsMissing("The keyring is locked.", f"Unlock it (logging in to the desktop does), {ELSEWHERE}")
    if isinstance(error, InitError):
        return CredentialsMissing(
            "The keyring of this session has not been set up yet.",
            f"Make a default keyring in your desktop's password program, {ELSEWHERE}",
        )
    return CredentialsMissing(
        f"The keyring did not answer ({type(error).__name__}).", f"See that the desktop's keyring runs, {ELSEWHERE}"
    )
