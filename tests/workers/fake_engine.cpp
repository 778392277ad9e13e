// SPDX-License-Identifier: GPL-3.0-or-later
// An engine that does what a test tells it to, instead of parley-engine. Every request holds a script:
//   echo TEXT | pid | descriptors | burn MS | sleep MS | crash | exit | hang | spin | stop | garbage | nonsense
//   | flood | refuse | throw
// "once FILE SCRIPT" does SCRIPT the first time, while FILE does not exist, and nothing later. The role's engine says
// how it begins: "plain", "dies", "exits", "waits-for FILE" (cannot work without FILE), "silent" (never ready).
#include <dirent.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>

#include "workers/server.h"
#include "workers/spawn.h"

namespace parley::workers {
namespace {

using namespace std::chrono_literals;

void write_raw(const std::string& bytes) {
  [[maybe_unused]] const auto written = write(kChildSocket, bytes.data(), bytes.size());
}

/// The server names its threads so.
std::uint64_t number_of_request() {
  char name[16] = {};
  prctl(PR_GET_NAME, name);
  return std::stoull(std::string(name).substr(std::string(name).find('#') + 1));
}

void burn(std::chrono::milliseconds time) {
  timespec now{};
  const auto used = [&] {
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
  };
  for (const auto end = used() + time; used() < end;) {
  }
}

std::string open_descriptors() {
  std::string list;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code error;
    if (std::filesystem::read_symlink(entry, error).string().contains("/fd")) continue;  // This very directory.
    list += entry.path().filename().string() + " ";
  }
  return list;
}

/// Does what the script says; what it says goes into the answer.
Result<std::string> act(const std::string& script) {
  std::istringstream in(script);
  std::string word;
  in >> word;
  const auto rest = [&] {
    std::string text;
    std::getline(in >> std::ws, text);
    return text;
  };
  if (word == "once") {
    std::string file;
    in >> file;
    if (std::filesystem::exists(file)) return "again";
    std::ofstream(file) << "x";
    return act(rest());
  }
  if (word == "echo") return rest();
  if (word == "pid") return std::to_string(getpid());
  if (word == "descriptors") return open_descriptors();
  if (word == "burn") burn(std::chrono::milliseconds(std::stoi(rest())));
  if (word == "sleep") std::this_thread::sleep_for(std::chrono::milliseconds(std::stoi(rest())));
  if (word == "crash") std::abort();
  if (word == "exit") std::_Exit(0);
  if (word == "hang") std::this_thread::sleep_for(1h);
  if (word == "spin") burn(1h);
  if (word == "stop") {
    kill(getpid(), SIGSTOP);
    std::this_thread::sleep_for(100ms);  // Another thread may be the one that takes it.
  }
  if (word == "garbage") write_raw("\xff\xfe\xfd this is no message, nor is it ever going to be one");
  if (word == "nonsense") {
    std::string answer;
    append(answer, MessageType::kTranslated, number_of_request(), "\x07\x00 not a translation");
    write_raw(answer);
    std::this_thread::sleep_for(1h);
  }
  if (word == "flood") {
    std::string more;
    append(more, MessageType::kProgress, number_of_request(), {});
    for (;; std::this_thread::sleep_for(1ms)) write_raw(more);
  }
  if (word == "refuse") return fail(ErrorCode::kUnsupported, "refused");
  if (word == "throw") throw std::runtime_error("no memory");
  return std::to_string(getpid());
}

class FakeTranslator final : public translation::Translator {
 public:
  std::string_view name() const override { return "fake"; }
  bool supports(const LanguagePair& pair) const override { return pair.from != pair.to; }
  Result<translation::Translation> translate(const translation::TranslationRequest& request) const override {
    auto text = act(request.source);
    if (!text) return std::unexpected(text.error());
    return translation::Translation{.text = *text, .prepared_source = request.committed_prefix, .words = {}};
  }
  Result<void> warm_up() const override { return {}; }
};

/// Says "<samples of the utterance> <samples fed to this process> <pid>".
class FakeHearing final : public recognition::RecognitionStream {
 public:
  explicit FakeHearing(std::string script) : script_(std::move(script)) {}
  void feed(std::span<const std::int16_t> samples) override {
    samples_ += samples.size();
    fed_ += samples.size();
  }
  Result<recognition::Transcript> hypothesis(recognition::Speech speech) override {
    if (auto acted = act(script_); !acted) return std::unexpected(acted.error());
    recognition::Transcript transcript{
        .text = std::to_string(samples_) + " " + std::to_string(fed_) + " " + std::to_string(getpid()), .words = {}};
    transcript.confidence = speech == recognition::Speech::kPaused ? 1.0 : 0.5;
    return transcript;
  }
  Result<recognition::Transcript> finish() override {
    auto transcript = hypothesis(recognition::Speech::kPaused);
    start_over();
    return transcript;
  }
  void start_over() override { samples_ = 0; }

