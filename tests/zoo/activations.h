// Whether a network behaves like a trained one: nothing dies, nothing saturates, inputs matter.
#pragma once

#include <string_view>

namespace baton::test {

void expect_sane_activations(std::string_view name);

}  // namespace baton::test
