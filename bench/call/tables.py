# SPDX-License-Identifier: GPL-3.0-or-later
"""Results as people read them on a terminal."""

from collections.abc import Iterator

from .results import directions_of

WORDS = 44
LAGS = {"response_lag_ms": "response lag", "pause_ms": "pause", "onset_lag_ms": "onset lag", "finish_lag_ms": "finish lag"}
COMPARED = ("response_lag_ms", "pause_ms", "onset_lag_ms", "finish_lag_ms")
PLAIN = (
    "utterances", "lost", "repeated", "incomplete", "words_missing",
    "chrf_full", "chrf_full_of_heard", "chrf_ref", "chrf_ref_of_heard", "chrf_ref_of_whole",
)  # fmt: skip


def lines(result: dict) -> Iterator[str]:
    """Each utterance: the recordings, and beside them the ledger."""
    yield "  #        said  |       recordings, ms          |   ledger, ms         |"
    yield "                s| pause response onset finish   | response onset finish| pieces chrF  words"
    for number, row in enumerate(result["lines"], 1):
        own = row["ledger"]
        heard = [row["pause_ms"], row["response_lag_ms"], row["onset_lag_ms"], row["finish_lag_ms"]]
        noted = [own.get("response_lag_ms"), own.get("onset_lag_ms"), own.get("finish_lag_ms")]
        yield (
            f"{number:3} {row['direction']} {row['source_s']:6.1f} | {_numbers(heard, (5, 8, 6, 6))}   | {_numbers(noted, (8, 6, 6))}| "
            f"{own['pieces']:5} {row['chrf_full']:5.0f}  {_shorten(row['text'])}{_faults(row)}"
        )


def summary(result: dict) -> Iterator[str]:
    for direction in directions_of(result):
        yield from _direction(direction, result[direction])
    yield f"drift {_plain(result['drift_ms_per_min'])} ms/min · parleyd {result['cpu_percent']} % of a core · load {result['load']}"
    yield (
        f"recordings − ledger, onset: {_plain(result['recordings_minus_ledger_ms'])} ms, the way through phones, codecs and Asterisk; "
        f"the phones alone (by Asterisk's echo): {result['phones_ms'] or '–'}"
    )
    if result["nobody_said"]:
        yield f"nobody said: {result['nobody_said']}"


def _direction(name: str, result: dict) -> Iterator[str]:
    yield f"{name.replace('_', ' → ')}: {result['utterances']} utterances, {result['lost']} lost, {result['repeated']} repeated"
    yield f"  {result['incomplete']} incomplete by their sound, {result['words_missing']} by the words understood"
    for key, title in LAGS.items():
        yield f"  {title:14} {_spread(result[key])}"
    yield f"  {'LAAL':14} mean {_plain(result['laal_ms'])} ms"
    long = result["long"]
    if long["utterances"]:
        yield (
            f"  over 6 s       {long['utterances']}: onset lag {_spread(long['onset_lag_ms'])}; "
            f"spoke before the end: {long['spoke_before_the_end']}"
        )
    yield (
        f"  chrF           {result['chrf_full']} against the true text translated as a whole, {result['chrf_ref']} against a person's "
        "translation"
    )
    yield (
        f"                 what was understood, translated as a whole: {result['chrf_full_of_heard']} and {result['chrf_ref_of_heard']}; "
        f"the true text: 100 and {result['chrf_ref_of_whole']}"
    )
    own = result["ledger"]
    for key, title in LAGS.items():
        if own.get(key):
            yield f"  ledger: {title:14} {_spread(own[key])}"
    stages = " · ".join(f"{stage} {s['p50']}/{s['p95']}" for stage, s in own["stages_ms"].items() if s)
    yield f"  ledger: stages, p50/p95 ms: {stages}"
    if "speculations" in own:
        yield (
            f"  ledger: {own['speculations']} speculations, {own.get('speculations_wasted', 0)} in vain, "
            f"{own.get('speculated', 0)} of {own['utterances']} answers were ready before the end; {own['cut']} cut; "
            f"{own.get('stretched_ms', 0)} ms gained by stretching"
        )
    for stage, spans in own.get("spans", {}).items():
        yield (
            f"  ledger: {stage:14} ran {spans['count']} times, {_spread(spans['ms'])}; {spans['speculative']} speculative, "
            f"{spans['wasted']} in vain"
        )


