// Whole models: structure, shapes, types and quantisation, each as one change of a model that is
// right.

#include <limits>

#include "tests/malformed/models.h"

namespace baton::malformed {
namespace {

using tflite::GraphBuilder;
using tflite::kNoTensor;
using tflite::SubgraphBuilder;

constexpr int32_t kLarge = std::numeric_limits<int32_t>::max();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

struct Change {
  int kind;
  const char* name;
  void (*change)(GraphBuilder&);  // of add_model()
  baton_status code;              // of the load; BATON_OK: accepted
  const char* part;               // of the sentence; accepted: of an oddity, "" for none
};

void add_tensor(GraphBuilder& b, baton_dtype dtype, tflite::Shape shape) {
  b.tensor("extra", dtype, std::move(shape));
}

void quantize(GraphBuilder& b, baton_dtype dtype, tflite::Shape shape,
              tflite::Quantization quantization) {
  b.tensor("extra", dtype, std::move(shape), std::move(quantization));
}

void add_strings(GraphBuilder& b, const std::vector<int32_t>& table, tflite::Shape shape = {2}) {
  b.constant_bytes("text", BATON_STRING, std::move(shape), tflite::bytes_of(table));
}

// A subgraph that hands its input on through RELU.
SubgraphBuilder relu_subgraph(GraphBuilder& b, const char* name,
                              baton_dtype dtype = BATON_FLOAT32) {
  auto s = b.subgraph(name);
  const auto in = s.input("in", dtype, {1, 4});
  const auto out = s.tensor("out", dtype, {1, 4});
  s.op(BATON_OP_RELU, {in}, {out});
  s.output(out);
  return s;
}

void add_if(GraphBuilder& b, int32_t then_index, int32_t else_index) {
  auto attributes = default_attributes<baton_if_attributes>();
  attributes.then_subgraph_index = then_index;
  attributes.else_subgraph_index = else_index;
  const auto condition = b.constant<bool>("condition", {}, {true});
  const auto result = b.tensor("result", BATON_FLOAT32, {1, 4});
  b.op(BATON_OP_IF, {condition, 0}, {result}, attributes);
}

void add_while(GraphBuilder& b, int32_t condition, int32_t body) {
  auto attributes = default_attributes<baton_while_attributes>();
  attributes.cond_subgraph_index = condition;
  attributes.body_subgraph_index = body;
  const auto result = b.tensor("result", BATON_FLOAT32, {1, 4});
  b.op(BATON_OP_WHILE, {0}, {result}, attributes);
}

void call_once(SubgraphBuilder b, int32_t target) {
  auto attributes = default_attributes<baton_call_once_attributes>();
  attributes.init_subgraph_index = target;
  b.op(BATON_OP_CALL_ONCE, {}, {}, attributes);
}

constexpr const char* kSparse = "tensor 1 ('w'): it is a sparse constant";

const tflite::SparseDimension kDense{
    .compressed = false, .dense_size = 2, .index_bits = 32, .segments = {}, .indices = {}};

void sparse(GraphBuilder& b, tflite::Sparsity sparsity) { b.at(1).sparsity = std::move(sparsity); }

const Change kChanges[] = {
    {13, "unchanged", [](GraphBuilder&) {}, BATON_OK, ""},

    // Structure.
    {11, "version", [](GraphBuilder& b) { b.model().version = 4; }, BATON_INVALID_MODEL,
     "the schema version is 4"},
    {13, "no_subgraphs", [](GraphBuilder& b) { b.model().subgraphs.clear(); }, BATON_INVALID_MODEL,
     "no subgraphs"},
    {14, "no_operator_codes", [](GraphBuilder& b) { b.model().operator_codes.clear(); },
     BATON_INVALID_MODEL, "subgraph 0, operator 0 (?): it names operator code 0, the model has 0"},
    {15, "code_index", [](GraphBuilder& b) { b.operator_at(0).code_index = 7; },
     BATON_INVALID_MODEL, "it names operator code 7, the model has 1"},
    {16, "code_too_new", [](GraphBuilder& b) { b.model().operator_codes[0].code = 5000; },
     BATON_UNSUPPORTED, "operator code is 5000, newer"},
    {16, "code_placeholder", [](GraphBuilder& b) { b.model().operator_codes[0].code = 127; },
     BATON_INVALID_MODEL, "operator code is 127, which no operator has"},
    {16, "code_negative", [](GraphBuilder& b) { b.model().operator_codes[0].code = -5; },
     BATON_INVALID_MODEL, "operator code is -5"},
    {16, "unused_unknown_code",
     [](GraphBuilder& b) {
       b.model().operator_codes.push_back({5000, "", 1});
     },
     BATON_OK, ""},
    {17, "nameless_custom",
     [](GraphBuilder& b) { b.model().operator_codes[0].code = BATON_OP_CUSTOM; },
     BATON_INVALID_MODEL, "custom operator without a name"},
    {18, "input_too_high", [](GraphBuilder& b) { b.operator_at(0).inputs[1] = 87; },
     BATON_INVALID_MODEL,
     "subgraph 0, operator 0 (ADD): input 1 names tensor 87, the subgraph has 3"},
    {18, "input_too_low", [](GraphBuilder& b) { b.operator_at(0).inputs[1] = -2; },
     BATON_INVALID_MODEL, "input 1 names tensor -2"},
    {18, "output_too_high", [](GraphBuilder& b) { b.operator_at(0).outputs[0] = 3; },
     BATON_INVALID_MODEL, "output 0 names tensor 3, the subgraph has 3"},
    {18, "output_absent", [](GraphBuilder& b) { b.operator_at(0).outputs[0] = -1; },
     BATON_INVALID_MODEL, "output 0 names tensor -1"},
    {18, "intermediate", [](GraphBuilder& b) { b.operator_at(0).intermediates = {9}; },
     BATON_INVALID_MODEL, "intermediate 0 names tensor 9"},
    {18, "graph_input", [](GraphBuilder& b) { b.graph().inputs.push_back(44); },
     BATON_INVALID_MODEL, "subgraph 0: input 1 names tensor 44"},
    {18, "graph_output", [](GraphBuilder& b) { b.graph().outputs[0] = -1; }, BATON_INVALID_MODEL,
     "subgraph 0: output 0 names tensor -1"},
    {19, "required_input", [](GraphBuilder& b) { b.operator_at(0).inputs[1] = kNoTensor; },
     BATON_INVALID_MODEL, "subgraph 0, operator 0 (ADD): input 1 is absent, but required"},
    {19, "too_few_inputs", [](GraphBuilder& b) { b.operator_at(0).inputs.pop_back(); },
     BATON_INVALID_MODEL, "it has 1 inputs, not 2"},
    {19, "too_many_outputs",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT32, {1, 4});
       b.operator_at(0).outputs.push_back(3);
     },
     BATON_INVALID_MODEL, "it has 2 outputs, not 1"},
    {20, "input_is_output",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT32, {1, 4});
       b.op(BATON_OP_ADD, {3, 3}, {3});
     },
     BATON_INVALID_MODEL, "operator 1 (ADD): input 0, tensor 3, is also an output of it"},
    {20, "graph_input_is_output", [](GraphBuilder& b) { b.operator_at(0).outputs[0] = 0; },
     BATON_INVALID_MODEL, "output 0, tensor 0, is an input of the subgraph"},
    {21, "two_producers",
     [](GraphBuilder& b) {
       b.op(BATON_OP_ADD, {0, 1}, {2});
     },
     BATON_INVALID_MODEL, "operator 1 (ADD): output 0, tensor 2, is already written by operator 0"},
    {22, "order",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT32, {1, 4});
       b.operator_at(0).inputs[0] = 3;
       b.op(BATON_OP_ADD, {0, 1}, {3});
     },
     BATON_INVALID_MODEL,
     "operator 0 (ADD): input 0, tensor 3, is written only later, by operator 1"},
    {23, "constant_input", [](GraphBuilder& b) { b.graph().inputs.push_back(1); },
     BATON_INVALID_MODEL, "input 1, tensor 1 ('w'), is a constant"},
    {23, "produced_input", [](GraphBuilder& b) { b.graph().inputs.push_back(2); },
     BATON_INVALID_MODEL, "output 0, tensor 2, is an input of the subgraph"},
    {23, "written_constant", [](GraphBuilder& b) { b.operator_at(0).outputs[0] = 1; },
     BATON_INVALID_MODEL, "output 0, tensor 1, is a constant"},
    {23, "input_twice", [](GraphBuilder& b) { b.graph().inputs.push_back(0); }, BATON_OK,
     "inputs that are listed twice"},
    {24, "output_not_produced",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT32, {1, 4});
       b.output(3);
     },
     BATON_INVALID_MODEL, "output 1, tensor 3 ('extra'), is written by no operator"},
    {24, "output_is_input", [](GraphBuilder& b) { b.output(0); }, BATON_OK, ""},
    {24, "output_is_constant", [](GraphBuilder& b) { b.output(1); }, BATON_OK, ""},
    {24, "input_lacks_data",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT32, {1, 4});
       b.operator_at(0).inputs[1] = 3;
     },
     BATON_INVALID_MODEL, "operator 0 (ADD): input 1, tensor 3, lacks data"},
    {24, "empty_input_needs_no_data",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT32, {1, 0});
       add_tensor(b, BATON_FLOAT32, {1, 0});
       b.op(BATON_OP_ADD, {3, 3}, {4});
     },
     BATON_OK, "tensors with a dimension of size 0"},
    {25, "buffer_index", [](GraphBuilder& b) { b.at(1).buffer = 99; }, BATON_INVALID_MODEL,
     "subgraph 0, tensor 1 ('w'): it names buffer 99, the model has 2"},
    {26, "buffer_0",
     [](GraphBuilder& b) {
       b.model().buffers[0] = {1, 2, 3};
     },
     BATON_OK, ""},
    {27, "variable_with_buffer", [](GraphBuilder& b) { b.at(1).is_variable = true; },
     BATON_INVALID_MODEL, "tensor 1 ('w'): it is a variable"},
    {31, "names", [](GraphBuilder& b) { b.at(2).name = "x"; }, BATON_OK,
     "tensors with the name of another: 1, first tensor 2 ('x')"},
    {31, "unused_tensor", [](GraphBuilder& b) { add_tensor(b, BATON_FLOAT32, {3}); }, BATON_OK,
     "tensors that nothing uses: 1, first tensor 3 ('extra')"},

    // Calls.
    {28, "if_index", [](GraphBuilder& b) { add_if(b, 9, 9); }, BATON_INVALID_MODEL,
     "operator 1 (IF): its attribute then_subgraph_index names subgraph 9, the model has 1"},
    {28, "negative", [](GraphBuilder& b) { add_while(b, 0, -1); }, BATON_INVALID_MODEL,
     "body_subgraph_index names subgraph -1"},
    {28, "if",
     [](GraphBuilder& b) {
       relu_subgraph(b, "then");
       add_if(b, 1, 1);
     },
     BATON_OK, ""},
    {28, "if_argument_count",
     [](GraphBuilder& b) {
       auto s = relu_subgraph(b, "then");
       s.input("more", BATON_FLOAT32, {1});
       add_if(b, 1, 1);
     },
     BATON_INVALID_MODEL, "then_subgraph_index, subgraph 1: has 1 inputs for the 2 of it"},
    {28, "if_argument_type",
     [](GraphBuilder& b) {
       relu_subgraph(b, "then", BATON_INT8);
       add_if(b, 1, 1);
     },
     BATON_INVALID_MODEL, "input 0 is float32, but int8 there"},
    {28, "while_condition_results",
     [](GraphBuilder& b) {
       auto s = relu_subgraph(b, "cond");
       s.output(0);
       add_while(b, 1, 1);
     },
     BATON_INVALID_MODEL, "cond_subgraph_index, subgraph 1: needs 1 outputs of it, it has 2"},
    {29, "self", [](GraphBuilder& b) { add_if(b, 0, 0); }, BATON_INVALID_MODEL,
     "subgraph 0 calls subgraph 0, which leads back to itself"},
    {29, "self_call",
     [](GraphBuilder& b) {
       auto s = b.subgraph("init");
       call_once(b, 1);
       call_once(s, 1);
     },
     BATON_INVALID_MODEL, "subgraph 1 calls subgraph 1, which leads back to itself"},
    {29, "mutual",
     [](GraphBuilder& b) {
       auto one = b.subgraph("one");
       auto two = b.subgraph("two");
       call_once(b, 1);
       call_once(one, 2);
       call_once(two, 1);
     },
     BATON_INVALID_MODEL, "subgraph 2 calls subgraph 1, which leads back to itself"},
    {29, "shared_callee",
     [](GraphBuilder& b) {
       auto one = b.subgraph("one");
       b.subgraph("two");
       call_once(b, 1);
       call_once(b, 2);
       call_once(one, 2);
     },
     BATON_OK, ""},
    {29, "deep",
     [](GraphBuilder& b) {
       call_once(b, 1);
       for (int i = 1; i <= 70; ++i) {
         auto s = b.subgraph("s");
         if (i < 70) call_once(s, i + 1);
       }
     },
     BATON_INVALID_MODEL, "subgraph 0: its calls nest 70 deep"},

    // Signatures and metadata.
    {30, "signature",
     [](GraphBuilder& b) {
       b.signature("serve", {{"a", 0}}, {{"b", 2}});
     },
     BATON_OK, ""},
    {30, "signature_subgraph",
     [](GraphBuilder& b) {
       b.signature("serve", {{"a", 0}}, {{"b", 2}}, 3);
     },
     BATON_INVALID_MODEL, "signature 0 ('serve'): it names subgraph 3, the model has 1"},
    {30, "signature_tensor",
     [](GraphBuilder& b) {
       b.signature("serve", {{"a", 77}}, {{"b", 2}});
     },
     BATON_INVALID_MODEL, "input 'a' names tensor 77, which is no input of its subgraph"},
    {30, "signature_output",
     [](GraphBuilder& b) {
       b.signature("serve", {{"a", 0}}, {{"b", 1}});
     },
     BATON_INVALID_MODEL, "output 'b' names tensor 1, which is no output of its subgraph"},
    {78, "metadata_buffer",
     [](GraphBuilder& b) {
       b.model().metadata.push_back({"min_runtime_version", 99});
     },
     BATON_OK, "the metadata 'min_runtime_version' names buffer 99, the model has 2"},
    {79, "metadata_not_terminated",
     [](GraphBuilder& b) {
       b.metadata("min_runtime_version", {'1', '.', '5'});
     },
     BATON_OK, ""},

    // Shapes and sizes.
    {32, "negative",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT32, {});
       b.at(3).shape = {1, -4};
     },
     BATON_INVALID_MODEL, "tensor 3 ('extra'): the size of its dimension 1 is -4"},
    {33, "zero",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT32, {3, 0, 5});
     },
     BATON_OK, "tensors with a dimension of size 0"},
    {33, "zero_times_huge",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT32, {kLarge, kLarge, kLarge, 0});
     },
     BATON_INVALID_MODEL, "more elements than can be addressed"},
    {34, "overflow",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT32, {kLarge, kLarge, kLarge});
     },
     BATON_INVALID_MODEL, "more elements than can be addressed"},
    {34, "huge",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT64, {kLarge, kLarge});
     },
     BATON_INVALID_MODEL, "more elements than can be addressed"},
    {34, "huge_strings",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_STRING, {kLarge, kLarge});
     },
     BATON_INVALID_MODEL, "more elements than can be addressed"},
    {35, "rank_0", [](GraphBuilder& b) { add_tensor(b, BATON_FLOAT32, {}); }, BATON_OK,
     "tensors of rank 0"},
    {36, "rank_12", [](GraphBuilder& b) { add_tensor(b, BATON_FLOAT32, tflite::Shape(12, 2)); },
     BATON_OK, "tensors that nothing uses"},
    {37, "short", [](GraphBuilder& b) { b.at(1).shape = {5}; }, BATON_INVALID_MODEL,
     "its buffer 1 has 16 bytes, its shape and type need 20"},
    {37, "long", [](GraphBuilder& b) { b.at(1).shape = {3}; }, BATON_INVALID_MODEL,
     "its buffer 1 has 16 bytes, its shape and type need 12"},
    {38, "signature",
     [](GraphBuilder& b) {
       b.at(0).shape_signature = {-1, 4, 4};
     },
     BATON_OK, "tensors whose shape signature has another rank"},

    // Types and content.
    {40, "dtype", [](GraphBuilder& b) { add_tensor(b, static_cast<baton_dtype>(99), {1}); },
     BATON_INVALID_MODEL, "tensor 3 ('extra'): its element type is number 99"},
    {40, "dtype_negative",
     [](GraphBuilder& b) { add_tensor(b, static_cast<baton_dtype>(-1), {1}); }, BATON_INVALID_MODEL,
     "its element type is number -1"},
    {42, "strings",
     [](GraphBuilder& b) {
       b.strings("text", {2}, std::vector<std::string>{"a", "bcd"});
     },
     BATON_OK, ""},
    {42, "no_count",
     [](GraphBuilder& b) {
       b.constant_bytes("text", BATON_STRING, {2}, {1, 0});
     },
     BATON_INVALID_MODEL, "no room for a count"},
    {42, "count",
     [](GraphBuilder& b) {
       add_strings(b, {1 << 30, 12, 12});
     },
     BATON_INVALID_MODEL, "its string table counts 1073741824 strings in 12 bytes"},
    {42, "negative_count",
     [](GraphBuilder& b) {
       add_strings(b, {-1, 12, 12});
     },
     BATON_INVALID_MODEL, "counts -1 strings"},
    {42, "other_count",
     [](GraphBuilder& b) {
       add_strings(b, {1, 12, 12});
     },
     BATON_INVALID_MODEL, "its string table has 1 strings, its shape 2"},
    {42, "not_monotonic",
     [](GraphBuilder& b) {
       add_strings(b, {2, 16, 20, 16, 0});
     },
     BATON_INVALID_MODEL, "offset 2 of its string table is 16, which is outside 20..20"},
    {42, "beyond_end",
     [](GraphBuilder& b) {
       add_strings(b, {2, 16, 16, 17});
     },
     BATON_INVALID_MODEL, "offset 2 of its string table is 17"},
    {42, "into_header",
     [](GraphBuilder& b) {
       add_strings(b, {2, 0, 16, 16});
     },
     BATON_INVALID_MODEL, "offset 0 of its string table is 0"},
    {43, "bool",
     [](GraphBuilder& b) {
       b.constant_bytes("b", BATON_BOOL, {3}, {0, 1, 2});
     },
     BATON_OK, "constants that are copied"},
    {44, "int4",
     [](GraphBuilder& b) {
       b.constant_bytes("n", BATON_INT4, {3}, {0x21, 0x03});
     },
     BATON_OK, ""},
    {44, "int4_short", [](GraphBuilder& b) { b.constant_bytes("n", BATON_INT4, {3}, {0x21}); },
     BATON_INVALID_MODEL, "has 1 bytes, its shape and type need 2"},
    {25, "external_buffer", [](GraphBuilder& b) { b.at(1).external_buffer = 1; }, BATON_UNSUPPORTED,
     "tensor 1 ('w'): its content is in another file"},

    // Options.
    {45, "other_options",
     [](GraphBuilder& b) {
       b.operator_at(0).attributes = default_attributes<baton_conv_2d_attributes>();
     },
     BATON_OK, "operators with the options of another"},
    {46, "no_options", [](GraphBuilder& b) { b.operator_at(0).attributes = {}; }, BATON_OK, ""},
    {53, "enum",
     [](GraphBuilder& b) {
       auto attributes = default_attributes<baton_add_attributes>();
       attributes.fused_activation_function = 77;
       b.operator_at(0).attributes = attributes;
     },
     BATON_INVALID_MODEL,
     "operator 0 (ADD): its attribute fused_activation_function is 77, which the format does not"},

    // Quantisation.
    {58, "per_tensor",
     [](GraphBuilder& b) {
       quantize(b, BATON_INT8, {2, 3}, tflite::per_tensor(0.5f, -128));
     },
     BATON_OK, ""},
    {58, "per_axis",
     [](GraphBuilder& b) {
       quantize(b, BATON_INT8, {2, 3}, tflite::per_axis({1, 1, 1}, 1));
     },
     BATON_OK, ""},
    {58, "count",
     [](GraphBuilder& b) {
       quantize(b, BATON_INT8, {2, 3}, tflite::per_axis({1, 1}, 1));
     },
     BATON_INVALID_MODEL,
     "tensor 3 ('extra'): the quantisation has 2 scales, its dimension 1 has size 3: there must be "
     "1 or 3"},
    {58, "zero_point_count",
     [](GraphBuilder& b) {
       quantize(b, BATON_INT8, {2, 3}, tflite::per_axis({1, 1, 1}, 1, {0, 0}));
     },
     BATON_INVALID_MODEL, "3 scales and 2 zero points"},
    {58, "one_zero_point",
     [](GraphBuilder& b) {
       quantize(b, BATON_INT8, {2, 3}, tflite::per_axis({1, 1, 1}, 1, {5}));
     },
     BATON_OK, ""},
    {59, "zero", [](GraphBuilder& b) { quantize(b, BATON_INT8, {2}, tflite::per_tensor(0)); },
     BATON_OK, ""},
    {59, "denormal",
     [](GraphBuilder& b) { quantize(b, BATON_INT8, {2}, tflite::per_tensor(1e-44f)); }, BATON_OK,
     ""},
    {59, "above_1", [](GraphBuilder& b) { quantize(b, BATON_INT8, {2}, tflite::per_tensor(2)); },
     BATON_OK, "tensors with a scale above 1"},
    {59, "negative",
     [](GraphBuilder& b) { quantize(b, BATON_INT8, {2}, tflite::per_tensor(-0.5f)); },
     BATON_INVALID_MODEL, "scale 0 of the quantisation is -0.5"},
    {59, "nan", [](GraphBuilder& b) { quantize(b, BATON_INT8, {2}, tflite::per_tensor(kNan)); },
     BATON_INVALID_MODEL, "scale 0 of the quantisation is"},
    {59, "infinite",
     [](GraphBuilder& b) { quantize(b, BATON_INT8, {2}, tflite::per_tensor(kInfinity)); },
     BATON_INVALID_MODEL, "scale 0 of the quantisation is inf"},
    {59, "nan_of_floats",
     [](GraphBuilder& b) { quantize(b, BATON_FLOAT32, {2}, tflite::per_tensor(kNan)); }, BATON_OK,
     "makes no sense and is not used"},
    {60, "int8", [](GraphBuilder& b) { quantize(b, BATON_INT8, {2}, tflite::per_tensor(1, 128)); },
     BATON_INVALID_MODEL, "zero point 0 of the quantisation is 128, which int8 cannot hold"},
    {60, "uint8", [](GraphBuilder& b) { quantize(b, BATON_UINT8, {2}, tflite::per_tensor(1, -1)); },
     BATON_INVALID_MODEL, "zero point 0 of the quantisation is -1, which uint8 cannot hold"},
    {60, "int32",
     [](GraphBuilder& b) {
       quantize(b, BATON_INT32, {2}, tflite::per_tensor(1, int64_t{1} << 40));
     },
     BATON_INVALID_MODEL, "which int32 cannot hold"},
    {61, "no_zero_point",
     [](GraphBuilder& b) {
       auto quantization = tflite::per_tensor(0.5f);
       quantization.zero_point.clear();
       quantize(b, BATON_INT8, {2}, quantization);
     },
     BATON_OK, ""},
    {61, "only_range",
     [](GraphBuilder& b) {
       tflite::Quantization quantization;
       quantization.min = {-1};
       quantization.max = {1};
       quantize(b, BATON_INT8, {2}, quantization);
     },
     BATON_OK, ""},
    {62, "axis",
     [](GraphBuilder& b) {
       quantize(b, BATON_INT8, {2, 3}, tflite::per_axis({1, 1, 1}, 2));
     },
     BATON_INVALID_MODEL, "its quantised dimension is 2, it has 2 dimensions"},
    {62, "negative_axis",
     [](GraphBuilder& b) {
       quantize(b, BATON_INT8, {2, 3}, tflite::per_axis({1, 1, 1}, -1));
     },
     BATON_INVALID_MODEL, "its quantised dimension is -1"},
    {62, "unused_axis",
     [](GraphBuilder& b) {
       quantize(b, BATON_INT8, {2, 3}, tflite::per_axis({1}, 7));
     },
     BATON_OK, "quantised dimension 7 is not one of its 2, and not used"},
    {62, "axis_of_vector",
     [](GraphBuilder& b) {
       quantize(b, BATON_INT32, {3}, tflite::per_axis({1, 1, 1}, 3));
     },
     BATON_OK, "its quantised dimension is 3, but it has only one"},
    {58, "blocks",
     [](GraphBuilder& b) {
       const auto scales = b.constant<float>("scales", {2, 2}, {1, 2, 3, 4});
       tflite::Quantization quantization;
       quantization.block = {scales, kNoTensor, 4};
       quantization.axis = 1;
       quantize(b, BATON_INT8, {2, 8}, quantization);
     },
     BATON_OK, ""},
    {58, "blocks_size",
     [](GraphBuilder& b) {
       tflite::Quantization quantization;
       quantization.block = {1, kNoTensor, 0};
       quantize(b, BATON_INT8, {2, 8}, quantization);
     },
     BATON_INVALID_MODEL, "block of 0 does not divide"},
    {58, "blocks_scales_tensor",
     [](GraphBuilder& b) {
       tflite::Quantization quantization;
       quantization.block = {55, kNoTensor, 2};
       quantize(b, BATON_INT8, {2, 8}, quantization);
     },
     BATON_INVALID_MODEL, "its block scales are tensor 55, the subgraph has 4"},
    {58, "blocks_scale_count",
     [](GraphBuilder& b) {
       tflite::Quantization quantization;
       quantization.block = {1, kNoTensor, 1};
       quantize(b, BATON_INT8, {2, 8}, quantization);
     },
     BATON_INVALID_MODEL, "4 block scales instead of 16"},

    // Sparse constants are refused as such, whatever is wrong with them.
    {74, "traversal_order", [](GraphBuilder& b) { sparse(b, {{5, 5}, {}, {kDense, kDense}}); },
     BATON_UNSUPPORTED, kSparse},
    {75, "block_map", [](GraphBuilder& b) { sparse(b, {{0, 1, 2}, {9}, {kDense, kDense}}); },
     BATON_UNSUPPORTED, kSparse},
    {76, "segments", [](GraphBuilder& b) { sparse(b, {{0}, {}, {{true, 4, 8, {3, 1}, {99}}}}); },
     BATON_UNSUPPORTED, kSparse},
    {77, "dimensions", [](GraphBuilder& b) { sparse(b, {{0, 1}, {}, {kDense}}); },
     BATON_UNSUPPORTED, kSparse},
};

}  // namespace

void add_model_cases(std::vector<Case>* cases) {
  for (const Change& change : kChanges) {
    GraphBuilder b = add_model();
    change.change(b);
    Case c;
    c.kind = change.kind;
    c.name = change.name;
    c.file = b.finish();
    c.answer = change.code == BATON_OK ? Answer::kAccept : Answer::kRefuseLoad;
    c.code = change.code;
    c.says = change.part;
    cases->push_back(std::move(c));
  }
}

}  // namespace baton::malformed
