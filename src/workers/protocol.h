// SPDX-License-Identifier: GPL-3.0-or-later
// What parleyd and an engine's process say to each other. Each side trusts the other with nothing: decoding gives
// nothing where a payload is not exactly what it should be.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/language.h"
#include "base/result.h"
#include "recognition/recognizer.h"
#include "synthesis/synthesizer.h"
#include "translation/translator.h"
#include "workers/wire.h"

namespace parley::workers {

/// kReady, unasked, once: what the engine can do.
struct Facts {
  std::string name;
  std::set<Language> languages;               ///< Heard or spoken.
  std::set<LanguagePair> pairs;               ///< Translated.
  std::map<std::string, std::string> voices;  ///< Language code → the voice to use where nobody chose one.
};

/// kHear, answered by kHeard (a Transcript) or kError. Streams need no opening: one that is not known begins here.
struct Hear {
  std::uint64_t stream = 0;
  recognition::SessionContext context;
  bool start_over = false;  ///< Before anything else.
  bool finish = false;      ///< Instead of a hypothesis.
  recognition::Speech speech = recognition::Speech::kGoesOn;
  std::vector<std::int16_t> samples;  ///< Fed before it is asked.
};

/// kSpeak, answered by kSound or kError: opens a stream and, if asked for, gives its next sound.
struct Speak {
  std::uint64_t stream = 0;
  synthesis::SynthesisRequest request;
  std::uint64_t skip = 0;  ///< So many samples were heard already from a process that is no more. kProgress meanwhile.
  bool next = false;
};

/// kSound: an answer to kSpeak and kNext.
struct Sound {
  std::vector<std::int16_t> samples;  ///< Empty at the end, and where none was asked for.
  synthesis::SpeechPosition position;
};

/// Of kNext (a question), kForget, kCancel and kCloseSpeech (no answer): the stream, kept where the payload is.
std::string encode_stream(std::uint64_t stream);
std::optional<std::uint64_t> decode_stream(std::string_view payload);

std::string encode(const Facts& facts);
std::string encode(const Hear& hear, std::span<const std::int16_t> samples);  ///< These instead of its own.
std::string encode(const Speak& speak);
std::string encode(const Sound& sound);
std::string encode(const recognition::Transcript& transcript);
std::string encode(const translation::TranslationRequest& request);
std::string encode(const translation::Translation& translation);
std::string encode(const Error& error);  ///< kError, kNotLoaded.

template <typename T>
std::optional<T> decode(std::string_view payload);
template <>
std::optional<Facts> decode(std::string_view payload);
template <>
std::optional<Hear> decode(std::string_view payload);
template <>
std::optional<Speak> decode(std::string_view payload);
template <>
std::optional<Sound> decode(std::string_view payload);
template <>
std::optional<recognition::Transcript> decode(std::string_view payload);
template <>
std::optional<translation::TranslationRequest> decode(std::string_view payload);
template <>
std::optional<translation::Translation> decode(std::string_view payload);
template <>
std::optional<Error> decode(std::string_view payload);

}  // namespace parley::workers
