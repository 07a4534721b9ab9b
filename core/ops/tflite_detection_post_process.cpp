// TFLite_Detection_PostProcess, a custom operator. Inputs: box encodings [1, boxes, 4 or more] (y,
// x, height and width first), scores [1, boxes, classes], with or without a background class in
// front, and anchors [boxes, 4]. Outputs, with max_detections * max_classes_per_detection slots:
// boxes [1, slots, 4], classes [1, slots], scores [1, slots], and the number of detections [1].
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>

#include "core/ops/support/cancel.h"
#include "core/ops/support/check.h"
#include "core/ops/support/flex_map.h"

namespace baton::ops {
namespace {

struct Coordinates {
  float y = 0;
  float x = 0;
  float h = 0;
  float w = 0;
};

struct Options {
  int32_t max_detections = 0;
  int32_t max_classes_per_detection = 0;
  int32_t detections_per_class = 100;
  int32_t num_classes = 0;
  bool use_regular_nms = false;
  float nms_score_threshold = 0;
  float nms_iou_threshold = 0;
  Coordinates scale;

  int32_t most_per_class() const { return std::min(detections_per_class, max_detections); }
};

struct Box {
  float ymin = 0;
  float xmin = 0;
  float ymax = 0;
  float xmax = 0;
};

// A score, and whose it is.
struct Detection {
  float score;
  int32_t box;
  int32_t category;
};

// Offsets in scratch memory.
struct Layout {
  uint64_t bytes = 0;
  bool fits = true;

  template <typename T>
  uint64_t add(int64_t count) {
    const uint64_t at = bytes;
    const auto size = checked_multiply(static_cast<uint64_t>(count), sizeof(T));
    const auto end = size ? checked_add(bytes, *size) : std::nullopt;
    const auto rounded = end ? checked_round_up(*end, alignof(std::max_align_t)) : std::nullopt;
    fits = fits && rounded;
    bytes = rounded.value_or(0);
    return at;
  }
};

struct DetectionData : OpData {
  Options options;
  int32_t boxes = 0;
  int32_t categories = 0;  // scores of each box, with the background
  int64_t most = 0;        // detections to keep
  // Scratch.
  uint64_t decoded = 0;
  uint64_t row = 0;
  uint64_t column = 0;
  uint64_t order = 0;
  uint64_t kept = 0;
  uint64_t ranking = 0;
  uint64_t found = 0;
  uint64_t merged = 0;

