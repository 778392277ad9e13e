// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kernels/kernels.h"

namespace parley::kernels {

extern const Kernels kPortableKernels;
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512VnniKernels;

}  // namespace parley::kernels
