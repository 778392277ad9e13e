// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <iostream>
#include <memory>

#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/loading.h"
#include "app/wav_call.h"

namespace parley::app {
namespace {

struct TranslateOptions {
  std::string in;
  std::string out;
  std::string from;
  std::string to;
  std::string voice;
  bool json = false;
  bool realtime = false;
  bool original = false;
};

/// Prints what is understood as it is understood, and keeps the records.
class Transcript : public telemetry::LedgerSink {
 public:
  explicit Transcript(bool print) : print_(print) {}

  void on_caption(const telemetry::UtteranceRecord& record) override {
    if (!print_) return;
    std::cout << fmt::format("{:7.2f} s  {}  {}\n{:9}  {}  {}\n",
                             static_cast<double>(record.speech_start.count()) / 1000.0, record.pair.from.code(),
                             record.source, "", record.pair.to.code(), record.translation)
              << std::flush;
  }

  void on_utterance(const telemetry::UtteranceRecord& record) override {
    records_.push_back(record);
    if (!print_ || record.outcome == telemetry::Outcome::kNoWords) return;
    const auto& s = record.stages;
    const auto lag = record.response_lag();
    std::cout << fmt::format(
                     "{:9}  {}: pause {} ms = endpoint {:.0f} + recognition {:.0f} + translation {:.1f} + synthesis "
                     "{:.0f} …{}{}\n",
                     "", to_string(record.outcome), lag ? fmt::to_string(lag->count()) : "–", s.endpoint, s.recognition,
                     s.translation, s.synthesis, record.error.empty() ? "" : "  ", record.error)
              << std::flush;
  }

  const std::vector<telemetry::UtteranceRecord>& records() const { return records_; }

 private:
  const bool print_;
  std::vector<telemetry::UtteranceRecord> records_;  ///< One ledger call at a time; read when the call is over.
};

nlohmann::ordered_json report(const TranslateOptions& options, const Transcript& transcript, milliseconds heard) {
  auto utterances = nlohmann::ordered_json::array();
  for (const auto& record : transcript.records())
    utterances.push_back(nlohmann::ordered_json::parse(telemetry::to_json(record)));
  return {{"in", options.in}, {"out", options.out}, {"heard_ms", heard.count()}, {"utterances", std::move(utterances)}};
}

Result<LanguagePair> pair_of(const TranslateOptions& options) {
  const auto from = Language::parse(options.from);
  if (!from) return std::unexpected(from.error());
  const auto to = Language::parse(options.to);
  if (!to) return std::unexpected(to.error());
  if (*from == *to)
    return fail(ErrorCode::kInvalid, "--from and --to are the same language: there is nothing to translate");
  return LanguagePair{*from, *to};
}

Result<void> translate(const TranslateOptions& options, Settings settings) {
  const auto pair = pair_of(options);
  if (!pair) return std::unexpected(pair.error());
  auto recording = audio::read_recording(options.in);
  if (!recording) return std::unexpected(recording.error());

  settings.languages = {pair->from, pair->to};
  settings.call.original = options.original;
  // What is worked out while somebody speaks is of use only to who waits for it, and its cost would be most of the
  // time.
  if (!options.realtime) settings.call.conversation.partials = false;
  if (!options.voice.empty()) settings.synthesis.kokoro.voices[std::string(pair->to.code())] = options.voice;
  const auto engines = load_engines_visibly(settings);
  if (!engines) return std::unexpected(engines.error());
  if (!(*engines)->support(*pair)) {
    return fail(ErrorCode::kUnsupported,
                "{} is not supported: there is no translation model for it (`parley doctor` lists the pairs)",
                to_string(*pair));
  }
  auto writer = audio::WavWriter::create(options.out, 1);
  if (!writer) return std::unexpected(writer.error());

  auto transcript = std::make_shared<Transcript>(!options.json);
  telemetry::Ledger ledger;
  ledger.add(transcript);
  const auto heard = run_wav_call({.pair = *pair,
                                   .recording = std::move(*recording),
                                   .writer = std::move(*writer),
                                   .pace = options.realtime ? Pace::kRealtime : Pace::kAsFastAsItCan},
                                  settings, *engines, ledger);
  if (!heard) return std::unexpected(heard.error());
  if (options.json) std::cout << report(options, *transcript, *heard).dump(2) << "\n";
  const bool failed =
      std::ranges::any_of(transcript->records(), [](const auto& record) { return !record.error.empty(); });
  if (failed)
    return fail(ErrorCode::kInternal, "some utterances could not be translated; {} has them in the original voice",
                options.out);
  return {};
}

}  // namespace

void add_translate(CLI::App& parley, const CommonOptions& common, int& status) {
  auto options = std::make_shared<TranslateOptions>();
  CLI::App* command = parley.add_subcommand("translate", "Translate a recording as if it were one side of a call");
  command->add_option("in", options->in, "Recording: WAV, FLAC or Ogg, mono or stereo, any rate")->required();
  command->add_option("-f,--from", options->from, "Language spoken: en, pt …")->required();
  command->add_option("-t,--to", options->to, "Language to hear")->required();
  command
      ->add_option("-o,--out", options->out,
                   "WAV file with what the listener hears, on the recording's clock (16 kHz mono)")
      ->required();
  command->add_option("-v,--voice", options->voice,
                      "Voice that speaks the translation; without it the language's default");
  command->add_flag("--json", options->json, "Print utterances, texts and stage times as JSON");
  command->add_flag("--realtime", options->realtime,
                    "Play at the pace of a call; without it silence is passed over quickly");
  command->add_flag("--original", options->original, "Keep the original voice underneath, as in a call");
  command->callback([options, &common, &status] {
    const auto settings = common.settings();
    const auto done = settings ? translate(*options, *settings) : std::unexpected(settings.error());
    if (!done) status = complain(done.error());
  });
}

}  // namespace parley::app
