// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>

#include "synthesis/synthesizer.h"

namespace parley::bench {

/// A voice of Piper (VITS in ONNX Runtime, espeak-ng's phonemes), to measure ours against: `directory` has voice.onnx
/// and voice.json. It gives a sentence at a time, as Piper does, shaped as ours are. One language, one speaker. Errors:
/// kNotFound, kInvalid.
Result<std::shared_ptr<const synthesis::Synthesizer>> load_piper(const std::filesystem::path& directory, int threads);

}  // namespace parley::bench
