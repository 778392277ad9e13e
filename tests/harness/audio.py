# SPDX-License-Identifier: GPL-3.0-or-later
"""Signals for tests: making, reading and comparing them. Samples are s16 mono in numpy arrays."""

import wave
from pathlib import Path

import numpy as np

HEADER = 44  # bytes, as libsndfile writes it


def read_wav(path: str | Path) -> tuple[np.ndarray, int]:
    """Samples and rate of a mono 16-bit file. A file whose header was never completed gives what it holds."""
    try:
        with wave.open(str(path), "rb") as file:
            if file.getnchannels() != 1 or file.getsampwidth() != 2:
                raise ValueError(f"{path} is not mono 16 bit")
            data = file.readframes(file.getnframes())
            return np.frombuffer(data[: len(data) // 2 * 2], dtype="<i2"), file.getframerate()
    except wave.Error:
        return _read_unfinished(Path(path).read_bytes(), path)


def _read_unfinished(data: bytes, path: str | Path) -> tuple[np.ndarray, int]:
    """Of a phone that was ended while it recorded: a header without lengths, and samples."""
    header, samples = data[:HEADER], data[HEADER:]
    if len(header) < HEADER or header[:4] != b"RIFF" or header[20:24] != b"\1\0\1\0":
        raise ValueError(f"{path} is no recording")
    return np.frombuffer(samples[: len(samples) // 2 * 2], dtype="<i2"), int.from_bytes(header[24:28], "little")


def write_wav(path: str | Path, samples: np.ndarray, rate: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
    return Path(path)


def babble(seconds: float, rate: int, seed: int = 1) -> np.ndarray:
    """Noise in the band of speech with syllables, so that every moment of it is recognisable: for correlation."""
    random = np.random.default_rng(seed)
    count = int(seconds * rate)
    spectrum = np.fft.rfft(random.standard_normal(count))
    frequency = np.fft.rfftfreq(count, 1 / rate)
    spectrum *= (frequency > 250) & (frequency < 3000)
    noise = np.fft.irfft(spectrum, count)
    syllables = 0.6 + 0.4 * np.sin(2 * np.pi * 4 * np.arange(count) / rate)
    noise *= syllables / np.abs(noise).max()
    return (noise * 12000).astype(np.int16)


def tone(seconds: float, rate: int, hertz: float = 1000.0, level: float = 8000.0) -> np.ndarray:
    return (level * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)).astype(np.int16)


def resample(samples: np.ndarray, rate: int, to: int) -> np.ndarray:
    """By Fourier: exact for band-limited signals, good for tests."""
    if rate == to:
        return samples
    count = len(samples) * to // rate
    spectrum = np.fft.rfft(samples.astype(float))
    out = np.zeros(count // 2 + 1, dtype=complex)
    keep = min(len(out), len(spectrum))
    out[:keep] = spectrum[:keep]
    return np.clip(np.fft.irfft(out, count) * to / rate, -32768, 32767).astype(np.int16)


def alignment(reference: np.ndarray, heard: np.ndarray) -> tuple[float, int]:
    """The best normalised correlation of `reference` inside `heard`, and the sample of `heard` where it begins."""
    a = reference.astype(float)
    b = heard.astype(float)
    if len(b) < len(a):
        b = np.pad(b, (0, len(a) - len(b)))
    size = 1 << (len(a) + len(b)).bit_length()
    product = np.fft.irfft(np.fft.rfft(b, size) * np.conj(np.fft.rfft(a, size)), size)[: len(b) - len(a) + 1]
    energy = np.concatenate(([0.0], np.cumsum(b * b)))
    window = energy[len(a) :] - energy[: len(b) - len(a) + 1]
    norm = np.sqrt(np.maximum(window, 1.0) * max(np.sum(a * a), 1.0))
    score = product / norm
    best = int(np.argmax(score))
    return float(score[best]), best


def share_heard(reference: np.ndarray, heard: np.ndarray, rate: int = 16000, least: float = 0.9) -> float:
    """How much of `reference`, in quarters of a second, is found in `heard`. A gap of a busy machine costs its quarter only."""
    length = rate // 4
    pieces = [reference[begin : begin + length] for begin in range(0, len(reference) - length + 1, length)]
    return sum(alignment(piece, heard)[0] > least for piece in pieces) / len(pieces)


def level(samples: np.ndarray) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(samples.astype(float) ** 2))) if len(samples) else 0.0