  int32_t background() const { return categories - options.num_classes; }
};

Status read_options(const NodeContext& ctx, Options* options) {
  const baton_node& node = ctx.node();
  BATON_ASSIGN_OR_RETURN(const FlexMap map, FlexMap::open(node.custom_data, node.custom_bytes));
  BATON_RETURN_IF_ERROR(map.read("max_detections", &options->max_detections));
  BATON_RETURN_IF_ERROR(map.read("max_classes_per_detection", &options->max_classes_per_detection));
  BATON_RETURN_IF_ERROR(map.read("detections_per_class", &options->detections_per_class));
  BATON_RETURN_IF_ERROR(map.read("num_classes", &options->num_classes));
  BATON_RETURN_IF_ERROR(map.read("use_regular_nms", &options->use_regular_nms));
  BATON_RETURN_IF_ERROR(map.read("nms_score_threshold", &options->nms_score_threshold));
  BATON_RETURN_IF_ERROR(map.read("nms_iou_threshold", &options->nms_iou_threshold));
  BATON_RETURN_IF_ERROR(map.read("y_scale", &options->scale.y));
  BATON_RETURN_IF_ERROR(map.read("x_scale", &options->scale.x));
  BATON_RETURN_IF_ERROR(map.read("h_scale", &options->scale.h));
  return map.read("w_scale", &options->scale.w);
}

Status infer(NodeContext& ctx) {
  Options options;
  BATON_RETURN_IF_ERROR(read_options(ctx, &options));
  if (ctx.input(0).rank() != 3 || ctx.input(1).rank() != 3 || ctx.input(2).rank() != 2) {
    return error(BATON_INVALID_MODEL,
                 "box encodings, scores and anchors have ranks %d, %d and %d, not 3, 3 and 2",
                 ctx.input(0).rank(), ctx.input(1).rank(), ctx.input(2).rank());
  }
  if (options.max_detections < 0 || options.max_classes_per_detection < 1) {
    return error(BATON_INVALID_MODEL,
                 "max_detections is %d and max_classes_per_detection %d; at least 0 and 1 are "
                 "needed",
                 options.max_detections, options.max_classes_per_detection);
  }
  BATON_ASSIGN_OR_RETURN(const int32_t slots, checked_dim(int64_t{options.max_detections} *
                                                          options.max_classes_per_detection));
  BATON_RETURN_IF_ERROR(ctx.set_output_dims(0, {1, slots, 4}));
  BATON_RETURN_IF_ERROR(ctx.set_output_dims(1, {1, slots}));
  BATON_RETURN_IF_ERROR(ctx.set_output_dims(2, {1, slots}));
  return ctx.set_output_dims(3, {1});
}

Status check_types(const NodeContext& ctx) {
  const char* const names[] = {"box encodings", "scores", "anchors"};
  for (int i = 0; i < 3; ++i) {
    const Value& input = ctx.input(i);
    BATON_RETURN_IF_ERROR(check_dtype(names[i], input.dtype(), dtypes_of<float, uint8_t>()));
    if (input.dtype() == BATON_UINT8) BATON_RETURN_IF_ERROR(check_per_tensor(names[i], input));
  }
  for (int i = 0; i < 4; ++i) {
    BATON_RETURN_IF_ERROR(check_dtype("output", ctx.output(i).dtype(), dtypes_of<float>()));
  }
  return check_same_dtype(names[0], ctx.input(0), names[2], ctx.input(2));
}

Status check_sizes(const NodeContext& ctx, const Options& options) {
  const Value& encodings = ctx.input(0);
  const Value& scores = ctx.input(1);
  const int32_t boxes = encodings.dim(1);
  if (encodings.dim(0) != 1 || scores.dim(0) != 1) {
    return error(BATON_UNSUPPORTED, "batches of %d box encodings and %d scores; only 1 is possible",
                 encodings.dim(0), scores.dim(0));
  }
  if (encodings.dim(2) < 4 || scores.dim(1) != boxes || ctx.input(2).count() / 4 < boxes) {
    return error(BATON_INVALID_MODEL,
                 "%d boxes of %d numbers do not fit the scores of %d and %lld numbers of anchors",
                 boxes, encodings.dim(2), scores.dim(1),
                 static_cast<long long>(ctx.input(2).count()));
  }
  const int64_t background = int64_t{scores.dim(2)} - options.num_classes;
  if (options.num_classes < 1 || background < 0 || background > 1) {
    return error(BATON_INVALID_MODEL,
                 "num_classes is %d and each box has %d scores; that must be as many, or one more "
                 "for the background",
                 options.num_classes, scores.dim(2));
  }
  return {};
}

Status check_options(const Options& options) {
  for (const float scale : {options.scale.y, options.scale.x, options.scale.h, options.scale.w}) {
    if (scale == 0 || !std::isfinite(scale)) {
      return error(BATON_INVALID_MODEL,
                   "y_scale, x_scale, h_scale or w_scale is %g; it must be finite and not 0",
                   static_cast<double>(scale));
    }
  }
  if (!(options.nms_iou_threshold > 0 && options.nms_iou_threshold <= 1)) {
    return error(BATON_INVALID_MODEL,
                 "nms_iou_threshold is %g; it must lie above 0 and be 1 at "
                 "most",
                 static_cast<double>(options.nms_iou_threshold));
  }
  if (options.use_regular_nms && options.most_per_class() < 1) {
    return error(BATON_INVALID_MODEL,
                 "detections_per_class is %d and max_detections %d; with use_regular_nms both must "
                 "be at least 1",
                 options.detections_per_class, options.max_detections);
  }
  return {};
}

Status prepare(NodeContext& ctx) {
  auto data = std::make_unique<DetectionData>();
  BATON_RETURN_IF_ERROR(read_options(ctx, &data->options));
  BATON_RETURN_IF_ERROR(check_types(ctx));
  BATON_RETURN_IF_ERROR(check_sizes(ctx, data->options));
  BATON_RETURN_IF_ERROR(check_options(data->options));
  const Options& options = data->options;
  data->boxes = ctx.input(0).dim(1);
  data->categories = ctx.input(1).dim(2);
  const int64_t possible =
      int64_t{data->boxes} * (options.use_regular_nms ? options.num_classes : 1);
  data->most = std::min<int64_t>(options.max_detections, possible);

  Layout layout;
  data->decoded = layout.add<Box>(data->boxes);
  data->row = layout.add<float>(data->categories);
  data->column = layout.add<float>(data->boxes);
  data->order = layout.add<int32_t>(data->boxes);
  data->kept = layout.add<int32_t>(data->boxes);
  if (options.use_regular_nms) {
    data->found = layout.add<Detection>(data->most + data->boxes);
    data->merged = layout.add<Detection>(data->most + data->boxes);
  } else {
    data->ranking = layout.add<int32_t>(options.num_classes);
  }
  if (!layout.fits) return error(BATON_INVALID_MODEL, "there are too many boxes and classes");
  ctx.request_scratch(layout.bytes);
  ctx.set_data(std::move(data));
  return {};
}

// Descending; NaN comes last, so that it is an order at all.
bool higher(float a, float b) { return a > b || (std::isnan(b) && !std::isnan(a)); }

float overlap(const Box& a, const Box& b) {
  const float area_a = (a.ymax - a.ymin) * (a.xmax - a.xmin);
  const float area_b = (b.ymax - b.ymin) * (b.xmax - b.xmin);
  if (area_a <= 0 || area_b <= 0) return 0;
  const float height = std::min(a.ymax, b.ymax) - std::max(a.ymin, b.ymin);
  const float width = std::min(a.xmax, b.xmax) - std::max(a.xmin, b.xmin);
  const float common = std::max(height, 0.0f) * std::max(width, 0.0f);
  return common / (area_a + area_b - common);
}

class Detector {
 public:
  explicit Detector(const NodeContext& ctx)
      : ctx_(ctx),
        data_(ctx.data<DetectionData>()),
        decoded_(scratch<Box>(data_.decoded)),
        row_(scratch<float>(data_.row)),
        column_(scratch<float>(data_.column)),
        order_(scratch<int32_t>(data_.order)),
        kept_(scratch<int32_t>(data_.kept)),
        ranking_(scratch<int32_t>(data_.ranking)) {}

