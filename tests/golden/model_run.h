// A model from its file to the bytes of its outputs, through the public API.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "baton/baton.hpp"

namespace baton::test {

inline const std::filesystem::path kShared = BATON_SHARED_DIR;
inline const std::filesystem::path kModels = kShared / "models";

inline bool shared_data() { return std::filesystem::exists(kShared); }

class ModelRun {
 public:
  // Where that fails, problem() is the sentence, and nothing else may be called.
  explicit ModelRun(const std::filesystem::path& file, const CompileOptions& options = {},
                    uint32_t threads = 2)
      : problem_(open(file, options, threads)) {}

  const std::string& problem() const { return problem_; }
  const Model& model() const { return *model_; }
  Session& session() { return *session_; }

  // "" or the sentence.
  std::string set(uint32_t input, const void* data, size_t bytes) {
    return session_->set_input(input, data, bytes).message();
  }
  template <typename T>
  std::string set(uint32_t input, const std::vector<T>& values) {
    return set(input, values.data(), values.size() * sizeof(T));
  }
  std::string run() { return session_->run().message(); }

  template <typename T>
  std::vector<T> output(uint32_t i) const {
    const T* data = session_->output_data<T>(i);
    return {data, data + session_->output(i).bytes / sizeof(T)};
  }

 private:
  std::string open(const std::filesystem::path& file, const CompileOptions& options,
                   uint32_t threads) {
    auto runtime = Runtime::create();
    if (!runtime) return runtime.message();
    runtime_.emplace(std::move(*runtime));
    auto model = runtime_->load(file.string());
    if (!model) return model.message();
    model_.emplace(std::move(*model));
    auto compiled = model_->compile(options);
    if (!compiled) return compiled.message();
    auto session = compiled->session(threads);
    if (!session) return session.message();
    session_.emplace(std::move(*session));
    return "";
  }

  std::optional<Runtime> runtime_;
  std::optional<Model> model_;
  std::optional<Session> session_;
  const std::string problem_;
};

}  // namespace baton::test
