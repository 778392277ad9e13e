// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace parley::telemetry {

class Health;

/// Appends lines to a file from a thread of its own, so that nobody waits for a disk. Lines that cannot be written
/// (full disk, dead mount) wait in memory and are tried again; beyond a bound the oldest are dropped, and once there is
/// room the file itself says how many: {"event": "gap", "lines": 17}. A file that was moved away or deleted (logrotate)
/// is begun anew within a second.
class LineWriter {
 public:
  struct Options {
    std::size_t most_lines = 1000;        ///< That wait …
    std::size_t most_bytes = 16U << 20U;  ///< … and what they may take together.
    milliseconds try_again{1000};         ///< After a failure.
    milliseconds last_words{1000};        ///< How long the destructor waits for what is still to be written.
  };

  enum class Worth : bool { kDroppedFirst, kKept };

  /// `health`: told, as the component "ledger", when writing fails and when it works again; null: the log is told. It
  /// must outlive the writer. Errors: kUnavailable when the file cannot be opened for appending.
  static Result<std::unique_ptr<LineWriter>> open(const std::filesystem::path& file, Health* health, Options options);

  /// Writes what waits, within Options::last_words.
  ~LineWriter();

  /// One line without its newline. Any thread; never waits for the disk.
  void write(std::string line, Worth worth);

  /// Waits until everything is written; false: it is not, because it cannot be, or not so soon.
  bool flush(milliseconds limit);

  /// Lines that were dropped so far.
  std::uint64_t dropped() const;

 private:
  struct State;
  explicit LineWriter(std::shared_ptr<State> state);
  const std::shared_ptr<State> state_;  ///< The thread has it too: it may hang in a write for longer than we live.
};

}  // namespace parley::telemetry
