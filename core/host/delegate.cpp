#include "core/host/delegate.h"

#include <algorithm>
#include <cctype>
#include <cstdarg>

#include "core/host/plugin_call.h"

namespace baton {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

std::string device_list(const Plugin& plugin) {
  std::string list;
  uint32_t i = 0;
  for (const baton_device_info* info : plugin.devices()) {
    list += format("%s%u (%s)", list.empty() ? "" : ", ", i++, one_line(info->name).c_str());
  }
  return list;
}

// The device that the user asked for: a number, or part of a name.
Result<uint32_t> pick_device(const Plugin& plugin, const std::string* wanted) {
  const auto devices = plugin.devices();
  const char* name = plugin.name().c_str();
  if (devices.empty()) return error(BATON_UNSUPPORTED, "delegate %s finds no device", name);
  const auto usable = [&](size_t i) { return (devices[i]->flags & BATON_DEVICE_USABLE) != 0; };
  const auto unusable = [&](size_t i) {
    const std::string why = one_line(devices[i]->unusable_reason);
    return error(BATON_UNSUPPORTED, "device %zu (%s) of delegate %s cannot be used: %s", i,
                 one_line(devices[i]->name).c_str(), name,
                 why.empty() ? "it gave no reason" : why.c_str());
  };
  if (wanted == nullptr) {
    for (size_t i = 0; i < devices.size(); ++i) {
      if (usable(i)) return static_cast<uint32_t>(i);
    }
    return unusable(0);
  }
  const bool number = !wanted->empty() && wanted->size() < 9 &&
                      wanted->find_first_not_of("0123456789") == std::string::npos;
  size_t found = devices.size();
  if (number) {
    found = std::stoul(*wanted);
  } else if (!wanted->empty()) {
    // Of several that match, the first that works.
    for (size_t i = devices.size(); i-- > 0;) {
      if (lower(devices[i]->name).find(lower(*wanted)) == std::string::npos) continue;
      if (found == devices.size() || usable(i) || !usable(found)) found = i;
    }
  }
  if (found >= devices.size()) {
    return error(BATON_NOT_FOUND, "delegate %s has no device '%s'; it has: %s", name,
                 wanted->c_str(), device_list(plugin).c_str());
  }
  if (!usable(found)) return unusable(found);
  return static_cast<uint32_t>(found);
}

// baton_options over checked options.
class OptionsView {
 public:
  explicit OptionsView(const Options& options) {
    abi_.struct_size = sizeof(abi_);
    abi_.context = const_cast<Options*>(&options);
    abi_.get = [](const baton_options* view, const char* name) -> const char* {
      if (name == nullptr) return nullptr;
      for (const auto& [key, value] : *static_cast<const Options*>(view->context)) {
        if (key == name) return value.c_str();
      }
      return nullptr;
    };
  }
  const baton_options* abi() const { return &abi_; }

 private:
  baton_options abi_{};
};

// Takes the answers of one examination. The first answer that cannot be right ends in `lie`.
class Answers {
 public:
  Answers(const Subgraph& subgraph, Examination* examination)
      : subgraph_(subgraph),
        examination_(*examination),
        answered_(subgraph.nodes.size()),
        grouped_(subgraph.nodes.size()) {
    abi_.struct_size = sizeof(abi_);
    abi_.context = this;
    abi_.yes = [](const baton_answer* a, uint32_t node, int64_t cost) { self(a).yes(node, cost); };
    abi_.no = [](const baton_answer* a, uint32_t node, uint32_t reason, const char* text) {
      self(a).no(node, reason, text);
    };
    abi_.group = [](const baton_answer* a, const uint32_t* nodes, uint32_t count) {
      self(a).group({nodes, nodes == nullptr ? 0 : count});
    };
  }
  const baton_answer* abi() const { return &abi_; }
  const std::string& lie() const { return lie_; }
  bool answered(size_t node) const { return answered_[node]; }

 private:
  static Answers& self(const baton_answer* answer) {
    return *static_cast<Answers*>(answer->context);
  }

  void lied(std::string what) {
    if (lie_.empty()) lie_ = std::move(what);
  }

