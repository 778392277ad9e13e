#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How near windowed speech comes to the whole Kokoro graph: voice_quality.py [RESULT.json] [--report DIRECTORY]

Speaks five phrases in each of 13 voices and three mixed style packs with both (build/release/bench/render_voices), and compares:
log-spectral distance, level, energy and sample jumps at the seams, and likeness of the voice (GE2E embeddings, Wan et al. 2018).
With --report it also writes DIRECTORY/voice-quality.md and spectrograms of the worst phrases. Needs the Python environment of
set-up (`make models`), whose interpreter it starts by itself.
"""
from __future__ import annotations

import argparse
import json
import os
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

CACHE = Path(os.environ.get("PARLEY_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "parley")
MODELS = Path(os.environ.get("PARLEY_MODELS") or CACHE / "models")
PYTHON = CACHE / "venv" / "bin" / "python"
if Path(sys.prefix) != PYTHON.parents[1] and PYTHON.exists():
    os.execv(PYTHON, [str(PYTHON), *sys.argv])

import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402

SOURCE = Path(__file__).resolve().parents[1]
BUILD = Path(os.environ.get("PARLEY_BUILD") or SOURCE / "build" / "release")
RATE, ENCODER_RATE = 24000, 16000

PHRASES = {
    "en": [
        "No, thanks.",
        "Good morning,",
        "Could you send me the address?",
        "The doctor will call you back this afternoon.",
        "We have moved your appointment to Wednesday, the fourth of March, at a quarter past ten.",
    ],
    "pt": [
        "Não, obrigado.",
        "Bom dia,",
        "Você pode me enviar o endereço?",
        "A médica vai ligar para você hoje à tarde.",
        "Mudamos a sua consulta para quarta-feira, quatro de março, às dez e quinze.",
    ],
}
VOICES = [
    *[(voice, "en") for voice in ("af_heart", "af_bella", "af_nova", "bf_emma", "am_adam", "am_michael", "bm_george")],
    *[(voice, "pt") for voice in ("pf_dora", "af_sarah", "if_sara", "pm_alex", "pm_santa", "am_fenrir")],
]
# A voice between two: name → parts. As adapted voices are: packs that nobody was recorded for.
MIXES = {
    "mix_women": ("en", {"af_heart": 0.5, "pf_dora": 0.5}),
    "mix_men": ("pt", {"am_michael": 0.6, "pm_alex": 0.4}),
    "mix_both": ("en", {"bf_emma": 0.5, "am_adam": 0.5}),
}


# -- speech ---------------------------------------------------------------------------------------------------------------


def render(directory: Path, wanted: list[str]) -> list[dict]:
    """Every phrase in every voice, or in those wanted, whole and in windows."""
    models = directory / "kokoro"
    (models / "voices").mkdir(parents=True)
    for file in ("kokoro.onnx", "front.onnx", "generator.bin", "tokens.json"):
        (models / file).symlink_to(MODELS / "kokoro" / file)
    for pack in (MODELS / "kokoro" / "voices").glob("*.bin"):
        (models / "voices" / pack.name).symlink_to(pack)
    for name, (_, parts) in MIXES.items():
        packs = [weight * np.fromfile(MODELS / "kokoro" / "voices" / f"{voice}.bin", "<f4") for voice, weight in parts.items()]
        np.sum(packs, axis=0).astype("<f4").tofile(models / "voices" / f"{name}.bin")
    uses = VOICES + [(name, language) for name, (language, _) in MIXES.items()]
    uses = [use for use in uses if not wanted or use[0] in wanted]
    lines = [f"{voice}\t{language}\t{text}\n" for voice, language in uses for text in PHRASES[language]]
    (directory / "phrases.tsv").write_text("".join(lines))
    subprocess.run([BUILD / "bench" / "render_voices", models, directory / "phrases.tsv", directory], check=True)
    rows = json.loads((directory / "index.json").read_text())
    for i, row in enumerate(rows):
        row["whole"] = np.fromfile(directory / f"{i}.whole.f32", "<f4").astype(np.float64)
        row["windows"] = np.fromfile(directory / f"{i}.windows.f32", "<f4").astype(np.float64)
    return rows


# -- measures -------------------------------------------------------------------------------------------------------------


def decibel(power):
    return 10 * np.log10(np.maximum(power, 1e-14))


def frames_of(samples: np.ndarray, size: int, hop: int) -> np.ndarray:
    samples = np.pad(samples, (0, max(0, size - len(samples))))
    return np.lib.stride_tricks.sliding_window_view(samples, size)[::hop]


def spectrogram(samples: np.ndarray, size: int = 1024, hop: int = 256) -> np.ndarray:
    """Power in dB, [frames][size / 2 + 1]."""
    return decibel(np.abs(np.fft.rfft(frames_of(samples, size, hop) * np.hanning(size))) ** 2)


def log_spectral_distance(whole: np.ndarray, windows: np.ndarray) -> float:
    """Root mean square over frequency, mean over the frames in which somebody speaks, dB. Below -60 dB is the same silence."""
    a, b = spectrogram(whole), spectrogram(windows)
    floor = a.max() - 60
    loud = a.max(axis=1) > a.max() - 45
    return float(np.sqrt(((np.maximum(a, floor) - np.maximum(b, floor)) ** 2).mean(axis=1))[loud].mean())


def speech_level(samples: np.ndarray) -> float:
    """Mean level, in dB, of the stretches of 5 ms within 25 dB of the loudest."""
    power = (frames_of(samples, 120, 120) ** 2).mean(axis=1)
    return float(decibel(power[power > power.max() * 10**-2.5].mean()))


def seam_energies(row: dict) -> list[float]:
    """How far the 10 ms around each seam are from the whole's, dB; where the whole is not silent."""
    found = []
    loudest = (frames_of(row["whole"], 240, 240) ** 2).mean(axis=1).max()
    for seam in row["seams"]:
        here = slice(max(0, seam - 60), seam + 180)  # the cross-fade is 120 samples from the seam
        power = (row["whole"][here] ** 2).mean()
        if power > loudest * 1e-4:
            found.append(abs(float(decibel((row["windows"][here] ** 2).mean()) - decibel(power))))
    return found


