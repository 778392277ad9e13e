// SPDX-License-Identifier: GPL-3.0-or-later
// Its own program, because it counts allocations and locks.
#include "support/counted_allocations.h"
#include "support/counted_locks.h"

#include <sys/socket.h>
#include <atomic>
#include <cmath>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include "audio/vad.h"
#include "audio/wav.h"
#include "base/paths.h"
#include "call/hearing.h"
#include "call/switchboard.h"
#include "media/external_media_connection.h"
#include "media/one_thread.h"
#include "media/ticker.h"
#include "scripted_engines.h"

namespace parley::call {
namespace {

using namespace std::chrono_literals;

constexpr int kCalls = 4;
constexpr std::uint64_t kWarmUp = 350;
constexpr std::uint64_t kTicks = 2000;

thread_local std::size_t logged_here = 0;

/// Counts what each thread logs, of whatever level.
class CountingSink final : public spdlog::sinks::base_sink<std::mutex> {
  void sink_it_(const spdlog::details::log_msg&) override { ++logged_here; }
  void flush_() override {}
};

void log_to_counter() {
  spdlog::set_default_logger(std::make_shared<spdlog::logger>("counted", std::make_shared<CountingSink>()));
  spdlog::set_level(spdlog::level::trace);
}

/// What the watched thread did until now.
struct Deeds {
  std::size_t allocations = allocations_here;
  std::size_t frees = frees_here;
  std::size_t locks = locks_here;
  std::size_t logged = logged_here;
};

/// Speech with pauses that end utterances, again and again.
std::vector<audio::Frame> speech() {
  const auto directory = cache_directory() / "sounds" / "en_US_f_Allison";
  std::vector<std::int16_t> samples;
  for (const char* prompt : {"tt-allbusy", "vm-goodbye", "demo-thanks", "queue-thankyou"}) {
    const auto said = audio::read_recording(directory / (std::string(prompt) + ".wav"));
    if (!said) throw std::runtime_error(said.error().message);
    samples.insert(samples.end(), said->begin(), said->end());
    samples.resize(samples.size() + 2 * audio::kSampleRate);
  }
  std::vector<audio::Frame> frames(samples.size() / audio::kFrameSamples);
  for (std::size_t i = 0; i < frames.size(); ++i)
    std::copy_n(samples.begin() + static_cast<std::ptrdiff_t>(i * audio::kFrameSamples), audio::kFrameSamples,
                frames[i].begin());
  return frames;
}

/// A phone: the far end of a socket pair. Its own thread.
class Phone {
 public:
  Phone(int socket, std::size_t at) : socket_(socket), at_(at) {}
  Phone(Phone&& other) noexcept : socket_(std::exchange(other.socket_, -1)), at_(other.at_) {}
  Phone& operator=(Phone&&) = delete;
  ~Phone() {
    if (socket_ >= 0) close(socket_);
  }

  void say(const auto& message) { (void)send(socket_, message.data(), message.size(), MSG_NOSIGNAL); }
  void speak(const std::vector<audio::Frame>& frames) {
    say(media::external_media::pack_audio(frames[at_++ % frames.size()]));
    for (std::byte heard[4096]; recv(socket_, heard, sizeof heard, MSG_DONTWAIT) > 0;) {
    }
  }

 private:
  int socket_;
  std::size_t at_;
};

/// The media thread's work: calls over real connections, with real voice activity detection and scripted engines.
class SteadyState : public ::testing::Test, private media::Ticker::Listener, private media::Connection::Listener {
 protected:
  SteadyState() {
    log_to_counter();
    // A phrase is spoken in pieces that come one after the other; some later than they are needed.
    script_.speak = [](const std::string&, int chunk) -> Result<std::vector<std::int16_t>> {
      if (chunk == 4) std::this_thread::sleep_for(700ms);
      if (chunk == 6) return std::vector<std::int16_t>();
      std::vector<std::int16_t> tone(4800);
      for (std::size_t i = 0; i < tone.size(); ++i)
        tone[i] = static_cast<std::int16_t>(9000 * std::sin(static_cast<double>(i) / 20.0));
      return tone;
    };
    world_.engines->vad = vad();
  }

  static std::shared_ptr<const audio::VadModel> vad() {
    auto model = audio::VadModel::load(default_model_directory() / "silero_vad.onnx");
    if (!model) throw std::runtime_error(model.error().message);
    return *model;
  }

