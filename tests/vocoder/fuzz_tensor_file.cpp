// SPDX-License-Identifier: GPL-3.0-or-later
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

#include <boost/crc.hpp>

#include "vocoder/tensor_file.h"

namespace {

using namespace parley::vocoder;

constexpr TensorFileKind kKind{'P', 'A', 'R', 'L', 'E', 'Y', 'T', 'T'};
constexpr std::size_t kHeader = 64;

/// A file that is only in memory.
class MemoryFile {
 public:
  explicit MemoryFile(const std::vector<std::uint8_t>& bytes) : descriptor_(memfd_create("tensors", MFD_CLOEXEC)) {
    if (descriptor_ < 0 || write(descriptor_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
      std::abort();  // no fault of the input
  }
  ~MemoryFile() { close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

volatile std::uint8_t sink;

template <typename T>
void touch(const parley::Result<std::span<const T>>& values) {
  if (!values) return;
  for (const auto byte : std::as_bytes(*values)) sink = static_cast<std::uint8_t>(sink + std::to_integer<int>(byte));
}

/// Everything that a file says under these names can be read.
void read(const std::vector<std::uint8_t>& bytes) {
  const MemoryFile memory(bytes);
  const auto file = TensorFile::open(memory.path(), kKind, 1);
  if (!file) return;
  for (const std::string name : {"floats", "ints", "bytes", "", "f"}) {
    const auto shape = file->shape(name);
    if (!shape) continue;
    touch(file->floats(name, *shape));
    touch(file->ints(name, *shape));
    touch(file->bytes(name, *shape));
  }
}

}  // namespace

/// Any bytes as a tensor file: as they are, and again with the size and checksum that belong to them, without which
/// hardly any input would come to the directory.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::uint8_t> bytes(data, data + size);
  read(bytes);
  if (size < kHeader) return 0;
  boost::crc_32_type crc;
  crc.process_bytes(data + kHeader, size - kHeader);
  const std::uint64_t file_size = size;
  const std::uint32_t checksum = crc.checksum();
  std::memcpy(&bytes[16], &file_size, sizeof file_size);
  std::memcpy(&bytes[24], &checksum, sizeof checksum);
  read(bytes);
  return 0;
}
