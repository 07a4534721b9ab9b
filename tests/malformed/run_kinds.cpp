// What only the data of a run gets wrong, and single answers that policy fixes.

#include <cmath>
#include <limits>

#include "tests/malformed/operator_models.h"

namespace baton::malformed {
namespace {

using tflite::bytes_of;
using tflite::GraphBuilder;
using tflite::per_tensor;
using tflite::Shape;
using tflite::TensorId;

constexpr int32_t kSmallest = std::numeric_limits<int32_t>::min();
constexpr int32_t kLargest = std::numeric_limits<int32_t>::max();

struct Made {
  GraphBuilder b{"main"};
  Case c;

  Made(int kind, const char* name) {
    c.kind = kind;
    c.name = name;
    c.answer = Answer::kAccept;
  }
  template <typename T>
  TensorId input(const Shape& shape, const std::vector<T>& content,
                 tflite::Quantization quantization = {}) {
    return input(dtype_of<T>(), shape, bytes_of(content), std::move(quantization));
  }
  TensorId input(baton_dtype dtype, const Shape& shape, Bytes content,
                 tflite::Quantization quantization = {}) {
    c.inputs.push_back(std::move(content));
    return b.input(b.unique_name("x"), dtype, shape, std::move(quantization));
  }
  TensorId output(baton_dtype dtype, const Shape& shape, tflite::Quantization quantization = {}) {
    const TensorId t = b.tensor(b.unique_name("y"), dtype, shape, std::move(quantization));
    b.output(t);
    return t;
  }
  template <typename T>
  Made& gives(const std::vector<T>& content) {
    c.output = bytes_of(content);
    return *this;
  }
  Made& refuses(Answer answer, baton_status code, const char* says) {
    c.answer = answer;
    c.code = code;
    c.says = says;
    return *this;
  }
  void into(std::vector<Case>* cases) {
    c.file = b.finish();
    cases->push_back(std::move(c));
  }
};

void binary(std::vector<Case>* cases, int kind, const char* name, int32_t op,
            const std::vector<int32_t>& x, const std::vector<int32_t>& y, const char* refused,
            const std::vector<int32_t>& expected = {}) {
  if (find_operator(op, nullptr) == nullptr) return;
  Made m(kind, name);
  const auto size = static_cast<int32_t>(x.size());
  const TensorId a = m.input({size}, x);
  const TensorId b = m.input({size}, y);
  m.b.op(op, {a, b}, {m.output(BATON_INT32, {size})});
  if (refused != nullptr) m.refuses(Answer::kRefuseRun, BATON_INVALID_ARGUMENT, refused);
  if (!expected.empty()) m.gives(expected);
  m.into(cases);
}

void add_divisions(std::vector<Case>* cases) {
  binary(cases, 67, "div", BATON_OP_DIV, {1, 2}, {1, 0}, "element 1 of the divisor is zero");
  binary(cases, 67, "floor_div", BATON_OP_FLOOR_DIV, {1, 2}, {1, 0}, "zero");
  binary(cases, 67, "floor_mod", BATON_OP_FLOOR_MOD, {1, 2}, {1, 0}, "zero");
  binary(cases, 67, "negative_power", BATON_OP_POW, {0, 2}, {-1, 1}, "integers need 0 or more");
  binary(cases, 68, "div", BATON_OP_DIV, {kSmallest, 6}, {-1, -1}, nullptr, {kSmallest, -6});
  binary(cases, 68, "floor_div", BATON_OP_FLOOR_DIV, {kSmallest, 6}, {-1, -1}, nullptr);
  binary(cases, 68, "floor_mod", BATON_OP_FLOOR_MOD, {kSmallest, 6}, {-1, -1}, nullptr, {0, 0});
  binary(cases, 68, "sub", BATON_OP_SUB, {kSmallest, 0}, {1, kSmallest}, nullptr,
         {kLargest, kSmallest});
  binary(cases, 68, "mul", BATON_OP_MUL, {kSmallest, kLargest}, {-1, 2}, nullptr, {kSmallest, -2});
  {
    Made m(68, "neg");
    const TensorId x = m.input<int32_t>({2}, {kSmallest, 5});
    m.b.op(BATON_OP_NEG, {x}, {m.output(BATON_INT32, {2})});
    m.gives<int32_t>({kSmallest, -5}).into(cases);
  }
  {
    Made m(67, "quantised");
    const TensorId x = m.input<int8_t>({2}, {1, 2}, per_tensor(0.5f, 3));
    const TensorId y = m.input<int8_t>({2}, {1, 3}, per_tensor(0.5f, 3));
    m.b.op(BATON_OP_DIV, {x, y}, {m.output(BATON_INT8, {2}, per_tensor(0.5f))});
    m.refuses(Answer::kRefuseRun, BATON_INVALID_ARGUMENT, "element 1 of the divisor is zero");
    m.into(cases);
  }
}

void add_indices(std::vector<Case>* cases) {
  for (const int32_t wrong : {4, -1, kLargest, kSmallest}) {
    Made m(65, "gather_input");
    const TensorId x = m.input<float>({4}, {1, 2, 3, 4});
    const TensorId i = m.input<int32_t>({2}, {0, wrong});
    m.b.op(BATON_OP_GATHER, {x, i}, {m.output(BATON_FLOAT32, {2})});
    m.refuses(Answer::kRefuseRun, BATON_INVALID_ARGUMENT, "index 1 is").into(cases);

    Made nd(65, "gather_nd_input");
    const TensorId from = nd.input<float>({4}, {1, 2, 3, 4});
    const TensorId rows = nd.input<int32_t>({2, 1}, {0, wrong});
    nd.b.op(BATON_OP_GATHER_ND, {from, rows}, {nd.output(BATON_FLOAT32, {2})});
    nd.refuses(Answer::kRefuseRun, BATON_INVALID_ARGUMENT, "index 0 of row 1 is").into(cases);

    Made scatter(65, "scatter_nd_input");
    const TensorId to = scatter.input<int32_t>({2, 1}, {0, wrong});
    const TensorId updates = scatter.input<float>({2}, {1, 2});
    scatter.b.op(BATON_OP_SCATTER_ND, {to, updates, scatter.b.int32s("shape", {4})},
                 {scatter.output(BATON_FLOAT32, {4})});
    scatter.refuses(Answer::kRefuseRun, BATON_INVALID_ARGUMENT, "index 0 of row 1 is").into(cases);

    Made embedding(65, "embedding_lookup_input");
    const TensorId lookup = embedding.input<int32_t>({2}, {0, wrong});
    const TensorId table = embedding.input<float>({4, 1}, {1, 2, 3, 4});
    embedding.b.op(BATON_OP_EMBEDDING_LOOKUP, {lookup, table},
                   {embedding.output(BATON_FLOAT32, {2, 1})});
    embedding.refuses(Answer::kRefuseRun, BATON_INVALID_ARGUMENT, "lookup 1 is").into(cases);
  }
  for (const auto& ids : std::vector<std::vector<int32_t>>{
           {0, 2, 2}, {0, 1, 0}, {-1, 0, 1}, {0, 0, kLargest}, {kSmallest, 0, 0}}) {
    Made m(65, "segment_sum_input");
    const TensorId x = m.input<float>({3}, {1, 2, 3});
    m.b.op(BATON_OP_SEGMENT_SUM, {x, m.input({3}, ids)}, {m.output(BATON_FLOAT32, {-1})});
    m.refuses(Answer::kRefuseRun, BATON_INVALID_ARGUMENT, "ids start at 0").into(cases);
  }
}

void add_floats(std::vector<Case>* cases) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  for (const int32_t op : {BATON_OP_ARG_MAX, BATON_OP_ARG_MIN}) {
    Made m(69, op == BATON_OP_ARG_MAX ? "arg_max" : "arg_min");
    const TensorId x = m.input<float>({2, 3}, {nan, 1, 2, nan, nan, nan});
    m.b.op(op, {x, m.b.int32("axis", 1)}, {m.output(BATON_INT64, {2})});
    m.gives<int64_t>({0, 0}).into(cases);
  }
  if (find_operator(BATON_OP_TOPK_V2, nullptr) != nullptr) {
    Made m(69, "topk");
    const TensorId x = m.input<float>({4}, {nan, 1, nan, 2});
    const TensorId values = m.output(BATON_FLOAT32, {3});
    m.b.op(BATON_OP_TOPK_V2, {x, m.b.int32("k", 3)}, {values, m.output(BATON_INT32, {3})});
    m.into(cases);
  }
  for (const int32_t op : {BATON_OP_SOFTMAX, BATON_OP_REDUCE_MAX, BATON_OP_MAXIMUM}) {
    Made m(69, "others");
    std::vector<TensorId> inputs{m.input<float>({1, 3}, {nan, infinity, -infinity})};
    if (op == BATON_OP_REDUCE_MAX) inputs.push_back(m.b.int32s("axis", {1}));
    if (op == BATON_OP_MAXIMUM) inputs.push_back(inputs[0]);
    m.b.op(op, inputs, {m.output(BATON_FLOAT32, {1, 3})});
    m.into(cases);
  }

