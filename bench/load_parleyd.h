// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>
#include <filesystem>
#include <string>

namespace parley::bench {

/// The real parleyd, with the documented defaults, but for where it listens and writes; and it takes every call,
/// however many it thinks it can. Ends with this.
class Parleyd {
 public:
  /// Ends the program when it cannot be started.
  explicit Parleyd(const std::filesystem::path& program);
  Parleyd(const Parleyd&) = delete;
  Parleyd& operator=(const Parleyd&) = delete;
  ~Parleyd();

  /// Waits until every engine is ready. Ends the program when that does not come to be.
  void wait_ready() const;

  std::filesystem::path socket() const { return directory_ / "media.sock"; }
  std::filesystem::path ledger() const { return directory_ / "ledger.jsonl"; }
  std::string log() const;

 private:
  std::filesystem::path log_file() const { return directory_ / "parleyd.log"; }

  std::filesystem::path directory_;
  pid_t process_ = 0;
};

}  // namespace parley::bench
