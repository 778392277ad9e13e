# SPDX-License-Identifier: GPL-3.0-or-later
"""What generator.bin foretells of a phrase: where there is a rule it is found, and voices may differ as they like."""
import activity
import lessons
import numpy as np
import pytest
import statistics_map
from statistics_map import Observations

INPUTS, OUTPUTS, RANK = 20, 60, 3


@pytest.fixture
def random():
    return np.random.default_rng(5)


def observe(random, noise=0.0, voices=12, each=6):
    """Phrases whose statistics are a voice's own base and a linear map of rank 3, the same for all."""
    rule = random.normal(size=(INPUTS, RANK)) @ random.normal(size=(RANK, OUTPUTS))
    voice = np.repeat([f"v{i:02d}" for i in range(voices)], each)
    place = np.repeat(random.normal(size=(voices, INPUTS)) * 10, each, axis=0)
    x = place + random.normal(size=place.shape)
    base = np.repeat(random.normal(size=(voices, OUTPUTS)) * 50, each, axis=0)
    return Observations(x, base + x @ rule + noise * random.normal(size=base.shape), voice, voice), rule


def test_a_rule_within_voices_is_found_whatever_lies_between_them(random):
    seen, rule = observe(random)
    found = statistics_map.fit(seen, np.ones(OUTPUTS), rank=RANK, ridge=1e-6)
    assert found.encode.shape == (INPUTS, RANK) and found.decode.shape == (RANK, OUTPUTS)
    np.testing.assert_allclose(found.encode @ found.decode, rule, atol=1e-3)


def test_a_rule_carries_over_to_voices_that_were_left_out(random):
    seen, _ = observe(random, noise=0.3)
    shares = statistics_map.explained(seen, np.ones(OUTPUTS), lambda some: statistics_map.fit(some, np.ones(OUTPUTS), RANK, 0.01))
    assert min(shares) > 0.9


def test_where_there_is_no_rule_nothing_is_explained(random):
    seen, _ = observe(random)
    seen.y = random.normal(size=seen.y.shape)
    shares = statistics_map.explained(seen, np.ones(OUTPUTS), lambda some: statistics_map.fit(some, np.ones(OUTPUTS), RANK, 0.01))
    assert max(shares) < 0.05


def test_scales_of_inputs_and_outputs_are_folded_into_the_map(random):
    seen, rule = observe(random)
    unit, scale = 10.0 ** random.integers(-2, 3, OUTPUTS), 10.0 ** random.integers(-2, 1, INPUTS)
    scaled = Observations(seen.x * scale, seen.y * unit, seen.voice, seen.group)
    found = statistics_map.fit(scaled, unit, rank=RANK, ridge=1e-9)
    np.testing.assert_allclose((found.encode * scale[:, None]) @ (found.decode / unit), rule, atol=0.05)


def test_a_summary_is_what_the_documentation_says(random):
    features, harmonics = random.normal(size=(8, 512)), random.normal(size=(481, 22))
    x = statistics_map.summary(features, harmonics, lead_frames=2)
    assert x.shape == (1071,)
    np.testing.assert_allclose(x[:512], features.mean(0))
    np.testing.assert_allclose(x[512:1024], np.log(features.std(0) + 0.01))
    np.testing.assert_allclose(x[1024:1046], harmonics.mean(0))
    np.testing.assert_allclose(x[1046:1068], np.log(harmonics.std(0) + 0.01))
    np.testing.assert_allclose(x[1068:], [np.log(8), 0.75, np.log(6)])


def test_a_statistics_row_is_means_then_logarithms_of_variances():
    row = statistics_map.statistics_row(np.array([3.0, 4.0]), np.array([1.0, 0.0]))
    np.testing.assert_allclose(row, [3, 4, np.log(1 + 1e-5), np.log(1e-5)])


def test_levels_are_relative_to_the_loudest_frame_and_end_at_a_floor(random):
    audio = np.concatenate([np.full(300, 0.5), np.full(300, 0.05), np.zeros(300)])
    np.testing.assert_allclose(activity.levels(audio), [0, -20, -80], atol=1e-6)


def test_the_level_of_a_frame_is_read_from_its_features(random):
    weight = random.normal(size=512)
    features = [random.normal(size=(400, 512)) + 3 for _ in range(5)]
    readout = activity.fit(features, [x @ weight - 40 for x in features])
    np.testing.assert_allclose(readout(features[0]), features[0] @ weight - 40, atol=0.5)


@pytest.mark.parametrize(("level", "found"), [([-60, -40, -60, -30, -70], (1, 3)), ([-30], (0, 0)), ([-60, -60, -60], (0, 2))])
def test_edges_are_the_outermost_loud_frames_or_all_where_none_is_loud(level, found):
    assert activity.edges(np.array(level), -45) == found


def test_phrases_are_many_short_first_and_of_symbols_kokoro_knows():
    known = set(";:,.!?—…\"()“”̃ʣʥʦʨᵝꭧAIOQSTWYᵊabcdefhijklmnopqrstuvwxyzɑɐɒæβɔɕçɖðʤəɚɛɜɟɡɥɨɪʝɯɰŋɳɲɴøɸθœɹɾɻʁɽʂʃʈʧʊʋʌɣɤχʎʒʔˈˌːʰʲ↓→↗↘ᵻ ")
    phrases = lessons.read_phrases()
    assert sum(map(len, phrases.values())) >= 60
    for language, all_of_it in phrases.items():
        assert len(set(all_of_it)) == len(all_of_it), language
        assert not set("".join(all_of_it)) - known, language
        thirds = np.array_split([len(p) for p in all_of_it], 3)
        assert thirds[0].mean() < thirds[1].mean() < thirds[2].mean(), language


def test_each_voice_speaks_two_languages_with_phrases_of_all_lengths():
    phrases = lessons.read_phrases()
    voices = [f"{kind}_{name}" for kind in ("af", "bm", "pf", "ef", "ff", "hm", "im", "jf", "zm", "mine") for name in range(6)]
    said = list(lessons.assign(voices, phrases))
    for voice in voices:
        own = [(language, phonemes) for who, language, phonemes in said if who == voice]
        assert len(own) == len(set(own)) == 6 and len({language for language, _ in own}) == 2
    assert len({phonemes for _, _, phonemes in said}) > 60
