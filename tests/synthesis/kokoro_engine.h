// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "synthesis/kokoro.h"

namespace parley::synthesis::testing {

inline Language language(std::string_view code) { return Language::parse(code).value(); }

/// The engine, loaded once for the whole program; null (and a failure) when it does not load.
inline std::shared_ptr<const Kokoro> kokoro() {
  static const auto engine = Kokoro::load();
  EXPECT_TRUE(engine) << engine.error().message;
  return engine.value_or(nullptr);
}

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
