// Stacks to switch between: what a CUDA thread runs on while others of its block wait for it.
#pragma once
#include <cstddef>

namespace mcsim {

/// A stack with an inaccessible page below it, or null if the system has no more. The memory of one given back stays
/// warm.
void* takeStack();
void giveStack(void* stack);

/// What has to be restored to go on with suspended code; prepared so that the first switch to it calls `entry`.
void* prepareStack(void* stack, void (*entry)());

/// Suspends the running code into `*from` and goes on with `to`.
void switchStacks(void** from, void* to);

}
