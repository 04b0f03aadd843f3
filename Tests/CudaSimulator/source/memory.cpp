// Reserves, poisons, guards and locks device memory; see memory.h.
#include "memory.h"
#include <cstring>
#include <sys/mman.h>
#include "config.h"
#include "device.h"

namespace mcsim {
namespace {

constexpr size_t page = 4096;
constexpr unsigned char poisonByte = 0xff;
constexpr size_t releasedKept = 20000;

size_t roundUp(size_t value, size_t unit) { return (value + unit - 1) / unit * unit; }

const Allocation* at(const std::map<uintptr_t, std::shared_ptr<Allocation>>& map, uintptr_t address) {
    auto after = map.upper_bound(address);
    if (after == map.begin()) return nullptr;
    const Allocation& found = *std::prev(after)->second;
    // The pages, and the guard page on either side, belong to the allocation.
    return address < found.pages + found.pageBytes + page ? &found : nullptr;
}

std::string name(const Allocation& a) {
    return format("allocation #%llu (%zu bytes at 0x%llx)", (unsigned long long)a.id, a.bytes,
                  (unsigned long long)a.address);
}

}

DeviceMemory& deviceMemory() {
    static DeviceMemory instance;
    return instance;
}

bool DeviceMemory::reserveRange() {
    for (size_t bytes = size_t(1) << 42; bytes >= size_t(1) << 34; bytes >>= 1) {
        void* range = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (range == MAP_FAILED) continue;
        madvise(range, bytes, MADV_DONTDUMP);
        begin_ = next_ = uintptr_t(range);
        end_ = begin_ + bytes;
        return true;
    }
    return false;
}

std::shared_ptr<Allocation> DeviceMemory::reserve(size_t bytes, Device* device) {
    size_t charged = roundUp(bytes, 512);
    if (device->used + charged > config().memory || (!begin_ && !reserveRange())) return nullptr;
    size_t needed = roundUp(roundUp(bytes, config().alignment), page);
    if (next_ + needed + 2 * page > end_) return nullptr;
    auto a = std::make_shared<Allocation>();
    a->id = ++lastId_;
    a->bytes = bytes;
    a->pages = next_ + page;
    a->pageBytes = needed;
    a->address = a->pages + needed - roundUp(bytes, config().alignment);
    a->device = device;
    device->used += charged;
    next_ = a->pages + needed + page;
    allocations_[a->pages - page] = a;
    return a;
}

void DeviceMemory::protect(const Allocation& a, bool accessible) {
    mprotect(reinterpret_cast<void*>(a.pages), a.pageBytes, accessible ? PROT_READ | PROT_WRITE : PROT_NONE);
}

void DeviceMemory::commit(Allocation& a) {
    if (a.released) return;
    a.committed = true;
    protect(a, true);
    if (config().poison) std::memset(reinterpret_cast<void*>(a.pages), poisonByte, a.pageBytes);
    a.written.assign(config().check ? a.bytes : 0, 0);
    if (unlocked_ == 0 && config().lock) protect(a, false);
}

void DeviceMemory::checkSurroundings(const Allocation& a) const {
    if (!config().poison) return;
    auto dirty = [](uintptr_t from, uintptr_t to) -> uintptr_t {
        for (uintptr_t p = from; p < to; p++)
            if (*reinterpret_cast<unsigned char*>(p) != poisonByte) return p;
        return 0;
    };
    if (uintptr_t before = dirty(a.pages, a.address))
        report(format("memory below %s was written, first at %lld bytes from its start", name(a).c_str(),
                      (long long)(before - a.address)));
    if (uintptr_t after = dirty(a.end(), a.pages + a.pageBytes))
        report(format("memory above %s was written, first %llu bytes past its end", name(a).c_str(),
                      (unsigned long long)(after - a.end())));
}

void DeviceMemory::release(Allocation& a) {
    if (a.released) return;
    if (a.committed) {
        protect(a, true);
        checkSurroundings(a);
        madvise(reinterpret_cast<void*>(a.pages), a.pageBytes, MADV_DONTNEED);
        protect(a, false);
    }
    a.committed = false;
    if (a.graphOwned) return;
    a.released = true;
    a.device->used -= roundUp(a.bytes, 512);
    auto found = allocations_.find(a.pages - page);
    if (found == allocations_.end()) return;
    released_[found->first] = found->second;
    allocations_.erase(found);
    if (released_.size() > releasedKept) released_.erase(released_.begin());
}

std::shared_ptr<Allocation> DeviceMemory::find(uintptr_t address, size_t bytes) const {
    auto after = allocations_.upper_bound(address);
    if (after == allocations_.begin()) return nullptr;
    const std::shared_ptr<Allocation>& a = std::prev(after)->second;
    return address >= a->address && bytes <= a->bytes && address - a->address <= a->bytes - bytes ? a : nullptr;
}

std::shared_ptr<Allocation> DeviceMemory::startingAt(uintptr_t address) const {
    std::shared_ptr<Allocation> a = find(address, 0);
    return a && a->address == address ? a : nullptr;
}

std::string DeviceMemory::describe(uintptr_t address) const {
    if (address < 65536) return "a null pointer or an offset from one";
    if (!owns(address)) return "no device memory: host memory, or a wild pointer";
    const Allocation* live = at(allocations_, address);
    const Allocation* freed = at(released_, address);
    const Allocation* a = live ? live : freed;
    if (!a) return "device memory that was never allocated";
    if (freed && !live && address >= a->address && address < a->end())
        return format("byte %llu of %s, which was freed", (unsigned long long)(address - a->address), name(*a).c_str());
    if (address < a->address)
        return format("%llu bytes below %s", (unsigned long long)(a->address - address), name(*a).c_str());
    if (address >= a->end())
        return format("%llu bytes past the end of %s", (unsigned long long)(address - a->end()), name(*a).c_str());
    return format("byte %llu of %s%s", (unsigned long long)(address - a->address), name(*a).c_str(),
                  a->committed ? "" : ", which is not yet allocated (or already freed) in the order of its stream");
}

void DeviceMemory::removeGlobals(uintptr_t begin, uintptr_t end) {
    globals_.erase(globals_.lower_bound(begin), globals_.lower_bound(end));
}

void DeviceMemory::unlock() {
    if (unlocked_++ == 0 && config().lock)
        for (const auto& pair : allocations_)
            if (pair.second->committed) protect(*pair.second, true);
}

void DeviceMemory::lock() {
    if (--unlocked_ == 0 && config().lock)
        for (const auto& pair : allocations_)
            if (pair.second->committed) protect(*pair.second, false);
}

size_t DeviceMemory::liveCount() const { return allocations_.size(); }

size_t DeviceMemory::liveBytes() const {
    size_t bytes = 0;
    for (const auto& pair : allocations_) bytes += pair.second->bytes;
    return bytes;
}

void DeviceMemory::releaseAll() {
    auto all = allocations_;
    for (const auto& pair : all) {
        pair.second->graphOwned = false;
        release(*pair.second);
    }
    globals_.clear();
}

bool validRange(CUdeviceptr address, size_t bytes, const char* what) {
    DeviceMemory& memory = deviceMemory();
    if (memory.find(address, bytes) || memory.coversGlobal(address, bytes)) return true;
    report(format("%s: 0x%llx..+%zu is not inside one allocation; it starts at %s", what, address, bytes,
                  memory.describe(address).c_str()));
    return false;
}

bool DeviceMemory::coversGlobal(uintptr_t address, size_t bytes) const {
    auto after = globals_.upper_bound(address);
    if (after == globals_.begin()) return false;
    auto global = std::prev(after);
    return address + bytes <= global->first + global->second;
}

}
