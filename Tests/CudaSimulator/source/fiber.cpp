// Context switches: six registers by hand on x86-64, ucontext elsewhere (and with -DMCSIM_UCONTEXT, to test it).
#include "fiber.h"
#include <cstdint>
#include <sys/mman.h>
#include <ucontext.h>
#include <vector>
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#endif

namespace mcsim {
namespace {

constexpr size_t stackBytes = 256 << 10;
constexpr size_t guardBytes = 4096;

/// ASan's marks of frames that were never left in order: an abandoned thread does not return.
void forgetFrames([[maybe_unused]] void* stack) {
#ifdef __SANITIZE_ADDRESS__
    ASAN_UNPOISON_MEMORY_REGION(static_cast<char*>(stack) + guardBytes, stackBytes - guardBytes);
#endif
}

std::vector<void*>& freeStacks() {
    static std::vector<void*> list;
    return list;
}

}

void* takeStack() {
    std::vector<void*>& list = freeStacks();
    if (!list.empty()) {
        void* stack = list.back();
        list.pop_back();
        forgetFrames(stack);
        return stack;
    }
    void* memory =
        mmap(nullptr, stackBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return nullptr;
    mprotect(memory, guardBytes, PROT_NONE);
    return memory;
}

void giveStack(void* stack) { freeStacks().push_back(stack); }

#if defined(__x86_64__) && !defined(MCSIM_UCONTEXT)

extern "C" void mcsimSwitch(void** from, void* to);
asm(R"(.text
.type mcsimSwitch, @function
mcsimSwitch:
    push %rbp
    push %rbx
    push %r12
    push %r13
    push %r14
    push %r15
    mov %rsp, (%rdi)
    mov %rsi, %rsp
    pop %r15
    pop %r14
    pop %r13
    pop %r12
    pop %rbx
    pop %rbp
    ret
.size mcsimSwitch, .-mcsimSwitch
)");

void* prepareStack(void* stack, void (*entry)()) {
    void** top = reinterpret_cast<void**>(static_cast<char*>(stack) + stackBytes - 64);
    *--top = nullptr;
    *--top = reinterpret_cast<void*>(entry);
    for (int i = 0; i < 6; i++) *--top = nullptr;
    return top;
}

void switchStacks(void** from, void* to) { mcsimSwitch(from, to); }

#else

// The saved context lies at the top of the fiber's own stack, or is allocated once for a thread's own stack.
void* prepareStack(void* stack, void (*entry)()) {
    auto* context = reinterpret_cast<ucontext_t*>(static_cast<char*>(stack) + stackBytes - 4096);
    getcontext(context);
    context->uc_stack.ss_sp = static_cast<char*>(stack) + guardBytes;
    context->uc_stack.ss_size = stackBytes - guardBytes - 4096;
    context->uc_link = nullptr;
    makecontext(context, entry, 0);
    return context;
}

void switchStacks(void** from, void* to) {
    ucontext_t here;
    *from = &here;
    swapcontext(&here, static_cast<ucontext_t*>(to));
}

#endif

}