  bool accept(uint32_t node) {
    if (node >= subgraph_.nodes.size()) {
      lied(format("it answered for node %u of subgraph %u, which has %zu", node, subgraph_.index,
                  subgraph_.nodes.size()));
      return false;
    }
    if (!examination_.nodes[node].offered) {
      lied("it answered for " + subgraph_.place(node) + ", which it was not offered");
      return false;
    }
    if (answered_[node]) {
      lied("it answered twice for " + subgraph_.place(node));
      return false;
    }
    answered_[node] = true;
    return true;
  }

  void yes(uint32_t node, int64_t cost) {
    if (!accept(node)) return;
    examination_.nodes[node].yes = true;
    examination_.nodes[node].cost_ns = cost < 0 ? -1 : cost;
  }

  void no(uint32_t node, uint32_t reason, const char* text) {
    if (!accept(node)) return;
    if (reason == BATON_REASON_NONE || reason > BATON_REASON_OTHER) reason = BATON_REASON_OTHER;
    examination_.nodes[node].reason = reason;
    examination_.nodes[node].text = one_line(text);
  }

  void group(std::span<const uint32_t> nodes) {
    std::vector<uint32_t> sorted(nodes.begin(), nodes.end());
    std::sort(sorted.begin(), sorted.end());
    for (const uint32_t node : sorted) {
      if (node >= subgraph_.nodes.size()) {
        return lied(format("it proposed a group with node %u of subgraph %u, which has %zu", node,
                           subgraph_.index, subgraph_.nodes.size()));
      }
      if (!examination_.nodes[node].yes) {
        return lied("it proposed a group with " + subgraph_.place(node) +
                    ", which it did not say yes to");
      }
      if (grouped_[node]) {
        return lied("it put " + subgraph_.place(node) + " into a group twice");
      }
      grouped_[node] = true;
    }
    uint32_t between = 0;
    if (!is_convex(subgraph_, sorted, &between)) {
      return lied(
          format("it proposed a cyclic partition: %s runs between nodes of the group that "
                 "begins with operator %u, but is not in it",
                 subgraph_.place(between).c_str(), sorted.front()));
    }
    if (!sorted.empty()) examination_.groups.push_back(std::move(sorted));
  }

  const Subgraph& subgraph_;
  Examination& examination_;
  std::vector<bool> answered_;
  std::vector<bool> grouped_;
  std::string lie_;
  baton_answer abi_{};
};

}  // namespace

Result<std::shared_ptr<Delegate>> Delegate::create(std::shared_ptr<Plugin> plugin,
                                                   const Options& options) {
  if (plugin->delegate() == nullptr) {
    return error(BATON_INVALID_ARGUMENT, "plugin %s brings operators only, it is no delegate",
                 plugin->name().c_str());
  }
  Options own;
  const std::string* wanted = nullptr;
  for (const auto& option : options) {
    if (option.first != "device") {
      own.push_back(option);
    } else if (wanted != nullptr) {
      return error(BATON_INVALID_ARGUMENT, "option 'device' of delegate %s is given twice",
                   plugin->name().c_str());
    } else {
      wanted = &option.second;
    }
  }
  BATON_ASSIGN_OR_RETURN(Options checked, plugin->library().check_options(own));
  BATON_ASSIGN_OR_RETURN(const uint32_t device, pick_device(*plugin, wanted));
  return std::shared_ptr<Delegate>(new Delegate(std::move(plugin), std::move(checked), device));
}

Delegate::Delegate(std::shared_ptr<Plugin> plugin, Options options, uint32_t device)
    : plugin_(std::move(plugin)), options_(std::move(options)), device_(device) {
  label_ = format("delegate %s, device %u (%s),", name().c_str(), device_,
                  one_line(this->device().name).c_str());
}

Status Delegate::fault(const char* pattern, ...) const {
  va_list arguments;
  va_start(arguments, pattern);
  Status status(BATON_ERROR, label_ + " misbehaved: " + format_v(pattern, arguments),
                BATON_REASON_OTHER);
  va_end(arguments);
  return status;
}

Result<int32_t> Delegate::max_version(int32_t op) const {
  if (plugin_->delegate()->max_version == nullptr) return INT32_MAX;
  int32_t version = 0;
  BATON_RETURN_IF_ERROR(call(Plugin::Serial::kNo, "tell operator versions", [&] {
    version = plugin_->delegate()->max_version(plugin_->object(), device_, op);
    return BATON_OK;
  }));
  return version;
}

