// Device memory: one reserved range of addresses, never used twice, with inaccessible pages round every allocation.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>
#include "log.h"

namespace mcsim {

struct Device;

struct Allocation {
    uint64_t id = 0;
    uintptr_t address = 0, pages = 0;
    size_t bytes = 0, pageBytes = 0;
    Device* device = nullptr;
    bool committed = false;
    bool released = false;
    bool graphOwned = false;
    bool freeQueued = false;
    /// One flag a byte: written since the allocation; kept under MCSIM_CHECK only.
    std::vector<unsigned char> written;
    uintptr_t end() const { return address + bytes; }
};

class DeviceMemory {
public:
    /// Reserves addresses; the memory cannot be touched before `commit`. Null when the device is full.
    std::shared_ptr<Allocation> reserve(size_t bytes, Device* device);
    void commit(Allocation& allocation);
    /// Makes the pages inaccessible for good and checks the bytes round the allocation.
    void release(Allocation& allocation);
    /// The live allocation that holds all of the range, or null.
    std::shared_ptr<Allocation> find(uintptr_t address, size_t bytes) const;
    std::shared_ptr<Allocation> startingAt(uintptr_t address) const;
    /// For faults: what lies at or next to the address.
    std::string describe(uintptr_t address) const;
    bool owns(uintptr_t address) const { return address >= begin_ && address < end_; }
    /// Memory of modules' global variables, which cuModuleGetGlobal hands out.
    void addGlobal(uintptr_t address, size_t bytes) { globals_[address] = bytes; }
    void removeGlobals(uintptr_t begin, uintptr_t end);
    bool coversGlobal(uintptr_t address, size_t bytes) const;
    void unlock();
    void lock();
    size_t liveCount() const;
    size_t liveBytes() const;
    void releaseAll();
private:
    void protect(const Allocation& allocation, bool accessible);
    bool reserveRange();
    void checkSurroundings(const Allocation& allocation) const;
    uintptr_t begin_ = 0, end_ = 0, next_ = 0;
    uint64_t lastId_ = 0;
    int unlocked_ = 0;
    std::map<uintptr_t, std::shared_ptr<Allocation>> allocations_, released_;
    std::map<uintptr_t, size_t> globals_;
};

DeviceMemory& deviceMemory();

/// Frees what cuMemHostAlloc gave.
void dropHostMemory();
size_t hostAllocationCount();

/// Accessible device memory for the length of a scope.
class MemoryUnlocked {
public:
    MemoryUnlocked() { deviceMemory().unlock(); }
    ~MemoryUnlocked() { deviceMemory().lock(); }
    MemoryUnlocked(const MemoryUnlocked&) = delete;
};

/// Under MCSIM_CHECK: what was written by copies, fills and libraries, so that kernels may read it.
void markWritten(uintptr_t address, size_t bytes);
bool wasWritten(uintptr_t address, size_t bytes);

/// Whether `bytes` from the device address can be used; reports if not.
bool validRange(CUdeviceptr address, size_t bytes, const char* what);

}
