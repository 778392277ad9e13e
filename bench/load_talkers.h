// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

namespace parley::bench {

struct TalkersOptions {
  std::filesystem::path parleyd;
  int most = 16;     ///< Talkers at once, at most.
  int seconds = 60;  ///< Each run.
};

/// How many people parleyd translates at once with its real engines: runs with one talker, two, …, each in a call of
/// his own, talking all the time with pauses for breath, from English and from Portuguese in turn, until it does not
/// keep up: an utterance is not answered, a frame is dropped, or the wait for an answer is long or grows. Gives
/// "talkers" and "talkers_runs".
nlohmann::json find_talkers(const TalkersOptions& options);

}  // namespace parley::bench
