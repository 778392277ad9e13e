// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace parley::synthesis {

/// Which of the two spellings Kokoro was trained with: its own for English, and plain IPA with single letters for
/// affricates and diphthongs for every other language.
enum class SymbolSet { kAmericanEnglish, kBritishEnglish, kOther };

/// Turns espeak-ng's IPA (ties as '^') into Kokoro's symbols, after misaki's espeak.py (Apache-2.0), with which Kokoro
/// 82M v1.0 was trained: "t^ʃ" → "ʧ", "a^ɪ" → "I"; in American English also no length marks, "ɾ" → "T", "ɚ" → "əɹ".
/// espeak-ng's notes on a change of language
/// ("(en)") fall away. UTF-8.
std::string kokoro_symbols(std::string_view ipa, SymbolSet set);

}  // namespace parley::synthesis
