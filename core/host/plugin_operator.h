// An operator that a plugin brings, as one of the core's.
#pragma once

#include "baton/plugin.h"
#include "core/ops/operator.h"

namespace baton {

class Plugin;

struct PluginOperator {
  PluginOperator(const Plugin& owner, const baton_custom_operator& table);

  const Plugin& plugin;
  const baton_custom_operator& source;
  Operator op;  // op.user is this
};

}  // namespace baton
