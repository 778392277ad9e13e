// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/marian_translator.h"

#include <algorithm>

#include "translation/committed.h"
#include "translation/sentences.h"
#include "translation/text.h"

namespace parley::translation {
namespace {

/// "marian-en-pt" → en→pt.
std::optional<LanguagePair> pair_of(const std::string& directory) {
  if (!directory.starts_with("marian-") || directory.size() != 12 || directory[9] != '-') return std::nullopt;
  const auto from = Language::parse(directory.substr(7, 2));
  const auto to = Language::parse(directory.substr(10, 2));
  if (!from || !to) return std::nullopt;
  return LanguagePair{*from, *to};
}

std::vector<LanguagePair> pairs_in(const std::filesystem::path& models) {
  std::vector<LanguagePair> pairs;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(models, error)) {
    if (const auto pair = pair_of(entry.path().filename().string())) pairs.push_back(*pair);
  }
  std::ranges::sort(pairs);
  return pairs;
}

}  // namespace

Result<void> validate(const MarianTranslatorConfig& config) {
  if (config.most_words < 5 || config.most_words > 60) {
    return fail(ErrorCode::kInvalid, "translation most_words is {}: give 5 to 60", config.most_words);
  }
  return validate(config.model);
}

Result<std::unique_ptr<MarianTranslator>> MarianTranslator::load(const MarianTranslatorConfig& config) {
  if (auto ok = validate(config); !ok) return std::unexpected(ok.error());
  const auto pairs = config.pairs.empty() ? pairs_in(config.models) : config.pairs;
  if (pairs.empty()) {
    return fail(ErrorCode::kNotFound,
                "there is no translation model (marian-<from>-<to>) in {}: run `make models`, or set PARLEY_MODELS",
                config.models.string());
  }
  std::unique_ptr<MarianTranslator> translator(new MarianTranslator);
  for (const LanguagePair& pair : pairs) {
    auto direction = Direction::load(pair, config.models, config.data, config.model, config.most_words);
    if (!direction) return std::unexpected(direction.error());
    translator->directions_.push_back(std::move(*direction));
  }
  return translator;
}

const Direction* MarianTranslator::find(const LanguagePair& pair) const {
  const auto found =
      std::ranges::find_if(directions_, [&](const auto& direction) { return direction->pair() == pair; });
  return found != directions_.end() ? found->get() : nullptr;
}

std::vector<LanguagePair> MarianTranslator::pairs() const {
  std::vector<LanguagePair> pairs;
  for (const auto& direction : directions_) pairs.push_back(direction->pair());
  return pairs;
}

const LanguageRules& MarianTranslator::rules(const Language& language) const {
  for (const auto& direction : directions_) {
    if (direction->pair().from == language) return direction->source_rules();
    if (direction->pair().to == language) return direction->target_rules();
  }
  return Translator::rules(language);
}

Result<Translation> MarianTranslator::translate(const TranslationRequest& request) const {
  const Direction* direction = find(request.pair);
  if (direction == nullptr) {
    return fail(ErrorCode::kUnsupported,
                "there is no translation model for {}: put one into marian-{}-{} of the model directory",
                to_string(request.pair), request.pair.from.code(), request.pair.to.code());
  }
  const std::string source = clean_text(request.source);
  const auto sentences = split_sentences(source, direction->source_rules());
  const auto committed =
      share_out(split_sentences(clean_text(request.committed_prefix), direction->target_rules()), sentences.size());

  Translation translation;
  double log_probability = 0.0;
  std::size_t tokens = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    at = source.find(sentences[i], at);
    const std::size_t words_before = spaced_words(std::string_view(source).substr(0, at)).size();
    at += sentences[i].size();
    const bool settled = i + 1 < sentences.size() && !committed[i].empty() && !committed[i + 1].empty();
    const std::string_view space = translation.text.empty() ? "" : " ";
    if (settled) {  // said to its end: nothing is left to translate
      translation.text.append(space).append(committed[i]);
      translation.prepared_source.append(space).append(sentences[i]);
      const std::size_t last = words_before + spaced_words(sentences[i]).size() - 1;
      for (const auto word : spaced_words(committed[i])) translation.words.push_back({std::string(word), last});
      continue;
    }
    const auto sentence = direction->translate(sentences[i], committed[i]);
    if (!sentence) return std::unexpected(sentence.error());
    translation.text.append(space).append(sentence->text);
    translation.prepared_source.append(space).append(sentence->prepared);
    translation.digits_kept = translation.digits_kept && sentence->digits_kept;
    for (const AlignedWord& word : sentence->words) {
      translation.words.push_back({word.text, word.source ? std::optional(*word.source + words_before) : std::nullopt});
    }
    log_probability += sentence->log_probability;
    tokens += sentence->tokens;
  }
  translation.score = tokens > 0 ? log_probability / static_cast<double>(tokens) : 0.0;
  return translation;
}

Result<void> MarianTranslator::warm_up() const {
  for (const auto& direction : directions_) {
    const auto sentence = direction->translate("Testing, one two three four five six.", {});
    if (!sentence) return std::unexpected(sentence.error());
  }
  return {};
}

}  // namespace parley::translation
