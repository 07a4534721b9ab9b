// Malformed models, kind by kind: each is refused with a sentence that names the place, or accepted
// because it does no harm.
#include <limits>

#include "core/schema/tflite_generated.h"
#include "tests/graph/support.h"

namespace baton::graph_test {
namespace {

using tflite::GraphBuilder;
using tflite::kNoTensor;
using tflite::SubgraphBuilder;

constexpr int32_t kLarge = std::numeric_limits<int32_t>::max();
constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

struct Case {
  const char* name;
  void (*change)(GraphBuilder&);  // of add_model()
  int32_t code;                   // BATON_OK: accepted
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

const Case kCases[] = {
    {"unchanged", [](GraphBuilder&) {}, BATON_OK, ""},

    // Structure.
    {"k11_version", [](GraphBuilder& b) { b.model().version = 4; }, BATON_INVALID_MODEL,
     "the schema version is 4"},
    {"k13_no_subgraphs", [](GraphBuilder& b) { b.model().subgraphs.clear(); }, BATON_INVALID_MODEL,
     "no subgraphs"},
    {"k14_no_operator_codes", [](GraphBuilder& b) { b.model().operator_codes.clear(); },
     BATON_INVALID_MODEL, "subgraph 0, operator 0 (?): it names operator code 0, the model has 0"},
    {"k15_code_index", [](GraphBuilder& b) { b.operator_at(0).code_index = 7; },
     BATON_INVALID_MODEL, "it names operator code 7, the model has 1"},
    {"k16_code_too_new", [](GraphBuilder& b) { b.model().operator_codes[0].code = 5000; },
     BATON_UNSUPPORTED, "operator code is 5000, newer"},
    {"k16_code_placeholder", [](GraphBuilder& b) { b.model().operator_codes[0].code = 127; },
     BATON_INVALID_MODEL, "operator code is 127, which no operator has"},
    {"k16_code_negative", [](GraphBuilder& b) { b.model().operator_codes[0].code = -5; },
     BATON_INVALID_MODEL, "operator code is -5"},
    {"k16_unused_unknown_code",
     [](GraphBuilder& b) {
       b.model().operator_codes.push_back({5000, "", 1});
     },
     BATON_OK, ""},
    {"k17_nameless_custom",
     [](GraphBuilder& b) { b.model().operator_codes[0].code = BATON_OP_CUSTOM; },
     BATON_INVALID_MODEL, "custom operator without a name"},
    {"k18_input_too_high", [](GraphBuilder& b) { b.operator_at(0).inputs[1] = 87; },
     BATON_INVALID_MODEL,
     "subgraph 0, operator 0 (ADD): input 1 names tensor 87, the subgraph has 3"},
    {"k18_input_too_low", [](GraphBuilder& b) { b.operator_at(0).inputs[1] = -2; },
     BATON_INVALID_MODEL, "input 1 names tensor -2"},
    {"k18_output_too_high", [](GraphBuilder& b) { b.operator_at(0).outputs[0] = 3; },
     BATON_INVALID_MODEL, "output 0 names tensor 3, the subgraph has 3"},
    {"k18_output_absent", [](GraphBuilder& b) { b.operator_at(0).outputs[0] = -1; },
     BATON_INVALID_MODEL, "output 0 names tensor -1"},
    {"k18_intermediate", [](GraphBuilder& b) { b.operator_at(0).intermediates = {9}; },
     BATON_INVALID_MODEL, "intermediate 0 names tensor 9"},
    {"k18_graph_input", [](GraphBuilder& b) { b.graph().inputs.push_back(44); },
     BATON_INVALID_MODEL, "subgraph 0: input 1 names tensor 44"},
    {"k18_graph_output", [](GraphBuilder& b) { b.graph().outputs[0] = -1; }, BATON_INVALID_MODEL,
     "subgraph 0: output 0 names tensor -1"},
    {"k19_required_input", [](GraphBuilder& b) { b.operator_at(0).inputs[1] = kNoTensor; },
     BATON_INVALID_MODEL, "subgraph 0, operator 0 (ADD): input 1 is absent, but required"},
    {"k19_too_few_inputs", [](GraphBuilder& b) { b.operator_at(0).inputs.pop_back(); },
     BATON_INVALID_MODEL, "it has 1 inputs, not 2"},
    {"k19_too_many_outputs",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT32, {1, 4});
       b.operator_at(0).outputs.push_back(3);
     },
     BATON_INVALID_MODEL, "it has 2 outputs, not 1"},
    {"k20_input_is_output",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT32, {1, 4});
       b.op(BATON_OP_ADD, {3, 3}, {3});
     },
     BATON_INVALID_MODEL, "operator 1 (ADD): input 0, tensor 3, is also an output of it"},
    {"k20_graph_input_is_output", [](GraphBuilder& b) { b.operator_at(0).outputs[0] = 0; },
     BATON_INVALID_MODEL, "output 0, tensor 0, is an input of the subgraph"},
    {"k21_two_producers",
     [](GraphBuilder& b) {
       b.op(BATON_OP_ADD, {0, 1}, {2});
     },
     BATON_INVALID_MODEL, "operator 1 (ADD): output 0, tensor 2, is already written by operator 0"},
    {"k22_order",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT32, {1, 4});
       b.operator_at(0).inputs[0] = 3;
       b.op(BATON_OP_ADD, {0, 1}, {3});
     },
     BATON_INVALID_MODEL,
     "operator 0 (ADD): input 0, tensor 3, is written only later, by operator 1"},
    {"k23_constant_input", [](GraphBuilder& b) { b.graph().inputs.push_back(1); },
     BATON_INVALID_MODEL, "input 1, tensor 1 ('w'), is a constant"},
    {"k23_produced_input", [](GraphBuilder& b) { b.graph().inputs.push_back(2); },
     BATON_INVALID_MODEL, "output 0, tensor 2, is an input of the subgraph"},
    {"k23_written_constant", [](GraphBuilder& b) { b.operator_at(0).outputs[0] = 1; },
     BATON_INVALID_MODEL, "output 0, tensor 1, is a constant"},
    {"k23_input_twice", [](GraphBuilder& b) { b.graph().inputs.push_back(0); }, BATON_OK,
     "inputs that are listed twice"},
    {"k24_output_not_produced",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT32, {1, 4});
       b.output(3);
     },
     BATON_INVALID_MODEL, "output 1, tensor 3 ('extra'), is written by no operator"},
    {"k24_output_is_input", [](GraphBuilder& b) { b.output(0); }, BATON_OK, ""},
    {"k24_output_is_constant", [](GraphBuilder& b) { b.output(1); }, BATON_OK, ""},
    {"k24_input_lacks_data",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT32, {1, 4});
       b.operator_at(0).inputs[1] = 3;
     },
     BATON_INVALID_MODEL, "operator 0 (ADD): input 1, tensor 3, lacks data"},
    {"k24_empty_input_needs_no_data",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT32, {1, 0});
       add_tensor(b, BATON_FLOAT32, {1, 0});
       b.op(BATON_OP_ADD, {3, 3}, {4});
     },
     BATON_OK, "tensors with a dimension of size 0"},
    {"k25_buffer_index", [](GraphBuilder& b) { b.at(1).buffer = 99; }, BATON_INVALID_MODEL,
     "subgraph 0, tensor 1 ('w'): it names buffer 99, the model has 2"},
    {"k26_buffer_0",
     [](GraphBuilder& b) {
       b.model().buffers[0] = {1, 2, 3};
     },
     BATON_OK, ""},
    {"k27_variable_with_buffer", [](GraphBuilder& b) { b.at(1).is_variable = true; },
     BATON_INVALID_MODEL, "tensor 1 ('w'): it is a variable"},
    {"k31_names", [](GraphBuilder& b) { b.at(2).name = "x"; }, BATON_OK,
     "tensors with the name of another: 1, first tensor 2 ('x')"},
    {"unused_tensor", [](GraphBuilder& b) { add_tensor(b, BATON_FLOAT32, {3}); }, BATON_OK,
     "tensors that nothing uses: 1, first tensor 3 ('extra')"},

    // Calls.
    {"k28_if_index", [](GraphBuilder& b) { add_if(b, 9, 9); }, BATON_INVALID_MODEL,
     "operator 1 (IF): its attribute then_subgraph_index names subgraph 9, the model has 1"},
    {"k28_negative", [](GraphBuilder& b) { add_while(b, 0, -1); }, BATON_INVALID_MODEL,
     "body_subgraph_index names subgraph -1"},
    {"if",
     [](GraphBuilder& b) {
       relu_subgraph(b, "then");
       add_if(b, 1, 1);
     },
     BATON_OK, ""},
    {"if_argument_count",
     [](GraphBuilder& b) {
       auto s = relu_subgraph(b, "then");
       s.input("more", BATON_FLOAT32, {1});
       add_if(b, 1, 1);
     },
     BATON_INVALID_MODEL, "then_subgraph_index, subgraph 1: has 1 inputs for the 2 of it"},
    {"if_argument_type",
     [](GraphBuilder& b) {
       relu_subgraph(b, "then", BATON_INT8);
       add_if(b, 1, 1);
     },
     BATON_INVALID_MODEL, "input 0 is float32, but int8 there"},
    {"while_condition_results",
     [](GraphBuilder& b) {
       auto s = relu_subgraph(b, "cond");
       s.output(0);
       add_while(b, 1, 1);
     },
     BATON_INVALID_MODEL, "cond_subgraph_index, subgraph 1: needs 1 outputs of it, it has 2"},
    {"k29_self", [](GraphBuilder& b) { add_if(b, 0, 0); }, BATON_INVALID_MODEL,
     "subgraph 0 calls subgraph 0, which leads back to itself"},
    {"k29_self_call",
     [](GraphBuilder& b) {
       auto s = b.subgraph("init");
       call_once(b, 1);
       call_once(s, 1);
     },
     BATON_INVALID_MODEL, "subgraph 1 calls subgraph 1, which leads back to itself"},
    {"k29_mutual",
     [](GraphBuilder& b) {
       auto one = b.subgraph("one");
       auto two = b.subgraph("two");
       call_once(b, 1);
       call_once(one, 2);
       call_once(two, 1);
     },
     BATON_INVALID_MODEL, "subgraph 2 calls subgraph 1, which leads back to itself"},
    {"k29_shared_callee",
     [](GraphBuilder& b) {
       auto one = b.subgraph("one");
       b.subgraph("two");
       call_once(b, 1);
       call_once(b, 2);
       call_once(one, 2);
     },
     BATON_OK, ""},
    {"k29_deep",
     [](GraphBuilder& b) {
       call_once(b, 1);
       for (int i = 1; i <= 70; ++i) {
         auto s = b.subgraph("s");
         if (i < 70) call_once(s, i + 1);
       }
     },
     BATON_INVALID_MODEL, "subgraph 0: its calls nest 70 deep"},

    // Signatures and metadata.
    {"signature",
     [](GraphBuilder& b) {
       b.signature("serve", {{"a", 0}}, {{"b", 2}});
     },
     BATON_OK, ""},
    {"k30_signature_subgraph",
     [](GraphBuilder& b) {
       b.signature("serve", {{"a", 0}}, {{"b", 2}}, 3);
     },
     BATON_INVALID_MODEL, "signature 0 ('serve'): it names subgraph 3, the model has 1"},
    {"k30_signature_tensor",
     [](GraphBuilder& b) {
       b.signature("serve", {{"a", 77}}, {{"b", 2}});
     },
     BATON_INVALID_MODEL, "input 'a' names tensor 77, which is no input of its subgraph"},
    {"k30_signature_output",
     [](GraphBuilder& b) {
       b.signature("serve", {{"a", 0}}, {{"b", 1}});
     },
     BATON_INVALID_MODEL, "output 'b' names tensor 1, which is no output of its subgraph"},
    {"k78_metadata_buffer",
     [](GraphBuilder& b) {
       b.model().metadata.push_back({"min_runtime_version", 99});
     },
     BATON_OK, "the metadata 'min_runtime_version' names buffer 99, the model has 2"},
    {"k79_metadata_not_terminated",
     [](GraphBuilder& b) {
       b.metadata("min_runtime_version", {'1', '.', '5'});
     },
     BATON_OK, ""},

    // Shapes and sizes.
    {"k32_negative",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT32, {});
       b.at(3).shape = {1, -4};
     },
     BATON_INVALID_MODEL, "tensor 3 ('extra'): the size of its dimension 1 is -4"},
    {"k33_zero",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT32, {3, 0, 5});
     },
     BATON_OK, "tensors with a dimension of size 0"},
    {"k33_zero_times_huge",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT32, {kLarge, kLarge, kLarge, 0});
     },
     BATON_OK, "tensors with a dimension of size 0"},
    {"k34_overflow",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT32, {kLarge, kLarge, kLarge});
     },
     BATON_INVALID_MODEL, "more elements than can be addressed"},
    {"k34_huge",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_FLOAT64, {kLarge, kLarge});
     },
     BATON_INVALID_MODEL, "more elements than can be addressed"},
    {"k34_huge_strings",
     [](GraphBuilder& b) {
       add_tensor(b, BATON_STRING, {kLarge, kLarge});
     },
     BATON_INVALID_MODEL, "more elements than can be addressed"},
    {"k35_rank_0", [](GraphBuilder& b) { add_tensor(b, BATON_FLOAT32, {}); }, BATON_OK,
     "tensors of rank 0"},
    {"k36_rank_12", [](GraphBuilder& b) { add_tensor(b, BATON_FLOAT32, tflite::Shape(12, 2)); },
     BATON_OK, "tensors that nothing uses"},
    {"k37_short", [](GraphBuilder& b) { b.at(1).shape = {5}; }, BATON_INVALID_MODEL,
     "its buffer 1 has 16 bytes, its shape and type need 20"},
    {"k37_long", [](GraphBuilder& b) { b.at(1).shape = {3}; }, BATON_INVALID_MODEL,
     "its buffer 1 has 16 bytes, its shape and type need 12"},
    {"k38_signature",
     [](GraphBuilder& b) {
       b.at(0).shape_signature = {-1, 4, 4};
     },
     BATON_OK, "tensors whose shape signature has another rank"},

    // Types and content.
    {"k40_dtype", [](GraphBuilder& b) { add_tensor(b, static_cast<baton_dtype>(99), {1}); },
     BATON_INVALID_MODEL, "tensor 3 ('extra'): its element type is number 99"},
    {"k40_dtype_negative",
     [](GraphBuilder& b) { add_tensor(b, static_cast<baton_dtype>(-1), {1}); }, BATON_INVALID_MODEL,
     "its element type is number -1"},
    {"strings",
     [](GraphBuilder& b) {
       b.strings("text", {2}, std::vector<std::string>{"a", "bcd"});
     },
     BATON_OK, ""},
    {"k42_no_count",
     [](GraphBuilder& b) {
       b.constant_bytes("text", BATON_STRING, {2}, {1, 0});
     },
     BATON_INVALID_MODEL, "no room for a count"},
    {"k42_count",
     [](GraphBuilder& b) {
       add_strings(b, {1 << 30, 12, 12});
     },
     BATON_INVALID_MODEL, "its string table counts 1073741824 strings in 12 bytes"},
    {"k42_negative_count",
     [](GraphBuilder& b) {
       add_strings(b, {-1, 12, 12});
     },
     BATON_INVALID_MODEL, "counts -1 strings"},
    {"k42_other_count",
     [](GraphBuilder& b) {
       add_strings(b, {1, 12, 12});
     },
     BATON_INVALID_MODEL, "its string table has 1 strings, its shape 2"},
    {"k42_not_monotonic",
     [](GraphBuilder& b) {
       add_strings(b, {2, 16, 20, 16, 0});
     },
     BATON_INVALID_MODEL, "offset 2 of its string table is 16, which is outside 20..20"},
    {"k42_beyond_end",
     [](GraphBuilder& b) {
       add_strings(b, {2, 16, 16, 17});
     },
     BATON_INVALID_MODEL, "offset 2 of its string table is 17"},
    {"k42_into_header",
     [](GraphBuilder& b) {
       add_strings(b, {2, 0, 16, 16});
     },
     BATON_INVALID_MODEL, "offset 0 of its string table is 0"},
    {"k43_bool",
     [](GraphBuilder& b) {
       b.constant_bytes("b", BATON_BOOL, {3}, {0, 1, 2});
     },
     BATON_OK, "constants that are copied"},
    {"k44_int4",
     [](GraphBuilder& b) {
       b.constant_bytes("n", BATON_INT4, {3}, {0x21, 0x03});
     },
     BATON_OK, ""},
    {"k44_int4_short", [](GraphBuilder& b) { b.constant_bytes("n", BATON_INT4, {3}, {0x21}); },
     BATON_INVALID_MODEL, "has 1 bytes, its shape and type need 2"},
    {"external_buffer", [](GraphBuilder& b) { b.at(1).external_buffer = 1; }, BATON_UNSUPPORTED,
     "tensor 1 ('w'): its content is in another file"},

    // Options.
    {"k45_other_options",
     [](GraphBuilder& b) {
       b.operator_at(0).attributes = default_attributes<baton_conv_2d_attributes>();
     },
     BATON_OK, "operators with the options of another"},
    {"k46_no_options", [](GraphBuilder& b) { b.operator_at(0).attributes = {}; }, BATON_OK, ""},
    {"k53_enum",
     [](GraphBuilder& b) {
       auto attributes = default_attributes<baton_add_attributes>();
       attributes.fused_activation_function = 77;
       b.operator_at(0).attributes = attributes;
     },
     BATON_INVALID_MODEL,
     "operator 0 (ADD): its attribute fused_activation_function is 77, which the format does not"},

    // Quantisation.
    {"per_tensor",
     [](GraphBuilder& b) {
       quantize(b, BATON_INT8, {2, 3}, tflite::per_tensor(0.5f, -128));
     },
     BATON_OK, ""},
    {"per_axis",
     [](GraphBuilder& b) {
       quantize(b, BATON_INT8, {2, 3}, tflite::per_axis({1, 1, 1}, 1));
     },
     BATON_OK, ""},
    {"k58_count",
     [](GraphBuilder& b) {
       quantize(b, BATON_INT8, {2, 3}, tflite::per_axis({1, 1}, 1));
     },
     BATON_INVALID_MODEL,
     "tensor 3 ('extra'): the quantisation has 2 scales, its dimension 1 has size 3: there must be "
     "1 or 3"},
    {"k58_zero_point_count",
     [](GraphBuilder& b) {
       quantize(b, BATON_INT8, {2, 3}, tflite::per_axis({1, 1, 1}, 1, {0, 0}));
     },
     BATON_INVALID_MODEL, "3 scales and 2 zero points"},
    {"k58_one_zero_point",
     [](GraphBuilder& b) {
       quantize(b, BATON_INT8, {2, 3}, tflite::per_axis({1, 1, 1}, 1, {5}));
     },
     BATON_OK, ""},
    {"k59_zero", [](GraphBuilder& b) { quantize(b, BATON_INT8, {2}, tflite::per_tensor(0)); },
     BATON_OK, ""},
    {"k59_denormal",
     [](GraphBuilder& b) { quantize(b, BATON_INT8, {2}, tflite::per_tensor(1e-44f)); }, BATON_OK,
     ""},
    {"k59_above_1", [](GraphBuilder& b) { quantize(b, BATON_INT8, {2}, tflite::per_tensor(2)); },
     BATON_OK, "tensors with a scale above 1"},
    {"k59_negative",
     [](GraphBuilder& b) { quantize(b, BATON_INT8, {2}, tflite::per_tensor(-0.5f)); },
     BATON_INVALID_MODEL, "scale 0 of the quantisation is -0.5"},
    {"k59_nan", [](GraphBuilder& b) { quantize(b, BATON_INT8, {2}, tflite::per_tensor(kNan)); },
     BATON_INVALID_MODEL, "scale 0 of the quantisation is"},
    {"k59_infinite",
     [](GraphBuilder& b) { quantize(b, BATON_INT8, {2}, tflite::per_tensor(kInfinity)); },
     BATON_INVALID_MODEL, "scale 0 of the quantisation is inf"},
    {"k59_nan_of_floats",
     [](GraphBuilder& b) { quantize(b, BATON_FLOAT32, {2}, tflite::per_tensor(kNan)); }, BATON_OK,
     "makes no sense and is not used"},
    {"k60_int8", [](GraphBuilder& b) { quantize(b, BATON_INT8, {2}, tflite::per_tensor(1, 128)); },
     BATON_INVALID_MODEL, "zero point 0 of the quantisation is 128, which int8 cannot hold"},
    {"k60_uint8", [](GraphBuilder& b) { quantize(b, BATON_UINT8, {2}, tflite::per_tensor(1, -1)); },
     BATON_INVALID_MODEL, "zero point 0 of the quantisation is -1, which uint8 cannot hold"},
    {"k60_int32",
     [](GraphBuilder& b) {
       quantize(b, BATON_INT32, {2}, tflite::per_tensor(1, int64_t{1} << 40));
     },
     BATON_INVALID_MODEL, "which int32 cannot hold"},
    {"k61_no_zero_point",
     [](GraphBuilder& b) {
       auto quantization = tflite::per_tensor(0.5f);
       quantization.zero_point.clear();
       quantize(b, BATON_INT8, {2}, quantization);
     },
     BATON_OK, ""},
    {"k61_only_range",
     [](GraphBuilder& b) {
       tflite::Quantization quantization;
       quantization.min = {-1};
       quantization.max = {1};
       quantize(b, BATON_INT8, {2}, quantization);
     },
     BATON_OK, ""},
    {"k62_axis",
     [](GraphBuilder& b) {
       quantize(b, BATON_INT8, {2, 3}, tflite::per_axis({1, 1, 1}, 2));
     },
     BATON_INVALID_MODEL, "its quantised dimension is 2, it has 2 dimensions"},
    {"k62_negative_axis",
     [](GraphBuilder& b) {
       quantize(b, BATON_INT8, {2, 3}, tflite::per_axis({1, 1, 1}, -1));
     },
     BATON_INVALID_MODEL, "its quantised dimension is -1"},
    {"k62_unused_axis",
     [](GraphBuilder& b) {
       quantize(b, BATON_INT8, {2, 3}, tflite::per_axis({1}, 7));
     },
     BATON_OK, "quantised dimension 7 is not one of its 2, and not used"},
    {"k62_axis_of_vector",
     [](GraphBuilder& b) {
       quantize(b, BATON_INT32, {3}, tflite::per_axis({1, 1, 1}, 3));
     },
     BATON_OK, "its quantised dimension is 3, but it has only one"},
    {"blocks",
     [](GraphBuilder& b) {
       const auto scales = b.constant<float>("scales", {2, 2}, {1, 2, 3, 4});
       tflite::Quantization quantization;
       quantization.block = {scales, kNoTensor, 4};
       quantization.axis = 1;
       quantize(b, BATON_INT8, {2, 8}, quantization);
     },
     BATON_OK, ""},
    {"blocks_size",
     [](GraphBuilder& b) {
       tflite::Quantization quantization;
       quantization.block = {1, kNoTensor, 0};
       quantize(b, BATON_INT8, {2, 8}, quantization);
     },
     BATON_INVALID_MODEL, "block of 0 does not divide"},
    {"blocks_scales_tensor",
     [](GraphBuilder& b) {
       tflite::Quantization quantization;
       quantization.block = {55, kNoTensor, 2};
       quantize(b, BATON_INT8, {2, 8}, quantization);
     },
     BATON_INVALID_MODEL, "its block scales are tensor 55, the subgraph has 4"},
    {"blocks_scale_count",
     [](GraphBuilder& b) {
       tflite::Quantization quantization;
       quantization.block = {1, kNoTensor, 1};
       quantize(b, BATON_INT8, {2, 8}, quantization);
     },
     BATON_INVALID_MODEL, "4 block scales instead of 16"},

    // Sparse constants: 74 to 77 all end here.
    {"k74_sparse",
     [](GraphBuilder& b) {
       b.at(1).sparsity = tflite::Sparsity{{5}, {9}, {{true, 4, 8, {3, 1}, {99}}}};
     },
     BATON_UNSUPPORTED, "tensor 1 ('w'): it is a sparse constant"},
};

