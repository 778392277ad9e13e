// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/doctor.h"

#include <regex>
#include <thread>

#include <sys/socket.h>
#include <sys/sysinfo.h>
#include <sys/un.h>
#include <unistd.h>

#include <onnxruntime_cxx_api.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "app/command_output.h"
#include "app/loading.h"
#include "base/clock.h"
#include "base/paths.h"
#include "kernels/cpu_features.h"

namespace parley::app {
namespace {

using Health = Finding::Health;
using Report = std::function<void(const Finding&)>;

constexpr int kOldestAsterisk = 20;
constexpr milliseconds kCommandLimit{5000};
constexpr double kMinMemoryGiB = 2.0;

void examine_machine(const Report& report) {
  const auto isa = kernels::choose_isa();
  if (!isa) {
    report({Health::kBad, "processor", isa.error().message, "correct or unset PARLEY_KERNELS"});
  } else {
    const bool strong = *isa == kernels::Isa::kAvx512Vnni;
    report({strong ? Health::kGood : Health::kWarning, "processor",
            fmt::format("kernels: {}", kernels::to_string(*isa)),
            strong ? "" : "translation works and is slower; a processor with AVX-512 VNNI is the fastest"});
  }
  const unsigned cores = std::thread::hardware_concurrency();
  report({cores >= 2 ? Health::kGood : Health::kWarning, "cores", fmt::to_string(cores),
          cores >= 2 ? "" : "with one core recognition and synthesis wait for each other: give it two or more"});
  struct sysinfo info {};
  sysinfo(&info);
  const double gib = static_cast<double>(info.totalram) * info.mem_unit / (1024.0 * 1024.0 * 1024.0);
  report({gib >= kMinMemoryGiB ? Health::kGood : Health::kBad, "memory", fmt::format("{:.1f} GiB", gib),
          gib >= kMinMemoryGiB ? "" : fmt::format("the engines need about {} GiB", kMinMemoryGiB)});
}

void examine_engines(const Settings& settings, const Report& report) {
  report({Health::kGood, "runtime: ONNX Runtime", Ort::GetVersionString(), ""});
  const auto directory = settings.models.empty() ? default_model_directory() : settings.models;
  if (!std::filesystem::is_directory(directory)) {
    report({Health::kBad, "models", fmt::format("{} is no directory", directory.string()),
            "run `make models`, or set models.directory"});
    return;
  }
  report({Health::kGood, "models", directory.string(), ""});
  call::Engines engines;
  for (const auto& step : load_steps()) {
    const auto began = SteadyClock::now();
    const auto loaded = step.load(settings, engines);
    const std::string name = fmt::format("engine: {}", step.name);
    if (loaded) {
      report({Health::kGood, name, fmt::format("loaded and run in {:.0f} ms", elapsed_ms(began)), ""});
    } else {
      report({Health::kBad, name, loaded.error().message,
              "do what the line above says; `make models` fetches what is missing"});
    }
  }
  for (const auto& from : settings.languages) {
    for (const auto& to : settings.languages) {
      if (from == to) continue;
      const bool supported = engines.support({from, to});
      report({supported ? Health::kGood : Health::kWarning, "pair", to_string(LanguagePair{from, to}),
              supported ? "" : "callers of this pair hear the original voice: add a translation model for it"});
    }
  }
}

/// The system's Asterisk, else the one that set-up unpacked for demo and tests.
std::vector<std::string> asterisk_command() {
  if (run_command({"asterisk", "-V"}, kCommandLimit)) return {"asterisk"};
  return {PARLEY_SOURCE_DIR "/scripts/asterisk-env", "run"};
}

void examine_module(const std::vector<std::string>& asterisk, const Report& report) {
  auto command = asterisk;
  command.insert(command.end(), {"-rx", "module show like chan_externalmedia"});
  const auto answer = run_command(command, kCommandLimit);
  if (!answer || answer->status != 0) {
    report({Health::kWarning, "chan_externalmedia", "Asterisk is not running, so the module cannot be seen",
            "start Asterisk; or ignore this where only `make demo` is wanted"});
  } else if (answer->output.find("Running") == std::string::npos) {
    report({Health::kBad, "chan_externalmedia", "Asterisk runs without the module",
            "install it (docs/asterisk.md) and `asterisk -rx \"module load chan_externalmedia\"`"});
  } else {
    report({Health::kGood, "chan_externalmedia", "loaded", ""});
  }
}

void examine_asterisk(const Report& report) {
  const auto asterisk = asterisk_command();
  auto command = asterisk;
  command.emplace_back("-V");
  const auto version = run_command(command, kCommandLimit);
  std::smatch match;
  if (!version || !std::regex_search(version->output, match, std::regex(R"(Asterisk (?:GIT-)?(\d+)\S*)"))) {
    report({Health::kBad, "Asterisk", "not found", "install Asterisk 20 or newer, or run `make asterisk`"});
    return;
  }
  const bool recent = std::stoi(match[1].str()) >= kOldestAsterisk;
  report({recent ? Health::kGood : Health::kBad, "Asterisk", match[0].str(),
          recent ? "" : "parley needs Asterisk 20 or newer"});
  examine_module(asterisk, report);
}

enum class SocketUse { kFree, kServed, kStale };

SocketUse look_at_socket(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) return SocketUse::kFree;
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  path.string().copy(address.sun_path, sizeof address.sun_path - 1);
  const bool answered = fd >= 0 && connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  if (fd >= 0) close(fd);
  return answered ? SocketUse::kServed : SocketUse::kStale;
}

void examine_places(const Settings& settings, const Report& report) {
  const auto& path = settings.external_media.socket;
  const auto directory = path.parent_path();
  const bool writable = access(directory.c_str(), W_OK) == 0;
  switch (look_at_socket(path)) {
    case SocketUse::kServed:
      report({Health::kGood, "socket", fmt::format("{}: a parleyd is running", path.string()), ""});
      return;
    case SocketUse::kFree:
    case SocketUse::kStale:
      report({writable ? Health::kGood : Health::kBad, "socket", path.string(),
              writable ? ""
                       : fmt::format("create {} and let parleyd's user write there, or set external_media.socket",
                                     directory.string())});
  }
  if (!settings.audiosocket_enabled) return;
  boost::asio::io_context io;
  boost::system::error_code error;
  boost::asio::ip::tcp::acceptor acceptor(io);
  const boost::asio::ip::tcp::endpoint endpoint(boost::asio::ip::make_address(settings.audiosocket.address, error),
                                                settings.audiosocket.port);
  if (!error) acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(boost::asio::socket_base::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  report({error ? Health::kBad : Health::kGood, "AudioSocket port",
          fmt::format("{}:{}", settings.audiosocket.address, settings.audiosocket.port),
          error ? fmt::format("{}: free it, choose another in audiosocket.port, or set audiosocket.enabled = false",
                              error.message())
                : ""});
}

}  // namespace

void examine(const Settings& settings, const std::function<void(const Finding&)>& report) {
  examine_machine(report);
  examine_engines(settings, report);
  examine_asterisk(report);
  examine_places(settings, report);
}

}  // namespace parley::app
