// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "recognition/recognizer.h"
#include "workers/pool.h"

namespace parley::workers {

/// A speech recogniser in a process of its own. Any thread.
class RemoteRecognizer final : public recognition::Recognizer {
 public:
  /// `languages`: supported until the process tells what it knows.
  RemoteRecognizer(std::string name, std::shared_ptr<Pool> pool, const std::vector<Language>& languages)
      : name_(std::move(name)), pool_(std::move(pool)), languages_(languages.begin(), languages.end()) {}

  std::string_view name() const override { return name_; }
  bool supports(const Language& language) const override;

  /// Without the process. The stream keeps the utterance, and may outlive the recogniser.
  Result<std::unique_ptr<recognition::RecognitionStream>> open(
      const recognition::SessionContext& context) const override;

  bool ready() const override { return pool_->ready(); }

  /// The process has done it before it was ready.
  Result<void> warm_up() const override { return {}; }

 private:
  const std::string name_;
  const std::shared_ptr<Pool> pool_;
  const std::set<Language> languages_;
};

/// Another process heard the utterance anew, from its beginning: its transcript, with the words kept that were settled
/// before, since they may be spoken already. What follows them is what was heard after them.
recognition::Transcript keep_settled(const std::vector<recognition::Word>& settled, recognition::Transcript transcript);

}  // namespace parley::workers
