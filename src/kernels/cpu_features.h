// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <string_view>

#include "base/result.h"
#include "kernels/isa.h"

namespace parley::kernels {

inline constexpr std::array kAllIsas{Isa::kPortable, Isa::kAvx2, Isa::kAvx512Vnni};

/// "portable", "avx2", "avx512".
std::string_view to_string(Isa isa);

/// The reverse of to_string. Errors: kInvalid.
Result<Isa> parse_isa(std::string_view name);

/// Whether this processor and operating system can run it, and this build has it.
bool cpu_supports(Isa isa);

/// The strongest one that cpu_supports.
Isa best_isa();

/// What $PARLEY_KERNELS asks for, else best_isa(). Errors: kInvalid for an unknown name, kUnsupported for one the
/// processor lacks.
Result<Isa> choose_isa();

}  // namespace parley::kernels
