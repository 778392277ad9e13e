// SPDX-License-Identifier: GPL-3.0-or-later
#include "workers/server.h"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "workers/cpu_time.h"

namespace parley::workers {
namespace {

using recognition::RecognitionStream;
using recognition::Transcript;
using synthesis::SpeechStream;

/// More than any number of calls needs: parleyd closes what it opens.
constexpr std::size_t kMostStreams = 10'000;

/// A connection that several threads write to.
class Outlet {
 public:
  explicit Outlet(int socket) : socket_(socket) {}

  /// Waits until parleyd has taken it. A connection that is at its end is found by who reads.
  void send(MessageType type, std::uint64_t request, std::string_view payload) {
    std::string bytes;
    append(bytes, type, request, payload);
    const std::lock_guard lock(mutex_);
    for (std::string_view rest = bytes; !rest.empty();) {
      const auto count = ::send(socket_, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return;
      rest.remove_prefix(static_cast<std::size_t>(count));
    }
  }

 private:
  const int socket_;
  std::mutex mutex_;
};

/// Streams by their numbers; whoever works with one keeps it.
template <typename Stream>
class Streams {
 public:
  std::shared_ptr<Stream> find(std::uint64_t number) const {
    const std::lock_guard lock(mutex_);
    const auto found = streams_.find(number);
    return found == streams_.end() ? nullptr : found->second;
  }
  bool put(std::uint64_t number, std::shared_ptr<Stream> stream) {
    const std::lock_guard lock(mutex_);
    if (streams_.size() >= kMostStreams) return false;
    streams_[number] = std::move(stream);
    return true;
  }
  void erase(std::uint64_t number) {
    std::shared_ptr<Stream> last;  // Goes when the mutex is free.
    const std::lock_guard lock(mutex_);
    if (auto node = streams_.extract(number)) last = std::move(node.mapped());
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::uint64_t, std::shared_ptr<Stream>> streams_;
};

std::unexpected<Error> malformed() { return fail(ErrorCode::kInvalid, "parleyd sent a malformed request"); }
std::unexpected<Error> too_many() { return fail(ErrorCode::kInternal, "more than {} streams are open", kMostStreams); }

struct Answer {
  MessageType type;
  std::string payload;
};

/// What one request asks of the engine. Several threads.
class Desk {
 public:
  Desk(Engine engine, Outlet& outlet) : engine_(std::move(engine)), outlet_(outlet) {}

  Result<Answer> answer(const Message& message) {
    if (message.type == MessageType::kHear && engine_.recognizer) return hear(message);
    if (message.type == MessageType::kTranslate && engine_.translator) return translate(message);
    if (message.type == MessageType::kSpeak && engine_.synthesizer) return speak(message);
    if (message.type == MessageType::kNext && engine_.synthesizer) return next(message);
    return fail(ErrorCode::kInvalid, "this process has no engine for that");
  }

  /// What needs no thread and no answer. Only the thread that reads.
  void note(const Message& message) {
    const auto stream = decode_stream(message.payload);
    if (!stream) return;
    if (message.type == MessageType::kForget) heard_.erase(*stream);
    if (message.type == MessageType::kCloseSpeech) spoken_.erase(*stream);
    if (message.type != MessageType::kCancel) return;
    if (const auto speech = spoken_.find(*stream)) speech->cancel();
  }

 private:
  Result<Answer> hear(const Message& message) {
    const auto request = decode<Hear>(message.payload);
    if (!request) return malformed();
    auto stream = heard_.find(request->stream);
    if (!stream) {
      auto opened = engine_.recognizer->open(request->context);
      if (!opened) return std::unexpected(opened.error());
      stream = std::move(*opened);
      if (!heard_.put(request->stream, stream)) return too_many();
    }
    if (request->start_over) stream->start_over();
    stream->feed(request->samples);
    const auto transcript = request->finish ? stream->finish() : stream->hypothesis(request->speech);
    if (!transcript) return std::unexpected(transcript.error());
    return Answer{.type = MessageType::kHeard, .payload = encode(*transcript)};
  }

  Result<Answer> translate(const Message& message) {
    const auto request = decode<translation::TranslationRequest>(message.payload);
    if (!request) return malformed();
    const auto translation = engine_.translator->translate(*request);
    if (!translation) return std::unexpected(translation.error());
    return Answer{.type = MessageType::kTranslated, .payload = encode(*translation)};
  }

  Result<Answer> speak(const Message& message) {
    const auto request = decode<Speak>(message.payload);
    if (!request) return malformed();
    auto opened = engine_.synthesizer->synthesize(request->request);
    if (!opened) return std::unexpected(opened.error());
    const std::shared_ptr<SpeechStream> speech = std::move(*opened);
    if (!spoken_.put(request->stream, speech)) return too_many();
    if (!request->next) return sound(*speech, {});
    auto samples = next_after(*speech, request->skip, message.request);
    if (!samples) return std::unexpected(samples.error());
    return sound(*speech, std::move(*samples));
  }

