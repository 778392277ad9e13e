# SPDX-License-Identifier: GPL-3.0-or-later
"""Speaks phrases with hibari and says how long each took: task and result as in bench/synthesis_task.h, on stdin and stdout.

hibari is a Python package and is measured as one: its own front end, its ONNX model, its numpy waveform generator. A phrase's
speech counts without the silence around it, as ours does (src/synthesis/speech_shape.h); it is not levelled or resampled.

    python3 bench/hibari.py DIRECTORY-OF-THE-PACKAGE <task.json
"""
import json
import sys
import time
from pathlib import Path

sys.path.insert(0, sys.argv[1])
import numpy as np  # noqa: E402
from hibari import Hibari, SAMPLE_RATE, write_wav  # noqa: E402

STRETCH = SAMPLE_RATE // 200
LEAD, TAIL = SAMPLE_RATE * 25 // 1000, SAMPLE_RATE * 80 // 1000


def resident_mb():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 / 1e6 for line in lines if line.startswith("VmRSS:"))


def speech_seconds(samples):
    """Without what is 50 dB below the loudest 5 ms at both ends, but 25 ms before and 80 ms behind."""
    power = (samples[: len(samples) // STRETCH * STRETCH].reshape(-1, STRETCH) ** 2).mean(axis=1)
    loud = np.flatnonzero(power > power.max() * 1e-5)
    begin, end = loud[0] * STRETCH - LEAD, (loud[-1] + 1) * STRETCH + TAIL
    return (min(end, len(samples)) - max(begin, 0)) / SAMPLE_RATE


def speak(tts, text):
    start, cpu_start = time.perf_counter(), time.process_time()
    times, chunks = {}, []
    for chunk in tts.stream(text):
        if not chunks:
            times["first_ms"] = (time.perf_counter() - start) * 1e3
            times["first_cpu_ms"] = (time.process_time() - cpu_start) * 1e3
        chunks.append(chunk)
    times["total_ms"] = (time.perf_counter() - start) * 1e3
    times["total_cpu_ms"] = (time.process_time() - cpu_start) * 1e3
    samples = np.concatenate(chunks)
    times["seconds"] = speech_seconds(samples)
    return samples, times


def main():
    task = json.load(sys.stdin)
    start = time.perf_counter()
    tts = Hibari(threads=task["threads"])
    for phrase in task["warm_up"]:  # the front end is loaded by the first
        speak(tts, phrase["text"])
    result = {"load_ms": (time.perf_counter() - start) * 1e3, "runs": []}
    for number in range(task["rounds"]):
        for i, phrase in enumerate(task["phrases"]):
            samples, times = speak(tts, phrase["text"])
            result["runs"].append({"phrase": i, **times})
            if task["wav"] and number == 0:
                write_wav(f"{task['wav']}/{i + 1:02}.wav", samples)
    json.dump(result | {"rss_mb": resident_mb()}, sys.stdout)


if __name__ == "__main__":
    main()
