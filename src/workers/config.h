// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/language.h"
#include "base/result.h"

namespace parley::workers {

/// How long a request may take before its process is suspected to hang. A process that is only slow, because the
/// machine is busy, is left alone: see hang_watch.h.
struct Limits {
  milliseconds recognition{1'200};
  milliseconds recognition_per_second{100};  ///< Added for each second of the utterance.
  milliseconds translation{500};             ///< It takes some 5.
  milliseconds synthesis{500};               ///< To each next stretch of sound.
  milliseconds synthesis_whole{10'000};      ///< The same of an engine that makes a phrase at once (kokoro-whole).
  /// A request has run in circles when it used twice its limit of processor time, and no less than this: a slow machine
  /// needs a second and more to begin a long phrase of a voice that was never measured.
  milliseconds runaway{2'500};
  milliseconds absolute{10'000};  ///< No request takes longer, busy or not.
  milliseconds start{120'000};    ///< Loading the model and warming up.
  milliseconds ping{3'000};       ///< To the answer of an idle process, which is asked once a second.
};

/// The pause before a process is started again: doubled with every one that dies, until one lives long enough.
struct BackOff {
  milliseconds first{200};
  milliseconds longest{30'000};
  milliseconds forgiven_after{10'000};  ///< One that was ready so long ends the doubling.
  int failed_after = 5;                 ///< So many deaths in a row, and nothing that works: EngineState::kFailed.
};

/// What an administrator may decide: a section of parley.toml.
struct Supervision {
  bool isolate = true;  ///< Engines run in processes of their own; false: inside parleyd, whose end is their crash.
  bool spares = true;   ///< A second process per engine, loaded and idle, takes over at once when the first dies.
  Limits limits;
  BackOff back_off;

  /// Errors: kInvalid, naming the setting.
  Result<void> validate() const;
};

/// An engine that recognises speech, and what it is asked for.
struct RecognitionRole {
  std::string engine;  ///< "moonshine", "whisper".
  std::vector<Language> languages;
};

struct SynthesisRole {
  std::string engine;                         ///< "kokoro", "kokoro-whole".
  std::map<std::string, std::string> voices;  ///< Language code → voice: what is answered until the engine tells.
};

/// What is to be run. app::workers_config() makes it of the settings.
struct WorkersConfig {
  Supervision supervision;
  std::filesystem::path program;      ///< parley-engine; empty: beside the program that runs.
  std::filesystem::path config_file;  ///< parley.toml, read once now for all processes ever started; empty: defaults.
  int threads = 2;             ///< Requests that one process answers at once: as many as there are inference threads.
  int engine_threads = 1;      ///< The most threads an engine uses for one request.
  std::filesystem::path data;  ///< Holds text/<language>.toml; empty: default_data_directory().
  std::vector<Language> languages;
  std::vector<RecognitionRole> recognition;
  std::vector<std::string> translation;  ///< "marian".
  std::vector<SynthesisRole> synthesis;
};

}  // namespace parley::workers