class Malformed : public testing::TestWithParam<Case> {};

TEST_P(Malformed, RefusedOrHarmless) {
  const Case& c = GetParam();
  GraphBuilder b = add_model();
  c.change(b);
  const Loaded loaded = load(b.finish());
  EXPECT_EQ(loaded.status.code(), c.code) << loaded.status.message();
  if (c.code != BATON_OK) {
    EXPECT_NE(loaded.status.message().find(c.part), std::string::npos) << loaded.status.message();
    EXPECT_EQ(loaded.status.message().find('\n'), std::string::npos);
  } else if (loaded.graph != nullptr && *c.part != '\0') {
    std::string all;
    for (const std::string& oddity : loaded.graph->oddities()) all += oddity + "\n";
    EXPECT_TRUE(mentions(loaded.graph->oddities(), c.part)) << all;
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, Malformed, testing::ValuesIn(kCases),
                         [](const auto& info) { return std::string(info.param.name); });

// A file is refused whatever byte it ends at.
TEST(Truncated, AtEveryByte) {
  GraphBuilder b = add_model();
  b.signature("serve", {{"a", 0}}, {{"b", 2}});
  const Bytes whole = b.finish();
  ASSERT_TRUE(load(whole).status.ok());
  // The last bytes may be padding.
  for (size_t size = 0; size + 64 < whole.size(); ++size) {
    const Loaded loaded = load(Bytes(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size)));
    ASSERT_EQ(loaded.status.code(), BATON_INVALID_MODEL) << size;
  }
}

