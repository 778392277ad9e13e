// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/language.h"
#include "base/result.h"

namespace parley::telemetry {

/// How an utterance ended.
enum class Outcome {
  kAnswered,      ///< Its translation was played to the listener, to the end.
  kNoWords,       ///< Nothing in it was speech.
  kUntranslated,  ///< An engine failed: the listener was given the original voice.
  kUndelivered,   ///< The listener left before the translation was played.
};

std::string_view to_string(Outcome outcome);

/// What each stage of one utterance took. Milliseconds of real time.
struct StageTimes {
  double endpoint = 0.0;     ///< Last voiced sample → the endpoint was declared (a wait, not work).
  double queue = 0.0;        ///< Declared → recognition began: waiting for a core or for the utterance before.
  double recognition = 0.0;  ///< Recognition began → text.
  double translation = 0.0;  ///< Text → translated text.
  double synthesis = 0.0;    ///< Synthesis of the first phrase began → first PCM.
  double playout = 0.0;      ///< First PCM → first frame given to the listener's leg.
};

/// One utterance of one speaker, from first voiced sample to last translated sample. Times are on the media clock, from
/// the room's start.
struct UtteranceRecord {
  std::string session;
  std::uint64_t id = 0;  ///< Counts up within a direction, from 1.
  std::string speaker;   ///< Leg that spoke.
  std::string listener;  ///< Leg that hears the translation.
  LanguagePair pair;
  std::string source;
  std::string translation;
  milliseconds speech_start{0};             ///< First voiced sample.
  milliseconds speech_end{0};               ///< Last voiced sample.
  std::optional<milliseconds> audio_start;  ///< First translated frame given to the listener's leg.
  std::optional<milliseconds> audio_end;    ///< Last one.
  StageTimes stages;
  double confidence = 0.0;  ///< Of the recogniser, 0…1.
  Outcome outcome = Outcome::kUndelivered;
  std::string error;  ///< Why it is untranslated; otherwise empty.

  /// Last voiced source sample → first translated frame: what a caller feels as the pause. Nothing where nothing was
  /// played.
  std::optional<milliseconds> response_lag() const;
};

/// One line of JSON without the newline.
std::string to_json(const UtteranceRecord& record);

/// Who wants to know what was said and what it became. Called from inference and hearing threads, one call at a time;
/// never from the media thread.
class LedgerSink {
 public:
  virtual ~LedgerSink() = default;

  /// The text and its translation are there; the audio is still to come.
  virtual void on_caption(const UtteranceRecord& record) = 0;

  /// The utterance is over, one way or another.
  virtual void on_utterance(const UtteranceRecord& record) = 0;
};

/// Passes every caption and utterance on to its sinks. Any thread.
class Ledger {
 public:
  /// Before calls begin.
  void add(std::shared_ptr<LedgerSink> sink);

  void caption(const UtteranceRecord& record);
  void utterance(const UtteranceRecord& record);

 private:
  std::mutex mutex_;
  std::vector<std::shared_ptr<LedgerSink>> sinks_;
};

/// Writes captions and utterances as lines of log.
class LogSink : public LedgerSink {
 public:
  void on_caption(const UtteranceRecord& record) override;
  void on_utterance(const UtteranceRecord& record) override;
};

/// Appends JSON lines to a file: {"event": "caption"|"utterance", …}. A full disk is reported once and costs no call.
class JsonLinesSink : public LedgerSink {
 public:
  /// Errors: kUnavailable when the file cannot be opened for appending.
  static Result<std::shared_ptr<JsonLinesSink>> open(const std::filesystem::path& file);

  void on_caption(const UtteranceRecord& record) override;
  void on_utterance(const UtteranceRecord& record) override;

 private:
  JsonLinesSink(std::filesystem::path file, std::ofstream stream);
  void write(std::string_view event, const UtteranceRecord& record);

  std::filesystem::path file_;
  std::ofstream stream_;
  bool failed_ = false;
};

}  // namespace parley::telemetry
