// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/room.h"

#include <algorithm>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace parley::call {
namespace {

/// A phone that sends nothing for so long (silence suppression, a lost network) is silent: its speaker has stopped.
constexpr int kTicksUntilSilence = 3;

/// The original voice stays low through a pause between two phrases, and comes up in a longer one.
constexpr int kTicksBetweenWords = 20;

constexpr std::string_view kMirror = "mirror";

Language language_or(const Language& language, const std::string& fallback) {
  return language.empty() ? Language::parse(fallback).value_or(Language{}) : language;
}

}  // namespace

void Room::OriginalVoice::push(const audio::Frame& frame) {
  if (count_ == frames_.size()) {
    first_ = (first_ + 1) % frames_.size();
    --count_;
  }
  frames_[(first_ + count_++) % frames_.size()] = frame;
}

audio::Frame Room::OriginalVoice::pop() {
  if (count_ == 0) return audio::kSilence;
  const std::size_t at = first_;
  first_ = (first_ + 1) % frames_.size();
  --count_;
  return frames_[at];
}

Room::Room(std::string session, const Services& services, Hearing& hearing, std::uint64_t now)
    : session_(std::move(session)), services_(services), config_(services.config), hearing_(hearing), began_(now) {
  for (auto& seat : seats_) seat.original_gain = audio::Ramp(0.0F, config_.ramp);
}

Room::~Room() {
  for (auto& seat : seats_) leave(seat);
  if (admitted_.value_or(false)) services_.capacity.release();
}

Result<void> Room::seat(std::unique_ptr<media::Leg> leg) {
  const media::LegInfo& info = leg->info();
  mirror_ = mirror_ || info.leg == kMirror;
  auto seat = std::ranges::find(seats_, info.leg, &Seat::name);
  if (seat == seats_.end() && !mirror_) seat = std::ranges::find(seats_, std::string{}, &Seat::name);
  if (seat == seats_.end() && mirror_ && seats_[0].name.empty()) seat = seats_.begin();
  if (seat == seats_.end()) {
    return fail(ErrorCode::kInvalid, "room {} is full: leg {} is refused", session_, info.leg);
  }
  spdlog::info("[{}] {} joins: speaks {}, hears {}{}{}", session_, info.leg, speaks_of(info).code(),
               hears_of(info).code(), info.caller_number.empty() ? "" : ", caller ", info.caller_number);
  const bool comes_back = seat->speaks && info.reconnect > 0 && info.channel == seat->channel;
  seat->name = info.leg;
  seat->channel = info.channel;
  seat->leg = std::move(leg);
  seat->away_since.reset();
  seat->voice.clear();
  if (comes_back) return {};
  if (seat->speaks) part();
  introduce();
  return {};
}

void Room::part() {
  for (auto& seat : seats_) {
    if (!seat.speaks) continue;
    seat.speaks->speaker_left = true;
    seat.speaks->listener_left = true;
  }
  for (auto& seat : seats_) seat.speaks = seat.hears = nullptr;
}

void Room::introduce() {
  Seat& a = seats_[0];
  Seat& b = mirror_ ? seats_[0] : seats_[1];
  if (!a.leg || !b.leg) return;
  a.speaks = b.hears = link(a, b);
  if (!mirror_) b.speaks = a.hears = link(b, a);
}

std::shared_ptr<Link> Room::link(const Seat& speaker, const Seat& listener) {
  auto link = std::make_shared<Link>(PlayoutConfig{.ducked_db = config_.talk_over_gain_db, .duck_time = config_.ramp});
  link->session = session_;
  link->speaker = speaker.name;
  link->listener = listener.name;
  link->pair = {speaks_of(speaker.leg->info()), hears_of(listener.leg->info())};
  link->first_tick = began_;
  if (link->pair.from == link->pair.to) {
    link->service = Service::kSameLanguage;
  } else if (!services_.engines->support(link->pair)) {
    link->service = Service::kUnsupported;
  } else if (!admitted()) {
    link->service = Service::kBusy;
  }
  if (link->service != Service::kTranslate) link->mode = Mode::kPassThrough;
  if (link->service == Service::kSameLanguage) {
    link->finished = true;
  } else {
    hearing_.join(link);
  }
  return link;
}

/// Whether this machine can translate one call more.
bool Room::admitted() {
  if (admitted_) return *admitted_;
  admitted_ = services_.capacity.admit();
  if (!*admitted_) {
    services_.health.report(
        {.session_id = session_,
         .component = "admission",
         .status = telemetry::Status::kDegraded,
         .action = "refuse",
         .reason = fmt::format("{} calls are translated, which is all this machine can do: this one "
                               "hears the original voices",
                               services_.capacity.calls())});
  }
  return *admitted_;
}

Language Room::speaks_of(const media::LegInfo& info) const {
  return language_or(info.speaks, config_.default_language);
}

Language Room::hears_of(const media::LegInfo& info) const {
  const Language own = speaks_of(info);
  if (info.leg != kMirror) return language_or(info.hears, std::string(own.code()));
  if (!info.hears.empty() && info.hears != own) return info.hears;
  const auto other = config_.mirror.find(std::string(own.code()));
  return language_or({}, other != config_.mirror.end() ? other->second : config_.default_language);
}

