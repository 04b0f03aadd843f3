// MCSIM_CHECK: every access of a kernel to shared and device memory is looked at: bounds to the byte, reads of what
// nobody wrote, and accesses of two threads to the same shared byte with no barrier between them.
#include "block.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <unistd.h>
#include "config.h"
#include "device.h"
#include "fault.h"
#include "memory.h"

namespace mcsim {
namespace {

/// Who touched a byte, and how many barriers the block and the thread's warp had passed then.
struct Touch {
    uint16_t thread = 0;
    bool set = false;
    uint32_t blockPhase = 0, warpPhase = 0;
};

/// History of one byte of shared memory; of another block's time if the generation differs.
struct Cell {
    uint32_t generation = 0;
    Touch writer, reader, otherReader;
};

struct Shadow {
    std::vector<Cell> fromStart, fromEnd;
    uint32_t generation = 0;
};

uint32_t generations = 0;

Shadow& shadowOf(const Block& block) {
    static std::vector<Shadow> shadows;
    if (shadows.size() <= block.linear) shadows.resize(block.linear + 1);
    return shadows[block.linear];
}

/// Sized variables grow from the arena's start, dynamic memory lies at its end.
Cell& cellAt(Block& block, Shadow& shadow, const unsigned char* byte) {
    bool dynamic = byte >= block.dynamic;
    size_t index = dynamic ? size_t(block.arena + sharedArenaBytes - 1 - byte) : size_t(byte - block.arena);
    std::vector<Cell>& cells = dynamic ? shadow.fromEnd : shadow.fromStart;
    if (cells.size() <= index) cells.resize(index + 4096);
    Cell& cell = cells[index];
    if (cell.generation != shadow.generation) {
        cell = Cell();
        cell.generation = shadow.generation;
    }
    return cell;
}

/// The line of kernel text at an address of code, as far as addr2line knows.
Site siteOf(const void* code, const char* operation) {
    static char file[256];
    static int line;
    std::strcpy(file, "kernel");
    line = 0;
    const Module& module = *running().launch->function->module;
    if (!code) return simtRuntime().current->site;
    std::string command = format("addr2line -e /proc/%d/fd/%d 0x%llx 2>/dev/null", int(getpid()), module.file,
                                 (unsigned long long)(uintptr_t(code) - 1 - module.begin));
    if (FILE* pipe = popen(command.c_str(), "r")) {
        char text[256] = "";
        if (std::fgets(text, sizeof text, pipe)) {
            char* colon = std::strrchr(text, ':');
            const char* name = std::strrchr(text, '/');
            if (colon) {
                line = std::atoi(colon + 1);
                *colon = 0;
                std::snprintf(file, sizeof file, "%s", name ? name + 1 : text);
            }
        }
        pclose(pipe);
    }
    return { operation, file, line };
}

bool unordered(const Touch& touch, const Block& block, const Thread& me) {
    if (!touch.set || touch.thread == me.linear) return false;
    if (touch.blockPhase != block.phase) return false;
    bool sameWarp = touch.thread / lanesPerWarp == me.warp;
    return !sameWarp || touch.warpPhase == block.warps[me.warp].phase;
}

[[noreturn]] void failRace(const Block& block, const Touch& touch, const char* what, const void* code) {
    failLaunch(siteOf(code, "shared memory"), CUDA_ERROR_LAUNCH_FAILED,
               format("race: %s %s with no barrier between", what,
                      describeThread(block, block.threads[touch.thread]).c_str()));
}

bool insideVariable(const Block& block, const unsigned char* from, unsigned bytes) {
    if (from >= block.dynamic) {
        const unsigned char* end = block.dynamic + running().launch->dynamicBytes;
        return from + bytes <= end;
    }
    size_t offset = size_t(from - block.arena);
    for (const SharedVariable& variable : running().variables)
        if (offset >= variable.offset && offset + bytes <= variable.offset + variable.bytes) return true;
    return false;
}

void checkShared(Block& block, const unsigned char* from, unsigned bytes, bool write, const void* code) {
    Thread& me = *simtRuntime().current;
    if (!insideVariable(block, from, bytes))
        failLaunch(siteOf(code, "shared memory"), CUDA_ERROR_ILLEGAL_ADDRESS,
                   format("%s of %u bytes outside any shared variable", write ? "write" : "read", bytes));
    Shadow& shadow = shadowOf(block);
    Touch now{ uint16_t(me.linear), true, block.phase, block.warps[me.warp].phase };
    for (unsigned i = 0; i < bytes; i++) {
        Cell& cell = cellAt(block, shadow, from + i);
        if (!write && !cell.writer.set)
            failLaunch(siteOf(code, "shared memory"), CUDA_ERROR_LAUNCH_FAILED,
                       "read of shared memory that nobody wrote");
        if (unordered(cell.writer, block, me))
            failRace(block, cell.writer, write ? "written also by" : "written by", code);
        if (write) {
            for (const Touch* reader : { &cell.reader, &cell.otherReader })
                if (unordered(*reader, block, me)) failRace(block, *reader, "written while read by", code);
            cell.writer = now;
            cell.reader = cell.otherReader = Touch();
        } else {
            if (cell.reader.set && cell.reader.thread != now.thread) cell.otherReader = cell.reader;
            cell.reader = now;
        }
    }
}

void checkDevice(uintptr_t from, unsigned bytes, bool write, const void* code) {
    static std::shared_ptr<Allocation> last;
    bool known = last && last->committed && from >= last->address && from + bytes <= last->end();
    if (!known) last = deviceMemory().find(from, bytes);
    if (!last)
        failLaunch(siteOf(code, "device memory"), CUDA_ERROR_ILLEGAL_ADDRESS,
                   format("%s of %u bytes at 0x%llx: %s", write ? "write" : "read", bytes, (unsigned long long)from,
                          deviceMemory().describe(from + bytes - 1).c_str()));
    std::vector<unsigned char>& written = last->written;
    if (written.empty()) return;
    unsigned char* flags = &written[from - last->address];
    if (write) {
        std::memset(flags, 1, bytes);
    } else if (const void* missing = std::memchr(flags, 0, bytes)) {
        size_t byte = from - last->address + size_t(static_cast<const unsigned char*>(missing) - flags);
        failLaunch(siteOf(code, "device memory"), CUDA_ERROR_LAUNCH_FAILED,
                   format("read of memory that nobody wrote: %s",
                          deviceMemory().describe(last->address + byte).c_str()));
    }
}

void access(const void* address, unsigned bytes, bool write, const void* code) {
    if (!config().check || !bytes || !simtRuntime().current) return;
    Block& block = *running().block;
    if (block.owns(address)) checkShared(block, static_cast<const unsigned char*>(address), bytes, write, code);
    else if (deviceMemory().owns(uintptr_t(address))) checkDevice(uintptr_t(address), bytes, write, code);
}

}

void bindChecker(simt::Runtime& runtime) { runtime.access = access; }

void checkerBeginsBlock(Block& block) {
    if (config().check) shadowOf(block).generation = ++generations;
}

bool wasWritten(uintptr_t address, size_t bytes) {
    if (!config().check) return true;
    std::shared_ptr<Allocation> allocation = deviceMemory().find(address, bytes);
    if (!allocation || allocation->written.empty()) return true;
    return !std::memchr(&allocation->written[address - allocation->address], 0, bytes);
}

void markWritten(uintptr_t address, size_t bytes) {
    if (!config().check || !bytes) return;
    std::shared_ptr<Allocation> allocation = deviceMemory().find(address, bytes);
    if (allocation && !allocation->written.empty())
        std::memset(&allocation->written[address - allocation->address], 1, bytes);
}

}
