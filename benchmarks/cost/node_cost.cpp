#include "benchmarks/cost/node_cost.h"

#include <algorithm>
#include <set>

namespace baton::benchmarks {
namespace {

uint64_t times(uint64_t a, uint64_t b) {
  uint64_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

uint64_t plus(uint64_t a, uint64_t b) {
  uint64_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

// The node's tensors by position; nullptr for what is absent.
struct View {
  const baton_graph* graph;
  const baton_node* node;

  const baton_tensor* input(uint32_t i) const {
    if (i >= node->input_count || node->inputs[i] < 0) return nullptr;
    return graph->tensor(graph, node->inputs[i]);
  }
  const baton_tensor* output(uint32_t i) const {
    return i < node->output_count ? graph->tensor(graph, node->outputs[i]) : nullptr;
  }
};

// 0 for what is absent, or not known before the run.
uint64_t dim(const baton_tensor* tensor, uint32_t i) {
  if (tensor == nullptr || (tensor->flags & BATON_TENSOR_UNKNOWN_SHAPE) || i >= tensor->rank) {
    return 0;
  }
  return static_cast<uint64_t>(std::max(tensor->dims[i], 0));
}

uint64_t elements(const baton_tensor* tensor) {
  if (tensor == nullptr || (tensor->flags & BATON_TENSOR_UNKNOWN_SHAPE)) return 0;
  // Zeros first: a size beside a zero says nothing.
  for (uint32_t i = 0; i < tensor->rank; ++i) {
    if (tensor->dims[i] <= 0) return 0;
  }
  uint64_t product = 1;
  for (uint32_t i = 0; i < tensor->rank; ++i) product = times(product, dim(tensor, i));
  return product;
}

// ---- Multiply-adds ------------------------------------------------------------------------------

// Weights [out, h, w, in].
uint64_t convolution(const View& view) {
  const baton_tensor* weights = view.input(1);
  const uint64_t taps = times(times(dim(weights, 1), dim(weights, 2)), dim(weights, 3));
  return times(elements(view.output(0)), taps);
}

// Weights [1, h, w, out].
uint64_t depthwise(const View& view) {
  const baton_tensor* weights = view.input(1);
  return times(elements(view.output(0)), times(dim(weights, 1), dim(weights, 2)));
}

// Weights [out, h, w, in]; each element of the input goes to a window of each channel.
uint64_t transposed_convolution(const View& view) {
  const baton_tensor* weights = view.input(1);
  const uint64_t taps = times(times(dim(weights, 0), dim(weights, 1)), dim(weights, 2));
  return times(elements(view.input(2)), taps);
}

// Weights [out, in].
uint64_t fully_connected(const View& view) {
  return times(elements(view.output(0)), dim(view.input(1), 1));
}

uint64_t batch_matmul(const View& view) {
  const auto* attributes =
      static_cast<const baton_batch_mat_mul_attributes*>(view.node->attributes);
  const baton_tensor* x = view.input(0);
  if (attributes == nullptr || x == nullptr || x->rank < 2) return 0;
  const uint64_t depth = dim(x, attributes->adj_x ? x->rank - 2 : x->rank - 1);
  return times(elements(view.output(0)), depth);
}

// A recurrent cell uses each of its weights once for each step of each batch.
uint64_t each_once(const View& view, uint32_t first, uint32_t last) {
  uint64_t sum = 0;
  for (uint32_t i = first; i <= last; ++i) sum = plus(sum, elements(view.input(i)));
  return sum;
}

// Input [batch, in]; weights of the input and of the state.
uint64_t rnn(const View& view) { return times(dim(view.input(0), 0), each_once(view, 1, 2)); }

// The same, as features and their weights over time.
constexpr auto svdf = rnn;

constexpr uint32_t kLstmProjection = 16;

// Input and recurrent weights of the four gates, and the projection.
uint64_t lstm_step(const View& view) {
  return plus(each_once(view, 1, 8), each_once(view, kLstmProjection, kLstmProjection));
}

uint64_t lstm(const View& view) {
  const auto* attributes = static_cast<const baton_lstm_attributes*>(view.node->attributes);
  // The basic kernel has all gates in one tensor.
  const bool basic =
      attributes != nullptr && attributes->kernel_type == BATON_LSTM_KERNEL_TYPE_BASIC;
  return times(dim(view.input(0), 0), basic ? each_once(view, 2, 2) : lstm_step(view));
}

// Input [batch, time, in] or [time, batch, in].
uint64_t sequence_lstm(const View& view) {
  return times(times(dim(view.input(0), 0), dim(view.input(0), 1)), lstm_step(view));
}

struct Rule {
  int32_t op;
  uint32_t activations;  // position among the inputs
  uint32_t weights;      // of one that is always there
  uint64_t (*multiply_adds)(const View& view);
};

constexpr Rule kRules[] = {
    {BATON_OP_CONV_2D, 0, 1, convolution},
    {BATON_OP_DEPTHWISE_CONV_2D, 0, 1, depthwise},
    {BATON_OP_TRANSPOSE_CONV, 2, 1, transposed_convolution},
    {BATON_OP_FULLY_CONNECTED, 0, 1, fully_connected},
    {BATON_OP_BATCH_MATMUL, 0, 1, batch_matmul},
    {BATON_OP_RNN, 0, 1, rnn},
    {BATON_OP_SVDF, 0, 1, svdf},
    {BATON_OP_LSTM, 0, 2, lstm},
    {BATON_OP_UNIDIRECTIONAL_SEQUENCE_LSTM, 0, 2, sequence_lstm},
};

// ---- Precision ----------------------------------------------------------------------------------

bool is_float(baton_dtype dtype) {
  return dtype == BATON_FLOAT32 || dtype == BATON_FLOAT16 || dtype == BATON_BFLOAT16 ||
         dtype == BATON_FLOAT64;
}

Precision precision_of(baton_dtype dtype, uint32_t bits) {
  if (dtype == BATON_BFLOAT16) return Precision::kBfloat16;
  if (dtype == BATON_INT16) return Precision::kInt16;
  return !is_float(dtype) && bits <= 8 ? Precision::kInt8 : Precision::kFloat32;
}

void set_precision(const View& view, const Rule* rule, NodeCost* cost) {
  const baton_tensor* activations =
      view.node->input_count == 0 ? view.output(0) : view.input(rule ? rule->activations : 0);
  if (activations == nullptr) return;
  cost->precision = precision_of(activations->dtype, activations->bits);
  const baton_tensor* weights = rule == nullptr ? nullptr : view.input(rule->weights);
  cost->hybrid = weights != nullptr && is_float(activations->dtype) && !is_float(weights->dtype) &&
                 weights->bits <= 8;
}

// ---- Bytes and parameters -----------------------------------------------------------------------

// Operators that pick from an input.
struct Pick {
  int32_t op;
  uint32_t input;
};

constexpr Pick kPicks[] = {
    {BATON_OP_GATHER, 0}, {BATON_OP_GATHER_ND, 0},     {BATON_OP_EMBEDDING_LOOKUP, 1},
    {BATON_OP_SLICE, 0},  {BATON_OP_STRIDED_SLICE, 0}, {BATON_OP_SHAPE, 0},
    {BATON_OP_RANK, 0},
};

bool picks_from(int32_t op, uint32_t input) {
  return std::any_of(std::begin(kPicks), std::end(kPicks),
                     [&](const Pick& pick) { return pick.op == op && pick.input == input; });
}

bool is_parameter(const baton_tensor& tensor) {
  if ((tensor.flags & BATON_TENSOR_CONSTANT) == 0) return false;
  return is_float(tensor.dtype) || tensor.quantization->kind != BATON_QUANTIZATION_NONE;
}

// Calls visit(position, tensor) for each input that is there, once.
template <typename Visit>
void for_each_input(const View& view, const Visit& visit) {
  const int32_t* inputs = view.node->inputs;
  for (uint32_t i = 0; i < view.node->input_count; ++i) {
    const baton_tensor* tensor = view.input(i);
    if (tensor != nullptr && std::find(inputs, inputs + i, inputs[i]) == inputs + i) {
      visit(i, *tensor);
    }
  }
}

}  // namespace

const char* precision_name(Precision precision) {
  constexpr const char* kNames[] = {"float32", "bfloat16", "int16", "int8"};
  return kNames[static_cast<size_t>(precision)];
}

uint64_t NodeCost::bytes() const { return plus(bytes_read, bytes_written); }

NodeCost node_cost(const baton_graph* graph, const baton_node* node) {
  const View view{graph, node};
  const Rule* rule = std::find_if(std::begin(kRules), std::end(kRules),
                                  [&](const Rule& r) { return r.op == node->op; });
  if (rule == std::end(kRules)) rule = nullptr;

  NodeCost cost;
  if (rule != nullptr) cost.multiply_adds = rule->multiply_adds(view);
  set_precision(view, rule, &cost);
  for (uint32_t i = 0; i < node->output_count; ++i) {
    const baton_tensor* output = view.output(i);
    if (output != nullptr) cost.bytes_written = plus(cost.bytes_written, output->bytes);
  }
  const uint64_t output_bytes = cost.bytes_written;
  for_each_input(view, [&](uint32_t i, const baton_tensor& tensor) {
    const uint64_t bytes =
        picks_from(node->op, i) ? std::min(tensor.bytes, output_bytes) : tensor.bytes;
    cost.bytes_read = plus(cost.bytes_read, bytes);
    if (tensor.flags & BATON_TENSOR_VARIABLE) {
      cost.bytes_written = plus(cost.bytes_written, tensor.bytes);
    }
    if (is_parameter(tensor)) cost.parameters = plus(cost.parameters, elements(&tensor));
  });
  return cost;
}

ModelCost model_cost(const baton_model* model) {
  ModelCost result;
  const uint32_t subgraphs = baton_model_subgraph_count(model);
  result.nodes.resize(subgraphs);
  for (uint32_t s = 0; s < subgraphs; ++s) {
    const baton_graph* graph = baton_model_subgraph(model, s);
    std::set<int32_t> parameters;
    for (uint32_t i = 0; i < graph->node_count(graph); ++i) {
      const baton_node* node = graph->node(graph, i);
      const NodeCost cost = node_cost(graph, node);
      if (result.nodes[s].size() <= node->index) result.nodes[s].resize(node->index + 1);
      result.nodes[s][node->index] = cost;
      if (s == 0) {
        result.multiply_adds = plus(result.multiply_adds, cost.multiply_adds);
        result.bytes = plus(result.bytes, cost.bytes());
      }
      for_each_input({graph, node}, [&](uint32_t, const baton_tensor& tensor) {
        if (is_parameter(tensor) && parameters.insert(tensor.index).second) {
          result.parameters = plus(result.parameters, elements(&tensor));
        }
      });
    }
  }
  return result;
}

}  // namespace baton::benchmarks
