// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <onnxruntime_cxx_api.h>

#include "base/result.h"

namespace parley {

/// How a session runs.
struct OnnxOptions {
  int threads = 1;  ///< Threads inside one operator, 1 or more. One is right while several engines share the cores.
};

/// Opens an ONNX model with the process's one ONNX Runtime environment: no spinning threads, warnings into our log.
/// The session may be run from any thread. Errors: kNotFound, kInvalid (corrupt or no ONNX model).
Result<Ort::Session> open_onnx(const std::filesystem::path& model, const OnnxOptions& options = {});

/// Checks that the session has all these inputs and outputs, so that a wrong model is refused when it is loaded and not
/// in the middle of a call. Errors: kInvalid, naming what is missing.
Result<void> check_onnx_names(const Ort::Session& session, const std::filesystem::path& model,
                              const std::vector<std::string>& inputs, const std::vector<std::string>& outputs);

/// Memory that tensors over our own buffers are described with. Any thread.
const Ort::MemoryInfo& onnx_cpu_memory();

}  // namespace parley