  const std::vector<float> wild{nan, infinity, -infinity, 1e30f, -1e30f, 2.9f};
  const auto cast = [&](baton_dtype to, Bytes expected) {
    Made m(70, "cast");
    const TensorId x = m.input<float>({6}, wild);
    m.b.op(BATON_OP_CAST, {x}, {m.output(to, {6})});
    m.c.output = std::move(expected);
    m.into(cases);
  };
  cast(BATON_INT32, bytes_of(std::vector<int32_t>{0, kLargest, kSmallest, kLargest, kSmallest, 2}));
  cast(BATON_INT64,
       bytes_of(std::vector<int64_t>{0, INT64_MAX, INT64_MIN, INT64_MAX, INT64_MIN, 2}));
  for (const baton_dtype dtype : {BATON_INT8, BATON_UINT8, BATON_INT16, BATON_UINT16, BATON_UINT32,
                                  BATON_UINT64, BATON_BOOL, BATON_FLOAT16, BATON_FLOAT64}) {
    cast(dtype, {});
  }
  {
    Made m(70, "quantize");
    const TensorId x = m.input<float>({6}, wild);
    m.b.op(BATON_OP_QUANTIZE, {x}, {m.output(BATON_INT8, {6}, per_tensor(0.5f, 10))});
    m.gives<int8_t>({0, 127, -128, 127, -128, 16}).into(cases);
  }
  for (const auto& range : std::vector<std::vector<float>>{
           {0, nan, 1}, {nan, 1, 1}, {0, 1, nan}, {0, infinity, 1}, {0, 1e30f, 1e-30f}}) {
    Made m(70, "range");
    std::vector<TensorId> inputs;
    for (const float value : range) inputs.push_back(m.input<float>({}, {value}));
    m.b.op(BATON_OP_RANGE, inputs, {m.output(BATON_FLOAT32, {-1})});
    m.refuses(Answer::kRefuseRun, BATON_INVALID_ARGUMENT, "").into(cases);
  }
  // Scales at the ends of float: 0 * infinity on the way.
  for (const float scale : {1e-45f, 3e38f}) {
    Made m(70, "concatenation");
    const TensorId x = m.input<uint8_t>({2}, {0, 255}, per_tensor(3e38f, 0));
    auto attributes = default_attributes<baton_concatenation_attributes>();
    m.b.op(BATON_OP_CONCATENATION, {x, x}, {m.output(BATON_UINT8, {4}, per_tensor(scale, 7))},
           attributes);
    m.into(cases);
  }
}

// Kind 43: the file's booleans, and the run's.
void add_bools(std::vector<Case>* cases) {
  for (const bool constant : {true, false}) {
    Made m(43, constant ? "select_constant" : "select_input");
    const Bytes odd{0, 1, 2, 255};
    const TensorId condition = constant ? m.b.constant_bytes("condition", BATON_BOOL, {4}, odd)
                                        : m.input(BATON_BOOL, {4}, odd);
    const TensorId x = m.input<float>({4}, {1, 2, 3, 4});
    const TensorId y = m.input<float>({4}, {5, 6, 7, 8});
    m.b.op(BATON_OP_SELECT_V2, {condition, x, y}, {m.output(BATON_FLOAT32, {4})});
    m.gives<float>({5, 2, 3, 4}).into(cases);
  }
  Made m(43, "logical_not");
  const TensorId x = m.input(BATON_BOOL, {3}, {0, 2, 128});
  m.b.op(BATON_OP_LOGICAL_NOT, {x}, {m.output(BATON_BOOL, {3})});
  m.gives<uint8_t>({1, 0, 0}).into(cases);
}

// Kind 39: outputs far larger than the file.
void add_quotas(std::vector<Case>* cases) {
  for (const bool in_run : {false, true}) {
    Made m(39, in_run ? "fill_in_run" : "fill");
    const std::vector<int32_t> huge{1 << 14, 1 << 14};
    const TensorId shape = in_run ? m.input<int32_t>({2}, huge) : m.b.int32s("shape", huge);
    m.b.op(BATON_OP_FILL, {shape, m.b.constant<float>("one", {}, {1})},
           {m.output(BATON_FLOAT32, {-1, -1})});
    m.c.quotas.max_session_bytes = 1 << 20;
    m.refuses(in_run ? Answer::kRefuseRun : Answer::kRefuseSession, BATON_OUT_OF_MEMORY,
              "over its quota of 1048576");
    m.into(cases);
  }
  Made m(39, "tensor");
  const TensorId x = m.input<float>({1, 4}, {1, 2, 3, 4});
  m.b.op(BATON_OP_TILE, {x, m.b.int32s("multiples", {1 << 20, 1})},
         {m.output(BATON_FLOAT32, {1, 4})});
  m.c.quotas.max_tensor_bytes = 1 << 20;
  m.refuses(Answer::kRefuseSession, BATON_OUT_OF_MEMORY, "over the limit of 1048576").into(cases);
}

// Kinds 61, 63 and 64: single answers.
void add_quantized(std::vector<Case>* cases) {
  const auto conv = [&](int kind, const char* name, baton_dtype dtype, float bias_scale) {
    Made m(kind, name);
    const TensorId x = m.input(dtype, {1, 1, 1, 2}, {1, 2}, per_tensor(0.5f));
    const TensorId w = m.b.constant_bytes("w", dtype, {1, 1, 1, 2}, {1, 1}, per_tensor(0.25f));
    const TensorId bias = m.b.constant<int32_t>("bias", {1}, {4}, per_tensor(bias_scale));
    auto attributes = default_attributes<baton_conv_2d_attributes>();
    attributes.stride_w = attributes.stride_h = 1;
    m.b.op(BATON_OP_CONV_2D, {x, w, bias}, {m.output(dtype, {1, 1, 1, 1}, per_tensor(0.125f))},
           attributes);
    return m;
  };
  conv(63, "uint8", BATON_UINT8, 1.0f)
      .refuses(Answer::kRefuseSession, BATON_INVALID_MODEL, "the bias has scale 1")
      .into(cases);
  conv(63, "uint8_right", BATON_UINT8, 0.125f).gives<uint8_t>({7}).into(cases);
  // A multiplier of a million saturates; of one that no shift expresses no bits are left.
  const auto scaled = [&](float scale, int8_t weight, int8_t expected) {
    Made m(64, "multiplier");
    const TensorId x = m.input<int8_t>({1, 1, 1, 2}, {1, 2}, per_tensor(scale));
    const TensorId w = m.b.constant<int8_t>("w", {1, 1, 1, 2}, {weight, weight}, per_tensor(1));
    const TensorId bias = m.b.constant<int32_t>("bias", {1}, {0}, per_tensor(scale));
    auto attributes = default_attributes<baton_conv_2d_attributes>();
    attributes.stride_w = attributes.stride_h = 1;
    m.b.op(BATON_OP_CONV_2D, {x, w, bias}, {m.output(BATON_INT8, {1, 1, 1, 1}, per_tensor(1e-5f))},
           attributes);
    m.gives<int8_t>({expected}).into(cases);
  };
  scaled(10, 1, 127);
  scaled(10, -1, -128);
  scaled(1e30f, 1, 0);
  // Per-channel rules do not look at the bias' scale.
  conv(63, "int8", BATON_INT8, 1.0f).gives<int8_t>({7}).into(cases);
}

// Kind 73, and reading before anything was assigned.
void add_resources(std::vector<Case>* cases) {
  const auto handle = [](Made& m, const char* name) {
    auto attributes = default_attributes<baton_var_handle_attributes>();
    attributes.shared_name = name;
    attributes.container = "";
    const TensorId t = m.b.tensor(m.b.unique_name("handle"), BATON_RESOURCE, {});
    m.b.op(BATON_OP_VAR_HANDLE, {}, {t}, attributes);
    return t;
  };
  for (const int32_t id : {99, -1, kSmallest}) {
    Made read(73, "read_any_number");
    const TensorId t = read.input(BATON_RESOURCE, {}, bytes_of(std::vector<int32_t>{id}));
    read.b.op(BATON_OP_READ_VARIABLE, {t}, {read.output(BATON_FLOAT32, {1})});
    read.refuses(Answer::kRefuseRun, BATON_INVALID_MODEL, "").into(cases);
    Made assign(73, "assign_to_any_number");
    const TensorId to = assign.input(BATON_RESOURCE, {}, bytes_of(std::vector<int32_t>{id}));
    const TensorId x = assign.input<float>({1}, {1});
    assign.b.op(BATON_OP_ASSIGN_VARIABLE, {to, x}, {});
    assign.b.output(x);
    assign.refuses(Answer::kRefuseRun, BATON_INVALID_MODEL, "not that of a variable").into(cases);
  }
  {
    Made m(73, "read_first");
    m.b.op(BATON_OP_READ_VARIABLE, {handle(m, "v")}, {m.output(BATON_FLOAT32, {1})});
    m.refuses(Answer::kRefuseRun, BATON_INVALID_MODEL, "before anything was assigned").into(cases);
  }
  {
    Made m(73, "other_type");
    const TensorId v = handle(m, "v");
    m.b.op(BATON_OP_ASSIGN_VARIABLE, {v, m.input<int32_t>({1}, {1})}, {});
    m.b.op(BATON_OP_READ_VARIABLE, {v}, {m.output(BATON_FLOAT32, {1})});
    m.refuses(Answer::kRefuseRun, BATON_INVALID_MODEL, "the variable is int32").into(cases);
  }
  // A resource of many elements holds one handle: nothing may read the others.
  for (const int32_t op : {BATON_OP_TILE, BATON_OP_BROADCAST_TO, BATON_OP_GATHER}) {
    Made m(73, "many_handles");
    const TensorId t = m.input(BATON_RESOURCE, {1000}, bytes_of(std::vector<int32_t>{0}));
    const TensorId i = m.b.int32s("i", {op == BATON_OP_TILE     ? 2
                                        : op == BATON_OP_GATHER ? 9
                                                                : 1000});
    m.b.op(op, {t, i}, {m.output(BATON_RESOURCE, {2000})});
    m.refuses(Answer::kRefuseSession, BATON_UNSUPPORTED, "resource").into(cases);
  }
}

// Kind 72: the core has no hash tables.
void add_tables(std::vector<Case>* cases) {
  if (find_operator(BATON_OP_HASHTABLE, nullptr) != nullptr) return;
  Made m(72, "hash_table");
  auto attributes = default_attributes<baton_hashtable_attributes>();
  attributes.key_dtype = BATON_FLOAT32;
  m.b.op(BATON_OP_HASHTABLE, {}, {m.output(BATON_RESOURCE, {})}, attributes);
  m.refuses(Answer::kRefuseSession, BATON_UNSUPPORTED, "HASHTABLE").into(cases);
}

// Kinds 56 and 57, also for a core that has no such operators.
void add_counts(std::vector<Case>* cases) {
  for (const int32_t depth : {-1, kSmallest}) {
    Made m(56, "one_hot");
    const TensorId on = m.b.constant<float>("on", {}, {1});
    const TensorId off = m.b.constant<float>("off", {}, {0});
    m.b.op(BATON_OP_ONE_HOT, {m.input<int32_t>({2}, {0, 1}), m.b.int32("depth", depth), on, off},
           {m.output(BATON_FLOAT32, {2, 1})});
    m.refuses(Answer::kRefuse, BATON_OK, "").into(cases);
  }
  for (const int32_t k : {4, -1, kLargest}) {
    Made m(57, "topk");
    const TensorId x = m.input<float>({3}, {1, 2, 3});
    const TensorId values = m.output(BATON_FLOAT32, {3});
    m.b.op(BATON_OP_TOPK_V2, {x, m.b.int32("k", k)}, {values, m.output(BATON_INT32, {3})});
    m.refuses(Answer::kRefuse, BATON_OK, "").into(cases);
  }
}

// x, floats 1, 2, 3 ..., and integers that say what the operator does with it: in the file, or only
// in the run.
struct Numbers {
  const char* name;
  int32_t op;
  Shape x;
  std::vector<std::vector<int32_t>> integers;
  const char* refused;  // part of the sentence; nullptr: accepted
  std::vector<float> expected;
};

std::vector<float> count_up(const Shape& shape) {
  size_t count = 1;
  for (const int32_t dim : shape) count *= static_cast<size_t>(dim);
  std::vector<float> values(count);
  for (size_t i = 0; i < count; ++i) values[i] = static_cast<float>(i + 1);
  return values;
}

void add_numbers(std::vector<Case>* cases, int kind, bool in_run, const Numbers& row) {
  Made m(kind, row.name);
  std::vector<TensorId> inputs;
  if (row.op != BATON_OP_FILL) inputs.push_back(m.input(row.x, count_up(row.x)));
  const bool pads = row.op == BATON_OP_PAD || row.op == BATON_OP_MIRROR_PAD;
  for (const std::vector<int32_t>& integers : row.integers) {
    const auto size = static_cast<int32_t>(integers.size());
    const Shape shape = pads ? Shape{size / 2, 2} : Shape{size};
    inputs.push_back(in_run ? m.input(shape, integers)
                            : m.b.constant(m.b.unique_name("i"), shape, integers));
  }
  if (row.op == BATON_OP_FILL) inputs.push_back(m.b.constant<float>("value", {}, {1}));
  m.b.op(row.op, inputs, {m.output(BATON_FLOAT32, {-1})});
  if (row.refused != nullptr) {
    m.refuses(in_run ? Answer::kRefuseRun : Answer::kRefuseLoad, BATON_INVALID_MODEL, row.refused);
  }
  m.gives(row.expected).into(cases);
}

// Kinds 50, 51, 54, 55 and, the same in the run, 66.
void add_shape_numbers(std::vector<Case>* cases) {
  const auto pad = [](const char* name, int32_t before, const char* refused) {
    return Numbers{name, BATON_OP_PAD, {4}, {{before, 0}}, refused, {}};
  };
  const std::vector<std::pair<int, Numbers>> table = {
      {50, {"slice", BATON_OP_SLICE, {4}, {{2}, {3}}, "begin 2 and size 3 leave dimension 0", {}}},
      {50, {"slice_before", BATON_OP_SLICE, {4}, {{-1}, {2}}, "begin -1 and size 2", {}}},
      {50, {"slice_huge", BATON_OP_SLICE, {4}, {{1}, {kLargest}}, "leave dimension 0", {}}},
      {50, {"strided", BATON_OP_STRIDED_SLICE, {4}, {{2}, {100}, {1}}, nullptr, {3, 4}}},
      {50, {"strided_0", BATON_OP_STRIDED_SLICE, {4}, {{0}, {4}, {0}}, "stride 0 is 0", {}}},
      {51, pad("pad", -1, "the padding of dimension 0, -1 and 0, is out of range")},
      {51, pad("pad_huge", kSmallest, "the padding of dimension 0")},
      {51, {"mirror", BATON_OP_MIRROR_PAD, {4}, {{3, 0}}, nullptr, {4, 3, 2, 1, 2, 3, 4}}},
      {51, {"mirror_4", BATON_OP_MIRROR_PAD, {4}, {{4, 0}}, "more than its 3 mirror", {}}},
      {51, {"mirror_-1", BATON_OP_MIRROR_PAD, {4}, {{0, -1}}, "padding", {}}},
      {54, {"two_-1", BATON_OP_RESHAPE, {4}, {{-1, -1}}, "more than one -1", {}}},
      {54, {"no_match", BATON_OP_RESHAPE, {4}, {{3}}, "the new shape [3] does not", {}}},
      {54, {"negative", BATON_OP_RESHAPE, {4}, {{-2, -2}}, "a size of -2", {}}},
      {54, {"huge", BATON_OP_RESHAPE, {4}, {{kLargest, kLargest, kLargest}}, "the new shape", {}}},
      {54, {"tile", BATON_OP_TILE, {4}, {{-1}}, "-1", {}}},
      {54, {"broadcast", BATON_OP_BROADCAST_TO, {4}, {{3}}, "", {}}},
      {54, {"fill", BATON_OP_FILL, {}, {{-3}}, "-3", {}}},
      {54, {"fill_huge", BATON_OP_FILL, {}, {{kLargest, kLargest}}, "", {}}},
      {55, {"twice", BATON_OP_TRANSPOSE, {2, 2}, {{0, 0}}, "the permutation has axis 0 twice", {}}},
      {55, {"beyond", BATON_OP_TRANSPOSE, {2, 2}, {{0, 2}}, "2", {}}},
      {55, {"right", BATON_OP_TRANSPOSE, {2, 2}, {{1, 0}}, nullptr, {1, 3, 2, 4}}},
  };
  for (const auto& [kind, row] : table) {
    add_numbers(cases, kind, false, row);
    add_numbers(cases, 66, true, row);
  }
}

// Kind 41.
void add_types(std::vector<Case>* cases) {
  for (const int32_t op : {BATON_OP_ADD, BATON_OP_MUL, BATON_OP_MAXIMUM}) {
    Made m(41, "float_and_int8");
    const TensorId x = m.input<float>({2}, {1, 2});
    const TensorId y = m.input<int8_t>({2}, {1, 2}, per_tensor(1));
    m.b.op(op, {x, y}, {m.output(BATON_FLOAT32, {2})});
    m.refuses(Answer::kRefuseSession, BATON_OK, "int8").into(cases);
  }
  Made m(41, "axis_of_floats");
  const TensorId x = m.input<float>({2}, {1, 2});
  m.b.op(BATON_OP_SUM, {x, m.b.constant<float>("axis", {1}, {0})}, {m.output(BATON_FLOAT32, {})});
  m.refuses(Answer::kRefuseLoad, BATON_OK, "float32 axis is not supported").into(cases);
}

// Kind 48.
void add_huge_windows(std::vector<Case>* cases) {
  const auto conv = [](const char* name, int32_t padding, int32_t stride, int32_t dilation) {
    Made m(48, name);
    const TensorId x = m.input({1, 4, 4, 1}, count_up({4, 4}));
    auto attributes = default_attributes<baton_conv_2d_attributes>();
    attributes.padding = padding;
    attributes.stride_w = attributes.stride_h = stride;
    attributes.dilation_w_factor = attributes.dilation_h_factor = dilation;
    const TensorId w = m.b.constant<float>("w", {1, 2, 2, 1}, {1, 1, 1, 1});
    const TensorId bias = m.b.constant<float>("bias", {1}, {0.5f});
    m.b.op(BATON_OP_CONV_2D, {x, w, bias}, {m.output(BATON_FLOAT32, {1, 1, 1, 1})}, attributes);
    return m;
  };
  conv("stride", BATON_PADDING_VALID, kLargest, 1).gives<float>({14.5f}).into(cases);
  // The filter's elements are all beside the input.
  conv("dilation", BATON_PADDING_SAME, 1, 1 << 30).gives(std::vector<float>(16, 0.5f)).into(cases);
  conv("dilation_valid", BATON_PADDING_VALID, 1, kLargest)
      .refuses(Answer::kRefuseLoad, BATON_INVALID_MODEL, "does not fit the input's 4")
      .into(cases);
}

// Kind 52.
void add_splits(std::vector<Case>* cases) {
  const std::pair<int32_t, const char*> table[] = {
      {0, "num_splits is 0, there are 3 outputs"},
      {-1, "num_splits is -1, there are 3 outputs"},
      {2, "num_splits is 2, there are 3 outputs"},
      {3, "dimension 0 has size 4, which 3 parts do not divide"}};
  for (const auto& [parts, sentence] : table) {
    Made m(52, "split");
    auto attributes = default_attributes<baton_split_attributes>();
    attributes.num_splits = parts;
    const TensorId x = m.input<float>({4}, {1, 2, 3, 4});
    std::vector<TensorId> outputs;
    for (int i = 0; i < 3; ++i) outputs.push_back(m.output(BATON_FLOAT32, {1}));
    m.b.op(BATON_OP_SPLIT, {m.b.int32("axis", 0), x}, outputs, attributes);
    m.refuses(Answer::kRefuseLoad, BATON_INVALID_MODEL, sentence).into(cases);
  }
}

}  // namespace

