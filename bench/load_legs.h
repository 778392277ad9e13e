// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <sys/types.h>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "load_speech.h"

namespace parley::bench {

/// One phone.
struct LegPlan {
  std::string session;
  std::string leg;
  std::string speaks;
  std::string hears;
  const Voice* voice = nullptr;
  std::size_t begin = 0;  ///< Frame of the voice that it begins with.
};

/// What the phones saw. Frames of 20 ms.
struct LegsReport {
  std::uint64_t legs = 0;  ///< That got in, and stayed to the end.
  std::uint64_t sent = 0;
  std::uint64_t unsent = 0;  ///< The server did not read.
  std::uint64_t received = 0;
  std::uint64_t voiced = 0;   ///< Of them, not silent.
  std::uint64_t gaps = 0;     ///< Times a phone got nothing for 60 ms: its jitter buffer would have run dry.
  double late_ms_p999 = 0.0;  ///< How late they were themselves: they may not be what is measured.
  double late_ms_max = 0.0;
};

/// Phones in a process of their own, as Asterisk is: each sends a frame every 20 ms by absolute deadlines, and reads
/// what comes; which of the 20 ms is whose is spread evenly.
class Legs {
 public:
  /// Starts the process; it connects as soon as something listens, a phone every few ms, talks for `time` when all are
  /// there, and hangs up. Call it before the process has threads.
  static Legs start(const std::filesystem::path& socket, const std::vector<LegPlan>& plans, milliseconds time);

  Legs(Legs&& other) noexcept;
  Legs& operator=(Legs&&) = delete;
  ~Legs();  ///< Ends it.

  /// Whether it is over. Never waits.
  bool over();

  /// Waits for the end. Ends the program when it failed.
  LegsReport report();

 private:
  Legs(pid_t process, int report) : process_(process), report_(report) {}

  pid_t process_;
  int report_;  ///< Where its report comes from.
  int status_ = 0;
};

}  // namespace parley::bench
