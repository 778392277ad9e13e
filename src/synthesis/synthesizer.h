// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/language.h"
#include "base/result.h"

namespace parley::synthesis {

struct SynthesisRequest {
  std::string phrase;  ///< UTF-8, one phrase or sentence, punctuation kept: it shapes the melody.
  Language language;
  std::string voice;   ///< A voice's name ("pf_dora").
  double speed = 1.0;  ///< 0.5…2.0; 1.0 is the voice's own pace.
  /// What was said before this phrase; only the sentence that it leaves open counts. It is not spoken again, but the
  /// melody goes on from it, where a phrase that stands alone begins high and loud.
  std::string before;
};

/// How far a stream has come.
struct SpeechPosition {
  milliseconds given{0};     ///< Speech that next() has given.
  milliseconds expected{0};  ///< About how long all of it will be; 0 while nobody knows.
};

/// Speech as it becomes ready. One inference thread at a time, except where it says so.
class SpeechStream {
 public:
  virtual ~SpeechStream() = default;

  /// The next stretch of speech: s16, 16 kHz, mono, leading silence already trimmed; empty at the end.
  /// Errors: kCancelled after cancel(), kInternal when the engine fails.
  virtual Result<std::vector<std::int16_t>> next() = 0;

  /// Makes next() stop as soon as it can. Any thread.
  virtual void cancel() = 0;

  /// Any thread.
  virtual SpeechPosition position() const = 0;
};

/// A speech synthesis engine with its model and voices loaded: shared, any thread.
class Synthesizer {
 public:
  virtual ~Synthesizer() = default;

  virtual std::string_view name() const = 0;
  virtual bool supports(const Language& language) const = 0;

  /// The voice to use where nobody chose one; empty for a language it does not speak.
  virtual std::string default_voice(const Language& language) const = 0;

  /// Errors: kInvalid (nothing pronounceable, bad speed), kNotFound (no such voice), kUnsupported (language).
  virtual Result<std::unique_ptr<SpeechStream>> synthesize(const SynthesisRequest& request) const = 0;

  /// False while it is being started (again): a request would fail or wait.
  virtual bool ready() const { return true; }

  /// Runs the model once, so that the first call does not pay for it.
  virtual Result<void> warm_up() const = 0;
};

}  // namespace parley::synthesis
