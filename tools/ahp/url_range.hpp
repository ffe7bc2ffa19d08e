#pragma once

#include <string>
#include <vector>

namespace ahp_tool {

/// The URLs that one with ranges stands for, as for curl(1): `http://127.0.1.[1-100]/` is a
/// hundred. Of several ranges the last one changes fastest. Other brackets, those of an IPv6
/// address for one, stay as they are. Throws `UsageError` when a range runs backwards, or when
/// there are more than a million URLs.
[[nodiscard]] std::vector<std::string> expand_url_ranges(const std::string& url);

}  // namespace ahp_tool
