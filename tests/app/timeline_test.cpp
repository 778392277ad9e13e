// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/timeline.h"

#include <cmath>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/svg_text.h"
#include "app/timeline_marks.h"
#include "app/timeline_rows.h"
#include "app/timeline_svg.h"
#include "app/timeline_well_formed.h"
#include "support/temporary_directory.h"
#include "telemetry/records.h"

namespace parley::app {
namespace {

using telemetry::LedgerEvent;
using telemetry::LedgerLine;
using telemetry::Stage;
using telemetry::UtteranceRecord;
using testing::HasSubstr;
using testing::Not;

std::string drawn(std::vector<LedgerLine> lines, TimelineView view = {.title = "Call s1"}) {
  const auto svg = timeline_svg(lines, view);
  EXPECT_TRUE(svg) << svg.error().message;
  return svg.value_or("");
}

std::string drawn(const UtteranceRecord& record) { return drawn({LedgerLine{.record = record}}); }

UtteranceRecord at(milliseconds start) {
  auto record = telemetry::answered();
  record.id = static_cast<std::uint64_t>(start.count());
  record.speech_start = start;
  record.speech_end = start + milliseconds(1000);
  record.audio_start = start + milliseconds(1500);
  record.audio_end = start + milliseconds(2500);
  return record;
}

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (auto i = text.find(what); i != std::string_view::npos; i = text.find(what, i + 1)) ++found;
  return found;
}

TEST(Timeline, ShowsWhatWasSaidAndWhatWasHeardAndThePause) {
  const auto svg = drawn(telemetry::answered());
  EXPECT_EQ(flaw_of(svg), "");
  EXPECT_THAT(svg, HasSubstr(">#3 Good &quot;morning&quot;</text>"));
  EXPECT_THAT(svg, HasSubstr("</title>#3 Bom dia</text>"));
  EXPECT_THAT(svg, HasSubstr("</title>900 ms</text>"));
  EXPECT_THAT(svg, HasSubstr("#3 response lag 900 ms, from 2.000 s to 2.900 s"));
  EXPECT_THAT(svg, HasSubstr("#3 recognition, 2.301–2.400 s (99 ms)")) << "placed by durations: it has no spans";
}

TEST(Timeline, ShowsEveryStage) {
  const auto svg = drawn(telemetry::clause_by_clause());
  EXPECT_EQ(flaw_of(svg), "");
  EXPECT_THAT(svg, HasSubstr("#4 partial recognition, 1.300–1.360 s (60 ms): “Good”"));
  EXPECT_THAT(svg, HasSubstr("#4 partial recognition, speculative, wasted, 1.700–1.790 s (90 ms): “Good mourning”"));
  EXPECT_EQ(count(svg, "<rect class=\"wasted\""), 2) << "one, and one in the legend";
  EXPECT_EQ(count(svg, "<path class=\"commit\""), 2);
  EXPECT_THAT(svg, HasSubstr("#4 committed, at 2.300 s: “dia”"));
  EXPECT_THAT(svg, HasSubstr("</title>dia</text>"));
  EXPECT_THAT(svg, HasSubstr("</title>1.20×</text>"));
  EXPECT_THAT(svg, HasSubstr("the answer was ready before the endpoint"));
}

TEST(Timeline, IsReadableInLightAndDarkAndToThoseWhoCannotSeeIt) {
  const auto svg = drawn(telemetry::answered());
  EXPECT_THAT(svg, HasSubstr("@media (prefers-color-scheme: dark)"));
  EXPECT_THAT(svg, HasSubstr("aria-labelledby=\"parley-title parley-desc\""));
  EXPECT_THAT(svg, HasSubstr("<title id=\"parley-title\">Call s1</title>"));
  EXPECT_THAT(svg, HasSubstr("a → b · en → pt: 1 utterance, response lag p50 900 ms"));
}

TEST(Timeline, EveryStyleThatIsUsedIsInTheSheet) {
  auto cut = telemetry::clause_by_clause();
  cut.outcome = telemetry::Outcome::kCut;
  for (std::uint8_t stage = 0; stage < telemetry::kStages; ++stage)
    cut.note({.stage = static_cast<Stage>(stage), .begin = MillisF(1500), .end = MillisF(1600)});
  auto failed = at(milliseconds(9000));
  failed.outcome = telemetry::Outcome::kUntranslated;
  auto silent = at(milliseconds(15000));
  silent.outcome = telemetry::Outcome::kNoWords;
  silent.audio_start.reset();
  const auto svg = drawn({{.record = cut}, {.record = failed}, {.record = silent}});
  const auto body = svg.substr(svg.find("</style>"));
  for (std::size_t i = body.find("class=\""); i != std::string::npos; i = body.find("class=\"", i + 1)) {
    const auto name = body.substr(i + 7, body.find('"', i + 7) - i - 7);
    // Texts over bars that have no rule of their own have that of all texts.
    if (name.starts_with("on-")) continue;
    EXPECT_THAT(svg, HasSubstr("." + name + " {"));
  }
}

TEST(Timeline, ShowsWhatWasLostAndWhatHasOnlyBegun) {
  auto lost = telemetry::answered();
  lost.outcome = telemetry::Outcome::kLost;
  lost.error = "parleyd ended without finishing it";
  lost.audio_start.reset();
  lost.audio_end.reset();
  auto begun = at(milliseconds(9000));
  begun.id = 99;
  begun.audio_start.reset();
  begun.audio_end.reset();
  const auto svg = drawn({{.record = lost}, {.event = telemetry::LedgerEvent::kBegun, .record = begun}});
  EXPECT_THAT(svg, HasSubstr("lost: parleyd ended without finishing it"));
  EXPECT_THAT(svg, HasSubstr("#99 not over"));
}

TEST(Timeline, HostileTextIsOnlyText) {
  auto record = telemetry::clause_by_clause();
  record.source = "</text></svg><script>alert(1)</script>&lt;\"'";
  record.translation = std::string("zero\0bell\x07 \xff turn\u202Eback", 24);
  record.speaker = "\"><a href='x'>";
  record.session = "]]>&";
  record.spans[1].text = "<![CDATA[ &amp; ]]>";
  record.spans[4].text = record.translation;
  record.error = "<b>";
  const auto svg = drawn({LedgerLine{.record = record}}, {.title = record.session});
  EXPECT_EQ(flaw_of(svg), "");
  EXPECT_THAT(svg, Not(HasSubstr("<script")));
  EXPECT_THAT(svg, Not(HasSubstr("<a href")));
  EXPECT_THAT(svg, Not(HasSubstr("<![")));
  EXPECT_THAT(svg, Not(HasSubstr("\u202E")));
  EXPECT_THAT(svg, HasSubstr("bell\uFFFD"));
}

TEST(Timeline, TheSameLedgerGivesTheSamePicture) {
  EXPECT_EQ(drawn(telemetry::clause_by_clause()), drawn(telemetry::clause_by_clause()));
  EXPECT_EQ(drawn({{.record = at(milliseconds(0))}, {.record = at(milliseconds(5000))}}),
            drawn({{.record = at(milliseconds(0))}, {.record = at(milliseconds(5000))}}));
}

TEST(Timeline, AnAnswerBeforeTheEndIsAnArrowBackwards) {
  auto record = telemetry::clause_by_clause();
  record.answer_start = record.audio_start;
  EXPECT_THAT(drawn(record), HasSubstr("</title>-200 ms</text>"));
}

TEST(Timeline, SaysHowAnUtteranceEnded) {
  auto record = telemetry::answered();
  record.outcome = telemetry::Outcome::kUntranslated;
  record.error = "no model";
  EXPECT_THAT(drawn(record), HasSubstr("900 ms · untranslated: no model"));
  EXPECT_THAT(drawn(record), HasSubstr("#3 (original voice)"));
  record.audio_start.reset();
  EXPECT_THAT(drawn(record), HasSubstr("</title>untranslated: no model</text>"));
  EXPECT_THAT(drawn({LedgerLine{.event = LedgerEvent::kCaption, .record = record}}),
              HasSubstr("</title>not over</text>"));
}

TEST(Timeline, DrawsAPartLarger) {
  const auto whole = drawn({{.record = at(milliseconds(0))}, {.record = at(milliseconds(20000))}});
  const auto part = drawn({{.record = at(milliseconds(0))}, {.record = at(milliseconds(20000))}},
                          {.title = "part", .from = 20.0, .to = 21.5});
  EXPECT_EQ(count(whole, "class=\"heading\""), 2) << "a row each: nothing happens between them";
  EXPECT_EQ(count(part, "class=\"heading\""), 1);
  EXPECT_THAT(part, HasSubstr(">20.5 s</text>"));
  EXPECT_THAT(part, Not(HasSubstr(">#0 ")));
  EXPECT_FALSE(timeline_svg(std::vector{LedgerLine{.record = at(milliseconds(0))}}, {.from = 100.0}));
}

TEST(Timeline, ACallOfDaysIsNoPicture) {
  auto record = telemetry::answered();
  record.speech_end = std::chrono::hours(300);
  const auto svg = timeline_svg(std::vector{LedgerLine{.record = record}}, {});
  ASSERT_FALSE(svg);
  EXPECT_THAT(svg.error().message, HasSubstr("--from and --to"));
}

TEST(TimelineMarks, APartialsLabelIsItsNewWords) {
  auto record = telemetry::answered();
  for (const char* heard : {"I would", "I would like", "I would like", "I wood likely not"})
    record.note({.stage = Stage::kRecognition, .text = heard});
  std::vector<std::string> labels;
  for (const auto& mark : marks_of({.record = record})) {
    if (mark.lane == Lane::kRecognition) labels.push_back(mark.label);
  }
  EXPECT_THAT(labels, testing::ElementsAre("I would", "like", "", "wood likely not"));
}

TEST(TimelineMarks, PhrasesThatAreHeardOneAfterTheOtherAreReadAsOneText) {
  auto record = telemetry::answered();
  const auto heard = [&](double begin, double end, const char* text, double tempo = 1.0) {
    record.note({.stage = Stage::kPlayout, .begin = MillisF(begin), .end = MillisF(end), .text = text, .tempo = tempo});
  };
  heard(3000, 4000, "Bom dia,");
  heard(4000, 4500, "como está");
  heard(4500, 4900, "como está", 1.2);
  heard(6000, 7000, "hoje?");
  std::vector<std::string> labels;
  for (const auto& mark : marks_of({.record = record})) {
    if (mark.lane == Lane::kPlayout) labels.push_back(mark.label);
  }
  EXPECT_THAT(labels, testing::ElementsAre("#3 Bom dia, como está", "", "", "hoje?"));
}

TEST(Timeline, ARowThatBeginsWithinAnAnswerHasTheRestOfItsText) {
  auto record = telemetry::answered();
  record.note({.stage = Stage::kPlayout, .begin = MillisF(3000), .end = MillisF(4000), .text = "Bom dia,"});
  record.note({.stage = Stage::kPlayout, .begin = MillisF(4000), .end = MillisF(5000), .text = "como está?"});
  EXPECT_THAT(drawn({LedgerLine{.record = record}}, {.title = "part", .from = 4.5}), HasSubstr(">… como está?</text>"));
}

TEST(TimelineMarks, TheFinalRecognitionIsTheLastThatWasNotWastedAfterTheEnd) {
  auto record = telemetry::answered();
  record.note({.stage = Stage::kRecognition, .begin = MillisF(1500), .end = MillisF(1600)});
  record.note({.stage = Stage::kRecognition, .begin = MillisF(2100), .end = MillisF(2200), .speculative = true});
  record.note({.stage = Stage::kRecognition, .begin = MillisF(2300), .end = MillisF(2400), .wasted = true});
  std::vector<std::string_view> styles;
  for (const auto& mark : marks_of({.record = record})) {
    if (mark.lane == Lane::kRecognition) styles.push_back(mark.style);
  }
  EXPECT_THAT(styles, testing::ElementsAre("partial", "recognition", "partial"));
}

TEST(TimelineRows, BreakWhereTheFewestThingsAreCut) {
  const auto rows = split_into_rows({{0, 4}, {3, 8}, {8.5, 12}, {8.6, 9}}, 10.0, 100);
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows[0].end, 8.0);
  EXPECT_EQ(rows[1].begin, 8.5);
  EXPECT_EQ(rows[1].end, 12.0);
}

