// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>

#include "synthesis/kokoro.h"
#include "synthesis/synthesizer.h"

namespace parley::synthesis {

/// Kokoro-82M as it was published, the whole graph in ONNX Runtime and the whole phrase at once: what windows are
/// measured against. A stream gives one chunk for each 200 tokens (about 14 s).
class KokoroWhole : public Synthesizer {
 public:
  /// Errors: as Kokoro::load().
  static Result<std::shared_ptr<const KokoroWhole>> load(const KokoroConfig& config = {});

  ~KokoroWhole() override;

  std::string_view name() const override { return "kokoro-whole"; }
  bool supports(const Language& language) const override;
  std::string default_voice(const Language& language) const override;
  Result<std::unique_ptr<SpeechStream>> synthesize(const SynthesisRequest& request) const override;
  Result<void> warm_up() const override;

 private:
  struct Parts;  ///< Text and model: what a stream needs, even after the engine is gone.

  explicit KokoroWhole(std::shared_ptr<const Parts> parts);

  const std::shared_ptr<const Parts> parts_;
};

}  // namespace parley::synthesis
