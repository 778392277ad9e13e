// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/language.h"
#include "base/result.h"

namespace parley::recognition {

/// One word, with the marks written on it, and about when it was said, counted from the utterance's first sample: good
/// to half a second.
struct Word {
  std::string text;  ///< UTF-8 without spaces.
  std::chrono::milliseconds begin{0};
  std::chrono::milliseconds end{0};
};

/// What was said.
struct Transcript {
  std::string text;         ///< UTF-8 as the engine writes it: the words with single spaces between; may be empty.
  double confidence = 0.0;  ///< Geometric mean of the tokens' probabilities, 0…1.
  std::vector<Word> words;
  /// The first so many words are settled: later hypotheses of this utterance keep them, but for their case and marks.
  /// After a pause the last word may count too and still become another should the speaker go on.
  std::size_t agreed = 0;
};

/// What the speaker does at the end of what was fed.
enum class Speech : std::uint8_t {
  kGoesOn,  ///< He speaks: the last word may be cut off.
  kPaused,  ///< He is silent: all words are whole.
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

  /// Everything that was said since the utterance began, as far as it can be told now. May be asked again and again;
  /// costs one run of the model. Errors: kInternal when the engine fails; the utterance stays and may be asked again.
  virtual Result<Transcript> hypothesis(Speech speech) = 0;

  /// The utterance is over: hypothesis(kPaused), which is not run again when nothing was fed since one. The stream is
  /// then empty and takes the next utterance, also after an error.
  virtual Result<Transcript> finish() = 0;

  /// Forgets the utterance without a run.
  virtual void start_over() = 0;
};

/// A speech recognition engine with its model loaded: immutable, shared by all calls, any thread.
class Recognizer {
 public:
  virtual ~Recognizer() = default;

  virtual std::string_view name() const = 0;
  virtual bool supports(const Language& language) const = 0;

  /// Errors: kUnsupported for a language the engine does not know.
  virtual Result<std::unique_ptr<RecognitionStream>> open(const SessionContext& context) const = 0;

  /// False while it is being started (again): a request would fail or wait.
  virtual bool ready() const { return true; }

  /// Runs the model once on made-up input, so that the first call does not pay for it.
  virtual Result<void> warm_up() const = 0;
};

}  // namespace parley::recognition
