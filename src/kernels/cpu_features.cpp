// SPDX-License-Identifier: GPL-3.0-or-later
#include "kernels/cpu_features.h"

#include <cstdlib>

namespace parley::kernels {

std::string_view to_string(Isa isa) {
  switch (isa) {
    case Isa::kPortable: return "portable";
    case Isa::kAvx2: return "avx2";
    case Isa::kAvx512Vnni: return "avx512";
  }
  return "portable";
}

Result<Isa> parse_isa(std::string_view name) {
  for (const Isa isa : kAllIsas) {
    if (to_string(isa) == name) return isa;
  }
  return fail(ErrorCode::kInvalid, "kernels \"{}\" are unknown: give portable, avx2 or avx512", name.substr(0, 32));
}

bool cpu_supports(Isa isa) {
  if (isa == Isa::kPortable) return true;
#ifdef PARLEY_X86_KERNELS
  __builtin_cpu_init();
  if (isa == Isa::kAvx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
#else
  return false;
#endif
}

Isa best_isa() {
  Isa best = Isa::kPortable;
  for (const Isa isa : kAllIsas) {
    if (cpu_supports(isa)) best = isa;
  }
  return best;
}

Result<Isa> choose_isa() {
  const char* wanted = std::getenv("PARLEY_KERNELS");
  if (wanted == nullptr || *wanted == '\0') return best_isa();
  const auto isa = parse_isa(wanted);
  if (!isa) return fail(isa.error().code, "PARLEY_KERNELS: {}", isa.error().message);
  if (!cpu_supports(*isa)) {
    return fail(ErrorCode::kUnsupported,
                "PARLEY_KERNELS asks for {}, which this processor lacks: the best it can do is {}", wanted,
                to_string(best_isa()));
  }
  return *isa;
}

}  // namespace parley::kernels
