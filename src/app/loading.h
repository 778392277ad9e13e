// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "app/settings.h"
#include "call/engines.h"
#include "synthesis/spoken_notices.h"

namespace parley::app {

/// Told before each step of loading; "recognition", "translation" …
using LoadProgress = std::function<void(std::string_view what)>;

/// Loads and warms up every engine that the settings' languages need, and speaks the notices once. Errors: those of the
/// engines, naming the file that is missing or wrong and what to do.
Result<std::shared_ptr<const call::Engines>> load_engines(const Settings& settings, const LoadProgress& progress);

/// What parley itself says, as far as it was ever spoken on this machine.
Result<std::shared_ptr<synthesis::SpokenNotices>> open_notices(const Settings& settings);

/// What the settings say of the engines, with the models' directories filled in.
recognition::RecognitionConfig recognition_config(const Settings& settings);
synthesis::SynthesisConfig synthesis_config(const Settings& settings);

/// One step of it, for the doctor.
Result<void> load_vad(const Settings& settings, call::Engines& engines);
Result<void> load_recognition(const Settings& settings, call::Engines& engines);
Result<void> load_translation(const Settings& settings, call::Engines& engines);
Result<void> load_synthesis(const Settings& settings, call::Engines& engines);

struct LoadStep {
  std::string_view name;
  Result<void> (*load)(const Settings&, call::Engines&);
};

/// In the order in which they are needed.
std::span<const LoadStep> load_steps();

}  // namespace parley::app
