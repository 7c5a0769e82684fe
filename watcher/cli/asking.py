"""Questions to a person at a terminal, each of which can be answered beforehand by an option."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

from watcher.cli.screen import Screen
from watcher.errors import UsageError

Check = Callable[[str], str]
"""Gives an answer in its final form, or raises ValueError with what is wrong, to follow the words "That"."""


class Asking:
    """Asks where somebody sits at a terminal; elsewhere what was not given keeps its default, and what has none is
    missing (UsageError)."""

    def __init__(self, screen: Screen, *, person: bool) -> None:
        self._screen = screen
        self.person = person

    def say(self, text: str) -> None:
        """Something the person should know."""
        self._screen.say(text)

    def text(
        self, question: str, option: str, given: str | None, default: str | None = None, check: Check = str.strip
    ) -> str:
        """A line of text."""
        if given is not None:
            return self._checked(given, option, check)
        if not self.person:
            if default is None:
                raise UsageError(f"{option} is needed where nobody can be asked.", "Try `watcher setup --help`.")
            return self._checked(default, option, check)
        while True:
            said = self.line(f"{question}{f' [{default}]' if default else ''}: ") or (default or "")
            if not said and default is None:
                continue
            try:
                return check(said)
            except ValueError as fault:
                self._screen.say(f"That {fault}.")

    def choice(self, question: str, option: str, given: str | None, choices: Mapping[str, str], default: str) -> str:
        """One of some words, each with its meaning."""
        if given is None and self.person:
            self._screen.say(question)
            for number, (word, meaning) in enumerate(choices.items(), start=1):
                self._screen.say(f"  {number}  {word}: {meaning}" if meaning else f"  {number}  {word}")
        words = list(choices)

        def check(said: str) -> str:
            said = said.strip().lower()
            if said.isdecimal() and 1 <= int(said) <= len(words):
                return words[int(said) - 1]
            if said in words:
                return said
            raise ValueError(f"is not one of {', '.join(words)}")

        return self.text("Which", option, given, default, check)

    def yes(self, question: str, *, given: bool | None, default: bool) -> bool:
        """Yes or no."""
        if given is not None or not self.person:
            return default if given is None else given
        while True:
            said = self.line(f"{question} [{'Y/n' if default else 'y/N'}]: ").lower()
            if said in ("", "y", "yes", "n", "no"):
                return default if not said else said.startswith("y")

    def secret(self, question: str) -> str:
        """Something that must not be seen; from the next line of standard input where no one sits there."""
        if not self.person:
            return sys.stdin.readline().strip("\r\n")
        from getpass import getpass

        return getpass(f"{question}: ").strip()

    def line(self, prompt: str) -> str:
        """What is typed. Raises KeyboardInterrupt where the terminal is gone."""
        print(prompt, end="", flush=True)
        said = sys.stdin.readline()
        if not said:
            raise KeyboardInterrupt
        return said.strip()

    def _checked(self, given: str, option: str, check: Check) -> str:
        try:
            return check(given)
        except ValueError as fault:
            raise UsageError(f"{option}: {given!r} {fault}.", "Try `watcher setup --help`.") from fault
