// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "telemetry/utterance_record.h"

namespace parley::telemetry {

class Health;
class LineWriter;

/// Who wants to know what was said and what it became. Called from inference and hearing threads, one call at a time;
/// never from the media thread.
class LedgerSink {
 public:
  virtual ~LedgerSink() = default;

  /// Somebody began to speak: whose it is and when. on_utterance() follows, unless the process dies.
  virtual void on_begun(const UtteranceRecord& /*record*/) {}

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

  void begun(const UtteranceRecord& record);
  void partial(const UtteranceRecord& record);
  void caption(const UtteranceRecord& record);
  void utterance(const UtteranceRecord& record);

 private:
  std::mutex mutex_;
  std::vector<std::shared_ptr<LedgerSink>> sinks_;
};

/// Whether the log may have what people said.
enum class LoggedTexts : bool { kLeftOut, kWritten };

/// Writes captions and utterances as lines of log: whose they are, lags, and what was done; of texts, how many words
/// they have.
class LogSink : public LedgerSink {
 public:
  explicit LogSink(LoggedTexts texts = LoggedTexts::kLeftOut) : texts_(texts) {}
  void on_caption(const UtteranceRecord& record) override;
  void on_utterance(const UtteranceRecord& record) override;

 private:
  const LoggedTexts texts_;
};

/// Whether a file of lines has captions that may still change. An utterance's own line has every hypothesis among its
/// spans, so that only who reads the file while people talk needs them.
enum class Partials : bool { kLeftOut, kWritten };

/// Appends JSON lines to a file: {"event": "begun"|"partial"|"caption"|"utterance", …}, as docs/ledger.md describes
/// them. Writing is LineWriter's: a full or dead disk costs no call.
class JsonLinesSink : public LedgerSink {
 public:
  /// Writes first what became of the utterances that the file has the beginning of and not the end: they are lost, for
  /// the process that worked on them has ended. `health`: told, as "ledger", of a file that cannot be written; must
  /// outlive the sink; null: the log is told.
  /// Errors: kUnavailable when the file cannot be opened for appending.
  static Result<std::shared_ptr<JsonLinesSink>> open(const std::filesystem::path& file,
                                                     Partials partials = Partials::kLeftOut, Health* health = nullptr);
  ~JsonLinesSink() override;

  void on_begun(const UtteranceRecord& record) override;
  void on_partial(const UtteranceRecord& record) override;
  void on_caption(const UtteranceRecord& record) override;
  void on_utterance(const UtteranceRecord& record) override;

  /// Waits until all of it is in the file; false: it cannot be written, or not so soon.
  bool flush(milliseconds limit);

 private:
  JsonLinesSink(std::unique_ptr<LineWriter> writer, Partials partials);

  const std::unique_ptr<LineWriter> writer_;
  const Partials partials_;
};

}  // namespace parley::telemetry
