// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/settings.h"

#include <map>

#include <fmt/format.h>

#include "app/toml_section.h"
#include "call/playout.h"

namespace parley::app {
namespace {

using Mistakes = std::vector<std::string>;

/// Sections below are read in the order of docs/parley.toml.
class Reader {
 public:
  Reader(const toml::table& file, Settings& settings, Mistakes& mistakes)
      : settings_(settings), mistakes_(mistakes), top_(&file, "", mistakes) {}

  void read() {
    read_languages();
    top_.read("log_level", settings_.log_level);
    read_log_format();
    top_.read("log_texts", settings_.log_texts);
    read_path(top_, "ledger", settings_.ledger);
    top_.read("ledger_partials", settings_.ledger_partials);
    read_path(top_, "models", settings_.models);
    read_path(top_, "data", settings_.data);
    read_external_media();
    read_audiosocket();
    read_endpoint();
    read_recognition();
    read_synthesis();
    read_engines();
    read_call();
    read_conversation();
    read_backpressure();
    read_capacity();
    read_http();
  }

 private:
  TomlSection section(const char* name) { return {top_.table(name), name, mistakes_}; }

  static void read_path(TomlSection& section, std::string_view key, std::filesystem::path& value) {
    std::string text = value.string();
    section.read(key, text);
    value = text;
  }

  void read_log_format() {
    std::string name;
    top_.read("log_format", name);
    if (name.empty()) return;
    if (const auto format = parse_log_format(name)) {
      settings_.log_format = *format;
    } else {
      mistakes_.push_back("log_format: " + format.error().message);
    }
  }

  void read_languages() {
    std::vector<std::string> codes;
    top_.read("languages", codes);
    if (codes.empty()) return;
    settings_.languages.clear();
    for (const auto& code : codes) {
      if (auto language = Language::parse(code)) {
        settings_.languages.push_back(*language);
      } else {
        mistakes_.push_back("languages: " + language.error().message);
      }
    }
    if (codes.size() < 2) mistakes_.emplace_back("languages: name two or more, calls are translated between them");
  }

