"""Trains the linear model that reads beside the phrase rules, and packs it: `make model`.

    python tools/train_words.py [LANGUAGE] [--measure]

Reads the made-up messages of `fixtures/training/LANGUAGE-*.yaml`, writes `watcher/knowledge/LANGUAGE/words.bin`, and
prints how the rules alone, the model alone, and both together read messages of writers whose other messages they never
saw. The same messages give the same bytes. scikit-learn is needed here alone; the reader only adds up what is packed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tools.fitting import Fit, Weighted, fit_marks, log_odds, pack, regression
from tools.training import SAYS, Doc, digest, documents
from watcher.reading.agreement import MINE, THEIRS, hiring_marks, says_marks, softmax
from watcher.reading.model import Says
from watcher.reading.words import CANDIDATE, HIRING, HIRING_MINE, Opinion

ROOT = Path(__file__).parents[1]
TRAINING = ROOT / "fixtures" / "training"
LEAST = 4  # messages that a term must be in
STRENGTH = 2.0  # of the fit to the words (inverse of the regularisation)
AGREEMENT_STRENGTH = 0.3
VOICE_STRENGTH = 10.0
MAILBOX = 0.5  # the share of hiring mail in what the sieve lets through; the made-up messages hold more or less of it
# What may speak for hiring mail, never against it, though among hard cases made on purpose it can look so.
NEVER_AGAINST = ("role", "frame", "certain frame")
FOLDS = 5  # parts that the writers are put in, to judge each by a model that never saw it
COLUMNS = (HIRING, HIRING_MINE, CANDIDATE, *(says.value for says in SAYS))


def trained(docs: Sequence[Doc]) -> Fit:
    """Whether it is hiring mail, by others and by the user, and what it says."""
    fit = Fit(docs, COLUMNS, LEAST)
    matrix, hiring = fit.matrix(docs), [doc.hiring for doc in docs]
    fit.learn(matrix, docs, HIRING, [doc.tells_hiring for doc in docs], hiring, STRENGTH)
    fit.learn(matrix, docs, HIRING_MINE, [doc.tells_mine for doc in docs], hiring, STRENGTH)
    speaks = [doc.hiring and not doc.bare and doc.says is not Says.AUTO_REPLY for doc in docs]
    text = fit.matrix(docs, text_alone=True)
    fit.learn(text, docs, CANDIDATE, speaks, [doc.mine for doc in docs], VOICE_STRENGTH)
    chosen = [at for at, doc in enumerate(docs) if doc.says in SAYS]
    model = regression(STRENGTH).fit(
        matrix[chosen], [docs[at].says.value for at in chosen], [docs[at].weight for at in chosen]
    )
    for at, label in enumerate(model.classes_):
        column = COLUMNS.index(label)
        fit.weights[:, column], fit.bias[column] = model.coef_[at], model.intercept_[at]
    return fit


def opinions_of(fit: Fit, docs: Sequence[Doc]) -> list[Opinion]:
    """What the model makes of each message."""
    found = []
    for doc, line in zip(docs, fit.totals(docs), strict=True):
        says = softmax({each: float(line[COLUMNS.index(each.value)]) for each in SAYS})
        found.append(Opinion(float(line[1 if doc.mine else 0]), says))
    return found


def cross(docs: Sequence[Doc]) -> list[Opinion]:
    """Each message as a model judges it that saw no other message of the same writer."""
    writers = sorted({doc.writer for doc in docs})
    found: dict[str, Opinion] = {}
    for fold in range(FOLDS):
        held = frozenset(writers[fold::FOLDS])
        apart = [doc for doc in docs if doc.writer in held]
        if apart:
            rest = [doc for doc in docs if doc.writer not in held]
            found.update(zip((doc.id for doc in apart), opinions_of(trained(rest), apart), strict=True))
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
        found = fit_marks(marks, truth, counts, strength=1.0)[True]
        against = {name for name in NEVER_AGAINST if found.get(name, 0.0) < 0.0}
        if against:
            marks = [{name: value for name, value in each.items() if name not in against} for each in marks]
            found = fit_marks(marks, truth, counts, strength=1.0)[True]
        share = sum(count for count, hiring in zip(counts, truth, strict=True) if hiring) / sum(counts)
        found["bias"] = round(found["bias"] + log_odds(MAILBOX) - log_odds(share), 3)
        weights[name] = found
    spoken = [pair for pair in pairs if pair[0].says in SAYS]
    marks = [says_marks(doc.seen, opinion) for doc, opinion in spoken]
    by_label = fit_marks(
        marks, [doc.says.value for doc, _ in spoken], [doc.weight for doc, _ in spoken], strength=AGREEMENT_STRENGTH
    )
    return weights | {str(label): found for label, found in by_label.items()}


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
        data = pack(trained(docs), weights, digest(TRAINING, options.language))
        (ROOT / "watcher" / "knowledge" / options.language / "words.bin").write_bytes(data)
        print(f"{len(data):,} bytes")


if __name__ == "__main__":
    main()
