// Precompiled for every test program: Catch2 takes longer to read than any test does.
#include "support/catch.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>
