#include "delegates/cpu/strip.h"

#include <algorithm>

#include "delegates/cpu/conv_arithmetic.h"
#include "delegates/cpu/conv_plan.h"
#include "delegates/cpu/depthwise_plan.h"
#include "delegates/cpu/place.h"

namespace baton::cpu {
namespace {

enum InputPosition : size_t { kImage, kResidual };

template <typename Conv, typename Depthwise>
struct StripPlan {
  std::optional<ConvPlan<Conv>> expand;
  DepthwisePlan<Depthwise> depthwise;
  std::optional<ConvPlan<Conv>> project;
};

// Rows of output that a pass of a product takes, so that its tiles are well filled.
int64_t rows_per_pass(int64_t width) {
  constexpr int64_t kPixels = 48;
  return std::max<int64_t>(1, kPixels / std::max<int64_t>(1, width));
}

template <typename Conv, typename Depthwise>
class StripWork final : public Work {
 public:
  using Plan = StripPlan<Conv, Depthwise>;
  using Element = typename Conv::Element;

  StripWork(const Plan& plan, const Place& place, const Sizes& sizes, int32_t image)
      : plan_(plan), place_(place) {
    const auto dims = sizes.dims(image);
    int32_t height = dims[1], width = dims[2];
    if (plan.expand) {
      expand_.emplace(*plan.expand, conv_sizes_of(plan.expand->shape, sizes, image));
      height = expand_->sizes().y.output;
      width = expand_->sizes().x.output;
    }
    y_ = plan.depthwise.window_y(height);
    x_ = plan.depthwise.window_x(width);
    pixels_ = int64_t{dims[0]} * y_.output * x_.output;
    line_channels_ = plan.expand ? plan.expand->shape.channels : dims[3];
    plan.depthwise.check_channels(line_channels_);
    const auto channels = static_cast<int64_t>(plan.depthwise.shape.channels);
    plan_scratch(channels);
    if (plan.project) {
      ConvSizes pixels;
      pixels.images = dims[0];
      pixels.input_channels = channels;
      pixels.y = Window{y_.output, 1, 1, 1, 0, y_.output};
      pixels.x = Window{x_.output, 1, 1, 1, 0, x_.output};
      pixels.pointwise = true;
      project_.emplace(*plan.project, pixels);
      project_scratch_ = take_worker_scratch(project_->scratch_bytes());
    }
    // With several threads two bands for each; rows between bands are computed twice.
    const uint32_t threads = sizes.thread_count();
    bands_ = threads == 1 ? 1 : std::clamp<int64_t>(y_.output / 4, 1, int64_t{threads} * 2);
    phases = {{static_cast<uint64_t>(dims[0] * bands_), 1}};
  }

  int64_t pixels() const { return pixels_; }  // of the output

  void run(const Call& call, size_t, uint64_t begin, uint64_t end) const override {
    for (uint64_t item = begin; item < end; ++item) {
      const auto image = static_cast<int64_t>(item) / bands_;
      const auto band = static_cast<int64_t>(item) % bands_;
      run_band(call, image, y_.output * band / bands_, y_.output * (band + 1) / bands_);
    }
  }

 private:
  void plan_scratch(int64_t channels) {
    if (expand_) {
      expand_scratch_ = take_worker_scratch(expand_->scratch_bytes());
      expand_pass_ = rows_per_pass(x_.input);
      // A ring: all rows under the filter, and those of the pass that made the last of them.
      const int64_t wanted = y_.filter + expand_pass_ - 1;
      ring_rows_ = (wanted + expand_pass_ - 1) / expand_pass_ * expand_pass_;
      ring_ = take_worker_scratch(static_cast<uint64_t>(ring_rows_ * x_.input * line_channels_) *
                                  sizeof(Element));
    }
    if (plan_.project) {
      project_pass_ = rows_per_pass(x_.output);
      pass_ = take_worker_scratch(static_cast<uint64_t>(project_pass_ * x_.output * channels) *
                                  sizeof(Element));
    }
  }

  // Rows [begin, end) of the depthwise convolution's output, and what comes of them.
  void run_band(const Call& call, int64_t image, int64_t begin, int64_t end) const {
    auto* scratch = call.worker_scratch<std::byte>();
    const auto* input = call.input<Element>(kImage);
    const int64_t line = x_.input * line_channels_;
    const void* rows[kMostFilterRows];
    auto tile = plan_.depthwise.tile(x_, line_channels_, plan_.depthwise.packed.get());
    tile.rows = rows;
    const int64_t out_line = x_.output * tile.out_pixel_stride;
    int64_t expanded = std::max<int64_t>(0, y_.start(begin));  // rows before are in the ring
    for (int64_t row = begin; row < end;) {
      const int64_t pass = project_ ? std::min(project_pass_, end - row) : 1;
      Element* out = project_ ? reinterpret_cast<Element*>(scratch + pass_)
                              : call.output<Element>(0) + (image * y_.output + row) * out_line;
      for (int64_t i = 0; i < pass; ++i) {
        const int64_t start = y_.start(row + i);
        if (expand_) {
          expanded = expand_until(input, image, expanded,
                                  std::min<int64_t>(start + y_.filter, y_.input), scratch);
        }
        for (int32_t fy = 0; fy < y_.filter; ++fy) {
          const int64_t y = start + fy;
          rows[fy] = y < 0 || y >= y_.input ? nullptr
                     : expand_ ? reinterpret_cast<Element*>(scratch + ring_) + y % ring_rows_ * line
                               : input + (image * y_.input + y) * line;
        }
        tile.out = out + i * out_line;
        plan_.depthwise.arithmetic.kernel->run(tile);
      }
      if (project_) project(call, image * y_.output + row, pass, out, scratch);
      row += pass;
    }
  }

