# SPDX-License-Identifier: GPL-3.0-or-later
"""Foretells the statistics of a phrase's norms from what its front half gives: the tensors map.encode and map.decode.

    statistics(phrase) = base(voice, language) + decodeᵀ (encodeᵀ summary(phrase))

The base is measured for each voice elsewhere, so the map only has to know how phrases of one voice differ. It is a ridge
regression between deviations from the averages of each voice, reduced to the rank that matters.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DEVIATION_FLOOR = 1e-2
VARIANCE_FLOOR = 1e-5  # the epsilon of the norms
RANK = 48
RIDGE = 0.15
FOLDS = 9  # of the cross-validation: the map is tried on the voices of a ninth, fitted without them


def summary(features: np.ndarray, harmonics: np.ndarray, lead_frames: int) -> np.ndarray:
    """What the map sees of a phrase: features [frames, 512], harmonics [60 frames + 1, 22], frames of its first token. [1071]"""
    frames = len(features)
    moments = [m for x in (features, harmonics) for m in (x.mean(0), np.log(x.std(0) + DEVIATION_FLOOR))]
    voiced = max(1, frames - lead_frames)
    return np.concatenate([*moments, [np.log(frames), voiced / frames, np.log(voiced)]], dtype=np.float64)


def statistics_row(mean: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """What the map foretells: [2 · channels]."""
    return np.concatenate([mean, np.log(variance + VARIANCE_FLOOR)], dtype=np.float64)


@dataclass
class Observations:
    """Summaries [n, 1071] and statistics rows [n, 18432] of phrases, and each one's voice and group (voice and language)."""

    x: np.ndarray
    y: np.ndarray
    voice: np.ndarray
    group: np.ndarray

    def of(self, chosen: np.ndarray) -> Observations:
        return Observations(self.x[chosen], self.y[chosen], self.voice[chosen], self.group[chosen])


def centred(values: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Deviations from the averages of groups."""
    out = values.copy()
    for group in np.unique(groups):
        out[groups == group] -= values[groups == group].mean(0)
    return out


def output_units(y: np.ndarray) -> np.ndarray:
    """What a deviation of each output is measured in: a mean's in the channel's typical deviation, a log variance's as it is."""
    half = y.shape[1] // 2
    return np.concatenate([np.exp(y[:, half:].mean(0) / 2), np.ones(half)])


@dataclass
class Map:
    encode: np.ndarray  # [inputs, rank]
    decode: np.ndarray  # [rank, outputs]

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return x @ self.encode @ self.decode

    def tensors(self) -> dict[str, np.ndarray]:
        return {"map.encode": self.encode.astype(np.float32), "map.decode": self.decode.astype(np.float32)}


def fit(seen: Observations, units: np.ndarray, rank: int = RANK, ridge: float = RIDGE) -> Map:
    x, y = centred(seen.x, seen.voice), centred(seen.y, seen.voice) / units
    spread = x.std(0)
    scale = (spread + 0.05 * np.median(spread) + 1e-6) * np.sqrt(x.shape[1])
    x = x / scale
    kernel = x @ x.T
    dual = np.linalg.solve(kernel + ridge * np.eye(len(x)), y)
    # The directions in which the fitted outputs are largest, in the units of the outputs.
    fitted = kernel @ dual
    directions = np.linalg.eigh(fitted @ fitted.T)[1][:, : -rank - 1 : -1].T @ fitted
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    return Map((x.T @ (dual @ directions.T)) / scale[:, None], directions * units)


def explained(seen: Observations, units: np.ndarray, foretell) -> tuple[float, float]:
    """Shares of the variance within groups, of the means and of the log variances, that is explained in voices which were
    left out of the fit. `foretell` makes a function of summaries from observations."""
    voices = np.unique(seen.voice)
    rest = np.empty_like(seen.y)
    for fold in range(FOLDS):
        out = np.isin(seen.voice, voices[fold::FOLDS])
        held = seen.of(out)
        rest[out] = centred(held.y - foretell(seen.of(~out))(held.x), held.group) / units
    whole = centred(seen.y, seen.group) / units
    halves = slice(whole.shape[1] // 2), slice(whole.shape[1] // 2, None)
    return tuple(float(1 - np.sum(rest[:, half] ** 2) / np.sum(whole[:, half] ** 2)) for half in halves)
