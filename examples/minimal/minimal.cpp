// Loads a model, lets delegates take what they can, runs it on zeros, and prints the outputs and
// who ran what.
//
//   minimal_cpp MODEL [DELEGATE]...
#include <algorithm>
#include <baton/baton.hpp>
#include <cstdio>
#include <exception>
#include <vector>

namespace {

void print_tensor(const baton::Session& session, uint32_t output) {
  const baton_tensor& tensor = session.output(output);
  std::printf("output %u '%s', %s:", static_cast<unsigned>(output), tensor.name,
              baton_dtype_name(tensor.dtype));
  const auto shown = [&](uint64_t width) { return std::min<uint64_t>(tensor.bytes / width, 8); };
  if (tensor.dtype == BATON_FLOAT32) {
    const auto* data = session.output_data<float>(output);
    for (uint64_t i = 0; i < shown(4); ++i) std::printf(" %g", static_cast<double>(data[i]));
  } else if (tensor.dtype == BATON_INT8) {
    const auto* data = session.output_data<int8_t>(output);
    for (uint64_t i = 0; i < shown(1); ++i) std::printf(" %d", data[i]);
  } else if (tensor.dtype == BATON_UINT8) {
    const auto* data = session.output_data<uint8_t>(output);
    for (uint64_t i = 0; i < shown(1); ++i) std::printf(" %d", data[i]);
  } else {
    std::printf(" %llu bytes", static_cast<unsigned long long>(tensor.bytes));
  }
  std::printf("\n");
}

void run(int argc, char** argv) {
  baton_runtime_options options = BATON_RUNTIME_OPTIONS_INIT;
  options.log = [](void*, int32_t level, const char* text) {
    if (level <= BATON_LOG_WARNING) std::fprintf(stderr, "%s\n", text);
  };
  baton::Runtime runtime = baton::or_throw(baton::Runtime::create(&options));
  baton::Model model = baton::or_throw(runtime.load(argv[1]));

  // Delegates in order of preference; what none takes, the reference kernels run.
  baton::CompileOptions wanted;
  for (int i = 2; i < argc; ++i) wanted.delegate(argv[i]);
  baton::Compiled compiled = baton::or_throw(model.compile(wanted));
  baton::Session session = baton::or_throw(compiled.session(2));

  for (uint32_t i = 0; i < session.input_count(); ++i) {
    const std::vector<char> zeros(session.input(i).bytes);
    baton::or_throw(session.set_input(i, zeros.data(), zeros.size()));
  }
  baton::or_throw(session.run());

  for (uint32_t i = 0; i < session.output_count(); ++i) print_tensor(session, i);
  const baton::Placement placement = session.placement();
  for (uint32_t i = 0; i < placement.node_count(); ++i) {
    const baton_node_placement& node = placement.node(i);
    std::printf("node %u %s: %s\n", static_cast<unsigned>(node.node), node.op_name, node.delegate);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: minimal_cpp MODEL [DELEGATE]...\n");
    return 2;
  }
  try {
    run(argc, argv);
    return 0;
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "%s\n", problem.what());
    return 1;
  }
}
