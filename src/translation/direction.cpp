// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/direction.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "translation/committed.h"
#include "translation/digits.h"
#include "translation/normalize.h"
#include "translation/numbers.h"
#include "translation/sentences.h"
#include "translation/text.h"

namespace parley::translation {
namespace {

Result<std::optional<Vocabulary>> open_target_vocabulary(const std::filesystem::path& directory) {
  if (!std::filesystem::exists(directory / "trgvocab.spm")) return std::nullopt;
  auto vocabulary = Vocabulary::open(directory / "trgvocab.spm");
  if (!vocabulary) return std::unexpected(vocabulary.error());
  return std::optional(std::move(*vocabulary));
}

/// Words of a part that was not translated by the model: each is as sure as the part's last word.
std::vector<AlignedWord> words_of_phrase(std::string_view phrase, std::size_t source_words) {
  std::vector<AlignedWord> words;
  for (const std::string_view word : spaced_words(phrase)) {
    words.push_back({std::string(word), source_words > 0 ? std::optional(source_words - 1) : std::nullopt});
  }
  return words;
}

std::string text_of(const std::vector<AlignedWord>& words) {
  std::string text;
  for (const AlignedWord& word : words) text += (text.empty() ? "" : " ") + word.text;
  return text;
}

/// Words aligned with `prepared` brought to `text` and to the `sentence` that was prepared: where words were rewritten
/// on either side, the furthest of those they may have come from.
std::vector<AlignedWord> carried_over(const std::vector<AlignedWord>& words, std::string_view prepared,
                                      std::string_view text, std::string_view sentence) {
  const auto source_of = trace_words(sentence, prepared);
  const auto target_of = trace_words(text_of(words), text);
  const auto texts = spaced_words(text);
  std::vector<AlignedWord> carried;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    AlignedWord word{std::string(texts[i]), {}};
    bool known = true;
    for (std::size_t from = target_of[i].begin; from < target_of[i].end; ++from) {
      const auto& place = words[from].source;
      known = known && place && *place < source_of.size();
      if (!known) break;
      const WordRange range = source_of[*place];
      word.source = std::max(word.source.value_or(0), std::max(range.end, range.begin + 1) - 1);
    }
    if (!known) word.source.reset();
    carried.push_back(std::move(word));
  }
  return carried;
}

}  // namespace

Result<std::unique_ptr<Direction>> Direction::load(const LanguagePair& pair, const std::filesystem::path& models,
                                                   const std::filesystem::path& data, const MarianOptions& options,
                                                   std::size_t most_words) {
  const auto directory = models / fmt::format("marian-{}-{}", pair.from.code(), pair.to.code());
  const bool has_lists = std::filesystem::exists(directory / "lex.bin");
  auto model =
      MarianModel::load(directory / "model.bin", has_lists ? directory / "lex.bin" : std::filesystem::path(), options);
  if (!model) return std::unexpected(model.error());
  const bool two = std::filesystem::exists(directory / "srcvocab.spm");
  auto source = Vocabulary::open(directory / (two ? "srcvocab.spm" : "vocab.spm"));
  if (!source) return std::unexpected(source.error());
  auto target = open_target_vocabulary(directory);
  if (!target) return std::unexpected(target.error());
  const std::size_t target_size = *target ? (*target)->size() : source->size();
  if (source->size() != model->dimensions().source_vocabulary || target_size != model->dimensions().target_vocabulary) {
    return fail(ErrorCode::kInvalid,
                "{}: the vocabulary is of another model ({} words, the model has {}); run `make models`",
                directory.string(), source->size(), model->dimensions().source_vocabulary);
  }
  auto phrases = PhraseTable::load(data, pair);
  if (!phrases) return std::unexpected(phrases.error());
  auto source_rules = LanguageRules::load(data, pair.from);
  if (!source_rules) return std::unexpected(source_rules.error());
  auto target_rules = LanguageRules::load(data, pair.to);
  if (!target_rules) return std::unexpected(target_rules.error());

  std::unique_ptr<Direction> direction(new Direction(pair, std::move(*model), std::move(*source), std::move(*target)));
  direction->phrases_ = std::move(*phrases);
  direction->source_rules_ = std::move(*source_rules);
  direction->target_rules_ = std::move(*target_rules);
  direction->most_words_ = most_words;
  return direction;
}

