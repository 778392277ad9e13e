// SPDX-License-Identifier: GPL-3.0-or-later
#include <iostream>
#include <memory>

#include "app/commands.h"
#include "app/loading.h"
#include "audio/wav.h"
#include "synthesis/phrases.h"

namespace parley::app {
namespace {

struct SayOptions {
  std::string text;
  std::string language = "en";
  std::string voice;
  std::string out;
  double speed = 1.0;
};

Result<double> say(const SayOptions& options, const Settings& settings) {
  const auto language = Language::parse(options.language);
  if (!language) return std::unexpected(language.error());
  call::Engines engines;
  if (auto loaded = load_synthesis(settings, engines); !loaded) return std::unexpected(loaded.error());
  const std::string voice =
      options.voice.empty() ? engines.synthesizers.front()->default_voice(*language) : options.voice;
  auto wav = audio::WavWriter::create(options.out, 1);
  if (!wav) return std::unexpected(wav.error());
  std::size_t samples = 0;
  for (const auto& phrase : synthesis::split_phrases(options.text)) {
    auto stream = engines.synthesizers.front()->synthesize(
        {.phrase = phrase, .language = *language, .voice = voice, .speed = options.speed});
    if (!stream) return std::unexpected(stream.error());
    for (;;) {
      auto chunk = (*stream)->next();
      if (!chunk) return std::unexpected(chunk.error());
      if (chunk->empty()) break;
      if (auto written = wav->write(*chunk); !written) return std::unexpected(written.error());
      samples += chunk->size();
    }
  }
  if (auto closed = wav->close(); !closed) return std::unexpected(closed.error());
  return static_cast<double>(samples) / audio::kSampleRate;
}

}  // namespace

void add_say(CLI::App& parley, const CommonOptions& common, int& status) {
  auto options = std::make_shared<SayOptions>();
  CLI::App* command = parley.add_subcommand("say", "Speak a text into a WAV file (16 kHz mono)");
  command->add_option("text", options->text, "What to say; long texts are spoken phrase by phrase")->required();
  command->add_option("-l,--language", options->language, "Language of the text: en, pt …")->capture_default_str();
  command->add_option("-v,--voice", options->voice, "Voice (pf_dora, am_adam …); without it the language's default");
  command->add_option("-s,--speed", options->speed, "1.0 is the voice's own pace")
      ->check(CLI::Range(0.5, 2.0))
      ->capture_default_str();
  command->add_option("-o,--out", options->out, "WAV file to write")->required();
  command->callback([options, &common, &status] {
    const auto settings = common.settings();
    const auto seconds = settings ? say(*options, *settings) : std::unexpected(settings.error());
    if (!seconds) {
      status = complain(seconds.error());
      return;
    }
    std::cout << fmt::format("{}: {:.2f} s\n", options->out, *seconds);
  });
}

}  // namespace parley::app
