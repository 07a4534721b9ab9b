#include "core/session/quota.h"

namespace baton {

Status MemoryQuota::replace(uint64_t before, uint64_t now) {
  const uint64_t others = used_ - before;
  if (max_total_ != 0 && (others > max_total_ || now > max_total_ - others)) {
    return error(BATON_OUT_OF_MEMORY,
                 "%llu bytes are needed beside the %llu that the session has reserved, over its "
                 "quota of %llu",
                 static_cast<unsigned long long>(now), static_cast<unsigned long long>(others),
                 static_cast<unsigned long long>(max_total_));
  }
  used_ = others + now;
  return {};
}

Status MemoryQuota::tensor_too_large(uint64_t bytes) const {
  return error(BATON_OUT_OF_MEMORY, "it has %llu bytes, over the limit of %llu",
               static_cast<unsigned long long>(bytes),
               static_cast<unsigned long long>(max_tensor_));
}

Status QuotaMemory::allocate(MemoryQuota& quota, uint64_t bytes) {
  const uint64_t before = memory_.bytes();
  BATON_RETURN_IF_ERROR(quota.replace(before, bytes));
  AlignedMemory memory = AlignedMemory::allocate(bytes);
  if (!memory) {
    quota.give_back(bytes - before);
    return error(BATON_OUT_OF_MEMORY, "there is no memory for %llu bytes",
                 static_cast<unsigned long long>(bytes));
  }
  memory_ = std::move(memory);
  quota_ = &quota;
  return {};
}

}  // namespace baton
