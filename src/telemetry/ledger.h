// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "telemetry/utterance_record.h"

namespace parley::telemetry {

/// Who wants to know what was said and what it became. Called from inference and hearing threads, one call at a time;
/// never from the media thread.
class LedgerSink {
 public:
  virtual ~LedgerSink() = default;

  /// Text and translation so far, while somebody speaks; both may still change.
  virtual void on_partial(const UtteranceRecord& /*record*/) {}

  /// The text and its translation are there; the audio is still to come, or its end is.
  virtual void on_caption(const UtteranceRecord& record) = 0;

  /// The utterance is over, one way or another.
  virtual void on_utterance(const UtteranceRecord& record) = 0;
};

/// Passes every caption and utterance on to its sinks. Any thread.
class Ledger {
 public:
  /// Before calls begin.
  void add(std::shared_ptr<LedgerSink> sink);

  void partial(const UtteranceRecord& record);
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

/// Whether a file of lines has captions that may still change. An utterance's own line has every hypothesis among its
/// spans, so that only who reads the file while people talk needs them.
enum class Partials : bool { kLeftOut, kWritten };

/// Appends JSON lines to a file: {"event": "partial"|"caption"|"utterance", …}, as docs/ledger.md describes them. A
/// full disk is reported once and costs no call.
class JsonLinesSink : public LedgerSink {
 public:
  /// Errors: kUnavailable when the file cannot be opened for appending.
  static Result<std::shared_ptr<JsonLinesSink>> open(const std::filesystem::path& file,
                                                     Partials partials = Partials::kLeftOut);

  void on_partial(const UtteranceRecord& record) override;
  void on_caption(const UtteranceRecord& record) override;
  void on_utterance(const UtteranceRecord& record) override;

 private:
  JsonLinesSink(std::filesystem::path file, std::ofstream stream, Partials partials);
  void write(const std::string& line);

  const std::filesystem::path file_;
  std::ofstream stream_;
  const Partials partials_;
  bool failed_ = false;
};

}  // namespace parley::telemetry
