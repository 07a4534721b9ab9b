#include "draw.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "maths.h"

namespace shapes {
namespace {

struct Point {
  double x = 0;
  double y = 0;
};

using Colour = std::array<double, 3>;

// Every shape is given by its signed distance (negative inside) in coordinates where it fits the
// unit circle and y points down. Distance over pixel size gives the anti-aliased edge.

double disc(Point p, Point centre, double radius) {
  return std::sqrt((p.x - centre.x) * (p.x - centre.x) + (p.y - centre.y) * (p.y - centre.y)) -
         radius;
}

double polygon(Point p, const std::vector<Point>& corners) {
  double nearest = 1e9;
  bool inside = false;
  Point a = corners.back();
  for (const Point b : corners) {
    const Point edge{b.x - a.x, b.y - a.y};
    const Point from{p.x - a.x, p.y - a.y};
    const double along = std::clamp(
        (from.x * edge.x + from.y * edge.y) / (edge.x * edge.x + edge.y * edge.y), 0.0, 1.0);
    const Point away{from.x - along * edge.x, from.y - along * edge.y};
    nearest = std::min(nearest, away.x * away.x + away.y * away.y);
    if ((a.y > p.y) != (b.y > p.y) && p.x < a.x + (p.y - a.y) * edge.x / edge.y) inside = !inside;
    a = b;
  }
  return inside ? -std::sqrt(nearest) : std::sqrt(nearest);
}

// `count` corners on circles of the radii given in turn, the first one straight up.
std::vector<Point> regular(int count, double radius, double second_radius) {
  std::vector<Point> corners;
  for (int i = 0; i < count; ++i) {
    const double angle = 2 * kPi * i / count;
    const double r = i % 2 == 0 ? radius : second_radius;
    corners.push_back({r * sine(angle), -r * cosine(angle)});
  }
  return corners;
}

double circle(Point p) { return disc(p, {0, 0}, 0.92); }

double square(Point p) {
  static const std::vector<Point> corners = regular(4, 1, 1);
  return polygon(p, corners);
}

double triangle(Point p) {
  static const std::vector<Point> corners = regular(3, 1, 1);
  return polygon(p, corners);
}

double star(Point p) {
  static const std::vector<Point> corners = regular(10, 1, 0.42);
  return polygon(p, corners);
}

double heart(Point p) {
  // A square on its corner, with half a disc on each of its upper sides.
  static const std::vector<Point> corners = {{0, -0.36}, {0.6, 0.24}, {0, 0.84}, {-0.6, 0.24}};
  const double radius = 0.3 * std::sqrt(2.0);
  return std::min(
      {polygon(p, corners), disc(p, {-0.3, -0.06}, radius), disc(p, {0.3, -0.06}, radius)});
}

double cross(Point p) {
  static const std::vector<Point> corners = {{-.3, -.9}, {.3, -.9}, {.3, -.3},  {.9, -.3},
                                             {.9, .3},   {.3, .3},  {.3, .9},   {-.3, .9},
                                             {-.3, .3},  {-.9, .3}, {-.9, -.3}, {-.3, -.3}};
  return polygon(p, corners);
}

double ring(Point p) { return std::max(disc(p, {0, 0}, 0.92), -disc(p, {0, 0}, 0.52)); }

double crescent(Point p) { return std::max(disc(p, {0, 0}, 0.95), -disc(p, {0.5, 0}, 0.78)); }

double arrow(Point p) {
  static const std::vector<Point> corners = {{.95, 0},    {.15, .75},  {.15, .28}, {-.9, .28},
                                             {-.9, -.28}, {.15, -.28}, {.15, -.75}};
  return polygon(p, corners);
}

double pentagon(Point p) {
  static const std::vector<Point> corners = regular(5, 1, 1);
  return polygon(p, corners);
}

using Distance = double (*)(Point);
constexpr std::array<Distance, kClasses> kShapes = {circle, square, triangle, star,  heart,
                                                    cross,  ring,   crescent, arrow, pentagon};

Colour random_colour(Random& random) {
  return {random.uniform(0, 255), random.uniform(0, 255), random.uniform(0, 255)};
}

double contrast(const Colour& a, const Colour& b) {
  double sum = 0;
  for (int c = 0; c < 3; ++c) sum += (a[c] - b[c]) * (a[c] - b[c]);
  return std::sqrt(sum);
}

// A unit vector in a random direction.
Point random_direction(Random& random) {
  for (;;) {
    const Point p{random.uniform(-1, 1), random.uniform(-1, 1)};
    const double length = std::sqrt(p.x * p.x + p.y * p.y);
    if (length > 0.1 && length < 1) return {p.x / length, p.y / length};
  }
}

struct Background {
  struct Spot {
    Point centre;
    double radius;
    Colour shift;
  };
  Colour from;
  Colour to;
  Point direction;
  std::vector<Spot> spots;
  double noise;
};

Background random_background(Random& random) {
  Background background;
  background.from = random_colour(random);
  do {
    background.to = random_colour(random);
  } while (contrast(background.from, background.to) > 130);
  background.direction = random_direction(random);
  background.spots.resize(static_cast<size_t>(random.below(4)));
  for (auto& spot : background.spots) {
    spot.centre = {random.uniform(-1, 1), random.uniform(-1, 1)};
    spot.radius = random.uniform(0.2, 0.8);
    for (double& channel : spot.shift) channel = random.uniform(-40, 40);
  }
  background.noise = random.uniform(0, 16);
  return background;
}

// `p` in [-1, 1] both ways.
Colour background_colour(const Background& background, Point p) {
  const double along = 0.5 + 0.35 * (p.x * background.direction.x + p.y * background.direction.y);
  Colour colour;
  for (int c = 0; c < 3; ++c) {
    colour[c] = background.from[c] + along * (background.to[c] - background.from[c]);
  }
  for (const auto& spot : background.spots) {
    const double x = (p.x - spot.centre.x) / spot.radius;
    const double y = (p.y - spot.centre.y) / spot.radius;
    const double falloff = 1 - (x * x + y * y);
    if (falloff <= 0) continue;
    for (int c = 0; c < 3; ++c) colour[c] += spot.shift[c] * falloff * falloff;
  }
  return colour;
}

}  // namespace

Image draw_picture(int label, int side, Random& random) {
  const Background background = random_background(random);
  Colour ink;
  do {
    ink = random_colour(random);
  } while (contrast(ink, background.from) < 110 || contrast(ink, background.to) < 110);
  const double shade = random.uniform(-30, 30);
  const Point light = random_direction(random);

  const double radius = random.uniform(0.42, 0.88);
  const double reach = 0.97 - radius;
  const Point centre{random.uniform(-reach, reach), random.uniform(-reach, reach)};
  Point turn = random_direction(random);
  if (kShapes[label] == heart) {
    // A heart is seldom seen upside down: at most 45 degrees either way.
    const double lean = random.uniform(-1, 1);
    const double length = std::sqrt(1 + lean * lean);
    turn = {1 / length, lean / length};
  }

  Image image{side, side, std::vector<uint8_t>(static_cast<size_t>(side) * side * 3)};
  const double pixel = 2.0 / side;
  uint8_t* out = image.rgb.data();
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const Point p{(x + 0.5) * pixel - 1, (y + 0.5) * pixel - 1};
      Colour colour = background_colour(background, p);
      const Point offset{(p.x - centre.x) / radius, (p.y - centre.y) / radius};
      if (offset.x * offset.x + offset.y * offset.y < 1.3) {
        const Point turned{turn.x * offset.x + turn.y * offset.y,
                           turn.x * offset.y - turn.y * offset.x};
        const double coverage = std::clamp(0.5 - kShapes[label](turned) * radius / pixel, 0.0, 1.0);
        const double glow = shade * (light.x * offset.x + light.y * offset.y);
        for (int c = 0; c < 3; ++c) colour[c] += coverage * (ink[c] + glow - colour[c]);
      }
      uint64_t bits = random.bits();
      for (int c = 0; c < 3; ++c, bits >>= 20) {
        // Triangular noise from two ten-bit numbers.
        const double noise = static_cast<double>((bits & 1023) + ((bits >> 10) & 1023)) / 1023 - 1;
        const double value = colour[c] + background.noise * noise + 0.5;
        *out++ = static_cast<uint8_t>(std::clamp(value, 0.0, 255.0));
      }
    }
  }
  return image;
}

}  // namespace shapes
