// SSD (Liu et al., 2016) on MobileNet v1, for the 90 classes of COCO, as TensorFlow's object
// detection API exports it for TensorFlow Lite.

#include <flatbuffers/flexbuffers.h>

#include <cmath>

#include "benchmarks/zoo/families.h"

namespace baton::zoo {
namespace {

constexpr int32_t kClasses = 90;
constexpr int32_t kDetections = 10;

// Half as many channels in the 1x1 convolution before each further map.
constexpr int32_t kFurtherMaps[] = {512, 256, 256, 128};

struct Anchor {
  double scale;
  double ratio;
};
// The first map has fewer, and smaller ones.
constexpr Anchor kFirstAnchors[] = {{0.1, 1}, {0.2, 2}, {0.2, 0.5}};
constexpr double kRatios[] = {1, 2, 0.5, 3, 1.0 / 3};
constexpr double kSmallest = 0.2;
constexpr double kLargest = 0.95;

std::vector<Anchor> anchors_of(size_t map, size_t maps) {
  if (map == 0) return {std::begin(kFirstAnchors), std::end(kFirstAnchors)};
  const auto scale = [&](size_t of) {
    if (of == maps) return 1.0;
    return kSmallest +
           (kLargest - kSmallest) * static_cast<double>(of) / static_cast<double>(maps - 1);
  };
  std::vector<Anchor> anchors;
  for (const double ratio : kRatios) anchors.push_back({scale(map), ratio});
  anchors.push_back({std::sqrt(scale(map) * scale(map + 1)), 1});
  return anchors;
}

// y, x, height and width of each, as parts of the picture.
std::vector<float> anchor_boxes(const std::vector<int32_t>& sizes) {
  std::vector<float> boxes;
  for (size_t map = 0; map < sizes.size(); ++map) {
    const std::vector<Anchor> anchors = anchors_of(map, sizes.size());
    const int32_t cells = sizes[map] * sizes[map];
    for (int32_t cell = 0; cell < cells; ++cell) {
      for (const Anchor& anchor : anchors) {
        const double root = std::sqrt(anchor.ratio);
        for (const double number :
             {(cell / sizes[map] + 0.5) / sizes[map], (cell % sizes[map] + 0.5) / sizes[map],
              anchor.scale / root, anchor.scale * root}) {
          boxes.push_back(static_cast<float>(number));
        }
      }
    }
  }
  return boxes;
}

tflite::Bytes options() {
  flexbuffers::Builder b;
  b.Map([&] {
    b.Int("max_detections", kDetections);
    b.Int("max_classes_per_detection", 1);
    b.Int("num_classes", kClasses);
    b.Float("nms_score_threshold", 1e-8f);
    b.Float("nms_iou_threshold", 0.6f);
    b.Float("y_scale", 10.0f);
    b.Float("x_scale", 10.0f);
    b.Float("h_scale", 5.0f);
    b.Float("w_scale", 5.0f);
  });
  b.Finish();
  return b.GetBuffer();
}

}  // namespace

void build_ssd_mobilenet(Net& net, const Variant& variant) {
  const std::vector<TensorId> stages =
      mobilenet_v1_stages(net, net.image(variant.size), variant.width);
  std::vector<TensorId> maps = {stages[11], stages[13]};
  for (const int32_t channels : kFurtherMaps) {
    const std::string name = "extra_" + std::to_string(maps.size());
    const TensorId x = net.conv(
        maps.back(),
        {.name = name + "_1x1", .channels = channels / 2, .activation = Activation::kRelu6});
    maps.push_back(net.conv(x, {.name = name + "_3x3",
                                .channels = channels,
                                .kernel = 3,
                                .stride = 2,
                                .activation = Activation::kRelu6}));
  }

  std::vector<TensorId> boxes, scores;
  std::vector<int32_t> sizes;
  for (size_t map = 0; map < maps.size(); ++map) {
    const std::string name = "BoxPredictor_" + std::to_string(map);
    const auto anchors = static_cast<int32_t>(anchors_of(map, maps.size()).size());
    const int32_t size = net.shape(maps[map])[1];
    const int32_t count = size * size * anchors;
    const TensorId box =
        net.conv(maps[map], {.name = name + "/BoxEncodingPredictor", .channels = anchors * 4});
    boxes.push_back(net.reshape(box, {1, count, 4}, name + "/boxes"));
    const TensorId score = net.conv(maps[map], {.name = name + "/ClassPredictor",
                                                .channels = anchors * (kClasses + 1),
                                                .deviation = kLogitDeviation});
    scores.push_back(net.reshape(score, {1, count, kClasses + 1}, name + "/scores"));
    sizes.push_back(size);
  }
  const TensorId all_boxes = net.concat(boxes, "boxes", 1);
  tflite::GraphBuilder& b = net.builder();
  const TensorId all_scores =
      tflite::unary(b, BATON_OP_LOGISTIC, net.concat(scores, "logits", 1), {.name = "scores"});
  const TensorId anchors = b.constant("anchors", {net.shape(all_boxes)[1], 4}, anchor_boxes(sizes));
  const std::string name = "TFLite_Detection_PostProcess";
  const std::vector<TensorId> outputs = {b.tensor(name, BATON_FLOAT32, {1, kDetections, 4}),
                                         b.tensor(name + ":1", BATON_FLOAT32, {1, kDetections}),
                                         b.tensor(name + ":2", BATON_FLOAT32, {1, kDetections}),
                                         b.tensor(name + ":3", BATON_FLOAT32, {1})};
  b.custom(name, {all_boxes, all_scores, anchors}, outputs, options());
  b.outputs(outputs);
}

}  // namespace baton::zoo
