// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/language.h"

namespace parley::telemetry {

/// How an utterance ended.
enum class Outcome : std::uint8_t {
  kAnswered,      ///< Its translation was played to the listener, to the end.
  kNoWords,       ///< Nothing in it was speech.
  kUntranslated,  ///< An engine failed: the listener was given the original voice.
  kUndelivered,   ///< The listener left before the translation was played.
  kCut,           ///< The listener talked over it and it was stopped; the rest is in the caption.
  kLost,          ///< It was not worked on to its end, and `error` says why: parleyd died, or it was too late.
};
inline constexpr std::size_t kOutcomes = 6;

/// "answered", "no words", "untranslated", "undelivered", "cut", "lost".
std::string_view to_string(Outcome outcome);
std::optional<Outcome> parse_outcome(std::string_view text);

/// What is done about an utterance, in the order in which sound passes.
enum class Stage : std::uint8_t {
  kSpeech,       ///< Somebody talks: first to last voiced sample.
  kEndpoint,     ///< Last voiced sample → the pause was long enough. A wait, not work.
  kQueue,        ///< Waiting for a core or for the utterance before.
  kRecognition,  ///< One run of the recogniser; `text` is its hypothesis.
  kTranslation,  ///< `text` is the translation so far.
  kCommit,       ///< A point in time: `text` was settled and will be spoken.
  kSynthesis,    ///< Of a phrase: begun → first PCM.
  kPlayout,      ///< A phrase, or a stretch of one at one tempo, as the listener's leg was given it.
};
inline constexpr std::size_t kStages = 8;

/// "speech", "endpoint", "queue", "recognition", "translation", "commit", "synthesis", "playout".
std::string_view to_string(Stage stage);
std::optional<Stage> parse_stage(std::string_view text);

/// One stretch of work, waiting or sound of an utterance, on the media clock from the room's start. begin ≤ end.
struct StageSpan {
  Stage stage = Stage::kSpeech;
  MillisF begin{0};
  MillisF end{0};
  bool speculative = false;  ///< Done before it was certain that the speaker had finished.
  bool wasted = false;       ///< Speculative, and thrown away because the speaker went on.
  std::string text;
  double tempo = 1.0;  ///< Of playout: 1.25 is a quarter faster than it was synthesised.
};

/// What each stage of one utterance took. Milliseconds of real time. Of an utterance spoken clause by clause: what its
/// last clause took, from the final recognition on; the rest is in the spans.
struct StageTimes {
  double endpoint = 0.0;     ///< Last voiced sample → the endpoint was declared (a wait, not work).
  double queue = 0.0;        ///< Declared → recognition began: waiting for a core or for the utterance before.
  double recognition = 0.0;  ///< Recognition began → text.
  double translation = 0.0;  ///< Text → translated text.
  double synthesis = 0.0;    ///< Synthesis of the phrase began → first PCM.
  double playout = 0.0;      ///< First PCM → first frame given to the listener's leg.
};

/// One utterance of one speaker, from first voiced sample to last translated sample. Times are on the media clock, from
/// the room's start.
struct UtteranceRecord {
  /// Spans kept of one utterance, and how many of them may be of partials, so that the answer always has room:
  /// 48 s of speech with a partial, its recognition and its translation, every 250 ms.
  static constexpr std::size_t kMaxSpans = 512;
  static constexpr std::size_t kMaxPartialSpans = 384;

  std::string session;
  std::uint64_t id = 0;  ///< Counts up within a direction, from 1; again from 1 when parleyd was started anew.
  std::string speaker;   ///< Leg that spoke.
  std::string listener;  ///< Leg that hears the translation.
  LanguagePair pair;
  std::string source;
  std::string translation;
  /// When the record was made, by the wall clock: tells it from one with the same id before parleyd was started anew.
  std::chrono::system_clock::time_point begun = std::chrono::system_clock::now();
  milliseconds speech_start{0};              ///< First voiced sample.
  milliseconds speech_end{0};                ///< Last voiced sample.
  std::optional<milliseconds> audio_start;   ///< First translated frame given to the listener's leg.
  std::optional<milliseconds> answer_start;  ///< First frame of its last clause; nothing: the same as audio_start.
  std::optional<milliseconds> audio_end;     ///< Last one.
  StageTimes stages;
  double confidence = 0.0;  ///< Of the recogniser, 0…1.
  Outcome outcome = Outcome::kUndelivered;
  std::string error;  ///< Why it is untranslated or lost; otherwise empty.

  std::vector<StageSpan> spans;   ///< In the order in which they were noted; at most kMaxSpans when noted with note().
  std::size_t spans_dropped = 0;  ///< Noted beyond that, and not kept.
  int partials = 0;               ///< Hypotheses before the final one.
  int retries = 0;                ///< Times a stage that had failed was tried again.
  int speculations = 0;           ///< Times the end was worked out before it was certain.
  int speculations_wasted = 0;    ///< Of them, thrown away.
  bool speculated = false;        ///< The answer was ready before the endpoint.
  double stretched_ms = 0.0;      ///< How much shorter playout became by its tempo; below zero: longer.
  int cut = 0;                    ///< Phrases of it that were committed and not played to the end.

  /// Keeps a span, or counts it when there are too many.
  void note(StageSpan span);

  /// Last voiced source sample → first translated frame that answers its last clause: what a caller feels as the pause.
  /// Nothing where nothing was played.
  std::optional<milliseconds> response_lag() const;

  /// First voiced source sample → first translated frame.
  std::optional<milliseconds> onset_lag() const;

  /// Last voiced source sample → last translated frame.
  std::optional<milliseconds> finish_lag() const;
};

/// One line of JSON without the newline. Its members: docs/ledger.md.
std::string to_json(const UtteranceRecord& record);

/// The same after a first member "event".
std::string to_json(const UtteranceRecord& record, std::string_view event);

/// That there is one: {"event": "begun", …}, whose it is and when the speech began.
std::string begun_to_json(const UtteranceRecord& record);

/// Only what a caption that may still change needs, for many of them are written: whose it is, when the speech began,
/// both texts.
std::string partial_to_json(const UtteranceRecord& record);

}  // namespace parley::telemetry
