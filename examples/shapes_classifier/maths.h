#pragma once

#include <cstdint>
#include <cstring>

namespace shapes {

// The C library chooses a variant of sin, cos and exp by the processor that it runs on, and the
// last bit can differ. These use only operations that IEEE 754 fixes, so that the trained weights
// repeat on every machine.

inline constexpr double kPi = 3.14159265358979323846;

// Cosine by its Taylor series; `angle` in [-2π, 2π].
inline double cosine(double angle) {
  double term = 1.0;
  double sum = 1.0;
  for (int n = 2; n <= 40; n += 2) {
    term *= -angle * angle / (n * (n - 1));
    sum += term;
  }
  return sum;
}

inline double sine(double angle) { return cosine(angle - kPi / 2); }

// e^x: 2^n times a short Taylor series of the remainder; 0 below -700.
inline double exponential(double x) {
  if (x < -700.0) return 0.0;
  constexpr double kLn2 = 0.69314718055994530942;
  const double scaled = x / kLn2;
  const auto n = static_cast<int64_t>(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  const double rest = x - static_cast<double>(n) * kLn2;
  double term = 1.0;
  double sum = 1.0;
  for (int i = 1; i <= 14; ++i) {
    term *= rest / i;
    sum += term;
  }
  const uint64_t exponent_bits = static_cast<uint64_t>(n + 1023) << 52;
  double power;
  std::memcpy(&power, &exponent_bits, sizeof(power));
  return sum * power;
}

}  // namespace shapes
