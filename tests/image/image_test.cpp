#include "tools/image/image.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>

#include "tests/image/encode.h"
#include "tools/image/input.h"
#include "tools/image/jpeg_check.h"
#include "tools/image/resize.h"

namespace baton::image {
namespace {

namespace fs = std::filesystem;

Image make(int width, int height, int channels, std::vector<uint8_t> pixels) {
  return {width, height, channels, std::move(pixels)};
}

std::vector<uint8_t> noise(size_t count) {
  std::mt19937 random(7);
  std::vector<uint8_t> result(count);
  for (uint8_t& x : result) x = static_cast<uint8_t>(random());
  return result;
}

class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "baton_image_XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() { fs::remove_all(path_); }
  fs::path write(const std::string& name, const std::vector<uint8_t>& bytes) const {
    std::ofstream(path_ / name, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
    return path_ / name;
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// ---- decoding ----

TEST(LoadImage, LosslessFormatsGiveBackThePixels) {
  const Folder folder;
  for (const Format format : {Format::kPng, Format::kBmp}) {
    const std::vector<uint8_t> pixels = noise(5 * 3 * 3);
    std::string error;
    const auto image = load_image(folder.write("picture", encode(format, 5, 3, 3, pixels)), &error);
    ASSERT_TRUE(image) << error;
    EXPECT_EQ(image->width, 5);
    EXPECT_EQ(image->height, 3);
    EXPECT_EQ(image->channels, 3);
    EXPECT_EQ(image->pixels, pixels);
  }
}

TEST(LoadImage, AlphaIsDropped) {
  std::string error;
  const auto grey = decode_image(encode(Format::kPng, 2, 1, 2, {10, 0, 20, 255}), "grey", &error);
  ASSERT_TRUE(grey) << error;
  EXPECT_EQ(grey->channels, 1);
  EXPECT_EQ(grey->pixels, (std::vector<uint8_t>{10, 20}));
  const auto colour =
      decode_image(encode(Format::kPng, 2, 1, 4, {1, 2, 3, 0, 4, 5, 6, 255}), "colour", &error);
  ASSERT_TRUE(colour) << error;
  EXPECT_EQ(colour->channels, 3);
  EXPECT_EQ(colour->pixels, (std::vector<uint8_t>{1, 2, 3, 4, 5, 6}));
}

TEST(LoadImage, JpegIsClose) {
  std::vector<uint8_t> pixels;
  for (int i = 0; i < 64; ++i) pixels.insert(pixels.end(), {200, 100, static_cast<uint8_t>(i)});
  std::string error;
  const auto image = decode_image(encode(Format::kJpeg, 8, 8, 3, pixels), "jpeg", &error);
  ASSERT_TRUE(image) << error;
  ASSERT_EQ(image->pixels.size(), pixels.size());
  for (size_t i = 0; i < pixels.size(); ++i) EXPECT_NEAR(image->pixels[i], pixels[i], 8);
}

TEST(LoadImage, FailuresAreOneSentence) {
  const Folder folder;
  fs::create_directory(folder.path() / "folder");
  const std::vector<uint8_t> png = encode(Format::kPng, 20, 20, 3, noise(1200));
  std::vector<uint8_t> huge = encode(Format::kBmp, 2, 2, 3, noise(12));
  const int32_t side = 60000;
  std::memcpy(&huge[18], &side, 4);
  std::memcpy(&huge[22], &side, 4);
  const struct {
    fs::path path;
    std::string says;
  } cases[] = {
      {folder.path() / "missing.png", "does not exist"},
      {folder.path() / "folder", "is a directory"},
      {folder.write("empty.png", {}), "is empty"},
      {folder.write("text.jpg", {'h', 'e', 'l', 'l', 'o'}), "is not a picture"},
      {folder.write("cut.png", {png.begin(), png.begin() + 60}), "is damaged"},
      {folder.write("huge.bmp", huge), "60000 x 60000 pixels, the limit is 100000000"},
  };
  for (const auto& c : cases) {
    std::string error;
    EXPECT_FALSE(load_image(c.path, &error)) << c.path;
    EXPECT_NE(error.find(c.says), std::string::npos) << error;
    EXPECT_NE(error.find(c.path.filename().string()), std::string::npos) << error;
    EXPECT_EQ(error.find('\n'), std::string::npos) << error;
  }
  EXPECT_FALSE(load_image(folder.path() / "missing.png", nullptr));
}

// Any cut or flipped byte gives a picture or a sentence; the sanitizers watch the rest.
TEST(LoadImage, DamageIsSurvived) {
  std::mt19937 random(11);
  for (const Format format : {Format::kPng, Format::kBmp, Format::kJpeg}) {
    const std::vector<uint8_t> whole = encode(format, 9, 7, 3, noise(9 * 7 * 3));
    for (size_t size = 0; size < whole.size(); ++size) {
      std::string error;
      if (!decode_image({whole.data(), size}, "cut", &error)) {
        EXPECT_FALSE(error.empty());
      }
    }
    for (int i = 0; i < 500; ++i) {
      std::vector<uint8_t> bytes = whole;
      for (int flips = 0; flips < 3; ++flips)
        bytes[random() % bytes.size()] ^= 1u << (random() % 8);
      std::string error;
      const auto image = decode_image(bytes, "flipped", &error);
      if (image) {
        EXPECT_EQ(image->pixels.size(), static_cast<size_t>(image->width) *
                                            static_cast<size_t>(image->height) *
                                            static_cast<size_t>(image->channels));
      } else {
        EXPECT_FALSE(error.empty());
      }
    }
  }
}

// Where the first segment with this marker starts, at its 0xff.
size_t find_segment(const std::vector<uint8_t>& jpeg, uint8_t marker) {
  for (size_t at = 2; at + 4 < jpeg.size(); at += 2 + (size_t{jpeg[at + 2]} << 8 | jpeg[at + 3])) {
    if (jpeg[at + 1] == marker) return at;
  }
  return 0;
}

TEST(JpegCheck, RefusesTablesThatTheDecoderWouldTrust) {
  const std::vector<uint8_t> whole = encode(Format::kJpeg, 8, 8, 3, noise(192));
  ASSERT_TRUE(checked_jpeg(whole));
  const size_t huffman = find_segment(whole, 0xc4), frame = find_segment(whole, 0xc0),
               scan = find_segment(whole, 0xda), quant = find_segment(whole, 0xdb);
  ASSERT_TRUE(huffman && frame && scan && quant);
  const struct {
    const char* what;
    size_t at;
    uint8_t value;
  } cases[] = {
      {"more codes than their length allows", huffman + 5, 3},
      {"more than 256 codes", huffman + 5 + 15, 255},
      {"table number", huffman + 4, 0x04},
      {"segment longer than the file", huffman + 2, 0xff},
      {"scan with an undefined table", scan + 6, 0x33},
      {"component with an undefined quantisation table", frame + 12, 3},
      {"quantisation table kind", quant + 4, 0x20},
      {"scan header length", scan + 3, 11},
  };
  for (const auto& c : cases) {
    std::vector<uint8_t> bytes = whole;
    bytes[c.at] = c.value;
    EXPECT_FALSE(checked_jpeg(bytes)) << c.what;
    std::string error;
    EXPECT_FALSE(decode_image(bytes, "bad", &error)) << c.what;
    EXPECT_NE(error.find("damaged"), std::string::npos) << error;
  }
}

TEST(JpegCheck, LeavesOutWhatIsNotPicture) {
  const std::vector<uint8_t> whole = encode(Format::kJpeg, 16, 8, 3, noise(384));
  std::string error;
  const auto expected = decode_image(whole, "plain", &error);
  ASSERT_TRUE(expected) << error;
  // A segment of application data that holds marker-like bytes, and a film after the picture.
  std::vector<uint8_t> decorated = whole;
  const std::vector<uint8_t> application = {0xff, 0xe1, 0, 8, 0xff, 0xc4, 0, 20, 0xff, 0xd9};
  decorated.insert(decorated.begin() + 2, application.begin(), application.end());
  const std::vector<uint8_t> film = {0, 0, 0xff, 0xc4, 0, 4, 0xff, 0xff};
  decorated.insert(decorated.end(), film.begin(), film.end());
  const auto image = decode_image(decorated, "decorated", &error);
  ASSERT_TRUE(image) << error;
  EXPECT_EQ(image->pixels, expected->pixels);
  EXPECT_EQ(checked_jpeg(decorated), checked_jpeg(whole));
}

// ---- channels ----

TEST(Channels, GreyToColourAndBack) {
  const Image grey = make(4, 1, 1, {0, 1, 128, 255});
  const Image colour = with_channels(grey, 3);
  EXPECT_EQ(colour.pixels, (std::vector<uint8_t>{0, 0, 0, 1, 1, 1, 128, 128, 128, 255, 255, 255}));
  for (int level = 0; level < 256; ++level) {
    const uint8_t v = static_cast<uint8_t>(level);
    EXPECT_EQ(with_channels(make(1, 1, 3, {v, v, v}), 1).pixels[0], v);
  }
  EXPECT_EQ(with_channels(colour, 3).pixels, colour.pixels);
}

TEST(Channels, LumaWeights) {
  // 0.299 * 255 = 76.245, 0.587 * 255 = 149.685, 0.114 * 255 = 29.07
  const Image primaries = make(3, 1, 3, {255, 0, 0, 0, 255, 0, 0, 0, 255});
  EXPECT_EQ(with_channels(primaries, 1).pixels, (std::vector<uint8_t>{76, 150, 29}));
}

// ---- scaling ----

TEST(Resize, TwiceAsLarge) {
  const FloatImage out = resize_bilinear(make(2, 2, 1, {0, 100, 50, 200}), 4, 4);
  EXPECT_EQ(out.values, (std::vector<float>{0, 50, 100, 100,     //
                                            25, 87.5, 150, 150,  //
                                            50, 125, 200, 200,   //
                                            50, 125, 200, 200}));
}

TEST(Resize, HalfPicksEverySecondPixel) {
  std::vector<uint8_t> pixels(16);
  for (size_t i = 0; i < 16; ++i) pixels[i] = static_cast<uint8_t>(i);
  EXPECT_EQ(resize_bilinear(make(4, 4, 1, pixels), 2, 2).values, (std::vector<float>{0, 2, 8, 10}));
}

TEST(Resize, ThreeToTwoInOneDirection) {
  // Scale 1.5: columns 0 and halfway between 1 and 2; two channels that do not mix.
  const FloatImage out = resize_bilinear(make(3, 1, 3, {0, 9, 1, 10, 8, 1, 30, 7, 1}), 2, 1);
  EXPECT_EQ(out.values, (std::vector<float>{0, 9, 1, 20, 7.5f, 1}));
}

TEST(Resize, SameSizeIsExactAndOnePixelSpreads) {
  const std::vector<uint8_t> pixels = noise(7 * 5 * 3);
  const FloatImage same = resize_bilinear(make(7, 5, 3, pixels), 7, 5);
  EXPECT_TRUE(std::equal(pixels.begin(), pixels.end(), same.values.begin()));
  const FloatImage spread = resize_bilinear(make(1, 1, 1, {77}), 3, 2);
  EXPECT_EQ(spread.values, std::vector<float>(6, 77.0f));
}

TEST(Resize, StaysWithinTheFormulaForAwkwardSizes) {
  // The same weights in double: 224 of 513 and 600 are not exact in float.
  const int width = 513, height = 301, to = 224;
  const Image image = make(width, height, 1, noise(static_cast<size_t>(width) * height));
  const FloatImage out = resize_bilinear(image, to, to);
  for (int y = 0; y < to; ++y) {
    for (int x = 0; x < to; ++x) {
      const double sy = static_cast<double>(y) * height / to,
                   sx = static_cast<double>(x) * width / to;
      const int y0 = static_cast<int>(sy), x0 = static_cast<int>(sx);
      const int y1 = std::min(y0 + 1, height - 1), x1 = std::min(x0 + 1, width - 1);
      const double fy = sy - y0, fx = sx - x0;
      auto at = [&](int row, int column) {
        return image.pixels[static_cast<size_t>(row * width + column)];
      };
      const double expected = (at(y0, x0) * (1 - fx) + at(y0, x1) * fx) * (1 - fy) +
                              (at(y1, x0) * (1 - fx) + at(y1, x1) * fx) * fy;
      ASSERT_NEAR(out.values[static_cast<size_t>(y * to + x)], expected, 0.02) << x << "," << y;
    }
  }
}

// ---- filling ----

InputSpec spec(baton_dtype dtype, std::vector<int32_t> dims, float scale = 0, int64_t zero = 0) {
  InputSpec result;
  result.name = "picture";
  result.dtype = dtype;
  result.dims = std::move(dims);
  result.scale = scale;
  result.zero_point = zero;
  return result;
}

template <typename T>
std::vector<T> filled(const std::vector<float>& pixels, const InputSpec& s) {
  const FloatImage values{static_cast<int>(pixels.size()), 1, 1, pixels};
  std::vector<T> out(pixels.size());
  std::string error;
  EXPECT_TRUE(fill_input(values, s, std::as_writable_bytes(std::span(out)), &error)) << error;
  return out;
}

TEST(FillInput, FollowsTheType) {
  const std::vector<float> pixels = {0, 87.5f, 127.5f, 128.75f, 255};
  EXPECT_EQ(filled<float>(pixels, spec(BATON_FLOAT32, {})),
            (std::vector<float>{-1, -40 / 127.5f, 0, 1.25f / 127.5f, 1}));
  EXPECT_EQ(filled<double>(pixels, spec(BATON_FLOAT64, {}))[4], 1.0);
  EXPECT_EQ(filled<uint8_t>(pixels, spec(BATON_UINT8, {}, 1.0f / 128, 128)),
            (std::vector<uint8_t>{0, 87, 127, 128, 255}));
  // Towards zero: 87.5 - 128 = -40.5 gives -40.
  EXPECT_EQ(filled<int8_t>(pixels, spec(BATON_INT8, {}, 1.0f / 255, -128)),
            (std::vector<int8_t>{-128, -40, 0, 0, 127}));
  // Spans [-1, 1]: (127.5 - 127.5) / 127.5 is 0, which is stored as the zero point.
  EXPECT_EQ(filled<int8_t>(pixels, spec(BATON_INT8, {}, 0.00784314f, -1)),
            (std::vector<int8_t>{-128, -41, -1, 0, 126}));
  EXPECT_EQ(filled<int16_t>(pixels, spec(BATON_INT16, {}, 1.0f / 32768, 0)),
            (std::vector<int16_t>{-32768, -10280, 0, 321, 32767}));
}

TEST(FillInput, FollowsTheUsersNormalisation) {
  const std::vector<float> pixels = {0, 100, 255};
  InputSpec s = spec(BATON_FLOAT32, {});
  s.normalisation = Normalisation{0, 255};
  EXPECT_EQ(filled<float>(pixels, s), (std::vector<float>{0, 100 / 255.0f, 1}));
  s = spec(BATON_UINT8, {}, 0.5f, 10);
  s.normalisation = Normalisation{100, 10};  // -10, 0, 15.5
  EXPECT_EQ(filled<uint8_t>(pixels, s), (std::vector<uint8_t>{0, 10, 41}));
  s = spec(BATON_INT8, {}, 0.5f, 10);
  s.normalisation = Normalisation{100, 10};
  EXPECT_EQ(filled<int8_t>(pixels, s), (std::vector<int8_t>{-10, 10, 41}));
}

TEST(FillInput, Refusals) {
  const FloatImage values{1, 1, 1, {1.0f}};
  std::vector<std::byte> out(1);
  InputSpec no_scale = spec(BATON_INT8, {});
  no_scale.normalisation = Normalisation{};
  InputSpec no_deviation = spec(BATON_UINT8, {});
  no_deviation.normalisation = Normalisation{0, 0};
  const struct {
    InputSpec spec;
    size_t bytes;
    std::string says;
  } cases[] = {
      {spec(BATON_INT32, {}), 1, "pictures cannot fill"},
      {spec(BATON_STRING, {}), 1, "pictures cannot fill"},
      {spec(BATON_UINT8, {}), 0, "takes 0 bytes, the picture gives 1"},
      {spec(BATON_FLOAT32, {}), 1, "takes 1 bytes, the picture gives 4"},
      {no_scale, 1, "has no scale"},
      {no_deviation, 1, "standard deviation of 0"},
  };
  for (const auto& c : cases) {
    std::string error;
    EXPECT_FALSE(fill_input(values, c.spec, std::span(out).first(c.bytes), &error));
    EXPECT_NE(error.find(c.says), std::string::npos) << error;
    EXPECT_NE(error.find("\"picture\""), std::string::npos) << error;
  }
}

TEST(PictureShape, ReadsUsualShapesAndRefusesOthers) {
  const struct {
    std::vector<int32_t> dims;
    int height, width, channels;  // 0: refused
  } cases[] = {
      {{1, 224, 192, 3}, 224, 192, 3},
      {{1, 96, 96, 1}, 96, 96, 1},
      {{224, 192, 3}, 224, 192, 3},
      {{1, 28, 28}, 28, 28, 1},
      {{28, 30}, 28, 30, 1},
      {{1, 1, 3}, 1, 1, 3},
      {{2, 224, 224, 3}, 0, 0, 0},
      {{1, 224, 224, 4}, 0, 0, 0},
      {{1, 0, 224, 3}, 0, 0, 0},
      {{1, 1000}, 0, 0, 0},
      {{}, 0, 0, 0},
      {{5}, 0, 0, 0},
      {{1, -1, -1, 3}, 0, 0, 0},
      {{2, 28, 28}, 0, 0, 0},
      {{1, 65536, 65536, 3}, 0, 0, 0},
  };
  for (const auto& c : cases) {
    std::string error;
    const auto shape = picture_shape(spec(BATON_UINT8, c.dims), &error);
    ASSERT_EQ(shape.has_value(), c.height > 0) << error;
    if (shape) {
      EXPECT_EQ(shape->height, c.height);
      EXPECT_EQ(shape->width, c.width);
      EXPECT_EQ(shape->channels, c.channels);
    } else {
      EXPECT_NE(error.find("has the shape ["), std::string::npos) << error;
    }
  }
}

TEST(ImageToInput, ChannelsSizeAndTypeTogether) {
  std::string error;
  const auto bytes = image_to_input(make(2, 1, 3, {10, 10, 10, 30, 30, 30}),
                                    spec(BATON_UINT8, {1, 1, 4, 1}), &error);
  ASSERT_TRUE(bytes) << error;
  EXPECT_EQ(*bytes,
            (std::vector<std::byte>{std::byte{10}, std::byte{20}, std::byte{30}, std::byte{30}}));
}

// ---- real pictures ----

// Reads an uncompressed bottom-up BMP of 8 or 24 bits without the decoder under test.
Image read_bmp(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<uint8_t> b((std::istreambuf_iterator<char>(file)), {});
  auto word = [&](size_t at) {
    int32_t value = 0;
    std::memcpy(&value, &b[at], 4);
    return value;
  };
  const int start = word(10), header = word(14), width = word(18), height = word(22);
  const int bits = b[28];
  const int stride = (width * bits / 8 + 3) / 4 * 4;
  Image image{width, height, 3, {}};
  for (int y = height - 1; y >= 0; --y) {
    for (int x = 0; x < width; ++x) {
      const size_t at = static_cast<size_t>(start + y * stride + x * bits / 8);
      const size_t bgr = bits == 8 ? static_cast<size_t>(14 + header + 4 * b[at]) : at;
      image.pixels.insert(image.pixels.end(), {b[bgr + 2], b[bgr + 1], b[bgr]});
    }
  }
  return image;
}

class SharedPictures : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::exists(BATON_SHARED_DIR)) GTEST_SKIP() << "no shared folder";
  }
  const fs::path folder_ = fs::path(BATON_SHARED_DIR) / "models" / "images";
};

TEST_F(SharedPictures, BitmapsAreExact) {
  for (const char* name : {"grace_hopper.bmp", "cat.bmp", "squat.bmp", "person.bmp",
                           "no_person.bmp", "mnist_nine.bmp", "bird_segmentation_mask.bmp"}) {
    std::string error;
    const auto image = load_image(folder_ / name, &error);
    ASSERT_TRUE(image) << error;
    const Image expected = read_bmp(folder_ / name);
    EXPECT_EQ(image->width, expected.width) << name;
    EXPECT_EQ(image->height, expected.height) << name;
    EXPECT_EQ(with_channels(*image, 3).pixels, expected.pixels) << name;
  }
}

// An int8 input whose quantisation spans [-1, 1] gets normalised pixels in its own scale.
TEST_F(SharedPictures, PersonFollowsTheInputsQuantisation) {
  std::string error;
  const auto image = load_image(folder_ / "person.bmp", &error);
  ASSERT_TRUE(image) << error;
  const auto bytes =
      image_to_input(*image, spec(BATON_INT8, {1, 96, 96, 1}, 0.00784314f, -1), &error);
  ASSERT_TRUE(bytes) << error;
  const Image expected = read_bmp(folder_ / "person.bmp");
  ASSERT_EQ(bytes->size(), 96u * 96u);
  for (size_t i = 0; i < bytes->size(); ++i) {
    const double real = (expected.pixels[3 * i] - 127.5) / 127.5;
    const double stored = std::clamp(std::round(real / 0.00784314) - 1, -128.0, 127.0);
    ASSERT_EQ(static_cast<int8_t>((*bytes)[i]), stored) << i;
  }
}

TEST_F(SharedPictures, JpegAndPngDecode) {
  const struct {
    const char* name;
    int width, height, channels;
  } cases[] = {{"burger.jpg", 480, 325, 3},
               {"grace_hopper_224.jpg", 224, 224, 3},
               {"mnist/sample0.png", 28, 28, 0}};
  for (const auto& c : cases) {
    std::string error;
    const auto image = load_image(folder_ / c.name, &error);
    ASSERT_TRUE(image) << error;
    EXPECT_EQ(image->width, c.width);
    EXPECT_EQ(image->height, c.height);
    if (c.channels) {
      EXPECT_EQ(image->channels, c.channels);
    }
    const auto [low, high] = std::minmax_element(image->pixels.begin(), image->pixels.end());
    EXPECT_LT(*low, 30) << c.name;
    EXPECT_GT(*high, 225) << c.name;
  }
  // The JPEG of the same photograph, scaled by other software, is close to our scaling of the BMP.
  std::string error;
  const auto small = load_image(folder_ / "grace_hopper_224.jpg", &error);
  const auto large = load_image(folder_ / "grace_hopper.bmp", &error);
  ASSERT_TRUE(small && large) << error;
  const FloatImage scaled = resize_bilinear(*large, 224, 224);
  double difference = 0;
  for (size_t i = 0; i < scaled.values.size(); ++i) {
    difference += std::abs(scaled.values[i] - static_cast<float>(small->pixels[i]));
  }
  EXPECT_LT(difference / static_cast<double>(scaled.values.size()), 12);
}

}  // namespace
}  // namespace baton::image
