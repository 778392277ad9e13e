// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <stop_token>

#include "synthesis/generator_pool.h"
#include "synthesis/kokoro_front.h"
#include "synthesis/kokoro_text.h"
#include "synthesis/speech_shaper.h"
#include "synthesis/statistics_store.h"
#include "synthesis/synthesizer.h"
#include "vocoder/windows.h"

namespace parley::synthesis {

/// A phrase in windows: the front half of the model once for each run of tokens, then window after window.
class WindowedSpeech : public SpeechStream {
 public:
  /// All of it outlives the stream, whose maker sees to that.
  WindowedSpeech(const KokoroFront& front, const GeneratorPool& generators, StatisticsStore& statistics,
                 KokoroPhrase phrase, VoiceUse use);
  ~WindowedSpeech() override;

  Result<std::vector<std::int16_t>> next() override;
  void cancel() override;
  SpeechPosition position() const override;

 private:
  /// A run of tokens that is being sounded.
  struct Sounding {
    KokoroProsody prosody;
    vocoder::Conditioning conditioning;
    vocoder::WindowedRun windows;
    SpeechShaper shaper;
  };

  /// What must be known of a phrase before its first window.
  struct Foretold {
    vocoder::NormStatistics norms;
    float level = 0.0F;       ///< As speech_level().
    float correction = 1.0F;  ///< Factor that makes windows as loud as a whole phrase.
  };

  Result<void> begin_run();
  Foretold foretell(const KokoroProsody& prosody) const;
  bool cancelled() const { return cancel_.stop_requested(); }
  void expect(std::size_t frames, std::size_t tokens);

  const KokoroFront& front_;
  const GeneratorPool& generators_;
  StatisticsStore& statistics_;
  const KokoroPhrase phrase_;
  const VoiceUse use_;
  Ort::RunOptions options_;
  std::stop_source cancel_;
  std::atomic<std::size_t> given_samples_{0};
  std::atomic<std::size_t> expected_frames_{0};

  std::size_t next_run_ = 0;
  std::size_t frames_begun_ = 0;  ///< Of all runs begun,
  std::size_t tokens_begun_ = 0;  ///< and their tokens.
  GeneratorPool::Lease generator_;
  std::optional<Sounding> sounding_;
};

}  // namespace parley::synthesis
