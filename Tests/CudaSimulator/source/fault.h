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

/// Seconds after which code under runGuarded is abandoned with a fault of SIGALRM's kind; 0 switches the watch off.
void watchFor(double seconds);

/// Takes over SIGSEGV and its kin; what is not ours goes to the handler that was there before.
void installFaultHandlers();

}
