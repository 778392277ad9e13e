// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/mouth.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <spdlog/spdlog.h>

#include "call/guarded.h"
#include "synthesis/phrases.h"

namespace parley::call {
namespace {

using telemetry::Stage;

/// Of what may be thrown away, so much is synthesised: enough to keep the rest from being late.
constexpr std::size_t kHeldSamples = audio::kSampleRate;

/// The listener who has no more left to hear is about to hear a gap.
constexpr milliseconds kLittle{300};

/// The playout is told of every utterance anew.
constexpr UtteranceId kNobody = ~UtteranceId{0};

/// About how long a text takes to be spoken.
milliseconds spoken_length(const std::string& text) {
  constexpr std::size_t kCharactersPerSecond = 14;
  return milliseconds(text.size() * 1000 / kCharactersPerSecond);
}

milliseconds length(const std::vector<std::int16_t>& samples) {
  return milliseconds(samples.size() * 1000 / audio::kSampleRate);
}

}  // namespace

Mouth::Mouth(std::shared_ptr<Link> link, const Services& services, std::shared_ptr<Books> books, OnFailure on_failure)
    : link_(std::move(link)),
      services_(services),
      books_(std::move(books)),
      on_failure_(std::move(on_failure)),
      leveller_(services.config.levelling),
      begun_(kNobody) {}

void Mouth::say(std::vector<Phrase> phrases) {
  const std::lock_guard lock(mutex_);
  const auto first_held = std::ranges::find(waiting_, true, &Entry::held);
  std::vector<Entry> entries;
  for (Phrase& phrase : phrases) entries.push_back({.phrase = std::move(phrase)});
  waiting_.insert(first_held, std::make_move_iterator(entries.begin()), std::make_move_iterator(entries.end()));
  proceed();
}

void Mouth::prepare(std::vector<Phrase> phrases) {
  const std::lock_guard lock(mutex_);
  for (Phrase& phrase : phrases) waiting_.push_back({.phrase = std::move(phrase), .held = true});
  proceed();
}

void Mouth::release() {
  const std::lock_guard lock(mutex_);
  for (Entry& entry : waiting_) entry.held = false;
  if (current_) current_->held = false;
  proceed();
}

void Mouth::discard() {
  const std::lock_guard lock(mutex_);
  std::erase_if(waiting_, [](const Entry& entry) { return entry.held; });
  if (current_ && current_->held) forget(*current_);
  proceed();
}

void Mouth::end(UtteranceId utterance) {
  const std::lock_guard lock(mutex_);
  const auto first_held = std::ranges::find(waiting_, true, &Entry::held);
  waiting_.insert(first_held, {.phrase = {.utterance = utterance}, .ends_utterance = true});
  proceed();
}

void Mouth::pump() {
  const std::lock_guard lock(mutex_);
  proceed();
}

milliseconds Mouth::backlog() const {
  const std::lock_guard lock(mutex_);
  milliseconds total = link_->playout.backlog();
  if (current_ && !current_->held) {
    const milliseconds made = length(current_->ready);
    total +=
        current_->complete ? made : std::max(made, spoken_length(current_->phrase.text) / (current_->given ? 2 : 1));
  }
  for (const Entry& entry : waiting_) {
    if (!entry.held) total += spoken_length(entry.phrase.text) + length(entry.phrase.sound);
  }
  return total;
}

std::size_t Mouth::waiting() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::ranges::count(waiting_, false, &Entry::ends_utterance));
}

MillisF Mouth::lag() const {
  const std::lock_guard lock(mutex_);
  const bool heard = current_ && current_->given && !current_->complete;
  if (!heard || !running_ || link_->playout.backlog() > kLittle) return MillisF(0);
  return SteadyClock::now() - current_->asked_at;
}

bool Mouth::idle() const {
  const std::lock_guard lock(mutex_);
  return waiting_.empty() && !current_ && !running_;
}

void Mouth::cancel() {
  const std::lock_guard lock(mutex_);
  cancelled_ = true;
  waiting_.clear();
  if (current_) forget(*current_);
}

/// Gives the playout what it has room for and the executor its next job.
void Mouth::proceed() {
  if (cancelled_) {
    if (!running_) current_.reset();
    return;
  }
  do {
    if (!current_) continue;
    give(*current_);
    if (running_) return;
    if (current_->forgotten || (current_->complete && !current_->held && current_->ready.empty())) {
      if (current_->given) link_->playout.end_phrase(synthesis::pause_after(current_->phrase.text));
      current_.reset();
      continue;
    }
    if (!wants_more(*current_) || SteadyClock::now() < current_->not_before) return;
    running_ = true;
    current_->asked_at = SteadyClock::now();
    const auto priority = speech_priority(link_->playout.backlog(), current_->given);
    services_.executor.submit(priority, [self = shared_from_this(), speaking = current_] { self->speak(speaking); });
    return;
  } while (take_next());
}

/// Makes the next phrase the current one. False when none may begin.
bool Mouth::take_next() {
  while (!waiting_.empty() && waiting_.front().ends_utterance) {
    const UtteranceId utterance = waiting_.front().phrase.utterance;
    if (begun_ != utterance) link_->playout.begin(utterance);  // Nothing of it could be said.
    link_->playout.end(utterance);
    begun_ = kNobody;
    waiting_.pop_front();
  }
  if (waiting_.empty() || link_->playout.backlog() >= services_.config.playout_high_water) return false;
  current_ =
      std::make_shared<Speaking>(Speaking{.phrase = std::move(waiting_.front().phrase), .held = waiting_.front().held});
  waiting_.pop_front();
  current_->synthesis.begin = SteadyClock::now();
  if (!current_->phrase.sound.empty()) {
    current_->ready = std::move(current_->phrase.sound);
    current_->complete = true;
    note_first_sound(*current_);
  }
  return true;
}

