// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>

#include "recognition/recognizer.h"
#include "synthesis/synthesizer.h"
#include "translation/translator.h"

namespace parley::bench {

/// Engines that cost next to nothing and behave like real ones otherwise: about 2.5 words a second of speech, the last
/// ones of which are not settled while it goes on; a word for a word; tones as long as the text would take to be
/// spoken, in pieces of 0.5 s. Recogniser and translator take 1 ms, in which they sleep, as engines in processes of
/// their own make whoever asks them wait.
std::shared_ptr<const recognition::Recognizer> quick_recognizer();
std::shared_ptr<const translation::Translator> quick_translator();
std::shared_ptr<const synthesis::Synthesizer> quick_synthesizer();

}  // namespace parley::bench
