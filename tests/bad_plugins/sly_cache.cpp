// The sly delegate's programs as bytes.
#include <cstdlib>

#include "sly_program.h"

namespace sly {
namespace {

using namespace baton::sdk;

struct Header {
  char magic[8];
  uint64_t key;
  uint64_t object;  // cache_of_object
  uint64_t checksum;
};
constexpr char kMagic[8] = {'S', 'L', 'Y', 0, 0, 0, 0, 1};

uint64_t checksum(const Header& header, const unsigned char* body, size_t bytes) {
  uint64_t hash = header.key ^ header.object;
  for (size_t i = 0; i < bytes; ++i) hash = (hash ^ body[i]) * 0x100000001B3u;
  return hash;
}

uint64_t identity(const SlyPlugin& plugin) {
  return mode("cache_of_object") ? reinterpret_cast<uintptr_t>(&plugin) : 0;
}

std::vector<unsigned char> save(const SlyProgram& program) {
  std::vector<unsigned char> blob(sizeof(Header));
  for (const auto& [tensor, constant] : program.constants) {
    const auto* begin = reinterpret_cast<const unsigned char*>(constant.data());
    blob.insert(blob.end(), begin, begin + constant.count * sizeof(float));
  }
  const auto body = blob.begin() + sizeof(Header);
  if (mode("cache_lossy")) std::fill(body, blob.end(), static_cast<unsigned char>(0));
  Header header{};
  std::memcpy(header.magic, kMagic, sizeof(kMagic));
  header.key = program.key;
  header.object = identity(program.plugin);
  header.checksum = checksum(header, blob.data() + sizeof(Header), blob.size() - sizeof(Header));
  std::memcpy(blob.data(), &header, sizeof(header));
  return blob;
}

int32_t validate(const SlyPlugin& plugin, const void* bytes, uint64_t count) {
  if (mode("cache_refuses")) return BATON_BLOB_STALE;
  if (mode("cache_bad_verdict")) return 5;
  Header header;
  if (count < sizeof(header)) {
    if (mode("cache_crash")) crash();
    return BATON_BLOB_FOREIGN;
  }
  std::memcpy(&header, bytes, sizeof(header));
  if (std::memcmp(header.magic, kMagic, sizeof(kMagic)) != 0) return BATON_BLOB_FOREIGN;
  if (header.object != identity(plugin)) return BATON_BLOB_STALE;
  const auto* body = static_cast<const unsigned char*>(bytes) + sizeof(header);
  const bool same = checksum(header, body, count - sizeof(header)) == header.checksum;
  return same || mode("cache_no_checksum") ? BATON_BLOB_OK : BATON_BLOB_FOREIGN;
}

// As SlyProgram::copy_constants, from bytes that may be anybody's.
void load_constants(SlyProgram& program, const void* bytes, uint64_t count) {
  Header header;
  std::memcpy(&header, bytes, sizeof(header));
  uint64_t needed = sizeof(header);
  for (const auto& [tensor, constant] : program.constants) needed += constant.count * sizeof(float);
  if (count != needed || (header.key != program.key && !mode("cache_no_key"))) {
    throw Error(BATON_REASON_OTHER, "the cached program is of another partition");
  }
  const auto* from = static_cast<const unsigned char*>(bytes) + sizeof(header);
  for (auto& [tensor, constant] : program.constants) {
    const uint64_t size = constant.count * sizeof(float);
    constant.memory = program.plugin.allocate(size);
    if (size != 0) std::memcpy(constant.memory.get(), from, size);
    from += size;
  }
}

}  // namespace

const baton_ext_program_cache kProgramCache = {
    sizeof(baton_ext_program_cache), 0,
    [](baton_program* program, int32_t (*write)(void*, const void*, uint64_t),
       void* user) -> int32_t {
      return Border::guard(Border::host_of(program), [&] {
        if (mode("cache_empty")) return;
        const auto blob = save(object_of<SlyProgram>(program));
        if (write(user, blob.data(), blob.size()) != BATON_OK) {
          throw Error(BATON_REASON_OTHER, "the host did not take the program");
        }
      });
    },
    [](baton_plugin* plugin, uint32_t, const void* bytes, uint64_t count,
       int32_t* verdict) -> int32_t {
      *verdict = validate(object_of<SlyPlugin>(plugin), bytes, count);
      return BATON_OK;
    },
    [](baton_plugin* plugin, uint32_t, const baton_options*, const baton_graph* partition,
       const void* bytes, uint64_t count, baton_program** program) -> int32_t {
      return Border::guard(Border::host_of(plugin), [&] {
        auto made = std::make_unique<SlyProgram>(object_of<SlyPlugin>(plugin), Graph(partition));
        load_constants(*made, bytes, count);
        *program = Border::hand_over(Border::host_of(plugin), std::move(made));
      });
    }};

}  // namespace sly
