"""What the trainers share: a linear fit over words, word pairs and signs of structure, and the file it makes."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from tools.training import Doc
from watcher.reading.words import LIFT, MAGIC, evened

SIGN = 0.3  # what a sign of structure weighs; a text weighs some 4 to 6
Weighted = Mapping[str, Mapping[str, float]]


class Fit:
    """A model being trained: vocabulary, rarities, and one row of weights a term. `least` is the number of messages
    that a term must be in."""

    def __init__(self, docs: Sequence[Doc], columns: Sequence[str], least: int) -> None:
        counts = Counter(term for doc in docs for term in (*doc.terms, *doc.signs))
        self.columns = tuple(columns)
        self.names = sorted(term for term, count in counts.items() if count >= least)
        self.rows = {name: at for at, name in enumerate(self.names)}
        self.rarity = np.array(
            [0.0 if n.startswith("@") else math.log((1 + len(docs)) / (1 + counts[n])) + 1 for n in self.names]
        )
        self.weights = np.zeros((len(self.names), len(columns)))
        self.bias = np.zeros(len(columns))

    def learn(
        self,
        matrix: csr_matrix,
        docs: Sequence[Doc],
        column: str,
        tells: Sequence[bool],
        truth: Sequence[bool],
        strength: float,
    ) -> None:
        """Fit one column by those documents that tell something of it."""
        chosen = [at for at, use in enumerate(tells) if use]
        if len({truth[at] for at in chosen}) < 2:
            return
        model = regression(strength).fit(
            matrix[chosen], [truth[at] for at in chosen], [docs[at].weight for at in chosen]
        )
        at = self.columns.index(column)
        self.weights[:, at], self.bias[at] = model.coef_[0], model.intercept_[0]

    def matrix(self, docs: Sequence[Doc], *, text_alone: bool = False) -> csr_matrix:
        """One line a message: its terms by rarity, evened out by length, then its signs; of the text alone where that
        is asked for."""
        lines, columns, values = [], [], []
        for line, doc in enumerate(docs):
            terms = [term for term in doc.terms if term[1:2] != ":"] if text_alone else doc.terms
            known = [self.rows[term] for term in terms if term in self.rows]
            norm = evened(sum(self.rarity[at] ** 2 for at in known))
            signs = [] if text_alone else [self.rows[sign] for sign in doc.signs if sign in self.rows]
            lines += [line] * (len(known) + len(signs))
            columns += known + signs
            values += [self.rarity[at] * norm for at in known] + [SIGN] * len(signs)
        return csr_matrix((values, (lines, columns)), shape=(len(docs), len(self.names)))

    def totals(self, docs: Sequence[Doc]) -> np.ndarray:
        """The log-odds of every column for each message."""
        found: np.ndarray = self.matrix(docs) @ self.weights + self.bias
        return found


def regression(strength: float, most: int = 400) -> LogisticRegression:
    """A logistic regression; `strength` is the inverse of its regularisation."""
    return LogisticRegression(C=strength, max_iter=most, tol=1e-4)


def log_odds(share: float) -> float:
    """The log-odds of a probability."""
    return math.log(share / (1.0 - share))


def fit_marks(
    marks: Sequence[Mapping[str, float]], truth: Sequence[object], counts: Sequence[float], strength: float
) -> dict[object, dict[str, float]]:
    """How a few named marks are weighed against each other, for each value of `truth` (for True alone where there are
    two)."""
    names = sorted({name for each in marks for name in each} - {"bias"})
    table = np.array([[each.get(name, 0.0) for name in names] for each in marks])
    model = regression(strength, 5000).fit(table, list(truth), list(counts))
    if len(model.classes_) == 2:
        coefficients = {model.classes_[1]: (model.coef_[0], model.intercept_[0])}
    else:
        coefficients = {label: (model.coef_[at], model.intercept_[at]) for at, label in enumerate(model.classes_)}
    return {
        label: {"bias": round(float(bias), 3)}
        | {name: round(float(w), 3) for name, w in zip(names, line, strict=True) if abs(w) >= 0.001}
        for label, (line, bias) in coefficients.items()
    }


def pack(fit: Fit, weights: Weighted, made_of: str) -> bytes:
    """The file that `watcher.reading.words` unpacks."""
    rarity = np.where(fit.rarity > 0, fit.rarity, 1.0)
    table = fit.weights * rarity[:, None]
    scales = np.maximum(np.abs(table).max(axis=0), 1e-9) / 127
    small = (np.rint(table / scales) + LIFT).astype(np.uint8)
    floor, most = float(fit.rarity.min()), float(fit.rarity.max())
    step = (most - floor) / 255
    head = {
        "columns": fit.columns,
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
