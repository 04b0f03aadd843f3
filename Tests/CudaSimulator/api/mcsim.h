// What the simulator exports beyond CUDA's own interface: settings, the call log and the report of what was caught.
#pragma once
#include "driver.h"

/// Sets a mode by the name of its environment variable ("MCSIM_ORDER", "reverse"). 0, or 1 if the name or value is
/// unknown.
MCSIM_API int mcsimConfigure(const char* name, const char* value);

/// How often the exported function of this name was called since the last mcsimReset.
MCSIM_API long long mcsimCallCount(const char* function);

/// How often a kernel of this name was executed (not: enqueued); libraries' products count under "cublas" and
/// "cublasLt".
MCSIM_API long long mcsimKernelCount(const char* kernel);

/// How many objects are alive: "allocations", "bytes", "hostAllocations", "streams", "events", "modules", "graphs",
/// "graphExecs", "programs", "cublasHandles", "cublasLtHandles", "cublasLtObjects". -1 for an unknown kind.
MCSIM_API long long mcsimLiveCount(const char* kind);

/// The calls since the last mcsimReset, one a line, in order: "cuLaunchKernel add_layer_norm grid 4,1,1 block 128,1,1".
/// Recorded only while MCSIM_TRACE is 1.
MCSIM_API const char* mcsimTrace();

/// What was caught since the last mcsimReset, one paragraph a finding; empty if nothing was. Valid until the next call
/// on this thread.
MCSIM_API const char* mcsimReport();

/// How many findings the report holds.
MCSIM_API int mcsimFindingCount();

/// Forgets counts, trace, report and the sticky error. Work still queued and objects stay.
MCSIM_API void mcsimReset();

/// mcsimReset, and drops every queue, frees every allocation and invalidates every handle.
MCSIM_API void mcsimResetDevice();
