// Streams as queues of work that runs when somebody waits for it, and events as marks in them.
#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>
#include "handles.h"
#include "log.h"
#include "scheduler.h"

namespace mcsim {

struct Device;
struct Stream;
struct Capture;
struct Node;

/// What a stream executes or a graph records.
struct Work {
    int type = 0;
    std::string name;
    /// 0 or the CUDA error; not set for a kernel, which is `launch`.
    std::function<CUresult()> run;
    std::shared_ptr<Launch> launch;
    /// Host memory that is read or written when the work runs.
    const void* host = nullptr;
    size_t hostBytes = 0;
};

struct Operation {
    Work work;
    Stream* stream = nullptr;
    std::vector<std::shared_ptr<Operation>> after;
    bool done = false;
};
using OperationPtr = std::shared_ptr<Operation>;

struct Stream {
    Device* device = nullptr;
    unsigned flags = 0;
    unsigned order = 0;
    bool legacy = false;
    std::deque<OperationPtr> queue;
    OperationPtr last;
    std::shared_ptr<Capture> capture;
    std::vector<std::shared_ptr<Node>> tail;
};

struct Event {
    unsigned flags = 0;
    bool recorded = false;
    OperationPtr record;
    std::shared_ptr<double> time;
    std::shared_ptr<Capture> capture;
    std::vector<std::shared_ptr<Node>> captureTail;
};

/// The stream behind a handle, 0, 1 (legacy) and 2 (per thread) included; null and a finding for any other.
std::shared_ptr<Stream> findStream(CUstream handle);

/// Queues the work, or records it if the stream is being captured.
CUresult enqueue(const std::shared_ptr<Stream>& stream, Work work);
/// Queues behind the stream's last operation, whatever captures; for graphs, whose nodes are expanded in place.
OperationPtr append(const std::shared_ptr<Stream>& stream, Work work, std::vector<OperationPtr> after = {});

/// Runs what has to run for the operation to be done, in the order that the mode gives.
CUresult complete(OperationPtr operation);
CUresult completeStream(Stream& stream);
CUresult completeAll();
/// Runs one operation on the way to this one; for queries, so that polling ends.
void progress(OperationPtr operation);

/// Reports work that is still queued and touches this host memory.
void checkHostMemoryUnused(const void* begin, size_t bytes);

std::vector<std::shared_ptr<Stream>> allStreams();
size_t streamCount();
size_t eventCount();
void dropStreams();

}
