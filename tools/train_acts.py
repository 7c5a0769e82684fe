"""Trains the linear model of what the user does in mail of their own, and packs it: `make model`.

    python -m tools.train_acts [LANGUAGE] [--measure]

Learns from the `sent` messages of `fixtures/training/LANGUAGE-*.yaml`, writes `watcher/knowledge/LANGUAGE/acts.bin`,
and prints how well the rules alone, the model alone, and both together tell each act in mail of writers that they never
saw.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Sequence

from tools.fitting import Fit, Weighted, fit_marks, log_odds, pack
from tools.train_words import ROOT, TRAINING
from tools.training import Doc, digest, documents
from watcher.reading.doing import marks, told_acts
from watcher.reading.model import Act, Says

LEAST = 2  # messages that a term must be in
STRENGTH = 20.0  # of the fit to the words (inverse of the regularisation)
AGREEMENT_STRENGTH = 3.0
MANY = 80  # messages of a writer who makes a part of their own
# How often people do these things in mail of their job hunt, roughly; what is hard to tell was written more often here.
MAILBOX = {
    Act.APPLIED: 0.12, Act.PICKED_TIME: 0.15, Act.GAVE_TIMES: 0.08, Act.ASKED_TIMES: 0.10, Act.CANCELLED: 0.05,
    Act.ANSWERED: 0.16, Act.HANDED_IN: 0.08, Act.WILL_HAND_IN: 0.03, Act.THANKED: 0.12, Act.NUDGED: 0.10,
    Act.ASKED: 0.15, Act.ACCEPTED: 0.04, Act.DECLINED: 0.09, Act.ACKNOWLEDGED: 0.15, Act.INTERESTED: 0.07,
    Act.SPOKE: 0.08,
}  # fmt: skip
COLUMNS = tuple(act.value for act in Act)
Heard = list[dict[str, float]]


def trained(docs: Sequence[Doc]) -> Fit:
    """One column an act."""
    fit = Fit(docs, COLUMNS, LEAST)
    matrix, all_tell = fit.matrix(docs), [True] * len(docs)
    for act in Act:
        fit.learn(matrix, docs, act.value, all_tell, [act in doc.acts for doc in docs], STRENGTH)
    return fit


def heard_by(fit: Fit, docs: Sequence[Doc]) -> Heard:
    """What the model makes of each message."""
    return [dict(zip(COLUMNS, map(float, line), strict=True)) for line in fit.totals(docs)]


def cross(docs: Sequence[Doc]) -> Heard:
    """Each message as a model hears it that saw no other message of the same writer."""
    count = Counter(doc.writer for doc in docs)
    few = sorted(writer for writer in count if count[writer] < MANY)
    parts = [{writer} for writer in sorted(count) if count[writer] >= MANY] + [set(few[::2]), set(few[1::2])]
    found: dict[str, dict[str, float]] = {}
    for part in parts:
        apart, rest = [d for d in docs if d.writer in part], [d for d in docs if d.writer not in part]
        if apart and rest:
            found.update(zip((doc.id for doc in apart), heard_by(trained(rest), apart), strict=True))
    return [found[doc.id] for doc in docs]


def agreement(docs: Sequence[Doc], heard: Heard) -> Weighted:
    """How rules and model are weighed against each other for each act."""
    told = [told_acts(doc.seen) for doc in docs]
    found = {}
    for act in Act:
        lines = [marks(act, rules, model) for rules, model in zip(told, heard, strict=True)]
        truth = [act in doc.acts for doc in docs]
        weights = fit_marks(lines, truth, [1.0] * len(docs), AGREEMENT_STRENGTH)[True]
        weights["bias"] = round(weights["bias"] + log_odds(MAILBOX[act]) - log_odds(sum(truth) / len(truth)), 3)
        found[act.value] = weights
    return found


def tell(docs: Sequence[Doc], heard: Heard, weights: Weighted) -> None:
    """Prints precision and recall of each act, by the rules, the model, and both."""
    told = [told_acts(doc.seen) for doc in docs]

    def both(at: int, act: Act) -> bool:
        found = marks(act, told[at], heard[at])
        return sum(weights[act.value].get(name, 0.0) * value for name, value in found.items()) > 0

    readers: list[Callable[[int, Act], bool]] = [
        lambda at, act: act in told[at],
        lambda at, act: heard[at][act.value] > 0,
        both,
    ]
    print(f"{len(docs)} messages of {len({doc.writer for doc in docs})} writers; precision, recall and F1 in percent")
    print(f"{'':14} {'rules':>14} {'model':>14} {'both':>14}")
    sums = [0.0, 0.0, 0.0]
    for act in Act:
        cells = []
        for number, reader in enumerate(readers):
            pairs = [(act in doc.acts, reader(at, act)) for at, doc in enumerate(docs)]
            right = sum(truth and said for truth, said in pairs)
            precision = right / max(1, sum(said for _, said in pairs))
            recall = right / max(1, sum(truth for truth, _ in pairs))
            f1 = 2 * precision * recall / max(precision + recall, 1e-9)
            sums[number] += f1 / len(Act)
            cells.append(f"{precision:4.0%} {recall:4.0%} {f1:4.0%}")
        print(f"{act.value:14} " + " ".join(cells))
    print(f"{'mean F1':14} " + " ".join(f"{each:14.1%}" for each in sums))


def main() -> None:
    """Train, measure, pack."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("language", nargs="?", default="en")
    parser.add_argument("--measure", action="store_true", help="write nothing")
    options = parser.parse_args()
    docs = [doc for doc in documents(TRAINING, options.language) if doc.says is Says.SENT]
    heard = cross(docs)
    weights = agreement(docs, heard)
    tell(docs, heard, weights)
    if not options.measure:
        data = pack(trained(docs), weights, digest(TRAINING, options.language))
        (ROOT / "watcher" / "knowledge" / options.language / "acts.bin").write_bytes(data)
        print(f"{len(data):,} bytes")


if __name__ == "__main__":
    main()
