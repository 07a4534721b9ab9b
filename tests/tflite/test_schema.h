// What flatc says about the schema: independent of generate_headers.py.
#pragma once

#include <flatbuffers/reflection_generated.h>

#include <fstream>
#include <iterator>
#include <string>

namespace baton::tflite {

inline const reflection::Schema& reflected_schema() {
  static const std::string bytes = [] {
    std::ifstream file(BATON_TEST_BFBS, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }();
  return *reflection::GetSchema(bytes.data());
}

inline const reflection::Object* reflected_table(const std::string& name) {
  return reflected_schema().objects()->LookupByKey(("baton.schema." + name).c_str());
}

inline const reflection::Enum* reflected_enum(const std::string& name) {
  return reflected_schema().enums()->LookupByKey(("baton.schema." + name).c_str());
}

}  // namespace baton::tflite
