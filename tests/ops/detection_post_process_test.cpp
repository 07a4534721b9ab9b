// TFLite_Detection_PostProcess against boxes and suppression in double precision, written from
// their definitions.
#include <flatbuffers/flexbuffers.h>

#include <functional>
#include <optional>

#include "core/ops/support/flex_map.h"
#include "tests/ops/op_cases.h"

namespace baton::test {
namespace {

struct Case {
  int32_t boxes = 40;
  int32_t classes = 5;
  bool background = true;
  int32_t numbers = 4;  // of an encoding; more than four are key points
  bool quantized_boxes = false;
  bool quantized_scores = false;
  bool regular = false;
  int32_t max_detections = 10;
  int32_t max_classes = 1;
  int32_t per_class = 100;
  double score_threshold = 0.3;
  double iou_threshold = 0.4;
  double scale[4] = {10, 9, 5, 4};  // y, x, h, w
};

std::vector<uint8_t> options_of(const Case& c) {
  flexbuffers::Builder b;
  b.Map([&] {
    b.Int("max_detections", c.max_detections);
    b.Int("max_classes_per_detection", c.max_classes);
    b.Int("detections_per_class", c.per_class);
    b.Bool("use_regular_nms", c.regular);
    b.Double("nms_score_threshold", c.score_threshold);
    b.Double("nms_iou_threshold", c.iou_threshold);
    b.Int("num_classes", c.classes);
    b.Float("y_scale", static_cast<float>(c.scale[0]));
    b.Double("x_scale", c.scale[1]);
    b.Int("h_scale", static_cast<int64_t>(c.scale[2]));
    b.UInt("w_scale", static_cast<uint64_t>(c.scale[3]));
  });
  b.Finish();
  return b.GetBuffer();
}

struct Data {
  Reals encodings, scores, anchors;  // what the types hold
};

const ElementType kFloat;
const ElementType kQuantizedCode{BATON_UINT8, 0.02f, 130};
const ElementType kQuantizedScore{BATON_UINT8, 0.0039f, 3};
const ElementType kQuantizedAnchor{BATON_UINT8, 0.004f, 2};

// Scores that are all different where 256 steps allow it.
Data fill(OpHarness& op, const Case& c) {
  const auto boxes = static_cast<size_t>(c.boxes);
  const int32_t categories = c.classes + (c.background ? 1 : 0);
  Data data;
  data.encodings = scattered(boxes * static_cast<size_t>(c.numbers), -2, 2, 1);
  data.scores = scattered(boxes * static_cast<size_t>(categories), 0.02, 0.98, 2);
  data.anchors = scattered(boxes * 4, 0.1, 0.9, 3);
  add_input(op, {1, c.boxes, c.numbers}, data.encodings,
            c.quantized_boxes ? kQuantizedCode : kFloat);
  add_input(op, {1, c.boxes, categories}, data.scores,
            c.quantized_scores ? kQuantizedScore : kFloat);
  add_input(op, {c.boxes, 4}, data.anchors, c.quantized_boxes ? kQuantizedAnchor : kFloat);
  for (int i = 0; i < 4; ++i) op.output(BATON_FLOAT32);
  op.custom_options(options_of(c));
  return data;
}

struct Corners {
  double ymin, xmin, ymax, xmax;
  double area() const { return (ymax - ymin) * (xmax - xmin); }
};

std::vector<Corners> corners_of(const Case& c, const Data& data) {
  std::vector<Corners> result;
  for (size_t i = 0; i < static_cast<size_t>(c.boxes); ++i) {
    const double* code = &data.encodings[i * static_cast<size_t>(c.numbers)];
    const double* anchor = &data.anchors[i * 4];
    const double y = anchor[0] + code[0] / c.scale[0] * anchor[2];
    const double x = anchor[1] + code[1] / c.scale[1] * anchor[3];
    const double height = std::exp(code[2] / c.scale[2]) * anchor[2];
    const double width = std::exp(code[3] / c.scale[3]) * anchor[3];
    result.push_back({y - height / 2, x - width / 2, y + height / 2, x + width / 2});
  }
  return result;
}

double intersection_over_union(const Corners& a, const Corners& b) {
  const double h = std::min(a.ymax, b.ymax) - std::max(a.ymin, b.ymin);
  const double w = std::min(a.xmax, b.xmax) - std::max(a.xmin, b.xmin);
  if (h <= 0 || w <= 0) return 0;
  return h * w / (a.area() + b.area() - h * w);
}

// Takes the highest score that is left (of equals the first), drops what overlaps it, again.
std::vector<size_t> survivors(const std::vector<Corners>& boxes, const Reals& scores, const Case& c,
                              int32_t most) {
  std::vector<bool> gone(boxes.size());
  std::vector<size_t> result;
  while (static_cast<int32_t>(result.size()) < most) {
    size_t best = boxes.size();
    for (size_t i = 0; i < boxes.size(); ++i) {
      if (gone[i] || scores[i] < c.score_threshold) continue;
      if (best == boxes.size() || scores[i] > scores[best]) best = i;
    }
    if (best == boxes.size()) break;
    result.push_back(best);
    gone[best] = true;
    for (size_t i = 0; i < boxes.size(); ++i) {
      if (intersection_over_union(boxes[best], boxes[i]) > c.iou_threshold) gone[i] = true;
    }
  }
  return result;
}

struct Detection {
  double score;
  size_t box;
  int32_t category;
};

// What stands in the slots, nothing in some, and the number of detections.
using Slots = std::vector<std::optional<Detection>>;
std::pair<Slots, size_t> expected(const Case& c, const Data& data,
                                  const std::vector<Corners>& boxes) {
  const size_t categories = static_cast<size_t>(c.classes) + (c.background ? 1 : 0);
  const auto score = [&](size_t box, int32_t category) {
    return data.scores[box * categories + (c.background ? 1 : 0) + static_cast<size_t>(category)];
  };
  const auto by_score = [](const Detection& a, const Detection& b) { return a.score > b.score; };
  Slots slots(static_cast<size_t>(c.max_detections * c.max_classes));
  if (c.regular) {
    std::vector<Detection> result;
    for (int32_t k = 0; k < c.classes; ++k) {
      Reals column;
      for (size_t i = 0; i < boxes.size(); ++i) column.push_back(score(i, k));
      for (const size_t i : survivors(boxes, column, c, std::min(c.per_class, c.max_detections))) {
        result.push_back({column[i], i, k});
      }
    }
    std::stable_sort(result.begin(), result.end(), by_score);
    const size_t count = std::min(result.size(), static_cast<size_t>(c.max_detections));
    std::copy_n(result.begin(), count, slots.begin());
    return {slots, count};
  }
  Reals best;
  for (size_t i = 0; i < boxes.size(); ++i) {
    double highest = score(i, 0);
    for (int32_t k = 1; k < c.classes; ++k) highest = std::max(highest, score(i, k));
    best.push_back(highest);
  }
  const auto chosen = survivors(boxes, best, c, c.max_detections);
  for (size_t at = 0; at < chosen.size(); ++at) {
    std::vector<Detection> own;
    for (int32_t k = 0; k < c.classes; ++k) own.push_back({score(chosen[at], k), chosen[at], k});
    std::stable_sort(own.begin(), own.end(), by_score);
    std::copy_n(own.begin(), std::min(c.max_classes, c.classes),
                slots.begin() + static_cast<ptrdiff_t>(at) * c.max_classes);
  }
  return {slots, chosen.size()};
}

void check(const Case& c) {
  OpHarness op(BATON_OP_CUSTOM, "TFLite_Detection_PostProcess");
  const Data data = fill(op, c);
  ASSERT_TRUE(op.run()) << op.message();
  const int32_t slots = c.max_detections * c.max_classes;
  EXPECT_EQ(op.dims(0), (Dims{1, slots, 4}));
  EXPECT_EQ(op.dims(1), (Dims{1, slots}));
  EXPECT_EQ(op.dims(2), (Dims{1, slots}));
  EXPECT_EQ(op.dims(3), (Dims{1}));
  const auto boxes = corners_of(c, data);
  const auto [detections, count] = expected(c, data, boxes);
  EXPECT_EQ(op.result<float>(3)[0], static_cast<float>(count));
  const auto corners = op.result<float>(0);
  const auto categories = op.result<float>(1);
  const auto scores = op.result<float>(2);
  for (size_t slot = 0; slot < static_cast<size_t>(slots); ++slot) {
    if (!detections[slot]) {
      for (size_t k = 0; k < 4; ++k) EXPECT_EQ(corners[slot * 4 + k], 0) << slot;
      EXPECT_EQ(categories[slot], 0) << slot;
      EXPECT_EQ(scores[slot], 0) << slot;
      continue;
    }
    const Detection& detection = *detections[slot];
    EXPECT_EQ(categories[slot], static_cast<float>(detection.category)) << slot;
    EXPECT_NEAR(scores[slot], detection.score, 1e-6) << slot;
    const Corners& box = boxes[detection.box];
    EXPECT_NEAR(corners[slot * 4], box.ymin, 1e-6) << slot;
    EXPECT_NEAR(corners[slot * 4 + 1], box.xmin, 1e-6) << slot;
    EXPECT_NEAR(corners[slot * 4 + 2], box.ymax, 1e-6) << slot;
    EXPECT_NEAR(corners[slot * 4 + 3], box.xmax, 1e-6) << slot;
  }
}

// What each case changes.
const std::pair<const char*, std::function<void(Case&)>> kCases[] = {
    {"plain", [](Case&) {}},
    {"without a background", [](Case& c) { c.background = false; }},
    {"key points", [](Case& c) { c.numbers = 16; }},
    {"one class", [](Case& c) { c.classes = 1; }},
    {"one box", [](Case& c) { c.boxes = 1; }},
    {"no boxes", [](Case& c) { c.boxes = 0; }},
    {"nothing asked for", [](Case& c) { c.max_detections = 0; }},
    {"more slots than boxes", [](Case& c) { c.max_detections = 60; }},
    {"nothing overlaps too much", [](Case& c) { c.iou_threshold = 1; }},
    {"everything overlaps", [](Case& c) { c.iou_threshold = 1e-6; }},
    {"no score is enough", [](Case& c) { c.score_threshold = 2; }},
    {"every score is enough", [](Case& c) { c.score_threshold = -1; }},
    {"many", [](Case& c) { c.boxes = 300, c.max_detections = 50, c.iou_threshold = 0.6; }},
    {"quantised boxes", [](Case& c) { c.quantized_boxes = true; }},
};

TEST(DetectionPostProcess, AgreesWithTheDefinition) {
  for (const auto& [name, change] : kCases) {
    for (const bool regular : {false, true}) {
      for (const int32_t max_classes : {1, 3, 7}) {
        for (const int32_t per_class : {1, 4, 100}) {
          if (!regular && per_class != 100) continue;
          Case c;
          c.regular = regular;
          c.max_classes = max_classes;
          c.per_class = per_class;
          change(c);
          if (regular && c.max_detections == 0) continue;  // is refused
          SCOPED_TRACE(std::string(name) + (regular ? ", regular, " : ", fast, ") +
                       std::to_string(max_classes) + ", " + std::to_string(per_class));
          check(c);
        }
      }
    }
  }
}

// 256 steps give equal scores: of equals the lower index comes first, and the earlier class.
TEST(DetectionPostProcess, OrdersEqualScores) {
  for (const auto& [name, change] : kCases) {
    for (const bool regular : {false, true}) {
      Case c;
      c.quantized_scores = true;
      c.regular = regular;
      change(c);
      if (regular && c.max_detections == 0) continue;
      SCOPED_TRACE(name);
      check(c);
    }
  }
  // In a way that shows: all scores are the same, and no box overlaps another.
  OpHarness op(BATON_OP_CUSTOM, "TFLite_Detection_PostProcess");
  Case c;
  c.classes = 1;
  c.background = false;
  c.max_detections = 30;
  std::vector<float> anchors;
  for (int i = 0; i < c.boxes; ++i) {
    for (const float number : {1.0f * static_cast<float>(i), 0.0f, 0.5f, 0.5f}) {
      anchors.push_back(number);
    }
  }
  op.input({1, c.boxes, 4}, std::vector<float>(static_cast<size_t>(c.boxes) * 4));
  op.input({1, c.boxes, 1}, std::vector<float>(static_cast<size_t>(c.boxes), 0.5f));
  op.input({c.boxes, 4}, anchors);
  for (int i = 0; i < 4; ++i) op.output(BATON_FLOAT32);
  ASSERT_TRUE(op.custom_options(options_of(c)).run()) << op.message();
  for (size_t i = 0; i < 30; ++i) {
    EXPECT_EQ(op.result<float>(0)[i * 4], static_cast<float>(i) - 0.25f);
  }
}

// Boxes apart from each other with few different scores: many equals within and between classes.
TEST(DetectionPostProcess, OrdersEqualScoresOfClasses) {
  constexpr int32_t kBoxes = 12, kClasses = 7;
  for (const int32_t most : {1, 5, 20, 84, 100}) {
    Case c;
    c.boxes = kBoxes;
    c.classes = kClasses;
    c.background = false;
    c.regular = true;
    c.max_detections = most;
    std::vector<float> anchors, scores;
    for (int i = 0; i < kBoxes; ++i) {
      for (const float x : {1.0f * static_cast<float>(i), 0.0f, 0.5f, 0.5f}) anchors.push_back(x);
      for (int k = 0; k < kClasses; ++k) {
        scores.push_back(0.5f + 0.125f * static_cast<float>((i * 5 + k * 3) % 4));
      }
    }
    OpHarness op(BATON_OP_CUSTOM, "TFLite_Detection_PostProcess");
    op.input({1, kBoxes, 4}, std::vector<float>(kBoxes * 4));
    op.input({1, kBoxes, kClasses}, scores).input({kBoxes, 4}, anchors);
    for (int i = 0; i < 4; ++i) op.output(BATON_FLOAT32);
    ASSERT_TRUE(op.custom_options(options_of(c)).run()) << op.message();
    struct Slot {
      float score;
      int category, box;
    };
    std::vector<Slot> slots;
    for (int k = 0; k < kClasses; ++k) {
      for (int i = 0; i < kBoxes; ++i) {
        slots.push_back({scores[static_cast<size_t>(i * kClasses + k)], k, i});
      }
    }
    std::stable_sort(slots.begin(), slots.end(),
                     [](const Slot& a, const Slot& b) { return a.score > b.score; });
    const size_t count = std::min<size_t>(static_cast<size_t>(most), slots.size());
    EXPECT_EQ(op.result<float>(3)[0], static_cast<float>(count));
    for (size_t i = 0; i < count; ++i) {
      EXPECT_EQ(op.result<float>(2)[i], slots[i].score) << i;
      EXPECT_EQ(op.result<float>(1)[i], static_cast<float>(slots[i].category)) << i;
      EXPECT_EQ(op.result<float>(0)[i * 4], static_cast<float>(slots[i].box) - 0.25f) << i;
    }
  }
}

// Numbers that are none: no crash, no such score among the detections.
TEST(DetectionPostProcess, SurvivesWhatIsNoNumber) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinite = std::numeric_limits<float>::infinity();
  for (const bool regular : {false, true}) {
    OpHarness op(BATON_OP_CUSTOM, "TFLite_Detection_PostProcess");
    Case c;
    c.regular = regular;
    c.boxes = 20;
    c.max_classes = 4;
    c.score_threshold = -1e30;
    std::vector<float> encodings(80, 0.5f), scores(120, 0.5f), anchors(80, 0.5f);
    for (size_t i = 0; i < 80; i += 7) encodings[i] = i % 2 ? nan : infinite;
    for (size_t i = 0; i < 120; i += 3) scores[i] = nan;
    scores[31] = infinite;
    op.input({1, 20, 4}, encodings).input({1, 20, 6}, scores).input({20, 4}, anchors);
    for (int i = 0; i < 4; ++i) op.output(BATON_FLOAT32);
    op.custom_options(options_of(c));
    ASSERT_TRUE(op.run()) << op.message();
    const auto count = static_cast<size_t>(op.result<float>(3)[0]);
    ASSERT_GE(count, 1u);
    EXPECT_EQ(op.result<float>(2)[0], infinite);
    for (size_t i = 0; i < count; ++i) {
      EXPECT_FALSE(std::isnan(op.result<float>(2)[regular ? i : i * 4])) << i;
    }
  }
}

struct Refusal {
  const char* part;  // of the sentence
  std::function<void(Case&)> change;
};

TEST(DetectionPostProcess, RefusesInOneSentence) {
  const Refusal refusals[] = {
      {"y_scale, x_scale, h_scale or w_scale is 0", [](Case& c) { c.scale[1] = 0; }},
      {"y_scale, x_scale, h_scale or w_scale is nan", [](Case& c) { c.scale[0] = NAN; }},
      {"y_scale, x_scale, h_scale or w_scale is inf", [](Case& c) { c.scale[1] = 1e300; }},
      {"nms_iou_threshold is 0", [](Case& c) { c.iou_threshold = 0; }},
      {"nms_iou_threshold is nan", [](Case& c) { c.iou_threshold = NAN; }},
      {"nms_iou_threshold is 1.5", [](Case& c) { c.iou_threshold = 1.5; }},
      {"max_detections is -1", [](Case& c) { c.max_detections = -1; }},
      {"max_classes_per_detection 0", [](Case& c) { c.max_classes = 0; }},
      {"negative or too large",
       [](Case& c) { c.max_detections = INT32_MAX, c.max_classes = INT32_MAX; }},
      {"detections_per_class is 0", [](Case& c) { c.per_class = 0, c.regular = true; }},
      {"max_detections 0", [](Case& c) { c.max_detections = 0, c.regular = true; }},
      {"do not fit", [](Case& c) { c.numbers = 3; }},
  };
  for (const Refusal& refusal : refusals) {
    OpHarness op(BATON_OP_CUSTOM, "TFLite_Detection_PostProcess");
    Case c;
    refusal.change(c);
    fill(op, c);
    const Status status = op.prepare();
    EXPECT_FALSE(status.ok()) << refusal.part;
    EXPECT_NE(status.message().find(refusal.part), std::string::npos) << status.message();
  }
}

// Shapes and types that do not fit together.
TEST(DetectionPostProcess, RefusesTensorsThatDoNotFit) {
  const auto prepare = [](const std::function<void(OpHarness&)>& inputs, int32_t classes = 5) {
    OpHarness op(BATON_OP_CUSTOM, "TFLite_Detection_PostProcess");
    inputs(op);
    for (int i = 0; i < 4; ++i) op.output(BATON_FLOAT32);
    Case c;
    c.classes = classes;
    return op.custom_options(options_of(c)).prepare().message();
  };
  const auto floats = [](size_t count) { return std::vector<float>(count, 0.5f); };
  const auto bytes = [](size_t count) { return std::vector<uint8_t>(count, 7); };
  const auto good = [&](OpHarness& op) {
    op.input({1, 2, 4}, floats(8)).input({1, 2, 6}, floats(12)).input({2, 4}, floats(8));
  };
  EXPECT_EQ(prepare(good), "");
  EXPECT_EQ(prepare(good, 6), "");
  for (const int32_t classes : {7, 4, 0, -1, INT32_MIN, INT32_MAX}) {
    EXPECT_NE(prepare(good, classes).find("num_classes is"), std::string::npos) << classes;
  }
  EXPECT_NE(prepare([&](OpHarness& op) {
              op.input({2, 4}, floats(8)).input({1, 2, 6}, floats(12)).input({2, 4}, floats(8));
            }).find("have ranks 2, 3 and 2"),
            std::string::npos);
  EXPECT_NE(prepare([&](OpHarness& op) {
              op.input({2, 2, 4}, floats(16)).input({1, 2, 6}, floats(12)).input({2, 4}, floats(8));
            }).find("batches of 2"),
            std::string::npos);
  EXPECT_NE(prepare([&](OpHarness& op) {
              op.input({1, 2, 4}, floats(8)).input({1, 3, 6}, floats(18)).input({2, 4}, floats(8));
            }).find("do not fit the scores of 3"),
            std::string::npos);
  EXPECT_NE(prepare([&](OpHarness& op) {
              op.input({1, 2, 4}, floats(8)).input({1, 2, 6}, floats(12)).input({1, 4}, floats(4));
            }).find("4 numbers of anchors"),
            std::string::npos);
  const auto quantization = Quantization::per_tensor(0.5f, 3);
  EXPECT_NE(prepare([&](OpHarness& op) {
              op.input({1, 2, 4}, bytes(8), quantization).input({1, 2, 6}, floats(12));
              op.input({2, 4}, floats(8));
            }).find("must have the same type"),
            std::string::npos);
  EXPECT_NE(prepare([&](OpHarness& op) {
              op.input({1, 2, 4}, floats(8)).input({1, 2, 6}, bytes(12)).input({2, 4}, floats(8));
            }).find("without quantisation"),
            std::string::npos);
  EXPECT_NE(
      prepare([&](OpHarness& op) {
        op.input({1, 2, 4}, floats(8)).input({1, 2, 6}, std::vector<int8_t>(12), quantization);
        op.input({2, 4}, floats(8));
      }).find("int8 scores is not supported"),
      std::string::npos);
}

TEST(DetectionPostProcess, RefusesBoxesWithinOut) {
  OpHarness op(BATON_OP_CUSTOM, "TFLite_Detection_PostProcess");
  op.input({1, 1, 4}, std::vector<float>(4)).input({1, 1, 5}, std::vector<float>(5));
  op.input({1, 4}, std::vector<float>{0.5f, 0.5f, -1.0f, 1.0f});
  for (int i = 0; i < 4; ++i) op.output(BATON_FLOAT32);
  Case c;
  c.background = false;
  EXPECT_FALSE(op.custom_options(options_of(c)).run());
  EXPECT_NE(op.message().find("box 0 has a negative size"), std::string::npos) << op.message();
}

// ---- The options' reader --------------------------------------------------------------------

std::vector<uint8_t> flex(const std::function<void(flexbuffers::Builder&)>& fill) {
  flexbuffers::Builder b;
  fill(b);
  b.Finish();
  return b.GetBuffer();
}

TEST(FlexMap, ReadsEveryScalar) {
  const auto bytes = flex([](flexbuffers::Builder& b) {
    b.Map([&] {
      b.Int("minus", -7);
      b.Int("large", INT64_C(1) << 40);
      b.UInt("unsigned", 200);
      b.Float("float", 2.75f);
      b.Double("double", 1e-9);
      b.IndirectInt("indirect_int", -70000);
      b.IndirectUInt("indirect_uint", 70000);
      b.IndirectFloat("indirect_float", 0.5f);
      b.IndirectDouble("indirect_double", 0.1);
      b.Bool("yes", true);
      b.Null("null");
      b.String("text", "12");
    });
  });
  const auto map = ops::FlexMap::open(bytes.data(), bytes.size());
  ASSERT_TRUE(map.ok()) << map.status().message();
  const auto integer = [&](const char* key) {
    int32_t value = 99;
    const Status status = map->read(key, &value);
    return status.ok() ? std::to_string(value) : status.message();
  };
  const auto real = [&](const char* key) {
    float value = 99;
    EXPECT_TRUE(map->read(key, &value).ok());
    return value;
  };
  EXPECT_EQ(integer("minus"), "-7");
  EXPECT_EQ(integer("unsigned"), "200");
  EXPECT_EQ(integer("float"), "2");
  EXPECT_EQ(integer("indirect_int"), "-70000");
  EXPECT_EQ(integer("indirect_uint"), "70000");
  EXPECT_EQ(integer("yes"), "1");
  EXPECT_EQ(integer("null"), "99");
  EXPECT_EQ(integer("nobody"), "99");
  EXPECT_EQ(integer("min"), "99");  // only the beginning of a key
  EXPECT_NE(integer("large").find("no 32-bit integer"), std::string::npos);
  EXPECT_NE(integer("text").find("no number"), std::string::npos);
  EXPECT_EQ(real("float"), 2.75f);
  EXPECT_EQ(real("double"), 1e-9f);
  EXPECT_EQ(real("indirect_float"), 0.5f);
  EXPECT_EQ(real("indirect_double"), 0.1f);
  EXPECT_EQ(real("minus"), -7.0f);
  bool flag = false;
  EXPECT_TRUE(map->read("minus", &flag).ok());
  EXPECT_TRUE(flag);
}

TEST(FlexMap, RefusesWhatIsNoMap) {
  EXPECT_FALSE(ops::FlexMap::open(nullptr, 0).ok());
  const auto number = flex([](flexbuffers::Builder& b) { b.Int(5); });
  EXPECT_FALSE(ops::FlexMap::open(number.data(), number.size()).ok());
  const auto list = flex([](flexbuffers::Builder& b) { b.Vector([&] { b.Int(5); }); });
  EXPECT_FALSE(ops::FlexMap::open(list.data(), list.size()).ok());
}

// Each byte changed to each of some values, and each length: read or refused, inside the bytes.
// The sanitizers see what strays: the bytes are in memory of exactly their size.
TEST(FlexMap, SurvivesDamage) {
  const Case c;
  const auto good = options_of(c);
  const auto probe = [](const uint8_t* data, size_t size) {
    const std::unique_ptr<uint8_t[]> exact(new uint8_t[size]);
    std::copy(data, data + size, exact.get());
    const auto map = ops::FlexMap::open(exact.get(), size);
    if (!map.ok()) return false;
    int32_t number = 0;
    float real = 0;
    bool flag = false;
    const bool ok = map->read("max_detections", &number).ok();
    static_cast<void>(map->read("w_scale", &real).ok());
    static_cast<void>(map->read("use_regular_nms", &flag).ok());
    return ok;
  };
  EXPECT_TRUE(probe(good.data(), good.size()));
  for (size_t size = 0; size < good.size(); ++size) probe(good.data(), size);
  for (size_t at = 0; at < good.size(); ++at) {
    for (const int value : {0, 1, 2, 3, 4, 8, 36, 37, 38, 39, 127, 128, 255, good[at] ^ 1}) {
      auto bad = good;
      bad[at] = static_cast<uint8_t>(value);
      probe(bad.data(), bad.size());
    }
  }
}

}  // namespace
}  // namespace baton::test
