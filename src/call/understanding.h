// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <vector>

#include "call/attempts.h"
#include "call/books.h"
#include "call/engines.h"
#include "call/link.h"
#include "translation/incremental_translation.h"

namespace parley::call {

/// What the recogniser and the translator made of what was heard of an utterance.
struct Understood {
  recognition::Transcript transcript;
  translation::IncrementalTranslation::Step step;
  Took recognition;
  Took translation;
};

/// One of them could not.
struct NotUnderstood {
  telemetry::Stage stage = telemetry::Stage::kRecognition;  ///< Or kTranslation.
  Error error;
};

/// The tries of both at one utterance.
struct UnderstandingAttempts {
  Attempts recognition;
  Attempts translation;
};

/// Recognition and translation of one speaker's utterances, one run at a time on an inference thread.
class Understanding {
 public:
  /// A run: all that was heard of an utterance so far.
  struct Task {
    UtteranceId utterance = 0;
    std::vector<std::int16_t> sound;  ///< What is new since known().
    bool complete = false;            ///< The speaker is silent.
    const recognition::Recognizer* recognizer = nullptr;
    const translation::Translator* translator = nullptr;
    translation::IncrementalTranslation* translation = nullptr;  ///< Of the utterance.
  };

  Understanding(std::shared_ptr<const Link> link, std::shared_ptr<const Engines> engines)
      : link_(std::move(link)), engines_(std::move(engines)) {}

  /// How many samples of this utterance the recogniser has been given. Between runs.
  std::size_t known(UtteranceId utterance, const recognition::Recognizer& recognizer) const;

  std::expected<Understood, NotUnderstood> run(Task task);

  /// Something failed and its state is unknown: the next run gets all of its utterance.
  void start_over() { stream_.reset(); }

 private:
  Result<recognition::Transcript> recognise(Task& task);

  const std::shared_ptr<const Link> link_;
  const std::shared_ptr<const Engines> engines_;
  std::unique_ptr<recognition::RecognitionStream> stream_;  ///< Opened when first needed.
  const recognition::Recognizer* recognizer_ = nullptr;     ///< Whose stream it is,
  UtteranceId utterance_ = 0;                               ///< whose sound is in it,
  std::size_t fed_ = 0;                                     ///< and how much of it.
};

}  // namespace parley::call
