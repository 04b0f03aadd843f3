// Checks a launch's configuration and keeps its arguments.
#pragma once
#include "scheduler.h"

namespace mcsim {

struct LaunchShape {
    simt::Index3 grid, block;
    unsigned dynamicBytes;
    bool cooperative;
};

/// The launch, or the error that the driver gives for it.
CUresult makeLaunch(const std::shared_ptr<Function>& function, const LaunchShape& shape, void** parameters,
                    void** extra, std::shared_ptr<Launch>& launch);

int activeBlocks(const Function& function, unsigned threads, size_t dynamicBytes);

}