  Status run() {
    for (int i = 0; i < 4; ++i) {
      std::fill_n(ctx_.output(i).as<float>(), ctx_.output(i).count(), 0.0f);
    }
    BATON_RETURN_IF_ERROR(decode());
    return data_.options.use_regular_nms ? detect_by_class() : detect_by_box();
  }

 private:
  template <typename T>
  T* scratch(uint64_t at) const {
    return reinterpret_cast<T*>(ctx_.scratch<uint8_t>() + at);
  }

  static float dequantized(const Value& value, uint8_t x) {
    return static_cast<float>(x - value.zero_point()) * value.scale();
  }

  // Four numbers from element `at` on.
  static Coordinates coordinates(const Value& value, int64_t at) {
    const auto number = [&](int64_t k) {
      if (value.dtype() == BATON_FLOAT32) return value.as<const float>()[at + k];
      return dequantized(value, value.as<const uint8_t>()[at + k]);
    };
    return {number(0), number(1), number(2), number(3)};
  }

  // Centres and sizes relative to the anchors, to corners.
  Status decode() {
    const Coordinates& scale = data_.options.scale;
    const Value& encodings = ctx_.input(0);
    for (int32_t i = 0; i < data_.boxes; ++i) {
      const Coordinates code = coordinates(encodings, int64_t{i} * encodings.dim(2));
      const Coordinates anchor = coordinates(ctx_.input(2), int64_t{i} * 4);
      const auto centre = [](double offset, double by, double size, double origin) {
        return static_cast<float>(offset / by * size + origin);
      };
      const auto half = [](double logarithm, double by, double size) {
        return static_cast<float>(0.5 * std::exp(logarithm / by) * size);
      };
      const float y = centre(code.y, scale.y, anchor.h, anchor.y);
      const float x = centre(code.x, scale.x, anchor.w, anchor.x);
      const float h = half(code.h, scale.h, anchor.h);
      const float w = half(code.w, scale.w, anchor.w);
      decoded_[i] = {y - h, x - w, y + h, x + w};
      if (decoded_[i].ymin > decoded_[i].ymax || decoded_[i].xmin > decoded_[i].xmax) {
        return error(BATON_INVALID_MODEL,
                     "box %d has a negative size: its anchor is %g high and %g wide", i,
                     static_cast<double>(anchor.h), static_cast<double>(anchor.w));
      }
    }
    return {};
  }

