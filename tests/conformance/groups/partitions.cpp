#include "tests/conformance/probe.h"
#include "tests/conformance/subject.h"
#include "tests/conformance/suite.h"

namespace baton::conformance {
namespace {

using MakeModel = ModelFile (*)(const Material&, uint64_t seed);

Case model_case(const char* name, uint64_t seed, MakeModel make) {
  return {name, "", "", [make, seed](Subject& subject) {
            return for_each_material(
                subject,
                [&](const Material& material) {
                  const ModelFile file = make(material, seed);
                  if (file.empty()) return unsupported("it takes no node with a constant");
                  return try_model(subject, file, fill_random(seed));
                },
                9);
          }};
}

std::vector<Case> cases(uint64_t seed) {
  std::vector<Case> list;
  list.push_back(model_case("chain", seed,
                            [](const Material& m, uint64_t s) { return chain_model(m, s, 12); }));
  list.push_back(model_case("diamond", seed,
                            [](const Material& m, uint64_t s) { return diamond_model(m, s); }));
  list.push_back(model_case("branches", seed,
                            [](const Material& m, uint64_t s) { return branches_model(m, s, 7); }));
  list.push_back(model_case("shared", seed, [](const Material& m, uint64_t s) {
    return shared_constants_model(m, s, false);
  }));
  list.push_back(model_case("apart", seed, [](const Material& m, uint64_t s) {
    return shared_constants_model(m, s, true);
  }));
  list.push_back(model_case("resizable", seed, [](const Material& m, uint64_t s) {
    return resizable_model(m, s, 4, true);
  }));
  for (const StateModel& model : state_models()) {
    list.push_back({"state/" + model.name, "", "", [model](Subject& subject) {
                      return try_model(subject, model.file, fill_random(1),
                                       {.runs = 4, .resizes = {}});
                    }});
  }
  return list;
}

}  // namespace

extern const Group partitions_group{
    "partitions", "borders, constants, optional inputs, shared tensors, state", cases};

}  // namespace baton::conformance
