// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/timeline_marks.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>

#include <fmt/format.h>

namespace parley::app {
namespace {

using telemetry::LedgerEvent;
using telemetry::LedgerLine;
using telemetry::Outcome;
using telemetry::Stage;
using telemetry::StageSpan;
using telemetry::UtteranceRecord;

constexpr MillisF kPhraseGap{300};  // Between phrases that sound like one.

template <typename Duration>
double seconds(Duration time) {
  return std::chrono::duration<double>(time).count();
}

/// "12.340–12.438 s (98 ms)"
std::string exact(double begin, double end) {
  return fmt::format("{:.3f}–{:.3f} s ({:.0f} ms)", begin, end, (end - begin) * 1000.0);
}

/// The words that a hypothesis has and the one before it has not: from the first that differs on.
std::string_view new_words(std::string_view before, std::string_view now) {
  const auto [old_end, new_end] = std::ranges::mismatch(before, now);
  auto from = static_cast<std::size_t>(new_end - now.begin());
  if (from == now.size()) return {};
  if (now[from] == ' ') return now.substr(from + 1);
  while (from > 0 && now[from - 1] != ' ') --from;
  return now.substr(from);
}

class Marks {
 public:
  explicit Marks(const LedgerLine& line) : record_(line.record), over_(line.event == LedgerEvent::kUtterance) {}

  std::vector<Mark> take() {
    speech();
    work();
    pause();
    playout();
    return std::move(marks_);
  }

 private:
  bool has(Stage stage) const { return std::ranges::find(spans(), stage, &StageSpan::stage) != spans().end(); }
  const std::vector<StageSpan>& spans() const { return record_.spans; }
  double speech_end() const { return seconds(record_.speech_end); }

  std::string heading() const { return fmt::format("#{} {}", record_.id, record_.source); }

  void add(Lane lane, std::string_view style, double begin, double end, std::string label, std::string tooltip) {
    marks_.push_back({.lane = lane,
                      .begin = begin,
                      .end = end,
                      .style = style,
                      .label = std::move(label),
                      .tooltip = std::move(tooltip)});
  }

  void speech() {
    const double begin = seconds(record_.speech_start);
    std::string tooltip = fmt::format("#{} {} speaks, {}: “{}” → “{}”", record_.id, record_.speaker,
                                      exact(begin, speech_end()), record_.source, record_.translation);
    if (const auto onset = record_.onset_lag()) tooltip += fmt::format("; onset lag {} ms", onset->count());
    if (const auto finish = record_.finish_lag()) tooltip += fmt::format("; finish lag {} ms", finish->count());
    if (record_.spans_dropped > 0) tooltip += fmt::format("; {} spans were not kept", record_.spans_dropped);
    // The whole utterance pale, and what was voiced of it strong, where the ledger says so.
    add(Lane::kSpeech, has(Stage::kSpeech) ? "pausing" : "speech", begin, speech_end(), heading(), tooltip);
    for (const auto& span : spans()) {
      if (span.stage == Stage::kSpeech)
        add(Lane::kSpeech, "speech", seconds(span.begin), seconds(span.end), {}, tooltip);
    }
    if (has(Stage::kEndpoint)) return;
    endpoint(speech_end(), speech_end() + record_.stages.endpoint / 1000.0);
  }

  void endpoint(double begin, double end) {
    if (end > begin) add(Lane::kSpeech, "wait", begin, end, {}, "endpoint: waiting for the end, " + exact(begin, end));
  }

  void work() {
    if (spans().empty()) return work_by_durations();
    // The last run of which something came, if the speaker had ended by then; what came before are partials.
    const auto final_run = std::find_if(spans().rbegin(), spans().rend(), [&](const StageSpan& span) {
      return span.stage == Stage::kRecognition && !span.wasted && span.end >= record_.speech_end;
    });
    std::string_view heard;
    for (const auto& span : spans()) {
      const bool is_final = final_run != spans().rend() && &span == &*final_run;
      span_of_work(span, is_final, heard);
      if (span.stage == Stage::kRecognition && !span.wasted) heard = span.text;
    }
  }

  void span_of_work(const StageSpan& span, bool is_final, std::string_view before) {
    const double begin = seconds(span.begin);
    const double end = seconds(span.end);
    const std::size_t known = marks_.size();
    switch (span.stage) {
      case Stage::kEndpoint: endpoint(begin, end); break;
      case Stage::kQueue: add(Lane::kRecognition, "wait", begin, end, {}, "queue: waiting for a core"); break;
      case Stage::kRecognition:
        add(Lane::kRecognition, is_final ? "recognition" : "partial", begin, end,
            std::string(new_words(before, span.text)), is_final ? "final recognition" : "partial recognition");
        break;
      case Stage::kTranslation: add(Lane::kTranslation, "translation", begin, end, {}, "translation"); break;
      case Stage::kCommit:
        add(Lane::kCommits, "commit", begin, begin, span.text, "committed");
        marks_.back().shape = Mark::Shape::kTick;
        break;
      case Stage::kSynthesis: add(Lane::kSynthesis, "synthesis", begin, end, {}, "synthesis"); break;
      case Stage::kSpeech:
      case Stage::kPlayout: break;
    }
    if (marks_.size() == known || span.stage == Stage::kEndpoint) return;
    Mark& mark = marks_.back();
    mark.speculative = span.speculative;
    mark.wasted = span.wasted;
    mark.tooltip =
        fmt::format("#{} {}{}{}, {}", record_.id, mark.tooltip, span.speculative ? ", speculative" : "",
                    span.wasted ? ", wasted" : "", end > begin ? exact(begin, end) : fmt::format("at {:.3f} s", begin));
    if (!span.text.empty()) mark.tooltip += fmt::format(": “{}”", span.text);
    if (span.wasted) mark.label.clear();
  }

