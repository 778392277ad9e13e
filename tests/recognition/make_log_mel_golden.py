#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes tests/data/recognition/log_mel.json: Whisper's front end in numpy, in double precision, on a signal made of formulas.

Follows openai/whisper's audio.py and librosa.filters.mel(sr=16000, n_fft=400, n_mels=80). Run again only to change the signal.
"""

import json
import pathlib

import numpy as np

RATE, FFT, HOP, BANDS = 16000, 400, 160, 80
SPEECH, FRAMES = 16000, 200  # 1 s of signal in a window of 2 s
SHOWN = [0, 1, 37, 98, 99, 100, 101, 150, 199]


def signal():
    t = np.arange(SPEECH) / RATE
    state, noise = 1, []
    for _ in range(SPEECH):
        state = (1103515245 * state + 12345) % 2**31
        noise.append(state / 2**30 - 1)
    return 0.3 * np.sin(2 * np.pi * 440 * t) + 0.2 * np.sin(2 * np.pi * (300 * t + 1500 * t * t)) + 0.01 * np.array(noise)


def mel_filters():
    def hz(mel):
        return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))

    top = 15 + np.log(RATE / 2 / 1000) / np.log(6.4) * 27
    edges = hz(np.linspace(0, top, BANDS + 2))
    bins = np.arange(FFT // 2 + 1) * RATE / FFT
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(rising, falling)) * (2 / (edges[2:] - edges[:-2]))[:, None]


def log_mel(x):
    padded = np.pad(np.pad(x, (0, FRAMES * HOP - len(x))), FFT // 2, mode="reflect")
    window = np.hanning(FFT + 1)[:-1]
    frames = np.stack([padded[i * HOP : i * HOP + FFT] * window for i in range(FRAMES)])
    power = np.abs(np.fft.rfft(frames)) ** 2
    mel = np.log10(np.maximum(mel_filters() @ power.T, 1e-10))
    return (np.maximum(mel, mel.max() - 8) + 4) / 4


if __name__ == "__main__":
    mel = log_mel(signal())
    out = pathlib.Path(__file__).parent.parent / "data" / "recognition" / "log_mel.json"
    rows = {str(f): [round(float(v), 5) for v in mel[:, f]] for f in SHOWN}
    out.write_text(json.dumps({"frames": FRAMES, "columns": rows}) + "\n")
