// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "vocoder/generator.h"
#include "vocoder/windows.h"

namespace parley::synthesis {

/// Generators for windows, with their memory, kept for the next stream. Any thread.
class GeneratorPool {
 public:
  using Lease = std::unique_ptr<vocoder::Generator>;

  GeneratorPool(std::shared_ptr<const vocoder::GeneratorWeights> weights, int threads)
      : weights_(std::move(weights)), threads_(threads) {}

  /// An idle one, or a new one. Give it back when the stream is over.
  Lease take() const {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        Lease generator = std::move(idle_.back());
        idle_.pop_back();
        return generator;
      }
    }
    return std::make_unique<vocoder::Generator>(weights_, vocoder::WindowPolicy().max_frames(), threads_);
  }

  void give_back(Lease generator) const {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(generator));
  }

  const std::shared_ptr<const vocoder::GeneratorWeights>& weights() const { return weights_; }

 private:
  const std::shared_ptr<const vocoder::GeneratorWeights> weights_;
  const int threads_;
  mutable std::mutex mutex_;
  mutable std::vector<Lease> idle_;
};

}  // namespace parley::synthesis