TEST(TimelineRows, LeaveLongSilenceOut) {
  const auto rows = split_into_rows({{0, 1}, {50, 51}}, 100.0, 100);
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows[1].begin, 50.0);
}

TEST(TimelineRows, WhatIsLongerThanARowIsCut) {
  const auto rows = split_into_rows({{0, 25}}, 10.0, 100);
  ASSERT_EQ(rows.size(), 3);
  EXPECT_EQ(rows[2].begin, 20.0);
  EXPECT_EQ(rows[2].end, 25.0);
  EXPECT_EQ(split_into_rows({{0, 1e6}}, 10.0, 7).size(), 7);
}

TEST(SvgText, IsShortenedToWhatFits) {
  EXPECT_EQ(shorten("words", 1000, 12), "words");
  EXPECT_EQ(shorten("não sei a que horas chega", 100, 12), "não sei a que…");
  EXPECT_EQ(shorten("words", 20, 12), "") << "three letters at least";
}

/// Ledger files, as `parley timeline` meets them.
class DrawTimeline : public testing::Test {
 protected:
  DrawTimeline() : file(directory / "ledger.jsonl") {}

  void write(const std::string& text) const { std::ofstream(file, std::ios::app) << text; }
  void write(const UtteranceRecord& record) const { write(to_json(record, "utterance") + "\n"); }

