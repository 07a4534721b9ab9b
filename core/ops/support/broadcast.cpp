#include "core/ops/support/broadcast.h"

#include <algorithm>

namespace baton::ops {
namespace {

std::string shape_text(std::span<const int32_t> dims) {
  std::string text = "[";
  for (size_t i = 0; i < dims.size(); ++i) {
    if (i > 0) text += ", ";
    text += std::to_string(dims[i]);
  }
  return text + "]";
}

// Size of an input along a dimension of the output, counted from the last.
int32_t dim_from_end(const Value& value, int i) {
  return i < value.rank() ? value.dim(value.rank() - 1 - i) : 1;
}

}  // namespace

Status broadcast_shape(std::span<const Value* const> inputs, std::vector<int32_t>* out) {
  int rank = 0;
  for (const Value* input : inputs) rank = std::max(rank, input->rank());
  out->assign(static_cast<size_t>(rank), 1);
  for (int i = 0; i < rank; ++i) {
    int32_t& dim = (*out)[static_cast<size_t>(rank - 1 - i)];
    for (const Value* input : inputs) {
      const int32_t size = dim_from_end(*input, i);
      if (size == 1 || size == dim) continue;
      if (dim != 1) {
        std::string shapes;
        for (const Value* each : inputs) {
          shapes += (shapes.empty() ? "" : " and ") + shape_text(each->dims());
        }
        return error(BATON_INVALID_MODEL, "shapes %s cannot be broadcast to each other",
                     shapes.c_str());
      }
      dim = size;
    }
  }
  return {};
}

Status infer_broadcast(NodeContext& ctx) {
  std::vector<const Value*> inputs;
  for (int i = 0; i < ctx.input_count(); ++i) inputs.push_back(&ctx.input(i));
  std::vector<int32_t> dims;
  BATON_RETURN_IF_ERROR(broadcast_shape(inputs, &dims));
  return ctx.set_output_dims(0, dims);
}

Status broadcast_loops(std::span<const Value* const> inputs, const Value& output,
                       BroadcastLoops* loops) {
  struct Loop {
    int64_t size = 1;
    std::array<int64_t, 3> stride{};
  };
  std::array<Loop, kMaxLoops> found;  // innermost first
  int count = 0;
  std::array<int64_t, 3> run{1, 1, 1};  // elements of each input below the current dimension
  for (int i = 0; i < output.rank(); ++i) {
    const int64_t size = output.dim(output.rank() - 1 - i);
    if (size == 1) continue;
    Loop loop;
    loop.size = size;
    for (size_t k = 0; k < inputs.size(); ++k) {
      const int32_t dim = dim_from_end(*inputs[k], i);
      loop.stride[k] = dim == 1 ? 0 : run[k];
      run[k] *= dim;
    }
    bool merge = count > 0;
    for (size_t k = 0; k < inputs.size() && merge; ++k) {
      const Loop& below = found[static_cast<size_t>(count) - 1];
      merge = loop.stride[k] == below.stride[k] * below.size;
    }
    if (merge) {
      found[static_cast<size_t>(count) - 1].size *= size;
      continue;
    }
    if (count == kMaxLoops) {
      return error(BATON_UNSUPPORTED, "a broadcast in more than %d dimensions is not supported",
                   kMaxLoops);
    }
    found[static_cast<size_t>(count++)] = loop;
  }
  if (count == 0) {
    count = 1;
    found[0].stride = {0, 0, 0};
  }
  loops->count = count;
  for (int i = 0; i < count; ++i) {
    const Loop& loop = found[static_cast<size_t>(count - 1 - i)];
    loops->size[static_cast<size_t>(i)] = loop.size;
    for (size_t k = 0; k < 3; ++k) loops->stride[k][static_cast<size_t>(i)] = loop.stride[k];
  }
  return {};
}

}  // namespace baton::ops
