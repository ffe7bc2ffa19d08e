// Precompiled for every source of the library: what most of them include takes longer to read than
// they do. It replaces no include: a meson subproject is built without it (test/package).
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
