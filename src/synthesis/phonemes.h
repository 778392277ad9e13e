// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/language.h"
#include "base/result.h"
#include "synthesis/kokoro_symbols.h"

namespace parley::synthesis {

/// How a language is pronounced for Kokoro.
struct Accent {
  std::string_view espeak_voice;  ///< "en-us".
  SymbolSet symbols = SymbolSet::kOther;
};

/// The accent for a language in a voice: English is British in Kokoro's British voices (bf_…, bm_…), American in every
/// other; Portuguese is Brazil's, Spanish Spain's. Null for a language that Kokoro does not speak, or for which
/// espeak-ng gives nothing it understands (Japanese and Chinese, which it spells with other symbols).
const Accent* find_accent(const Language& language, std::string_view voice);

/// The phonemes of plain words (text_for_speech) in Kokoro's symbols, clause marks kept: "Bom dia, Ana." → "bˈoŋ ʤˈiæ,
/// ˈɐnæ.". A mark ends a clause where a space or the end follows it; other marks ("3.5", "it's") are espeak-ng's to
/// read. Empty when nothing is spoken. Errors: as espeak_ipa(). Any thread.
Result<std::string> to_phonemes(std::string_view text, const Accent& accent);

}  // namespace parley::synthesis
