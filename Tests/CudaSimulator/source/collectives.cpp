// Warp collectives: lanes leave their operands, and the last of them to arrive does the work for all.
#include "block.h"
#include <cstring>

namespace mcsim {
namespace {

bool sameOperation(const Site& a, const Site& b) { return sameText(a.operation, b.operation); }

/// Two waiting lanes that need each other in different collectives would wait for ever.
void checkMeeting(Block& block, Warp& warp, const Group& group, const Site& site, uint32_t mask) {
    uint32_t others = group.arrived & mask;
    if (!others || !(group.mask >> simtRuntime().current->lane & 1u)) return;
    std::string waits = describeThread(block, warp.lanes[__builtin_ctz(others)]) + " waits at " + describe(group.site);
    if (group.mask == mask)
        failLaunch(site, CUDA_ERROR_LAUNCH_FAILED, "lanes of one warp meet in different collectives: " + waits);
    failLaunch(site, CUDA_ERROR_LAUNCH_FAILED,
               format("mask 0x%08x, but %s with mask 0x%08x", mask, waits.c_str(), group.mask));
}

Group& join(Block& block, Warp& warp, const Site& site, uint32_t mask, bool aligned, Perform perform) {
    for (Group& group : warp.groups) {
        bool same = group.mask == mask && sameOperation(group.site, site) && (!aligned || sameSite(group.site, site));
        if (same) return group;
        checkMeeting(block, warp, group, site, mask);
    }
    warp.groups.push_back({ mask, 0, site, perform });
    return warp.groups.back();
}

/// Waits until every lane of the mask that has not exited is here too. `aligned`: all 32 lanes, from one place.
void meet(const Site& site, uint32_t mask, bool aligned, void* operand, Perform perform) {
    Thread& me = *simtRuntime().current;
    Block& block = *running().block;
    Warp& warp = block.warpOf(me);
    uint32_t lane = 1u << me.lane;
    me.site = site;
    me.operand = operand;
    if (!(mask & lane))
        failLaunch(site, CUDA_ERROR_LAUNCH_FAILED,
                   format("lane %u calls, but is not in its mask 0x%08x", me.lane, mask));
    if (aligned && warp.alive != ~0u)
        failLaunch(site, CUDA_ERROR_LAUNCH_FAILED,
                   format("needs all 32 lanes; those of 0x%08x have exited or never were", ~warp.alive));
    Group& group = join(block, warp, site, mask, aligned, perform);
    group.arrived |= lane;
    uint32_t participants = mask & warp.alive;
    if (group.arrived != participants) {
        block.clearReady(warp, lane);
        suspend();
        return;
    }
    warp.groups.erase(warp.groups.begin() + (&group - warp.groups.data()));
    perform(block, warp, participants);
    block.setReady(warp, participants);
    afterMeeting();
}

/// Of the collectives this one alone orders memory accesses.
void performWarpBarrier(Block&, Warp& warp, uint32_t) { warp.phase++; }

void warpBarrier(const Site& site, unsigned mask) { meet(site, mask, false, nullptr, performWarpBarrier); }

template<class F> void eachLane(uint32_t lanes, F f) {
    for (; lanes; lanes &= lanes - 1) f(unsigned(__builtin_ctz(lanes)));
}

struct ShuffleOperand { unsigned long long in, out; simt::Shuffle kind; int argument, width; };

unsigned sourceLane(unsigned lane, const ShuffleOperand& o) {
    unsigned width = unsigned(o.width), first = lane & ~(width - 1), last = first + width - 1;
    int source = 0;
    switch (o.kind) {
    case simt::shuffleIndex: return first | (unsigned(o.argument) & (width - 1));
    case simt::shuffleUp: source = int(lane) - o.argument; break;
    case simt::shuffleDown: source = int(lane) + o.argument; break;
    case simt::shuffleXor: source = int(lane) ^ o.argument; break;
    }
    bool inside = o.kind == simt::shuffleUp ? source >= int(first) : source <= int(last) && source >= 0;
    return inside ? unsigned(source) : lane;
}

void performShuffle(Block& block, Warp& warp, uint32_t participants) {
    eachLane(participants, [&](unsigned lane) {
        auto& mine = *static_cast<ShuffleOperand*>(warp.lanes[lane].operand);
        unsigned source = sourceLane(lane, mine);
        if (!(participants >> source & 1u))
            failLaunch(warp.lanes[lane].site, CUDA_ERROR_LAUNCH_FAILED,
                       format("%s (lane %u) reads lane %u, which %s", describeThread(block, warp.lanes[lane]).c_str(),
                              lane, source,
                              warp.alive >> source & 1u ? "is not in the mask" : "has exited or never was"));
        mine.out = static_cast<ShuffleOperand*>(warp.lanes[source].operand)->in;
    });
}

unsigned long long shuffle(const Site& site, unsigned mask, simt::Shuffle kind, unsigned long long value, int argument,
                           int width) {
    if (width < 1 || width > 32 || (width & (width - 1)))
        failLaunch(site, CUDA_ERROR_LAUNCH_FAILED, format("width %d is no power of two up to 32", width));
    ShuffleOperand operand{ value, value, kind, argument, width };
    meet(site, mask, false, &operand, performShuffle);
    return operand.out;
}

struct VoteOperand { int predicate; unsigned ballot, participants; };

void performVote(Block&, Warp& warp, uint32_t participants) {
    unsigned ballot = 0;
    auto operand = [&](unsigned lane) { return static_cast<VoteOperand*>(warp.lanes[lane].operand); };
    eachLane(participants, [&](unsigned lane) { ballot |= unsigned(operand(lane)->predicate != 0) << lane; });
    eachLane(participants, [&](unsigned lane) {
        operand(lane)->ballot = ballot;
        operand(lane)->participants = participants;
    });
}

unsigned vote(const Site& site, unsigned mask, simt::Vote kind, int predicate) {
    VoteOperand operand{ predicate, 0, 0 };
    meet(site, mask, false, &operand, performVote);
    switch (kind) {
    case simt::voteAny: return operand.ballot != 0;
    case simt::voteAll: return operand.ballot == operand.participants;
    default: return operand.ballot;
    }
}

struct MatchOperand { unsigned long long value; unsigned mask; };

void performMatch(Block&, Warp& warp, uint32_t participants) {
    auto operand = [&](unsigned lane) { return static_cast<MatchOperand*>(warp.lanes[lane].operand); };
    eachLane(participants, [&](unsigned lane) {
        eachLane(participants, [&](unsigned other) {
            if (operand(other)->value == operand(lane)->value) operand(lane)->mask |= 1u << other;
        });
    });
}

unsigned matchAny(const Site& site, unsigned mask, unsigned long long value) {
    MatchOperand operand{ value, 0 };
    meet(site, mask, false, &operand, performMatch);
    return operand.mask;
}

struct ReduceOperand { unsigned value, result; simt::Reduction kind; };

unsigned combine(simt::Reduction kind, unsigned a, unsigned b) {
    switch (kind) {
    case simt::reduceAdd: return a + b;
    case simt::reduceMin: return a < b ? a : b;
    case simt::reduceMax: return a > b ? a : b;
    case simt::reduceMinSigned: return int(a) < int(b) ? a : b;
    case simt::reduceMaxSigned: return int(a) > int(b) ? a : b;
    case simt::reduceAnd: return a & b;
    case simt::reduceOr: return a | b;
    case simt::reduceXor: return a ^ b;
    }
    return 0;
}

void performReduce(Block&, Warp& warp, uint32_t participants) {
    auto operand = [&](unsigned lane) { return static_cast<ReduceOperand*>(warp.lanes[lane].operand); };
    unsigned first = unsigned(__builtin_ctz(participants)), result = operand(first)->value;
    eachLane(participants & (participants - 1),
             [&](unsigned lane) { result = combine(operand(lane)->kind, result, operand(lane)->value); });
    eachLane(participants, [&](unsigned lane) { operand(lane)->result = result; });
}

unsigned reduce(const Site& site, unsigned mask, simt::Reduction kind, unsigned value) {
    ReduceOperand operand{ value, 0, kind };
    meet(site, mask, false, &operand, performReduce);
    return operand.result;
}

/// Lanes that have not exited. (The hardware gives those that happen to run together.)
unsigned activeMask() {
    return running().block->warpOf(*simtRuntime().current).alive;
}

}

void meetAligned(const Site& site, void* operand, Perform perform) { meet(site, ~0u, true, operand, perform); }

void bindCollectives(simt::Runtime& runtime) {
    runtime.warpBarrier = warpBarrier;
    runtime.shuffle = shuffle;
    runtime.vote = vote;
    runtime.matchAny = matchAny;
    runtime.reduce = reduce;
    runtime.activeMask = activeMask;
}

}
