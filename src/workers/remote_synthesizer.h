// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <string>

#include "synthesis/synthesizer.h"
#include "workers/pool.h"

namespace parley::workers {

/// A synthesiser in a process of its own. Any thread.
class RemoteSynthesizer final : public synthesis::Synthesizer {
 public:
  /// `voices`: language code → voice, and with it the languages, until the process tells what it knows. `limit`: to
  /// each next stretch of sound.
  RemoteSynthesizer(std::string name, std::shared_ptr<Pool> pool, std::map<std::string, std::string> voices,
                    milliseconds limit)
      : name_(std::move(name)), pool_(std::move(pool)), voices_(std::move(voices)), limit_(limit) {}

  std::string_view name() const override { return name_; }
  bool supports(const Language& language) const override;
  std::string default_voice(const Language& language) const override;

  /// Errors: also kUnavailable. The stream may outlive the synthesiser.
  Result<std::unique_ptr<synthesis::SpeechStream>> synthesize(
      const synthesis::SynthesisRequest& request) const override;

  bool ready() const override { return pool_->ready(); }

  /// The process has done it before it was ready.
  Result<void> warm_up() const override { return {}; }

 private:
  const std::string name_;
  const std::shared_ptr<Pool> pool_;
  const std::map<std::string, std::string> voices_;
  const milliseconds limit_;
};

}  // namespace parley::workers
