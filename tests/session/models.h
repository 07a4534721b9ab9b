// Small models for the tests of plan and session, as bytes of .tflite files. This header shows
// nothing of the core's internals, so that tests can use the public C++ API beside it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace baton::test {

using File = std::vector<uint8_t>;

// y = relu(x + 1) * x + x, float32 [1, 4]; the batch may vary. Tensor names: x, a, r, m, y.
File elementwise_model();

// Without nodes: the output is the input x, float32 [1, 4].
File nodeless_model();

// A small float32 convolutional network, [1, 16, 16, 3] -> [1, 5]: convolution, depthwise and
// pointwise convolutions, a residual addition, pooling, fully connected, softmax. Seeded weights.
File small_cnn(uint32_t seed = 1);
// The same in int8, per channel.
File small_cnn_int8(uint32_t seed = 1);

// y = W x with W of [rows, columns] floats, 1.0 each; x float32 [1, columns].
File large_constant_model(int32_t rows, int32_t columns);

// state <- tanh(x w + state r + b) with the RNN operator; then y = state * 2. float32 [1, 3].
File rnn_model();

// UNIDIRECTIONAL_SEQUENCE_LSTM with peephole, projection and layer normalisation: two steps in one
// run, float32 [1, 2, 3] -> [1, 2, 4]. Weights are int8 when `hybrid`.
File lstm_model(bool hybrid = false);

// SVDF of rank 2 with a memory of 4 steps. float32 [1, 3] -> [1, 2].
File svdf_model();

// count <- count + x in a resource variable, y = count; assigned 0 by CALL_ONCE. float32 [1].
File counter_model();

// y = x, and z = the bools of bytes 0, 2 and 255, both by way of resource variables; uint8 [-1] x.
File kept_bytes_model();

// WHILE (i < limit) i = i + step; int32 scalars, inputs i, limit, step; output i.
File while_model();
// IF (x[0] < 0) y = -x else y = x * 10; float32 [2].
File if_model();

// IF (x[0] < 0) of two outputs: the first is [2] in both branches, the second [2] in one and [1, 2]
// in the other; then y = first + 1. float32 [2].
File half_known_if_model();

// y = 0, 1 ... limit - 1; int32 scalar limit.
File growing_model();
// y = -x through `depth` subgraphs that call each other; float32 [2].
File nested_calls_model(int depth);
// Each of `depth` subgraphs calls the next one with x, with x twice over, and with x again; y = -x,
// float32 [-1].
File restless_calls_model(int depth);
// WHILE without end over subgraphs without nodes.
File empty_loop_model();
// A resource variable, 0 at first, grows by 1 in each of `rounds` rounds of a WHILE; y is the
// variable. int32 scalar rounds, float32 [1] y.
File counting_loop_model();

// y = x + x where x, float32 [1, -1], is an input and a variable at once.
File variable_input_model();

// Flattens all but the first size with SHAPE, STRIDED_SLICE, PACK and RESHAPE; then adds 1. Input
// float32 [-1, 2, 3], output [-1, 6].
File flatten_model();

// A chain of `length` element-wise float32 operators (RELU, ADD, MUL in turn) on [1, 8].
File chain_model(int length);

// A random directed graph of element-wise float32 [1, 16] operators with `nodes` nodes.
File random_graph_model(uint32_t seed, int nodes);

// Two inputs a, b [2] and two outputs, in a signature "both" with arguments left, right -> sum,
// product.
File signature_model();

// CONCATENATION of two float32 inputs [-1, 2] along the first size.
File concat_model();

}  // namespace baton::test
