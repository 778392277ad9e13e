// SPDX-License-Identifier: GPL-3.0-or-later
#include "workers/remote_translator.h"

namespace parley::workers {

bool RemoteTranslator::supports(const LanguagePair& pair) const {
  if (const auto facts = pool_->facts()) return facts->pairs.contains(pair);
  return pair.from != pair.to && rules_.contains(pair.from) && rules_.contains(pair.to);
}

Result<translation::Translation> RemoteTranslator::translate(const translation::TranslationRequest& request) const {
  std::optional<translation::Translation> translation;
  const auto asked = pool_->ask({
      .limit = pool_->limits().translation,
      .put = [&](std::uint64_t) -> Result<Question::Content> {
        return Question::Content{.type = MessageType::kTranslate, .payload = encode(request)};
      },
      .take =
          [&](std::uint64_t, const Message& answer) {
            if (answer.type == MessageType::kTranslated) translation = decode<translation::Translation>(answer.payload);
            return translation.has_value();
          },
  });
  if (!asked) return std::unexpected(asked.error());
  return std::move(*translation);
}

const translation::LanguageRules& RemoteTranslator::rules(const Language& language) const {
  const auto found = rules_.find(language);
  return found == rules_.end() ? Translator::rules(language) : found->second;
}

}  // namespace parley::workers
