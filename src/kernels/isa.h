// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace parley::kernels {

/// The instruction sets the kernels are written for, weakest first.
enum class Isa {
  kPortable,    ///< Plain C++, any machine.
  kAvx2,        ///< x86-64 with AVX2 and FMA (2013 onwards).
  kAvx512Vnni,  ///< x86-64 with AVX-512 F, BW, VL and VNNI (2019 onwards).
};

}  // namespace parley::kernels
