// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <span>

#include "base/language.h"
#include "base/result.h"
#include "recognition/recognizer.h"
#include "synthesis/synthesizer.h"
#include "translation/translator.h"
#include "workers/protocol.h"

namespace parley::workers {

/// The engine that a process is for: one of them.
struct Engine {
  std::shared_ptr<const recognition::Recognizer> recognizer;
  std::shared_ptr<const translation::Translator> translator;
  std::shared_ptr<const synthesis::Synthesizer> synthesizer;
};

/// What it can do for these languages.
Facts facts_of(const Engine& engine, std::span<const Language> languages);

/// Says that the process is ready, and answers parleyd until the connection ends: requests with `threads` threads,
/// everything else at once. Threads that still work then are not waited for: the process is to end without delay.
void serve(int socket, const Engine& engine, const Facts& facts, int threads);

/// Says why the engine could not be loaded.
void say_not_loaded(int socket, const Error& error);

}  // namespace parley::workers