 private:
  const std::string script_;
  std::size_t samples_ = 0;
  std::size_t fed_ = 0;
};

class FakeRecognizer final : public recognition::Recognizer {
 public:
  std::string_view name() const override { return "fake"; }
  bool supports(const Language& language) const override { return language.code() != "fr"; }
  Result<std::unique_ptr<recognition::RecognitionStream>> open(
      const recognition::SessionContext& context) const override {
    return std::make_unique<FakeHearing>(context.session_id);
  }
  Result<void> warm_up() const override { return {}; }
};

/// Ten stretches of 100 samples, 0, 1, 2 … The script is done before the sixth.
class FakeSpeech final : public synthesis::SpeechStream {
 public:
  explicit FakeSpeech(std::string script) : script_(std::move(script)) {}
  Result<std::vector<std::int16_t>> next() override {
    if (script_ == "until cancelled") {
      while (!cancelled_) std::this_thread::sleep_for(1ms);
    }
    if (cancelled_) return fail(ErrorCode::kCancelled, "cancelled");
    if (given_ == 10) return std::vector<std::int16_t>();
    if (given_ == 5) {
      if (auto acted = act(script_); !acted) return std::unexpected(acted.error());
    }
    std::vector<std::int16_t> samples(100);
    for (auto& sample : samples) sample = next_++;
    ++given_;
    return samples;
  }
  void cancel() override { cancelled_ = true; }
  synthesis::SpeechPosition position() const override {
    return {.given = milliseconds(given_), .expected = milliseconds(10)};
  }

 private:
  const std::string script_;
  int given_ = 0;
  std::int16_t next_ = 0;
  std::atomic<bool> cancelled_{false};
};

class FakeSynthesizer final : public synthesis::Synthesizer {
 public:
  std::string_view name() const override { return "fake"; }
  bool supports(const Language&) const override { return true; }
  std::string default_voice(const Language& language) const override { return "voice-" + std::string(language.code()); }
  Result<std::unique_ptr<synthesis::SpeechStream>> synthesize(
      const synthesis::SynthesisRequest& request) const override {
    if (request.phrase.empty()) return fail(ErrorCode::kInvalid, "nothing to say");
    return std::make_unique<FakeSpeech>(request.phrase);
  }
  Result<void> warm_up() const override { return {}; }
};

void begin_as(const std::string& how) {
  std::istringstream in(how);
  std::string word;
  std::string file;
  in >> word >> file;
  if (word == "dies") std::abort();
  if (word == "exits") std::_Exit(0);
  if (word == "silent") std::this_thread::sleep_for(1h);
  if (word != "waits-for" || std::filesystem::exists(file)) return;
  say_not_loaded(kChildSocket, {.code = ErrorCode::kNotFound, .message = "model x is missing: run `make models`"});
  std::_Exit(1);
}

int run(const std::string& role, int threads) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const auto colon = role.find(':');
  begin_as(role.substr(colon + 1));
  Engine engine;
  if (role.starts_with("recognition")) engine.recognizer = std::make_shared<FakeRecognizer>();
  if (role.starts_with("translation")) engine.translator = std::make_shared<FakeTranslator>();
  if (role.starts_with("synthesis")) engine.synthesizer = std::make_shared<FakeSynthesizer>();
  const std::array languages{*Language::parse("en"), *Language::parse("pt"), *Language::parse("fr")};
  serve(kChildSocket, engine, facts_of(engine, languages), threads);
  std::_Exit(0);
}

}  // namespace
}  // namespace parley::workers

int main(int argc, char** argv) {
  std::string role;
  int threads = 1;
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::string(argv[i]) == "--role") role = argv[i + 1];
    if (std::string(argv[i]) == "--threads") threads = std::stoi(argv[i + 1]);
  }
  return parley::workers::run(role, threads);
}