  /// Phones that speak different languages in even calls, the same one in every fourth.
  void dial() {
    for (int call = 0; call < kCalls; ++call) {
      for (const char* leg : {"a", "b"}) {
        int ends[2];
        ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
        media::Connection::Socket socket(io_, boost::asio::generic::stream_protocol(AF_UNIX, 0), ends[0]);
        std::make_shared<media::ExternalMediaConnection>(
            std::move(socket), media::ConnectionStats{std::make_shared<media::MediaStats>(), stats_})
            ->start(*this, 2000ms);
        phones_.emplace_back(ends[1], phones_.size() * 90);
        const bool other = *leg == 'b' && call % 4 != 3;
        const std::string language = other ? "pt" : "en";
        const std::string hello = fmt::format(
            R"({{"protocol":1,"channel":"{0}{1}","session":"{0}","leg":"{1}","speaks":"{2}","hears":"{2}"}})", call,
            leg, language);
        std::string message{'\x01', static_cast<char>(hello.size() >> 8), static_cast<char>(hello.size())};
        phones_.back().say(message + hello);
      }
    }
  }

  void on_hello(const std::shared_ptr<media::Connection>& connection) override {
    switchboard_.on_leg(media::make_leg(connection));
  }
  void on_gone(const std::shared_ptr<media::Connection>&) override { ADD_FAILURE() << "a leg did not arrive"; }

  void on_tick(std::uint64_t tick) override {
    switchboard_.tick(tick);
    if (tick < kWarmUp) return;
    if (!before_) before_.emplace();
    if (tick >= kWarmUp + kTicks) {
      after_.emplace();
      io_.stop();
    }
  }

  void run() {
    dial();
    hearing_.start();
    const auto frames = speech();
    std::jthread speaking([&](const std::stop_token& stop) {
      for (auto due = SteadyClock::now(); !stop.stop_requested(); due += kFrameTime) {
        std::this_thread::sleep_until(due);
        for (Phone& phone : phones_) phone.speak(frames);
      }
    });
    ticker_.start();
    io_.run_for(std::chrono::seconds(120));
  }

  const std::shared_ptr<telemetry::LoopStats> stats_ = std::make_shared<telemetry::LoopStats>();
  scripted::Script script_;
  scripted::World world_{script_, 2};
  boost::asio::io_context io_{media::kOneThread};
  const Services services_ = [this] {
    Services services = world_.services();
    return Services{services.engines, services.executor, services.ledger, services.health,
                    *stats_,          services.capacity, services.config};
  }();
  Hearing hearing_{services_, audio::EndpointerConfig()};
  Switchboard switchboard_{services_, hearing_};
  media::Ticker ticker_{io_, *this, stats_};
  std::vector<Phone> phones_;
  std::optional<Deeds> before_;
  std::optional<Deeds> after_;
};

/// Counts how many answers were heard to their end.
class Answers final : public telemetry::LedgerSink {
 public:
  void on_caption(const telemetry::UtteranceRecord&) override {}
  void on_utterance(const telemetry::UtteranceRecord& record) override {
    if (record.outcome == telemetry::Outcome::kAnswered) ++count;
  }
  std::atomic<int> count{0};
};

TEST(Counting, SeesAllocationsFreesLocksAndLogs) {
  const Deeds before;
  void* volatile memory = ::operator new(1);
  ::operator delete(memory);
  std::mutex mutex;
  { const std::lock_guard lock(mutex); }
  const Deeds quiet;
  log_to_counter();
  spdlog::trace("counted");
  const Deeds after;
  EXPECT_EQ(quiet.allocations - before.allocations, 1U);
  EXPECT_EQ(quiet.frees - before.frees, 1U);
  EXPECT_EQ(quiet.locks - before.locks, 1U);
  EXPECT_EQ(quiet.logged, before.logged);
  EXPECT_EQ(after.logged - before.logged, 1U);
}

TEST_F(SteadyState, TheMediaThreadNeitherAllocatesNorLocksNorLogs) {
  const auto answers = std::make_shared<Answers>();
  world_.ledger.add(answers);
  run();
  ASSERT_TRUE(before_ && after_) << "the loop did not go on";
  EXPECT_EQ(after_->allocations - before_->allocations, 0U);
  EXPECT_EQ(after_->frees - before_->frees, 0U);
  EXPECT_EQ(after_->locks - before_->locks, 0U);
  EXPECT_EQ(after_->logged - before_->logged, 0U);
  // And it did its work meanwhile.
  EXPECT_GT(stats_->frames_in, kTicks * kCalls * 2 * 9 / 10);
  EXPECT_GT(stats_->frames_out, kTicks * kCalls * 2 * 9 / 10);
  EXPECT_GT(answers->count, 10);
}

}  // namespace
}  // namespace parley::call
