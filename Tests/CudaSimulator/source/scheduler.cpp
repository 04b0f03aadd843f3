// Blocks, fibers and the order in which threads go; see scheduler.h.
#include "block.h"
#include <algorithm>
#include <csignal>
#include <cstring>
#include <numeric>
#include <sys/mman.h>
#include "config.h"
#include "device.h"
#include "fault.h"
#include "fiber.h"
#include "memory.h"

namespace mcsim {
namespace {

Random& orderNumbers() {
    static Random numbers(1);
    return numbers;
}

unsigned nthBit(uint32_t bits, unsigned n) {
    for (; n; n--) bits &= bits - 1;
    return unsigned(__builtin_ctz(bits));
}

unsigned pickBit(uint32_t bits, Order order) {
    if (order == Order::Reverse) return 31u - unsigned(__builtin_clz(bits));
    if (order == Order::Random) return nthBit(bits, orderNumbers().below(unsigned(__builtin_popcount(bits))));
    return unsigned(__builtin_ctz(bits));
}

/// The first bit above `after`, cyclically.
unsigned nextBit(uint32_t bits, unsigned after) {
    uint32_t above = after >= 31 ? 0 : bits & (~0u << (after + 1));
    return unsigned(__builtin_ctz(above ? above : bits));
}

Thread* pickIn(Block& block, Order order) {
    if (!block.readyWarps) return nullptr;
    unsigned w = order == Order::Interleaved ? nextBit(block.readyWarps, block.currentWarp)
        : order != Order::Random && (block.readyWarps >> block.currentWarp & 1u) ? block.currentWarp
        : pickBit(block.readyWarps, order);
    block.currentWarp = w;
    Warp& warp = block.warps[w];
    return &warp.lanes[pickBit(warp.ready, order)];
}

Thread* pick() {
    Running& r = running();
    Order order = r.order;
    if (r.blocks.size() == 1 || (order != Order::Random && r.block->readyWarps)) {
        if (Thread* thread = pickIn(*r.block, order)) return thread;
    }
    size_t count = r.blocks.size();
    size_t first = order == Order::Random ? orderNumbers().below(unsigned(count)) : r.block->linear + 1;
    for (size_t i = 0; i < count; i++)
        if (Thread* thread = pickIn(r.blocks[(first + i) % count], order)) return thread;
    return nullptr;
}

/// Kernels see one block's built-in variables; a cooperative launch changes between blocks.
void makeCurrent(Thread& thread) {
    Running& r = running();
    simt::Runtime& runtime = simtRuntime();
    runtime.current = &thread;
    r.block = &r.blocks[thread.block];
    runtime.blockIdx = r.block->index;
    runtime.dynamicShared = r.block->dynamic;
    r.block->currentWarp = thread.warp;
    r.atomicsSinceSwitch = 0;
}

void runThreads();

void begin(Thread& thread) {
    thread.started = true;
    thread.stack = takeStack();
    if (!thread.stack)
        failLaunch({ "launch", "", 0 }, CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, "no more stacks: too many threads wait");
    thread.stackPointer = prepareStack(thread.stack, runThreads);
}

void transfer(void** from, Thread& to) {
    if (!to.started) begin(to);
    makeCurrent(to);
    switchStacks(from, to.stackPointer);
}

/// What every fiber executes: a thread to its end, then the next one on the same stack if it has not begun yet.
void runThreads() {
    Running& r = running();
    for (;;) {
        Thread& thread = *simtRuntime().current;
        r.launch->function->kernel->call(r.arguments.data());
        threadExited(thread);
        Thread* next = pick();
        void* nowhere = nullptr;
        if (next && !next->started) {
            next->started = true;
            next->stack = thread.stack;
            thread.stack = nullptr;
            makeCurrent(*next);
            continue;
        }
        giveStack(thread.stack);
        thread.stack = nullptr;
        if (next) transfer(&nowhere, *next);
        switchStacks(&nowhere, r.mainStack);
    }
}

void poison(void* memory, size_t bytes) {
    if (config().poison) std::memset(memory, 0xff, bytes);
}

unsigned char* newArena() {
    constexpr size_t guard = 4096;
    void* memory = mmap(nullptr, sharedArenaBytes + 2 * guard, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    auto* arena = static_cast<unsigned char*>(memory) + guard;
    mprotect(arena, sharedArenaBytes, PROT_READ | PROT_WRITE);
    std::memset(arena, 0xff, sharedArenaBytes);
    return arena;
}

std::vector<unsigned char*>& arenas() {
    static std::vector<unsigned char*> list;
    return list;
}

/// What stays the same from block to block.
void prepareThreads(Block& block, unsigned slot, unsigned count) {
    Index3 shape = running().launch->block;
    bool same = block.shape.x == shape.x && block.shape.y == shape.y && block.shape.z == shape.z;
    if (same && block.linear == slot) return;
    for (Thread& thread : block.threads) freeCopies(thread);
    block.shape = shape;
    block.threads.assign(count, Thread{});
    block.warps.assign((count + lanesPerWarp - 1) / lanesPerWarp, Warp{});
    for (unsigned t = 0; t < count; t++) {
        Thread& thread = block.threads[t];
        thread.threadIdx = { t % shape.x, t / shape.x % shape.y, t / shape.x / shape.y };
        thread.lane = t % lanesPerWarp;
        thread.warp = t / lanesPerWarp;
        thread.linear = t;
        thread.block = slot;
    }
}

/// Dynamic shared memory ends at a guard page; variables with a size lie at the arena's start.
void prepareBlock(Block& block, size_t slot, unsigned linear) {
    Launch& l = *running().launch;
    while (arenas().size() <= slot) arenas().push_back(newArena());
    block.arena = arenas()[slot];
    size_t dynamic = (size_t(l.dynamicBytes) + 127) / 128 * 128;
    block.dynamic = block.arena + sharedArenaBytes - dynamic;
    poison(block.dynamic, dynamic);
    poison(block.arena, block.staticUsed);
    block.index = { linear % l.grid.x, linear / l.grid.x % l.grid.y, linear / l.grid.x / l.grid.y };
    block.linear = unsigned(slot);
    unsigned count = l.block.x * l.block.y * l.block.z;
    prepareThreads(block, unsigned(slot), count);
    block.live = count;
    block.phase = 0;
    block.readyWarps = 0;
    block.currentWarp = config().order == Order::Reverse ? unsigned(block.warps.size()) - 1 : 0;
    block.gridArrived = 0;
    for (Barrier& barrier : block.barriers) barrier.arrived = 0;
    for (unsigned w = 0; w < block.warps.size(); w++) {
        Warp& warp = block.warps[w];
        unsigned lanes = std::min(lanesPerWarp, count - w * lanesPerWarp);
        warp.alive = lanes == lanesPerWarp ? ~0u : (1u << lanes) - 1u;
        warp.ready = 0;
        warp.index = w;
        warp.phase = 0;
        warp.groups.clear();
        std::fill(std::begin(warp.atBarrier), std::end(warp.atBarrier), 0u);
        warp.lanes = &block.threads[w * lanesPerWarp];
        block.setReady(warp, warp.alive);
    }
    for (Thread& thread : block.threads) {
        thread.started = false;
        dropCopies(thread);
    }
    checkerBeginsBlock(block);
}

void takeBackStacks() {
    for (Block& block : running().blocks)
        for (Thread& thread : block.threads) {
            if (thread.stack) giveStack(thread.stack);
            thread.stack = nullptr;
            dropCopies(thread);
        }
}

[[noreturn]] void failDeadlock() {
    Running& r = running();
    std::string text = format("kernel %s: deadlock", r.launch->function->name.c_str());
    unsigned listed = 0, live = 0;
    for (Block& block : r.blocks)
        for (Thread& thread : block.threads) {
            if (!(block.warpOf(thread).alive >> thread.lane & 1u)) continue;
            live++;
            if (listed++ < 8)
                text += format("\n    %s waits at %s", describeThread(block, thread).c_str(),
                               describe(thread.site).c_str());
        }
    if (live > listed || live > 8) text += format("\n    and %u more", live - 8);
    report(text);
    abandon(CUDA_ERROR_LAUNCH_TIMEOUT);
}

/// Runs what is ready until nothing is.
void runBlocks() {
    Running& r = running();
    r.block = &r.blocks[0];
    for (Thread* thread = pick(); thread; thread = pick()) transfer(&r.mainStack, *thread);
    for (const Block& block : r.blocks)
        if (block.live) failDeadlock();
}

std::vector<unsigned> blockOrder(unsigned count) {
    std::vector<unsigned> order(count);
    std::iota(order.begin(), order.end(), 0u);
    if (config().order == Order::Reverse) std::reverse(order.begin(), order.end());
    if (config().order == Order::Random)
        for (unsigned i = count; i > 1; i--) std::swap(order[i - 1], order[orderNumbers().below(i)]);
    return order;
}

void runGrid() {
    Running& r = running();
    Launch& l = *r.launch;
    unsigned count = l.grid.x * l.grid.y * l.grid.z;
    if (l.cooperative) {
        r.blocks.resize(count);
        for (unsigned i = 0; i < count; i++) prepareBlock(r.blocks[i], i, i);
        runBlocks();
        return;
    }
    if (r.blocks.size() != 1) r.blocks.resize(1);
    if (config().order == Order::Forward || config().order == Order::Interleaved) {
        for (unsigned i = 0; i < count; i++) { prepareBlock(r.blocks[0], 0, i); runBlocks(); }
        return;
    }
    for (unsigned i : blockOrder(count)) { prepareBlock(r.blocks[0], 0, i); runBlocks(); }
}

CUresult reportFault(const Fault& fault) {
    if (fault.code) return fault.code;
    std::string who = whoRuns();
    switch (fault.signal) {
    case SIGFPE:
        return rejected(CUDA_ERROR_LAUNCH_FAILED, who + ": integer division by zero");
    case SIGILL:
        return rejected(CUDA_ERROR_ILLEGAL_INSTRUCTION, who + ": illegal instruction");
    case SIGSEGV:
    case SIGBUS:
        return rejected(CUDA_ERROR_ILLEGAL_ADDRESS,
                        who + format(": illegal %s of 0x%llx: %s", fault.write ? "write" : "read",
                                     (unsigned long long)fault.address,
                                     deviceMemory().describe(fault.address).c_str()));
    default:
        return rejected(CUDA_ERROR_LAUNCH_TIMEOUT, who + format(": still running after %g s", config().timeout));
    }
}

}

Running theRunning;

void suspend() {
    Thread& me = *simtRuntime().current;
    Thread* next = pick();
    if (next == &me) return;
    if (next) transfer(&me.stackPointer, *next);
    else switchStacks(&me.stackPointer, running().mainStack);
}

void giveWay() {
    Running& r = running();
    Thread& me = *simtRuntime().current;
    Block& block = *r.block;
    Warp& warp = block.warpOf(me);
    Thread* next = nullptr;
    // Round robin: the next ready lane, then the next warp, then the next block, so that nobody starves.
    if (warp.ready & (~0u << me.lane << 1)) next = &warp.lanes[nextBit(warp.ready, me.lane)];
    else {
        Block* from = &block;
        for (size_t i = 1; r.blocks.size() > 1 && i <= r.blocks.size(); i++) {
            Block& other = r.blocks[(block.linear + i) % r.blocks.size()];
            if (!other.readyWarps) continue;
            from = &other;
            break;
        }
        Warp& other = from->warps[nextBit(from->readyWarps, from->currentWarp)];
        next = &other.lanes[__builtin_ctz(other.ready)];
    }
    if (next != &me) transfer(&me.stackPointer, *next);
}

void afterMeeting() {
    Order order = running().order;
    if (order == Order::Interleaved) giveWay();
    else if (order == Order::Random && orderNumbers().below(2)) suspend();
}

void threadExited(Thread& thread) {
    deliverCopies(thread);
    Block& block = *running().block;
    Warp& warp = block.warpOf(thread);
    uint32_t lane = 1u << thread.lane;
    warp.alive &= ~lane;
    block.clearReady(warp, lane);
    block.live--;
    warpLaneExited(block, warp, lane);
}

CUresult execute(Launch& launch) {
    Running& r = running();
    simt::Runtime& runtime = simtRuntime();
    r.launch = &launch;
    r.order = config().order;
    r.arguments.clear();
    for (size_t offset : launch.offsets) r.arguments.push_back(launch.values.data() + offset);
    r.variables.clear();
    runtime.blockDim = launch.block;
    runtime.gridDim = launch.grid;
    runtime.dynamicBytes = launch.dynamicBytes;
    runtime.current = nullptr;
    for (Block& block : r.blocks) block.staticUsed = 0;
    Fault fault;
    const Module& module = *launch.function->module;
    if (config().timeout > 0) watchFor(config().timeout, module.begin, module.end);
    bool finished = runGuarded(runGrid, fault);
    watchFor(0);
    CUresult code = finished ? CUDA_SUCCESS : reportFault(fault);
    if (!finished) takeBackStacks();
    size_t statics = 0;
    for (const SharedVariable& variable : r.variables) statics = std::max(statics, variable.offset + variable.bytes);
    launch.function->staticShared = statics;
    countKernel(launch.function->name);
    runtime.current = nullptr;
    r.launch = nullptr;
    return code;
}

}
