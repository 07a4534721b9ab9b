// Tensors as text, JSON, files, and generated content.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "baton/baton.hpp"

namespace baton::tools {

// "float32[1,224,224,3]"
std::string type_and_shape(const baton_tensor& tensor);
uint64_t element_count(const baton_tensor& tensor);

// The content that `run` feeds an input without --input: DESIGN, "Commands"; docs/commands.md has
// the formula. Throws Failure for types that it does not fill.
std::vector<std::byte> generated_content(const baton_tensor& tensor);

// Any numeric element as a double; quantised ones as stored.
double element(const baton_tensor& tensor, const void* data, uint64_t index);

// All elements; quantised ones as the numbers that they stand for.
std::vector<double> real_values(const baton_tensor& tensor, const void* data);
// The reverse of real_values: rounded, and limited to what the type holds. Throws Failure for types
// that `run` does not fill.
std::vector<std::byte> stored_values(const baton_tensor& tensor, const std::vector<double>& values);

// Quantisation's first scale and zero point, 0 when there is none.
float scale_of(const baton_tensor& tensor);
int64_t zero_point_of(const baton_tensor& tensor);

// {"tensor", "name", "shape", "dtype", "bytes", "scale", "zero_point"}
nlohmann::ordered_json describe(const baton_tensor& tensor, const std::string& name);

// A file of at most `most` bytes; `what` is its name in the sentence of a Failure.
std::vector<std::byte> read_file(const std::string& path, const std::string& what,
                                 uint64_t most = uint64_t{256} << 20);
// What write_file() will probably say, before the work whose result is to be written. Throws
// Failure.
void require_writable(const std::string& path);
// Writes beside the file and renames: an old file survives a failure. What is no file (a pipe,
// /dev/stdout) is written directly. Throws Failure.
void write_file(const std::string& path, const void* data, size_t bytes);

}  // namespace baton::tools
