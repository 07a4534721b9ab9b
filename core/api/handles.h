// What stands behind the handles of the C API. Each holds on to what it was made from.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "baton/baton.h"
#include "core/graph/graph.h"
#include "core/host/blob_store.h"
#include "core/host/graph_view.h"
#include "core/host/plugin_host.h"
#include "core/session/compiled.h"
#include "core/session/session.h"

namespace baton {

struct RuntimeState {
  std::shared_ptr<HostServices> services;
  std::unique_ptr<PluginHost> plugins;
  std::shared_ptr<BlobStore> store;  // null without a cache folder
  std::mutex mutex;
  std::vector<std::shared_ptr<Plugin>> loaded;  // for the operators that they bring
  std::vector<std::string> folders;             // storage of baton_runtime_plugin_folder
};

// Puts a status into the caller's error, where there is one.
baton_status give(const Status& status, baton_error** error);

}  // namespace baton

struct baton_error {
  baton_status code;
  std::string message;
};

struct baton_runtime {
  std::shared_ptr<baton::RuntimeState> state;
};

struct baton_model {
  std::shared_ptr<baton::RuntimeState> runtime;
  std::vector<std::shared_ptr<baton::Plugin>> plugins;  // whose operators the graph may use
  std::shared_ptr<const baton::Graph> graph;
  std::vector<std::unique_ptr<baton::GraphView>> views;  // by subgraph
};

struct baton_compiled {
  std::shared_ptr<baton::RuntimeState> runtime;
  std::vector<std::shared_ptr<baton::Plugin>> plugins;
  std::shared_ptr<baton::Compiled> compiled;
};

struct baton_session {
  std::shared_ptr<baton::RuntimeState> runtime;
  std::vector<std::shared_ptr<baton::Plugin>> plugins;
  std::unique_ptr<baton::Session> session;
  // What baton_session_input and _output return: refreshed with the shapes.
  mutable std::vector<baton_tensor> input_infos;
  mutable std::vector<baton_tensor> output_infos;
};

struct baton_plugin_list {
  struct Row {
    baton_plugin_entry entry{};
    std::string name;
    std::string path;
    std::string error;
    std::shared_ptr<baton::Plugin> plugin;
  };
  std::vector<std::unique_ptr<Row>> rows;
  std::shared_ptr<baton::RuntimeState> runtime;
};
