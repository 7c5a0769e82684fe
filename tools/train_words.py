"""Trains the linear model that reads beside the phrase rules, and packs it: `make model`.

    python tools/train_words.py [LANGUAGE] [--measure]

Reads the made-up messages of `fixtures/training/LANGUAGE-*.yaml`, writes `watcher/knowledge/LANGUAGE/words.bin`, and
prints how the rules alone, the model alone, and both together read messages of writers whose other messages they never
saw. The same messages give the same bytes. scikit-learn is needed here alone; the reader only adds up what is packed.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from tools.training import SAYS, Doc, digest, documents
from watcher.reading.agreement import MINE, THEIRS, hiring_marks, says_marks, softmax
from watcher.reading.model import Says
from watcher.reading.words import HIRING, HIRING_MINE, LIFT, MAGIC, Opinion

ROOT = Path(__file__).parents[1]
TRAINING = ROOT / "fixtures" / "training"
LEAST = 3  # messages that a term must be in
SIGN = 0.3  # what a sign of structure weighs against the whole text
STRENGTH = 4.0  # of the fit to the words (inverse of the regularisation)
AGREEMENT_STRENGTH = 0.3
MAILBOX = 0.5  # the share of hiring mail in what the sieve lets through; the made-up messages hold more or less of it
FOLDS = 5  # parts that the writers are put in, to judge each by a model that never saw it
COLUMNS = (HIRING, HIRING_MINE, *(says.value for says in SAYS))
Weighted = Mapping[str, Mapping[str, float]]


class Fit:
    """A model being trained: vocabulary, rarities, and one row of weights a term."""

    def __init__(self, docs: Sequence[Doc]) -> None:
        counts = Counter(term for doc in docs for term in (*doc.terms, *doc.signs))
        self.names = sorted(term for term, count in counts.items() if count >= LEAST)
        self.rows = {name: at for at, name in enumerate(self.names)}
        self.rarity = np.array(
            [0.0 if n.startswith("@") else math.log((1 + len(docs)) / (1 + counts[n])) + 1 for n in self.names]
        )
        everything = self.matrix(docs)
        self.weights = np.zeros((len(self.names), len(COLUMNS)))
        self.bias = np.zeros(len(COLUMNS))
        self._binary(everything, docs, 0, [doc.tells_hiring for doc in docs], [doc.hiring for doc in docs])
        self._binary(everything, docs, 1, [doc.tells_mine for doc in docs], [doc.hiring for doc in docs])
        chosen = [at for at, doc in enumerate(docs) if doc.says in SAYS]
        model = _regression(STRENGTH).fit(
            everything[chosen], [docs[at].says.value for at in chosen], [docs[at].weight for at in chosen]
        )
        for at, label in enumerate(model.classes_):
            column = COLUMNS.index(label)
            self.weights[:, column], self.bias[column] = model.coef_[at], model.intercept_[at]

    def _binary(
        self, matrix: csr_matrix, docs: Sequence[Doc], column: int, tells: Sequence[bool], truth: Sequence[bool]
    ) -> None:
        chosen = [at for at, use in enumerate(tells) if use]
        if len({truth[at] for at in chosen}) < 2:
            return
        model = _regression(STRENGTH).fit(
            matrix[chosen], [truth[at] for at in chosen], [docs[at].weight for at in chosen]
        )
        self.weights[:, column], self.bias[column] = model.coef_[0], model.intercept_[0]

    def matrix(self, docs: Sequence[Doc]) -> csr_matrix:
        """One line a message: its terms by rarity, of length one together, then its signs."""
        lines, columns, values = [], [], []
        for line, doc in enumerate(docs):
            known = [self.rows[term] for term in doc.terms if term in self.rows]
            norm = math.sqrt(sum(self.rarity[at] ** 2 for at in known)) or 1.0
            signs = [self.rows[sign] for sign in doc.signs if sign in self.rows]
            lines += [line] * (len(known) + len(signs))
            columns += known + signs
            values += [self.rarity[at] / norm for at in known] + [SIGN] * len(signs)
        return csr_matrix((values, (lines, columns)), shape=(len(docs), len(self.names)))

    def opinions(self, docs: Sequence[Doc]) -> list[Opinion]:
        """What the model makes of each message."""
        totals = self.matrix(docs) @ self.weights + self.bias
        found = []
        for doc, line in zip(docs, totals, strict=True):
            says = softmax({each: float(line[COLUMNS.index(each.value)]) for each in SAYS})
            found.append(Opinion(float(line[1 if doc.mine else 0]), says))
        return found


def _regression(strength: float, most: int = 200) -> LogisticRegression:
    return LogisticRegression(C=strength, max_iter=most, tol=1e-3)


def cross(docs: Sequence[Doc]) -> list[Opinion]:
    """Each message as a model judges it that saw no other message of the same writer."""
    writers = sorted({doc.writer for doc in docs})
    found: dict[str, Opinion] = {}
    for fold in range(FOLDS):
        held = frozenset(writers[fold::FOLDS])
        apart = [doc for doc in docs if doc.writer in held]
        if apart:
            rest = [doc for doc in docs if doc.writer not in held]
            found.update(zip((doc.id for doc in apart), Fit(rest).opinions(apart), strict=True))
    return [found[doc.id] for doc in docs]


def agreement(docs: Sequence[Doc], opinions: Sequence[Opinion]) -> Weighted:
    """How rules and model are weighed against each other, learnt where both judge what they have not seen."""
    pairs = list(zip(docs, opinions, strict=True))
    weights: dict[str, dict[str, float]] = {}
    for name, chosen in (
        (THEIRS, [p for p in pairs if p[0].tells_hiring]),
        (MINE, [p for p in pairs if p[0].tells_mine]),
    ):
        marks = [hiring_marks(doc.seen, opinion) for doc, opinion in chosen]
        truth = [doc.hiring for doc, _ in chosen]
        counts = [doc.weight for doc, _ in chosen]
        found = _fit_marks(marks, truth, counts, strength=1.0)[True]
        share = sum(count for count, hiring in zip(counts, truth, strict=True) if hiring) / sum(counts)
        found["bias"] = round(found["bias"] + _log_odds(MAILBOX) - _log_odds(share), 3)
        weights[name] = found
    spoken = [pair for pair in pairs if pair[0].says in SAYS]
    marks = [says_marks(doc.seen, opinion) for doc, opinion in spoken]
    by_label = _fit_marks(
        marks, [doc.says.value for doc, _ in spoken], [doc.weight for doc, _ in spoken], strength=AGREEMENT_STRENGTH
    )
    return weights | {str(label): found for label, found in by_label.items()}


def _log_odds(share: float) -> float:
    return math.log(share / (1.0 - share))


def _fit_marks(
    marks: Sequence[Mapping[str, float]], truth: Sequence[object], counts: Sequence[float], strength: float
) -> dict[object, dict[str, float]]:
    names = sorted({name for each in marks for name in each} - {"bias"})
    table = np.array([[each.get(name, 0.0) for name in names] for each in marks])
    model = _regression(strength, 5000).fit(table, list(truth), list(counts))
    if len(model.classes_) == 2:
        coefficients = {model.classes_[1]: (model.coef_[0], model.intercept_[0])}
    else:
        coefficients = {label: (model.coef_[at], model.intercept_[at]) for at, label in enumerate(model.classes_)}
    return {
        label: {"bias": round(float(bias), 3)}
        | {name: round(float(w), 3) for name, w in zip(names, line, strict=True) if abs(w) >= 0.001}
        for label, (line, bias) in coefficients.items()
    }


def joined(docs: Sequence[Doc], opinions: Sequence[Opinion], weights: Weighted) -> list[Opinion]:
    """What both readers make of each message together."""

    def total(label: str, marks: Mapping[str, float]) -> float:
        return sum(weights[label].get(mark, 0.0) * value for mark, value in marks.items())

    found = []
    for doc, opinion in zip(docs, opinions, strict=True):
        hiring = total(MINE if doc.mine else THEIRS, hiring_marks(doc.seen, opinion))
        found.append(
            Opinion(hiring, softmax({says: total(says.value, says_marks(doc.seen, opinion)) for says in opinion.says}))
        )
    return found


def pack(fit: Fit, weights: Weighted, made_of: str) -> bytes:
    """The file that `watcher.reading.words` unpacks."""
    rarity = np.where(fit.rarity > 0, fit.rarity, 1.0)
    table = fit.weights * rarity[:, None]
    scales = np.maximum(np.abs(table).max(axis=0), 1e-9) / 127
    small = (np.rint(table / scales) + LIFT).astype(np.uint8)
    floor, most = float(fit.rarity.min()), float(fit.rarity.max())
    step = (most - floor) / 255
    head = {
        "columns": COLUMNS,
        "scales": [round(float(s), 8) for s in scales],
        "bias": [round(float(b), 4) for b in fit.bias],
        "sign": SIGN,
        "rarity": [round(step, 8), round(floor, 8)],
        "vocabulary": len("\n".join(fit.names).encode()),
        "agreement": weights,
        "made_of": made_of,
    }
    rarities = np.rint((fit.rarity - floor) / step).astype(np.uint8)
    line = json.dumps(head, sort_keys=True, separators=(",", ":")).encode()
    return MAGIC + line + b"\n" + "\n".join(fit.names).encode() + small.tobytes() + rarities.tobytes()


def by_rules(docs: Iterable[Doc]) -> list[Opinion]:
    """What the rules alone make of each message, in the model's form."""
    return [
        Opinion(
            doc.seen.hiring,
            {says: doc.seen.confidence if says is doc.seen.says else (1 - doc.seen.confidence) / 12 for says in SAYS},
        )
        for doc in docs
    ]


