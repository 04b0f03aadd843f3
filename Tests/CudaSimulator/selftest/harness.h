// What the self-test's files share: assertions, and a short way to compile, upload, launch and download.
#pragma once
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>
#include "../api/cublaslt.h"
#include "../api/mcsim.h"
#include "../api/nvrtc.h"

/// One test; tests run in the order of their files, each on an empty device.
struct Test {
    const char* name;
    void (*run)();
    Test(const char* name, void (*run)());
};

#define TEST(name) \
    static void name(); \
    static const Test registered_##name(#name, name); \
    static void name()

bool check(bool condition, const char* text, const char* file, int line);
bool checkEqual(long long expected, long long actual, const char* text, const char* file, int line);
bool checkNear(double expected, double actual, double tolerance, const char* text, const char* file, int line);

#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)
#define EQUAL(expected, actual) checkEqual((long long)(expected), (long long)(actual), #actual, __FILE__, __LINE__)
#define NEAR(expected, actual, tolerance) checkNear((expected), (actual), (tolerance), #actual, __FILE__, __LINE__)
#define OK(call) EQUAL(0, (call))

/// Findings must hold this text; they are then forgotten, with the sticky error.
#define CAUGHT(text) check(reportHolds(text), "the report holds \"" text "\"", __FILE__, __LINE__)
bool reportHolds(const char* text);

/// Whether a test of this name was selected; times are printed for these.
struct Modes {
    /// Sets modes for a scope: Modes modes{{"MCSIM_ORDER", "reverse"}}.
    explicit Modes(std::vector<std::pair<const char*, const char*>> values);
    ~Modes();
};

struct Kernels {
    CUmodule module = nullptr;
    /// Compiles and loads; failures are reported with the compiler's log.
    explicit Kernels(const std::string& source);
    ~Kernels();
    CUfunction get(const char* name) const;
    Kernels(const Kernels&) = delete;
};

std::vector<char> compileImage(const std::string& source, std::vector<const char*> options = { "-arch=sm_90" });

/// Device memory of n elements.
template<class T> struct Buffer {
    CUdeviceptr address = 0;
    size_t count;
    explicit Buffer(size_t count) : count(count) { OK(cuMemAlloc_v2(&address, count * sizeof(T))); }
    explicit Buffer(const std::vector<T>& values) : Buffer(values.size()) { set(values); }
    ~Buffer() { if (address) cuMemFree_v2(address); }
    Buffer(const Buffer&) = delete;
    void set(const std::vector<T>& values) { OK(cuMemcpyHtoD_v2(address, values.data(), values.size() * sizeof(T))); }
    std::vector<T> get() const {
        std::vector<T> values(count);
        OK(cuMemcpyDtoH_v2(values.data(), address, count * sizeof(T)));
        return values;
    }
    T* pointer() const { return reinterpret_cast<T*>(address); }
};

template<class... A> CUresult launchOn(CUstream stream, CUfunction function, unsigned grid, unsigned block,
                                       unsigned shared, A... arguments) {
    void* addresses[] = { static_cast<void*>(&arguments)..., nullptr };
    return cuLaunchKernel(function, grid, 1, 1, block, 1, 1, shared, stream, addresses, nullptr);
}

template<class... A> CUresult launch(CUfunction function, unsigned grid, unsigned block, A... arguments) {
    CUresult code = launchOn(nullptr, function, grid, block, 0, arguments...);
    return code ? code : cuStreamSynchronize(nullptr);
}

CUstream newStream(unsigned flags = CU_STREAM_NON_BLOCKING);
double seconds();
/// Of this thread's own work, whatever else the machine does.
double processorSeconds();
/// Numbers in [-1, 1), the same on every machine.
std::vector<float> numbers(size_t count, unsigned seed);
uint16_t toBf16(float x);
float fromBf16(uint16_t x);
std::vector<uint16_t> toBf16(const std::vector<float>& values);
