// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/line_writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <fstream>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <spdlog/spdlog.h>

#include "telemetry/health.h"

namespace parley::telemetry {
namespace {

constexpr std::chrono::seconds kLookAtFile{1};  ///< Whether its name still leads to the file that is written to.

/// Whether the file's last line has no end: its writer was killed, or the disk was full.
bool ends_inside_a_line(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error) || std::filesystem::file_size(file, error) == 0 || error)
    return false;
  std::ifstream stream(file, std::ios::binary);
  stream.seekg(-1, std::ios::end);
  return stream.get() != '\n';
}

/// A file that is open for appending. One thread.
class AppendedFile {
 public:
  explicit AppendedFile(std::filesystem::path path) : path_(std::move(path)) {}
  ~AppendedFile() { close(); }
  AppendedFile(const AppendedFile&) = delete;
  AppendedFile& operator=(const AppendedFile&) = delete;

  const std::filesystem::path& path() const { return path_; }

  /// 0, or errno.
  int open() {
    close();
    // What people said is in it: it is not for everybody to read.
    fd_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    if (fd_ < 0) return errno;
    torn_ = ends_inside_a_line(path_);
    looked_at_ = SteadyClock::now();
    return 0;
  }

  /// One write, so that lines of several writers do not mix. 0, or errno.
  int append(const std::string& line) {
    if (fd_ < 0 || was_moved()) {
      if (const int error = open(); error != 0) return error;
    }
    std::string bytes;
    bytes.reserve(line.size() + 2);
    if (torn_) bytes += '\n';
    bytes += line;
    bytes += '\n';
    ssize_t written = 0;
    do {
      written = ::write(fd_, bytes.data(), bytes.size());
    } while (written < 0 && errno == EINTR);
    if (written < 0) return errno;
    torn_ = static_cast<std::size_t>(written) < bytes.size();
    return torn_ ? ENOSPC : 0;
  }

  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  bool was_moved() {
    const auto now = SteadyClock::now();
    if (now - looked_at_ < kLookAtFile) return false;
    looked_at_ = now;
    struct stat open_one {};
    struct stat named {};
    if (::fstat(fd_, &open_one) != 0 || ::stat(path_.c_str(), &named) != 0) return true;
    return open_one.st_ino != named.st_ino || open_one.st_dev != named.st_dev;
  }

  const std::filesystem::path path_;
  int fd_ = -1;
  bool torn_ = false;
  SteadyClock::time_point looked_at_;
};

}  // namespace

struct LineWriter::State {
  State(std::filesystem::path path, Health* told, Options how) : options(how), file(std::move(path)), health(told) {}

  void run();
  int write_one(std::unique_lock<std::mutex>& lock);
  void make_room();
  void tell(Status status, std::string_view action, const std::string& reason);

  struct Line {
    std::string text;
    Worth worth;
  };

  const Options options;
  AppendedFile file;  ///< The thread's.

  std::mutex telling;
  Health* health;  ///< Guarded by `telling`; null once the writer is gone.
  bool abandoned = false;

  mutable std::mutex mutex;
  std::condition_variable to_do;
  std::condition_variable done;
  std::deque<Line> lines;
  std::size_t bytes = 0;
  bool writing = false;
  int failure = 0;  ///< errno of the last attempt.
  bool told_of_drops = false;
  std::uint64_t dropped = 0;
  std::uint64_t gap = 0;  ///< Of them, those that the file does not tell of yet.
  bool stopping = false;
  bool finished = false;
};

void LineWriter::State::tell(Status status, std::string_view action, const std::string& reason) {
  const std::lock_guard lock(telling);
  if (abandoned) return;
  if (health != nullptr) {
    health->set("ledger", status, action, reason);
  } else if (status == Status::kOk) {
    spdlog::info("ledger file {} can be written again", file.path().string());
  } else {
    spdlog::error("{}", reason);
  }
}

/// The mutex is held. What is said again in a later line goes first.
void LineWriter::State::make_room() {
  while (lines.size() > options.most_lines || (bytes > options.most_bytes && lines.size() > 1)) {
    auto victim = std::ranges::find(lines, Worth::kDroppedFirst, &Line::worth);
    if (victim == lines.end()) victim = lines.begin();
    bytes -= victim->text.size();
    lines.erase(victim);
    ++dropped;
    ++gap;
  }
}

