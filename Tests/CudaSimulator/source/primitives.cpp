// What kernels call besides warp collectives: barriers, shared variables, asynchronous copies, atomics, failures.
#include "block.h"
#include <cstring>
#include "config.h"
#include "device.h"
#include "fault.h"

namespace mcsim {
namespace {

constexpr size_t variableGap = 64;

struct CopyQueue {
    std::vector<simt::PendingCopy> copies;
    /// How many copies the committed groups end at.
    std::vector<size_t> groups;
};

CopyQueue& queueOf(Thread& thread) {
    if (!thread.copies) thread.copies = new CopyQueue;
    return *static_cast<CopyQueue*>(thread.copies);
}

void deliver(const simt::PendingCopy& copy) {
    std::memcpy(copy.to, copy.from, copy.sourceBytes);
    std::memset(static_cast<char*>(copy.to) + copy.sourceBytes, 0, copy.bytes - copy.sourceBytes);
}

void releaseBarrier(Block& block, unsigned id) {
    Barrier& barrier = block.barriers[id];
    barrier.result = barrier.predicates;
    barrier.arrived = 0;
    for (Warp& warp : block.warps) {
        block.setReady(warp, warp.atBarrier[id]);
        warp.atBarrier[id] = 0;
        warp.phase++;
    }
    block.phase++;
}

void checkSameBarrier(const Block& block, const Barrier& barrier, const Site& site, unsigned threads) {
    if (barrier.threads != threads)
        failLaunch(site, CUDA_ERROR_LAUNCH_FAILED, format("a barrier for %u threads, which %s waits at for %u threads",
            threads, describeThread(block, block.threads[barrier.firstThread]).c_str(), barrier.threads));
    // Named barriers with a count are made to be met from different places; __syncthreads is not.
    if (!threads && !sameSite(barrier.site, site))
        failLaunch(site, CUDA_ERROR_LAUNCH_FAILED, format("divergent %s: %s waits at %s", site.operation,
            describeThread(block, block.threads[barrier.firstThread]).c_str(), describe(barrier.site).c_str()));
}

unsigned blockBarrier(const Site& site, unsigned id, unsigned threads, int predicate) {
    Thread& me = *simtRuntime().current;
    Block& block = *running().block;
    if (id >= barrierCount) failLaunch(site, CUDA_ERROR_LAUNCH_FAILED, "a block has barriers 0 to 15");
    Barrier& barrier = block.barriers[id];
    me.site = site;
    if (barrier.arrived == 0) {
        barrier.site = site;
        barrier.threads = threads;
        barrier.predicates = 0;
        barrier.firstThread = me.linear;
    } else {
        checkSameBarrier(block, barrier, site, threads);
    }
    barrier.arrived++;
    barrier.predicates += unsigned(predicate);
    Warp& warp = block.warpOf(me);
    if (barrier.arrived == (threads ? threads : block.live)) {
        releaseBarrier(block, id);
        afterMeeting();
    } else {
        warp.atBarrier[id] |= 1u << me.lane;
        block.clearReady(warp, 1u << me.lane);
        suspend();
    }
    return barrier.result;
}

void gridBarrier(const Site& site) {
    Running& r = running();
    Thread& me = *simtRuntime().current;
    if (!r.launch->cooperative)
        failLaunch(site, CUDA_ERROR_LAUNCH_FAILED, "a barrier of the grid needs a cooperative launch");
    me.site = site;
    Block& block = *r.block;
    block.gridArrived++;
    size_t arrived = 0, live = 0;
    for (const Block& b : r.blocks) { arrived += b.gridArrived; live += b.live; }
    if (arrived == live) {
        for (Block& b : r.blocks) {
            b.gridArrived = 0;
            b.phase++;
            for (Warp& warp : b.warps) { b.setReady(warp, warp.alive); warp.phase++; }
        }
        afterMeeting();
    } else {
        block.clearReady(block.warpOf(me), 1u << me.lane);
        suspend();
    }
}

void* sharedVariable(const Site& site, const void* key, unsigned long bytes, unsigned long alignment) {
    Running& r = running();
    const SharedVariable* found = nullptr;
    for (const SharedVariable& variable : r.variables)
        if (variable.key == key) { found = &variable; break; }
    if (!found) {
        size_t offset = r.variables.empty() ? 0 : r.variables.back().offset + r.variables.back().bytes + variableGap;
        offset = (offset + alignment - 1) / alignment * alignment;
        r.variables.push_back({ key, offset, bytes, site.file, site.line });
        found = &r.variables.back();
        size_t total = 0;
        for (const SharedVariable& variable : r.variables) total += variable.bytes;
        if (total > sharedPerBlock)
            failLaunch(site, CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES,
                       format("%zu bytes of __shared__ variables; a block has %zu", total, sharedPerBlock));
        if (total + r.launch->dynamicBytes > sharedOptIn)
            failLaunch(site, CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, "more shared memory than a block can have");
    }
    Block& block = *r.block;
    size_t end = found->offset + found->bytes + variableGap;
    if (end > block.staticUsed) {
        if (config().poison) std::memset(block.arena + block.staticUsed, 0xff, end - block.staticUsed);
        block.staticUsed = end;
    }
    return block.arena + found->offset;
}

void copyAsync(const Site& site, void* to, const void* from, unsigned bytes, unsigned sourceBytes) {
    Thread& me = *simtRuntime().current;
    me.site = site;
    if ((bytes != 4 && bytes != 8 && bytes != 16) || sourceBytes > bytes)
        failLaunch(site, CUDA_ERROR_LAUNCH_FAILED, "copies 4, 8 or 16 bytes and reads no more than it writes");
    if ((uintptr_t(to) | uintptr_t(from)) % bytes)
        failLaunch(site, CUDA_ERROR_MISALIGNED_ADDRESS,
                   format("%u bytes from %p to %p: both must be aligned", bytes, from, to));
    if (!running().block->owns(to))
        failLaunch(site, CUDA_ERROR_ILLEGAL_ADDRESS, "the destination is not in shared memory");
    if (running().block->owns(from))
        failLaunch(site, CUDA_ERROR_ILLEGAL_ADDRESS, "the source is not in global memory");
    if (config().check) {
        simtRuntime().access(from, sourceBytes, false, nullptr);
        simtRuntime().access(to, bytes, true, nullptr);
    }
    std::memset(to, 0xff, bytes);
    queueOf(me).copies.push_back({ to, from, bytes, sourceBytes });
}

void copyCommit() {
    CopyQueue& queue = queueOf(*simtRuntime().current);
    queue.groups.push_back(queue.copies.size());
}

void copyWait(const Site& site, unsigned groupsLeft) {
    Thread& me = *simtRuntime().current;
    me.site = site;
    CopyQueue& queue = queueOf(me);
    if (queue.groups.size() <= groupsLeft) return;
    size_t finished = queue.groups.size() - groupsLeft, count = queue.groups[finished - 1];
    for (size_t i = 0; i < count; i++) deliver(queue.copies[i]);
    queue.copies.erase(queue.copies.begin(), queue.copies.begin() + long(count));
    queue.groups.erase(queue.groups.begin(), queue.groups.begin() + long(finished));
    for (size_t& end : queue.groups) end -= count;
}

void pause(const Site& site) {
    simtRuntime().current->site = site;
    if (running().launch->cooperative || running().order != Order::Forward) giveWay();
}

/// A loop of atomics may wait for another thread, so after many of them somebody else runs.
void atomic(const void* address, unsigned bytes) {
    Running& r = running();
    if (uintptr_t(address) % bytes) {
        const Site& site = simtRuntime().current->site;
        failLaunch({ "atomic", site.file, site.line }, CUDA_ERROR_MISALIGNED_ADDRESS,
                   format("atomic access to %p", address));
    }
    // Atomics do not race with each other, so shared memory is left alone; device memory must have been written before.
    if (config().check && !r.block->owns(address)) simtRuntime().access(address, bytes, false, nullptr);
    unsigned patience = r.launch->cooperative ? 16 : 256;
    if (++r.atomicsSinceSwitch < patience) return;
    r.atomicsSinceSwitch = 0;
    giveWay();
}

void fail(const Site& site, simt::Failure code, const char* message) { failLaunch(site, code, message); }

}

void deliverCopies(Thread& thread) {
    if (!thread.copies) return;
    CopyQueue& queue = *static_cast<CopyQueue*>(thread.copies);
    for (const simt::PendingCopy& copy : queue.copies) deliver(copy);
    queue.copies.clear();
    queue.groups.clear();
}

void dropCopies(Thread& thread) {
    if (!thread.copies) return;
    static_cast<CopyQueue*>(thread.copies)->copies.clear();
    static_cast<CopyQueue*>(thread.copies)->groups.clear();
}

void freeCopies(Thread& thread) {
    delete static_cast<CopyQueue*>(thread.copies);
    thread.copies = nullptr;
}

void warpLaneExited(Block& block, Warp& warp, uint32_t lane) {
    // Like the hardware: who has exited is not waited for any more.
    Barrier& barrier = block.barriers[0];
    if (barrier.arrived && block.live && barrier.threads == 0 && barrier.arrived == block.live)
        releaseBarrier(block, 0);
    for (size_t g = 0; g < warp.groups.size();) {
        Group group = warp.groups[g];
        uint32_t participants = group.mask & warp.alive;
        if (!(group.mask & lane) || participants != group.arrived || !participants) { g++; continue; }
        warp.groups.erase(warp.groups.begin() + long(g));
        group.perform(block, warp, participants);
        block.setReady(warp, participants);
    }
}

std::string describe(const Index3& index) { return format("(%u,%u,%u)", index.x, index.y, index.z); }

std::string describeThread(const Block& block, const Thread& thread) {
    return format("block %s thread %s", describe(block.index).c_str(), describe(thread.threadIdx).c_str());
}

std::string describe(const Site& site) {
    return format("%s, %s:%d", site.operation ? site.operation : "its start", site.file ? site.file : "?", site.line);
}

std::string whoRuns() {
    Running& r = running();
    std::string kernel = "kernel " + r.launch->function->name;
    Thread* thread = simtRuntime().current;
    return thread && r.block ? kernel + ", " + describeThread(*r.block, *thread) : kernel;
}

void failLaunch(const Site& site, int code, const std::string& message) {
    report(whoRuns() + ": " + describe(site) + ": " + message);
    abandon(code);
}

void bindPrimitives(simt::Runtime& runtime) {
    runtime.sharedVariable = sharedVariable;
    runtime.blockBarrier = blockBarrier;
    runtime.gridBarrier = gridBarrier;
    runtime.copyAsync = copyAsync;
    runtime.copyCommit = copyCommit;
    runtime.copyWait = copyWait;
    runtime.pause = pause;
    runtime.atomic = atomic;
    runtime.fail = fail;
}

simt::Runtime theRuntime;

void bindRuntime() {
    bindPrimitives(theRuntime);
    bindCollectives(theRuntime);
    bindTensorPrimitives(theRuntime);
    bindChecker(theRuntime);
}

}
