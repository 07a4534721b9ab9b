// Writes the seeds of the fuzz targets:  fuzz_write_seeds tests/fuzz/corpus
// Inputs that fuzzing found lie beside them and stay.
#include <cstdio>
#include <filesystem>
#include <fstream>

#include "tests/fuzz/operator_case.h"
#include "tests/fuzz/seed_models.h"

namespace {

bool write(const std::filesystem::path& path, const std::vector<uint8_t>& bytes) {
  std::error_code ignored;  // the write will say it
  std::filesystem::create_directories(path.parent_path(), ignored);
  std::ofstream stream(path, std::ios::binary);
  stream.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  if (stream.flush()) return true;
  std::fprintf(stderr, "%s: cannot be written\n", path.c_str());
  return false;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) {
    std::fprintf(stderr, "usage: %s FOLDER\n", arguments[0]);
    return 1;
  }
  const std::filesystem::path root = arguments[1];
  for (const char* target : {"fuzz_reader", "fuzz_model"}) {
    for (const auto& model : baton::fuzz::seed_models()) {
      if (!write(root / target / (model.name + ".tflite"), model.file)) return 1;
    }
  }
  for (const auto& [name, choices] : baton::fuzz::operator_seeds()) {
    if (!write(root / "fuzz_operator" / name, choices)) return 1;
  }
  return 0;
}