void Room::tick(std::uint64_t now) {
  const auto real_now = SteadyClock::now();
  for (auto& seat : seats_) {
    if (seat.speaks) seat.speaks->clock.set(now - began_, real_now);
  }
  for (auto& seat : seats_) {
    if (seat.leg || seat.away_since) take_in(seat, now);
  }
  Seat& other_of_first = mirror_ ? seats_[0] : seats_[1];
  if (seats_[0].leg) give_out(seats_[0], other_of_first, now);
  if (seats_[1].leg) give_out(seats_[1], seats_[0], now);
  for (auto& seat : seats_) {
    if (seat.leg) take_events(seat, now);
    give_up_waiting(seat, now);
  }
  for (auto& seat : seats_) {
    if (seat.leg) dismiss_when_all_is_said(seat, now);
  }
}

void Room::take_in(Seat& seat, std::uint64_t now) {
  const auto hear = [&](const audio::Frame& frame) {
    if (!seat.speaks || seat.speaks->service != Service::kTranslate) return;
    Link& link = *seat.speaks;
    if (!link.heard.push({now, frame})) link.heard_drops.note(1, link.session, link.speaker, services_.stats);
    services_.stats.see_depth(telemetry::Queue::kRecognition, link.heard.size());
  };
  bool any = false;
  while (auto frame = seat.leg ? seat.leg->receive() : std::nullopt) {
    any = true;
    hear(*frame);
    seat.voice.push(*frame);
  }
  seat.ticks_without_frame = any ? 0 : seat.ticks_without_frame + 1;
  if (seat.ticks_without_frame > kTicksUntilSilence) hear(audio::kSilence);
}

void Room::take_events(Seat& seat, std::uint64_t now) {
  while (seat.leg) {
    const auto event = seat.leg->poll_event();
    if (!event) return;
    if (event->kind != media::LegEvent::Kind::kClosed) continue;
    if (event->lost) {
      lose(seat, now);
    } else {
      leave(seat);
    }
  }
}

/// Its connection broke; the call goes on, for it may come back.
void Room::lose(Seat& seat, std::uint64_t now) {
  spdlog::warn("[{}] {} is lost: its call is kept for {} ms", session_, seat.name, config_.return_timeout.count());
  seat.leg.reset();
  seat.away_since = now;
}

void Room::give_up_waiting(Seat& seat, std::uint64_t now) {
  if (!seat.away_since || (now - *seat.away_since) * kFrameTime < config_.return_timeout) return;
  spdlog::warn("[{}] {} did not come back", session_, seat.name);
  leave(seat);
}

void Room::give_out(Seat& seat, Seat& other, std::uint64_t now) {
  audio::Frame out = audio::kSilence;
  if (seat.hears) {
    mind_talking_over(seat);
    seat.ticks_without_translation = seat.hears->playout.read(out, now) ? 0 : seat.ticks_without_translation + 1;
    const audio::Frame original = other.voice.pop();
    seat.original_gain.move_to(original_gain(seat));
    audio::mix_into(out, original, seat.original_gain);
  }
  seat.leg->send(out);
}

float Room::original_gain(const Seat& seat) const {
  if (mirror_) return 0.0F;  // Nobody wants to hear itself come back.
  const Link& link = *seat.hears;
  const bool translated = link.mode.load(std::memory_order_relaxed) == Mode::kTranslated;
  if (translated && !config_.original) return 0.0F;
  if (link.playout.speaking() && seat.ticks_without_translation < kTicksBetweenWords)
    return audio::db_to_amplitude(config_.ducked_gain_db);
  return translated ? audio::db_to_amplitude(config_.original_gain_db) : 1.0F;
}

/// The listener's own voice has precedence over the translation.
void Room::mind_talking_over(Seat& seat) const {
  Link& link = *seat.hears;
  const bool talks = !mirror_ && seat.speaks && seat.speaks->speaker_talks.load(std::memory_order_relaxed);
  seat.ticks_talking_over = talks && link.playout.speaking() ? seat.ticks_talking_over + 1 : 0;
  if (config_.talk_over != TalkOver::kIgnore) link.playout.set_ducked(seat.ticks_talking_over > 0);
  if (config_.talk_over == TalkOver::kStop && seat.ticks_talking_over * kFrameTime >= config_.talk_over_time)
    link.playout.stop_at_phrase_end();
}

void Room::leave(Seat& seat) {
  if (!seat.leg && !seat.away_since) return;
  spdlog::info("[{}] {} leaves", session_, seat.name);
  seat.leg.reset();
  seat.away_since.reset();
  if (seat.speaks) seat.speaks->speaker_left = true;
  if (seat.hears) seat.hears->listener_left = true;
}

void Room::dismiss_when_all_is_said(Seat& seat, std::uint64_t now) {
  // After a restart of ours both parties come back at about the same time, or one has gone.
  const auto timeout = seat.leg->info().reconnect > 0 ? config_.return_timeout : config_.partner_timeout;
  const bool waited_in_vain = !seat.hears && (now - began_) * kFrameTime > timeout;
  const bool all_is_said =
      seat.hears && seat.hears->speaker_left && seat.hears->finished && seat.hears->playout.empty();
  if (!waited_in_vain && !all_is_said) return;
  if (waited_in_vain)
    spdlog::warn("[{}] {} is hung up: nobody joined within {} ms", session_, seat.name, timeout.count());
  seat.leg->hang_up();
}

void Room::abandon() {
  for (auto& seat : seats_) {
    if (seat.leg) seat.leg->abandon();
  }
}

bool Room::over() const {
  return std::ranges::all_of(seats_, [](const Seat& seat) { return !seat.leg && !seat.away_since; });
}

}  // namespace parley::call
