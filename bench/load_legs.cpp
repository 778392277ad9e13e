// SPDX-License-Identifier: GPL-3.0-or-later
#include "load_legs.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cstring>
#include <exception>
#include <span>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "give_up.h"
#include "media/external_media_protocol.h"
#include "media/framing.h"
#include "media/priority.h"
#include "results.h"

namespace parley::bench {
namespace {

namespace protocol = media::external_media;

constexpr int kPhases = 20;  ///< Of 1 ms.
constexpr milliseconds kPhase{1};
constexpr milliseconds kPatience{30'000};
constexpr milliseconds kBetweenArrivals{5};
constexpr int kGap = 3;

class Phone {
 public:
  Phone(const LegPlan& plan, int socket) : plan_(plan), socket_(socket), at_(plan.begin) {
    const nlohmann::json hello{{"protocol", protocol::kVersion},
                               {"codec", "slin16"},
                               {"channel", plan.session + plan.leg},
                               {"session", plan.session},
                               {"leg", plan.leg},
                               {"speaks", plan.speaks},
                               {"hears", plan.hears}};
    const std::string text = hello.dump();
    std::vector<std::byte> message = {std::byte{static_cast<std::uint8_t>(protocol::Type::kHello)},
                                      static_cast<std::byte>(text.size() >> 8), static_cast<std::byte>(text.size())};
    for (const char character : text) message.push_back(static_cast<std::byte>(character));
    say(message);
  }
  Phone(Phone&& other) noexcept
      : plan_(other.plan_), socket_(std::exchange(other.socket_, -1)), reader_(other.reader_), at_(other.at_) {}
  Phone& operator=(Phone&&) = delete;
  ~Phone() {
    if (socket_ >= 0) close(socket_);
  }

  bool is_open() const { return open_; }

  void speak(LegsReport& report) {
    const auto message = protocol::pack_audio((*plan_.voice)[at_++ % plan_.voice->size()]);
    ++(say(message) ? report.sent : report.unsent);
  }

  void hang_up() { say(protocol::pack_hangup(16)); }

  /// Takes what has come.
  void listen(LegsReport& report) {
    bool any = false;
    while (read_some()) {
      for (auto message = reader_.next(); message && *message; message = reader_.next()) {
        if ((*message)->type != static_cast<std::uint8_t>(protocol::Type::kAudio)) continue;
        any = true;
        ++report.received;
        if (std::ranges::any_of((*message)->payload, [](std::byte byte) { return byte != std::byte{0}; }))
          ++report.voiced;
      }
    }
    silent_ = any ? 0 : silent_ + 1;
    if (silent_ == kGap) ++report.gaps;
  }

 private:
  bool say(std::span<const std::byte> message) {
    const auto sent = send(socket_, message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent == static_cast<ssize_t>(message.size())) return true;
    open_ = open_ && sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);  // Part of a message: out of step.
    return false;
  }

  bool read_some() {
    const auto space = reader_.space();
    const auto count = recv(socket_, space.data(), space.size(), MSG_DONTWAIT);
    if (count > 0) reader_.commit(static_cast<std::size_t>(count));
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) open_ = false;
    return count > 0;
  }

  const LegPlan plan_;
  int socket_;
  media::MessageReader reader_;
  std::size_t at_;
  int silent_ = 0;
  bool open_ = true;
};

/// Waits while nobody listens yet.
int connect_to(const std::filesystem::path& path, SteadyClock::time_point deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  while (SteadyClock::now() < deadline) {
    const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return descriptor;
    close(descriptor);
    std::this_thread::sleep_for(milliseconds(20));
  }
  give_up(fmt::format("nothing listens on {}", path.string()));
}

/// All phones, from the first call to the last hang-up.
class Switch {
 public:
  Switch(const std::filesystem::path& socket, const std::vector<LegPlan>& plans) : socket_(socket), plans_(plans) {
    phones_.reserve(plans.size());
  }

  LegsReport run(milliseconds time) {
    const std::size_t arrivals = plans_.size() * static_cast<std::size_t>(kBetweenArrivals / kPhase);
    const std::size_t end = arrivals + static_cast<std::size_t>(time / kPhase);
    lates_.reserve(end);
    connect_next();  // When it is there, the server is.
    const auto begin = SteadyClock::now();
    for (std::size_t phase = 1; phase < end; ++phase) {
      const auto due = begin + phase * kPhase;
      std::this_thread::sleep_until(due);
      lates_.push_back(elapsed_ms(due));
      if (phase % static_cast<std::size_t>(kBetweenArrivals / kPhase) == 0) connect_next();
      for (std::size_t i = phase % kPhases; i < phones_.size(); i += kPhases) {
        phones_[i].listen(report_);
        if (phones_[i].is_open()) phones_[i].speak(report_);
      }
    }
    hang_up();
    report_.late_ms_p999 = percentile(lates_, 0.999);
    report_.late_ms_max = std::ranges::max(lates_);
    return report_;
  }

 private:
  void connect_next() {
    if (phones_.size() == plans_.size()) return;
    phones_.emplace_back(plans_[phones_.size()], connect_to(socket_, SteadyClock::now() + kPatience));
  }

  void hang_up() {
    report_.legs = static_cast<std::uint64_t>(std::ranges::count_if(phones_, &Phone::is_open));
    // What is on its way is awaited: silence from here on is not the server's fault.
    const std::uint64_t gaps = report_.gaps;
    for (Phone& phone : phones_) phone.hang_up();
    const auto deadline = SteadyClock::now() + milliseconds(2000);
    while (std::ranges::any_of(phones_, &Phone::is_open) && SteadyClock::now() < deadline) {
      for (Phone& phone : phones_) phone.listen(report_);
      std::this_thread::sleep_for(milliseconds(5));
    }
    report_.gaps = gaps;
  }

  const std::filesystem::path socket_;
  const std::vector<LegPlan>& plans_;
  std::vector<Phone> phones_;
  std::vector<double> lates_;
  LegsReport report_;
};

}  // namespace

Legs Legs::start(const std::filesystem::path& socket, const std::vector<LegPlan>& plans, milliseconds time) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) give_up("there is no pipe to be had");
  const pid_t process = fork();
  if (process < 0) give_up("no second process can be started");
  if (process == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(ends[0]);
    media::raise_media_priority();  // Phones do not wait for parleyd's cores.
    const LegsReport report = Switch(socket, plans).run(time);
    _exit(write(ends[1], &report, sizeof report) == sizeof report ? 0 : 1);
  }
  close(ends[1]);
  return {process, ends[0]};
}

Legs::Legs(Legs&& other) noexcept
    : process_(std::exchange(other.process_, 0)), report_(std::exchange(other.report_, -1)), status_(other.status_) {}

Legs::~Legs() {
  if (process_ > 0) {
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  if (report_ >= 0) close(report_);
}

bool Legs::over() {
  if (process_ > 0 && waitpid(process_, &status_, WNOHANG) == process_) process_ = 0;
  return process_ == 0;
}

LegsReport Legs::report() {
  LegsReport report;
  const bool whole = read(report_, &report, sizeof report) == sizeof report;
  while (!over()) std::this_thread::sleep_for(milliseconds(5));
  if (!whole || status_ != 0) give_up("the process with the phones failed");
  return report;
}

}  // namespace parley::bench
