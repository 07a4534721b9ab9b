// The sample classifier, as shipped: both models name the shape in every picture.

#include <baton/baton.h>
#include <gtest/gtest.h>
#include <stb/stb_image.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "examples/shapes_classifier/image.h"
#include "examples/shapes_classifier/network.h"

namespace {

namespace fs = std::filesystem;

fs::path sample_folder() { return fs::path(BATON_SOURCE_DIR) / "examples" / "shapes_classifier"; }

std::vector<std::string> read_labels() {
  std::ifstream file(sample_folder() / "labels.txt");
  std::vector<std::string> labels;
  for (std::string line; std::getline(file, line);) labels.push_back(line);
  return labels;
}

shapes::Image read_png(const fs::path& path) {
  int width = 0;
  int height = 0;
  int channels = 0;
  const std::unique_ptr<stbi_uc, void (*)(void*)> pixels(
      stbi_load(path.c_str(), &width, &height, &channels, 3), stbi_image_free);
  if (!pixels) {
    ADD_FAILURE() << "cannot read " << path;
    return {1, 1, {0, 0, 0}};
  }
  return {width, height, {pixels.get(), pixels.get() + static_cast<size_t>(width) * height * 3}};
}

template <auto destroy>
struct Destroy {
  void operator()(auto* object) const { destroy(object); }
};
using Runtime = std::unique_ptr<baton_runtime, Destroy<baton_runtime_destroy>>;
using Model = std::unique_ptr<baton_model, Destroy<baton_model_destroy>>;
using Compiled = std::unique_ptr<baton_compiled, Destroy<baton_compiled_destroy>>;
using Session = std::unique_ptr<baton_session, Destroy<baton_session_destroy>>;

// A session of one of the sample's models on the reference kernels.
class Classifier {
 public:
  explicit Classifier(const std::string& file) {
    baton_runtime* runtime = nullptr;
    check(baton_runtime_create(nullptr, &runtime, &error_));
    runtime_.reset(runtime);
    baton_model* model = nullptr;
    if (ok_) {
      const std::string path = sample_folder() / file;
      check(baton_model_load_file(runtime, path.c_str(), nullptr, &model, &error_));
    }
    model_.reset(model);
    baton_compiled* compiled = nullptr;
    if (ok_) check(baton_model_compile(model, nullptr, &compiled, &error_));
    compiled_.reset(compiled);
    baton_session* session = nullptr;
    if (ok_) check(baton_session_create(compiled, nullptr, &session, &error_));
    session_.reset(session);
  }

  bool ok() const { return ok_; }

  template <typename T>
  std::vector<T> run(const std::vector<T>& input) {
    std::vector<T> output(10);
    check(baton_session_set_input(session_.get(), 0, input.data(), input.size() * sizeof(T),
                                  &error_));
    if (ok_) check(baton_session_run(session_.get(), &error_));
    if (ok_) {
      check(baton_session_get_output(session_.get(), 0, output.data(), output.size() * sizeof(T),
                                     &error_));
    }
    return output;
  }

 private:
  void check(baton_status status) {
    if (status == BATON_OK) return;
    ok_ = false;
    ADD_FAILURE() << baton_error_message(error_);
    baton_error_destroy(error_);
    error_ = nullptr;
  }

  bool ok_ = true;
  baton_error* error_ = nullptr;
  Runtime runtime_;
  Model model_;
  Compiled compiled_;
  Session session_;
};

template <typename T>
size_t largest(const std::vector<T>& values) {
  return static_cast<size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

TEST(Sample, HasOnePicturePerLabel) {
  const std::vector<std::string> labels = read_labels();
  ASSERT_EQ(labels.size(), 10u);
  for (const std::string& label : labels) {
    const shapes::Image picture = read_png(sample_folder() / "pictures" / (label + ".png"));
    EXPECT_EQ(picture.width, 160) << label;
    EXPECT_EQ(picture.height, 160) << label;
  }
}

TEST(Sample, FloatModelNamesEveryPicture) {
  Classifier classifier("shapes_float.tflite");
  ASSERT_TRUE(classifier.ok());
  const std::vector<std::string> labels = read_labels();
  for (size_t i = 0; i < labels.size(); ++i) {
    std::vector<float> values = shapes::resize_bilinear(
        read_png(sample_folder() / "pictures" / (labels[i] + ".png")), shapes::kInputSide);
    shapes::normalise(values);
    const std::vector<float> scores = classifier.run(values);
    ASSERT_TRUE(classifier.ok());
    EXPECT_EQ(labels[largest(scores)], labels[i]);
    EXPECT_GT(scores[i], 0.9f) << labels[i];
  }
}

TEST(Sample, QuantisedModelNamesEveryPicture) {
  Classifier classifier("shapes.tflite");
  ASSERT_TRUE(classifier.ok());
  const std::vector<std::string> labels = read_labels();
  for (size_t i = 0; i < labels.size(); ++i) {
    std::vector<int8_t> bytes;
    for (const float value : shapes::resize_bilinear(
             read_png(sample_folder() / "pictures" / (labels[i] + ".png")), shapes::kInputSide)) {
      bytes.push_back(static_cast<int8_t>(static_cast<int>(value) - 128));
    }
    const std::vector<int8_t> scores = classifier.run(bytes);
    ASSERT_TRUE(classifier.ok());
    EXPECT_EQ(labels[largest(scores)], labels[i]);
    // Nine tenths of the 256 steps above -128.
    EXPECT_GT(scores[i], 102) << labels[i];
  }
}

}  // namespace
