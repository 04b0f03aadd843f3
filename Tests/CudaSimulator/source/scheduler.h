// Runs one launch: blocks one after the other, a block's threads as fibers that are switched only where they must wait.
#pragma once
#include <memory>
#include <vector>
#include "module.h"

namespace mcsim {

struct Launch {
    std::shared_ptr<Function> function;
    simt::Index3 grid{ 1, 1, 1 }, block{ 1, 1, 1 };
    unsigned dynamicBytes = 0;
    bool cooperative = false;
    /// The arguments' values, and where each begins.
    std::vector<char> values;
    std::vector<size_t> offsets;
};

/// 0, or the CUDA error that the launch ends with; the finding is reported.
CUresult execute(Launch& launch);

/// The state that kernels read and the functions they call.
extern simt::Runtime theRuntime;
inline simt::Runtime& simtRuntime() { return theRuntime; }
/// Fills in the functions; once, before a module is bound.
void bindRuntime();

}