Bytes endless_model() {
  GraphBuilder b("main");
  auto cond = b.subgraph("cond");
  cond.input("i", BATON_INT32, {});
  cond.output(cond.constant<bool>("yes", {}, {true}));
  auto body = b.subgraph("body");
  const TensorId i = body.input("i", BATON_INT32, {});
  const TensorId next = body.tensor("next", BATON_INT32, {});
  body.op(BATON_OP_ADD, {i, body.int32("one", 1)}, {next});
  body.output(next);
  const TensorId x = b.input("x", BATON_INT32, {});
  const TensorId y = b.tensor("y", BATON_INT32, {});
  auto attributes = default_attributes<baton_while_attributes>();
  attributes.cond_subgraph_index = cond.index();
  attributes.body_subgraph_index = body.index();
  b.op(BATON_OP_WHILE, {x}, {y}, attributes);
  b.output(y);
  return b.finish();
}

void add_run_cases(std::vector<Case>* cases) {
  add_types(cases);
  add_bools(cases);
  add_huge_windows(cases);
  add_shape_numbers(cases);
  add_splits(cases);
  add_quotas(cases);
  add_quantized(cases);
  add_indices(cases);
  add_divisions(cases);
  add_floats(cases);
  add_tables(cases);
  add_counts(cases);
  add_resources(cases);
}

}  // namespace baton::malformed
