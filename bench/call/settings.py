# SPDX-License-Identifier: GPL-3.0-or-later
"""What parleyd is configured with: the program as it is, the first pipeline that waited for the end of an utterance, and everything
between them."""

import tomllib

from demo import DemoError

Settings = dict[str, object]  # "section.key" → value, as in parley.toml

# In every run: the listener's channel has the translation alone, so that what is voiced in it is translation.
MEASURING: Settings = {"call.original": False}

# Each technique, and what turns it off.
TECHNIQUES: dict[str, Settings] = {
    "partials": {"conversation.partials": False},
    "clauses": {"conversation.clauses": False},
    "speculate": {"conversation.speculate": False},
    "adaptive-endpoint": {"conversation.adaptive_endpoint": False},
    "align-att": {"conversation.align_att": False},
    "smooth-joins": {"conversation.smooth_joins": False},
    "stretch": {"conversation.stretch": False},
    "draft": {"recognition.draft": False},
    "window": {"recognition.whisper_threads": 2, "recognition.whisper_window_s": 15},
}
FIRST_PIPELINE: Settings = {
    "endpoint.silence_ms": 600,
    "endpoint.max_utterance_ms": 14000,
    "call.talk_over": "ignore",
    "call.level": False,
}

BASELINE: Settings = {key: value for off in TECHNIQUES.values() for key, value in off.items()} | FIRST_PIPELINE


def parse(assignments: list[str]) -> Settings:
    """--set section.key=value, the value as in TOML, or a word."""
    settings: Settings = {}
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if not equals or "." not in key:
            raise DemoError(f"--set {assignment}: it must be section.key=value, such as --set endpoint.silence_ms=300")
        try:
            settings[key.strip()] = tomllib.loads(f"value = {value.strip()}")["value"]
        except tomllib.TOMLDecodeError:
            settings[key.strip()] = value.strip()
    return settings


def to_toml(settings: Settings) -> str:
    """Tables of parley.toml."""
    sections: dict[str, list[str]] = {}
    for name, value in settings.items():
        section, _, key = name.rpartition(".")
        sections.setdefault(section, []).append(f"{key} = {_value(value)}")
    return "\n".join(line for section, lines in sections.items() for line in (f"[{section}]", *lines))


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else f'"{value}"'
