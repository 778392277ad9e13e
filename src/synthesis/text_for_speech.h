// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

#include "base/language.h"

namespace parley::synthesis {

/// Written text as it is said, for a phonemiser that reads plain words and numbers: "447-219" becomes "4 4 7, 2 1 9",
/// "às 14:30" "às 14 e 30", "R$ 12,50" "12 reais e 50 centavos", "ana@example.com" "ana arroba example ponto com".
/// Emoji, control characters and bytes that are no UTF-8 fall away. Words and clause marks stay as they are. UTF-8;
/// never fails; idempotent for plain words. Any thread.
std::string text_for_speech(std::string_view text, const Language& language);

/// True when there is something to pronounce: a letter or a digit.
bool is_speakable(std::string_view text);

}  // namespace parley::synthesis
