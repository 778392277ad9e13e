// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "translation/translator.h"
#include "workers/pool.h"

namespace parley::workers {

/// A translator in a process of its own. Any thread.
class RemoteTranslator final : public translation::Translator {
 public:
  using Rules = std::map<Language, translation::LanguageRules>;

  /// `rules`: answered here, for they are asked often and need no model. Their languages are supported until the
  /// process tells its pairs.
  RemoteTranslator(std::string name, std::shared_ptr<Pool> pool, Rules rules)
      : name_(std::move(name)), pool_(std::move(pool)), rules_(std::move(rules)) {}

  std::string_view name() const override { return name_; }
  bool supports(const LanguagePair& pair) const override;
  Result<translation::Translation> translate(const translation::TranslationRequest& request) const override;
  const translation::LanguageRules& rules(const Language& language) const override;
  bool ready() const override { return pool_->ready(); }

  /// The process has done it before it was ready.
  Result<void> warm_up() const override { return {}; }

 private:
  const std::string name_;
  const std::shared_ptr<Pool> pool_;
  const Rules rules_;
};

}  // namespace parley::workers
