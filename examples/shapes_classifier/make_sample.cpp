// Draws pictures, trains the classifier on them and writes everything that the sample consists of.

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "draw.h"
#include "image.h"
#include "network.h"
#include "quantise.h"
#include "train.h"
#include "write.h"

namespace shapes {
namespace {

// One stream each, so that no picture of one use turns up in another.
constexpr uint64_t kTrainingSeed = 1;
constexpr uint64_t kCalibrationSeed = 2;
constexpr uint64_t kMeasuringSeed = 3;
constexpr uint64_t kPicturesSeed = 4;

constexpr int kCalibrationPictures = 300;
constexpr int kMeasuringPictures = 4000;
constexpr int kSmallestSide = 64;
constexpr int kLargestSide = 224;
constexpr int kShippedSide = 160;

struct Models {
  Network network;
  QuantisedNetwork quantised;
};

struct Answers {
  int from_float;
  int from_quantised;
};

template <typename Values>
int largest(const Values& values) {
  return static_cast<int>(std::max_element(values.begin(), values.end()) - values.begin());
}

Image draw_any_size(int label, Random& random) {
  const int side = kSmallestSide + random.below(kLargestSide - kSmallestSide + 1);
  return draw_picture(label, side, random);
}

Answers classify(const Models& models, const Image& picture) {
  std::vector<float> values = resize_bilinear(picture, kInputSide);
  const std::vector<int8_t> bytes = quantise_input(values);
  normalise(values);
  return {largest(run(models.network, values).back()),
          largest(run(models.network, models.quantised, bytes))};
}

void show_progress(int step, float loss) {
  static float sum = 0;
  sum += loss;
  if (step % 100 != 99) return;
  std::printf("step %d: loss %.4f\n", step + 1, sum / 100);
  std::fflush(stdout);
  sum = 0;
}

Models make_models() {
  Models models{make_network(kClasses), {}};
  TrainOptions options;
  options.seed = kTrainingSeed;
  train(models.network, options, show_progress);

  Random random(kCalibrationSeed);
  std::vector<std::vector<float>> pictures;
  for (int i = 0; i < kCalibrationPictures; ++i) {
    pictures.push_back(resize_bilinear(draw_any_size(i % kClasses, random), kInputSide));
    normalise(pictures.back());
  }
  models.quantised = quantise(models.network, pictures);
  return models;
}

void measure(const Models& models) {
  Random random(kMeasuringSeed);
  std::array<Answers, kClasses> right{};
  Answers total{};
  for (int i = 0; i < kMeasuringPictures; ++i) {
    const int label = i % kClasses;
    const Answers answers = classify(models, draw_any_size(label, random));
    right[label].from_float += answers.from_float == label;
    right[label].from_quantised += answers.from_quantised == label;
  }
  const double each = 100.0 * kClasses / kMeasuringPictures;
  std::printf("right answers, in percent of %d held-out pictures\n%-10s %7s %9s\n",
              kMeasuringPictures, "", "float32", "quantised");
  for (int c = 0; c < kClasses; ++c) {
    std::printf("%-10s %7.2f %9.2f\n", kLabels[c].data(), right[c].from_float * each,
                right[c].from_quantised * each);
    total.from_float += right[c].from_float;
    total.from_quantised += right[c].from_quantised;
  }
  std::printf("%-10s %7.2f %9.2f\n", "all", total.from_float * each / kClasses,
              total.from_quantised * each / kClasses);
}

std::string write_labels(const std::string& path) {
  std::ofstream file(path);
  for (const std::string_view label : kLabels) file << label << '\n';
  return file.flush() ? "" : "cannot write " + path;
}

std::string write_pictures(const Models& models, const std::filesystem::path& folder) {
  Random random(kPicturesSeed);
  for (int label = 0; label < kClasses; ++label) {
    const std::string name(kLabels[label]);
    const Image picture = draw_picture(label, kShippedSide, random);
    const Answers answers = classify(models, picture);
    if (answers.from_float != label || answers.from_quantised != label) {
      return "the picture of the " + name + " is not recognised; train for longer";
    }
    const std::string path = folder / (name + ".png");
    if (!write_png(picture, path)) return "cannot write " + path;
  }
  return "";
}

std::string make_sample(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder / "pictures", error);
  if (error) return "cannot create " + (folder / "pictures").string() + ": " + error.message();

  const Models models = make_models();
  measure(models);
  std::string problem = write_pictures(models, folder / "pictures");
  if (problem.empty()) problem = write_labels(folder / "labels.txt");
  if (problem.empty()) {
    problem = write_float_model(models.network, folder / "shapes_float.tflite");
  }
  if (problem.empty()) {
    problem = write_quantised_model(models.network, models.quantised, folder / "shapes.tflite");
  }
  return problem;
}

}  // namespace
}  // namespace shapes

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: make_sample FOLDER\n");
    return 2;
  }
  const std::string problem = shapes::make_sample(argv[1]);
  if (problem.empty()) return 0;
  std::fprintf(stderr, "make_sample: %s\n", problem.c_str());
  return 1;
}
