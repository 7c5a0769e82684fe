"""What is kept to be fast during a pass is let go of after it, and made again when it is needed."""

from __future__ import annotations

from watcher.app import knowledge
from watcher.cycle.forgetting import forget
from watcher.opportunity import names
from watcher.reading import namebook
from watcher.reading.examining import _Key, _words


def test_names_of_mail_and_unpacked_weights_are_forgotten() -> None:
    rulebook = knowledge()
    before = _words(_Key(rulebook.digest, rulebook.english))
    assert names.squeezed("Arden & Law Ltd") == "ardenlaw"
    assert namebook._folded_word("José") == "Jose"
    forget()
    assert not names.squeezed.cache_info().currsize
    assert not namebook._folded_word.cache_info().currsize
    again = _words(_Key(rulebook.digest, rulebook.english))
    assert again is not before
    assert again == before