def comparison(ours: dict, other: dict, names: tuple[str, str]) -> Iterator[str]:
    """Two results, and how many times shorter the first one's lags are."""
    yield f"{'':36}{names[0]:>10}{names[1]:>12}{'ratio':>8}"
    for direction in directions_of(ours):
        for key in COMPARED:
            for quantile in ("p50", "p95", "max"):
                both = (_of(result, direction, key, quantile) for result in (ours, other))
                yield _compared(f"{direction} {LAGS[key]} {quantile}", *both)
        yield _compared(f"{direction} LAAL", ours[direction]["laal_ms"], other[direction]["laal_ms"])
        yield _compared(
            f"{direction} onset lag over 6 s p50",
            (ours[direction]["long"]["onset_lag_ms"] or {}).get("p50"),
            (other[direction]["long"]["onset_lag_ms"] or {}).get("p50"),
        )
        for key in PLAIN:
            yield f"{direction + ' ' + key:36}{_plain(ours[direction][key]):>10}{_plain(other[direction][key]):>12}"
    for key in ("drift_ms_per_min", "cpu_percent"):
        yield f"{key:36}{_plain(ours[key]):>10}{_plain(other[key]):>12}"


def ablation(results: dict[str, dict]) -> Iterator[str]:
    """A table in Markdown, a row for each result by its name."""
    directions = directions_of(next(iter(results.values())))
    columns = ["response p50 / p95", "onset p50, over 6 s", "finish p50 / p95", "LAAL", "chrF full", "lost / repeated"]
    heads = [f"{d.replace('_', '→')} {column}" for d in directions for column in columns]
    yield "| | " + " | ".join(heads) + " | CPU % |"
    yield "|---" * (len(heads) + 2) + "|"
    for name, result in results.items():
        cells = [cell for d in directions for cell in _cells(result[d])]
        yield f"| {name} | " + " | ".join(cells) + f" | {result['cpu_percent']} |"


def _cells(result: dict) -> list[str]:
    response, finish, long = result["response_lag_ms"], result["finish_lag_ms"], result["long"]["onset_lag_ms"]
    return [
        f"{response['p50']} / {response['p95']}" if response else "–",
        str(long["p50"]) if long else "–",
        f"{finish['p50']} / {finish['p95']}" if finish else "–",
        _plain(result["laal_ms"]),
        str(result["chrf_full"]),
        f"{result['lost']} / {result['repeated']}",
    ]


def minutes(rows: list[dict]) -> Iterator[str]:
    yield f"{'minute':>6} {'lines':>6} {'response p50':>13} {'p95':>7} {'finish p50':>11} {'p95':>7} {'memory MiB':>11} {'files':>6} {'CPU %':>6}"
    for row in rows:
        response, finish = row["response_lag_ms"] or {}, row["finish_lag_ms"] or {}
        yield (
            f"{row['minute']:6} {row['lines']:6} {_plain(response.get('p50')):>13} {_plain(response.get('p95')):>7} "
            f"{_plain(finish.get('p50')):>11} {_plain(finish.get('p95')):>7} {_plain(row['rss_mib']):>11} "
            f"{_plain(row['descriptors']):>6} {_plain(row['cpu_percent']):>6}"
        )


def _of(result: dict, direction: str, key: str, quantile: str) -> int | None:
    return (result[direction][key] or {}).get(quantile)


def _compared(title: str, ours: float | None, other: float | None) -> str:
    ratio = f"{other / ours:.2f}" if ours and other else "–"
    return f"{title:36}{_plain(ours):>10}{_plain(other):>12}{ratio:>8}"


def _spread(values: dict | None) -> str:
    return f"p50 {values['p50']}, p95 {values['p95']}, max {values['max']} ms" if values else "–"


def _numbers(values: list, widths: tuple[int, ...]) -> str:
    return " ".join(f"{_plain(value):>{width}}" for value, width in zip(values, widths, strict=True))


def _plain(value: object) -> str:
    return "–" if value is None else str(value)


def _shorten(text: str) -> str:
    return text if len(text) <= WORDS else text[: WORDS - 1].rstrip() + "…"


def _faults(row: dict) -> str:
    faults = [name.replace("_", " ") for name in ("lost", "repeated", "incomplete", "words_missing") if row[name]]
    if row["ledger"].get("cut"):
        faults.append("cut")
    return f"  ← {', '.join(faults).upper()}" if faults else ""
