// TFLite_Detection_PostProcess: boxes, scores and anchors to detections.
#include <flatbuffers/flexbuffers.h>

#include <algorithm>

#include "tests/conformance/operators/parts.h"
#include "tests/conformance/operators/recipe.h"

namespace baton::conformance {
namespace {

struct Options {
  int32_t max_detections;
  int32_t max_classes;
  int32_t per_class;
  int32_t classes;
  bool regular;
  double score_threshold;
  double iou_threshold;
};

tflite::Bytes serialized(const Options& options) {
  flexbuffers::Builder b;
  b.Map([&] {
    b.Int("max_detections", options.max_detections);
    b.Int("max_classes_per_detection", options.max_classes);
    b.Int("detections_per_class", options.per_class);
    b.Bool("use_regular_nms", options.regular);
    b.Float("nms_score_threshold", static_cast<float>(options.score_threshold));
    b.Float("nms_iou_threshold", static_cast<float>(options.iou_threshold));
    b.Int("num_classes", options.classes);
    b.Float("y_scale", 10);
    b.Float("x_scale", 10);
    b.Float("h_scale", 5);
    b.Float("w_scale", 5);
  });
  b.Finish();
  return b.GetBuffer();
}

Quantization when_bytes(const Draft& d, float scale, int64_t zero_point) {
  return d.quantised() ? tflite::per_tensor(scale, zero_point) : Quantization{};
}

// Which of equal classes comes first is nobody's promise where a box has more than one: scores that
// differ within each box.
TensorId distinct_scores(Draft& d, const Shape& shape, const Quantization& quantization) {
  const auto classes = static_cast<uint32_t>(shape[2]);
  std::vector<double> values;
  for (int32_t box = 0; box < shape[1]; ++box) {
    std::vector<double> places;
    for (uint32_t i = 0; i < classes; ++i) {
      places.insert(places.begin() + d.random().below(i + 1), i + d.random().real(0.1, 0.9));
    }
    for (const double place : places) values.push_back(place / classes * (d.quantised() ? 255 : 1));
  }
  return d.b.constant(d.b.unique_name("c"), d.dtype(), shape, values, quantization);
}

void detection_post_process(Draft& d) {
  Options options;
  options.regular = d.pick_bool();
  options.classes = d.pick({3, 1, 5, 2});
  options.max_detections = d.pick({10, 1, 5, 40});
  options.max_classes = std::min(d.pick({1, 2, 1, 3}), options.classes);
  options.per_class = d.pick({100, 2});
  options.score_threshold = d.pick({0.3, 0.0, 0.6});
  options.iou_threshold = d.pick({0.5, 0.3, 1.0});
  const bool background = d.pick_bool();
  const int32_t numbers = d.pick({4, 4, 6});
  const int32_t boxes = d.pick({20, 7, 1, 33});
  const TensorId encodings = d.input(d.dtype(), {1, boxes, numbers}, when_bytes(d, 0.02f, 130));
  const Shape score_shape = {1, boxes, options.classes + (background ? 1 : 0)};
  const Quantization score_quantization = when_bytes(d, 1.0f / 256, 0);
  const TensorId scores = options.max_classes > 1
                              ? distinct_scores(d, score_shape, score_quantization)
                              : d.input(d.dtype(), score_shape, score_quantization, {0.02, 0.98});
  const TensorId anchors = operand(d, d.dtype(), {boxes, 4}, when_bytes(d, 0.004f, 0), {0.1, 0.9});
  d.custom_node({encodings, scores, anchors}, Outputs(4, {BATON_FLOAT32, {}}), serialized(options));
}

constexpr Recipe kRecipes[] = {
    {.op = BATON_OP_CUSTOM,
     .make = detection_post_process,
     .custom = "TFLite_Detection_PostProcess"},
};

}  // namespace

extern const Recipes detection_recipes{kRecipes};

}  // namespace baton::conformance
