// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "kernels/conv.h"

namespace parley::kernels {

extern const ConvKernels kPortableConvKernels;
extern const ConvKernels kAvx2ConvKernels;
extern const ConvKernels kAvx512VnniConvKernels;

}  // namespace parley::kernels
