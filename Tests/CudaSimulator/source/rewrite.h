// Turns preprocessed CUDA C into C++: shared variables become references, kernels are registered.
#pragma once
#include <string>

namespace mcsim {

/// The text to compile against simt.h; throws std::runtime_error on a declaration it cannot read.
std::string rewriteKernels(const std::string& preprocessed, const std::string& name);

}
