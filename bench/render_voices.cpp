// SPDX-License-Identifier: GPL-3.0-or-later
// Speaks phrases with the whole Kokoro graph and in windows, from the same front half's prosody, for voice_quality.py
// to compare:
//   render_voices MODEL_DIRECTORY PHRASES.tsv OUTPUT_DIRECTORY
// PHRASES.tsv has lines "voice<TAB>language<TAB>text". Line n gives n.whole.f32 and n.windows.f32 (mono, 24 kHz, the
// same stretch of the phrase), and index.json what they are: {"voice", "language", "text", "seams": [sample, …].
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "give_up.h"
#include "kernels/cpu_features.h"
#include "synthesis/kokoro_front.h"
#include "synthesis/kokoro_model.h"
#include "synthesis/kokoro_text.h"
#include "synthesis/voice_measurer.h"
#include "vocoder/windows.h"

namespace {

using namespace parley;
using bench::give_up;
using bench::value_or_give_up;
using synthesis::VoiceStatistics;

struct Line {
  std::string voice;
  Language language;
  std::string text;
};

std::vector<Line> read_lines(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<Line> lines;
  for (std::string line; std::getline(file, line);) {
    const auto first = line.find('\t');
    const auto second = line.find('\t', first + 1);
    if (second == std::string::npos) give_up(path.string() + ": a line is not voice, language, text");
    lines.push_back({line.substr(0, first),
                     value_or_give_up(Language::parse(line.substr(first + 1, second - first - 1))),
                     line.substr(second + 1)});
  }
  if (lines.empty()) give_up(path.string() + " has no lines");
  return lines;
}

void write(const std::filesystem::path& path, std::span<const float> samples) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(samples.data()), static_cast<std::streamsize>(samples.size_bytes()));
  if (!file) give_up(path.string() + " cannot be written");
}

class Renderer {
 public:
  explicit Renderer(const std::filesystem::path& models)
      : text_(value_or_give_up(synthesis::KokoroText::load(models, {}))),
        front_(value_or_give_up(synthesis::KokoroFront::load(models / "front.onnx", 1))),
        whole_(value_or_give_up(synthesis::KokoroModel::load(models / "kokoro.onnx", 1))),
        weights_(value_or_give_up(
            vocoder::GeneratorWeights::load(models / "generator.bin", value_or_give_up(kernels::choose_isa())))),
        generator_(weights_, vocoder::WindowPolicy().max_frames()) {}

  nlohmann::json render(const Line& line, const std::filesystem::path& stem) {
    const auto phrase = value_or_give_up(text_.prepare({line.text, line.language, line.voice}));
    if (phrase.runs.size() != 1) give_up("the phrase is too long: " + line.text);
    const auto style = phrase.voice->row(phrase.runs[0].size());
    const auto prosody = value_or_give_up(front_.run(phrase.runs[0], style, 1.0F, Ort::RunOptions()));
    const auto stretch = prosody.phrase();
    const VoiceStatistics& statistics = statistics_of(line, phrase);
    const auto norms =
        weights_->map.predict(statistics.base, vocoder::summary_of(stretch, prosody.token_frames().front()));
    const auto conditioning = vocoder::Conditioning::of(norms, prosody.style());

    const auto [begin, end] = weights_->activity.voiced(stretch.features);
    vocoder::WindowedRun run(generator_, stretch, begin, end);
    std::vector<float> windows;
    nlohmann::json seams = nlohmann::json::array();
    for (auto window = run.next(conditioning); !window.empty(); window = run.next(conditioning)) {
      if (!windows.empty()) seams.push_back(windows.size());
      windows.insert(windows.end(), window.begin(), window.end());
    }
    for (float& sample : windows) sample /= std::sqrt(statistics.excess);
    const auto whole = value_or_give_up(whole_.run(phrase.runs[0], style, 1.0F, Ort::RunOptions()));
    write(stem.string() + ".whole.f32", std::span(whole).subspan(begin * vocoder::kFrameSamples, windows.size()));
    write(stem.string() + ".windows.f32", windows);
    return {{"voice", line.voice}, {"language", line.language.code()}, {"text", line.text}, {"seams", seams}};
  }

 private:
  const VoiceStatistics& statistics_of(const Line& line, const synthesis::KokoroPhrase& phrase) {
    const auto [found, missing] = statistics_.try_emplace({line.voice, line.language});
    if (missing)
      found->second = value_or_give_up(synthesis::measure_voice(
          text_, front_, weights_, {line.voice, line.language, phrase.voice}, std::stop_token()));
    return found->second;
  }

  synthesis::KokoroText text_;
  synthesis::KokoroFront front_;
  synthesis::KokoroModel whole_;
  std::shared_ptr<const vocoder::GeneratorWeights> weights_;
  vocoder::Generator generator_;
  std::map<std::pair<std::string, Language>, VoiceStatistics> statistics_;
};

}  // namespace

int main(int argc, char** argv) {
  std::filesystem::path models;
  std::filesystem::path phrases;
  std::filesystem::path out;
  CLI::App app("Speaks phrases with the whole Kokoro graph and in windows, for voice_quality.py to compare.");
  app.add_option("models", models, "Directory of Kokoro's files")->required()->check(CLI::ExistingDirectory);
  app.add_option("phrases", phrases, "Lines of voice, language and text, tabs between")->required();
  app.add_option("out", out, "Directory for the samples")->required()->check(CLI::ExistingDirectory);
  CLI11_PARSE(app, argc, argv);
  value_or_give_up(set_up_logging("warning"));

  Renderer renderer(models);
  nlohmann::json index = nlohmann::json::array();
  const auto lines = read_lines(phrases);
  for (const auto& line : lines) {
    index.push_back(renderer.render(line, out / std::to_string(index.size())));
    if (index.size() % 10 == 0) fmt::print(stderr, "{} of {} phrases\n", index.size(), lines.size());
  }
  std::ofstream(out / "index.json") << index.dump(1) << '\n';
}
