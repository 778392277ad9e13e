# SPDX-License-Identifier: GPL-3.0-or-later
"""chrF of translations against references: Popović, "chrF: character n-gram F-score for automatic MT evaluation" (2015), counted as
sacreBLEU counts by default: n-grams of 1 to 6 characters, no white space, recall weighs twice (β = 2), counts summed over all
sentences, orders without an n-gram on either side left out."""

from collections import Counter
from collections.abc import Sequence

ORDER = 6
BETA = 2.0


def chrf(hypotheses: Sequence[str], references: Sequence[str]) -> float:
    """0 … 100."""
    counts = [(0, 0, 0)] * ORDER
    for hypothesis, reference in zip(hypotheses, references, strict=True):
        for order in range(ORDER):
            ours, theirs = _grams(hypothesis, order + 1), _grams(reference, order + 1)
            common = (ours & theirs).total()
            a, b, c = counts[order]
            counts[order] = (a + ours.total(), b + theirs.total(), c + common)
    used = [(common / ours, common / theirs) for ours, theirs, common in counts if ours and theirs]
    if not used:
        return 0.0
    precision = sum(p for p, _ in used) / len(used)
    recall = sum(r for _, r in used) / len(used)
    if precision + recall == 0:
        return 0.0
    weight = BETA**2
    return 100 * (1 + weight) * precision * recall / (weight * precision + recall)


def _grams(text: str, order: int) -> Counter[str]:
    characters = "".join(text.split())
    return Counter(characters[i : i + order] for i in range(len(characters) - order + 1))
