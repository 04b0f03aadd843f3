// Loaded modules and their functions, and the container that stands for a cubin.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>
#include "../kernel/simt_abi.h"
#include "handles.h"
#include "log.h"

namespace mcsim {

/// What a "cubin" of this simulator holds: a shared library, and the text to build it anew where that is needed.
struct Image {
    int arch = 0;
    bool checked = false;
    unsigned abi = 0;
    std::string library, source;
};

std::string pack(const Image& image);
/// False if it is no image of ours or is damaged.
bool unpack(const void* bytes, Image& image);
std::string packText(const Image& image);

struct Module {
    void* library = nullptr;
    int file = -1;
    uintptr_t begin = 0, end = 0;
    ~Module();
};

struct Function {
    std::string name;
    std::shared_ptr<Module> module;
    simt::Kernel* kernel = nullptr;
    int maxDynamicShared = 48 << 10;
    int carveout = -1;
    /// Known after the first launch.
    size_t staticShared = 0;
    int maxThreads() const;
};

std::shared_ptr<Function> findFunction(CUfunction handle);
CUfunction handleOf(const std::shared_ptr<Function>& function);
size_t moduleCount();
void dropModules();

}
