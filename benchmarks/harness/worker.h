// The program that runs a model, and with it whatever its delegates do: started by `baton
// benchmark_model` as `baton benchmark_worker`, which is no command for people.
//
// One command in each line of standard input, as JSON; for each, reports on the descriptor that
// --report_fd names: {"beat"} now and then while it works, then {"done": ...} or
// {"error": sentence, "code": exit status}. It ends with its input.
#pragma once

namespace baton::benchmarks {

int benchmark_worker(int argc, char** argv);

}  // namespace baton::benchmarks
