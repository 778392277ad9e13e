// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/language.h"
#include "base/result.h"

namespace parley::recognition {

/// What was said.
struct Transcript {
  std::string text;         ///< UTF-8 as the engine writes it, trimmed; empty when there were no words.
  double confidence = 0.0;  ///< Geometric mean of the tokens' probabilities, 0…1.
};

/// Who speaks, so that an engine can adapt and a log can say.
struct SessionContext {
  std::string session_id;
  std::string speaker_id;
  Language language;
};

/// One speaker's utterance on its way in. One inference thread at a time.
class RecognitionStream {
 public:
  virtual ~RecognitionStream() = default;

  /// More speech: s16, 16 kHz, mono, any length.
  virtual void feed(std::span<const std::int16_t> samples) = 0;

  /// The utterance is over: its text. The stream is then empty and takes the next utterance.
  /// Errors: kInternal when the engine fails. Speech longer than the engine's window is cut in pieces, never dropped.
  virtual Result<Transcript> finish() = 0;
};

/// A speech recognition engine with its model loaded: immutable, shared by all calls, any thread.
class Recognizer {
 public:
  virtual ~Recognizer() = default;

  virtual std::string_view name() const = 0;
  virtual bool supports(const Language& language) const = 0;

  /// Errors: kUnsupported for a language the engine does not know.
  virtual Result<std::unique_ptr<RecognitionStream>> open(const SessionContext& context) const = 0;

  /// Runs the model once on made-up input, so that the first call does not pay for it.
  virtual Result<void> warm_up() const = 0;
};

}  // namespace parley::recognition