  // Makes expanded rows [from, end) of an image, and gives the first that was not made.
  int64_t expand_until(const Element* input, int64_t image, int64_t from, int64_t end,
                       std::byte* scratch) const {
    auto* ring = reinterpret_cast<Element*>(scratch + ring_);
    while (from < end) {
      const int64_t until = std::min<int64_t>((from / expand_pass_ + 1) * expand_pass_, y_.input);
      expand_->run(input, (image * y_.input + from) * x_.input, (until - from) * x_.input,
                   ring + from % ring_rows_ * x_.input * line_channels_, line_channels_, nullptr,
                   scratch + expand_scratch_);
      from = until;
    }
    return from;
  }

  void project(const Call& call, int64_t first_row, int64_t rows, const Element* pixels,
               std::byte* scratch) const {
    const int64_t first = first_row * x_.output;
    const auto* residual = call.input<Element>(kResidual);
    project_->run(pixels, 0, rows * x_.output,
                  call.output<Element>(0) + first * place_.pixel_stride + place_.channel,
                  place_.pixel_stride,
                  residual == nullptr ? nullptr : residual + first * place_.pixel_stride,
                  scratch + project_scratch_);
  }

  const Plan& plan_;
  const Place place_;  // of the projection's output
  std::optional<ConvPixels<Conv>> expand_, project_;
  Window y_, x_;               // of the depthwise convolution
  int64_t line_channels_ = 0;  // of the depthwise convolution's input
  int64_t pixels_ = 0;
  int64_t bands_ = 1;
  int64_t expand_pass_ = 1, project_pass_ = 1, ring_rows_ = 0;
  // Offsets in the worker's scratch memory.
  uint64_t expand_scratch_ = 0, ring_ = 0, pass_ = 0, project_scratch_ = 0;
};

template <typename Conv, typename Depthwise>
class StripStep final : public Step {
 public:
  StripStep(const Strip& strip, const Compiler& compiler)
      : plan_{conv_plan(strip.expand, compiler),
              {strip.depthwise, compiler},
              conv_plan(strip.project, compiler)} {
    plan_.depthwise.pack_constants(strip.depthwise.input(1), strip.depthwise.input(2), compiler);
    const NodeView& first = strip.expand ? *strip.expand : strip.depthwise;
    const NodeView& last = strip.project ? *strip.project : strip.depthwise;
    inputs = {first.input(0).index(), -1};
    outputs = {last.result().index()};
    if (last.residual) inputs[kResidual] = last.residual->operand.index();
    place_ = Place(last, last.input(1).dim(last.op() == BATON_OP_CONV_2D ? 0 : 3));
  }

  std::unique_ptr<Work> prepare(const Sizes& sizes) const override {
    place_.check(sizes, outputs[0]);
    auto work = std::make_unique<StripWork<Conv, Depthwise>>(plan_, place_, sizes, inputs[kImage]);
    // Only a projection has a residual, and then no larger tensor to write into.
    check_residual(sizes, inputs[kResidual], outputs[0], work->pixels() * place_.pixel_stride);
    return work;
  }

 private:
  static std::optional<ConvPlan<Conv>> conv_plan(const std::optional<NodeView>& node,
                                                 const Compiler& compiler) {
    if (!node) return std::nullopt;
    ConvPlan<Conv> plan(conv_shape_of(*node), conv_arithmetic<Conv>(*node, compiler), compiler);
    plan.pack_constants(node->input(1), node->input(2), compiler);
    return plan;
  }

  StripPlan<Conv, Depthwise> plan_;
  Place place_;
};

bool has_constant_weights(const NodeView& node) {
  return node.input(1).constant() && (!node.input(2) || node.input(2).constant());
}

bool is_plain_conv(const NodeView& conv) {
  return conv.op() == BATON_OP_CONV_2D && conv.input(0).dtype() == conv.input(1).dtype() &&
         conv.input(0).dim(3) == conv.input(1).dim(3) && has_constant_weights(conv);
}

}  // namespace

bool can_expand(const NodeView& conv) { return is_plain_conv(conv) && !conv.residual; }

bool can_be_in_strip(const NodeView& depthwise) {
  return depthwise.op() == BATON_OP_DEPTHWISE_CONV_2D && has_constant_weights(depthwise) &&
         depthwise.input(0).dtype() == depthwise.input(1).dtype() &&
         depthwise.attributes<baton_depthwise_conv_2d_attributes>().dilation_h_factor == 1;
}

bool can_project(const NodeView& conv) {
  const auto& attributes = conv.attributes<baton_conv_2d_attributes>();
  return is_plain_conv(conv) && !conv.padding && conv.input(1).dim(1) == 1 &&
         conv.input(1).dim(2) == 1 && attributes.stride_h == 1 && attributes.stride_w == 1;
}

std::unique_ptr<Step> compile_strip(const Strip& strip, const Compiler& compiler) {
  if (strip.depthwise.input(0).dtype() == BATON_FLOAT32) {
    return std::make_unique<StripStep<FloatArithmetic, FloatDepthwise>>(strip, compiler);
  }
  return std::make_unique<StripStep<Int8Arithmetic, Int8Depthwise>>(strip, compiler);
}

}  // namespace baton::cpu
