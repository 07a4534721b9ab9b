#include "tests/ops/control_flow_models.h"

#include "converter/tflite/layers.h"

namespace baton::test {
namespace {

using namespace baton::tflite;

TensorId number(SubgraphBuilder& b, int32_t value) {
  return b.constant(b.unique_name("number"), {}, std::vector<int32_t>{value});
}

TensorId joined(SubgraphBuilder& b, TensorId x, const Shape& shape) {
  const TensorId y = b.tensor(b.unique_name("joined"), BATON_FLOAT32, shape);
  b.op(BATON_OP_CONCATENATION, {x, x}, {y}, default_attributes<baton_concatenation_attributes>());
  return y;
}

baton_while_attributes loop(const SubgraphBuilder& cond, const SubgraphBuilder& body) {
  auto attributes = default_attributes<baton_while_attributes>();
  attributes.cond_subgraph_index = cond.index();
  attributes.body_subgraph_index = body.index();
  return attributes;
}

baton_var_handle_attributes variable(const char* name) {
  auto attributes = default_attributes<baton_var_handle_attributes>();
  attributes.container = "";
  attributes.shared_name = name;
  return attributes;
}

}  // namespace

File swap_model() {
  GraphBuilder b("main");
  SubgraphBuilder cond = b.subgraph("cond");
  SubgraphBuilder body = b.subgraph("body");
  std::vector<TensorId> in, out;
  for (const char* name : {"a", "b"}) {
    cond.input(name, BATON_FLOAT32, {2});
    in.push_back(b.input(name, BATON_FLOAT32, {2}));
    out.push_back(b.tensor(std::string(name) + "_out", BATON_FLOAT32, {2}));
  }
  const TensorId body_a = body.input("a", BATON_FLOAT32, {2});
  const TensorId body_b = body.input("b", BATON_FLOAT32, {2});
  const TensorId cond_n = cond.input("n", BATON_INT32, {});
  cond.output(binary(cond, BATON_OP_GREATER, cond_n, number(cond, 0)));
  const TensorId body_n = body.input("n", BATON_INT32, {});
  body.output(body_b);
  body.output(body_a);
  body.output(binary(body, BATON_OP_SUB, body_n, number(body, 1)));
  in.push_back(b.input("n", BATON_INT32, {}));
  out.push_back(b.tensor("n_out", BATON_INT32, {}));
  b.op(BATON_OP_WHILE, in, out, loop(cond, body));
  b.output(out[0]);
  b.output(out[1]);
  return b.finish();
}

File doubling_model() {
  GraphBuilder b("main");
  SubgraphBuilder cond = b.subgraph("cond");
  cond.input("x", BATON_FLOAT32, {-1});
  const TensorId cond_n = cond.input("n", BATON_INT32, {});
  cond.output(binary(cond, BATON_OP_GREATER, cond_n, number(cond, 0)));
  SubgraphBuilder body = b.subgraph("body");
  const TensorId body_x = body.input("x", BATON_FLOAT32, {-1});
  const TensorId body_n = body.input("n", BATON_INT32, {});
  body.output(joined(body, body_x, {-1}));
  body.output(binary(body, BATON_OP_SUB, body_n, number(body, 1)));
  const TensorId x = b.input("x", BATON_FLOAT32, {-1});
  const TensorId n = b.input("n", BATON_INT32, {});
  const TensorId x_out = b.tensor("x_out", BATON_FLOAT32, {-1});
  const TensorId n_out = b.tensor("n_out", BATON_INT32, {});
  b.op(BATON_OP_WHILE, {x, n}, {x_out, n_out}, loop(cond, body));
  const TensorId y = b.tensor("y", BATON_FLOAT32, {-1});
  b.op(BATON_OP_RELU, {x_out}, {y});
  b.output(y);
  b.output(n_out);
  return b.finish();
}

File handle_in_loop_model() {
  GraphBuilder b("main");
  SubgraphBuilder cond = b.subgraph("cond");
  cond.input("handle", BATON_RESOURCE, {});
  const TensorId cond_n = cond.input("n", BATON_INT32, {});
  cond.output(binary(cond, BATON_OP_GREATER, cond_n, number(cond, 0)));
  SubgraphBuilder body = b.subgraph("body");
  const TensorId body_handle = body.input("handle", BATON_RESOURCE, {});
  const TensorId body_n = body.input("n", BATON_INT32, {});
  const TensorId old = body.tensor("old", BATON_FLOAT32, {2});
  body.op(BATON_OP_READ_VARIABLE, {body_handle}, {old});
  body.op(BATON_OP_ASSIGN_VARIABLE, {body_handle, binary(body, BATON_OP_ADD, old, old)}, {});
  body.output(body_handle);
  body.output(binary(body, BATON_OP_SUB, body_n, number(body, 1)));

  const TensorId x = b.input("x", BATON_FLOAT32, {2});
  const TensorId n = b.input("n", BATON_INT32, {});
  const TensorId handle = b.tensor("handle", BATON_RESOURCE, {});
  b.op(BATON_OP_VAR_HANDLE, {}, {handle}, variable("v"));
  b.op(BATON_OP_ASSIGN_VARIABLE, {handle, x}, {});
  const TensorId handle_out = b.tensor("handle_out", BATON_RESOURCE, {});
  const TensorId n_out = b.tensor("n_out", BATON_INT32, {});
  b.op(BATON_OP_WHILE, {handle, n}, {handle_out, n_out}, loop(cond, body));
  const TensorId v = b.tensor("v", BATON_FLOAT32, {2});
  b.op(BATON_OP_READ_VARIABLE, {handle_out}, {v});
  b.output(v);
  return b.finish();
}

File branch_shapes_model() {
  GraphBuilder b("main");
  SubgraphBuilder same = b.subgraph("then");
  same.output(
      unary(same, BATON_OP_NEG, unary(same, BATON_OP_NEG, same.input("x", BATON_FLOAT32, {2}))));
  SubgraphBuilder twice = b.subgraph("else");
  twice.output(joined(twice, twice.input("x", BATON_FLOAT32, {2}), {4}));
  const TensorId c = b.input("c", BATON_BOOL, {});
  const TensorId x = b.input("x", BATON_FLOAT32, {2});
  const TensorId y = b.tensor("y", BATON_FLOAT32, {-1});
  auto attributes = default_attributes<baton_if_attributes>();
  attributes.then_subgraph_index = same.index();
  attributes.else_subgraph_index = twice.index();
  b.op(BATON_OP_IF, {c, x}, {y}, attributes);
  const TensorId one = b.constant("one", {1}, std::vector<float>{1});
  const TensorId sum = b.tensor("sum", BATON_FLOAT32, {-1});
  b.op(BATON_OP_ADD, {y, one}, {sum}, default_attributes<baton_add_attributes>());
  b.output(sum);
  return b.finish();
}

File nested_model() {
  GraphBuilder b("main");
  SubgraphBuilder small = b.subgraph("small");
  const TensorId small_sum = small.input("sum", BATON_INT32, {});
  small.output(binary(small, BATON_OP_ADD, small_sum, number(small, 1)));
  SubgraphBuilder large = b.subgraph("large");
  const TensorId large_sum = large.input("sum", BATON_INT32, {});
  large.output(binary(large, BATON_OP_ADD, large_sum, number(large, 10)));
  SubgraphBuilder cond = b.subgraph("cond");
  const TensorId cond_i = cond.input("i", BATON_INT32, {});
  cond.output(binary(cond, BATON_OP_LESS, cond_i, number(cond, 6)));
  cond.input("sum", BATON_INT32, {});
  SubgraphBuilder body = b.subgraph("body");
  const TensorId body_i = body.input("i", BATON_INT32, {});
  const TensorId body_sum = body.input("sum", BATON_INT32, {});
  const TensorId next = body.tensor("next", BATON_INT32, {});
  auto branch = default_attributes<baton_if_attributes>();
  branch.then_subgraph_index = small.index();
  branch.else_subgraph_index = large.index();
  body.op(BATON_OP_IF, {binary(body, BATON_OP_LESS, body_i, number(body, 3)), body_sum}, {next},
          branch);
  body.output(binary(body, BATON_OP_ADD, body_i, number(body, 1)));
  body.output(next);
  const TensorId i = b.input("i", BATON_INT32, {});
  const TensorId i_out = b.tensor("i_out", BATON_INT32, {});
  const TensorId sum_out = b.tensor("sum_out", BATON_INT32, {});
  b.op(BATON_OP_WHILE, {i, number(b, 0)}, {i_out, sum_out}, loop(cond, body));
  b.output(sum_out);
  return b.finish();
}

File composite_model() {
  GraphBuilder b("main");
  SubgraphBuilder decomposition = b.subgraph("decomposition");
  const TensorId where = decomposition.tensor("where", BATON_INT64, {1, 1});
  decomposition.op(BATON_OP_WHERE, {decomposition.input("c", BATON_BOOL, {4})}, {where},
                   default_attributes<baton_where_attributes>());
  decomposition.output(where);
  auto attributes = default_attributes<baton_stablehlo_composite_attributes>();
  attributes.name = "test.where";
  attributes.decomposition_subgraph_index = decomposition.index();
  const TensorId out = b.tensor("out", BATON_INT64, {1, 1});
  b.op(BATON_OP_STABLEHLO_COMPOSITE, {b.input("c", BATON_BOOL, {4})}, {out}, attributes);
  b.output(out);
  return b.finish();
}

File retyped_model() {
  GraphBuilder b("main");
  Quantization scale_one;
  scale_one.scale = {1.0f};
  scale_one.zero_point = {0};
  const TensorId a = b.input("a", BATON_UINT8, {2}, scale_one);
  const TensorId y = b.tensor("y", BATON_FLOAT32, {2}, scale_one);
  const TensorId z = b.tensor("z", BATON_UINT8, {2}, scale_one);
  b.op(BATON_OP_ADD, {a, a}, {y}, default_attributes<baton_add_attributes>());
  b.op(BATON_OP_ADD, {y, y}, {z}, default_attributes<baton_add_attributes>());
  b.output(z);
  return b.finish();
}

File unassigned_model() {
  GraphBuilder b("main");
  const TensorId handle = b.tensor("handle", BATON_RESOURCE, {});
  b.op(BATON_OP_VAR_HANDLE, {}, {handle}, variable("nothing"));
  const TensorId v = b.tensor("v", BATON_FLOAT32, {2});
  b.op(BATON_OP_READ_VARIABLE, {handle}, {v});
  b.output(v);
  return b.finish();
}

}  // namespace baton::test