Status Delegate::screen(const ExamineRequest& request, uint32_t index,
                        std::vector<std::pair<int32_t, int32_t>>* versions,
                        NodeAnswer* answer) const {
  const Subgraph& subgraph = request.graph->subgraphs()[request.subgraph];
  const Node& node = subgraph.nodes[index];
  const auto keep = [&](uint32_t reason, std::string text) {
    answer->reason = reason;
    answer->text = std::move(text);
    return Status();
  };
  if (node.op != nullptr && (node.op->flags & kHostOnly) != 0) {
    return keep(BATON_REASON_HOST_ONLY, "control flow, resources and strings stay in the core");
  }
  if (request.keep_off) {
    std::string text;
    const uint32_t reason = request.keep_off(index, &text);
    if (reason != BATON_REASON_NONE) return keep(reason, std::move(text));
  }
  for (const auto tensors : {node.inputs(), node.outputs()}) {
    for (const int32_t tensor : tensors) {
      if (tensor < 0) continue;
      const size_t i = static_cast<size_t>(tensor);
      const baton_tensor& info =
          request.values.empty() ? subgraph.tensors[i] : request.values[i].info();
      if (info.bits == 0) {
        return keep(BATON_REASON_HOST_ONLY, "control flow, resources and strings stay in the core");
      }
      if ((info.flags & BATON_TENSOR_UNKNOWN_SHAPE) != 0) {
        return keep(
            BATON_REASON_DYNAMIC_SHAPE,
            format("the shape of tensor %d ('%s') is not known before the run", tensor, info.name));
      }
    }
  }
  if (node.abi.op == BATON_OP_CUSTOM) return {};

  auto known = std::find_if(versions->begin(), versions->end(),
                            [&](const auto& entry) { return entry.first == node.abi.op; });
  if (known == versions->end()) {
    BATON_ASSIGN_OR_RETURN(const int32_t version, max_version(node.abi.op));
    known = versions->insert(versions->end(), {node.abi.op, version});
  }
  if (known->second <= 0) {
    return keep(BATON_REASON_OP_UNKNOWN,
                format("%s does not have %s", name().c_str(), node.abi.name));
  }
  if (node.abi.min_version > known->second) {
    return keep(BATON_REASON_OP_VERSION,
                format("the node needs version %d of %s (the file says %d), %s knows version %d",
                       node.abi.min_version, node.abi.name, node.abi.version, name().c_str(),
                       known->second));
  }
  return {};
}

Result<Examination> Delegate::examine(const ExamineRequest& request) const {
  const Subgraph& subgraph = request.graph->subgraphs()[request.subgraph];
  Examination examination;
  examination.nodes.resize(subgraph.nodes.size());
  std::vector<uint8_t> offered(subgraph.nodes.size());
  std::vector<std::pair<int32_t, int32_t>> versions;
  bool any = false;
  for (uint32_t i = 0; i < subgraph.nodes.size(); ++i) {
    NodeAnswer& answer = examination.nodes[i];
    BATON_RETURN_IF_ERROR(screen(request, i, &versions, &answer));
    answer.offered = answer.reason == BATON_REASON_NONE;
    offered[i] = answer.offered;
    any = any || answer.offered;
  }
  if (!any) return examination;

  const GraphView view(request.graph, request.subgraph, request.values, offered);
  const OptionsView options(options_);
  Answers answers(subgraph, &examination);
  BATON_RETURN_IF_ERROR(call(Plugin::Serial::kYes, "examine the graph", [&] {
    return plugin_->delegate()->examine(plugin_->object(), device_, options.abi(), view.abi(),
                                        answers.abi());
  }));
  if (!answers.lie().empty()) return fault("%s", answers.lie().c_str());
  for (size_t i = 0; i < subgraph.nodes.size(); ++i) {
    if (!offered[i] || answers.answered(i)) continue;
    examination.nodes[i].reason = BATON_REASON_OTHER;
    examination.nodes[i].text = "the delegate gave no answer";
  }
  return examination;
}

