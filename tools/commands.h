// The commands of the `baton` binary. Each takes its own arguments (argv[0] is its name) and
// returns the exit status: 0 done, 1 the work failed, 2 wrong usage.
#pragma once

namespace baton::tools {

int run_command(int argc, char** argv);
int label_image_command(int argc, char** argv);
int inspect_command(int argc, char** argv);
int explain_command(int argc, char** argv);
int delegates_command(int argc, char** argv);
int diff_command(int argc, char** argv);
int delegate_check_command(int argc, char** argv);
int zoo_command(int argc, char** argv);
int benchmark_model_command(int argc, char** argv);

}  // namespace baton::tools