bool Mouth::wants_more(const Speaking& speaking) const {
  if (speaking.complete) return false;
  return speaking.held ? speaking.ready.size() < kHeldSamples : speaking.ready.empty();
}

void Mouth::give(Speaking& speaking) {
  if (speaking.held || speaking.forgotten || speaking.ready.empty()) return;
  if (!std::exchange(speaking.given, true)) {
    if (std::exchange(begun_, speaking.phrase.utterance) != speaking.phrase.utterance) link_->playout.begin(begun_);
    books_->give(speaking.phrase.utterance, speaking.phrase.text, speaking.synthesis);
  }
  const std::size_t count = link_->playout.write(speaking.ready);
  speaking.ready.erase(speaking.ready.begin(), speaking.ready.begin() + static_cast<std::ptrdiff_t>(count));
}

void Mouth::note_first_sound(Speaking& speaking) {
  speaking.sounded = true;
  speaking.synthesis.end = SteadyClock::now();
  if (speaking.phrase.text.empty()) return;
  books_->note(speaking.phrase.utterance,
               {.stage = Stage::kSynthesis, .speculative = speaking.held, .text = speaking.phrase.text},
               speaking.synthesis);
}

void Mouth::forget(Speaking& speaking) {
  speaking.forgotten = true;
  if (speaking.stream) speaking.stream->cancel();
}

void Mouth::speak(const std::shared_ptr<Speaking>& speaking) {
  auto piece = guarded([&] { return next_piece(*speaking); });
  bool failed = false;
  {
    const std::lock_guard lock(mutex_);
    running_ = false;
    const bool again = !piece && !speaking->forgotten && try_again(*speaking, piece.error());
    failed = !piece && !speaking->forgotten && !again;
    if (failed) {
      std::erase_if(waiting_, [&](const Entry& entry) { return entry.phrase.utterance == speaking->phrase.utterance; });
      forget(*speaking);
    } else if (piece) {
      speaking->complete = piece->empty();
      speaking->made += piece->size();
      speaking->ready.insert(speaking->ready.end(), piece->begin(), piece->end());
      if (!speaking->complete && !speaking->sounded) note_first_sound(*speaking);
    }
    if (!failed) proceed();
  }
  if (!failed) return;
  on_failure_(speaking->phrase.utterance, piece.error());
  pump();
}

Result<std::vector<std::int16_t>> Mouth::next_piece(Speaking& speaking) {
  if (!speaking.stream) {
    const auto opened = open_stream(speaking);
    if (!opened && opened.error().code == ErrorCode::kInvalid) {
      // Nothing in it can be pronounced, a dash perhaps: no reason to give the whole utterance up.
      spdlog::debug("[{}] {} is not spoken a phrase of #{}: there is nothing to pronounce in it", link_->session,
                    link_->listener, speaking.phrase.utterance);
      return std::vector<std::int16_t>();
    }
    if (!opened) return std::unexpected(opened.error());
  }
  for (;;) {
    auto piece = speaking.stream->next();
    if (!piece || piece->empty()) return piece;
    const std::size_t known = std::min(speaking.skip, piece->size());
    speaking.skip -= known;
    piece->erase(piece->begin(), piece->begin() + static_cast<std::ptrdiff_t>(known));
    if (piece->empty()) continue;
    leveller_.process(*piece);
    return piece;
  }
}

/// Whether the phrase that failed is spoken again, from where it broke off. The playout fades out and waits meanwhile.
bool Mouth::try_again(Speaking& speaking, const Error& error) {
  const auto wait =
      speaking.attempts.after_failure(error, services_.engines->synthesizers, services_.config.retry_speech);
  if (!wait) return false;
  speaking.stream.reset();
  speaking.skip = speaking.made;
  speaking.not_before = SteadyClock::now() + *wait;
  books_->edit(speaking.phrase.utterance, [](telemetry::UtteranceRecord& record) { ++record.retries; });
  services_.health.report({.session_id = link_->session,
                           .component = "synthesis",
                           .status = telemetry::Status::kDegraded,
                           .action = std::string(speaking.attempts.action()),
                           .reason = error.message});
  return true;
}

Result<void> Mouth::open_stream(Speaking& speaking) {
  const Phrase& phrase = speaking.phrase;
  const auto& synthesizer = speaking.attempts.engine(services_.engines->synthesizers);
  auto stream = synthesizer.synthesize({.phrase = phrase.text,
                                        .language = link_->pair.to,
                                        .voice = synthesizer.default_voice(link_->pair.to),
                                        .before = phrase.before});
  if (!stream) return std::unexpected(stream.error());
  const float loudness = link_->speaker_loudness;
  leveller_.begin_phrase(loudness > Link::kUnknownLoudness ? std::optional(loudness) : std::nullopt);
  const std::lock_guard lock(mutex_);
  speaking.stream = std::move(*stream);
  if (speaking.forgotten) speaking.stream->cancel();
  return {};
}

}  // namespace parley::call