  void work_by_durations() {
    const auto& stages = record_.stages;
    double at = speech_end() + stages.endpoint / 1000.0;
    const auto next = [&](Lane lane, std::string_view style, double ms) {
      if (ms > 0.0) {
        const double end = at + ms / 1000.0;
        add(lane, style, at, end, {}, fmt::format("#{} {}, {}", record_.id, style, exact(at, end)));
        at = end;
      }
    };
    next(Lane::kRecognition, "wait", stages.queue);
    next(Lane::kRecognition, "recognition", stages.recognition);
    next(Lane::kTranslation, "translation", stages.translation);
    // The wait between text and its synthesis is not in the stages; the first frame says when PCM was there.
    if (record_.audio_start)
      at = std::max(at, seconds(*record_.audio_start) - (stages.synthesis + stages.playout) / 1000.0);
    next(Lane::kSynthesis, "synthesis", stages.synthesis);
  }

  void pause() {
    const auto lag = record_.response_lag();
    const bool failed = record_.outcome == Outcome::kUntranslated || record_.outcome == Outcome::kUndelivered ||
                        record_.outcome == Outcome::kLost;
    std::string remark;
    if (!over_) {
      remark = "not over";
    } else if (record_.outcome != Outcome::kAnswered) {
      remark = to_string(record_.outcome);
      if (!record_.error.empty()) remark += ": " + record_.error;
    }
    if (!lag) {
      if (remark.empty()) return;
      add(Lane::kPause, failed ? "failed" : "remark", speech_end(), speech_end(), remark,
          fmt::format("#{} {}", record_.id, remark));
      marks_.back().shape = Mark::Shape::kNote;
      return;
    }
    const double answer = speech_end() + seconds(*lag);
    const std::string ms = fmt::format("{} ms", lag->count());
    add(Lane::kPause, failed ? "failed" : "pause", speech_end(), answer, remark.empty() ? ms : ms + " · " + remark,
        fmt::format("#{} response lag {}, from {:.3f} s to {:.3f} s{}{}", record_.id, ms, speech_end(), answer,
                    record_.speculated ? "; the answer was ready before the endpoint" : "",
                    remark.empty() ? "" : "; " + remark));
    marks_.back().shape = Mark::Shape::kArrow;
  }

  void playout() {
    if (has(Stage::kPlayout)) return playout_by_spans();
    if (!record_.audio_start) return;
    const double begin = seconds(*record_.audio_start);
    const double end = record_.audio_end ? seconds(*record_.audio_end) : begin;
    const bool original = record_.outcome == Outcome::kUntranslated;
    add(Lane::kPlayout, original ? "original" : "playout", begin, end,
        original ? fmt::format("#{} (original voice)", record_.id)
                 : fmt::format("#{} {}", record_.id, record_.translation),
        fmt::format("#{} {} hears{}, {}: “{}”", record_.id, record_.listener, original ? " the original voice" : "",
                    exact(begin, end), record_.translation));
  }

  void playout_by_spans() {
    std::vector<StageSpan> heard;
    std::ranges::copy_if(spans(), std::back_inserter(heard),
                         [](const StageSpan& span) { return span.stage == Stage::kPlayout; });
    for (std::size_t i = 0; i < heard.size(); ++i) {
      const StageSpan& span = heard[i];
      const double begin = seconds(span.begin);
      const double end = seconds(span.end);
      const bool hurried = std::abs(span.tempo - 1.0) > 0.005;
      const std::string tooltip = fmt::format("#{} {} hears, {}, tempo {:.2f}: “{}”", record_.id, record_.listener,
                                              exact(begin, end), span.tempo, span.text);
      add(Lane::kPlayout, hurried ? "hurried" : "playout", begin, end, {}, tooltip);
      Mark& mark = marks_.back();
      mark.rest = text_from(std::span(heard).subspan(i));
      if (i == 0) {
        mark.label = fmt::format("#{} {}", record_.id, mark.rest.empty() ? record_.translation : mark.rest);
      } else if (!follow(heard[i - 1], span)) {
        mark.label = mark.rest;
      }
      if (hurried) {
        add(Lane::kTempo, "tempo", begin, end, fmt::format("{:.2f}×", span.tempo), tooltip);
        marks_.back().shape = Mark::Shape::kNote;
      }
    }
  }

  static bool follow(const StageSpan& before, const StageSpan& span) { return span.begin <= before.end + kPhraseGap; }

  /// Texts of phrases that are heard one after the other are written as one, for each alone seldom has room.
  static std::string text_from(std::span<const StageSpan> heard) {
    constexpr std::size_t kLongest = 500;  // More has no room in a row.
    std::string text = heard[0].text;
    for (std::size_t i = 1; i < heard.size() && text.size() < kLongest && follow(heard[i - 1], heard[i]); ++i) {
      // A phrase whose tempo changed is there once for each.
      if (heard[i].text == heard[i - 1].text) continue;
      text += ' ';
      text += heard[i].text;
    }
    return text;
  }

  const UtteranceRecord& record_;
  const bool over_;
  std::vector<Mark> marks_;
};

}  // namespace

std::vector<Mark> marks_of(const LedgerLine& line) { return Marks(line).take(); }

}  // namespace parley::app
