// Signal handlers; see fault.h.
#include "fault.h"
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>
#include "memory.h"
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

namespace mcsim {
namespace {

struct Guard {
    void* target[5];
    Guard* outer;
};

// Only the thread that holds the API's lock runs guarded code, so one guard for the process is enough.
Guard* volatile activeGuard;
pthread_t volatile guardThread;
Fault lastFault;

const int caught[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL };
struct sigaction previous[64];

bool inGuardedCode() { return activeGuard && pthread_equal(guardThread, pthread_self()); }

[[noreturn]] void leave() {
    Guard* guard = activeGuard;
    activeGuard = guard->outer;
    __builtin_longjmp(guard->target, 1);
}

void passOn(int signal, siginfo_t* info, void* context) {
    const struct sigaction& old = previous[signal];
    if (old.sa_flags & SA_SIGINFO) {
        old.sa_sigaction(signal, info, context);
    } else if (old.sa_handler == SIG_DFL || old.sa_handler == SIG_IGN) {
        // Returning repeats the instruction, which now ends the process the way it would have without us.
        std::signal(signal, SIG_DFL);
    } else {
        old.sa_handler(signal);
    }
}

void onFault(int signal, siginfo_t* info, void* context) {
    uintptr_t address = uintptr_t(info->si_addr);
    if (!inGuardedCode()) {
        if (signal == SIGSEGV && deviceMemory().owns(address)) {
            const char text[] = "mcsim: the host dereferences device memory\n";
            if (write(2, text, sizeof text - 1) < 0) return;
        }
        passOn(signal, info, context);
        return;
    }
    bool writes = false;
#if defined(__x86_64__)
    writes = static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_ERR] & 2;
#endif
    lastFault = { signal, address, writes, 0 };
    leave();
}

int watchSignal() { return SIGRTMAX - 3; }

struct Watch {
    timer_t timer;
    bool made = false;
    uintptr_t begin = 0, end = 0;
};
thread_local Watch watch;

void setTimer(double seconds) {
    itimerspec time = {};
    time.it_value.tv_sec = time_t(seconds);
    time.it_value.tv_nsec = long((seconds - double(time_t(seconds))) * 1e9);
    timer_settime(watch.timer, 0, &time, nullptr);
}

void onWatch(int signal, siginfo_t*, void* context) {
    if (!inGuardedCode()) return;
    bool interruptible = true;
#if defined(__x86_64__)
    uintptr_t at = uintptr_t(static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP]);
    interruptible = at >= watch.begin && at < watch.end;
#else
    (void)context;
#endif
    if (!interruptible) { setTimer(0.0003); return; }
    lastFault = { signal, 0, false, 0 };
    leave();
}

/// A handler must not run on a kernel's small stack.
void ensureSignalStack() {
    static thread_local bool done = false;
    if (done) return;
    done = true;
    stack_t current;
    if (sigaltstack(nullptr, &current) == 0 && !(current.ss_flags & SS_DISABLE)) return;
    constexpr size_t bytes = 64 << 10;
    void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return;
    stack_t stack = {};
    stack.ss_sp = memory;
    stack.ss_size = bytes;
    sigaltstack(&stack, nullptr);
}

struct sigaction handler(void (*function)(int, siginfo_t*, void*)) {
    struct sigaction action = {};
    action.sa_sigaction = function;
    // The handlers leave by a jump, so the signal must not stay blocked.
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    return action;
}

/// ASan's marks of the frames that were left by the jump.
__attribute__((noinline)) void forgetFramesBelow() {
#ifdef __SANITIZE_ADDRESS__
    constexpr size_t bytes = 256 << 10;
    ASAN_UNPOISON_MEMORY_REGION(static_cast<char*>(__builtin_frame_address(0)) - bytes, bytes);
#endif
}

void enter(Guard& guard) {
    guard.outer = activeGuard;
    guardThread = pthread_self();
    activeGuard = &guard;
}

}

void installFaultHandlers() {
    struct sigaction ours = handler(onFault), current;
    for (int signal : caught) {
        sigaction(signal, nullptr, &current);
        if ((current.sa_flags & SA_SIGINFO) && current.sa_sigaction == onFault) continue;
        previous[signal] = current;
        // A handler behind ours expects the stack it asked for; only a stack overflow cannot do without another stack.
        if (signal != SIGSEGV && !(current.sa_flags & SA_ONSTACK)) ours.sa_flags &= ~SA_ONSTACK;
        else ours.sa_flags |= SA_ONSTACK;
        sigaction(signal, &ours, nullptr);
    }
    struct sigaction watching = handler(onWatch);
    sigaction(watchSignal(), &watching, nullptr);
}

__attribute__((noinline)) bool runGuarded(const std::function<void()>& work, Fault& fault) {
    ensureSignalStack();
    Guard guard;
    enter(guard);
    if (__builtin_setjmp(guard.target)) {
        forgetFramesBelow();
        fault = lastFault;
        return false;
    }
    work();
    activeGuard = guard.outer;
    return true;
}

void abandon(int code) {
    lastFault = { 0, 0, false, code };
    leave();
}

void watchFor(double seconds, uintptr_t begin, uintptr_t end) {
    if (!watch.made) {
        if (seconds == 0) return;
        sigevent event = {};
        event.sigev_notify = SIGEV_THREAD_ID;
        event.sigev_signo = watchSignal();
        event.sigev_notify_thread_id = pid_t(syscall(SYS_gettid));
        if (timer_create(CLOCK_MONOTONIC, &event, &watch.timer) != 0) return;
        watch.made = true;
    }
    watch.begin = begin;
    watch.end = end;
    setTimer(seconds);
}

}
