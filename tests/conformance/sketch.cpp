#include <algorithm>

#include "tests/conformance/probe.h"

namespace baton::conformance {

using tflite::Shape;
using tflite::TensorId;

TensorId Sketch::input(Shape shape) {
  return b.input(b.unique_name("x"), material.dtype, std::move(shape), material.quantization);
}

std::vector<TensorId> Sketch::constants(const Brick& brick) {
  if (brick.constants == nullptr) return {};
  return brick.constants(b, material, random);
}

TensorId Sketch::node(const Brick& brick, const std::vector<TensorId>& x) {
  return node(brick, x, constants(brick));
}

TensorId Sketch::node(const Brick& brick, const std::vector<TensorId>& x,
                      const std::vector<TensorId>& constants) {
  std::vector<TensorId> inputs;
  for (uint32_t i = 0; i < brick.inputs; ++i)
    inputs.push_back(x[std::min<size_t>(i, x.size() - 1)]);
  inputs.insert(inputs.end(), constants.begin(), constants.end());
  const TensorId y = b.tensor(b.unique_name("t"), material.dtype, {}, material.quantization);
  b.op(brick.op, std::move(inputs), {y}, brick.attributes);
  return y;
}

TensorId Sketch::chain(TensorId x, int length) {
  for (int i = 0; i < length; ++i) {
    const Brick* brick = material.pick(random, 1, any_shape);
    if (brick == nullptr) brick = material.pick(random, 2, any_shape);
    // A delegate that takes nothing of any shape: what it does take of the material's.
    if (brick == nullptr) brick = material.pick(random, 0);
    x = node(*brick, {x});
  }
  return x;
}

TensorId Sketch::join(const std::vector<TensorId>& x) {
  TensorId joined = x[0];
  for (size_t i = 1; i < x.size(); ++i) {
    const Brick* brick = material.pick(random, 2, any_shape);
    if (brick == nullptr) brick = material.pick_refused(random, 2, any_shape);
    joined = node(*brick, {joined, x[i]});
  }
  return joined;
}

// ---- Models -------------------------------------------------------------------------------------

ModelFile chain_model(const Material& material, uint64_t seed, int length) {
  Sketch s(material, seed);
  s.b.output(s.chain(s.input(), length));
  return s.b.finish();
}

ModelFile diamond_model(const Material& material, uint64_t seed) {
  Sketch s(material, seed);
  const TensorId top = s.chain(s.input(), 1);
  const TensorId left = s.chain(top, 2);
  const TensorId right = s.chain(top, 1);
  s.b.output(s.chain(s.join({left, right}), 1));
  return s.b.finish();
}

ModelFile branches_model(const Material& material, uint64_t seed, int branches) {
  Sketch s(material, seed);
  std::vector<TensorId> ends;
  for (int i = 0; i < branches; ++i) {
    const TensorId middle = s.chain(s.input(), 1);
    ends.push_back(s.chain(middle, 1 + i % 3));
    s.b.output(ends.back());
    s.b.output(middle);
  }
  s.b.output(s.join(ends));
  return s.b.finish();
}

ModelFile shared_constants_model(const Material& material, uint64_t seed) {
  Sketch s(material, seed);
  TensorId x = s.input();
  const Brick* brick = nullptr;
  for (const Brick* taken : material.taken) {
    if (taken->constants != nullptr && (brick == nullptr || s.random.one_in(3))) brick = taken;
  }
  if (brick == nullptr) return {};
  const std::vector<TensorId> constants = s.constants(*brick);
  for (int i = 0; i < 5; ++i) x = i == 2 ? s.chain(x, 1) : s.node(*brick, {x}, constants);
  s.b.output(x);
  return s.b.finish();
}

ModelFile resizable_model(const Material& material, uint64_t seed, int length, bool spatial) {
  Sketch s(material, seed);
  s.any_shape = true;
  Shape shape = material.shape;
  const size_t last = spatial ? std::max<size_t>(shape.size() - 1, 1) : 1;
  for (size_t i = 0; i < last; ++i) shape[i] = -1;
  s.b.output(s.chain(s.input(std::move(shape)), length));
  return s.b.finish();
}

ModelFile random_model(const Material& material, uint64_t seed, int nodes) {
  Sketch s(material, seed);
  std::vector<TensorId> made;
  for (int i = s.random.between(1, 3); i > 0; --i) made.push_back(s.input());
  std::vector<bool> read(made.size(), true);
  const auto choose = [&]() -> TensorId {
    // Mostly one of the latest.
    const auto count = static_cast<uint32_t>(made.size());
    const uint32_t back = s.random.below(s.random.one_in(4) ? count : std::min(count, 5u));
    read[count - 1 - back] = true;
    return made[count - 1 - back];
  };
  for (int i = 0; i < nodes; ++i) {
    const Brick* brick = s.random.one_in(5) ? material.pick_refused(s.random, 0) : nullptr;
    if (brick == nullptr) brick = material.pick(s.random, 0);
    const TensorId x = choose();
    const TensorId y = choose();
    made.push_back(s.node(*brick, {x, y}));
    read.push_back(false);
  }
  for (size_t i = made.size() - static_cast<size_t>(nodes); i < made.size(); ++i) {
    if (!read[i] || s.random.one_in(8)) s.b.output(made[i]);
  }
  return s.b.finish();
}

}  // namespace baton::conformance
