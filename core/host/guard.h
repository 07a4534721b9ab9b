// The border to code that is not ours. Every call into a plugin goes through call_guarded, so that
// what a plugin throws becomes an error; and the shared libraries themselves are opened here.
// guard.cpp is the only file of the core that is compiled with exceptions.
#pragma once

#include <memory>
#include <string>

#include "core/base/status.h"

namespace baton {

// Calls fn(context). False when it threw: *what then says what.
bool call_guarded(void (*fn)(void* context), void* context, std::string* what);

// The same for anything callable without arguments. It runs in a frame that has no landing pads:
// it must hold nothing with a destructor while it calls the plugin.
template <typename Fn>
bool call_guarded(const Fn& fn, std::string* what) {
  return call_guarded([](void* context) { (*static_cast<const Fn*>(context))(); },
                      const_cast<Fn*>(&fn), what);
}

// A shared library that was opened; closed when the last copy goes.
using SharedObject = std::shared_ptr<void>;

// Symbols are bound now and stay local. The error carries the path and the loader's own words.
Result<SharedObject> open_shared_object(const std::string& path);
// nullptr when there is no such symbol.
void* find_symbol(const SharedObject& object, const char* name);

}  // namespace baton
