// SPDX-License-Identifier: GPL-3.0-or-later
#include "workers/remote_synthesizer.h"

#include <atomic>
#include <utility>

namespace parley::workers {
namespace {

/// Speech that a process makes. Another that takes over makes the same phrase anew, and what was given is left out.
class RemoteSpeech final : public synthesis::SpeechStream {
 public:
  RemoteSpeech(std::shared_ptr<Pool> pool, synthesis::SynthesisRequest request, milliseconds limit)
      : pool_(std::move(pool)), request_(std::move(request)), limit_(limit), number_(pool_->new_stream()) {}

  ~RemoteSpeech() override { pool_->tell(asked_, MessageType::kCloseSpeech, number_); }

  /// Opens it in the process, which says whether the request makes sense.
  Result<void> open() {
    return pool_->ask({
        .limit = limit_,
        .put = [&](std::uint64_t process) { return put_whole(process, false); },
        .take = [&](std::uint64_t process, const Message& answer) { return take(process, answer).has_value(); },
    });
  }

  Result<std::vector<std::int16_t>> next() override {
    if (cancelled_) return cancelled();
    std::optional<Sound> sound;
    const auto asked = pool_->ask({
        .limit = limit_,
        .put =
            [&](std::uint64_t process) {
              if (process != home_) return put_whole(process, true);
              return Result<Question::Content>({.type = MessageType::kNext, .payload = encode_stream(number_)});
            },
        .take = [&](std::uint64_t process,
                    const Message& answer) { return (sound = take(process, answer)).has_value(); },
        .cancelled = &cancelled_,
    });
    if (cancelled_) return cancelled();
    if (!asked) return std::unexpected(asked.error());
    given_samples_ += sound->samples.size();
    return std::move(sound->samples);
  }

  void cancel() override {
    cancelled_ = true;
    pool_->tell(asked_, MessageType::kCancel, number_);
  }

  synthesis::SpeechPosition position() const override {
    return {.given = milliseconds(given_), .expected = milliseconds(expected_)};
  }

 private:
  static std::unexpected<Error> cancelled() { return fail(ErrorCode::kCancelled, "the speech was cancelled"); }

  Result<Question::Content> put_whole(std::uint64_t process, bool next) {
    asked_ = process;
    return Question::Content{
        .type = MessageType::kSpeak,
        .payload = encode(Speak{.stream = number_, .request = request_, .skip = given_samples_, .next = next})};
  }

  std::optional<Sound> take(std::uint64_t process, const Message& answer) {
    if (answer.type != MessageType::kSound) return std::nullopt;
    auto sound = decode<Sound>(answer.payload);
    if (!sound) return std::nullopt;
    home_ = process;
    given_ = sound->position.given.count();
    expected_ = sound->position.expected.count();
    return sound;
  }

  const std::shared_ptr<Pool> pool_;
  const synthesis::SynthesisRequest request_;
  const milliseconds limit_;
  const std::uint64_t number_;
  std::uint64_t home_ = 0;  ///< The process that has the stream.
  std::size_t given_samples_ = 0;
  std::atomic<std::uint64_t> asked_{0};  ///< The last process that was asked to open it.
  std::atomic<bool> cancelled_{false};
  std::atomic<milliseconds::rep> given_{0};
  std::atomic<milliseconds::rep> expected_{0};
};

}  // namespace

bool RemoteSynthesizer::supports(const Language& language) const {
  if (const auto facts = pool_->facts()) return facts->languages.contains(language);
  return voices_.contains(std::string(language.code()));
}

std::string RemoteSynthesizer::default_voice(const Language& language) const {
  const auto facts = pool_->facts();
  const auto& voices = facts ? facts->voices : voices_;
  const auto found = voices.find(std::string(language.code()));
  return found == voices.end() ? std::string() : found->second;
}

Result<std::unique_ptr<synthesis::SpeechStream>> RemoteSynthesizer::synthesize(
    const synthesis::SynthesisRequest& request) const {
  auto speech = std::make_unique<RemoteSpeech>(pool_, request, limit_);
  if (auto opened = speech->open(); !opened) return std::unexpected(opened.error());
  return speech;
}

}  // namespace parley::workers
