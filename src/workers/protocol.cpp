// SPDX-License-Identifier: GPL-3.0-or-later
#include "workers/protocol.h"

#include <cmath>
#include <utility>

namespace parley::workers {
namespace {

using recognition::Speech;
using recognition::Transcript;
using translation::Translation;
using translation::TranslationRequest;

/// An item of a list takes this many bytes or more.
constexpr std::size_t kText = sizeof(std::uint32_t);
constexpr std::size_t kNumber = sizeof(std::uint64_t);

template <typename T>
std::optional<T> if_done(const Reader& reader, T&& value) {
  if (!reader.done()) return std::nullopt;
  return std::forward<T>(value);
}

Language get_language(Reader& reader) {
  const auto text = reader.text();
  if (text.empty()) return {};
  auto language = Language::parse(text);
  if (language) return *language;
  reader.refuse();
  return {};
}

double get_finite(Reader& reader) {
  const auto value = reader.get<double>();
  if (!std::isfinite(value)) reader.refuse();
  return value;
}

milliseconds get_ms(Reader& reader) { return milliseconds(reader.get<std::int64_t>()); }

}  // namespace

std::string encode_stream(std::uint64_t stream) { return Writer().put(stream).take(); }

std::optional<std::uint64_t> decode_stream(std::string_view payload) {
  Reader reader(payload);
  return if_done(reader, reader.get<std::uint64_t>());
}

std::string encode(const Facts& facts) {
  Writer out;
  out.put(facts.name).put(static_cast<std::uint32_t>(facts.languages.size()));
  for (const auto& language : facts.languages) out.put(language.code());
  out.put(static_cast<std::uint32_t>(facts.pairs.size()));
  for (const auto& pair : facts.pairs) out.put(pair.from.code()).put(pair.to.code());
  out.put(static_cast<std::uint32_t>(facts.voices.size()));
  for (const auto& [language, voice] : facts.voices) out.put(language).put(voice);
  return out.take();
}

template <>
std::optional<Facts> decode(std::string_view payload) {
  Reader in(payload);
  Facts facts;
  facts.name = in.text();
  for (auto left = in.count(kText); left > 0; --left) facts.languages.insert(get_language(in));
  for (auto left = in.count(2 * kText); left > 0; --left) {
    const auto from = get_language(in);
    facts.pairs.insert({.from = from, .to = get_language(in)});
  }
  for (auto left = in.count(2 * kText); left > 0; --left) {
    const auto language = in.text();
    facts.voices[language] = in.text();
  }
  return if_done(in, std::move(facts));
}

std::string encode(const Hear& hear, std::span<const std::int16_t> samples) {
  return Writer()
      .put(hear.stream)
      .put(hear.context.session_id)
      .put(hear.context.speaker_id)
      .put(hear.context.language.code())
      .put(hear.start_over)
      .put(hear.finish)
      .put(hear.speech == Speech::kPaused)
      .put(samples)
      .take();
}

template <>
std::optional<Hear> decode(std::string_view payload) {
  Reader in(payload);
  Hear hear;
  hear.stream = in.get<std::uint64_t>();
  hear.context.session_id = in.text();
  hear.context.speaker_id = in.text();
  hear.context.language = get_language(in);
  hear.start_over = in.get<bool>();
  hear.finish = in.get<bool>();
  hear.speech = in.get<bool>() ? Speech::kPaused : Speech::kGoesOn;
  hear.samples = in.samples();
  return if_done(in, std::move(hear));
}

std::string encode(const Speak& speak) {
  const auto& request = speak.request;
  return Writer()
      .put(speak.stream)
      .put(request.phrase)
      .put(request.language.code())
      .put(request.voice)
      .put(request.speed)
      .put(request.before)
      .put(speak.skip)
      .put(speak.next)
      .take();
}

template <>
std::optional<Speak> decode(std::string_view payload) {
  Reader in(payload);
  Speak speak;
  speak.stream = in.get<std::uint64_t>();
  speak.request.phrase = in.text();
  speak.request.language = get_language(in);
  speak.request.voice = in.text();
  speak.request.speed = get_finite(in);
  speak.request.before = in.text();
  speak.skip = in.get<std::uint64_t>();
  speak.next = in.get<bool>();
  return if_done(in, std::move(speak));
}

std::string encode(const Sound& sound) {
  return Writer()
      .put(std::span(sound.samples))
      .put(std::int64_t{sound.position.given.count()})
      .put(std::int64_t{sound.position.expected.count()})
      .take();
}

template <>
std::optional<Sound> decode(std::string_view payload) {
  Reader in(payload);
  Sound sound;
  sound.samples = in.samples();
  sound.position.given = get_ms(in);
  sound.position.expected = get_ms(in);
  return if_done(in, std::move(sound));
}

std::string encode(const Transcript& transcript) {
  Writer out;
  out.put(transcript.text).put(transcript.confidence).put(std::uint64_t{transcript.agreed});
  out.put(static_cast<std::uint32_t>(transcript.words.size()));
  for (const auto& word : transcript.words)
    out.put(word.text).put(std::int64_t{word.begin.count()}).put(std::int64_t{word.end.count()});
  return out.take();
}

template <>
std::optional<Transcript> decode(std::string_view payload) {
  Reader in(payload);
  Transcript transcript;
  transcript.text = in.text();
  transcript.confidence = get_finite(in);
  transcript.agreed = in.get<std::uint64_t>();
  for (auto left = in.count(kText + 2 * kNumber); left > 0; --left) {
    auto text = in.text();
    const auto begin = get_ms(in);
    transcript.words.push_back({.text = std::move(text), .begin = begin, .end = get_ms(in)});
  }
  if (transcript.agreed > transcript.words.size()) in.refuse();
  return if_done(in, std::move(transcript));
}

std::string encode(const TranslationRequest& request) {
  return Writer()
      .put(request.source)
      .put(request.pair.from.code())
      .put(request.pair.to.code())
      .put(request.committed_prefix)
      .take();
}

template <>
std::optional<TranslationRequest> decode(std::string_view payload) {
  Reader in(payload);
  TranslationRequest request;
  request.source = in.text();
  request.pair.from = get_language(in);
  request.pair.to = get_language(in);
  request.committed_prefix = in.text();
  return if_done(in, std::move(request));
}

std::string encode(const Translation& translation) {
  Writer out;
  out.put(translation.text).put(translation.prepared_source).put(translation.score).put(translation.digits_kept);
  out.put(static_cast<std::uint32_t>(translation.words.size()));
  for (const auto& word : translation.words)
    out.put(word.text).put(word.source.has_value()).put(std::uint64_t{word.source.value_or(0)});
  return out.take();
}

template <>
std::optional<Translation> decode(std::string_view payload) {
  Reader in(payload);
  Translation translation;
  translation.text = in.text();
  translation.prepared_source = in.text();
  translation.score = get_finite(in);
  translation.digits_kept = in.get<bool>();
  for (auto left = in.count(kText + 1 + kNumber); left > 0; --left) {
    auto text = in.text();
    const bool known = in.get<bool>();
    const auto source = in.get<std::uint64_t>();
    translation.words.push_back(
        {.text = std::move(text), .source = known ? std::optional<std::size_t>(source) : std::nullopt});
  }
  return if_done(in, std::move(translation));
}

std::string encode(const Error& error) {
  return Writer().put(static_cast<std::uint8_t>(error.code)).put(error.message).take();
}

template <>
std::optional<Error> decode(std::string_view payload) {
  Reader in(payload);
  const auto code = in.get<std::uint8_t>();
  if (code > std::to_underlying(ErrorCode::kInternal)) in.refuse();
  auto message = in.text();
  return if_done(in, Error{.code = static_cast<ErrorCode>(code), .message = std::move(message)});
}

}  // namespace parley::workers