  support::TemporaryDirectory directory;
  std::filesystem::path file;
};

TEST_F(DrawTimeline, OfALedger) {
  write(telemetry::answered());
  const auto timeline = draw_timeline({.ledger = file});
  ASSERT_TRUE(timeline) << timeline.error().message;
  EXPECT_TRUE(timeline->warnings.empty());
  EXPECT_THAT(timeline->svg, HasSubstr(">Call s1</text>"));
}

TEST_F(DrawTimeline, SkipsALineThatWasCutOffAndSaysSo) {
  write(telemetry::answered());
  write(to_json(telemetry::clause_by_clause(), "utterance").substr(0, 300));
  const auto timeline = draw_timeline({.ledger = file});
  ASSERT_TRUE(timeline);
  EXPECT_THAT(timeline->warnings, testing::ElementsAre(HasSubstr("ledger.jsonl:2: line skipped: it is cut off")));
}

TEST_F(DrawTimeline, DrawsTheLastSessionUnlessAskedForAnother) {
  auto other = telemetry::answered();
  other.session = "s2";
  write(telemetry::answered());
  write(other);
  const auto last = draw_timeline({.ledger = file});
  ASSERT_TRUE(last);
  EXPECT_THAT(last->svg, HasSubstr("Call s2"));
  EXPECT_THAT(last->warnings, testing::ElementsAre(HasSubstr("2 sessions (s1, s2)")));
  const auto first = draw_timeline({.ledger = file, .session = "s1", .from = 0.5, .to = 3});
  ASSERT_TRUE(first);
  EXPECT_THAT(first->svg, HasSubstr("Call s1, from 0.5 s to 3 s"));
  EXPECT_TRUE(first->warnings.empty());
  EXPECT_THAT(draw_timeline({.ledger = file, .session = "s3"}).error().message, HasSubstr("it has s1, s2"));
}

TEST_F(DrawTimeline, SaysWhyThereIsNothingToDraw) {
  EXPECT_THAT(draw_timeline({.ledger = file}).error().message, HasSubstr("does not exist"));
  write("");
  EXPECT_THAT(draw_timeline({.ledger = file}).error().message, HasSubstr("has no utterances"));
  write("no ledger\n");
  EXPECT_THAT(draw_timeline({.ledger = file}).error().message, HasSubstr("is no ledger: line 1"));
  EXPECT_THAT(draw_timeline({.ledger = file, .from = 3, .to = 2}).error().message, HasSubstr("before --to"));
}

}  // namespace
}  // namespace parley::app
