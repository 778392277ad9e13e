// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "synthesis/synthesizer.h"

namespace parley::synthesis::testing {

inline Language language(std::string_view code) { return Language::parse(code).value(); }

/// All that a stream gives.
inline Result<std::vector<std::int16_t>> drain(SpeechStream& stream) {
  std::vector<std::int16_t> samples;
  while (true) {
    const auto chunk = stream.next();
    if (!chunk) return std::unexpected(chunk.error());
    if (chunk->empty()) return samples;
    samples.insert(samples.end(), chunk->begin(), chunk->end());
  }
}

inline Result<std::vector<std::int16_t>> say(const Synthesizer& engine, const SynthesisRequest& request) {
  const auto stream = engine.synthesize(request);
  if (!stream) return std::unexpected(stream.error());
  return drain(**stream);
}

}  // namespace parley::synthesis::testing
