// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "recognition/recognizer.h"
#include "synthesis/synthesizer.h"
#include "telemetry/engine_status.h"
#include "telemetry/health.h"
#include "translation/translator.h"
#include "workers/config.h"
#include "workers/descriptor.h"

namespace parley::workers {

class Pool;

/// The engines, each in processes of its own, and who looks after them.
///
///   auto workers = workers::Workers::start(app::workers_config(settings, file), health, [](std::string_view engine) {
///     …  // "synthesis:kokoro" is ready, for the first time or again; in a thread of the workers': return soon
///   });
///   engines.recognizers[english] = {(*workers)->recognizer("moonshine"), (*workers)->recognizer("whisper")};
///   engines.translators = {(*workers)->translator("marian")};
///   engines.synthesizers = {(*workers)->synthesizer("kokoro")};
///   …
///   (*workers)->status();  // for /health and /metrics
///   (*workers)->stop();    // or the destructor
///
/// start() returns at once: the processes load their models meanwhile, ready() of an engine says how far it is, and a
/// request before that gets kUnavailable. When a process dies or hangs, its spare takes over and the requests that ran
/// are repeated there; the caller notices a delay. An engine's answer is kUnavailable when no process is ready (it is
/// being started again), kInternal when it failed on this request or died twice of it. What changes is said in
/// Health under the engine's name ("recognition:moonshine").
///
/// The engine objects may be used from any thread, and after stop() too: they are then unavailable.
class Workers {
 public:
  /// Told in a thread of the workers' when an engine can be asked that could not be before.
  using OnReady = std::function<void(std::string_view name)>;

  /// Errors: kNotFound (parley-engine or the configuration is missing), kInvalid (settings, a language's rules),
  /// kUnavailable (no descriptors, no threads).
  static Result<std::unique_ptr<Workers>> start(const WorkersConfig& config, telemetry::Health& health,
                                                OnReady on_ready = {});

  /// stop().
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// By the engine's name ("whisper"); null where it was not configured.
  std::shared_ptr<const recognition::Recognizer> recognizer(std::string_view engine) const;
  std::shared_ptr<const translation::Translator> translator(std::string_view engine) const;
  std::shared_ptr<const synthesis::Synthesizer> synthesizer(std::string_view engine) const;

  /// What each engine's processes do, in the order of the configuration. Any thread but the media thread.
  std::vector<telemetry::EngineStatus> status() const;

  /// Ends every process, within a second. Requests that run end with kUnavailable.
  void stop();

 private:
  Workers();

  Descriptor config_;  ///< The configuration as it was, for processes to come.
  std::vector<std::shared_ptr<Pool>> pools_;
  std::map<std::string, std::shared_ptr<const recognition::Recognizer>, std::less<>> recognizers_;
  std::map<std::string, std::shared_ptr<const translation::Translator>, std::less<>> translators_;
  std::map<std::string, std::shared_ptr<const synthesis::Synthesizer>, std::less<>> synthesizers_;
};

}  // namespace parley::workers