def tell(name: str, docs: Sequence[Doc], opinions: Sequence[Opinion]) -> None:
    """Prints how often a reader was right."""
    pairs = [(doc, opinion) for doc, opinion in zip(docs, opinions, strict=True) if not doc.mine]
    spoken = [(doc.says, opinion.likeliest) for doc, opinion in pairs if doc.says in SAYS]
    told = [(doc.hiring, opinion.hiring > 0) for doc, opinion in pairs if doc.tells_hiring]
    whole = [
        (doc.says, opinion.likeliest if opinion.hiring > 0 else Says.NOT_HIRING)
        for doc, opinion in pairs
        if doc.tells_hiring
    ]
    labels = sorted({truth for truth, _ in whole}, key=lambda says: says.value)
    f1 = {says: _f1(whole, says) for says in labels}
    print(
        f"{name:<12} says, given hiring {_right(spoken):6.1%}   hiring {_right(told):6.1%}   whole {_right(whole):6.1%}"
        f"   macro-F1 {sum(f1.values()) / len(f1):6.1%}   wrongly hiring {_share(told, (False, True)):6.1%}"
    )
    weakest = sorted(labels, key=lambda says: f1[says])[:5]
    print("             weakest: " + ", ".join(f"{says.value} {f1[says]:.0%}" for says in weakest))