TEST(Header, Sentences) {
  const Bytes whole = add_model().finish();
  EXPECT_EQ(load({}).status.message(), "the model's memory is empty");
  for (size_t size = 1; size < 8; ++size) {
    const Loaded loaded = load(Bytes(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size)));
    EXPECT_NE(loaded.status.message().find("is not a TensorFlow Lite model"), std::string::npos);
  }
  Bytes other = whole;
  std::memcpy(other.data() + 4, "ONNX", 4);
  EXPECT_EQ(load(other).status.message(),
            "is not a TensorFlow Lite model: the identifier at byte 4 is 'ONNX', not 'TFL3'");
  other[4] = '\n';
  EXPECT_NE(load(other).status.message().find("'\\x0aNNX'"), std::string::npos);
}

uint32_t load_u32(const Bytes& bytes, size_t at) {
  uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof(value));
  return value;
}

void store_u32(Bytes& bytes, size_t at, uint32_t value) {
  std::memcpy(bytes.data() + at, &value, sizeof(value));
}

TEST(Damaged, Offsets) {
  const Bytes whole = add_model().finish();
  const uint32_t root = load_u32(whole, 0);
  struct Patch {
    const char* name;
    size_t at;
    uint32_t value;
  };
  const Patch patches[] = {
      {"kind 5: root beyond the end", 0, static_cast<uint32_t>(whole.size()) + 4},
      {"kind 5: root offset of 0", 0, 0},
      {"kind 5: root offset with the top bit", 0, 0x80000000u},
      {"kind 6: vtable before the file", root, root + 4},
      {"kind 6: vtable behind the file", root, 0u - static_cast<uint32_t>(whole.size())},
      {"kind 7: misaligned root", 0, root + 1},
  };
  for (const Patch& patch : patches) {
    Bytes damaged = whole;
    store_u32(damaged, patch.at, patch.value);
    const Loaded loaded = load(damaged);
    EXPECT_EQ(loaded.status.code(), BATON_INVALID_MODEL) << patch.name;
    EXPECT_NE(loaded.status.message().find("truncated or damaged"), std::string::npos)
        << loaded.status.message();
  }
}

