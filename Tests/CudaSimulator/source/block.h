// The state of one block while it runs: threads, warps, barriers, shared memory.
#pragma once
#include <cstdint>
#include <cstring>
#include <vector>
#include "../kernel/simt_abi.h"
#include "config.h"
#include "scheduler.h"

namespace mcsim {

using simt::Index3;
using simt::Site;
using simt::Thread;

constexpr unsigned lanesPerWarp = 32;
constexpr unsigned maxWarps = 32;
constexpr unsigned barrierCount = 16;
constexpr size_t sharedArenaBytes = 256 << 10;

struct Warp;
struct Block;

/// Does the work of a collective for all lanes of `participants`, whose operands lie in their threads.
using Perform = void (*)(Block& block, Warp& warp, uint32_t participants);

/// Lanes of one warp that wait for each other.
struct Group {
    uint32_t mask = 0, arrived = 0;
    Site site{};
    Perform perform = nullptr;
};

struct Warp {
    uint32_t alive = 0, ready = 0;
    uint32_t atBarrier[barrierCount] = {};
    std::vector<Group> groups;
    unsigned index = 0;
    unsigned phase = 0;
    Thread* lanes = nullptr;
};

struct Barrier {
    unsigned arrived = 0, threads = 0, predicates = 0, result = 0;
    Site site{};
    unsigned firstThread = 0;
};

struct SharedVariable { const void* key; size_t offset, bytes; const char* file; int line; };

struct Block {
    Index3 index{}, shape{};
    unsigned linear = 0;
    std::vector<Thread> threads;
    std::vector<Warp> warps;
    Barrier barriers[barrierCount];
    unsigned live = 0, phase = 0;
    uint32_t readyWarps = 0;
    unsigned currentWarp = 0;
    bool atGridBarrier = false;
    unsigned gridArrived = 0;
    unsigned char* arena = nullptr;
    unsigned char* dynamic = nullptr;
    size_t staticUsed = 0;

    Warp& warpOf(const Thread& t) { return warps[t.warp]; }
    void setReady(Warp& warp, uint32_t lanes) {
        warp.ready |= lanes;
        if (warp.ready) readyWarps |= 1u << warp.index;
    }
    void clearReady(Warp& warp, uint32_t lanes) {
        warp.ready &= ~lanes;
        if (!warp.ready) readyWarps &= ~(1u << warp.index);
    }
    bool owns(const void* p) const {
        return p >= arena && p < arena + sharedArenaBytes;
    }
};

/// The launch that runs.
struct Running {
    Launch* launch = nullptr;
    std::vector<void*> arguments;
    std::vector<Block> blocks;
    Block* block = nullptr;
    void* mainStack = nullptr;
    std::vector<SharedVariable> variables;
    size_t blocksLeft = 0;
    unsigned atomicsSinceSwitch = 0;
    Order order = Order::Forward;
};

extern Running theRunning;
inline Running& running() { return theRunning; }

/// Suspends the current thread until it is ready again.
void suspend();
/// Lets other ready threads go first.
void giveWay();
/// After a collective or barrier: the adversarial orders let others go first.
void afterMeeting();
/// Takes the thread out of its block: what waited only for it goes on.
void threadExited(Thread& thread);
void warpLaneExited(Block& block, Warp& warp, uint32_t lane);

/// Ends the launch with a finding at the current thread.
[[noreturn]] void failLaunch(const Site& site, int code, const std::string& message);
inline bool sameText(const char* a, const char* b) { return a == b || !std::strcmp(a, b); }
inline bool sameSite(const Site& a, const Site& b) {
    return a.line == b.line && sameText(a.operation, b.operation) && sameText(a.file, b.file);
}
std::string describe(const Index3& index);
std::string describeThread(const Block& block, const Thread& thread);
std::string describe(const Site& site);
std::string whoRuns();

/// A collective of all 32 lanes called from one place (ldmatrix, mma).
void meetAligned(const Site& site, void* operand, Perform perform);

void deliverCopies(Thread& thread);
void dropCopies(Thread& thread);
void freeCopies(Thread& thread);
void bindPrimitives(simt::Runtime& runtime);
void bindTensorPrimitives(simt::Runtime& runtime);
void bindCollectives(simt::Runtime& runtime);
void bindChecker(simt::Runtime& runtime);

/// Hooks of the access checker (MCSIM_CHECK).
void checkerBeginsBlock(Block& block);

}
