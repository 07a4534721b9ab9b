#include "tools/image/jpeg_check.h"

#include <array>

namespace baton::image {
namespace {

constexpr uint8_t kStartOfImage = 0xd8, kEndOfImage = 0xd9, kStartOfScan = 0xda;
constexpr uint8_t kQuantTables = 0xdb, kHuffmanTables = 0xc4, kJfif = 0xe0, kAdobe = 0xee;

// Formats of ITU-T T.81, annex B.
class Checker {
 public:
  explicit Checker(std::span<const uint8_t> bytes) : in_(bytes) {}

  std::optional<std::vector<uint8_t>> run() {
    if (!looks_like_jpeg(in_)) return std::nullopt;
    out_ = {0xff, kStartOfImage};
    at_ = 2;
    while (const auto marker = next_marker()) {
      if (*marker == kEndOfImage) break;
      if (!segment(*marker)) return std::nullopt;
    }
    // A file that was cut off ends here too: the decoder shows what there is, or complains.
    out_.insert(out_.end(), {0xff, kEndOfImage});
    return std::move(out_);
  }

 private:
  // Skips padding up to the next marker and past it.
  std::optional<uint8_t> next_marker() {
    for (; at_ + 1 < in_.size(); ++at_) {
      if (in_[at_] == 0xff && in_[at_ + 1] != 0xff && in_[at_ + 1] != 0) {
        at_ += 2;
        return in_[at_ - 1];
      }
    }
    return std::nullopt;
  }

  bool segment(uint8_t marker) {
    if (in_.size() - at_ < 2) return false;
    const size_t length = static_cast<size_t>(in_[at_]) << 8 | in_[at_ + 1];
    if (length < 2 || length > in_.size() - at_) return false;
    const std::span<const uint8_t> whole = in_.subspan(at_, length);
    at_ += length;
    // Application data and comments say nothing about pixels, but for these two.
    const bool application = (marker >= 0xe0 && marker <= 0xef) || marker == 0xfe;
    if (application && marker != kJfif && marker != kAdobe) return true;

    const std::span<const uint8_t> body = whole.subspan(2);
    if (marker == kHuffmanTables && !huffman_tables(body)) return false;
    if (marker == kQuantTables && !quant_tables(body)) return false;
    if (marker >= 0xc0 && marker <= 0xc2 && !frame(marker, body)) return false;
    if (marker == kStartOfScan && !scan(body)) return false;
    out_.insert(out_.end(), {0xff, marker});
    out_.insert(out_.end(), whole.begin(), whole.end());
    if (marker == kStartOfScan) copy_scan_data();
    return true;
  }

  bool huffman_tables(std::span<const uint8_t> body) {
    while (!body.empty()) {
      if (body.size() < 17 || body[0] >> 4 > 1 || (body[0] & 15) > 3) return false;
      size_t symbols = 0;
      uint32_t code = 0;
      for (int bits = 1; bits <= 16; ++bits) {
        const uint8_t count = body[static_cast<size_t>(bits)];
        symbols += count;
        code = code * 2 + count;  // one past the last code of this length
        if (code > uint32_t{1} << bits) return false;
      }
      if (symbols > 256 || body.size() < 17 + symbols) return false;
      huffman_[body[0] >> 4][body[0] & 15] = true;
      body = body.subspan(17 + symbols);
    }
    return true;
  }

  bool quant_tables(std::span<const uint8_t> body) {
    while (!body.empty()) {
      const size_t size = body[0] >> 4 ? 129 : 65;
      if (body[0] >> 4 > 1 || (body[0] & 15) > 3 || body.size() < size) return false;
      quant_[body[0] & 15] = true;
      body = body.subspan(size);
    }
    return true;
  }

  bool frame(uint8_t marker, std::span<const uint8_t> body) {
    if (body.size() < 6 || body.size() != 6 + 3 * size_t{body[5]} || !frame_.empty()) return false;
    progressive_ = marker == 0xc2;
    for (size_t i = 6; i < body.size(); i += 3) frame_.push_back(body[i + 2]);
    return !frame_.empty();
  }

  // Every table that the scan will use must have been defined.
  bool scan(std::span<const uint8_t> body) const {
    if (frame_.empty() || body.empty() || body.size() != 4 + 2 * size_t{body[0]}) return false;
    for (const uint8_t table : frame_) {
      if (table > 3 || !quant_[table]) return false;
    }
    const uint8_t first_coefficient = body[body.size() - 3];
    for (size_t i = 1; i + 3 < body.size(); i += 2) {
      const uint8_t dc = body[i + 1] >> 4, ac = body[i + 1] & 15;
      if (dc > 3 || ac > 3) return false;
      if ((!progressive_ || first_coefficient == 0) && !huffman_[0][dc]) return false;
      if ((!progressive_ || first_coefficient != 0) && !huffman_[1][ac]) return false;
    }
    return true;
  }

  // Coded data up to the next marker that is neither an escaped 0xff nor a restart.
  void copy_scan_data() {
    const size_t start = at_;
    for (; at_ + 1 < in_.size(); ++at_) {
      const uint8_t next = in_[at_ + 1];
      if (in_[at_] == 0xff && next != 0 && !(next >= 0xd0 && next <= 0xd7)) break;
    }
    const std::span<const uint8_t> data = in_.subspan(start, at_ - start);
    out_.insert(out_.end(), data.begin(), data.end());
  }

  std::span<const uint8_t> in_;
  size_t at_ = 0;
  std::vector<uint8_t> out_;
  std::array<std::array<bool, 4>, 2> huffman_{};  // [DC, AC]
  std::array<bool, 4> quant_{};
  std::vector<uint8_t> frame_;  // each component's quantisation table
  bool progressive_ = false;
};

}  // namespace

bool looks_like_jpeg(std::span<const uint8_t> bytes) {
  return bytes.size() >= 3 && bytes[0] == 0xff && bytes[1] == kStartOfImage && bytes[2] == 0xff;
}

std::optional<std::vector<uint8_t>> checked_jpeg(std::span<const uint8_t> bytes) {
  return Checker(bytes).run();
}

}  // namespace baton::image