  /// The next sound after so many samples that were heard before.
  Result<std::vector<std::int16_t>> next_after(SpeechStream& speech, std::uint64_t skip, std::uint64_t request) {
    for (;;) {
      auto samples = speech.next();
      if (!samples || samples->empty() || skip == 0) return samples;
      if (samples->size() > skip) {
        samples->erase(samples->begin(), samples->begin() + static_cast<std::ptrdiff_t>(skip));
        return samples;
      }
      skip -= samples->size();
      outlet_.send(MessageType::kProgress, request, {});
    }
  }

  Result<Answer> next(const Message& message) {
    const auto number = decode_stream(message.payload);
    if (!number) return malformed();
    const auto speech = spoken_.find(*number);
    if (!speech) return fail(ErrorCode::kInternal, "there is no such speech");
    auto samples = speech->next();
    if (!samples) return std::unexpected(samples.error());
    return sound(*speech, std::move(*samples));
  }

  static Answer sound(const SpeechStream& speech, std::vector<std::int16_t> samples) {
    return {.type = MessageType::kSound,
            .payload = encode(Sound{.samples = std::move(samples), .position = speech.position()})};
  }

  const Engine engine_;
  Outlet& outlet_;
  Streams<RecognitionStream> heard_;
  Streams<SpeechStream> spoken_;
};

/// Requests that wait for a thread.
class Queue {
 public:
  void put(Message message) {
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(std::move(message));
    }
    wake_.notify_one();
  }
  Message take() {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return !waiting_.empty(); });
    auto message = std::move(waiting_.front());
    waiting_.pop_front();
    return message;
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Message> waiting_;
};

/// What the threads share. Each keeps it, for they are not waited for.
struct Office {
  Office(int socket, const Engine& engine) : outlet(socket), desk(engine, outlet) {}
  Outlet outlet;
  Desk desk;
  Queue queue;
};

Result<Answer> guarded_answer(Desk& desk, const Message& message) {
  try {
    return desk.answer(message);
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInternal, "engine threw: {}", error.what());
  }
}

void work(Office& office) {
  for (;;) {
    name_thread_after(0);
    const auto message = office.queue.take();
    name_thread_after(message.request);
    const auto answer = guarded_answer(office.desk, message);
    if (answer) {
      office.outlet.send(answer->type, message.request, answer->payload);
    } else {
      office.outlet.send(MessageType::kError, message.request, encode(answer.error()));
    }
  }
}

void dispatch(Office& office, Message message) {
  switch (message.type) {
    case MessageType::kPing: return office.outlet.send(MessageType::kPong, 0, {});
    case MessageType::kForget:
    case MessageType::kCancel:
    case MessageType::kCloseSpeech: return office.desk.note(message);
    default: return office.queue.put(std::move(message));
  }
}

}  // namespace

Facts facts_of(const Engine& engine, std::span<const Language> languages) {
  Facts facts;
  if (engine.recognizer) facts.name = engine.recognizer->name();
  if (engine.translator) facts.name = engine.translator->name();
  if (engine.synthesizer) facts.name = engine.synthesizer->name();
  for (const auto& language : languages) {
    const bool heard = engine.recognizer && engine.recognizer->supports(language);
    const bool spoken = engine.synthesizer && engine.synthesizer->supports(language);
    if (heard || spoken) facts.languages.insert(language);
    if (spoken) facts.voices[std::string(language.code())] = engine.synthesizer->default_voice(language);
    if (!engine.translator) continue;
    for (const auto& to : languages) {
      const LanguagePair pair{.from = language, .to = to};
      if (engine.translator->supports(pair)) facts.pairs.insert(pair);
    }
  }
  return facts;
}

void serve(int socket, const Engine& engine, const Facts& facts, int threads) {
  const auto office = std::make_shared<Office>(socket, engine);
  for (int number = 0; number < threads; ++number) std::thread([office] { work(*office); }).detach();
  office->outlet.send(MessageType::kReady, 0, encode(facts));
  Decoder decoder;
  std::array<char, 65536> bytes;
  for (;;) {
    const auto count = recv(socket, bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return;
    decoder.feed({bytes.data(), static_cast<std::size_t>(count)});
    for (;;) {
      auto message = decoder.next();
      if (!message) return spdlog::error("parleyd sent {}", message.error().message);
      if (!*message) break;
      dispatch(*office, std::move(**message));
    }
  }
}

void say_not_loaded(int socket, const Error& error) { Outlet(socket).send(MessageType::kNotLoaded, 0, encode(error)); }

}  // namespace parley::workers
