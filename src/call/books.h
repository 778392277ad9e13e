// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "call/link.h"
#include "telemetry/ledger.h"

namespace parley::call {

/// Of an utterance; 0: a notice, which belongs to none and is not in the books.
using UtteranceId = std::uint64_t;

/// A stretch of real time.
struct Took {
  SteadyClock::time_point begin;
  SteadyClock::time_point end;

  double ms() const { return MillisF(end - begin).count(); }
};

/// What is known of the utterances of one direction that are not over: filled in by the stages, given to the ledger by
/// report(). Any thread but the media thread.
class Books {
 public:
  Books(std::shared_ptr<Link> link, telemetry::Ledger& ledger) : link_(std::move(link)), ledger_(ledger) {}

  /// A new utterance.
  UtteranceId open(milliseconds speech_start);

  /// Changes a record; does nothing when it is closed.
  template <typename Change>
  void edit(UtteranceId id, Change change) {
    const std::lock_guard lock(mutex_);
    if (const auto page = pages_.find(id); page != pages_.end()) change(page->second.record);
  }

  /// Notes what a stage did. `span` says all but when, which `took` does.
  void note(UtteranceId id, telemetry::StageSpan span, const Took& took);

  /// What was speculative since the last settle() was thrown away, or was not.
  void settle(UtteranceId id, bool wasted);

  /// The first sound of a phrase goes to the playout. `synthesis`: from its text to that sound.
  void give(UtteranceId id, std::string text, const Took& synthesis);

  /// The last clause of the utterance begins with this one of its phrases, counted from 0.
  void answer_begins(UtteranceId id, std::size_t phrase);

  /// Whether other phrases of the utterance are to be heard before its last clause.
  bool answer_waits(UtteranceId id) const;

  /// Takes note of what the listener was given. Closes the book on an utterance that was heard to its end.
  void take(const PlayoutEvent& event);

  void close(UtteranceId id, telemetry::Outcome outcome);
  void close_all(telemetry::Outcome outcome);

  /// Keeps what the utterance is so far, to be reported: a caption that may change, and the final one.
  void partial(UtteranceId id, std::string source, std::string translation);
  void caption(UtteranceId id);

  /// Tells the ledger all that is to be told. Not under a lock of the caller's, for sinks may write to disks.
  void report();

 private:
  /// A phrase that was given to the playout.
  struct Given {
    std::string text;
    Took synthesis;
    SteadyClock::time_point at;
    std::optional<MillisF> heard;   ///< On the media clock.
    milliseconds spoken_before{0};  ///< As PlayoutEvent has it when it begins to be heard.
    milliseconds saved_before{0};
  };
  struct Page {
    telemetry::UtteranceRecord record;
    std::vector<Given> phrases;
    std::size_t begun = 0;            ///< Of them, how many the listener began to hear.
    std::size_t answer = 0;           ///< Index of the phrase that begins the last clause.
    std::size_t settled = 0;          ///< Of the record's spans, how many are known to be wasted or not.
    bool captioned = false;           ///< All of it is understood.
    std::optional<PlayoutEvent> cut;  ///< The listener stopped it before that.
  };
  enum class News : std::uint8_t { kBegun, kPartial, kCaption, kUtterance };

  // The mutex is held.
  void close(Page& page, telemetry::Outcome outcome, const PlayoutEvent& last = {});
  void close_heard(Page& page, const PlayoutEvent& last);
  void tell(News news, telemetry::UtteranceRecord record) { news_.emplace_back(news, std::move(record)); }

  const std::shared_ptr<Link> link_;
  telemetry::Ledger& ledger_;
  mutable std::mutex mutex_;
  std::map<UtteranceId, Page> pages_;
  std::vector<std::pair<News, telemetry::UtteranceRecord>> news_;
  UtteranceId next_id_ = 1;
};

}  // namespace parley::call
