// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <unistd.h>
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "audio/wav.h"
#include "base/paths.h"
#include "recognition/recognizer.h"
#include "test_signals.h"

namespace parley::recognition::test {

/// A person reads a telephone prompt; 8 kHz, made 16 kHz.
inline Samples prompt(const std::string& name) {
  return audio::read_recording(cache_directory() / "sounds" / "en_US_f_Allison" / (name + ".wav")).value();
}

/// A recording of tests/data/recognition.
inline Samples recording(const std::string& name) {
  return audio::read_recording(std::filesystem::path(std::getenv("PARLEY_SOURCE_DIR")) / "tests/data/recognition" /
                               name)
      .value();
}

inline Language language(std::string_view code) { return Language::parse(code).value(); }

inline Result<Transcript> transcribe(const Recognizer& engine, const Samples& speech, std::string_view code) {
  auto stream = engine.open({"test", "test", language(code)});
  if (!stream) return std::unexpected(stream.error());
  for (std::size_t at = 0; at < speech.size(); at += 320) {
    (*stream)->feed(std::span(speech).subspan(at, std::min<std::size_t>(320, speech.size() - at)));
  }
  return (*stream)->finish();
}

/// Lower case without punctuation, so that a test pins words and not commas.
inline std::string words_of(const std::string& text) {
  std::string words;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || static_cast<unsigned char>(c) >= 0x80) {
      words += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!words.empty() && words.back() != ' ') {
      words += ' ';
    }
  }
  while (!words.empty() && words.back() == ' ') words.pop_back();
  return words;
}

/// A copy of a model's directory, in which one file can be missing or damaged; the others are links.
class DamagedModel {
 public:
  DamagedModel(const std::filesystem::path& model, const std::string& name)
      : directory_(std::filesystem::temp_directory_path() / (name + std::to_string(getpid()))), model_(model) {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directory(directory_);
    for (const auto& file : std::filesystem::directory_iterator(model)) restore(file.path().filename());
  }
  ~DamagedModel() { std::filesystem::remove_all(directory_); }
  DamagedModel(const DamagedModel&) = delete;
  DamagedModel& operator=(const DamagedModel&) = delete;

  const std::filesystem::path& directory() const { return directory_; }

  void restore(const std::filesystem::path& file) {
    remove(file);
    std::filesystem::create_symlink(model_ / file, directory_ / file);
  }
  void remove(const std::filesystem::path& file) { std::filesystem::remove(directory_ / file); }
  void truncate(const std::filesystem::path& file, double share) {
    const auto size = static_cast<double>(std::filesystem::file_size(model_ / file));
    std::string bytes(static_cast<std::size_t>(size * share), '\0');
    std::ifstream(model_ / file, std::ios::binary).read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    replace(file, bytes);
  }
  void replace(const std::filesystem::path& file, const std::string& bytes) {
    remove(file);
    std::ofstream(directory_ / file, std::ios::binary) << bytes;
  }

 private:
  std::filesystem::path directory_;
  std::filesystem::path model_;
};

}  // namespace parley::recognition::test
