// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "audio/endpointer.h"
#include "base/language.h"
#include "base/log.h"
#include "call/capacity.h"
#include "call/config.h"
#include "control/http_server.h"
#include "media/audiosocket_server.h"
#include "media/external_media_server.h"
#include "recognition/registry.h"
#include "synthesis/registry.h"
#include "translation/marian_translator.h"
#include "workers/config.h"

namespace parley::app {

/// Everything that parley.toml can say, with the defaults of whoever owns each setting. See docs/parley.toml.
struct Settings {
  std::vector<Language> languages;  ///< What calls are translated between. At least two.
  std::string log_level = "info";
  std::filesystem::path ledger;  ///< JSON lines of captions and utterances; empty: none.
  LogFormat log_format = LogFormat::kText;
  bool log_texts = false;        ///< What is said may be in the log.
  bool ledger_partials = false;  ///< Also a line for every caption that may still change.
  std::filesystem::path models;  ///< Directory; empty: default_model_directory().
  std::filesystem::path data;    ///< Phrase tables and notices; empty: where they were installed.
  media::ExternalMediaConfig external_media;
  bool audiosocket_enabled = true;
  media::AudioSocketConfig audiosocket;
  audio::EndpointerConfig endpoint;
  recognition::RecognitionConfig recognition;
  translation::MarianTranslatorConfig translation;
  synthesis::SynthesisConfig synthesis;
  workers::Supervision supervision;
  /// What speaks while `synthesis.engine` cannot; empty: nothing does.
  std::string fallback_synthesizer = "espeak";
  call::CallConfig call;
  call::CapacityConfig capacity;
  control::HttpConfig http;
};

/// The defaults, where there is no file.
Settings default_settings();

/// Reads a file over the defaults. Errors: kNotFound; kInvalid with every mistake in it, a line each.
Result<Settings> load_settings(const std::filesystem::path& file);

}  // namespace parley::app
