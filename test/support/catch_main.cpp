// Catch2 2 is a header alone: one file of a program holds its implementation and its main function.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