  // Where the scores of a box begin, without the background.
  int64_t first_score(int32_t box) const {
    return int64_t{box} * data_.categories + data_.background();
  }
  float score(int32_t box, int32_t category) const {
    const Value& scores = ctx_.input(1);
    const int64_t at = first_score(box) + category;
    if (scores.dtype() == BATON_FLOAT32) return scores.as<const float>()[at];
    return dequantized(scores, scores.as<const uint8_t>()[at]);
  }
  // Of all classes; valid until the next call.
  const float* scores_of(int32_t box) const {
    const Value& scores = ctx_.input(1);
    const int64_t at = first_score(box);
    if (scores.dtype() == BATON_FLOAT32) return scores.as<const float>() + at;
    const uint8_t* from = scores.as<const uint8_t>() + at;
    std::transform(from, from + data_.options.num_classes, row_,
                   [&](uint8_t x) { return dequantized(scores, x); });
    return row_;
  }
  float best_score(int32_t box) const {
    const Value& scores = ctx_.input(1);
    const int32_t classes = data_.options.num_classes;
    if (scores.dtype() == BATON_UINT8) {  // of a positive scale
      const uint8_t* from = scores.as<const uint8_t>() + first_score(box);
      uint8_t best = 0;
      for (int32_t i = 0; i < classes; ++i) best = std::max(best, from[i]);
      return dequantized(scores, best);
    }
    const float* row = scores_of(box);
    return *std::min_element(row, row + classes, higher);
  }

  // Greedy non-maximum suppression by column_, a score for each box. The boxes that stay, `most` at
  // most, are the first *count of kept_; the best come first, and of equals the one with the lower
  // index.
  Status suppress(int64_t most, int64_t* count) {
    int32_t* end = order_;
    for (int32_t i = 0; i < data_.boxes; ++i) {
      if (column_[i] >= data_.options.nms_score_threshold) *end++ = i;
    }
    // A heap: of the many boxes few are looked at.
    const auto worse = [this](int32_t a, int32_t b) {
      return column_[a] != column_[b] ? column_[a] < column_[b] : a > b;
    };
    std::make_heap(order_, end, worse);
    int32_t* kept = kept_;
    while (end != order_ && kept - kept_ < most) {
      BATON_RETURN_IF_ERROR(check_cancelled(ctx_));
      std::pop_heap(order_, end, worse);
      const Box& box = decoded_[*--end];
      const bool stays = std::none_of(kept_, kept, [&](int32_t better) {
        return overlap(decoded_[better], box) > data_.options.nms_iou_threshold;
      });
      if (stays) *kept++ = *end;
    }
    *count = kept - kept_;
    return {};
  }