def _right(pairs: Sequence[tuple[object, object]]) -> float:
    return sum(truth == said for truth, said in pairs) / len(pairs)


def _share(pairs: Sequence[tuple[bool, bool]], wanted: tuple[bool, bool]) -> float:
    return sum(pair == wanted for pair in pairs) / max(1, sum(pair[0] == wanted[0] for pair in pairs))


def _f1(pairs: Sequence[tuple[Says, Says | None]], says: Says) -> float:
    both = sum(truth is says and said is says for truth, said in pairs)
    return 2 * both / max(1, sum(truth is says for truth, _ in pairs) + sum(said is says for _, said in pairs))


def main() -> None:
    """Train, measure, pack."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("language", nargs="?", default="en")
    parser.add_argument("--measure", action="store_true", help="write nothing")
    options = parser.parse_args()
    docs = documents(TRAINING, options.language)
    whole = [doc for doc in docs if not doc.bare]
    opinions = cross(docs)
    weights = agreement(docs, opinions)
    seen = {doc.id: opinion for doc, opinion in zip(docs, opinions, strict=True)}
    apart = [seen[doc.id] for doc in whole]
    writers = len({doc.writer for doc in whole})
    print(f"{len(whole)} messages of {writers} writers; each judged by a model that saw none of its writer's")
    tell("rules alone", whole, by_rules(whole))
    tell("model alone", whole, apart)
    tell("both", whole, joined(whole, apart, weights))
    if not options.measure:
        data = pack(Fit(docs), weights, digest(TRAINING, options.language))
        (ROOT / "watcher" / "knowledge" / options.language / "words.bin").write_bytes(data)
        print(f"{len(data):,} bytes")


if __name__ == "__main__":
    main()
