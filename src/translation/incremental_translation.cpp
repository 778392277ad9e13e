// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/incremental_translation.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "translation/normalize.h"
#include "translation/said_words.h"
#include "translation/sentences.h"
#include "translation/text.h"

namespace parley::translation {
namespace {

/// The words heard. Recognisers end every text with a full stop, so while somebody speaks it means nothing.
WrittenWords words_of(const HeardText& heard, const LanguageRules& rules) {
  WrittenWords words{spaced_words(heard.text), rules};
  if (heard.complete || words.list.empty()) return words;
  std::string_view& last = words.list.back();
  last = last.substr(0, last.find_last_not_of('.') + 1);
  if (last.empty()) words.list.pop_back();
  return words;
}

/// One sentence for the translator, whatever marks stand inside it by now.
std::string as_one_sentence(const WrittenWords& words, std::size_t begin, std::size_t end) {
  std::string text;
  for (std::size_t i = begin; i < end; ++i) {
    const bool ends_inside = i + 1 < end && end_of_sentence(words, i) == i + 1;
    text.append(text.empty() ? "" : " ").append(ends_inside ? without_final_mark(words.list[i]) : words.list[i]);
    if (ends_inside) text += ',';
  }
  return text;
}

}  // namespace

Result<void> validate(const CommitPolicy& policy) {
  if (policy.least_clause_words < 1 || policy.least_clause_words > 20) {
    return fail(ErrorCode::kInvalid, "least_clause_words is {}: give 1 to 20", policy.least_clause_words);
  }
  if (policy.words_behind_clause < 1 || policy.words_behind_clause > 10) {
    return fail(ErrorCode::kInvalid, "words_behind_clause is {}: give 1 to 10", policy.words_behind_clause);
  }
  if (policy.least_said_words < 1 || policy.least_said_words > 20) {
    return fail(ErrorCode::kInvalid, "least_said_words is {}: give 1 to 20", policy.least_said_words);
  }
  for (const AlignAttLimits& limits : {policy.align_att_first, policy.align_att_later}) {
    if (limits.margin < 1 || limits.margin >= limits.after || limits.after > 60) {
      return fail(ErrorCode::kInvalid,
                  "AlignAtt after {} words with a margin of {}: give 2 to 60 words and a smaller margin", limits.after,
                  limits.margin);
    }
  }
  if (policy.masked_words > 20)
    return fail(ErrorCode::kInvalid, "masked_words is {}: give 0 to 20", policy.masked_words);
  return {};
}

IncrementalTranslation::IncrementalTranslation(const Translator& translator, LanguagePair pair, CommitPolicy policy)
    : translator_(&translator), pair_(std::move(pair)), policy_(policy) {}

Result<IncrementalTranslation::Step> IncrementalTranslation::consider(const HeardText& heard) const {
  const WrittenWords words = words_of(heard, translator_->rules(pair_.from));
  const std::size_t agreed = std::min(heard.agreed_words, words.list.size());
  Step step{.say = {},
            .caption = said_,
            .source_words = place_in(heard_, source_words_, heard.text),
            .ending = ending_of(heard.text, words.rules),
            .said_before = said_.size(),
            .sentence_begin = place_in(heard_, sentence_begin_, heard.text),
            .said_of_sentence = said_of_sentence_,
            .heard = heard.text};
  bool may_speak = heard.complete || policy_.clauses;
  std::string said = said_of_sentence_;
  std::vector<Remembered> now;
  const std::size_t covered = step.source_words;
  for (std::size_t begin = step.sentence_begin; begin < words.list.size();) {
    const auto sentence = translate(words, begin, covered, std::exchange(said, {}), now);
    if (!sentence) return std::unexpected(sentence.error());
    append_words(step.caption, rest_of(sentence->translation.text, sentence->said));
    const bool done = heard.complete || sentence->end < agreed;
    if (may_speak && done) say_sentence(*sentence, step);
    if (may_speak && !done) {
      const auto settled = settled_words(words, *sentence, now);
      if (!settled) return std::unexpected(settled.error());
      say_clauses(words, agreed, *sentence, *settled, step);
    }
    may_speak = may_speak && done;
    begin = sentence->end;
  }
  remembered_ = std::move(now);
  if (!heard.complete) step.caption = hide_last_words(step.caption, step);
  return step;
}

/// The sentence that begins at word `begin`; a mark among the words that were spoken for does not end it any more.
Result<IncrementalTranslation::Sentence> IncrementalTranslation::translate(const WrittenWords& words, std::size_t begin,
                                                                           std::size_t covered, std::string said,
                                                                           std::vector<Remembered>& now) const {
  Sentence sentence{begin, end_of_sentence(words, begin), std::move(said), {}};
  while (sentence.end < covered && sentence.end < words.list.size()) {
    sentence.end = end_of_sentence(words, sentence.end);
  }
  auto translation = translate_source(as_one_sentence(words, sentence.begin, sentence.end), sentence.said, now);
  if (!translation) return std::unexpected(translation.error());
  sentence.translation = std::move(*translation);
  return sentence;
}

Result<Translation> IncrementalTranslation::translate_source(std::string source, const std::string& said,
                                                             std::vector<Remembered>& now) const {
  const auto known = std::ranges::find_if(
      remembered_, [&](const Remembered& each) { return each.source == source && each.said == said; });
  auto translation = known != remembered_.end() ? Result<Translation>(known->translation)
                                                : translator_->translate({source, pair_, said});
  if (translation) now.push_back({std::move(source), said, *translation});
  return translation;
}

/// How many words of the translation are the same whether the sentence will have been a question or not ("Podemos …",
/// "Você pode …"), while its mark has not been heard.
Result<std::size_t> IncrementalTranslation::settled_words(const WrittenWords& words, const Sentence& sentence,
                                                          std::vector<Remembered>& now) const {
  const auto asked = spaced_words(sentence.translation.text);
  const std::string source = as_one_sentence(words, sentence.begin, sentence.end);
  const bool guessed = final_mark(source).empty() && final_mark(sentence.translation.text) == "?";
  if (!guessed || !may_be_statement(source, words.rules)) return asked.size();
  const auto translation = translate_source(source + ".", sentence.said, now);
  if (!translation) return std::unexpected(translation.error());
  const auto [asked_end, told_end] = std::ranges::mismatch(asked, spaced_words(translation->text));
  return static_cast<std::size_t>(asked_end - asked.begin());
}

void IncrementalTranslation::say_sentence(const Sentence& sentence, Step& step) const {
  append_words(step.say, rest_of(sentence.translation.text, sentence.said));
  step.sentence_begin = step.source_words = std::max(sentence.end, step.source_words);
  step.said_of_sentence.clear();
}

/// The words of a sentence that goes on which may be spoken already.
void IncrementalTranslation::say_clauses(const WrittenWords& words, std::size_t agreed, const Sentence& sentence,
                                         std::size_t settled, Step& step) const {
  const std::size_t covered = std::max(step.source_words, sentence.begin);
  const std::size_t said = spaced_words(sentence.said).size();
  const SayableWords sayable{words, translator_->rules(pair_.to), sentence.translation, sentence.begin, said, settled};
  const std::size_t boundary = last_boundary(words, agreed, covered, sentence.end);
  std::size_t end = boundary > covered ? sayable.of_clause(boundary) : said;
  std::size_t spoken_for = boundary;
  const auto& limits = said_.empty() && step.say.empty() ? policy_.align_att_first : policy_.align_att_later;
  if (end < said + policy_.least_said_words && policy_.align_att && agreed >= covered + limits.after) {
    end = sayable.looking_before(agreed - limits.margin);
    spoken_for = sayable.furthest_source(end);
  }
  if (end < said + policy_.least_said_words) return;
  const std::string text = first_words(sentence.translation.text, end);
  append_words(step.say, rest_of(text, sentence.said));
  step.said_of_sentence = text;
  step.source_words = std::max(covered, spoken_for);
}

/// The furthest place at which a clause ends behind which agreed words stand; `covered` when there is none.
std::size_t IncrementalTranslation::last_boundary(const WrittenWords& words, std::size_t agreed, std::size_t covered,
                                                  std::size_t end) const {
  for (std::size_t at = std::min(agreed, end); at >= covered + policy_.least_clause_words; --at) {
    const bool followed = at < end && at + policy_.words_behind_clause <= agreed;
    if (followed && begins_clause(words, at) && may_part_at(words, at)) return at;
  }
  return covered;
}

std::string IncrementalTranslation::hide_last_words(const std::string& caption, const Step& step) const {
  const std::size_t shown = spaced_words(caption).size();
  const std::size_t spoken = spaced_words(said_).size() + spaced_words(step.say).size();
  return first_words(caption, std::max(spoken, shown - std::min(policy_.masked_words, shown)));
}

void IncrementalTranslation::accept(const Step& step) {
  if (step.said_before != said_.size()) {
    throw std::logic_error("a step was accepted after other words than those it was considered with");
  }
  append_words(said_, step.say);
  source_words_ = step.source_words;
  sentence_begin_ = step.sentence_begin;
  said_of_sentence_ = step.said_of_sentence;
  heard_ = step.heard;
}

}  // namespace parley::translation
