// What a compiled kernel module and the simulator agree on. No standard header is included here or in its neighbours: a
// kernel sees exactly the names that NVRTC would give it.
#pragma once

namespace simt {

constexpr unsigned abiVersion = 3;

struct Index3 { unsigned x, y, z; };

/// Where a thread is: the primitive it called and the line of kernel text that called it.
struct Site { const char* operation; const char* file; int line; };

struct PendingCopy { void* to; const void* from; unsigned bytes, sourceBytes; };

/// One CUDA thread of the block that runs.
struct Thread {
    void* stackPointer;
    void* stack;
    Index3 threadIdx;
    unsigned lane, warp, linear, block;
    bool started, waiting;
    Site site;
    void* operand;
    int predicate;
    unsigned phase;
    void* copies;
};

enum Shuffle { shuffleIndex, shuffleUp, shuffleDown, shuffleXor };
enum Vote { voteBallot, voteAny, voteAll };
enum Reduction { reduceAdd, reduceMin, reduceMax, reduceMinSigned, reduceMaxSigned, reduceAnd, reduceOr, reduceXor };
enum MatrixShape { m16n8k16Bf16, m16n8k16F16, m16n8k8Bf16, m16n8k8F16, m16n8k8Tf32, m16n8k4Tf32, m16n8k32S8,
                   m16n8k32E4m3, m16n8k32E5m2, m16n8k32E4m3E5m2, m16n8k32E5m2E4m3 };
enum Failure { failAddress = 700, failTimeout = 702, failAssert = 710, failInstruction = 715, failMisaligned = 716,
               failLaunch = 719 };

/// State of the running launch and the primitives that need more than one thread, implemented by the simulator.
struct Runtime {
    Thread* current;
    Index3 blockIdx, blockDim, gridDim;
    unsigned char* dynamicShared;
    unsigned dynamicBytes;

    void* (*sharedVariable)(const Site&, const void* key, unsigned long bytes, unsigned long alignment);
    unsigned (*blockBarrier)(const Site&, unsigned barrier, unsigned threads, int predicate);
    void (*gridBarrier)(const Site&);
    void (*warpBarrier)(const Site&, unsigned mask);
    unsigned long long (*shuffle)(const Site&, unsigned mask, Shuffle, unsigned long long value, int argument,
                                  int width);
    unsigned (*vote)(const Site&, unsigned mask, Vote, int predicate);
    unsigned (*matchAny)(const Site&, unsigned mask, unsigned long long value);
    unsigned (*reduce)(const Site&, unsigned mask, Reduction, unsigned value);
    unsigned (*activeMask)();
    void (*matrixLoad)(const Site&, int count, bool transpose, unsigned* registers, const void* row);
    void (*matrixStore)(const Site&, int count, bool transpose, const unsigned* registers, void* row);
    void (*multiply)(const Site&, MatrixShape, void* d, const unsigned* a, const unsigned* b);
    void (*copyAsync)(const Site&, void* to, const void* from, unsigned bytes, unsigned sourceBytes);
    void (*copyCommit)();
    void (*copyWait)(const Site&, unsigned groupsLeft);
    void (*pause)(const Site&);
    void (*atomic)(const void* address, unsigned bytes);
    void (*access)(const void* address, unsigned bytes, bool write, const void* code);
    void (*fail)(const Site&, Failure, const char* message);
};

/// How the simulator calls a kernel whose parameter types it does not know.
struct Kernel {
    void (*call)(void** arguments);
    int parameterCount;
    const int* sizes;
    int maxThreads;
};

}