std::string Delegate::blob_key(const Graph& graph, const Partition& partition,
                               const GraphView& view) const {
  const baton_plugin_info& info = plugin_->library().info();
  std::string key = format("baton %u|%s|%s|%s|%s|%s|subgraph %u|", BATON_PLUGIN_ABI_VERSION,
                           graph.model().hash().c_str(), info.name, info.version, device().name,
                           device().driver, partition.subgraph);
  for (const auto& [name, value] : options_) key += name + "=" + value + "|";
  key += "nodes";
  for (const uint32_t node : partition.nodes) key += format(" %u", node);
  key += "|outputs";
  for (const int32_t tensor : partition.outputs) key += format(" %d", tensor);
  // Sizes may be compiled in.
  for (const auto* list : {&partition.inputs, &partition.states}) {
    for (const int32_t tensor : *list) {
      const baton_tensor& shape = *view.abi()->tensor(view.abi(), tensor);
      key += format("|%d:", tensor);
      for (uint32_t d = 0; d < shape.rank; ++d) key += format(" %d", shape.dims[d]);
    }
  }
  return key;
}

baton_program* Delegate::load(const GraphView& view, BlobStore& store,
                              const std::string& key) const {
  auto blob = store.read(key);
  if (!blob.ok()) return nullptr;
  const baton_ext_program_cache& cache = *plugin_->program_cache();
  int32_t verdict = BATON_BLOB_FOREIGN;
  Status status = call(Plugin::Serial::kYes, "validate a cached program", [&] {
    return cache.validate(plugin_->object(), device_, blob->data(), blob->size(), &verdict);
  });
  baton_program* program = nullptr;
  if (status.ok() && verdict == BATON_BLOB_OK) {
    const OptionsView options(options_);
    status = call(Plugin::Serial::kYes, "load a cached program", [&] {
      return cache.load(plugin_->object(), device_, options.abi(), view.abi(), blob->data(),
                        blob->size(), &program);
    });
  }
  if (status.ok()) return program;
  plugin_->services().log(BATON_LOG_WARNING, (status.message() + "; compiling anew").c_str());
  return nullptr;
}

void Delegate::save(baton_program* program, BlobStore& store, const std::string& key) const {
  std::vector<uint8_t> bytes;
  const auto write = [](void* user, const void* data, uint64_t count) -> int32_t {
    const uint8_t* begin = static_cast<const uint8_t*>(data);
    std::vector<uint8_t>& all = *static_cast<std::vector<uint8_t>*>(user);
    all.insert(all.end(), begin, begin + count);
    return BATON_OK;
  };
  Status status = call(Plugin::Serial::kYes, "save the program",
                       [&] { return plugin_->program_cache()->save(program, write, &bytes); });
  if (status.ok()) status = store.write(key, bytes);
  if (!status.ok() && status.code() != BATON_UNSUPPORTED) {
    plugin_->services().log(BATON_LOG_WARNING, status.message().c_str());
  }
}

Result<std::shared_ptr<Program>> Delegate::compile(std::shared_ptr<const Graph> graph,
                                                   Partition partition,
                                                   std::span<const Value> values,
                                                   BlobStore* store) const {
  std::shared_ptr<Program> program(new Program(shared_from_this(), graph, std::move(partition)));
  if (!program->constants_.complete()) {
    return error(BATON_OUT_OF_MEMORY, "there is no memory for aligned constants of delegate %s",
                 name().c_str());
  }
  const GraphView view(graph, program->partition_, values, &program->constants_);
  std::string key;
  if (plugin_->program_cache() == nullptr) store = nullptr;
  if (store != nullptr) {
    key = blob_key(*graph, program->partition_, view);
    program->object_ = load(view, *store, key);
    program->from_store_ = program->object_ != nullptr;
    if (program->from_store_) return program;
  }
  const OptionsView options(options_);
  baton_program* object = nullptr;
  BATON_RETURN_IF_ERROR(call(Plugin::Serial::kYes, "compile", [&] {
    return plugin_->delegate()->compile(plugin_->object(), device_, options.abi(), view.abi(),
                                        &object);
  }));
  if (object == nullptr) return fault("compile said that all is well but gave no program");
  program->object_ = object;
  if (store != nullptr) save(object, *store, key);
  return program;
}

}  // namespace baton
