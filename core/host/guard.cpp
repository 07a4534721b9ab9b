#include "core/host/guard.h"

#include <cxxabi.h>
#include <dlfcn.h>

#include <boost/dll/shared_library.hpp>
#include <exception>
#include <new>

namespace baton {

bool call_guarded(void (*fn)(void*), void* context, std::string* what) {
  try {
    fn(context);
    return true;
  } catch (const std::exception& exception) {
    const char* text = exception.what();
    *what = text != nullptr && *text != 0 ? text : "an exception without a text";
  } catch (abi::__forced_unwind&) {
    throw;  // the thread is being cancelled: not ours to stop
  } catch (...) {
    *what = "something that is no std::exception";
  }
  return false;
}

Result<SharedObject> open_shared_object(const std::string& path) {
  try {
    auto library = std::make_shared<boost::dll::shared_library>();
    std::error_code code;
    library->load(std::filesystem::path(path), code,
                  boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    if (!code) return SharedObject(std::move(library));
    const char* text = dlerror();
    std::string reason = text != nullptr ? text : code.message();
    // The loader's text mostly begins with the path.
    if (reason.rfind(path + ": ", 0) == 0) reason.erase(0, path.size() + 2);
    return error(BATON_ERROR, "cannot load %s: %s", path.c_str(), reason.c_str());
  } catch (const std::exception& exception) {
    return error(BATON_ERROR, "cannot load %s: %s", path.c_str(), exception.what());
  }
}

void* find_symbol(const SharedObject& object, const char* name) {
  return dlsym(static_cast<const boost::dll::shared_library*>(object.get())->native(), name);
}

}  // namespace baton
