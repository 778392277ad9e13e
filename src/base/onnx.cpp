// SPDX-License-Identifier: GPL-3.0-or-later
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "base/onnx.h"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace parley {
namespace {

void ORT_API_CALL log_from_onnx(void*, OrtLoggingLevel severity, const char*, const char*, const char*,
                                const char* message) {
  if (severity >= ORT_LOGGING_LEVEL_ERROR) {
    spdlog::error("onnxruntime: {}", message);
  } else {
    spdlog::debug("onnxruntime: {}", message);
  }
}

Ort::Env& environment() {
  static Ort::Env env(ORT_LOGGING_LEVEL_WARNING, "parley", log_from_onnx, nullptr);
  return env;
}

std::vector<std::string> names_of(std::size_t count, auto get_name) {
  Ort::AllocatorWithDefaultOptions allocator;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.emplace_back(get_name(i, allocator).get());
  return names;
}

Result<void> check_names(const std::filesystem::path& model, std::string_view kind,
                         const std::vector<std::string>& present, const std::vector<std::string>& wanted) {
  for (const auto& name : wanted) {
    if (std::ranges::find(present, name) == present.end()) {
      return fail(ErrorCode::kInvalid,
                  "{} has no {} \"{}\": it is another model than the one expected; run `make models`", model.string(),
                  kind, name);
    }
  }
  return {};
}

/// Whether ONNX Runtime's products of unsigned and signed bytes cannot overflow here. Where they can, an option makes
/// them exact and a third slower.
bool multiplies_bytes_exactly() {
#if defined(__x86_64__)
  // Leaf 7.1 says AVX-VNNI; older compilers have no name for it.
  unsigned int eax = 0;
  unsigned int ebx = 0;
  unsigned int ecx = 0;
  unsigned int edx = 0;
  constexpr unsigned int kAvxVnni = 1U << 4U;
  const bool avx_vnni = __get_cpuid_count(7, 1, &eax, &ebx, &ecx, &edx) != 0 && (eax & kAvxVnni) != 0;
  return __builtin_cpu_supports("avx512vnni") || avx_vnni;
#else
  return true;
#endif
}

}  // namespace

Result<Ort::Session> open_onnx(const std::filesystem::path& model, const OnnxOptions& options) {
  if (!std::filesystem::is_regular_file(model)) {
    return fail(ErrorCode::kNotFound,
                "model {} is missing: run `make models`, or name its directory in the configuration", model.string());
  }
  try {
    Ort::SessionOptions session_options;
    session_options.SetIntraOpNumThreads(options.threads);
    session_options.SetInterOpNumThreads(1);
    session_options.SetGraphOptimizationLevel(GraphOptimizationLevel::ORT_ENABLE_ALL);
    session_options.AddConfigEntry("session.intra_op.allow_spinning", "0");
    if (!multiplies_bytes_exactly()) session_options.AddConfigEntry("session.x64quantprecision", "1");
    return Ort::Session(environment(), model.c_str(), session_options);
  } catch (const Ort::Exception& error) {
    return fail(ErrorCode::kInvalid, "model {} cannot be loaded ({}): run `make models` to fetch it again",
                model.string(), error.what());
  }
}

Result<void> check_onnx_names(const Ort::Session& session, const std::filesystem::path& model,
                              const std::vector<std::string>& inputs, const std::vector<std::string>& outputs) {
  const auto present_inputs = names_of(session.GetInputCount(), [&](std::size_t i, auto& allocator) {
    return session.GetInputNameAllocated(i, allocator);
  });
  const auto present_outputs = names_of(session.GetOutputCount(), [&](std::size_t i, auto& allocator) {
    return session.GetOutputNameAllocated(i, allocator);
  });
  if (auto ok = check_names(model, "input", present_inputs, inputs); !ok) return ok;
  return check_names(model, "output", present_outputs, outputs);
}

const Ort::MemoryInfo& onnx_cpu_memory() {
  static const Ort::MemoryInfo memory = Ort::MemoryInfo::CreateCpu(OrtArenaAllocator, OrtMemTypeDefault);
  return memory;
}

}  // namespace parley
