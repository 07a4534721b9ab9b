#include <cmath>
#include <unordered_map>

#include "converter/quantize/editor.h"
#include "converter/quantize/schemes.h"

namespace baton::quantize {
namespace {

using tflite::Operator;
using tflite::TensorId;

// Smaller constants are not worth an operator.
constexpr size_t kFewestElements = 17;
// What is larger would become infinite.
constexpr float kLargestFloat16 = 65504;

// The constant in float16; none where it is small or does not fit.
std::optional<Constant> float16_constant(std::span<const float> values) {
  if (values.size() < kFewestElements) return std::nullopt;
  std::vector<uint16_t> halves;
  halves.reserve(values.size());
  for (const float value : values) {
    if (!(std::fabs(value) <= kLargestFloat16)) return std::nullopt;
    halves.push_back(tflite::to_float16(value));
  }
  return Constant{.dtype = BATON_FLOAT16, .bytes = tflite::bytes_of(halves), .quantization = {}};
}

class Float16Constants {
 public:
  explicit Float16Constants(const tflite::Model& model) : editor_(model) {}

  tflite::Model run() {
    for (Operator op : editor_.operators()) {
      // Custom operators may look into their constants before the run.
      if (editor_.code_of(op) != BATON_OP_CUSTOM) {
        for (TensorId& input : op.inputs) input = dequantised(input);
      }
      editor_.emit(std::move(op));
    }
    return editor_.finish();
  }

 private:
  // The float32 tensor to use in the place of an input.
  TensorId dequantised(TensorId id) {
    if (!editor_.is_constant(id)) return id;
    const auto [entry, is_new] = dequantised_.try_emplace(id, id);
    if (!is_new) return entry->second;
    std::optional<Constant> constant = float16_constant(editor_.values(id));
    if (!constant) return id;
    const TensorId small = editor_.add_constant(id, *std::move(constant));
    entry->second = editor_.add_like(id, "dequantised", BATON_FLOAT32);
    editor_.emit(BATON_OP_DEQUANTIZE, small, entry->second);
    return entry->second;
  }

  Editor editor_;
  std::unordered_map<TensorId, TensorId> dequantised_;
};

}  // namespace

tflite::Model to_float16(const tflite::Model& model) { return Float16Constants(model).run(); }

}  // namespace baton::quantize