TEST(Damaged, BuffersBehindTheFlatBuffer) {
  const Bytes whole = add_model().finish(tflite::BufferPlace::kBehind);
  const Loaded good = load(whole);
  ASSERT_TRUE(good.status.ok()) << good.status.message();
  EXPECT_EQ(static_cast<const float*>(good.graph->main().tensors[1].data)[3], 4.0f);
  Bytes cut = whole;
  cut.pop_back();
  EXPECT_EQ(load(cut).status.message(),
            format("subgraph 0, tensor 1 ('w'): its buffer 1 lies outside the file's %zu bytes",
                   cut.size()));
}

// Kind 9, and worse: few bytes that ask for endless work because tables share their content.
TEST(Damaged, SharedTables) {
  flatbuffers::FlatBufferBuilder fb;
  const auto shape = fb.CreateVector(std::vector<int32_t>{1});
  const auto tensor = schema::CreateTensor(fb, shape);
  const auto tensors =
      fb.CreateVector(std::vector<flatbuffers::Offset<schema::Tensor>>(20000, tensor));
  const auto none = fb.CreateVector(std::vector<int32_t>());
  const auto inputs = fb.CreateVector(std::vector<int32_t>(20000, 0));
  const auto node = schema::CreateOperator(fb, 0, inputs, none);
  const auto nodes =
      fb.CreateVector(std::vector<flatbuffers::Offset<schema::Operator>>(20000, node));
  const auto code = schema::CreateOperatorCode(fb, 9);
  const auto codes = fb.CreateVector(&code, 1);
  const auto subgraph = schema::CreateSubGraph(fb, tensors, inputs, none, nodes);
  const auto subgraphs = fb.CreateVector(&subgraph, 1);
  schema::FinishModelBuffer(fb, schema::CreateModel(fb, 3, codes, subgraphs));
  const Loaded loaded = load(Bytes(fb.GetBufferPointer(), fb.GetBufferPointer() + fb.GetSize()));
  EXPECT_NE(loaded.status.message().find("far more than its size can hold"), std::string::npos)
      << loaded.status.message();
}

