// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "call/link.h"
#include "call/services.h"

namespace parley::call {

/// What the listener of one direction has when it cannot be translated: the original voice, at full level and at once.
/// He is told when that lasts, and told again when the translation is back. Under the interpreter's mutex.
class Lifeline {
 public:
  /// `announce`: has a notice played to the listener, after all that waits to be.
  using Announce = std::function<void(synthesis::Notice)>;

  Lifeline(std::shared_ptr<Link> link, const Services& services, Announce announce);

  /// `component` could not do its part. Does nothing where that is known.
  void failed(std::string_view component, const std::string& reason);

  /// Something is going to be said in the listener's language.
  void worked();

  /// From now on nothing is translated, whatever works (the ear is deaf); until release().
  void hold(std::string_view component, const std::string& reason);
  void release();

  /// Tells the listener now, if he has not been told.
  void tell();

  /// Often: looks whether the engines are there, and tells the listener what has lasted.
  void look(SteadyClock::time_point now);

 private:
  enum class State : std::uint8_t {
    kWorks,
    kMissing,  ///< Engines are not there: it works again when they are.
    kFailed,   ///< They are there and fail: it works again when one succeeds.
    kHeld,
  };

  void degrade(State state, std::string_view component, const std::string& reason);
  void heal();

  const std::shared_ptr<Link> link_;
  const Services services_;
  const Announce announce_;
  State state_ = State::kWorks;
  std::string component_;  ///< What failed.
  SteadyClock::time_point since_{};
  SteadyClock::time_point looked_{};
  bool told_ = false;  ///< That there is no translation.
};

}  // namespace parley::call
