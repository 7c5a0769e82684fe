"""Short talks through the real command line: where each leaves the opportunity, and the hour of its interview."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.support.scenarios import load, play

FOLDER = Path(__file__).parents[2] / "fixtures" / "talks"
ME, THEM = "Eilidh MacKintosh <eilidh@mail.example>", "Agnes Rattray <agnes.rattray@strathhouse.example>"
SUBJECTS = {"en": "Senior Carer post", "de": "Pflegefachkraft"}


def talks() -> Iterator[Any]:
    for file in sorted(FOLDER.glob("*.yaml")):
        for number, talk in enumerate(load(file)):
            yield pytest.param(file.stem, talk, id=f"{file.stem}-{number}")


def as_mailbox(language: str, talk: Mapping[str, Any]) -> dict[str, Any]:
    zone = ZoneInfo(talk.get("tz", "Europe/London" if language == "en" else "Europe/Berlin"))
    messages: list[dict[str, Any]] = []
    for number, (who, at, body) in enumerate(talk["talk"]):
        mine = who == "me"
        messages.append(
            {
                "id": f"m{number}",
                "folder": "Sent" if mine else "INBOX",
                "from": ME if mine else THEM,
                "to": [THEM if mine else ME],
                "date": datetime.fromisoformat(at).replace(tzinfo=zone).isoformat(),
                "subject": ("Re: " if number else "") + SUBJECTS[language],
                "body": body,
                "reply_to": f"m{number - 1}" if number else None,
            }
        )
    you = {"name": "Eilidh MacKintosh", "addresses": ["eilidh@mail.example"], "timezone": zone.key}
    now = datetime.fromisoformat(talk["now"]).replace(tzinfo=zone).isoformat()
    return {"id": "talk", "now": now, "you": you, "messages": messages}


@pytest.mark.parametrize(("language", "talk"), list(talks()))
def test_a_talk_leaves_things_where_a_careful_reader_would_say(language: str, talk: Mapping[str, Any]) -> None:
    (found,) = play(as_mailbox(language, talk)).opportunities
    starts = [each["start"] for each in found["interviews"] if each["status"] != "cancelled" and each["start"]]
    got = {
        "stage": found["stage"],
        "at": max(starts)[5:16].replace("T", " ") if starts else None,
        "waiting": found["waiting_on"],
        "promised": found["promised_by"],
    }
    assert {name: got[name] for name in ("stage", "at")} == {"stage": talk["stage"], "at": talk.get("at")}
    assert {name: got[name] for name in ("waiting", "promised") if name in talk} == {
        name: talk[name] for name in ("waiting", "promised") if name in talk
    }
