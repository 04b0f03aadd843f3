// Running code that may fault: a signal inside becomes a value, never a crashed process.
#pragma once
#include <cstdint>
#include <functional>

namespace mcsim {

struct Fault {
    int signal = 0;
    uintptr_t address = 0;
    bool write = false;
    /// Set when the code was abandoned on purpose, by a check that failed; the finding is already reported.
    int code = 0;
};

/// Runs `work`; false if it faulted or was abandoned. What it had on its stack is not unwound.
bool runGuarded(const std::function<void()>& work, Fault& fault);

/// Leaves the innermost runGuarded.
[[noreturn]] void abandon(int code);

/// Seconds after which code between the addresses is abandoned; 0 switches the watch off. Other code is not
/// interrupted: it may hold a lock of the allocator.
void watchFor(double seconds, uintptr_t begin = 0, uintptr_t end = 0);

/// Takes over SIGSEGV and its kin; what is not ours goes to the handler that was there before.
void installFaultHandlers();

}