def seam_jump(row: dict) -> float:
    """The largest step between neighbouring samples near a seam, against the largest of the phrase itself."""
    steps = np.abs(np.diff(row["windows"]))
    at_seams = [steps[max(0, seam - 20) : seam + 140].max() for seam in row["seams"]]
    return float(max(at_seams, default=0.0) / steps.max())


# -- likeness -------------------------------------------------------------------------------------------------------------


def resample(samples: np.ndarray, rate: int, to: int) -> np.ndarray:
    count = len(samples) * to // rate
    return np.fft.irfft(np.fft.rfft(samples)[: count // 2 + 1], count) * (count / len(samples))


def mel_bands(bands: int = 40, size: int = 400, rate: int = ENCODER_RATE) -> np.ndarray:
    """Slaney's mel filter bank, area-normalised: [bands][size / 2 + 1]."""

    def to_hertz(mel):
        return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))

    top = 15 + 27 * np.log(rate / 2 / 1000) / np.log(6.4)
    edges = to_hertz(np.linspace(0, top, bands + 2))
    frequencies = np.fft.rfftfreq(size, 1 / rate)
    rising = (frequencies - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - frequencies) / (edges[2:] - edges[1:-1])[:, None]
    return np.maximum(0, np.minimum(rising, falling)) * (2 / (edges[2:] - edges[:-2]))[:, None]


class VoiceEncoder:
    """Resemblyzer's GE2E encoder (models/ge2e): speech → a direction in 256 dimensions."""

    def __init__(self) -> None:
        self.session = onnxruntime.InferenceSession(MODELS / "ge2e" / "ge2e.onnx", providers=["CPUExecutionProvider"])
        self.bands = mel_bands()

    def embed(self, samples: np.ndarray) -> np.ndarray:
        """24 kHz samples. Mean over stretches of 1.6 s, half overlapping; shorter speech is padded."""
        wave = resample(samples, RATE, ENCODER_RATE)
        wave *= 10 ** (-30 / 20) / max(1e-9, np.sqrt((wave**2).mean()))
        power = np.abs(np.fft.rfft(frames_of(np.pad(wave, 200), 400, 160) * np.hanning(401)[:-1])) ** 2
        mel = power @ self.bands.T
        mel = np.pad(mel, ((0, max(0, 160 - len(mel))), (0, 0)))
        starts = [*range(0, len(mel) - 160, 77), len(mel) - 160]
        batch = np.stack([mel[s : s + 160] for s in starts]).astype(np.float32)
        mean = self.session.run(None, {"mel": batch})[0].mean(axis=0)
        return mean / np.linalg.norm(mean)


# -- report ---------------------------------------------------------------------------------------------------------------


def compare(rows: list[dict]) -> list[dict]:
    """One record a voice."""
    encoder = VoiceEncoder()
    for row in rows:
        row["lsd_db"] = log_spectral_distance(row["whole"], row["windows"])
        row["level_db"] = speech_level(row["windows"]) - speech_level(row["whole"])
        row["seam_db"] = seam_energies(row)
        row["jump"] = seam_jump(row)
        row["cosine"] = float(encoder.embed(row["whole"]) @ encoder.embed(row["windows"]))
    records = []
    for voice, language in dict.fromkeys((row["voice"], row["language"]) for row in rows):
        own = [row for row in rows if row["voice"] == voice]
        whole, windows = (encoder.embed(np.concatenate([row[kind] for row in own])) for kind in ("whole", "windows"))
        seams = [value for row in own for value in row["seam_db"]]
        records.append({
            "voice": voice,
            "language": language,
            "cosine": float(whole @ windows),
            "cosine_worst_phrase": min(row["cosine"] for row in own if len(row["whole"]) >= 1.6 * RATE),
            "lsd_db": float(np.mean([row["lsd_db"] for row in own])),
            "level_db": float(np.mean([row["level_db"] for row in own])),
            "level_db_worst": max((row["level_db"] for row in own), key=abs),
            "seam_db": float(np.mean(seams)),
            "seam_db_worst": max(seams),
            "jump": max(row["jump"] for row in own),
        })
    return records