  void read_external_media() {
    auto media = section("external_media");
    auto& config = settings_.external_media;
    read_path(media, "socket", config.socket);
    std::string owner;
    std::string group;
    media.read("owner", owner);
    media.read("group", group);
    if (!owner.empty()) config.owner = owner;
    if (!group.empty()) config.group = group;
    media.read<std::size_t>("max_legs", config.limits.max_legs, 1, 10'000);
    media.read("hello_timeout_ms", config.limits.hello_timeout);
  }

  void read_audiosocket() {
    auto media = section("audiosocket");
    auto& config = settings_.audiosocket;
    media.read("enabled", settings_.audiosocket_enabled);
    media.read("address", config.address);
    media.read<std::uint16_t>("port", config.port, 0, 65'535);
    media.read<std::size_t>("max_legs", config.limits.max_legs, 1, 10'000);
    media.read("hello_timeout_ms", config.limits.hello_timeout);
  }

  void read_endpoint() {
    auto endpoint = section("endpoint");
    auto& config = settings_.endpoint;
    endpoint.read<float>("start_probability", config.start_probability, 0.0F, 1.0F);
    endpoint.read<float>("stop_probability", config.stop_probability, 0.0F, 1.0F);
    endpoint.read("min_speech_ms", config.min_speech);
    endpoint.read("silence_ms", config.endpoint_silence);
    endpoint.read("pause_ms", config.pause);
    endpoint.read("pre_roll_ms", config.pre_roll);
    endpoint.read("max_utterance_ms", config.max_utterance);
    if (auto valid = config.validate(); !valid) mistakes_.push_back("endpoint: " + valid.error().message);
  }

  void read_recognition() {
    auto recognition = section("recognition");
    auto& config = settings_.recognition;
    recognition.read("default_engine", config.default_engine);
    recognition.read("engines", config.engines);
    read_fallbacks(recognition, config.fallbacks);
    recognition.read<int>("moonshine_threads", config.moonshine.threads, 1, 64);
    recognition.read<int>("whisper_threads", config.whisper.threads, 1, 64);
    auto window = static_cast<int>(config.whisper.window.count());
    recognition.read<int>("whisper_window_s", window, 5, 30);
    config.whisper.window = std::chrono::seconds(window);
    recognition.read("draft", config.stream.draft);
    recognition.read("cut_after_ms", config.stream.cut_after);
  }

  static void read_fallbacks(TomlSection& recognition, std::map<std::string, std::vector<std::string>>& fallbacks) {
    std::map<std::string, std::string> names;
    for (const auto& [language, engines] : fallbacks) names[language] = engines.front();
    recognition.read("fallbacks", names);
    fallbacks.clear();
    for (const auto& [language, engine] : names) {
      if (!engine.empty()) fallbacks[language] = {engine};
    }
  }

  void read_synthesis() {
    auto synthesis = section("synthesis");
    auto& config = settings_.synthesis;
    synthesis.read("engine", config.engine);
    synthesis.read<int>("threads", config.kokoro.threads, 1, 64);
    synthesis.read("measure_voices", config.kokoro.measure_voices);
    read_path(synthesis, "voice_statistics", config.kokoro.statistics);
    synthesis.read("voices", config.kokoro.voices);
    synthesis.read("fallback", settings_.fallback_synthesizer);
  }

  void read_engines() {
    auto engines = section("engines");
    auto& config = settings_.supervision;
    engines.read("isolate", config.isolate);
    engines.read("spares", config.spares);
    engines.read("recognition_limit_ms", config.limits.recognition);
    engines.read("translation_limit_ms", config.limits.translation);
    engines.read("synthesis_limit_ms", config.limits.synthesis);
    if (auto valid = config.validate(); !valid) mistakes_.push_back("engines: " + valid.error().message);
  }

  void read_call() {
    auto call = section("call");
    auto& config = settings_.call;
    call.read("original", config.original);
    call.read<float>("original_gain_db", config.original_gain_db, -60.0F, 0.0F);
    call.read<float>("ducked_gain_db", config.ducked_gain_db, -60.0F, 0.0F);
    call.read("ramp_ms", config.ramp);
    call.read("level", config.levelling.on);
    read_talk_over(call, config.talk_over);
    call.read<float>("talk_over_gain_db", config.talk_over_gain_db, -60.0F, 0.0F);
    call.read("talk_over_ms", config.talk_over_time);
    call.read("default_language", config.default_language);
    call.read("mirror", config.mirror);
    call.read("partner_timeout_ms", config.partner_timeout);
    call.read("return_timeout_ms", config.return_timeout);
    call.read("playout_high_water_ms", config.playout_high_water);
    call.read<int>("inference_threads", config.executor_threads, 0, 256);
    if (auto language = Language::parse(config.default_language); !language) {
      mistakes_.push_back("call.default_language: " + language.error().message);
    }
  }

  void read_talk_over(TomlSection& call, call::TalkOver& value) {
    static const std::map<std::string, call::TalkOver> kNames{
        {"ignore", call::TalkOver::kIgnore}, {"duck", call::TalkOver::kDuck}, {"stop", call::TalkOver::kStop}};
    std::string name;
    call.read("talk_over", name);
    if (name.empty()) return;
    if (const auto found = kNames.find(name); found != kNames.end()) {
      value = found->second;
    } else {
      mistakes_.push_back(fmt::format("call.talk_over must be \"ignore\", \"duck\" or \"stop\", not \"{}\"", name));
    }
  }

  void read_conversation() {
    auto conversation = section("conversation");
    auto& config = settings_.call.conversation;
    conversation.read("partials", config.partials);
    conversation.read("partial_interval_ms", config.partial_interval);
    conversation.read("clauses", config.commit.clauses);
    conversation.read("align_att", config.commit.align_att);
    conversation.read<std::size_t>("masked_words", config.commit.masked_words, 0, 20);
    if (auto valid = translation::validate(config.commit); !valid)
      mistakes_.push_back("conversation: " + valid.error().message);
    conversation.read("speculate", config.speculate);
    conversation.read("adaptive_endpoint", config.adaptive_endpoint);
    conversation.read("complete_silence_ms", config.complete_silence);
    conversation.read("unclear_silence_ms", config.unclear_silence);
    conversation.read("open_silence_ms", config.open_silence);
    conversation.read("smooth_joins", config.smooth_joins);
    conversation.read("stretch", config.stretch);
    conversation.read<float>("most_stretch", config.most_stretch, 1.0F, call::Playout::kFastest);
  }

  void read_backpressure() {
    auto backpressure = section("backpressure");
    auto& config = settings_.call.backpressure;
    backpressure.read("recognition_lag_ms", config.recognition_lag);
    backpressure.read("slow_partial_interval_ms", config.slow_partial_interval);
    backpressure.read("synthesis_lag_ms", config.synthesis_lag);
    backpressure.read<float>("slow_tempo", config.slow_tempo, call::Playout::kSlowest, 1.0F);
    backpressure.read<std::size_t>("most_phrases", config.most_phrases, 1, 100);
    backpressure.read<std::size_t>("most_utterances", config.most_utterances, 1, 100);
    backpressure.read("retry_ms", settings_.call.retry_understanding.first);
    backpressure.read<int>("retries", settings_.call.retry_understanding.times, 0, 10);
  }

  void read_capacity() {
    auto capacity = section("capacity");
    auto& config = settings_.capacity;
    capacity.read<int>("calls", config.calls, 0, 10'000);
    capacity.read<double>("cores", config.cores, 0.0, 1024.0);
    capacity.read<double>("share", config.share, 0.1, 1.0);
    capacity.read<double>("cost", config.cost, 0.05, 8.0);
    capacity.read<double>("talking", config.talking, 0.1, 2.0);
  }

  void read_http() {
    auto http = section("http");
    auto& config = settings_.http;
    http.read("enabled", config.enabled);
    http.read("address", config.address);
    http.read<std::uint16_t>("port", config.port, 0, 65'535);
    http.read("allow_remote", config.allow_remote);
    http.read<std::size_t>("max_connections", config.max_connections, 1, 10'000);
  }

  Settings& settings_;
  Mistakes& mistakes_;
  TomlSection top_;
};

}  // namespace

Settings default_settings() {
  Settings settings;
  settings.languages = {*Language::parse("en"), *Language::parse("pt")};
  return settings;
}

Result<Settings> load_settings(const std::filesystem::path& file) {
  if (!std::filesystem::is_regular_file(file))
    return fail(ErrorCode::kNotFound, "configuration {} is missing", file.string());
  toml::table table;
  try {
    table = toml::parse_file(file.string());
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::kInvalid, "{}, line {}: {}", file.string(), error.source().begin.line, error.description());
  }
  Settings settings = default_settings();
  Mistakes mistakes;
  Reader(table, settings, mistakes).read();
  if (mistakes.empty()) return settings;
  std::string text;
  for (const auto& mistake : mistakes) text += "\n  " + mistake;
  return fail(ErrorCode::kInvalid, "{} cannot be used:{}", file.string(), text);
}

}  // namespace parley::app
