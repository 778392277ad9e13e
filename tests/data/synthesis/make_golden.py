#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes golden.json: what an independent reference (espeak-ng through ctypes, ONNX Runtime in Python) makes of a few phrases.

    python make_golden.py MODEL_DIRECTORY > golden.json

For each phrase: Kokoro's phonemes, and of the trimmed speech the length and the level (dB) of every 20 ms.
"""
import ctypes
import json
import re
import sys

import numpy as np
import onnxruntime

PHRASES = [
    ("en", "en-us", "af_heart", "Could you send me the address by message, please?"),
    ("pt", "pt-br", "pf_dora", "Bom dia, eu gostaria de confirmar a minha consulta de amanhã às nove horas."),
    ("es", "es", "ef_dora", "La reunión fue aplazada hasta el próximo lunes."),
    ("fr", "fr", "ff_siwis", "Je dois annuler ma réservation, parce que je suis malade."),
    ("it", "it", "if_sara", "Quanto costa una camera per due persone?"),
    ("hi", "hi", "hf_alpha", "नमस्ते, आप कैसे हैं?"),
]
ENGLISH = [
    ("ʔˌn\u0329", "tᵊn"), ("ʔn\u0329", "tᵊn"), ("ʔn", "tᵊn"), ("a^ɪ", "I"), ("a^ʊ", "W"), ("d^ʒ", "ʤ"), ("e^ɪ", "A"), ("t^ʃ", "ʧ"),
    ("ɔ^ɪ", "Y"), ("ə^l", "ᵊl"), ("e", "A"), ("ɚ", "əɹ"), ("r", "ɹ"), ("x", "k"), ("ç", "k"), ("ɐ", "ə"), ("\u0303", ""), ("o^ʊ", "O"),
    ("ɜːɹ", "ɜɹ"), ("ɜː", "ɜɹ"), ("ɪə", "iə"), ("ː", ""), ("o", "ɔ"), ("ɾ", "T"), ("ʔ", "t"),
]
OTHER = [("a^ɪ", "I"), ("a^ʊ", "W"), ("d^z", "ʣ"), ("d^ʒ", "ʤ"), ("e^ɪ", "A"), ("o^ʊ", "O"), ("ə^ʊ", "Q"), ("s^s", "S"), ("t^s", "ʦ"),
         ("t^ʃ", "ʧ"), ("ɔ^ɪ", "Y")]
RATE = 24000

espeak = ctypes.CDLL("libespeak-ng.so.1")
espeak.espeak_Initialize(2, 0, None, 0x8000)
espeak.espeak_TextToPhonemes.restype = ctypes.c_char_p
espeak.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int]


def ipa(text, voice):
    assert espeak.espeak_SetVoiceByName(voice.encode()) == 0
    buffer = ctypes.create_string_buffer(text.encode())
    rest = ctypes.c_void_p(ctypes.addressof(buffer))
    clauses = []
    while rest.value:
        clauses.append(espeak.espeak_TextToPhonemes(ctypes.byref(rest), 1, ord("^") << 8 | 0x82).decode())
    return " ".join(filter(None, clauses))


def phonemes(text, voice):
    out = ""
    for clause, mark in re.findall(r"([^,.?!]+)([,.?!]?)", text):
        symbols = re.sub(r"\([a-z^-]+\)", "", ipa(clause.strip(), voice))
        for old, new in ENGLISH if voice == "en-us" else OTHER:
            symbols = symbols.replace(old, new)
        symbols = re.sub(r"(\S)\u0329", r"ᵊ\1", symbols)
        out += (" " if out else "") + re.sub(r"[\^_-]", "", symbols) + mark
    return out


def trim(audio):
    stretch = RATE // 200
    power = np.array([np.mean(audio[i : i + stretch] ** 2) for i in range(0, len(audio), stretch)])
    loud = np.flatnonzero(power >= power.max() * 1e-5)
    return audio[max(0, loud[0] * stretch - RATE * 25 // 1000) : (loud[-1] + 1) * stretch + RATE * 80 // 1000]


def low_pass(audio):
    """What a leg of 16 kHz can carry."""
    spectrum = np.fft.rfft(audio)
    spectrum[np.fft.rfftfreq(len(audio), 1 / RATE) > 7600] = 0
    return np.fft.irfft(spectrum, len(audio))


def main(directory):
    session = onnxruntime.InferenceSession(f"{directory}/kokoro.onnx", providers=["CPUExecutionProvider"])
    ids_of = json.load(open(f"{directory}/tokens.json"))
    golden = []
    for language, espeak_voice, voice, text in PHRASES:
        symbols = phonemes(text, espeak_voice)
        ids = [ids_of[symbol] for symbol in symbols if symbol in ids_of]
        style = np.fromfile(f"{directory}/voices/{voice}.bin", "<f4").reshape(510, 256)[len(ids)]
        feed = {"tokens": np.array([[0, *ids, 0]]), "style": style[None], "speed": np.ones(1, np.float32)}
        speech = low_pass(trim(session.run(None, feed)[0].reshape(-1)))
        frames = speech[: len(speech) // 480 * 480].reshape(-1, 480)
        level = 10 * np.log10(np.mean(frames**2, axis=1) + 1e-10)
        golden.append({"language": language, "voice": voice, "text": text, "phonemes": symbols,
                       "seconds": round(len(speech) / RATE, 3), "level_db": [round(float(x)) for x in level]})
    rows = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in golden)
    print(f"[\n{rows}\n]")


main(sys.argv[1])