  // The places of the `most` highest of `count` scores in ranking_. Not a stable sort: among equals
  // TensorFlow Lite has the order that the standard library's partial sort leaves, too.
  void rank(const float* scores, int32_t count, int32_t most) {
    std::iota(ranking_, ranking_ + count, 0);
    std::partial_sort(ranking_, ranking_ + most, ranking_ + count,
                      [=](int32_t a, int32_t b) { return higher(scores[a], scores[b]); });
  }

  void write(int64_t slot, const Detection& detection) const {
    const Box& box = decoded_[detection.box];
    float* corners = ctx_.output(0).as<float>() + slot * 4;
    corners[0] = box.ymin;
    corners[1] = box.xmin;
    corners[2] = box.ymax;
    corners[3] = box.xmax;
    ctx_.output(1).as<float>()[slot] = static_cast<float>(detection.category);
    ctx_.output(2).as<float>()[slot] = detection.score;
  }

  // "Fast": a box counts with its best class, and brings its next best ones along.
  Status detect_by_box() {
    const int32_t classes = data_.options.num_classes;
    const int32_t slots = data_.options.max_classes_per_detection;
    for (int32_t i = 0; i < data_.boxes; ++i) column_[i] = best_score(i);
    int64_t count = 0;
    BATON_RETURN_IF_ERROR(suppress(data_.most, &count));
    for (int64_t i = 0; i < count; ++i) {
      const float* scores = scores_of(kept_[i]);
      const int32_t most = std::min(slots, classes);
      rank(scores, classes, most);
      for (int32_t k = 0; k < most; ++k) {
        const int32_t category = ranking_[k];
        write(i * slots + k, {scores[category], kept_[i], category});
      }
    }
    *ctx_.output(3).as<float>() = static_cast<float>(count);
    return {};
  }

  // "Regular": suppression for each class by itself; the best of all classes stay, and of equals
  // those of the earlier class.
  Status detect_by_class() {
    auto* found = scratch<Detection>(data_.found);
    auto* merged = scratch<Detection>(data_.merged);
    int64_t count = 0;
    for (int32_t category = 0; category < data_.options.num_classes; ++category) {
      BATON_RETURN_IF_ERROR(check_cancelled(ctx_));
      for (int32_t i = 0; i < data_.boxes; ++i) column_[i] = score(i, category);
      int64_t more = 0;
      BATON_RETURN_IF_ERROR(suppress(data_.options.most_per_class(), &more));
      for (int64_t i = 0; i < more; ++i) {
        found[count + i] = {column_[kept_[i]], kept_[i], category};
      }
      const Detection* middle = found + count;
      std::merge(found, found + count, middle, middle + more, merged,
                 [](const Detection& a, const Detection& b) { return a.score > b.score; });
      std::swap(found, merged);
      count = std::min(count + more, data_.most);
    }
    for (int64_t i = 0; i < count; ++i) write(i, found[i]);
    *ctx_.output(3).as<float>() = static_cast<float>(count);
    return {};
  }

  const NodeContext& ctx_;
  const DetectionData& data_;
  Box* decoded_;
  float* row_;
  float* column_;
  int32_t* order_;
  int32_t* kept_;
  int32_t* ranking_;
};

Status run(NodeContext& ctx) { return Detector(ctx).run(); }

uint64_t work(const NodeContext& ctx) {
  return static_cast<uint64_t>(ctx.input(0).count()) + static_cast<uint64_t>(ctx.input(1).count());
}

}  // namespace

extern const Operator tflite_detection_post_process{
    .code = BATON_OP_CUSTOM,
    .name = "TFLite_Detection_PostProcess",
    .summary = "Boxes from anchors and scores, without those that overlap better ones.",
    .inputs = {3, 3},
    .outputs = {4, 4},
    .dtypes = dtypes_of<float, uint8_t>(),
    .infer = infer,
    .prepare = prepare,
    .run = run,
    .work = work,
};

}  // namespace baton::ops
