// SPDX-License-Identifier: GPL-3.0-or-later
#include "workers/remote_recognizer.h"

#include <algorithm>
#include <utility>

#include "audio/frame.h"
#include "recognition/utf8.h"

namespace parley::workers {
namespace {

using recognition::Speech;
using recognition::Transcript;
using recognition::Word;

/// An utterance whose recogniser is in a process. All of it is kept here until it is over: a process that takes over
/// hears it from its beginning.
class RemoteStream final : public recognition::RecognitionStream {
 public:
  RemoteStream(std::shared_ptr<Pool> pool, recognition::SessionContext context)
      : pool_(std::move(pool)), context_(std::move(context)), number_(pool_->new_stream()) {}

  ~RemoteStream() override { pool_->tell(home_, MessageType::kForget, number_); }

  void feed(std::span<const std::int16_t> samples) override {
    samples_.insert(samples_.end(), samples.begin(), samples.end());
  }

  Result<Transcript> hypothesis(Speech speech) override { return hear(speech, false); }

  Result<Transcript> finish() override {
    auto transcript = hear(Speech::kPaused, true);
    start_over();
    return transcript;
  }

  void start_over() override {
    samples_.clear();
    known_ = 0;
    settled_.clear();
    moved_ = false;
  }

 private:
  Result<Transcript> hear(Speech speech, bool finish) {
    std::optional<Transcript> transcript;
    const auto asked = pool_->ask({
        .limit = limit(),
        .put = [&](std::uint64_t process) { return put(process, speech, finish); },
        .take =
            [&](std::uint64_t process, const Message& answer) {
              if (answer.type == MessageType::kHeard) transcript = decode<Transcript>(answer.payload);
              if (transcript) take(process, *transcript);
              return transcript.has_value();
            },
    });
    if (asked) return std::move(*transcript);
    known_ = 0;  // Nobody knows what the process has of it.
    return std::unexpected(asked.error());
  }

  /// What the process does not have; all of it for one that has nothing.
  Result<Question::Content> put(std::uint64_t process, Speech speech, bool finish) {
    if (process != std::exchange(home_, process)) known_ = 0;
    const Hear hear{.stream = number_,
                    .context = context_,
                    .start_over = known_ == 0,
                    .finish = finish,
                    .speech = speech,
                    .samples = {}};
    return Question::Content{.type = MessageType::kHear, .payload = encode(hear, std::span(samples_).subspan(known_))};
  }

  void take(std::uint64_t process, Transcript& transcript) {
    if (process != std::exchange(settler_, process) && !settled_.empty()) moved_ = true;
    known_ = samples_.size();
    if (moved_) {
      transcript = keep_settled(settled_, std::move(transcript));
    } else {
      settled_.assign(transcript.words.begin(),
                      transcript.words.begin() + static_cast<std::ptrdiff_t>(transcript.agreed));
    }
  }

  milliseconds limit() const {
    const auto seconds = static_cast<int>(samples_.size() / audio::kSampleRate);
    return pool_->limits().recognition + seconds * pool_->limits().recognition_per_second;
  }

  const std::shared_ptr<Pool> pool_;
  const recognition::SessionContext context_;
  const std::uint64_t number_;
  std::vector<std::int16_t> samples_;  ///< Of the utterance, so far.
  std::size_t known_ = 0;              ///< So many of them has the process.
  std::uint64_t home_ = 0;             ///< The process that was asked last.
  std::uint64_t settler_ = 0;          ///< The process that answered last.
  std::vector<Word> settled_;
  bool moved_ = false;  ///< The process that settled them is gone.
};

bool says_the_same(const Word& a, const Word& b) {
  return recognition::word_key(a.text) == recognition::word_key(b.text);
}

}  // namespace

bool RemoteRecognizer::supports(const Language& language) const {
  if (const auto facts = pool_->facts()) return facts->languages.contains(language);
  return languages_.contains(language);
}

Result<std::unique_ptr<recognition::RecognitionStream>> RemoteRecognizer::open(
    const recognition::SessionContext& context) const {
  if (!supports(context.language)) {
    return fail(ErrorCode::kUnsupported, "the speech recogniser {} does not know the language \"{}\"", name_,
                context.language.code());
  }
  return std::make_unique<RemoteStream>(pool_, context);
}

Transcript keep_settled(const std::vector<Word>& settled, Transcript transcript) {
  auto& words = transcript.words;
  const bool kept =
      words.size() >= settled.size() && std::equal(settled.begin(), settled.end(), words.begin(), says_the_same);
  if (!kept) {
    const auto end = settled.back().end;
    const auto middle = [](const Word& word) { return word.begin + (word.end - word.begin) / 2; };
    const auto heard_to = static_cast<std::size_t>(
        std::ranges::find_if(words, [&](const Word& word) { return middle(word) >= end; }) - words.begin());
    const std::size_t agreed_after = transcript.agreed > heard_to ? transcript.agreed - heard_to : 0;
    words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(heard_to));
    words.insert(words.begin(), settled.begin(), settled.end());
    transcript.agreed = settled.size() + agreed_after;
    transcript.text.clear();
    for (const auto& word : words) transcript.text.append(transcript.text.empty() ? "" : " ").append(word.text);
  }
  transcript.agreed = std::max(transcript.agreed, settled.size());
  return transcript;
}

}  // namespace parley::workers
