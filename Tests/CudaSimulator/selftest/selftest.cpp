// Runs every test, or those whose names contain the argument; prints what failed; exit code 1 if anything did.
#include <chrono>
#include <cmath>
#include <cstring>
#include <ctime>
#include "harness.h"

namespace {

struct Run {
    std::vector<Test> tests;
    const char* current = "";
    int assertions = 0, failures = 0;
};

Run& run() {
    static Run instance;
    return instance;
}

void failed(const char* file, int line, const std::string& what) {
    run().failures++;
    std::printf("FAILED %s (%s:%d): %s\n", run().current, file, line, what.c_str());
}

void makeContext() {
    CUcontext context = nullptr;
    if (cuInit(0) != CUDA_SUCCESS || cuDevicePrimaryCtxRetain(&context, 0) != CUDA_SUCCESS ||
        cuCtxSetCurrent(context) != CUDA_SUCCESS)
        std::printf("no context\n");
}

std::vector<std::pair<const char*, const char*>> defaults() {
    return { { "MCSIM_ORDER", "forward" }, { "MCSIM_STREAMS", "deferred" }, { "MCSIM_SEED", "1" },
             { "MCSIM_LOCK", "1" },        { "MCSIM_POISON", "1" },         { "MCSIM_CHECK", "0" },
             { "MCSIM_TRACE", "0" },       { "MCSIM_PAGEABLE", "late" },    { "MCSIM_ALIGN", "16" },
             { "MCSIM_MEMORY", "4G" },     { "MCSIM_DEVICES", "1" },        { "MCSIM_CC", "90" },
             { "MCSIM_TIMEOUT", "60" },    { "MCSIM_LT_REFUSE", "none" },   { "MCSIM_FAIL", "" },
             { "MCSIM_MULTIPROCESSORS", "8" } };
}

}

Test::Test(const char* name, void (*function)()) : name(name), run(function) { ::run().tests.push_back(*this); }

bool check(bool condition, const char* text, const char* file, int line) {
    run().assertions++;
    if (!condition) failed(file, line, text);
    return condition;
}

bool checkEqual(long long expected, long long actual, const char* text, const char* file, int line) {
    run().assertions++;
    if (expected != actual)
        failed(file, line, std::string(text) + " is " + std::to_string(actual) + ", not " + std::to_string(expected));
    return expected == actual;
}

bool checkNear(double expected, double actual, double tolerance, const char* text, const char* file, int line) {
    run().assertions++;
    bool near = std::fabs(expected - actual) <= tolerance;
    if (!near)
        failed(file, line, std::string(text) + " is " + std::to_string(actual) + ", not " + std::to_string(expected));
    return near;
}

bool reportHolds(const char* text) {
    std::string report = mcsimReport();
    bool found = report.find(text) != std::string::npos;
    if (!found) std::printf("  the report is: %s\n", report.c_str());
    mcsimReset();
    return found;
}

Modes::Modes(std::vector<std::pair<const char*, const char*>> values) {
    for (auto& value : values) EQUAL(0, mcsimConfigure(value.first, value.second));
}

Modes::~Modes() {
    for (auto& value : defaults()) mcsimConfigure(value.first, value.second);
}

std::vector<char> compileImage(const std::string& source, std::vector<const char*> options) {
    nvrtcProgram program = nullptr;
    OK(nvrtcCreateProgram(&program, source.c_str(), "kernels.cu", 0, nullptr, nullptr));
    if (!OK(nvrtcCompileProgram(program, int(options.size()), options.data()))) {
        size_t size = 0;
        nvrtcGetProgramLogSize(program, &size);
        std::vector<char> log(size);
        nvrtcGetProgramLog(program, log.data());
        std::printf("%s\n", log.data());
        return {};
    }
    size_t size = 0;
    OK(nvrtcGetCUBINSize(program, &size));
    std::vector<char> image(size);
    OK(nvrtcGetCUBIN(program, image.data()));
    OK(nvrtcDestroyProgram(&program));
    return image;
}

Kernels::Kernels(const std::string& source) {
    std::vector<char> image = compileImage(source);
    if (!image.empty()) OK(cuModuleLoadDataEx(&module, image.data(), 0, nullptr, nullptr));
}

Kernels::~Kernels() { if (module) cuModuleUnload(module); }

CUfunction Kernels::get(const char* name) const {
    CUfunction function = nullptr;
    OK(cuModuleGetFunction(&function, module, name));
    return function;
}

CUstream newStream(unsigned flags) {
    CUstream stream = nullptr;
    OK(cuStreamCreateWithPriority(&stream, flags, 0));
    return stream;
}

double seconds() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double processorSeconds() {
    timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) + double(time.tv_nsec) * 1e-9;
}

std::vector<float> numbers(size_t count, unsigned seed) {
    std::vector<float> values(count);
    uint32_t state = seed * 2654435761u + 1;
    for (float& value : values) {
        state = state * 1664525u + 1013904223u;
        value = float(int32_t(state)) * (1.0f / 2147483648.0f);
    }
    return values;
}

uint16_t toBf16(float x) {
    uint32_t bits;
    std::memcpy(&bits, &x, 4);
    return uint16_t((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

float fromBf16(uint16_t x) {
    uint32_t bits = uint32_t(x) << 16;
    float value;
    std::memcpy(&value, &bits, 4);
    return value;
}

std::vector<uint16_t> toBf16(const std::vector<float>& values) {
    std::vector<uint16_t> result;
    for (float value : values) result.push_back(toBf16(value));
    return result;
}

int main(int count, char** arguments) {
    setvbuf(stdout, nullptr, _IOLBF, 0);
    const char* wanted = count > 1 ? arguments[1] : "";
    int ran = 0;
    for (const Test& test : run().tests) {
        if (!std::strstr(test.name, wanted)) continue;
        run().current = test.name;
        int before = run().failures;
        double start = seconds();
        makeContext();
        test.run();
        mcsimResetDevice();
        Modes({});
        std::printf("%s %s (%.0f ms)\n", run().failures == before ? "passed" : "FAILED", test.name,
                    (seconds() - start) * 1e3);
        ran++;
    }
    std::printf("%d tests, %d assertions, %d failed\n", ran, run().assertions, run().failures);
    return run().failures ? 1 : 0;
}