/// Clauses that the phrase table knows stand alone; what is between them is translated together. A long stretch is
/// divided.
std::vector<Direction::Part> Direction::parts_of(std::string_view sentence, std::string_view mark) const {
  const bool asks = mark.find('?') != std::string_view::npos;
  const std::string_view body = without_final_mark(sentence);
  if (auto phrase = phrases_.find(body, asks)) return {{std::string(body), std::move(phrase), "", asks}};

  std::vector<Part> parts;
  const auto clauses = split_clauses(body);
  for (std::size_t i = 0; i < clauses.size(); ++i) {
    const bool last = i + 1 == clauses.size();
    auto phrase = phrases_.find(clauses[i], last && asks);
    if (phrase || parts.empty() || parts.back().phrase) {
      parts.push_back({clauses[i], std::move(phrase), ", ", last && asks});
    } else {
      parts.back().source += ", " + clauses[i];
      parts.back().asks = last && asks;
    }
  }
  if (parts.size() == 1) parts.front().source = body;  // with its own marks between the clauses

  std::vector<Part> short_parts;
  for (Part& part : parts) {
    const auto pieces = split_long_sentence(part.source, most_words_, source_rules_);
    if (part.phrase || pieces.size() <= 1) {
      short_parts.push_back(std::move(part));
      continue;
    }
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const bool after_comma = i > 0 && pieces[i - 1].ends_with(',');
      const std::string separator = i == 0 ? part.separator : after_comma ? ", " : " ";
      short_parts.push_back({pieces[i], std::nullopt, separator, part.asks && i + 1 == pieces.size()});
    }
  }
  return short_parts;
}

Result<TranslatedSentence> Direction::translate(std::string_view sentence, std::string_view committed) const {
  std::string mark(final_mark(sentence));
  if (mark.empty()) mark = final_mark(prepare_sentence(sentence, source_rules_));
  TranslatedSentence whole;
  std::string rest(committed);
  const auto parts = parts_of(sentence, mark);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    Part part = parts[i];
    const bool first = whole.text.empty();
    // The rest is the last part's. Numbers are put right in a free translation only.
    const bool forced =
        !rest.empty() && i + 1 == parts.size() && !part.phrase && numerals_and_words(part.source, pair_.from).empty();
    auto translated = translate_part(part, mark, forced ? rest : std::string());
    if (!translated) return translated;
    if (!rest.empty() && !forced) {
      const auto settled = settle(rest, translated->text);
      if (settled) {
        translated->text = i + 1 == parts.size() && !settled->rest.empty() ? rest : settled->text;
        rest = settled->rest;
      } else {  // who knows which parts it was said for: the model is to find out
        for (; i + 1 < parts.size(); ++i) part.source += parts[i + 1].separator + parts[i + 1].source;
        translated = translate_part({part.source, std::nullopt, part.separator, parts.back().asks}, mark, rest);
        if (!translated) return translated;
        rest.clear();
      }
    } else if (!first && !forced) {
      translated->text = for_the_middle(translated->text, target_rules_);
    }
    const std::size_t prepared_before = spaced_words(whole.prepared).size();
    for (AlignedWord& word : translated->words) {
      if (word.source) *word.source += prepared_before;
      whole.words.push_back(std::move(word));
    }
    whole.text += (first ? "" : part.separator) + translated->text;
    whole.prepared += (first ? "" : part.separator) + translated->prepared;
    whole.log_probability += translated->log_probability;
    whole.tokens += translated->tokens;
    whole.digits_kept = whole.digits_kept && translated->digits_kept;
  }
  if (final_mark(whole.text).empty()) whole.text += mark;
  if (final_mark(whole.prepared).empty()) whole.prepared += mark;
  if (committed.empty()) whole.text = with_capital(whole.text);
  whole.words = carried_over(whole.words, whole.prepared, whole.text, sentence);
  return whole;
}