COLUMNS = [
    ("voice", "voice", "{}"), ("language", "speaks", "{}"), ("cosine", "cosine", "{:.3f}"),
    ("cosine_worst_phrase", "worst phrase", "{:.3f}"), ("lsd_db", "distance, dB", "{:.2f}"), ("level_db", "level, dB", "{:+.2f}"),
    ("level_db_worst", "worst", "{:+.2f}"), ("seam_db", "seams, dB", "{:.2f}"), ("seam_db_worst", "worst", "{:.2f}"),
    ("jump", "jump", "{:.2f}"),
]


def table(records: list[dict]) -> str:
    numbers = [key for key, _, form in COLUMNS if form != "{}"]
    mean = {"voice": "**mean**", "language": ""} | {key: float(np.mean([r[key] for r in records])) for key in numbers}
    lines = ["| " + " | ".join(title for _, title, _ in COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    lines += ["| " + " | ".join(form.format(r[key]) for key, _, form in COLUMNS) + " |" for r in [*records, mean]]
    return "\n".join(lines)


def write_png(path: Path, pixels: np.ndarray) -> None:
    """Pixels [height][width][3], 8 bits."""
    raw = b"".join(b"\0" + row.tobytes() for row in pixels.astype(np.uint8))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(raw, 9)) + chunk(b"IEND", b""))


def picture(row: dict) -> np.ndarray:
    """The whole above, the windows below, 0 to 12 kHz, 60 dB from black to white; seams marked between them."""
    shades = np.array([[0, 0, 0], [60, 15, 110], [185, 50, 95], [250, 140, 40], [255, 255, 200]], float)
    top = spectrogram(row["whole"]).max()
    images = []
    for kind in ("whole", "windows"):
        level = np.clip((spectrogram(row[kind], hop=128) - top) / 60 + 1, 0, 1)[:, ::2].T[::-1]
        place = level * (len(shades) - 1)
        low = np.minimum(place.astype(int), len(shades) - 2)
        images.append(shades[low] + (shades[low + 1] - shades[low]) * (place - low)[..., None])
    between = np.full((9, images[0].shape[1], 3), 255.0)
    for seam in row["seams"]:
        between[:, min(between.shape[1] - 1, max(0, (seam - 512) // 128))] = 0
    return np.concatenate([images[0], between, images[1]])


def write_report(directory: Path, rows: list[dict], records: list[dict]) -> None:
    (directory / "images").mkdir(parents=True, exist_ok=True)
    worst = sorted((row for row in rows if len(row["whole"]) > RATE), key=lambda row: -row["lsd_db"])[:3]
    pictures = []
    for i, row in enumerate(worst, 1):
        write_png(directory / "images" / f"voice-quality-{i}.png", picture(row))
        pictures.append(
            f"\n{i}. {row['voice']}, \"{row['text']}\": distance {row['lsd_db']:.2f} dB, level {row['level_db']:+.2f} dB.\n\n"
            f"![whole above, windows below](images/voice-quality-{i}.png)\n"
        )
    text = (directory / "voice-quality.md").read_text() if (directory / "voice-quality.md").exists() else "<!-- table -->\n"
    head = text.split("<!-- table -->")[0]
    (directory / "voice-quality.md").write_text(f"{head}<!-- table -->\n{table(records)}\n{''.join(pictures)}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("result", nargs="?", type=Path, default=SOURCE / "build" / "bench" / "voice_quality.json")
    parser.add_argument("--report", type=Path, help="also write voice-quality.md and images/ into this directory")
    parser.add_argument("--voice", action="append", default=[], help="only this voice; may be given again")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="parley-voices-") as scratch:
        rows = render(Path(scratch), options.voice)
    records = compare(rows)
    print(table(records))
    options.result.parent.mkdir(parents=True, exist_ok=True)
    kept = ("voice", "language", "text", "cosine", "lsd_db", "level_db", "seam_db", "jump")
    phrases = [{key: row[key] for key in kept} | {"seconds": len(row["whole"]) / RATE} for row in rows]
    options.result.write_text(json.dumps({"voices": records, "phrases": phrases}, indent=1) + "\n")
    if options.report:
        write_report(options.report, rows, records)
    return 0


if __name__ == "__main__":
    sys.exit(main())