TEST(Limits, FileAndTensor) {
  GraphBuilder b = add_model();
  const Bytes whole = b.finish();
  EXPECT_EQ(load(whole, {.max_file_bytes = 100}).status.code(), BATON_OUT_OF_MEMORY);
  EXPECT_TRUE(load(whole, {.max_tensor_bytes = 16}).status.ok());
  const Loaded loaded = load(whole, {.max_tensor_bytes = 15});
  EXPECT_EQ(loaded.status.code(), BATON_OUT_OF_MEMORY);
  EXPECT_EQ(loaded.status.message(),
            "subgraph 0, tensor 0 ('x'): it has 16 bytes, over the limit of 15");
}

// Any bytes may change: a file is refused, or a graph comes out.
TEST(Mutated, NeverCrashes) {
  GraphBuilder b = add_model();
  relu_subgraph(b, "then");
  add_if(b, 1, 1);
  b.strings("text", {2}, std::vector<std::string>{"a", "bcd"});
  quantize(b, BATON_INT8, {2, 3}, tflite::per_axis({1, 1, 1}, 1));
  b.signature("serve", {{"a", 0}}, {{"b", 2}});
  const Bytes whole = b.finish();
  ASSERT_TRUE(load(whole).status.ok());
  uint32_t random = 12345;
  const auto next = [&] { return (random = random * 1664525u + 1013904223u) >> 8; };
  int refused = 0;
  for (int round = 0; round < 4000; ++round) {
    Bytes mutated = whole;
    for (uint32_t i = 0; i < 1 + next() % 4; ++i) {
      mutated[next() % mutated.size()] = static_cast<uint8_t>(next() % 3 ? next() : 0xff);
    }
    const Loaded loaded = load(mutated);
    refused += loaded.status.ok() ? 0 : 1;
    EXPECT_EQ(loaded.status.ok(), loaded.graph != nullptr);
  }
  EXPECT_GT(refused, 0);
  EXPECT_LT(refused, 4000);
}

}  // namespace
}  // namespace baton::graph_test