/// Writes the oldest line, or of the gap before it; lets go of the mutex meanwhile. 0, or errno.
int LineWriter::State::write_one(std::unique_lock<std::mutex>& lock) {
  const std::uint64_t lost = gap;
  Line line;
  if (lost > 0) {
    line.text = fmt::format(R"({{"event":"gap","lines":{}}})", lost);
  } else {
    line = std::move(lines.front());
    lines.pop_front();
    bytes -= line.text.size();
  }
  writing = true;
  lock.unlock();
  const int error = file.append(line.text);
  if (error != 0) file.close();  // Opened anew for the next attempt: the mount may be another by then.
  lock.lock();
  writing = false;
  if (error == 0) {
    gap -= lost;
  } else if (lost == 0) {
    bytes += line.text.size();
    lines.push_front(std::move(line));
    make_room();
  }
  return error;
}

void LineWriter::State::run() {
  std::unique_lock lock(mutex);
  for (;;) {
    if (failure != 0) {
      to_do.wait_for(lock, options.try_again, [&] { return stopping; });
    } else {
      to_do.wait(lock, [&] { return stopping || !lines.empty() || gap > 0; });
    }
    const bool last_attempt = stopping;
    while (!lines.empty() || gap > 0) {
      const int before = std::exchange(failure, write_one(lock));
      if (failure == 0 && before != 0) {
        told_of_drops = false;
        lock.unlock();
        tell(Status::kOk, "heal", {});
        lock.lock();
      }
      if (failure == 0) continue;
      const bool drops = gap > 0 && !std::exchange(told_of_drops, gap > 0);
      if (before == 0 || drops) {
        const std::string why = std::generic_category().message(failure);
        lock.unlock();
        tell(Status::kDegraded, drops ? "drop" : "retry",
             fmt::format("ledger file {} cannot be written ({}): {}, calls go on", file.path().string(), why,
                         drops ? "lines are being lost" : "lines wait in memory"));
        lock.lock();
      }
      break;
    }
    done.notify_all();
    if (last_attempt) break;
  }
  finished = true;
  done.notify_all();
}

Result<std::unique_ptr<LineWriter>> LineWriter::open(const std::filesystem::path& file, Health* health,
                                                     Options options) {
  auto state = std::make_shared<State>(file, health, options);
  if (const int error = state->file.open(); error != 0)
    return fail(ErrorCode::kUnavailable,
                "ledger file {} cannot be opened for writing ({}): check its directory and permissions", file.string(),
                std::generic_category().message(error));
  return std::unique_ptr<LineWriter>(new LineWriter(std::move(state)));
}

LineWriter::LineWriter(std::shared_ptr<State> state) : state_(std::move(state)) {
  std::thread([state = state_] { state->run(); }).detach();
}

LineWriter::~LineWriter() {
  std::unique_lock lock(state_->mutex);
  state_->stopping = true;
  state_->to_do.notify_all();
  state_->done.wait_for(lock, state_->options.last_words, [&] { return state_->finished; });
  const auto left = state_->lines.size() + (state_->writing ? 1U : 0U);
  lock.unlock();
  const std::lock_guard telling(state_->telling);
  state_->abandoned = true;
  if (left > 0) spdlog::error("{} lines of ledger file {} could not be written", left, state_->file.path().string());
}

void LineWriter::write(std::string line, Worth worth) {
  {
    const std::lock_guard lock(state_->mutex);
    state_->bytes += line.size();
    state_->lines.push_back({std::move(line), worth});
    state_->make_room();
  }
  state_->to_do.notify_one();
}

bool LineWriter::flush(milliseconds limit) {
  std::unique_lock lock(state_->mutex);
  const auto written = [&] { return state_->lines.empty() && state_->gap == 0 && !state_->writing; };
  state_->done.wait_for(lock, limit, [&] { return written() || state_->failure != 0; });
  return written();
}

std::uint64_t LineWriter::dropped() const {
  const std::lock_guard lock(state_->mutex);
  return state_->dropped;
}

}  // namespace parley::telemetry
