// Status and Result<T>: how core functions fail. An error is a code and one sentence that says
// what, where and what to do.
#pragma once

#include <cstdarg>
#include <new>
#include <string>
#include <utility>

#include "baton/types.h"

namespace baton {

class [[nodiscard]] Status {
 public:
  Status() = default;
  // What the sentence quotes may be a file's: it is made one line of printable text.
  Status(baton_status code, const std::string& message, uint32_t reason = 0);

  bool ok() const { return code_ == BATON_OK; }
  explicit operator bool() const { return ok(); }
  baton_status code() const { return code_; }
  const std::string& message() const { return message_; }
  // Errors of a delegate: its BATON_REASON_; else 0.
  uint32_t reason() const { return reason_; }

  // The same error with its place in front: "place: message".
  Status at(const std::string& place) const {
    return ok() ? *this : Status(code_, place + ": " + message_, reason_);
  }

 private:
  baton_status code_ = BATON_OK;
  uint32_t reason_ = 0;
  std::string message_;
};

// printf into a string.
std::string format(const char* pattern, ...) __attribute__((format(printf, 1, 2)));
std::string format_v(const char* pattern, va_list arguments);
// An error with a formatted sentence.
Status error(baton_status code, const char* pattern, ...) __attribute__((format(printf, 2, 3)));

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(Status status) : status_(std::move(status)) {}  // NOLINT: implicit by design
  Result(T value) : has_value_(true) { new (&storage_) T(std::move(value)); }  // NOLINT
  Result(Result&& other) noexcept
      : status_(std::move(other.status_)), has_value_(other.has_value_) {
    if (has_value_) new (&storage_) T(std::move(*other));
  }
  Result(const Result&) = delete;
  Result& operator=(const Result&) = delete;
  ~Result() {
    if (has_value_) (**this).~T();
  }

  bool ok() const { return has_value_; }
  explicit operator bool() const { return ok(); }
  const Status& status() const { return status_; }
  T& operator*() { return *reinterpret_cast<T*>(&storage_); }
  const T& operator*() const { return *reinterpret_cast<const T*>(&storage_); }
  T* operator->() { return &**this; }
  const T* operator->() const { return &**this; }

 private:
  Status status_;
  bool has_value_ = false;
  alignas(T) unsigned char storage_[sizeof(T)];
};

#define BATON_CONCAT_INNER(a, b) a##b
#define BATON_CONCAT(a, b) BATON_CONCAT_INNER(a, b)

#define BATON_RETURN_IF_ERROR(expression)                                                        \
  do {                                                                                           \
    if (::baton::Status baton_status_ = (expression); !baton_status_.ok()) return baton_status_; \
  } while (false)

// BATON_ASSIGN_OR_RETURN(auto x, function()): x is the value, or the error is returned.
#define BATON_ASSIGN_OR_RETURN(declaration, expression)      \
  auto BATON_CONCAT(baton_result_, __LINE__) = (expression); \
  if (!BATON_CONCAT(baton_result_, __LINE__).ok())           \
    return BATON_CONCAT(baton_result_, __LINE__).status();   \
  declaration = std::move(*BATON_CONCAT(baton_result_, __LINE__))

}  // namespace baton
