// The style sheet (page.css) and the script (page.js) of the report's page.
#pragma once

namespace baton::report {

extern const char* const kPageStyle;
extern const char* const kPageScript;

}  // namespace baton::report