/// Without the final mark, unless the phrase brings its own.
Result<TranslatedSentence> Direction::translate_part(const Part& part, std::string_view mark,
                                                     std::string_view committed) const {
  if (part.phrase) {
    auto words = words_of_phrase(*part.phrase, spaced_words(part.source).size());
    return TranslatedSentence{.text = *part.phrase, .prepared = part.source, .words = std::move(words)};
  }
  const std::string_view own_mark = part.asks                                  ? std::string_view("?")
                                    : mark.find('?') == std::string_view::npos ? mark
                                                                               : ".";
  const std::string source = phrases_.rewrite(with_names(without_final_mark(part.source), source_rules_));
  auto translated =
      translate_keeping_digits(prepare_sentence(source + std::string(own_mark), source_rules_), committed);
  if (!translated) return translated;
  translated->text = without_final_mark(translated->text);
  translated->prepared = without_final_mark(translated->prepared);
  return translated;
}

/// Numbers that the model changed are put back, or the sentence is tried again with its digits grouped in another way.
Result<TranslatedSentence> Direction::translate_keeping_digits(const std::string& prepared,
                                                               std::string_view committed) const {
  auto first = run_model(prepared, committed);
  if (!first || keeps_digits(prepared, first->text, pair_.to)) return first;
  if (committed.empty()) {
    std::string repaired = with_digits_of(prepared, first->text);
    if (keeps_digits(prepared, repaired, pair_.to)) {
      first->text = std::move(repaired);
      return first;
    }
  }
  for (const std::string& variant : other_groupings(prepared)) {
    auto again = run_model(variant, committed);
    if (!again || keeps_digits(variant, again->text, pair_.to)) return again;
  }
  first->digits_kept = false;
  return first;
}

Result<TranslatedSentence> Direction::run_model(const std::string& prepared, std::string_view committed) const {
  const Vocabulary& target = target_vocabulary_ ? *target_vocabulary_ : source_vocabulary_;
  const auto source = source_vocabulary_.encode(prepared);
  const auto prefix = target.encode(committed);

  auto workspace = take_workspace();
  const auto output = model_.translate(
      {.source = source, .forced_prefix = prefix, .may_follow_prefix = target.begins_word()}, *workspace);
  give_back(std::move(workspace));
  if (!output) return std::unexpected(output.error());

  TranslatedSentence translated;
  translated.prepared = prepared;
  translated.text = target.decode(output->tokens);
  translated.words = align_words(translated.text, spaced_words(prepared).size(), target.starts_of(output->tokens),
                                 source_vocabulary_.starts_of(source), output->attention);
  if (!committed.empty()) {
    // The prefix word for word as it was said, and what the model put after it.
    const std::string said = target.decode(prefix);
    translated.text = std::string(committed) + translated.text.substr(std::min(said.size(), translated.text.size()));
  }
  translated.text = tidy_numerals(phrases_.without_additions(std::move(translated.text)), pair_.to);
  translated.tokens = output->tokens.size();
  translated.log_probability = std::accumulate(output->log_probabilities.begin(), output->log_probabilities.end(), 0.0);
  return translated;
}

std::unique_ptr<MarianWorkspace> Direction::take_workspace() const {
  const std::scoped_lock lock(mutex_);
  if (workspaces_.empty()) return std::make_unique<MarianWorkspace>();
  auto workspace = std::move(workspaces_.back());
  workspaces_.pop_back();
  return workspace;
}

void Direction::give_back(std::unique_ptr<MarianWorkspace> workspace) const {
  const std::scoped_lock lock(mutex_);
  workspaces_.push_back(std::move(workspace));
}

}  // namespace parley::translation
